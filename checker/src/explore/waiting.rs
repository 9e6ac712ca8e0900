//! The states that wait to be expanded, what is kept with each, and the level that grows behind them.

use super::System;
use super::fingerprint::Print;
use super::log::Log;
use super::rows::Rows;
use super::worker::Candidate;

/// States that wait to be expanded.
pub(super) struct Waiting<S: System> {
    states: Rows<S::State>,
    /// The move by which each was first reached, where moves commute.
    by: Rows<S::Move>,
    /// The fingerprint of each, where a system makes its successors' from it.
    prints: Rows<Print>,
}

/// A state that waits, and what is kept with it.
pub(super) struct Parent<'w, S: System> {
    pub(super) state: &'w S::State,
    pub(super) by: Option<S::Move>,
    pub(super) print: Option<Print>,
}

impl<S: System> Default for Waiting<S> {
    fn default() -> Self {
        Self { states: Rows::default(), by: Rows::default(), prints: Rows::default() }
    }
}

impl<S: System> Waiting<S> {
    pub(super) fn len(&self) -> usize {
        self.states.len()
    }

    #[inline]
    pub(super) fn get(&self, at: usize) -> &S::State {
        self.states.get(at)
    }

    /// A state, and what is kept with it.
    #[inline]
    pub(super) fn parent(&self, at: usize) -> Parent<'_, S> {
        let by = (at < self.by.len()).then(|| *self.by.get(at));
        let print = (at < self.prints.len()).then(|| *self.prints.get(at));
        Parent { state: self.states.get(at), by, print }
    }
}

/// The level that is being built, and the memory that it may use again.
pub(super) struct Level<S: System> {
    pub(super) waiting: Waiting<S>,
    pub(super) log: Log,
    states: Vec<Vec<S::State>>,
    by: Vec<Vec<S::Move>>,
    prints: Vec<Vec<Print>>,
    keeps_moves: bool,
    keeps_prints: bool,
}

impl<S: System> Level<S> {
    pub(super) fn new(keeps_moves: bool) -> Self {
        Self {
            waiting: Waiting::default(),
            log: Log::default(),
            states: Vec::new(),
            by: Vec::new(),
            prints: Vec::new(),
            keeps_moves,
            keeps_prints: false,
        }
    }

    /// The first level: the initial state, with its fingerprint if fingerprints are to be kept.
    pub(super) fn first(&mut self, initial: S::State, print: Option<Print>) -> Waiting<S> {
        self.keeps_prints = print.is_some();
        let mut first = Waiting::default();
        first.states.push(initial, &mut self.states);
        if let Some(print) = print {
            first.prints.push(print, &mut self.prints);
        }
        first
    }

    /// Adds the state to which a candidate leads.
    #[inline]
    pub(super) fn push(&mut self, state: S::State, from: &Candidate<S::Move>) {
        self.waiting.states.push(state, &mut self.states);
        if self.keeps_moves {
            self.waiting.by.push(from.mv, &mut self.by);
        }
        if self.keeps_prints {
            self.waiting.prints.push(from.print, &mut self.prints);
        }
        self.log.push(from.parent, from.ordinal);
    }

    /// Takes over the memory of states that were expanded.
    pub(super) fn take_back(&mut self, level: &mut Waiting<S>, to: usize) {
        level.states.give_back(to, &mut self.states);
        level.by.give_back(to, &mut self.by);
        level.prints.give_back(to, &mut self.prints);
    }
}
