//! A retired key signs no accepted request.

use super::Property;
use crate::world::ghost::When;
use crate::world::record::Acceptance;

pub(super) const PROPERTY: Property = Property {
    id: "rekey-safe",
    sentence: "a retired key signs no accepted request",
    why: "short-lived keys help only if the old one stops counting",
    broken_by: "a verifier that does not learn that a key was retired",
    exceeds_intent: true,
    pair: None,
    judge,
};

fn judge(a: &Acceptance, when: &mut Vec<When>) -> bool {
    let (_, rekeys) = a.faults;
    when.extend(a.proof_key.map(When::Retired));
    rekeys && a.proof_key.is_some()
}
