//! The world as a [`System`]: states are sets of facts, moves compare and set bits.

use super::bits::Bits;
use super::ghost::Mint;
use super::ground::{Accepting, Resolved, ResolvedWhen, WATCHED, World};
use super::moves::Move;
use crate::explore::System;
use std::sync::atomic::Ordering;
use whoacts_model::crypto::Crypto;
use whoacts_model::guard::{Guard, GuardSet};

impl<C: Crypto> World<C> {
    fn now(&self, state: &Bits) -> u32 {
        self.ticks.iter().filter(|tick| state.has(**tick)).count() as u32
    }

    /// The required guards that fail for an accept in a state.
    pub(super) fn denied(&self, accepting: &Accepting, state: &Bits) -> GuardSet {
        let unmet = |condition: &Resolved| match condition {
            Resolved::Within(from, to, late) => {
                let now = self.now(state);
                let ago = u32::from(late.is_some_and(|late| state.has(late))).min(now);
                (now - ago..=now).all(|tick| !(*from..=*to).contains(&tick))
            }
            Resolved::None(facts) => facts.any(state),
            Resolved::Fewer(facts, limit, full) => {
                full.is_some_and(|full| state.has(full)) || facts.count(state) >= *limit
            }
        };
        accepting.conditions.iter().filter(|(_, c)| unmet(c)).map(|(guard, _)| *guard).collect()
    }

    fn violates(&self, accepting: &Accepting, state: &Bits) -> u64 {
        let breaks = |when: &ResolvedWhen| match when {
            ResolvedWhen::None(facts) => !facts.any(state),
            ResolvedWhen::Any(facts) => facts.any(state),
            ResolvedWhen::After(tick) => self.now(state) > *tick,
            ResolvedWhen::Spent(execution, limit) => self.effects(*execution, state) >= *limit,
        };
        accepting
            .sometimes
            .iter()
            .filter(|(_, when)| breaks(when))
            .fold(accepting.always, |found, (number, _)| found | 1 << number)
    }

    /// How many effects an honest execution has had.
    fn effects(&self, execution: usize, state: &Bits) -> u32 {
        let ledger = &self.ledgers[execution];
        let folded = if state.has(ledger.full) { ledger.limit } else { 0 };
        folded + ledger.accepts.count(state)
    }

    /// How many distinct presentations a guard alone denied, in some state that was searched.
    pub fn denials(&self, guard: Guard) -> u64 {
        let later = self.accepting.iter().filter(|a| a.blocked_by().contains(guard)).count();
        self.tallies[guard as usize].denied + later as u64
    }

    /// The required guards that alone denied something.
    pub fn deciding(&self) -> GuardSet {
        self.setting.required.iter().filter(|guard| self.denials(*guard) > 0).collect()
    }

    /// Whether every good end is among the findings of a search.
    pub fn served(&self, seen: u64) -> bool {
        self.good_ends.iter().all(|end| seen >> end.bit & 1 == 1)
    }

    /// The accept that a ground move is about.
    pub fn accepting_of(&self, index: u32) -> Option<&Accepting> {
        self.moves[index as usize].accept.map(|accept| &self.accepting[accept as usize])
    }

    fn takes_effect(&self, index: usize, state: &Bits) -> bool {
        let ground = &self.moves[index];
        if ground.forbids.any(state) || !ground.needs.all(state) {
            return false;
        }
        let Some(accept) = ground.accept else { return true };
        let accepting = &self.accepting[accept as usize];
        let denied = self.denied(accepting, state);
        if denied.len() == 1 {
            let bit = denied.first().map_or(0, |guard: Guard| 1 << guard as u32);
            accepting.blocked.fetch_or(bit, Ordering::Relaxed);
        }
        denied.is_empty()
    }
}

impl<C: Crypto> System for World<C> {
    type State = Bits;
    type Move = u32;

    fn initial(&self) -> Bits {
        Bits::none(self.facts)
    }

    fn moves(&self, state: &Bits, out: &mut Vec<u32>) {
        for (index, ground) in self.moves.iter().enumerate() {
            let repeats = ground.adds.all(state);
            let again =
                || ground.accept.is_some_and(|accept| self.accepting[accept as usize].replayable);
            if (!repeats || again()) && self.takes_effect(index, state) {
                out.push(index as u32);
            }
        }
    }

    fn enabled(&self, state: &Bits, index: u32) -> bool {
        self.takes_effect(index as usize, state)
    }

    fn next(&self, state: &Bits, index: u32) -> Bits {
        let mut next = state.clone();
        self.moves[index as usize].adds.add_to(&mut next);
        next
    }

    fn apply(&self, state: &mut Bits, index: u32) -> bool {
        let adds = &self.moves[index as usize].adds;
        let moved = !adds.all(state);
        adds.add_to(state);
        moved
    }

    fn findings(&self, state: &Bits, index: u32) -> u64 {
        let Some(accepting) = self.accepting_of(index) else { return 0 };
        accepting.reached.store(true, Ordering::Relaxed);
        let watched = self.moves[index as usize].accept.is_some_and(|a| self.watched.contains(&a));
        let watched = u64::from(watched) << WATCHED;
        let served = accepting.serves.iter().filter(|(_, all, any)| {
            all.all(state) && any.as_ref().is_none_or(|any| any.any(state))
        });
        let served = served.fold(0, |bits, (bit, _, _)| bits | 1 << bit);
        self.violates(accepting, state) | accepting.put | served | watched
    }

    fn monotone(&self, index: u32) -> bool {
        self.moves[index as usize].monotone
    }

    /// Forgets which requests used a root up: an execution whose effects are used up accepts nothing more.
    fn canonical(&self, mut state: Bits) -> Bits {
        if self.bounded_effects {
            for ledger in &self.ledgers {
                if ledger.accepts.count(&state) >= ledger.limit {
                    ledger.accepts.remove_from(&mut state);
                    state.add(ledger.full);
                }
            }
        }
        state
    }

    /// Backwards from the last move: for each fact that is needed the first move that makes it true, and every fault, theft
    /// and tick, since a violation may depend on them.
    fn slice(&self, trace: &[u32]) -> Vec<u32> {
        let Some((&last, before)) = trace.split_last() else { return Vec::new() };
        let mut wanted = Bits::none(self.facts);
        self.moves[last as usize].needs.add_to(&mut wanted);
        let mut keep = vec![false; before.len()];
        for (place, index) in before.iter().enumerate() {
            let rare = matches!(
                self.moves[*index as usize].what,
                Move::Crash(_)
                    | Move::Rekey(_)
                    | Move::Revoke(_)
                    | Move::Steal(_)
                    | Move::Hijack(_)
                    | Move::Tick(_)
                    | Move::Withhold(_)
                    | Move::Forget(_)
                    | Move::Skew(_)
            );
            keep[place] = rare;
        }
        self.keep_one_effect(last, before, &mut keep);
        for (place, kept) in keep.iter().enumerate() {
            if *kept {
                self.moves[before[place] as usize].needs.add_to(&mut wanted);
            }
        }
        // First makers, found from the front; needs are collected until nothing is missing.
        let mut changed = true;
        while changed {
            changed = false;
            let mut have = Bits::none(self.facts);
            for (place, index) in before.iter().enumerate() {
                let ground = &self.moves[*index as usize];
                let makes = ground.adds.facts().any(|f| wanted.has(f) && !have.has(f));
                if makes && !keep[place] {
                    keep[place] = true;
                    ground.needs.add_to(&mut wanted);
                    changed = true;
                }
                if keep[place] {
                    ground.adds.add_to(&mut have);
                }
            }
        }
        let kept = before.iter().zip(&keep).filter(|(_, keep)| **keep).map(|(index, _)| *index);
        kept.chain([last]).collect()
    }

    fn good(&self, state: &Bits) -> bool {
        let ends = self.good_ends.iter().filter(|end| end.after.is_none());
        ends.into_iter().all(|end| end.accepts.any(state))
    }
}

impl<C: Crypto> World<C> {
    /// Keeps as many accepted effects of the same execution as its multiplicity allows: one more is then too many.
    fn keep_one_effect(&self, last: u32, before: &[u32], keep: &mut [bool]) {
        let execution = self.accepting_of(last).and_then(|accepting| match accepting.record.mint {
            Mint::Execution(execution) => Some(execution),
            _ => None,
        });
        let Some(execution) = execution else { return };
        let mut left = self.ledgers[execution].limit;
        for (place, index) in before.iter().enumerate() {
            let same = self
                .accepting_of(*index)
                .is_some_and(|accepting| accepting.record.mint == Mint::Execution(execution));
            if same && left > 0 {
                keep[place] = true;
                left -= 1;
            }
        }
    }
}
