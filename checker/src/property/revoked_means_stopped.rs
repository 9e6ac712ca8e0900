//! No acceptance after a revocation of a key on the path. Where nobody keeps revocations back they are visible at once.

use super::Property;
use crate::world::ghost::When;
use crate::world::record::Acceptance;

pub(super) const PROPERTY: Property = Property {
    id: "revoked-means-stopped",
    sentence: "nothing is accepted whose path holds a key that was revoked",
    why: "revocation is the only remedy after a key leaked",
    broken_by: "a credential that the verifier checks without looking at revocations; a list of revocations that is out of date",
    exceeds_intent: true,
    pair: None,
    judge,
};

fn judge(a: &Acceptance, when: &mut Vec<When>) -> bool {
    let (revocations, _) = a.faults;
    // A credential that names no key is revoked with the key of whoever holds it.
    let holders = a.path.iter().filter_map(|passage| match passage.taker {
        crate::world::ghost::Who::Instance(index) => {
            a.owners.iter().find(|(_, owner)| *owner == index).map(|(key, _)| *key)
        }
        _ => None,
    });
    when.extend(a.keys.iter().copied().chain(holders).map(When::Revoked));
    revocations
}
