//! Accepts that are taken again, or late: what a search that takes monotone moves at once would miss.
//!
//! Accepting something after a fault, a tick or another effect can be worse than accepting it before. A search that saturates
//! takes an accept that disables nothing at once, and where the accept is in its own way it is not judged again. So it may be
//! taken late as well: a move that changes nothing, and stands for the run in which it was not accepted before. Both
//! conditions are read off what they guard: whether an accept is in its own way off its own conditions, and what can
//! become worse off its own violations.

use super::{Accepting, Ground, Grounding, Resolved, ResolvedWhen};
use crate::world::bits::{Fact, Mask};
use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicU32};
use whoacts_model::crypto::Crypto;
use whoacts_model::guard::Guard;

/// Whether an accept may be taken again after it was taken: none of its conditions minds it.
pub(super) fn again(own: Fact, conditions: &[(Guard, Resolved)]) -> bool {
    conditions.iter().all(|(_, condition)| match condition {
        Resolved::Within(..) => true,
        Resolved::None(facts) | Resolved::Fewer(facts, ..) => !facts.names(own),
    })
}

impl<C: Crypto> Grounding<'_, C> {
    /// Adds the late accepts. A trace has no use for the early accept beside it.
    pub(super) fn late_accepts(&mut self, list: &mut Vec<Accepting>, disabling: &HashSet<Fact>) {
        for index in 0..self.moves.len() {
            let Some(accept) = self.moves[index].accept else { continue };
            let early = &list[accept as usize];
            let own = early.fact;
            // What disables another accept is branched on: there the search sees it taken late.
            if early.replayable || disabling.contains(&own) {
                continue;
            }
            let sometimes = early.sometimes.iter().filter(|(_, when)| self.grows(when));
            let sometimes: Vec<_> =
                sometimes.map(|(number, when)| (*number, uncounted(when, own))).collect();
            let after =
                |(_, all, any): &&(u32, Mask, Option<Mask>)| !all.is_empty() || any.is_some();
            let serves: Vec<_> = early.serves.iter().filter(after).cloned().collect();
            if sometimes.is_empty() && serves.is_empty() {
                continue;
            }
            let late = Accepting {
                evidence: early.evidence.clone(),
                record: early.record.clone(),
                conditions: early.conditions.iter().map(|(g, c)| (*g, without(c, own))).collect(),
                always: 0,
                sometimes,
                put: 0,
                serves,
                fact: own,
                replayable: true,
                blocked: AtomicU32::new(0),
                reached: AtomicBool::new(false),
            };
            let ground = Ground {
                what: self.moves[index].what,
                needs: self.moves[index].needs.clone(),
                forbids: self.moves[index].forbids.clone(),
                adds: Mask::default(),
                monotone: true,
                accept: Some(list.len() as u32),
            };
            list.push(late);
            self.moves.push(ground);
        }
    }

    /// Whether what is still to come can make a violation of what is none yet.
    fn grows(&self, when: &ResolvedWhen) -> bool {
        match when {
            ResolvedWhen::None(_) | ResolvedWhen::Before(_) => false,
            ResolvedWhen::Any(facts) => !facts.is_empty(),
            ResolvedWhen::Both(one, other) => !one.is_empty() && !other.is_empty(),
            ResolvedWhen::After(tick) => *tick < self.setting.bounds.ticks,
            ResolvedWhen::Spent(..) => true,
        }
    }
}

/// A condition as it is where the accept itself has not happened.
pub(super) fn without(condition: &Resolved, own: Fact) -> Resolved {
    match condition {
        Resolved::None(facts) => Resolved::None(facts.but(own)),
        Resolved::Fewer(facts, limit, full) => {
            let others = facts.but(own);
            // Where nothing else is counted, only the accept itself can have used it up.
            let full = full.filter(|_| !others.is_empty());
            Resolved::Fewer(others, *limit, full)
        }
        other => other.clone(),
    }
}

/// A violation as it is where the accept itself has not happened.
pub(super) fn uncounted(when: &ResolvedWhen, own: Fact) -> ResolvedWhen {
    match when {
        ResolvedWhen::Spent(declared, limit, _) => {
            ResolvedWhen::Spent(*declared, *limit, Some(own))
        }
        other => other.clone(),
    }
}
