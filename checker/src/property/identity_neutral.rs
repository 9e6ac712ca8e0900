//! Giving an executor another identity opens no effect, roots that it creates itself aside.

use super::{Pair, Property};
use crate::vary::Variation;
use crate::world::ghost::{Mint, When};
use crate::world::record::Acceptance;

pub(super) const PROPERTY: Property = Property {
    id: "identity-neutral",
    sentence: "giving an executor another identity, roots that it creates itself aside, opens no effect",
    why: "an identity says who is accountable; in the request path as a permission it makes every deputy a confused one",
    broken_by: "ambient authority: what the deployer may do, its workloads may",
    exceeds_intent: true,
    pair: Some(Pair { vary: Variation::Identities, both_ways: false, counts }),
    judge,
};

fn judge(a: &Acceptance, _: &mut Vec<When>) -> bool {
    !a.facts.is_empty() || matches!(a.actor, Some(Some(_)))
}

/// A root that an executor creates is its own right.
fn counts(a: &Acceptance) -> bool {
    !matches!(a.mint, Mint::SelfStart(_) | Mint::Forged)
}
