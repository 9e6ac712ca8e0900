//! Renaming the instances in what is signed changes no decision. (More replicas are the business of the bounds.)

use super::{Pair, Property};
use crate::vary::Variation;
use crate::world::ghost::When;
use crate::world::record::Acceptance;

pub(super) const PROPERTY: Property = Property {
    id: "identifier-neutral",
    sentence: "renaming every instance in what is signed, in another scheme too, changes no decision",
    why: "an identifier tells which instance acts, for tracing, routing and audit; where it decides, it has become authority",
    broken_by: "a role that is read off a name; a list of instances that may act",
    exceeds_intent: true,
    pair: Some(Pair { vary: Variation::Names, both_ways: true, counts }),
    judge,
};

fn judge(a: &Acceptance, _: &mut Vec<When>) -> bool {
    !a.facts.is_empty() || matches!(a.actor, Some(Some(_)))
}

fn counts(_: &Acceptance) -> bool {
    true
}
