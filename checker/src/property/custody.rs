//! For every non-root step on an accepted path, and for the presenter, an honest predecessor delegated that step to a class
//! that contains its instance, or is excused; the root's origin minted it.
//!
//! This is non-injective agreement in Lowe's sense, of each taker of a step with the event `Delegated` of its predecessor, where
//! the peer is known up to a class of instances and not by name. How often a delegation is used, which would make the agreement
//! injective, is the business of `multiplicity`; what is asked with it is that of `request-integrity`.

use super::Property;
use crate::world::ghost::{Mint, When};
use crate::world::record::Acceptance;
use crate::world::record::hands::{Hands, taken_with_shared_key};

pub(super) const PROPERTY: Property = Property {
    id: "custody",
    sentence: "every step on an accepted path, the presenter's included, was delegated by an honest predecessor to a class that contains its instance, or handed on by a holder that the adversary controls; the root was minted by its origin",
    why: "impersonation: somebody continues an execution that nobody handed to them (Lowe's agreement, on continuations)",
    broken_by: "receiving a bearer token that was meant for somebody else; open continuation; splicing; an insider in the middle of an unchecked prefix",
    exceeds_intent: false,
    pair: None,
    judge,
};

fn judge(a: &Acceptance, when: &mut Vec<When>) -> bool {
    if a.own_affair() {
        return false;
    }
    if a.mint == Mint::Forged {
        when.push(When::Always);
    }
    let mut hands = Hands::of_root(a);
    for passage in &a.path {
        when.extend(hands.handed_on(passage));
        let honest = !passage.by.hostile();
        if honest && !a.in_class(passage) || taken_with_shared_key(a, passage) {
            when.push(When::Always);
        }
        hands = hands.after(passage);
    }
    when.extend(hands.presented());
    true
}
