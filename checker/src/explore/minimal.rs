//! Making a trace irreducible: the finding is still shown, and no single move can be left out.

use super::System;
use super::replay::shows;

/// An irreducible trace to `bit` made of moves of `trace`; `None` when `trace` itself does not show it.
pub(super) fn minimal<S: System>(sys: &S, trace: &[S::Move], bit: u32) -> Option<Vec<S::Move>> {
    let whole = cut(sys, trace.to_vec(), bit)?;
    let mut trace = cut(sys, sys.slice(&whole), bit).unwrap_or(whole);
    // Large pieces first: a trace that nobody sliced may have thousands of moves that do not matter.
    let mut size = trace.len() / 2;
    while size > 1 {
        without_pieces(sys, &mut trace, size, bit);
        size = (size / 2).min(trace.len() / 2);
    }
    while without_pieces(sys, &mut trace, 1, bit) {}
    Some(trace)
}

/// `trace` up to the move that shows `bit`.
fn cut<S: System>(sys: &S, mut trace: Vec<S::Move>, bit: u32) -> Option<Vec<S::Move>> {
    trace.truncate(shows(sys, trace.iter().copied(), bit)?);
    Some(trace)
}

/// Leaves out what it can in pieces of `size` moves, from the end; whether it could leave out anything.
fn without_pieces<S: System>(sys: &S, trace: &mut Vec<S::Move>, size: usize, bit: u32) -> bool {
    let before = trace.len();
    let mut end = trace.len();
    while end > 0 {
        let start = end.saturating_sub(size);
        let rest = trace[..start].iter().chain(&trace[end..]).copied();
        if let Some(len) = shows(sys, rest, bit) {
            trace.drain(start..end);
            trace.truncate(len);
        }
        end = start.min(trace.len());
    }
    trace.len() < before
}
