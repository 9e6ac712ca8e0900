//! `open-continuity`: continuation by whoever satisfies the contract, under a stateless settlement (the PIC 0.2 base profile).
//!
//! **Modelled.** Roots, hand-offs with contracts and continuations as in the reference model; a settlement that keeps no state
//! checks the links before the last for anybody who asks. To publish a hand-off is to delegate it: nobody asks who handed it
//! over, so a continuation by somebody eligible whom nobody addressed lies outside the profile's goal. *Common*: the base
//! profile. *Strong*: its optional holder and request bindings.
//!
//! **Not modelled.** The profile's own encodings and its registration of settlements.
//!
//! **Refusal that the specification demands.** A continuation that does not satisfy the contract, or widens it.

use super::continuity::Continuity;
use super::{Ask, Desk, Form, Kind, Mechanism, Next, Party, Refusal, Start};
use crate::attestation::Tick;
use crate::crypto::Crypto;
use crate::evidence::Evidence;
use crate::execution::TaskId;
use crate::guard::{Guard, GuardSet};
use crate::name::VerifierId;
use crate::policy::Trust;
use crate::presentation::{Cargo, Credential, Parcel, Presentation};

/// A deployment of open continuity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenContinuity {
    /// The optional holder and request bindings.
    pub strong: bool,
}

/// The two deployments.
pub const FORMS: &[Form] = &[
    Form {
        mechanism: "open-continuity",
        variant: "common",
        profile: None,
        about: "PIC 0.2 base profile: whoever satisfies the contract continues",
        kind: Kind::OpenContinuity(OpenContinuity { strong: false }),
    },
    Form {
        mechanism: "open-continuity",
        variant: "strong",
        profile: None,
        about: "… with its optional holder and request bindings",
        kind: Kind::OpenContinuity(OpenContinuity { strong: true }),
    },
];

const BASE: Continuity = Continuity { profile: 0 };
/// Records are made as in the reference model, whose later profiles bind more into a proof.
const BOUND: Continuity = Continuity { profile: 3 };

impl OpenContinuity {
    fn made(self) -> Continuity {
        if self.strong { BOUND } else { BASE }
    }
}

impl<C: Crypto> Mechanism<C> for OpenContinuity {
    fn brings(&self) -> GuardSet {
        let base = Mechanism::<C>::brings(&BASE);
        let bound = GuardSet::of(&[Guard::Holder, Guard::RequestBound, Guard::Audience]);
        if self.strong { base.union(bound) } else { base }
    }
    fn originate(&self, desk: &Desk<C>, origin: &Party<C>, start: &Start<C>) -> Credential<C> {
        BASE.originate(desk, origin, start)
    }
    fn hand_over(
        &self,
        holder: &Party<C>,
        held: &Credential<C>,
        task: TaskId,
        next: &Next,
    ) -> Cargo<C> {
        BASE.hand_over(holder, held, task, next)
    }
    fn authenticates(&self, cargo: &Cargo<C>) -> bool {
        Mechanism::<C>::authenticates(&BASE, cargo)
    }
    fn take(
        &self,
        desk: &Desk<C>,
        executor: &Party<C>,
        parcel: &Parcel<C>,
        required: GuardSet,
        now: Tick,
    ) -> Result<Credential<C>, Refusal> {
        BASE.take(desk, executor, parcel, required, now)
    }
    fn present(
        &self,
        desk: &Desk<C>,
        holder: &Party<C>,
        held: &Credential<C>,
        ask: &Ask,
    ) -> Presentation<C> {
        let made = self.made().present(desk, holder, held, ask);
        // The settlement's word goes along in both: the verifier looks at the last link only.
        let receipt = BASE.present(desk, holder, held, ask).receipt;
        Presentation { receipt, ..made }
    }
    fn evidence(&self, p: &Presentation<C>, verifier: &VerifierId, trust: &Trust) -> Evidence {
        BASE.evidence(p, verifier, trust)
    }
}
