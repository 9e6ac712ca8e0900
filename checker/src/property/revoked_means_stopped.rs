//! No acceptance after a revocation of a key on the path. Where nobody keeps revocations back they are visible at once.

use super::Property;
use crate::world::ghost::{When, Who};
use crate::world::record::Acceptance;

pub(super) const PROPERTY: Property = Property {
    id: "revoked-means-stopped",
    sentence: "nothing is accepted below a key or a step that was revoked",
    why: "revocation is the only remedy after a key leaked",
    broken_by: "a credential that the verifier checks without looking at revocations; a list of revocations that is out of date",
    exceeds_intent: true,
    pair: None,
    judge,
};

fn judge(a: &Acceptance, when: &mut Vec<When>) -> bool {
    let (revocations, _) = a.shared.faults;
    // A credential that names no key is revoked with the key of whoever has it.
    let takers = a.path.iter().map(|passage| passage.taker);
    let holders = a.origin.into_iter().chain(takers).chain([a.by]).filter_map(|who| match who {
        Who::Instance(index) | Who::Run(index) => a.key_of(index),
        Who::Identity(_) | Who::Adversary => None,
    });
    let mut keys: Vec<_> = Vec::new();
    for key in a.keys.iter().copied().chain(holders) {
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    when.extend(keys.into_iter().map(When::Revoked));
    revocations
}
