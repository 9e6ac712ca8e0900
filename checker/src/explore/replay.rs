//! Replaying a trace in the plain system: the judge of every trace that an engine returns.

use super::System;

/// Takes the moves of `trace` from the initial state. Returns the last state and all that was shown on the way, or
/// `None` when a move is not enabled.
pub fn replay<S: System>(sys: &S, trace: &[S::Move]) -> Option<(S::State, u64)> {
    let mut state = sys.initial();
    let mut seen = 0;
    for &mv in trace {
        if !sys.enabled(&state, mv) {
            return None;
        }
        seen |= sys.findings(&state, mv);
        sys.apply(&mut state, mv);
    }
    Some((state, seen))
}

/// How many moves of `trace` it takes to show `bit`; `None` when it is not shown.
pub(super) fn shows<S: System>(
    sys: &S,
    trace: impl Iterator<Item = S::Move>,
    bit: u32,
) -> Option<usize> {
    let mut state = sys.initial();
    for (at, mv) in trace.enumerate() {
        if !sys.enabled(&state, mv) {
            return None;
        }
        if sys.findings(&state, mv) >> bit & 1 == 1 {
            return Some(at + 1);
        }
        sys.apply(&mut state, mv);
    }
    None
}
