//! A role without a hand-off or an anchored root opens no effect; equal role names of different anchors never unify.

use super::{Pair, Property};
use crate::vary::Variation;
use crate::world::ghost::{Mint, When};
use crate::world::record::Acceptance;

pub(super) const PROPERTY: Property = Property {
    id: "role-neutral",
    sentence: "a role that no hand-off asks for, or an equal name under another anchor, opens no effect",
    why: "a role says in what capacity somebody acts; it does not authorise by itself",
    broken_by: "a role's permissions taken for the execution's authority; a role name that is compared without its anchor",
    exceeds_intent: true,
    pair: Some(Pair { vary: Variation::Roles, both_ways: false, counts }),
    judge,
};

fn judge(a: &Acceptance, _: &mut Vec<When>) -> bool {
    !a.facts.is_empty() || matches!(a.actor, Some(Some(_)))
}

/// A root in an anchored role is what that role is for.
fn counts(a: &Acceptance) -> bool {
    !matches!(a.mint, Mint::SelfStart(_))
}
