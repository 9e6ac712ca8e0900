//! Anchor and actor, as the verifier reconstructs them, are those of the ghost. Wrong ones are *misattributed* and break
//! this property; missing ones are *unattributed*, a finding of its own.
//!
//! A claim is judged at the level at which it is made: an anchor, or an actor as a service or as an instance. What is said of a
//! service is true of any of its replicas.

use super::Property;
use crate::world::ghost::{Mint, When, Who};
use crate::world::record::Acceptance;

pub(super) const PROPERTY: Property = Property {
    id: "accountable",
    sentence: "the anchor and the actor that the verifier reconstructs are the real ones at the level at which they are named, or missing, never wrong",
    why: "accountability is inferred from what is verifiable; a wrong name is worse than none",
    broken_by: "a stolen key; a copied chain without a holder proof; an altered or redirected request",
    exceeds_intent: false,
    pair: None,
    judge,
};

fn judge(a: &Acceptance, when: &mut Vec<When>) -> bool {
    let (claimed, really) = &a.anchor;
    let wrong_anchor = claimed.is_some() && claimed != really || a.mint == Mint::Forged;
    if wrong_anchor && !a.own_affair() || wrong_actor(a) {
        when.push(When::Always);
    }
    true
}

fn wrong_actor(a: &Acceptance) -> bool {
    match (a.actor, a.by) {
        // Unattributed: no claim is made.
        (None, _) => false,
        // The same life under another key has the same pool; lives of one replica share their name.
        (Some(Some(claimed)), Who::Instance(by)) => a.pool(claimed) != a.pool(by),
        // A hijacked executor that is named did act, and so did the service of which it is a replica.
        (Some(Some(claimed)), Who::Run(by))
            if claimed == by || a.of_service && a.pool(claimed) == a.pool(by) =>
        {
            false
        }
        // The adversary is one: whichever of its workloads is named, it is the one to ask.
        (Some(Some(claimed)), Who::Run(_) | Who::Adversary) => !a.is_run(claimed),
        (Some(Some(_)), Who::Identity(_)) => true,
        (Some(None), _) => false,
    }
}
