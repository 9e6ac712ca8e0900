//! Every effect that an honest executor requested and a verifier accepted was within the authority of its true root.
//!
//! A deputy's own housekeeping is its own root and stays allowed.

use super::Property;
use crate::world::ghost::When;
use crate::world::record::Acceptance;

pub(super) const PROPERTY: Property = Property {
    id: "origin-bounded",
    sentence: "every effect that an honest executor requested and a verifier accepted was within the authority of its true root",
    why: "the confused deputy (Hardy 1988): a requester gets, through a deputy, what it could not do by itself",
    broken_by: "a deputy that spends another execution's credential; a forged hand-off below an honest step",
    exceeds_intent: false,
    pair: None,
    judge,
};

fn judge(a: &Acceptance, when: &mut Vec<When>) -> bool {
    if a.honestly_asked() && !a.true_authority.admits(&a.effect, &a.arguments) {
        when.push(When::AskedHonestly);
    }
    a.honestly_asked()
}
