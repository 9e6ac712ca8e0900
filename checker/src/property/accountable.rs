//! Anchor and actor, as the verifier reconstructs them, are those of the ghost. Wrong ones are *misattributed* and break
//! this property; missing ones are *unattributed*, a finding of its own.

use super::Property;
use crate::world::ghost::{Mint, When, Who};
use crate::world::record::Acceptance;

pub(super) const PROPERTY: Property = Property {
    id: "accountable",
    sentence: "the anchor and the actor that the verifier reconstructs are the real ones, or missing, never wrong",
    why: "accountability is inferred from what is verifiable; a wrong name is worse than none",
    broken_by: "a stolen key; a copied chain without a holder proof; an altered or redirected request",
    exceeds_intent: false,
    pair: None,
    judge,
};

fn judge(a: &Acceptance, when: &mut Vec<When>) -> bool {
    let (claimed, really) = &a.anchor;
    let wrong_anchor = claimed.is_some() && claimed != really || a.mint == Mint::Forged;
    if wrong_anchor || wrong_actor(a) {
        when.push(When::Always);
    }
    true
}

fn wrong_actor(a: &Acceptance) -> bool {
    match (a.actor, a.by) {
        // Unattributed: no claim is made.
        (None, _) => false,
        // The same life under another key has the same pool; lives of one replica share their name.
        (Some(Some(claimed)), Who::Instance(by)) => a.pools[claimed] != a.pools[by],
        // A hijacked executor that is named did act.
        (Some(Some(claimed)), Who::Run(by)) if claimed == by => false,
        // The adversary is one: whichever of its workloads is named, it is the one to ask.
        (Some(Some(claimed)), Who::Run(_) | Who::Adversary) => !a.run[claimed],
        (Some(Some(_)), Who::Identity(_)) => true,
        (Some(None), _) => false,
    }
}
