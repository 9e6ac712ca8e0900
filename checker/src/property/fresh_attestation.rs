//! The facts relied on were true of the signing instance at that time, whatever carried them: a link, a role's or context's
//! root, a proof.

use super::Property;
use crate::world::ghost::When;
use crate::world::record::Acceptance;

pub(super) const PROPERTY: Property = Property {
    id: "fresh-attestation",
    sentence: "the attested facts that were relied on, whatever carried them, were true of the instance whose key signed, at that time",
    why: "attestation proves runtime properties; stale or borrowed ones prove nothing about who acts now",
    broken_by: "an attestation from an attester of another domain; a copied or relayed attestation; one that outlived its facts",
    exceeds_intent: true,
    pair: None,
    judge,
};

fn judge(a: &Acceptance, when: &mut Vec<When>) -> bool {
    if a.facts.iter().any(|relied| !relied.truly) {
        when.push(When::Always);
    }
    // Only what stands for the current step must be true now; without a log nothing is claimed about earlier ones.
    for relied in a.facts.iter().filter(|relied| relied.current) {
        let (from, until) = relied.true_at;
        when.extend((until != u32::MAX).then_some(When::After(until)));
        when.extend((from > 0).then_some(When::Before(from)));
    }
    !a.facts.is_empty()
}
