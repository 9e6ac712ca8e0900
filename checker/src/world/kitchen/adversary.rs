//! What only the adversary makes: roots and parcels of its own, proofs that are wrong, credentials that it counterfeits.

use super::{Kitchen, Pantry};
use crate::world::recipe::{
    Binding, CredentialId, Fired, OwnRoot, Place, Recipes, Shown, SignerId, SignerKey,
};
use std::collections::BTreeSet;
use std::sync::Arc;
use whoacts_model::attestation::Attested;
use whoacts_model::authority::Authority;
use whoacts_model::contract::{Envelope, Facts, Requirement};
use whoacts_model::crypto::{Crypto, Signed};
use whoacts_model::execution::{Origin, Request, Trigger};
use whoacts_model::guard::GuardSet;
use whoacts_model::mechanism::{Ask, Next, Party, Start, Toward, continuity};
use whoacts_model::name::Nonce;
use whoacts_model::presentation::{
    Attenuated, Cargo, Credential, Delivery, Parcel, Presentation, Proof,
};
use whoacts_model::token::{Block, Token};
use whoacts_model::wire::Object;

/// The adversary's roots are numbered from here, so that they never coincide with honest ones.
const OWN: u32 = 1000;

impl<C: Crypto> Kitchen<'_, C> {
    pub(super) fn composed_parcel(
        &self,
        pantry: &impl Pantry<C>,
        base: CredentialId,
        offer: Option<&(SignerId, Box<Next>)>,
        errand: usize,
    ) -> Parcel<C> {
        let held = pantry.credential(base);
        let errand = Arc::new(self.request(held, errand, false));
        let Some((signer, next)) = offer else {
            let cargo = Cargo::Credential(held.clone());
            let mut parcel = Parcel { cargo, errand, delivery: None };
            parcel.delivery = self.own_delivery(pantry.recipes(), &parcel);
            return parcel;
        };
        let Credential::Chain(chain) = held else {
            return Parcel { cargo: Cargo::Credential(held.clone()), errand, delivery: None };
        };
        let signer = self.signer(pantry.recipes().signers[signer.at()]);
        let record = continuity::hand_off(signer, chain.tip(), errand.task, next);
        let cargo = Cargo::Offer(chain.clone(), Arc::new(record));
        let body = Delivery { cargo: cargo.digest(), errand: errand.digest() };
        let delivery = Some(Arc::new(Signed::new(body, &signer.key)));
        Parcel { cargo, errand, delivery }
    }

    /// The adversary's signature over what it sends, where the mechanism asks for one and it has the key.
    fn own_delivery(
        &self,
        recipes: &Recipes,
        parcel: &Parcel<C>,
    ) -> Option<Arc<Signed<Delivery, C>>> {
        let asked = self.setting.deployed.run::<C>().authenticates(&parcel.cargo);
        let signer = self.own_senders(recipes, parcel).next().filter(|_| asked)?;
        let body = Delivery { cargo: parcel.cargo.digest(), errand: parcel.errand.digest() };
        let key = &self.signer(recipes.signers[signer.at()]).key;
        Some(Arc::new(Signed::new(body, key)))
    }

    /// For whom the adversary can sign, of those whose key authenticates a parcel.
    pub fn own_senders(
        &self,
        recipes: &Recipes,
        parcel: &Parcel<C>,
    ) -> impl Iterator<Item = SignerId> {
        let sender = parcel.sender(&self.setting.desk.trust.identities);
        let owns = move |key: &SignerKey| Some(self.signer(*key).public) == sender;
        let signers = recipes.signers.iter().enumerate().filter(move |(_, key)| owns(key));
        signers.map(|(index, _)| SignerId(index as u32))
    }

    /// What the adversary gets from an online party for what it holds: as much as there is to be had.
    pub fn exchanged(
        &self,
        by: &Party<C>,
        held: &Credential<C>,
        place: Place,
    ) -> Option<Credential<C>> {
        let toward = Toward { authority: self.everything(), ..self.toward(place, None) };
        self.setting.deployed.run::<C>().convert(&self.setting.desk, by, held, &toward)
    }

    /// What somebody gets by taking a parcel as an honest executor would.
    pub fn taken(&self, by: &Party<C>, parcel: &Parcel<C>) -> Option<Credential<C>> {
        let mechanism = self.setting.deployed.run::<C>();
        mechanism.take(&self.setting.desk, by, parcel, GuardSet::NONE, 0).ok()
    }

    /// What somebody gets for what was sent to it and is still to be redeemed.
    pub fn redeemed(&self, by: &Party<C>, sent: &Credential<C>) -> Option<Credential<C>> {
        self.setting.deployed.run::<C>().redeem(&self.setting.desk, by, sent)
    }

    pub(super) fn shown(
        &self,
        of: &Party<C>,
        shown: Shown,
        asked: &Requirement,
    ) -> Option<Arc<Attested<C>>> {
        match shown {
            Shown::Own => of.attested.clone(),
            Shown::Copied(instance) => self.setting.instances[instance].party.attested.clone(),
            Shown::Forged(instance) => {
                let model = self.setting.instances[instance].party.attested.as_deref()?;
                let mut facts = model.facts().clone();
                facts.key = of.public;
                let key = match &self.setting.rogue {
                    Some(rogue) => {
                        facts.attester = rogue.template.attester.clone();
                        // Where no domain is asked, its own word counts for its own domain.
                        if !matches!(asked, Requirement::Facts(Facts { domain: Some(_), .. })) {
                            facts.domain = rogue.template.domain.clone();
                        }
                        &rogue.key
                    }
                    None => &of.key,
                };
                let statement = Signed::new(facts, key);
                Some(Arc::new(Attested { statement, grants: model.grants.clone() }))
            }
        }
    }

    /// Everything that can be asked for here.
    pub fn everything(&self) -> Authority {
        Authority::to(self.setting.operations.iter().map(|(operation, _)| operation.clone()))
    }

    pub(super) fn own_root(&self, signer: SignerKey, plan: &OwnRoot, number: u32) -> Credential<C> {
        let mut party = self.signer(signer).clone();
        if let Some(of) = plan.claims {
            party.public = self.setting.identities[of].party.public;
        }
        let envelope = Envelope {
            rest: BTreeSet::from([Requirement::anyone()]),
            not_after: u32::MAX,
            hops: u32::MAX,
            effects: u32::MAX,
        };
        let trigger = match &plan.trigger {
            Fired::No => None,
            Fired::Alleged(source) => {
                let (source, serial) = (source.clone(), OWN + number);
                let body = Trigger { source, authority: plan.authority.digest(), serial };
                Some(Arc::new(Signed::new(body, &party.key)))
            }
            Fired::Reused(flow) => self.setting.flows[*flow].start.trigger.clone(),
        };
        let start = Start {
            execution: OWN + number,
            origin: plan.origin.clone(),
            handed: plan.authority.clone(),
            until: envelope.not_after,
            authority: plan.authority.clone(),
            envelope,
            context: plan.context.map(|context| self.setting.contexts[context].clone()),
            trigger,
            to: None,
            last: None,
            purpose: None,
            audience: None,
        };
        self.setting.deployed.run::<C>().originate(&self.setting.desk, &party, &start)
    }

    pub(in crate::world) fn composed(
        &self,
        held: &Credential<C>,
        by: Option<&Party<C>>,
        request: Arc<Request>,
        verifier: usize,
        binding: Binding,
        number: u32,
    ) -> Presentation<C> {
        let setting = self.setting;
        let nonce = Nonce::new(&format!("adversary:{number}"));
        let verifier_id = setting.verifiers[verifier].id.clone();
        let ask = Ask { request, verifier: verifier_id, nonce };
        let mechanism = setting.deployed.run::<C>();
        let party = by.unwrap_or(&setting.identities[0].party); // the proof is taken away again
        let mut made = mechanism.present(&setting.desk, party, held, &ask);
        if by.is_none() {
            made.proof = None;
            made.attested = None;
        }
        if let (Some(proof), Some(by)) = (&made.proof, by) {
            let mut body: Proof = proof.body().clone();
            match binding {
                Binding::Full => return made,
                Binding::Unbound => body.request = None,
                Binding::Borrowed(of) => {
                    let shown = setting.instances[of].party.attested.clone();
                    body.attestation = shown.as_deref().map(Attested::digest);
                    made.attested = shown;
                }
                Binding::OtherAudience => {
                    let other = (verifier + 1) % setting.verifiers.len();
                    body.audience = Some(setting.verifiers[other].id.clone());
                }
            }
            made.proof = Some(Arc::new(Signed::new(body, &by.key)));
        }
        made
    }
}

/// A token that somebody signs who issues none.
pub(super) fn forged<C: Crypto>(by: &Party<C>, token: &Token) -> Credential<C> {
    let signed = Arc::new(Signed::new(token.clone(), &by.key));
    Credential::Token(signed)
}

/// The origin that an attestation would make, if whoever deployed a workload answered for it.
pub(in crate::world) fn deployed<C: Crypto>(attested: &Attested<C>) -> Option<Origin> {
    let facts = attested.facts();
    let environment = facts.environment.clone()?;
    Some(Origin::Context { environment, operator: facts.deployer.clone()? })
}

/// What a credential says, as somebody who may not say so signs it: a token for the key that signs, a restricted token with one
/// block in place of its restrictions.
pub(super) fn counterfeit<C: Crypto>(of: &Credential<C>, by: &Party<C>) -> Credential<C> {
    match of {
        Credential::Token(token) => {
            let token = Token { confirmation: Some(by.public), ..token.body().clone() };
            Credential::Token(Arc::new(Signed::new(token, &by.key)))
        }
        Credential::Attenuated(held) => {
            let block = Block {
                parent: held.token.digest(),
                scope: held.token.body().scope.clone(),
                service: None,
                key: None,
                sealed: false,
            };
            let blocks = vec![Arc::new(Signed::new(block, &by.key))];
            let token = held.token.clone();
            Credential::Attenuated(Arc::new(Attenuated { token, blocks, discharge: None }))
        }
        other => other.clone(),
    }
}
