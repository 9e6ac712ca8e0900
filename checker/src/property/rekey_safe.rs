//! No request is accepted that was signed by a key retired before, unless an honest request was on its way.

use super::Property;
use crate::world::ghost::When;
use crate::world::record::Acceptance;

pub(super) const PROPERTY: Property = Property {
    id: "rekey-safe",
    sentence: "a retired key signs no accepted request but one that its honest sender had on its way; a retired and revoked key opens nothing",
    why: "short-lived keys help only if the old one stops counting",
    broken_by: "a verifier that does not learn that a key was retired",
    exceeds_intent: true,
    pair: None,
    judge,
};

fn judge(a: &Acceptance, when: &mut Vec<When>) -> bool {
    let (_, rekeys) = a.shared.faults;
    let in_flight = !a.by.hostile() && !a.recorded;
    let wrong = if in_flight { When::Gone } else { When::Retired };
    when.extend(a.proof_key.map(wrong));
    rekeys && a.proof_key.is_some()
}
