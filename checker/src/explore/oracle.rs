//! Stateright as a second opinion: the only file that mentions it.
//!
//! Its own breadth-first search explores the plain system; states, steps, depth and findings must agree with ours.
//! Stateright judges states where we judge moves, so a state shows what any of its moves shows.

use super::{Ended, Found, Limit, LimitKind, Options, System};
use stateright::{Checker, Model, Property};
use std::hash::{Hash, Hasher};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Instant;

/// What Stateright found. The fields mean what those of [`Run`](super::Run) mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OracleRun<M> {
    /// Unique states.
    pub unique_states: u64,
    /// Moves judged.
    pub steps: u64,
    /// The deepest level at which there is a state.
    pub max_depth: u32,
    /// The union of all findings.
    pub seen: u64,
    /// The findings, by bit, each with a shortest trace.
    pub found: Vec<Found<M>>,
    /// Whether all states were expanded.
    pub ended: Ended,
}

/// Searches with Stateright on one thread. Of the options, `max_depth`, `max_states` and `deadline` are heeded.
/// It keeps states by 64-bit fingerprints.
pub fn oracle<S>(sys: &Arc<S>, opts: &Options<'_>) -> OracleRun<S::Move>
where
    S: System + Send + 'static,
    S::State: 'static,
    S::Move: 'static,
{
    let bridge = Bridge::new(Arc::clone(sys), opts);
    let builder = bridge.checker();
    let builder = match opts.max_depth {
        // Stateright counts the initial state as depth 1, and does not expand the states at the bound.
        Some(depth) => builder.target_max_depth(depth as usize + 1),
        None => builder,
    };
    let checker = builder.spawn_bfs().join();
    let bridge = checker.model();
    let ended = bridge.ended(checker.unique_state_count() as u64, opts);
    // Stateright makes the paths of what it found again, whatever the limit was.
    bridge.is_searched.store(true, Ordering::Relaxed);
    OracleRun {
        unique_states: checker.unique_state_count() as u64,
        steps: checker.state_count() as u64 - 1,
        max_depth: checker.max_depth() as u32 - 1,
        seen: bridge.seen.load(Ordering::Relaxed),
        ended,
        found: found(&checker),
    }
}

/// The traces of the discoveries, each with the move that shows the finding.
fn found<S: System + 'static>(checker: &impl Checker<Bridge<S>>) -> Vec<Found<S::Move>> {
    let sys = &checker.model().sys;
    let mut found = Vec::new();
    for (name, path) in checker.discoveries() {
        let Some(bit) = NAMES.iter().position(|known| *known == name) else { continue };
        let state = path.last_state().state.clone();
        let mut trace = path.into_actions();
        let mut moves = Vec::new();
        sys.moves(&state, &mut moves);
        trace.extend(moves.into_iter().find(|mv| sys.findings(&state, *mv) >> bit & 1 == 1));
        found.push(Found { bit: bit as u32, trace, minimal: false });
    }
    found.sort_by_key(|found| found.bit);
    found
}

/// A system as Stateright wants it.
struct Bridge<S> {
    sys: Arc<S>,
    until: Option<Instant>,
    max_states: u64,
    /// How many states Stateright has judged so far.
    judged: AtomicU64,
    late: AtomicBool,
    /// The search is over: no limit holds any more.
    is_searched: AtomicBool,
    /// The findings discovered so far. A finding is reported once, so that its first trace is the one kept.
    seen: AtomicU64,
}

impl<S: System> Bridge<S> {
    fn new(sys: Arc<S>, opts: &Options<'_>) -> Self {
        Self {
            sys,
            until: opts.deadline.and_then(|limit| Instant::now().checked_add(limit)),
            max_states: opts.max_states.unwrap_or(u64::MAX),
            judged: AtomicU64::new(0),
            late: AtomicBool::new(false),
            is_searched: AtomicBool::new(false),
            seen: AtomicU64::new(0),
        }
    }

    /// Whether a limit of time or number forbids to go on.
    fn is_over(&self) -> bool {
        if self.is_searched.load(Ordering::Relaxed) {
            return false;
        }
        if self.until.is_some_and(|until| Instant::now() >= until) {
            self.late.store(true, Ordering::Relaxed);
        }
        self.late.load(Ordering::Relaxed) || self.judged.load(Ordering::Relaxed) > self.max_states
    }

    fn ended(&self, unique: u64, opts: &Options<'_>) -> Ended {
        let limit = |kind, covered| Ended::Limit(Limit { kind, covered });
        if self.late.load(Ordering::Relaxed) {
            limit(LimitKind::Time, 0)
        } else if unique > self.max_states {
            limit(LimitKind::States, 0)
        } else if self.judged.load(Ordering::Relaxed) < unique {
            limit(LimitKind::Depth, opts.max_depth.unwrap_or(0))
        } else {
            Ended::Exhausted
        }
    }
}

/// A state with what its moves show, worked out when it is first asked for.
#[derive(Clone)]
struct Node<T> {
    state: T,
    shows: OnceLock<u64>,
}

impl<T: PartialEq> PartialEq for Node<T> {
    fn eq(&self, other: &Self) -> bool {
        self.state == other.state
    }
}

impl<T: Hash> Hash for Node<T> {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.state.hash(hasher);
    }
}

impl<S: System> Model for Bridge<S> {
    type State = Node<S::State>;
    type Action = S::Move;

    fn init_states(&self) -> Vec<Self::State> {
        vec![Node { state: self.sys.initial(), shows: OnceLock::new() }]
    }

    fn actions(&self, node: &Self::State, actions: &mut Vec<Self::Action>) {
        if !self.is_over() {
            self.sys.moves(&node.state, actions);
        }
    }

    fn next_state(&self, node: &Self::State, mv: Self::Action) -> Option<Self::State> {
        Some(Node { state: self.sys.next(&node.state, mv), shows: OnceLock::new() })
    }

    fn properties(&self) -> Vec<Property<Self>> {
        all_properties()
    }
}

impl<S: System> Bridge<S> {
    /// What the moves of a state show.
    fn shows(&self, node: &Node<S::State>) -> u64 {
        *node.shows.get_or_init(|| {
            let mut moves = Vec::new();
            self.sys.moves(&node.state, &mut moves);
            moves.iter().fold(0, |all, mv| all | self.sys.findings(&node.state, *mv))
        })
    }

    /// Is never discovered, and so keeps Stateright, which ends when all properties are, from ending early.
    fn never(&self, _: &Node<S::State>) -> bool {
        self.judged.fetch_add(1, Ordering::Relaxed);
        false
    }

    /// Whether a state is the first to show a finding.
    fn first_shows<const BIT: u32>(&self, node: &Node<S::State>) -> bool {
        let bit = 1 << BIT;
        self.shows(node) & bit != 0 && self.seen.fetch_or(bit, Ordering::Relaxed) & bit == 0
    }
}

/// Stateright wants functions without captures and names that live for ever: one of each for each bit.
macro_rules! by_bit {
    ($($bit:literal)*) => {
        const NAMES: [&str; 64] = [$(concat!("finding ", $bit)),*];

        fn all_properties<S: System>() -> Vec<Property<Bridge<S>>> {
            vec![
                Property::sometimes("never", Bridge::never),
                $(Property::sometimes(NAMES[$bit], Bridge::first_shows::<$bit>)),*
            ]
        }
    };
}

by_bit!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31
    32 33 34 35 36 37 38 39 40 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55 56 57 58 59 60 61 62 63);
