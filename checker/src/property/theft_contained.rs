//! Wire artefacts alone buy nothing; one instance's key buys no more than that instance's current steps and the hand-offs
//! that are open to its facts. Counted on every link, whoever presents last.
//!
//! Whoever is not meant but really is what the story asks of a taker stole nothing: that breaks `custody`. What the adversary
//! delivers once more is an effect that it bought, unless the declared effects cover it.

use super::Property;
use crate::world::ghost::{Mint, When, Who};
use crate::world::record::Acceptance;
use crate::world::record::hands::{Hands, taken_with_shared_key};

pub(super) const PROPERTY: Property = Property {
    id: "theft-contained",
    sentence: "wire artefacts alone buy nothing, and one instance's key buys no more than that instance's current steps and the hand-offs open to its facts, on every link and whoever presents last",
    why: "credentials leak; what leaks must not be authority",
    broken_by: "any bearer credential that is read; a proof that does not cover the request or its verifier; a recorded request that counts again; a key that replicas share",
    exceeds_intent: false,
    pair: None,
    judge,
};

fn judge(a: &Acceptance, when: &mut Vec<When>) -> bool {
    if a.own_affair() {
        return false;
    }
    if a.recorded {
        when.extend(a.declared.iter().map(|(of, effects)| When::Spent(of.clone(), *effects)));
    }
    if a.mint == Mint::Standing {
        // What a service may do by itself, the key of none of its instances may buy for somebody else.
        when.extend((a.by == Who::Adversary).then_some(When::Always));
        return true;
    }
    if a.execution().is_none() {
        return false;
    }
    let mut hands = Hands::of_root(a);
    for passage in &a.path {
        when.extend(hands.handed_on(passage));
        let stray = passage.taker.hostile() && !passage.by.hostile() && !a.in_class(passage);
        if stray && !a.satisfies(passage) || taken_with_shared_key(a, passage) {
            when.push(When::Always);
        }
        hands = hands.after(passage);
    }
    if a.by.hostile() && !a.sender.hostile() {
        // Somebody else's request, with another content or at another place.
        when.push(When::Always);
    }
    when.extend(hands.presented());
    true
}
