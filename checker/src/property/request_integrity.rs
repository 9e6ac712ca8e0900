//! What was executed is what the presenter signed.

use super::Property;
use crate::world::ghost::When;
use crate::world::record::Acceptance;

pub(super) const PROPERTY: Property = Property {
    id: "request-integrity",
    sentence: "what was executed is what the presenter signed",
    why: "a proof that does not cover the body lets whoever relays it choose the body (RFC 9449 §11.7)",
    broken_by: "an altered request under a genuine proof",
    exceeds_intent: false,
    pair: None,
    judge,
};

fn judge(a: &Acceptance, when: &mut Vec<When>) -> bool {
    if a.altered && a.proof_by.is_some_and(|by| !by.hostile()) {
        when.push(When::Always);
    }
    a.proof_by.is_some()
}
