//! Time and hops stayed within the ghost's contract. (Who took it is `custody`; how often is `multiplicity`.)

use super::Property;
use crate::world::ghost::When;
use crate::world::record::Acceptance;

pub(super) const PROPERTY: Property = Property {
    id: "contract-honoured",
    sentence: "time and hops of every accepted path stayed within what its origin and its delegators meant",
    why: "a delegation that ends must end; a delegation that may be passed on twice must not travel further",
    broken_by: "a token that outlives its task; a hand-off beyond the hop budget",
    exceeds_intent: true,
    pair: None,
    judge,
};

fn judge(a: &Acceptance, when: &mut Vec<When>) -> bool {
    let Some((deadline, max_hops, _)) = a.meant else { return false };
    if a.path.len() as u32 > max_hops {
        when.push(When::Always);
    }
    if deadline != u32::MAX {
        when.push(When::After(deadline));
    }
    true
}
