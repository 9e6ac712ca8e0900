//! What can happen in a state, and what it shows: moves compare and set bits. Without messages and cryptography, which
//! are all in the tables by now.

use super::bits::{Bits, Fact, StateCounts, has};
use super::ground::{Accepting, GoodEnd, Ground, Ledger, Resolved, ResolvedWhen, WATCHED, World};
use super::index::Index;
use super::moves::Move;
use super::symmetry::Symmetry;
use std::collections::BTreeSet;
use std::sync::atomic::Ordering;
use whoacts_model::crypto::Crypto;
use whoacts_model::guard::{Guard, GuardSet};

/// All that a search looks at.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules<'w> {
    pub(super) facts: usize,
    pub(super) moves: &'w [Ground],
    pub(super) accepting: &'w [Accepting],
    pub(super) ticks: &'w [Fact],
    pub(super) ledgers: &'w [Ledger],
    pub(super) declared: &'w [Ledger],
    bounded_effects: bool,
    pub(super) good_ends: &'w [GoodEnd],
    watched: &'w BTreeSet<u32>,
    symmetry: Option<&'w Symmetry>,
    pub(super) index: &'w Index,
}

impl<C: Crypto> World<C> {
    pub(super) fn rules(&self) -> Rules<'_> {
        Rules {
            facts: self.facts,
            moves: &self.moves,
            accepting: &self.accepting,
            ticks: &self.ticks,
            ledgers: &self.ledgers,
            declared: &self.declared,
            bounded_effects: self.bounded_effects,
            good_ends: &self.good_ends,
            watched: &self.watched,
            symmetry: self.symmetry.as_ref(),
            index: &self.index,
        }
    }

    /// The accept that a ground move is about.
    pub fn accepting_of(&self, index: u32) -> Option<&Accepting> {
        self.rules().accepting_of(index)
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
}

impl<'w> Rules<'w> {
    fn now(self, state: &[u64]) -> u32 {
        self.ticks.iter().filter(|tick| has(state, **tick)).count() as u32
    }

    /// The required guards that fail for an accept in a state: none, the only one, or the first two.
    fn denied(
        self,
        accepting: &'w Accepting,
        state: &[u64],
        counts: &mut StateCounts<'w>,
    ) -> GuardSet {
        let mut unmet = |condition: &'w Resolved| match condition {
            Resolved::Within(from, to, late) => {
                let now = self.now(state);
                let ago = u32::from(late.is_some_and(|late| has(state, late))).min(now);
                (now - ago..=now).all(|tick| !(*from..=*to).contains(&tick))
            }
            Resolved::None(facts) => facts.count(state, counts) > 0,
            Resolved::Fewer(facts, limit, full) => {
                full.is_some_and(|full| has(state, full)) || facts.count(state, counts) >= *limit
            }
        };
        let mut denied = GuardSet::NONE;
        for (guard, condition) in &accepting.conditions {
            if !denied.contains(*guard) && unmet(condition) {
                denied = denied.with(*guard);
                if denied.len() > 1 {
                    break;
                }
            }
        }
        denied
    }

    fn violates(self, accepting: &Accepting, state: &[u64]) -> u64 {
        let breaks = |when: &ResolvedWhen| match when {
            ResolvedWhen::None(facts) => !facts.any(&state),
            ResolvedWhen::Any(facts) => facts.any(&state),
            ResolvedWhen::Both(one, other) => one.any(&state) && other.any(&state),
            ResolvedWhen::After(tick) => self.now(state) > *tick,
            ResolvedWhen::Before(tick) => self.now(state) < *tick,
            ResolvedWhen::Spent(declared, limit, None) => self.effects(*declared, state) >= *limit,
            ResolvedWhen::Spent(declared, limit, Some(own)) => {
                // Where a root is used up and its effects are forgotten, nothing but itself was counted.
                let others = &self.declared[*declared].accepts;
                others.count(&state) >= *limit + u32::from(has(state, *own))
            }
        };
        accepting
            .sometimes
            .iter()
            .filter(|(_, when)| breaks(when))
            .fold(accepting.always, |found, (number, _)| found | 1 << number)
    }

    /// How many effects have been accepted of what was declared.
    fn effects(self, declared: usize, state: &[u64]) -> u32 {
        let ledger = &self.declared[declared];
        let folded = if has(state, ledger.full) { ledger.limit } else { 0 };
        folded + ledger.accepts.count(&state)
    }

    fn accepting_of(self, index: u32) -> Option<&'w Accepting> {
        self.accepting(&self.moves[index as usize])
    }

    /// What a move is about that is an accept.
    pub(super) fn accepting(self, ground: &Ground) -> Option<&'w Accepting> {
        ground.accept.map(|accept| &self.accepting[accept as usize])
    }

    /// Whether a move may be taken.
    #[inline]
    pub(super) fn enabled(self, state: &[u64], index: u32) -> bool {
        self.index.open(state, index) && self.accepted(state, index, &mut StateCounts::default())
    }

    /// Whether no condition denies a move that is open otherwise.
    #[inline]
    fn accepted(self, state: &[u64], index: u32, counts: &mut StateCounts<'w>) -> bool {
        let Some(accepting) = self.accepting_of(index) else { return true };
        let denied = self.denied(accepting, state, counts);
        if denied.len() == 1 {
            let bit = denied.first().map_or(0, |guard: Guard| 1 << guard as u32);
            if accepting.blocked.load(Ordering::Relaxed) & bit == 0 {
                accepting.blocked.fetch_or(bit, Ordering::Relaxed);
            }
        }
        denied.is_empty()
    }

    /// The moves that may be taken, in their order, without those that change nothing and were judged before.
    #[inline]
    pub(super) fn moves(self, state: &[u64], out: &mut Vec<u32>) {
        let from = out.len();
        let mut counts = StateCounts::default();
        self.index.candidates(state, |index| {
            if self.listed(state, index, &mut counts) {
                out.push(index);
            }
        });
        out[from..].sort_unstable();
    }

    /// Whether a move is among [`Rules::moves`].
    #[inline]
    pub(super) fn listed(self, state: &[u64], index: u32, counts: &mut StateCounts<'w>) -> bool {
        (!self.index.repeats(state, index) || self.again(index))
            && self.index.open(state, index)
            && self.accepted(state, index, counts)
    }

    /// Whether a move is judged again after it was taken.
    fn again(self, index: u32) -> bool {
        self.accepting_of(index).is_some_and(|accepting| accepting.replayable)
    }

    /// Takes a move; whether it changed anything.
    #[inline]
    pub(super) fn apply(self, state: &mut [u64], index: u32) -> bool {
        let mut moved = false;
        for (word, bits) in self.index.adds(index) {
            let word = &mut state[*word as usize];
            moved |= *word & bits != *bits;
            *word |= bits;
        }
        moved
    }

    /// What taking a move shows.
    #[inline]
    pub(super) fn findings(self, state: &[u64], index: u32) -> u64 {
        let Some(accepting) = self.accepting_of(index) else { return 0 };
        if !accepting.reached.load(Ordering::Relaxed) {
            accepting.reached.store(true, Ordering::Relaxed);
        }
        let served = accepting.serves.iter().filter(|(_, all, any)| {
            all.all(&state) && any.as_ref().is_none_or(|any| any.any(&state))
        });
        let served = served.fold(0, |bits, (bit, _, _)| bits | 1 << bit);
        self.violates(accepting, state) | accepting.put | served | self.watches(index)
    }

    /// The bit of an accept that is watched for.
    pub(super) fn watches(self, index: u32) -> u64 {
        let accept = self.moves[index as usize].accept;
        let watched = accept.is_some_and(|accept| self.watched.contains(&accept));
        u64::from(watched) << WATCHED
    }

    pub(super) fn monotone(self, index: u32) -> bool {
        self.moves[index as usize].monotone
    }

    /// The state that stands for a state's class.
    pub(super) fn canonical(self, state: &mut impl AsMut<[u64]>) {
        self.forget_used_up(state);
        if let Some(symmetry) = self.symmetry {
            symmetry.representative(state);
        }
    }

    /// Whether a move is an honest one that only prepares, and disables nothing.
    pub(super) fn quiet(self, index: u32) -> bool {
        let ground = &self.moves[index as usize];
        let prepares = matches!(
            ground.what,
            Move::Start(_) | Move::StartAsk(_) | Move::Take(_) | Move::Hand(_) | Move::Ask(_)
        );
        prepares && ground.monotone && ground.accept.is_none()
    }

    /// Forgets which requests used a root up: an execution whose effects are used up accepts nothing more.
    fn forget_used_up(self, state: &mut impl AsMut<[u64]>) {
        if self.bounded_effects {
            for ledger in self.ledgers {
                if ledger.accepts.count(&&*state.as_mut()) >= ledger.limit {
                    ledger.accepts.remove_from(state);
                    let full = ledger.full;
                    state.as_mut()[full as usize / 64] |= 1 << (full % 64);
                }
            }
        }
    }

    /// Whether every flow has had its good end.
    pub(super) fn good(self, state: &[u64]) -> bool {
        let ends = self.good_ends.iter().filter(|end| end.after.is_none());
        ends.into_iter().all(|end| end.accepts.any(&state))
    }

    /// Backwards from the last move: for each fact that is needed the first move that makes it true, and every fault, theft
    /// and tick, since a violation may depend on them.
    pub(super) fn slice(self, trace: &[u32]) -> Vec<u32> {
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
}

impl Rules<'_> {
    /// Keeps as many accepted effects of what was declared as it is good for: one more is then too many.
    fn keep_one_effect(self, last: u32, before: &[u32], keep: &mut [bool]) {
        let Some(accepting) = self.accepting_of(last) else { return };
        for (_, when) in &accepting.sometimes {
            let ResolvedWhen::Spent(declared, limit, own) = when else { continue };
            let mut left = *limit;
            for (place, index) in before.iter().enumerate() {
                let counted = self.accepting_of(*index).is_some_and(|one| {
                    self.declared[*declared].accepts.names(one.fact) && *own != Some(one.fact)
                });
                if counted && left > 0 {
                    keep[place] = true;
                    left -= 1;
                }
            }
        }
    }
}
