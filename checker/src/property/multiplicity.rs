//! Accepted effects below each record that an honest party signed do not exceed what it declared.
//!
//! It is what agreement lacks to be injective in Lowe's sense, counted over declared effects and not over runs: `n` effects for a
//! record that declares `n`, whoever brings them about. Whose they may be is the business of `custody`.

use super::Property;
use crate::world::ghost::When;
use crate::world::record::Acceptance;

pub(super) const PROPERTY: Property = Property {
    id: "multiplicity",
    sentence: "at each resource, accepted effects below a root or a hand-off that an honest party signed do not exceed what it declared, whichever verifier accepted them",
    why: "redelivery is at-least-once: two honest replicas that take one hand-off must not pay twice",
    broken_by: "two replicas with two nonces; a replayed request; a crash before an acknowledgement",
    exceeds_intent: true,
    pair: None,
    judge,
};

fn judge(a: &Acceptance, when: &mut Vec<When>) -> bool {
    // By itself a service has standing rights, which nobody signed and of which nobody declared anything.
    if a.execution().is_none() {
        return false;
    }
    when.extend(a.declared.iter().map(|(of, effects)| When::Spent(of.clone(), *effects)));
    true
}
