//! An effect caused by a task is not justified by a root that an intermediate created.

use super::Property;
use crate::world::ghost::{Cause, Mint, When};
use crate::world::record::Acceptance;

pub(super) const PROPERTY: Property = Property {
    id: "no-laundering",
    sentence: "an effect caused by a task is not justified by a root that an intermediate created",
    why: "an executor that may also start work of its own could relabel a request as its own initiative",
    broken_by: "a hijacked executor whose role may create authority (below K5)",
    exceeds_intent: false,
    pair: None,
    judge,
};

fn judge(a: &Acceptance, when: &mut Vec<When>) -> bool {
    let Mint::SelfStart(instance) = a.mint else {
        // An effect that a task caused puts the question, whoever's root justifies it.
        return matches!(a.cause, Cause::Execution(_)) && !a.path.is_empty();
    };
    if a.intermediates.contains(&a.pools[instance]) {
        // What a trigger was fired for may be started by whichever executor has it, once.
        when.push(a.trigger.map_or(When::Always, When::Reused));
    }
    true
}
