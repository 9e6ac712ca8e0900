//! Every root used has a valid accountable anchor and stays within its mandate.

use super::Property;
use crate::world::ghost::When;
use crate::world::record::Acceptance;

pub(super) const PROPERTY: Property = Property {
    id: "anchored-creation",
    sentence: "every root used has a valid accountable anchor and stays within its mandate",
    why: "authority is meaningful only when it can be tied back to somebody who can be held responsible for it",
    broken_by: "a root in somebody else's name; a root beyond its mandate; a role that nobody trusted anchors",
    exceeds_intent: true,
    pair: None,
    judge,
};

fn judge(a: &Acceptance, when: &mut Vec<When>) -> bool {
    if !a.anchored {
        when.push(When::Always);
    }
    true
}
