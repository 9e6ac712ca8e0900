//! Roots that the adversary makes: in its own name, and in that of somebody whose key it has.

use crate::world::ghost::Mint;
use crate::world::recipe::{
    CredentialFrom, CredentialId, Redeemable, RootPlan, SignerId, SignerKey,
};
use crate::world::setting::Starter;
use crate::world::universe::{Builder, Need, Work, mix};
use whoacts_model::crypto::Crypto;
use whoacts_model::execution::Origin;
use whoacts_model::guard::Guard;
use whoacts_model::presentation::Credential;

impl<C: Crypto> Builder<'_, C> {
    pub(super) fn own_roots(&mut self, signer: SignerId) {
        let setting = self.setting();
        let mut plans = Vec::new();
        match self.key(signer) {
            SignerKey::Identity(own) => {
                let id = &setting.identities[own].id;
                if setting.desk.trust.mandates.identities.contains_key(id) {
                    plans.push((RootPlan::Mandated, Mint::Own));
                }
                plans.push((RootPlan::Overreach, Mint::Overreach));
                for flow in &setting.flows {
                    if let Starter::Identity(of) = flow.origin {
                        plans.push((RootPlan::ClaimKey(of), Mint::Forged));
                        plans.push((RootPlan::ClaimSignature(of), Mint::Forged));
                    }
                }
            }
            SignerKey::Instance(index) | SignerKey::Stolen(index) => {
                let attested = setting.instances[index].party.attested.as_deref();
                if attested.is_some_and(|attested| !attested.facts().roles.is_empty()) {
                    plans.push((RootPlan::Role, Mint::SelfStart(index)));
                    // Where triggers are not asked for, one that is made up shows nothing that none does not show.
                    if setting.required.contains(Guard::RootGuarded) {
                        plans.push((RootPlan::Alleged, Mint::SelfStart(index)));
                    }
                }
                let contexts = &setting.desk.trust.mandates.contexts;
                if attested.is_some_and(|attested| {
                    let facts = attested.facts();
                    facts.deployer.is_some()
                        && facts.environment.as_ref().is_some_and(|e| contexts.contains_key(e))
                }) {
                    plans.push((RootPlan::Context, Mint::SelfStart(index)));
                }
                for (flow, plan) in setting.flows.iter().enumerate() {
                    let asked = setting.required.contains(Guard::RootGuarded);
                    let able = attested.is_some_and(|attested| match &plan.start.origin {
                        Origin::Identity(_) => false,
                        Origin::Role(claim) => attested.facts().roles.contains(claim),
                        Origin::Context { environment, .. } => {
                            attested.facts().environment.as_ref() == Some(environment)
                        }
                    });
                    if asked && able && plan.start.trigger.is_some() {
                        plans.push((RootPlan::Reused(flow), Mint::SelfStart(index)));
                    }
                }
                // Who bears the name of an identity claims to be it.
                for (of, identity) in setting.identities.iter().enumerate() {
                    let name = attested.map(|attested| attested.facts().subject.name.as_str());
                    if name == Some(identity.id.as_str()) && !identity.adversary {
                        plans.push((RootPlan::ClaimKey(of), Mint::Forged));
                    }
                }
                for (flow, plan) in setting.flows.iter().enumerate() {
                    if matches!(plan.origin, Starter::Instance(_)) {
                        plans.push((RootPlan::Pretend(flow), Mint::Forged));
                    }
                }
            }
        }
        plans.dedup();
        for (plan, mint) in plans {
            self.own_root(signer, plan, mint);
        }
    }

    fn own_root(&mut self, signer: SignerId, plan: RootPlan, mint: Mint) {
        let from = CredentialFrom::Own(signer, plan);
        let made = self.kitchen.credential(&self.u, &from);
        // An authorization server issues for its own accounts only, and not beyond their mandate. Where nothing is issued,
        // anybody may ask anyhow.
        let asks = matches!(made, Credential::Ambient(_));
        if !matches!(made, Credential::Chain(_)) && !asks && mint != Mint::Own {
            return;
        }
        let mint = if asks { Mint::Own } else { mint };
        let mut support = self.supports[signer.at()].clone();
        if let RootPlan::Reused(flow) = plan {
            // Whoever has seen the root has seen its trigger.
            let root = self.setting().first_root(flow).map(CredentialId);
            support.extend(root.map(Need::Credential));
        }
        let shape = mix(&[7, u64::from(signer.0), plan_number(plan)]);
        let consent = matches!(made, Credential::Consent(_));
        let id = self.credential(from, made, |_| support, mint, Vec::new(), shape, None);
        if consent {
            for by in self.signers() {
                self.redeem(by, Redeemable::Own(id), id, Vec::new());
            }
        } else {
            self.work.push_back(Work::Credential(id));
        }
    }
}

fn plan_number(plan: RootPlan) -> u64 {
    match plan {
        RootPlan::Mandated => 0,
        RootPlan::Overreach => 1,
        RootPlan::Role => 2,
        RootPlan::Context => 3,
        RootPlan::Alleged => 4,
        RootPlan::ClaimKey(of) => 100 + of as u64,
        RootPlan::ClaimSignature(of) => 200 + of as u64,
        RootPlan::Pretend(flow) => 300 + flow as u64,
        RootPlan::Reused(flow) => 400 + flow as u64,
    }
}
