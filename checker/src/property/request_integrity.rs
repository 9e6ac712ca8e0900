//! What was executed is what an honest sender asked, where the acceptance rests on what it sent.

use super::Property;
use crate::world::ghost::When;
use crate::world::record::Acceptance;

pub(super) const PROPERTY: Property = Property {
    id: "request-integrity",
    sentence: "where an acceptance rests on a request that an honest party sent, what was executed is what it asked, whether or not anything was signed",
    why: "a proof that does not cover the body lets whoever relays it choose the body (RFC 9449 §11.7)",
    broken_by: "an altered request under a genuine proof",
    exceeds_intent: false,
    pair: None,
    judge,
};

fn judge(a: &Acceptance, when: &mut Vec<When>) -> bool {
    if a.sender.hostile() {
        return false;
    }
    if a.altered {
        when.push(When::AskedHonestly);
    }
    true
}
