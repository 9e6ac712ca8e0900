//! What a presentation proves: the mechanisms translate into this, and one `decide` judges it.

use crate::attestation::Tick;
use crate::authority::Authority;
use crate::crypto::{Digest, PublicKey};
use crate::guard::{Guard, GuardSet};
use crate::identifier::Identifier;
use crate::identity::IdentityId;
use crate::name::ServiceId;

/// What a presentation proves at one verifier. A guard holds when it is in [`Evidence::held`] and all its
/// [`conditions`](Evidence::conditions) are met at the time of the decision; a guard for which a mechanism brings no evidence
/// is simply not held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The guards whose lasting part is proven: it never changes for the same bytes.
    pub held: GuardSet,
    /// What must also be true at the time of the decision.
    pub conditions: Vec<(Guard, Condition)>,
    /// Who is accountable, as reconstructed.
    pub anchor: Option<IdentityId>,
    /// Who acts, as reconstructed.
    pub actor: Option<Actor>,
    /// The record at which the authority was created.
    pub root: Digest,
    /// The authority that justifies the request.
    pub authority: Authority,
}

/// Who acts, as a verifier reconstructs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// An attested incarnation.
    Incarnation(Identifier),
    /// The holder of a key, of whom no more is known.
    Key(PublicKey),
    /// A service, whichever of its replicas it is.
    Service(ServiceId),
}

/// What a guard needs to be true at the time of the decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// The time is within these ticks, both included.
    Within(Tick, Tick),
    /// The key is not retired.
    Unretired(PublicKey),
    /// The key is not visibly revoked.
    Unrevoked(PublicKey),
    /// The signed request with this digest was not accepted before.
    Unused(Digest),
    /// Fewer than so many effects were accepted below the record with this digest.
    Below(Digest, u32),
    /// The trigger with this digest did not justify another root than this one.
    TriggeredOnly(Digest, Digest),
}

/// What a verifier remembers and sees at the time of a decision.
pub trait Live {
    /// The time.
    fn now(&self) -> Tick;
    /// Whether the key is retired.
    fn retired(&self, key: &PublicKey) -> bool;
    /// Whether a revocation of the key is visible.
    fn revoked(&self, key: &PublicKey) -> bool;
    /// Whether the signed request was accepted before, in the memory of the stated scope.
    fn used(&self, request: &Digest) -> bool;
    /// How many effects were accepted below the record, in the ledger of the stated scope.
    fn effects_below(&self, record: &Digest) -> u32;
    /// Whether the trigger justified another root.
    fn triggered_other(&self, trigger: &Digest, root: &Digest) -> bool;
}

/// Whoever knows the time and nothing else: an executor that verifies an inbound chain, since what is revoked or used up is for
/// the resource to see, or a verifier that has seen nothing yet.
#[derive(Debug, Clone, Copy)]
pub struct Clock(pub Tick);

impl Live for Clock {
    fn now(&self) -> Tick {
        self.0
    }
    fn retired(&self, _: &PublicKey) -> bool {
        false
    }
    fn revoked(&self, _: &PublicKey) -> bool {
        false
    }
    fn used(&self, _: &Digest) -> bool {
        false
    }
    fn effects_below(&self, _: &Digest) -> u32 {
        0
    }
    fn triggered_other(&self, _: &Digest, _: &Digest) -> bool {
        false
    }
}

impl Condition {
    /// Whether it is met.
    pub fn met(&self, live: &impl Live) -> bool {
        match self {
            Self::Within(from, to) => (*from..=*to).contains(&live.now()),
            Self::Unretired(key) => !live.retired(key),
            Self::Unrevoked(key) => !live.revoked(key),
            Self::Unused(request) => !live.used(request),
            Self::Below(record, limit) => live.effects_below(record) < *limit,
            Self::TriggeredOnly(trigger, root) => !live.triggered_other(trigger, root),
        }
    }
}

impl Evidence {
    /// The guards that fail now, whether required or not.
    pub fn failing(&self, live: &impl Live) -> GuardSet {
        let unmet = self.conditions.iter().filter(|(_, condition)| !condition.met(live));
        GuardSet::ALL.without(self.held).union(unmet.map(|(guard, _)| *guard).collect())
    }
}
