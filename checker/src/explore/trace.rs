//! From a search that has ended to what it found: traces in the plain system, each one replayed.

use super::layered::{Explored, First, Place, bits};
use super::log::Log;
use super::minimal::minimal;
use super::replay::shows;
use super::saturate::{Scratch, View};
use super::{Ended, Found, Run, System};
use std::collections::BTreeMap;

/// What the search has to report, with traces for the findings in `wanted`.
pub(super) fn report<S: System>(
    view: &View<'_, S>,
    explored: Explored<S::Move>,
    wanted: u64,
) -> Run<S::Move> {
    let (found, ended) = match traces(view, &explored, wanted) {
        Ok(found) => (found, explored.ended),
        Err(complaint) => (Vec::new(), Ended::Broken(complaint)),
    };
    Run {
        found,
        states: explored.states,
        steps: explored.steps,
        depth: explored.log.len() as u32,
        ended,
        // Birthday bound: n² pairs at most, each alike with probability 2^-128, halved.
        collision_bound: (!explored.exact)
            .then(|| (explored.states as f64).powi(2) / 2_f64.powi(129)),
        seen: explored.seen,
    }
}

/// A trace for each finding, by bit. Findings that were first seen at one place share the work.
fn traces<S: System>(
    view: &View<'_, S>,
    explored: &Explored<S::Move>,
    wanted: u64,
) -> Result<Vec<Found<S::Move>>, String> {
    let mut places: BTreeMap<Option<Place<S::Move>>, u64> = BTreeMap::new();
    for First { bit, by } in explored.firsts.iter().filter(|first| wanted >> first.bit & 1 == 1) {
        *places.entry(*by).or_default() |= 1 << bit;
    }
    let mut found = Vec::new();
    for (by, mask) in places {
        let branches = by.map_or(Some(Vec::new()), |place| branches(view, &explored.log, place));
        let walk = branches
            .and_then(|branches| Walk::new(view).along(&branches, mask))
            .ok_or("a trace of the reduced system has no counterpart in the plain one")?;
        for bit in bits(mask) {
            found.push(finish(view, &walk, bit)?);
        }
    }
    found.sort_by_key(|found| found.bit);
    Ok(found)
}

/// The moves on the way to a state of level `depth`, and the move taken there. The log says which of its parent's moves
/// each was; what they are is seen by going the way again.
fn branches<S: System>(
    view: &View<'_, S>,
    log: &[Log],
    (depth, (mut at, last)): Place<S::Move>,
) -> Option<Vec<S::Move>> {
    let mut ordinals = Vec::new();
    for level in log[..depth as usize].iter().rev() {
        let (parent, ordinal) = level.get(at);
        ordinals.push(ordinal);
        at = parent;
    }
    let mut scratch = Scratch::default();
    let (mut state, _) = view.initial(&mut scratch);
    let mut moves = Vec::new();
    for ordinal in ordinals.into_iter().rev() {
        let by = moves.last().copied();
        let (mv, next) = view.step(&state, by, ordinal, &mut scratch)?;
        moves.push(mv);
        state = next;
    }
    moves.push(last);
    Some(moves)
}

/// The trace to `bit` among the moves of a walk: irreducible when saturating, else as it is, which is shortest.
fn finish<S: System>(
    view: &View<'_, S>,
    moves: &[S::Move],
    bit: u32,
) -> Result<Found<S::Move>, String> {
    let trace = if view.closes() {
        minimal(view.sys, moves, bit)
    } else {
        shows(view.sys, moves.iter().copied(), bit).map(|len| moves[..len].to_vec())
    };
    let trace = trace.ok_or("a trace does not replay in the plain system")?;
    Ok(Found { bit, trace, minimal: view.closes() })
}

/// Follows a path of the reduced system in the plain one.
///
/// The reduced path goes from class to class; its moves are those of the representatives. In the plain system the
/// counterpart of a move is, as a rule, that move, and else one that leads to the same class.
struct Walk<'a, S: System> {
    view: &'a View<'a, S>,
    scratch: Scratch<S::Move>,
    /// Where the plain system is.
    plain: S::State,
    /// Where the reduced one is; not kept up when the two are the same.
    class: S::State,
    moves: Vec<S::Move>,
}

impl<'a, S: System> Walk<'a, S> {
    fn new(view: &'a View<'a, S>) -> Self {
        let mut scratch = Scratch::default();
        let (class, _) = view.initial(&mut scratch);
        let mut moves = Vec::new();
        let (plain, _) = close(view, view.sys.initial(), &mut moves);
        Self { view, scratch, plain, class, moves }
    }

    /// All moves of the plain trace for `branches`, of which the last must show all of `mask`.
    fn along(mut self, branches: &[S::Move], mask: u64) -> Option<Vec<S::Move>> {
        let Some((last, before)) = branches.split_last() else { return Some(self.moves) };
        for mv in before {
            self.step(*mv, 0)?;
        }
        self.step(*last, mask)?;
        Some(self.moves)
    }

    fn step(&mut self, mv: S::Move, mask: u64) -> Option<()> {
        if !self.view.canonical {
            return self.take(mv, |_, _| true);
        }
        let class = self.next_class(mv)?;
        let alike = |next: &S::State, shown: u64| *next == class && shown & mask == mask;
        let view = self.view;
        let mut others = Vec::new();
        view.sys.moves(&self.plain, &mut others);
        if others.contains(&mv) && self.take(mv, alike).is_some() {
            self.class = class;
            return Some(());
        }
        let found = others
            .into_iter()
            .filter(|mv| view.branches(*mv))
            .any(|other| self.take(other, alike).is_some());
        self.class = class;
        found.then_some(())
    }

    /// The class that the reduced system goes to by `mv`.
    fn next_class(&mut self, mv: S::Move) -> Option<S::State> {
        let mut next = None;
        self.view.expand(&self.class, &mut self.scratch, |other, state, _| {
            if other == mv {
                next = Some(state);
            }
        });
        next
    }

    /// Takes `mv` in the plain system if where it leads, and what it shows, is `right`.
    fn take(&mut self, mv: S::Move, right: impl Fn(&S::State, u64) -> bool) -> Option<()> {
        let sys = self.view.sys;
        let mut moves = vec![mv];
        let shown = sys.findings(&self.plain, mv);
        let (next, more) = close(self.view, sys.next(&self.plain, mv), &mut moves);
        let class = if self.view.canonical { sys.canonical(next.clone()) } else { next.clone() };
        right(&class, shown | more).then(|| {
            self.moves.append(&mut moves);
            self.plain = next;
        })
    }
}

/// Closes `state` when saturating; appends the moves that mattered, and returns what they showed.
fn close<S: System>(
    view: &View<'_, S>,
    state: S::State,
    moves: &mut Vec<S::Move>,
) -> (S::State, u64) {
    if !view.closes() {
        return (state, 0);
    }
    let mut seen = 0;
    let closed = view.close(state, &mut Vec::new(), |mv, shown, moved| {
        if moved || shown & !seen != 0 {
            moves.push(mv);
        }
        seen |= shown;
    });
    (closed, seen)
}
