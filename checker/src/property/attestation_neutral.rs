//! An attestation without a hand-off or an anchored root opens no effect.

use super::{Pair, Property};
use crate::vary::Variation;
use crate::world::ghost::{Mint, When, Who};
use crate::world::record::Acceptance;

pub(super) const PROPERTY: Property = Property {
    id: "attestation-neutral",
    sentence: "being attested, without a hand-off or an anchored root, opens no effect",
    why: "an attestation proves runtime properties; it is no permission",
    broken_by: "attested taken for authorised",
    exceeds_intent: true,
    pair: Some(Pair { vary: Variation::Attestations, both_ways: false, counts }),
    judge,
};

fn judge(a: &Acceptance, _: &mut Vec<When>) -> bool {
    !a.facts.is_empty() || a.by.hostile()
}

/// What was really handed to an attested workload, and what it starts in a role, it may do.
fn counts(a: &Acceptance) -> bool {
    let handed = a.path.iter().any(|passage| {
        !passage.by.hostile() && matches!(passage.taker, Who::Run(_)) && a.in_class(passage)
    });
    !handed && !matches!(a.mint, Mint::SelfStart(_))
}
