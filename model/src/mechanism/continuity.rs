//! `continuity`: the reference model, in cumulative profiles K0 … K6.
//!
//! **Fragment.** All of `MODEL.md` section 2: roots, hand-offs with contracts, continuations, presentations. In K0 and K1 a
//! stateless settlement checks the links before the last one, for anybody who asks, without asking who handed over
//! (publication is delegation there); from K2 on the verifier looks at every link itself. Before K3 a proof covers only the
//! current step and a nonce; before K6 hand-offs name no intents.
//!
//! **Refusal that the model demands.** A hand-off that the holder of its predecessor did not sign (from K2).

use super::{Ask, Desk, Form, Kind, Mechanism, Next, Party, Refusal, Start};
use crate::attestation::Tick;
use crate::crypto::{Crypto, Digest, Signed};
use crate::decide;
use crate::evidence::{Clock, Evidence};
use crate::execution::{Anchored, Chain, Continuation as Step, HandOff, Link, Offer, Root, TaskId};
use crate::guard::{Guard, GuardSet};
use crate::name::VerifierId;
use crate::policy::Trust;
use crate::presentation::{Cargo, Credential, Parcel, Presentation, Proof, Receipt};
use crate::verify::{self, Prefix};
use crate::wire::Object;
use std::sync::Arc;

/// A profile of the reference model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Continuity {
    /// 0 … 6.
    pub profile: u8,
}

const K0: GuardSet = GuardSet::of(&[
    Guard::RootSigned,
    Guard::RootAnchored,
    Guard::RootMandated,
    Guard::RoleAnchored,
    Guard::Attested,
    Guard::AttestationFresh,
    Guard::KeyAttested,
    Guard::Linked,
    Guard::Eligible,
    Guard::Attenuated,
    Guard::InAuthority,
    Guard::Unexpired,
    Guard::WithinHops,
    Guard::NotRevoked,
]);

/// The guards that each profile adds to the one before.
const ADDED: [GuardSet; 7] = [
    K0,
    GuardSet::of(&[Guard::Holder]),
    GuardSet::of(&[Guard::HandedOff, Guard::PrefixVerified]),
    GuardSet::of(&[Guard::RequestBound, Guard::Audience]),
    GuardSet::of(&[Guard::SingleUse, Guard::WithinEffects]),
    GuardSet::of(&[Guard::RootGuarded]),
    GuardSet::of(&[Guard::IntentBound]),
];

macro_rules! profiles {
    ($($profile:literal $name:literal $about:literal;)*) => {
        /// The profiles.
        pub const FORMS: &[Form] = &[$(Form {
            mechanism: "continuity",
            variant: "reference",
            profile: Some($name),
            about: $about,
            kind: Kind::Continuity(Continuity { profile: $profile }),
        },)*];
    };
}
profiles! {
    0 "K0" "roots, contracts and attestations; earlier links on a settlement's word";
    1 "K1" "… presented by a holder of the current step";
    2 "K2" "… each hand-off signed by the holder of its predecessor, the whole prefix checked";
    3 "K3" "… the proof covers the request and names the verifier";
    4 "K4" "… once a request, and as many effects as each hand-off allows";
    5 "K5" "… self-started roots only on a trusted trigger";
    6 "K6" "… only requests that the origin's hand-off named";
}

impl Continuity {
    fn prefix(self) -> Prefix {
        if self.profile < 2 { Prefix::Settled } else { Prefix::Verified }
    }
    fn covers(self, profile: u8) -> bool {
        self.profile >= profile
    }
}

impl<C: Crypto> Mechanism<C> for Continuity {
    fn brings(&self) -> GuardSet {
        ADDED[..=self.profile as usize].iter().fold(GuardSet::NONE, |all, added| all.union(*added))
    }
    fn originate(&self, _: &Desk<C>, origin: &Party<C>, start: &Start<C>) -> Credential<C> {
        let root = Root {
            execution: start.execution,
            origin: start.origin.clone(),
            key: origin.public,
            authority: start.authority.clone(),
            envelope: start.envelope.clone(),
            trigger: start.trigger.as_ref().map(|trigger| trigger.digest()),
        };
        let root = Anchored {
            root: Signed::new(root, &origin.key),
            attested: origin.attested.clone(),
            context: start.context.clone(),
            trigger: start.trigger.clone(),
        };
        Credential::Chain(Chain { root: Arc::new(root), links: Vec::new() })
    }
    fn hand_over(
        &self,
        holder: &Party<C>,
        held: &Credential<C>,
        task: TaskId,
        next: &Next,
    ) -> Cargo<C> {
        let Credential::Chain(chain) = held else { return Cargo::Credential(held.clone()) };
        let intents = next.intents.clone().filter(|_| self.covers(6));
        let record = hand_off(holder, chain.tip(), task, &Next { intents, ..next.clone() });
        Cargo::Offer(chain.clone(), Arc::new(record))
    }
    /// From K2 on the holder of the predecessor signs the hand-off together with what is to be done.
    fn authenticates(&self, _: &Cargo<C>) -> bool {
        self.covers(2)
    }
    fn take(
        &self,
        desk: &Desk<C>,
        executor: &Party<C>,
        parcel: &Parcel<C>,
        required: GuardSet,
        now: Tick,
    ) -> Result<Credential<C>, Refusal> {
        let Cargo::Offer(chain, offer) = &parcel.cargo else { return Err(Refusal::Unusable) };
        let taken = chain.extended(Arc::new(continue_offer(executor, offer)));
        let evidence = self.of_chain(desk, &taken);
        let required = required.intersection(Guard::HOP).intersection(Mechanism::<C>::brings(self));
        decide(&evidence, required, &Clock(now)).map_err(Refusal::Denied)?;
        Ok(Credential::Chain(taken))
    }
    fn inbound(&self, desk: &Desk<C>, taken: &Credential<C>) -> Option<Evidence> {
        match taken {
            Credential::Chain(chain) => Some(self.of_chain(desk, chain)),
            _ => None,
        }
    }
    fn present(
        &self,
        desk: &Desk<C>,
        holder: &Party<C>,
        held: &Credential<C>,
        ask: &Ask,
    ) -> Presentation<C> {
        let proof = Proof {
            tip: held.tip(),
            nonce: ask.nonce.clone(),
            operation: None,
            request: self.covers(3).then(|| ask.request.digest()),
            audience: self.covers(3).then(|| ask.verifier.clone()),
            key: holder.public,
            attestation: holder.attestation(),
        };
        let receipt = match held {
            Credential::Chain(chain) => self.receipt(desk, chain),
            _ => None,
        };
        Presentation {
            credential: held.clone(),
            request: ask.request.clone(),
            connection: ask.nonce.clone(),
            proof: Some(Arc::new(Signed::new(proof, &holder.key))),
            attested: holder.attested.clone(),
            receipt: receipt.map(Arc::new),
        }
    }
    fn evidence(&self, p: &Presentation<C>, verifier: &VerifierId, trust: &Trust) -> Evidence {
        match &p.credential {
            Credential::Chain(chain) => {
                verify::presentation(chain, p, verifier, self.prefix(), trust)
            }
            other => super::bearer::nothing(other),
        }
    }
}

impl Continuity {
    /// What a path proves to the executor that has just taken it.
    fn of_chain<C: Crypto>(self, desk: &Desk<C>, chain: &Chain<C>) -> Evidence {
        let receipt = self.receipt(desk, chain);
        verify::chain(chain, receipt.as_ref(), self.prefix(), &desk.trust)
    }
    /// The settlement's word on the links before the last, for profiles that take them on it.
    pub fn receipt<C: Crypto>(
        self,
        desk: &Desk<C>,
        chain: &Chain<C>,
    ) -> Option<Signed<Receipt, C>> {
        let part = verify::settled_part(chain)?;
        let settled = self.prefix() == Prefix::Settled
            && verify::prefix_holds(chain, verify::SETTLED, &desk.trust);
        settled.then(|| Signed::new(Receipt { path: part.path() }, &desk.settlement))
    }
}

/// Signs a hand-off below the record with digest `predecessor`.
pub fn hand_off<C: Crypto>(
    signer: &Party<C>,
    predecessor: Digest,
    task: TaskId,
    next: &Next,
) -> Offer<C> {
    let record = HandOff {
        predecessor,
        authority: next.authority.clone(),
        contract: next.contract.clone(),
        task,
        intents: next.intents.clone(),
        signer: signer.public,
        attestation: signer.attestation(),
    };
    Offer { record: Signed::new(record, &signer.key), by: signer.attested.clone() }
}

/// Signs the continuation of an offer.
pub fn continue_offer<C: Crypto>(executor: &Party<C>, offer: &Arc<Offer<C>>) -> Link<C> {
    let step = Step {
        hand_off: offer.record.digest(),
        key: executor.public,
        attestation: executor.attestation(),
    };
    Link {
        offer: offer.clone(),
        step: Signed::new(step, &executor.key),
        attested: executor.attested.clone(),
        rekeys: Vec::new(),
    }
}
