//! It was accepted by the verifier that it was signed for. Two verifiers may serve one resource.

use super::Property;
use crate::world::ghost::When;
use crate::world::record::Acceptance;

pub(super) const PROPERTY: Property = Property {
    id: "addressed",
    sentence: "a signed request was accepted only by the verifier that it was signed for",
    why: "a request that another verifier accepts too was put once and executed elsewhere",
    broken_by: "a proof that names no verifier, redirected",
    exceeds_intent: false,
    pair: None,
    judge,
};

fn judge(a: &Acceptance, when: &mut Vec<When>) -> bool {
    let honest = a.proof_by.is_some_and(|by| !by.hostile());
    if honest && a.verifier != a.meant_for {
        when.push(When::Always);
    }
    a.proof_by.is_some()
}
