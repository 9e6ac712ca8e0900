//! In whose hands each step of a path is, link by link: one walk for every property that asks it, and the only place that
//! knows when a stolen key excuses.

use super::Acceptance;
use crate::world::ghost::{Meant, Passage, When, Who};
use whoacts_model::crypto::PublicKey;

/// A step of a path, and who has it.
#[derive(Clone, Copy)]
pub(crate) struct Hands<'a> {
    a: &'a Acceptance,
    /// Who took it; nobody where the root is the adversary's own.
    taker: Option<Who>,
    /// The key to which it is bound, where the mechanism binds it.
    key: Option<PublicKey>,
}

impl<'a> Hands<'a> {
    /// The root: whoever started the execution has it.
    pub(crate) fn of_root(a: &'a Acceptance) -> Self {
        Self { a, taker: a.origin, key: a.root_key }
    }

    /// The step that a passage leads to.
    pub(crate) fn after(self, passage: &Passage) -> Self {
        Self { taker: Some(passage.taker), key: passage.answered, ..self }
    }

    /// When it is a violation that somebody handed this step on by a passage. Who holds it may do so, honest or not: what a
    /// dishonest holder does with its own step is misuse. A link that an honest party signed for another step is nobody's.
    pub(crate) fn handed_on(self, passage: &Passage) -> Option<When> {
        if passage.meant == Meant::Nobody && !passage.by.hostile() {
            return Some(When::Always);
        }
        match passage.signed {
            Some(key) => self.used(passage.by, Some(key).filter(|_| passage.by_holder)),
            // Nothing is signed at this leg: whoever has what the step is bound to can have it handed on.
            None => self.used(passage.by, self.key),
        }
    }

    /// When it is a violation that this step is presented as it is. Who presents is who signed, where somebody did.
    pub(crate) fn presented(self) -> Option<When> {
        let a = self.a;
        self.used(a.proof_by.unwrap_or(a.by), a.proof_key)
    }

    /// When it is a violation that `by` uses this step and signs that with `key`.
    fn used(self, by: Who, key: Option<PublicKey>) -> Option<When> {
        let taker = self.taker?;
        if taker.hostile() && by.hostile() || self.is_taker(taker, by) {
            return None;
        }
        Some(match key {
            Some(key) if self.holds(taker, &key) => When::UnlessControlled(key),
            _ => When::Always,
        })
    }

    /// An instance under a new key is the same taker, and so is one that was taken over since.
    fn is_taker(self, taker: Who, by: Who) -> bool {
        taker == by
            || match (taker, by) {
                (Who::Instance(_), Who::Instance(_)) => true,
                (Who::Instance(taker), Who::Run(by)) => self.a.same_life(taker, by),
                _ => false,
            }
    }

    /// Whether a key that was stolen excuses what is signed with it: the step is bound to it, or to another key of the same
    /// incarnation; it is an instance's key, which exists apart from any credential; and no other instance has it. (That the
    /// adversary controls it when it signs is for the state to say, in which the violation is judged.)
    fn holds(self, taker: Who, key: &PublicKey) -> bool {
        let Some(bound) = self.key else { return false };
        let Some(owner) = self.a.owner(key).filter(|_| !self.a.is_shared(key)) else {
            return false;
        };
        bound == *key || matches!(taker, Who::Instance(taker) if self.a.same_life(taker, owner))
    }
}

/// Whether somebody took a step with the stolen key of several instances: that opens the steps of all of them, and excuses
/// nothing.
pub(crate) fn taken_with_shared_key(a: &Acceptance, passage: &Passage) -> bool {
    passage.taker == Who::Adversary && passage.answered.is_some_and(|key| a.is_shared(&key))
}
