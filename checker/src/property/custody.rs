//! For every non-root step on an accepted path, an honest predecessor delegated for it to a class that contains its
//! instance, or the predecessor's key was already under adversary control; the root's origin minted it.
//!
//! A credential that is passed on as it is names no bearer: its last step is whoever presents it.

use super::Property;
use crate::world::ghost::{Mint, When, Who};
use crate::world::record::Acceptance;

pub(super) const PROPERTY: Property = Property {
    id: "custody",
    sentence: "every step on an accepted path was delegated by an honest predecessor to a class that contains its instance, or the predecessor's key was already the adversary's; the root was minted by its origin",
    why: "impersonation: somebody continues an execution that nobody handed to them (Lowe's agreement, on continuations)",
    broken_by: "receiving a bearer token; open continuation; splicing; an insider in the middle of an unchecked prefix",
    exceeds_intent: false,
    pair: None,
    judge,
};

fn judge(a: &Acceptance, when: &mut Vec<When>) -> bool {
    if a.mint == Mint::Forged {
        when.push(When::Always);
    }
    let mut before = holder_of_root(a);
    let mut taker = None;
    for passage in &a.path {
        let delegated = !passage.by.hostile() && a.in_class(passage);
        if !delegated && !Acceptance::took_over(taker, passage.by) {
            when.extend(a.excuse(passage, before));
        }
        taker = Some(passage.taker);
        before = match (passage.taker.hostile(), passage.answered) {
            (true, _) => None,
            (false, Some(key)) => Some(When::UnlessControlled(key)),
            (false, None) => Some(When::Always),
        };
    }
    if !a.names_keys && !presented_by_last_taker(a) {
        when.extend(before);
    }
    true
}

/// What it takes to delegate from the root: its origin is honest, or it is the adversary's own.
fn holder_of_root(a: &Acceptance) -> Option<When> {
    a.execution().map(|_| When::Always)
}

fn presented_by_last_taker(a: &Acceptance) -> bool {
    match a.path.last() {
        None => matches!(a.by, Who::Identity(_)) || a.execution().is_none(),
        Some(passage) => same(passage.taker, a.by),
    }
}

/// An instance under a new key is the same taker, and so is one that was taken over since.
fn same(taker: Who, by: Who) -> bool {
    taker == by
        || matches!((taker, by), (Who::Instance(_), Who::Instance(_)))
        || Acceptance::took_over(Some(taker), by)
}
