//! What an honest sender asked of one verifier was accepted by that one. Two verifiers may serve one resource.

use super::Property;
use crate::world::ghost::When;
use crate::world::record::Acceptance;

pub(super) const PROPERTY: Property = Property {
    id: "addressed",
    sentence: "what an honest sender asked of one verifier was accepted by no other, whether or not anything was signed",
    why: "a request that another verifier accepts too was put once and executed elsewhere",
    broken_by: "a proof that names no verifier, redirected",
    exceeds_intent: false,
    pair: None,
    judge,
};

fn judge(a: &Acceptance, when: &mut Vec<When>) -> bool {
    if a.sender.hostile() {
        return false;
    }
    if a.verifier != a.meant_for {
        when.push(When::AskedHonestly);
    }
    true
}
