//! `capability-chain`: delegations from key to key (UCAN 1.0, ZCAP-LD 0.3).
//!
//! **Modelled.** Each delegation is signed by the key that the one before names (UCAN *Delegation*, `iss` and `aud`), narrows it
//! (`cmd` and `pol`), and the verifier looks at the whole chain back to the subject's root. An invocation is signed by the last
//! key, covers arguments and a nonce, and names the executor that it is for (UCAN *Invocation*); revoked delegations do not count. A
//! capability names *keys*: nothing says what kind of workload has one. *Common*: a delegator names the key of one replica, as a
//! directory lists it. *Strong*: it names the dispatcher key of the service, and the dispatcher delegates on to the replica that
//! takes the work; the invocation states its `cause`, so that the task stays the same along the chain.
//!
//! **Not modelled.** Policies over arguments beyond equality. Receipts. Depth limits, which neither specification has.
//!
//! **Refusal that the specification demands.** A delegation by a key that the one before does not name; one that widens.

use super::continuity::{Continuity, continue_offer, hand_off};
use super::{Ask, Desk, Form, Kind, Mechanism, Next, Party, Refusal, Start};
use crate::attestation::Tick;
use crate::contract::Requirement;
use crate::crypto::{Crypto, Digest, PublicKey};
use crate::evidence::Evidence;
use crate::execution::{Chain, Offer, TaskId};
use crate::guard::{Guard, GuardSet};
use crate::name::{ServiceId, VerifierId};
use crate::policy::Trust;
use crate::presentation::{Cargo, Credential, Parcel, Presentation};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A deployment of capability chains.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CapabilityChain {
    /// A dispatcher key for each service.
    pub strong: bool,
}

/// The two deployments.
pub const FORMS: &[Form] = &[
    Form {
        mechanism: "capability-chain",
        variant: "common",
        profile: None,
        about: "UCAN, ZCAP: delegations from key to key",
        kind: Kind::CapabilityChain(CapabilityChain { strong: false }),
    },
    Form {
        mechanism: "capability-chain",
        variant: "strong",
        profile: None,
        about: "… with a dispatcher key for each service, and `cause`",
        kind: Kind::CapabilityChain(CapabilityChain { strong: true }),
    },
];

/// Records are made and judged as in the reference model, whose third profile binds request and audience.
const BOUND: Continuity = Continuity { profile: 3 };

impl<C: Crypto> Mechanism<C> for CapabilityChain {
    fn brings(&self) -> GuardSet {
        GuardSet::of(&[
            Guard::RootSigned,
            Guard::RootAnchored,
            Guard::RootMandated,
            Guard::Linked,
            Guard::HandedOff,
            Guard::Eligible,
            Guard::Attenuated,
            Guard::PrefixVerified,
            Guard::InAuthority,
            Guard::Holder,
            Guard::RequestBound,
            Guard::Audience,
            Guard::SingleUse,
            Guard::Unexpired,
            Guard::NotRevoked,
        ])
    }
    fn originate(&self, desk: &Desk<C>, origin: &Party<C>, start: &Start<C>) -> Credential<C> {
        let mut start = start.clone();
        // Nothing can be asked of those who appear later but their keys, which nobody knows yet.
        start.envelope.rest = BTreeSet::from([Requirement::anyone()]);
        BOUND.originate(desk, origin, &start)
    }
    fn signs_to_keys(&self) -> bool {
        true
    }
    fn addressed(&self, _: &Requirement, to: &ServiceId, keys: &[PublicKey]) -> Requirement {
        let named =
            if self.strong { Some(dispatcher::<C>(to).public) } else { keys.first().copied() };
        Requirement::Key(named.unwrap_or_else(|| PublicKey::from_bytes([0; 32])))
    }
    fn hand_over(
        &self,
        holder: &Party<C>,
        held: &Credential<C>,
        task: TaskId,
        next: &Next,
    ) -> Cargo<C> {
        let mut next = next.clone();
        next.contract.next =
            Mechanism::<C>::addressed(self, &next.contract.next, &next.to, &next.keys);
        next.contract.below.rest = BTreeSet::from([Requirement::anyone()]);
        BOUND.hand_over(holder, held, task, &next)
    }
    fn authenticates(&self, _: &Cargo<C>) -> bool {
        true
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
        let Requirement::Key(_) = offer.record.body().contract.next else {
            return Err(Refusal::Unusable);
        };
        let (chain, offer) = self.dispatched(desk, executor, chain, offer);
        let cargo = Cargo::Offer(chain, offer);
        let brought = Mechanism::<C>::brings(self);
        let parcel = Parcel { cargo, ..parcel.clone() };
        BOUND.take(desk, executor, &parcel, required.intersection(brought), now)
    }
    fn present(
        &self,
        desk: &Desk<C>,
        holder: &Party<C>,
        held: &Credential<C>,
        ask: &Ask,
    ) -> Presentation<C> {
        BOUND.present(desk, holder, held, ask)
    }
    fn evidence(&self, p: &Presentation<C>, verifier: &VerifierId, trust: &Trust) -> Evidence {
        BOUND.evidence(p, verifier, trust)
    }
}

impl CapabilityChain {
    /// A delegation to the executor's dispatcher, delegated on to the executor; another one as it is.
    fn dispatched<C: Crypto>(
        self,
        desk: &Desk<C>,
        executor: &Party<C>,
        chain: &Chain<C>,
        offer: &Arc<Offer<C>>,
    ) -> (Chain<C>, Arc<Offer<C>>) {
        let own = desk.trust.services.get(&executor.public).map(dispatcher::<C>);
        let named = &offer.record.body().contract.next;
        let Some(dispatcher) = own.filter(|own| *named == Requirement::Key(own.public)) else {
            return (chain.clone(), offer.clone());
        };
        let taken = chain.extended(Arc::new(continue_offer(&dispatcher, offer)));
        let record = offer.record.body();
        let mut contract = record.contract.clone();
        contract.next = Requirement::Key(executor.public);
        let next = Next {
            authority: record.authority.clone(),
            contract,
            intents: None,
            to: ServiceId::new(""),
            keys: Vec::new(),
        };
        let further = hand_off(&dispatcher, taken.tip(), record.task, &next);
        (taken, Arc::new(further))
    }
}

/// The dispatcher of a service: it has a key of its own, which no replica has.
fn dispatcher<C: Crypto>(service: &ServiceId) -> Party<C> {
    let seed = Digest::of(format!("whoacts dispatcher\0{service}").as_bytes());
    let key = C::key(seed.as_bytes());
    Party { public: C::public(&key), key, attested: None, previous: None }
}
