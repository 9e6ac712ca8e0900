//! Wire artefacts alone buy nothing; one instance's key buys no more than that instance's current steps and the hand-offs
//! that are open to its facts. Counted on every link, not only on the presenter.

use super::Property;
use crate::world::ghost::{When, Who};
use crate::world::record::Acceptance;

pub(super) const PROPERTY: Property = Property {
    id: "theft-contained",
    sentence: "wire artefacts alone buy nothing, and one instance's key buys no more than that instance's current steps and the hand-offs open to its facts",
    why: "credentials leak; what leaks must not be authority",
    broken_by: "any bearer credential; a proof that does not cover the request or its verifier; a recorded request that counts again; a key that replicas share",
    exceeds_intent: false,
    pair: None,
    judge,
};

fn judge(a: &Acceptance, when: &mut Vec<When>) -> bool {
    let before = when.len();
    let put = stolen(a, when);
    // A key that several instances share buys the steps of all of them: that it was stolen is no excuse.
    for when in &mut when[before..] {
        if matches!(when, When::UnlessControlled(key) if a.shared(key)) {
            *when = When::Always;
        }
    }
    put
}

fn stolen(a: &Acceptance, when: &mut Vec<When>) -> bool {
    if !a.by.hostile() || a.execution().is_none() {
        // A recording of a request buys nothing that the request did not.
        when.extend(a.proof_by.map(|_| When::Again));
        return a.execution().is_some();
    }
    let mut before: Option<When> = Some(When::Always);
    let mut taker = None;
    for passage in &a.path {
        let hands = passage.by.hostile() || passage.meant == crate::world::ghost::Meant::Nobody;
        if hands && !Acceptance::took_over(taker, passage.by) {
            when.extend(a.excuse(passage, before));
        }
        if !hands && passage.taker.hostile() && !a.in_class(passage) {
            when.push(When::Always);
        }
        taker = Some(passage.taker);
        before = match (passage.taker.hostile(), passage.answered) {
            (true, _) => None,
            (false, Some(key)) => Some(When::UnlessControlled(key)),
            (false, None) => Some(When::Always),
        };
    }
    let stolen_proof = a.proof_by.is_some_and(|by| !by.hostile());
    let own_step = matches!(taker, Some(Who::Run(_))) || Acceptance::took_over(taker, a.by);
    if stolen_proof || a.proof_by.is_none() && !own_step {
        when.push(When::Always);
    } else if !own_step {
        when.extend(before);
    }
    true
}
