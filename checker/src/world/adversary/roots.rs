//! Roots that the adversary makes: in its own name, in that of somebody whose key it has, and in others' names.

use crate::world::ghost::Mint;
use crate::world::kitchen::deployed;
use crate::world::recipe::{CredentialFrom, Fired, OwnRoot, Redeemable, SignerId, SignerKey};
use crate::world::universe::{Builder, Need, Work, mix};
use std::collections::BTreeSet;
use whoacts_model::authority::Authority;
use whoacts_model::crypto::Crypto;
use whoacts_model::execution::Origin;
use whoacts_model::guard::{Guard, GuardSet};
use whoacts_model::presentation::Credential;
use whoacts_model::role::RoleClaim;
use whoacts_model::verify;

/// The guards that judge a root by itself.
const ROOT: GuardSet = GuardSet::of(&[
    Guard::RootSigned,
    Guard::RootAnchored,
    Guard::RootMandated,
    Guard::RootGuarded,
    Guard::RoleAnchored,
]);

impl<C: Crypto> Builder<'_, C> {
    /// Every root that the adversary can sign with a key: each origin with each authority, grant and trigger.
    pub(super) fn own_roots(&mut self, signer: SignerId) {
        let mut passed: Vec<OwnRoot> = Vec::new();
        for root in self.menu_of_roots(signer) {
            let from = CredentialFrom::Own(signer, Box::new(root.clone()));
            let made = self.kitchen.credential(&self.u, &from);
            let mint = self.mint_of(signer, &root);
            // An authorization server issues for its own accounts only, and not beyond their mandate. Where nothing is
            // issued, anybody may ask anyhow.
            let asks = matches!(made, Credential::Ambient(_));
            if asks && !passed.is_empty() {
                continue;
            }
            let Credential::Chain(chain) = &made else {
                if asks || mint == Mint::Own && self.greatest(&root, &passed) {
                    passed.push(root);
                    self.own_root(signer, from, made, if asks { Mint::Own } else { mint });
                }
                continue;
            };
            let setting = self.setting();
            let trust = &setting.desk.trust;
            let mut evidence = verify::chain(chain, None, verify::Prefix::Verified, trust);
            setting.deployed.read_anywhere(&made, trust, &mut evidence);
            let failing = setting.required.intersection(ROOT).without(evidence.held);
            let first = failing.first();
            let made_now = match first {
                None => self.greatest(&root, &passed),
                Some(guard) => {
                    let kind = [7, u64::from(signer.0), origin_number(&root.origin)];
                    failing.len() == 1 && self.shapes.insert((guard, mix(&kind)))
                }
            };
            if made_now {
                if first.is_none() {
                    passed.push(root);
                }
                self.own_root(signer, from, made, mint);
            }
        }
    }

    /// Whether no root that passes as well creates as much.
    fn greatest(&self, root: &OwnRoot, passed: &[OwnRoot]) -> bool {
        !passed.iter().any(|other| {
            let same = |one: &OwnRoot| (one.origin.clone(), one.claims);
            let simpler = other.trigger == root.trigger || other.trigger == Fired::No;
            same(other) == same(root) && simpler && root.authority.within(&other.authority)
        })
    }

    fn menu_of_roots(&self, signer: SignerId) -> Vec<OwnRoot> {
        let mut roots = Vec::new();
        for (origin, context) in self.origins(signer) {
            let claimed = match &origin {
                Origin::Identity(id) => {
                    let identities = &self.setting().identities;
                    identities.iter().position(|identity| identity.id == *id)
                }
                _ => None,
            };
            for trigger in self.triggers(&origin) {
                for authority in self.authorities(signer, &origin, context, &trigger) {
                    let (origin, trigger) = (origin.clone(), trigger.clone());
                    roots.push(OwnRoot { origin, authority, context, trigger, claims: None });
                }
            }
            // Somebody's name and the public half of its key. Where the adversary has the other half it signs with that.
            if let Some(of) = claimed.filter(|of| !self.setting().identities[*of].adversary) {
                let authority = self.kitchen.everything();
                let mandate = self.setting().desk.trust.mandates.of(&origin).cloned();
                let authority = mandate.unwrap_or(authority);
                let trigger = Fired::No;
                roots.push(OwnRoot { origin, authority, context, trigger, claims: Some(of) });
            }
        }
        roots
    }

    /// Every origin that the story knows of, with the grants that a root of it can show.
    fn origins(&self, signer: SignerId) -> Vec<(Origin, Option<usize>)> {
        let setting = self.setting();
        let mut origins: Vec<(Origin, Option<usize>)> = setting
            .identities
            .iter()
            .map(|identity| (Origin::Identity(identity.id.clone()), None))
            .collect();
        let shown = setting.instances.iter().filter_map(|i| i.party.attested.as_deref());
        let roles: BTreeSet<RoleClaim> =
            shown.flat_map(|attested| attested.facts().roles.iter().cloned()).collect();
        let own = self.kitchen.signer(self.key(signer)).attested.as_deref();
        // An origin is a role or a context for whoever can show an attestation.
        if let Some(own) = own {
            origins.extend(roles.into_iter().map(|claim| (Origin::Role(claim), None)));
            for (index, grant) in setting.contexts.iter().enumerate() {
                let grant = grant.body();
                let (environment, operator) = (grant.environment.clone(), grant.operator.clone());
                origins.push((Origin::Context { environment, operator }, Some(index)));
            }
            let named = deployed(own);
            origins.extend(named.into_iter().map(|origin| (origin, None)));
        }
        origins
    }

    /// Triggers that a root of that origin can show.
    fn triggers(&self, origin: &Origin) -> Vec<Fired> {
        let setting = self.setting();
        let mut triggers = vec![Fired::No];
        if matches!(origin, Origin::Identity(_)) || !setting.required.contains(Guard::RootGuarded) {
            return triggers;
        }
        let sources = setting.desk.trust.triggers.keys();
        triggers.extend(sources.take(1).map(|source| Fired::Alleged(source.clone())));
        let fired = setting.flows.iter().enumerate().filter(|(_, f)| f.start.trigger.is_some());
        triggers.extend(fired.map(|(flow, _)| Fired::Reused(flow)));
        triggers
    }

    /// What a root of that origin can create: all that policy lets it, all that each grant lets it, what both do, what a
    /// trigger was fired for, and everything. The greatest that passes comes first.
    fn authorities(
        &self,
        signer: SignerId,
        origin: &Origin,
        context: Option<usize>,
        trigger: &Fired,
    ) -> Vec<Authority> {
        let setting = self.setting();
        let mandate = setting.desk.trust.mandates.of(origin).cloned();
        let grants: Vec<Authority> = match (origin, context) {
            (Origin::Role(claim), _) => {
                let own = self.kitchen.signer(self.key(signer)).attested.as_deref();
                let grants = own.into_iter().flat_map(|own| own.grants.iter());
                let named = grants.filter(|grant| grant.body().role == claim.role);
                named.map(|grant| grant.body().may_create.clone()).collect()
            }
            (_, Some(context)) => vec![setting.contexts[context].body().may_create.clone()],
            _ => Vec::new(),
        };
        let fired = match trigger {
            Fired::Reused(flow) => Some(setting.flows[*flow].start.authority.clone()),
            _ => None,
        };
        let mut all = vec![self.kitchen.everything()];
        all.extend(fired);
        all.extend(mandate.iter().cloned());
        all.extend(grants.iter().cloned());
        all.extend(mandate.iter().flat_map(|m| grants.iter().map(|grant| m.narrowed(grant))));
        let mut seen = Vec::new();
        all.retain(|one| {
            let new = !one.is_empty() && !seen.contains(one);
            seen.push(one.clone());
            new
        });
        all
    }

    /// Who really creates what such a root carries.
    fn mint_of(&self, signer: SignerId, root: &OwnRoot) -> Mint {
        let setting = self.setting();
        let mandate = setting.desk.trust.mandates.of(&root.origin);
        let within = mandate.is_some_and(|mandate| root.authority.within(mandate));
        match (self.key(signer), &root.origin) {
            (SignerKey::Identity(own), Origin::Identity(id))
                if setting.identities[own].id == *id && root.claims.is_none() =>
            {
                if within {
                    Mint::Own
                } else {
                    Mint::Overreach
                }
            }
            (SignerKey::Instance(index) | SignerKey::Stolen(index), origin) => {
                let attested = setting.instances[index].party.attested.as_deref();
                let facts = attested.map(|attested| attested.facts());
                let able = facts.is_some_and(|facts| match origin {
                    Origin::Identity(_) => false,
                    Origin::Role(claim) => facts.roles.contains(claim),
                    Origin::Context { environment, .. } => {
                        facts.environment.as_ref() == Some(environment)
                    }
                });
                if able { Mint::SelfStart(index) } else { Mint::Forged }
            }
            _ => Mint::Forged,
        }
    }

    fn own_root(
        &mut self,
        signer: SignerId,
        from: CredentialFrom,
        made: Credential<C>,
        mint: Mint,
    ) {
        let mut support = self.supports[signer.at()].clone();
        let number = self.u.credentials.len() as u64;
        if let CredentialFrom::Own(_, root) = &from
            && let Fired::Reused(flow) = root.trigger
        {
            // Whoever has seen the root has seen its trigger.
            let first = self.setting().executions.iter().position(|e| e.flow == flow);
            let root = first.and_then(|execution| self.u.recipes.root_of(execution));
            support.extend(root.map(Need::Credential));
        }
        let shape = mix(&[7, u64::from(signer.0), number]);
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

fn origin_number(origin: &Origin) -> u64 {
    match origin {
        Origin::Identity(_) => 0,
        Origin::Role(_) => 1,
        Origin::Context { .. } => 2,
    }
}
