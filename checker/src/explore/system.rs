//! What a search engine needs to know about a system: nothing of what it means.

use super::{Options, Run, search};
use std::hash::Hash;

/// A finite transition system whose transitions can be *judged*: a transition may show up to 64 findings.
///
/// Moves are pure functions of the state, so every engine sees the same graph. Bit `i` of a finding mask is
/// the system's own business; the engine keeps, for each bit, the first trace that shows it.
pub trait System: Sync {
    /// A state. Equal states have equal futures.
    type State: Clone + Eq + Hash + Send + Sync;
    /// A move, named so that a trace of moves can be replayed.
    type Move: Copy + Eq + Ord + Hash + Send + Sync;

    /// The one initial state.
    fn initial(&self) -> Self::State;
    /// Appends the moves that are enabled in `state`, in a fixed order. A self-loop (a move that changes nothing and
    /// shows nothing) may be left out.
    fn moves(&self, state: &Self::State, out: &mut Vec<Self::Move>);
    /// The successor by an enabled move.
    fn next(&self, state: &Self::State, mv: Self::Move) -> Self::State;
    /// Takes an enabled move in place; whether it changed anything. Must agree with [`System::next`].
    fn apply(&self, state: &mut Self::State, mv: Self::Move) -> bool {
        let next = self.next(state, mv);
        let moved = next != *state;
        *state = next;
        moved
    }
    /// A 128-bit fingerprint of `state`, for systems that can make that of a successor without the successor. It must
    /// tell states apart as well as a random function does. `None`: the engine makes one from the state's `Hash`.
    fn fingerprint(&self, _state: &Self::State) -> Option<u128> {
        None
    }
    /// What [`System::fingerprint`] says of the successor by an enabled move, given what it says of `state`.
    fn fingerprint_after(&self, state: &Self::State, _print: u128, mv: Self::Move) -> u128 {
        self.fingerprint(&self.next(state, mv)).unwrap_or_default()
    }
    /// Whether states are one word, which is all that their `Hash` writes: then nothing is left to chance. A
    /// [`System::fingerprint`] of such a system must have another lower half for each word.
    fn one_word(&self) -> bool {
        false
    }
    /// Whether [`System::commutes`] or [`System::told`] holds for any two moves.
    fn some_commute(&self) -> bool {
        false
    }
    /// Whether `mv` could have been taken before `by`: for every state in which `by` is enabled and whose successor by
    /// it enables `mv`, `mv` is enabled there as well, is listed before `by` unless it changes nothing, and leads to
    /// a state in which `by` is enabled or changes nothing; and both orders lead to the same state. Plain search then
    /// spares itself the look-up of what it has found before. It is believed: tests search with it and without.
    fn commutes(&self, _by: Self::Move, _mv: Self::Move) -> bool {
        false
    }
    /// Whether `mv` shows nothing after `by` that was not shown before: for every state in which `by` is enabled and whose
    /// successor by it enables `mv`, `mv` is enabled there as well and is listed, and all that `mv` shows after `by` is
    /// shown there by one of the two.
    fn told(&self, _by: Self::Move, _mv: Self::Move) -> bool {
        false
    }
    /// The moves that plain search looks at in `state`, to which `by` led first: appends those of [`System::moves`] in
    /// their order, of which it may leave out any that both [commutes](System::commutes) with `by` and is
    /// [told](System::told) by then. Returns how many moves there are, those left out included.
    fn moves_after(&self, state: &Self::State, _by: Self::Move, out: &mut Vec<Self::Move>) -> u64 {
        let before = out.len();
        self.moves(state, out);
        (out.len() - before) as u64
    }
    /// What taking `mv` in `state` shows.
    fn findings(&self, state: &Self::State, mv: Self::Move) -> u64;
    /// Whether `mv` may be taken in `state`; must agree with [`System::moves`].
    fn enabled(&self, state: &Self::State, mv: Self::Move) -> bool {
        let mut moves = Vec::new();
        self.moves(state, &mut moves);
        moves.contains(&mv)
    }
    /// Whether `mv` is monotone: it disables no other move, nothing that is judged later depends on its absence, and
    /// no monotone move is ever disabled except by a branching one. Saturation takes such moves eagerly.
    fn monotone(&self, _mv: Self::Move) -> bool {
        false
    }
    /// Whether `mv` is monotone and shows nothing: compressing steps takes such moves eagerly.
    fn quiet(&self, _mv: Self::Move) -> bool {
        false
    }
    /// The representative of the state's class under the system's own quotient. Used only where a reduction asks for it.
    fn canonical(&self, state: Self::State) -> Self::State {
        state
    }
    /// The moves of `trace` on which its last move depends, in order; a superset is fine, a wrong set is refused by the
    /// engine, which replays the result.
    fn slice(&self, trace: &[Self::Move]) -> Vec<Self::Move> {
        trace.to_vec()
    }
    /// Whether the good end has been reached in `state` (it then stays reached).
    fn good(&self, _state: &Self::State) -> bool {
        false
    }
    /// Searches this system: what [`explore`](super::explore) calls. A system overrides it to have another one searched
    /// in its stead, which has the same moves and the same graph, and states that are smaller or quicker to make.
    fn search(&self, opts: &Options<'_>) -> Run<Self::Move>
    where
        Self: Sized,
    {
        search(self, opts)
    }
}
