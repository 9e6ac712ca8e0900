//! The graph that the search sees: the plain one, or one with the monotone part closed and a state for each class.

use super::{Options, System};
use std::sync::atomic::{AtomicBool, Ordering};

/// A system seen through the reductions that were asked for.
pub(super) struct View<'a, S> {
    pub(super) sys: &'a S,
    saturate: bool,
    steps: bool,
    pub(super) canonical: bool,
    /// Set when closing a state came back to where it was: then some move is not monotone.
    unsettled: AtomicBool,
}

/// Buffers that are used again from state to state.
pub(super) struct Scratch<M> {
    moves: Vec<M>,
    round: Vec<M>,
}

impl<M> Default for Scratch<M> {
    fn default() -> Self {
        Self { moves: Vec::new(), round: Vec::new() }
    }
}

impl<M> Scratch<M> {
    /// The moves at which plain search looks in a state, to which `by` led first if any did; and how many there are in all.
    #[inline]
    pub(super) fn moves_after<S: System<Move = M>>(
        &mut self,
        sys: &S,
        state: &S::State,
        by: Option<M>,
    ) -> (&[M], u64) {
        self.moves.clear();
        let count = match by {
            Some(by) => sys.moves_after(state, by, &mut self.moves),
            None => {
                sys.moves(state, &mut self.moves);
                self.moves.len() as u64
            }
        };
        (&self.moves, count)
    }
}

/// What closing a state showed, and how many moves it took.
#[derive(Clone, Copy, Default)]
pub(super) struct Judged {
    pub(super) shown: u64,
    pub(super) steps: u64,
}

impl<'a, S: System> View<'a, S> {
    pub(super) fn new(sys: &'a S, opts: &Options<'_>) -> Self {
        let Options { saturate, steps, canonical, .. } = *opts;
        Self { sys, saturate, steps, canonical, unsettled: AtomicBool::new(false) }
    }

    /// Whether this is another graph than the plain one.
    pub(super) fn reduces(&self) -> bool {
        self.closes() || self.canonical
    }

    /// Whether it is kept with a state by which move it was first reached.
    pub(super) fn knows_moves(&self) -> bool {
        !self.reduces() && self.sys.some_commute()
    }

    /// Whether some moves are taken at once.
    pub(super) fn closes(&self) -> bool {
        self.saturate || self.steps
    }

    /// The initial state as the search sees it.
    pub(super) fn initial(&self, scratch: &mut Scratch<S::Move>) -> (S::State, Judged) {
        self.settle(self.sys.initial(), &mut scratch.round)
    }

    /// Gives `emit` every move on which to branch, its successor, and what it shows. Returns the moves judged.
    pub(super) fn expand(
        &self,
        state: &S::State,
        scratch: &mut Scratch<S::Move>,
        mut emit: impl FnMut(S::Move, S::State, u64),
    ) -> u64 {
        let Scratch { moves, round } = scratch;
        moves.clear();
        self.sys.moves(state, moves);
        let mut steps = 0;
        for &mv in moves.iter().filter(|mv| self.branches(**mv)) {
            let shown = self.sys.findings(state, mv);
            let (next, more) = self.settle(self.sys.next(state, mv), round);
            steps += 1 + more.steps;
            emit(mv, next, shown | more.shown);
        }
        steps
    }

    /// The `ordinal`-th of the moves that are looked at in a state, to which `by` led first, and where it leads.
    pub(super) fn step(
        &self,
        state: &S::State,
        by: Option<S::Move>,
        ordinal: u32,
        scratch: &mut Scratch<S::Move>,
    ) -> Option<(S::Move, S::State)> {
        let by = by.filter(|_| self.knows_moves());
        let (moves, _) = scratch.moves_after(self.sys, state, by);
        let mut branching = moves.iter().filter(|mv| self.branches(**mv));
        let mv = *branching.nth(ordinal as usize)?;
        let (next, _) = self.settle(self.sys.next(state, mv), &mut scratch.round);
        Some((mv, next))
    }

    /// Whether the search branches on `mv`, rather than taking it at once.
    pub(super) fn branches(&self, mv: S::Move) -> bool {
        !(self.saturate && self.sys.monotone(mv) || self.steps && self.sys.quiet(mv))
    }

    /// The state that stands for `state` in the search.
    fn settle(&self, mut state: S::State, round: &mut Vec<S::Move>) -> (S::State, Judged) {
        let mut judged = Judged::default();
        if self.closes() {
            state = self.close(state, round, |_, shown, _| {
                judged.shown |= shown;
                judged.steps += 1;
            });
        }
        if self.canonical {
            state = self.sys.canonical(state);
        }
        (state, judged)
    }

    /// Takes what is taken at once in rounds until a round changes nothing; `taken` is told of each one what it shows and
    /// whether it changed the state. The last round judges every one of them in the closed state.
    pub(super) fn close(
        &self,
        mut state: S::State,
        round: &mut Vec<S::Move>,
        mut taken: impl FnMut(S::Move, u64, bool),
    ) -> S::State {
        let mut cycle = Cycle::default();
        loop {
            round.clear();
            self.sys.moves(&state, round);
            let mut changed = false;
            for &mv in round.iter().filter(|mv| !self.branches(**mv)) {
                let shown = self.sys.findings(&state, mv);
                let moved = self.sys.apply(&mut state, mv);
                taken(mv, shown, moved);
                changed |= moved;
            }
            if !changed {
                return state;
            }
            if cycle.closes(&state) {
                self.unsettled.store(true, Ordering::Relaxed);
                return state;
            }
        }
    }

    /// What is wrong with the system, if the search has come upon it.
    pub(super) fn complaint(&self) -> Option<String> {
        let complaint =
            "closing a state did not end: a move that is called monotone undoes another";
        self.unsettled.load(Ordering::Relaxed).then(|| complaint.to_owned())
    }
}

/// Notices a sequence of states that has begun to repeat (Brent): keeps the state of each round that is a power of two.
struct Cycle<T> {
    kept: Option<T>,
    round: u64,
}

impl<T> Default for Cycle<T> {
    fn default() -> Self {
        Self { kept: None, round: 0 }
    }
}

impl<T: Clone + Eq> Cycle<T> {
    fn closes(&mut self, state: &T) -> bool {
        self.round += 1;
        if self.kept.as_ref() == Some(state) {
            return true;
        }
        if self.round.is_power_of_two() {
            self.kept = Some(state.clone());
        }
        false
    }
}
