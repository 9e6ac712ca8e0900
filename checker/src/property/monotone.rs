//! Along an accepted chain authority never grows, and what was dropped on a branch does not return on it.

use super::Property;
use crate::world::ghost::When;
use crate::world::record::Acceptance;

pub(super) const PROPERTY: Property = Property {
    id: "monotone",
    sentence: "along an accepted path authority never grows, and what a delegator dropped does not return below",
    why: "least authority needs a way to narrow that whoever comes later cannot undo",
    broken_by: "a credential that is passed on whole; a link that is compared with nothing or only with the root",
    exceeds_intent: false,
    pair: None,
    judge,
};

fn judge(a: &Acceptance, when: &mut Vec<When>) -> bool {
    // Without a credential nothing was narrowed that could return.
    if a.carried.is_empty() || a.path.is_empty() {
        return false;
    }
    let grows = a.carried.windows(2).any(|pair| !pair[1].within(&pair[0]));
    let returns = a
        .path
        .iter()
        .any(|passage| !passage.by.hostile() && !passage.authority.admits(&a.effect, &a.arguments));
    if grows || returns {
        when.push(When::Always);
    }
    true
}
