//! An effect caused by a task is justified neither by a root that an intermediate created nor by standing rights of one.

use super::Property;
use crate::world::ghost::{Cause, Mint, When, Who};
use crate::world::record::Acceptance;

pub(super) const PROPERTY: Property = Property {
    id: "no-laundering",
    sentence: "an effect caused by a task is not justified by a root that an intermediate created, nor by the standing rights of one",
    why: "an executor that may also start work of its own could relabel a request as its own initiative",
    broken_by: "a hijacked executor whose role may create authority (below K5); a service that serves others with its own rights",
    exceeds_intent: false,
    pair: None,
    judge,
};

fn judge(a: &Acceptance, when: &mut Vec<When>) -> bool {
    // An effect that a task caused puts the question, whoever's root justifies it.
    let caused = matches!(a.cause, Cause::Execution(_)) && !a.path.is_empty();
    match (a.mint, a.by) {
        (Mint::SelfStart(instance), _) => {
            if a.is_intermediate(a.pool(instance)) {
                // What a trigger was fired for may be started by whichever executor has it, once.
                when.push(a.trigger.map_or(When::Always, When::Reused));
            }
            true
        }
        (Mint::Standing, Who::Instance(by) | Who::Run(by)) => {
            let taken_over = a.by.hostile() && !a.is_run(by) && a.is_intermediate(a.pool(by));
            when.extend((caused || taken_over).then_some(When::Always));
            caused || taken_over
        }
        _ => caused,
    }
}
