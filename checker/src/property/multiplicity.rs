//! Accepted effects below a hand-off do not exceed its multiplicity.

use super::Property;
use crate::world::ghost::When;
use crate::world::record::Acceptance;

pub(super) const PROPERTY: Property = Property {
    id: "multiplicity",
    sentence: "accepted effects below a hand-off do not exceed its multiplicity",
    why: "redelivery is at-least-once: two honest replicas that take one hand-off must not pay twice",
    broken_by: "two replicas with two nonces; a replayed request; a crash before an acknowledgement",
    exceeds_intent: true,
    pair: None,
    judge,
};

fn judge(a: &Acceptance, when: &mut Vec<When>) -> bool {
    let Some((execution, (_, _, effects))) = a.execution().zip(a.meant) else { return false };
    when.push(When::Spent(execution, effects));
    true
}
