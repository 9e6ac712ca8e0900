//! Search engines over [`System`]; none has ever heard of trust.
//!
//! [`explore`] searches level by level and says, for each finding bit, by which trace it is first shown. What it
//! returns depends on the system and the options alone: at any number of threads it is the same, to the byte.
//!
//! Two reductions are offered. *Saturating* takes every monotone move at once and branches on the others only;
//! *canonical* keeps one state of each class of the system's own quotient. Whatever the search says is then replayed
//! in the plain system, so a wrong reduction costs a missed trace, never a false one.

mod fingerprint;
mod layered;
mod log;
mod minimal;
mod oracle;
mod parallel;
mod prefetch;
mod replay;
mod rows;
mod saturate;
mod stuck;
mod system;
mod table;
mod trace;
mod visited;
mod waiting;
mod watch;
mod worker;

use std::sync::atomic::AtomicBool;
use std::time::Duration;

pub(crate) use fingerprint::of_word;
pub use oracle::{OracleRun, oracle};
pub use replay::replay;
pub use stuck::{StuckReport, stuck};
pub use system::System;

/// How far and how to search. A limit that is reached ends the search with [`Ended::Limit`].
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// Threads to use; they change the time a run takes, and nothing else. 0 counts as 1.
    pub threads: usize,
    /// Stop once more than this many states have been found. It is looked at between batches that shrink as the limit
    /// comes near, so a run may end with a few states more; with the same few at any number of threads.
    pub max_states: Option<u64>,
    /// Follow traces of at most this many moves (when saturating: of this many branching moves).
    pub max_depth: Option<u32>,
    /// Stop after about this much time.
    pub deadline: Option<Duration>,
    /// Stop once the search would by estimate hold more than this many bytes.
    pub max_bytes: Option<u64>,
    /// Keep whole states rather than 128-bit fingerprints: nothing is left to chance, at the price of memory.
    pub exact: bool,
    /// Take every monotone move at once, and branch on the others only.
    pub saturate: bool,
    /// Take every move at once that is monotone and shows nothing ([`System::quiet`]), and branch on the others.
    pub steps: bool,
    /// Keep one state of each class ([`System::canonical`]).
    pub canonical: bool,
    /// Stop after the level at which all these findings have been seen; 0 for never.
    pub stop_when: u64,
    /// Findings for which a trace is wanted.
    pub traces: u64,
    /// Stop soon after this becomes true.
    pub interrupted: Option<&'a AtomicBool>,
    /// Told now and then how far the search has come.
    pub progress: Option<&'a (dyn Fn(Progress) + Sync)>,
}

impl Options<'_> {
    /// Plain search with one thread and without a limit.
    pub const PLAIN: Options<'static> = Options {
        threads: 1,
        max_states: None,
        max_depth: None,
        deadline: None,
        max_bytes: None,
        exact: false,
        saturate: false,
        steps: false,
        canonical: false,
        stop_when: 0,
        traces: u64::MAX,
        interrupted: None,
        progress: None,
    };
}

impl Default for Options<'_> {
    /// [`Options::PLAIN`].
    fn default() -> Self {
        Self::PLAIN
    }
}

/// How far a search has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Unique states so far.
    pub states: u64,
    /// Enabled moves of the states expanded so far.
    pub steps: u64,
    /// The level whose states are being expanded.
    pub depth: u32,
    /// States found at the next level so far.
    pub waiting: u64,
}

/// What a search found, and how far it went.
#[derive(Clone, Debug, PartialEq)]
pub struct Run<M> {
    /// The findings seen, by bit, each with a trace that shows it.
    pub found: Vec<Found<M>>,
    /// Unique states, the initial one included; when saturating, the closed ones.
    pub states: u64,
    /// Every enabled move of every expanded state, also the ones that lead back or are known already; the initial state is
    /// not a step. When saturating, the moves taken to close a state count as well.
    pub steps: u64,
    /// The deepest level at which there is a state; the initial one is at level 0.
    pub depth: u32,
    /// Why the search ended.
    pub ended: Ended,
    /// A bound on the probability that two different states were taken for one; `None` when whole states were kept.
    pub collision_bound: Option<f64>,
    /// The union of all findings.
    pub seen: u64,
}

/// A finding and a trace that shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found<M> {
    /// The finding's bit.
    pub bit: u32,
    /// Moves from the initial state; the last one shows the finding.
    pub trace: Vec<M>,
    /// True when the trace is irreducible (no single move can be left out), false when it is a shortest one.
    pub minimal: bool,
}

/// Why a search ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Every reachable state was expanded.
    Exhausted,
    /// All of [`Options::stop_when`] was seen.
    Stopped,
    /// A limit was reached.
    Limit(Limit),
    /// The system broke its contract, or the engine is wrong: nothing the run says can be relied on.
    Broken(String),
}

/// The limit that was reached, and what was covered up to there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Which limit.
    pub kind: LimitKind,
    /// Every trace of at most this many moves was covered (when saturating: branching moves).
    pub covered: u32,
}

/// Which limit was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitKind {
    /// [`Options::max_states`].
    States,
    /// [`Options::max_depth`].
    Depth,
    /// [`Options::deadline`].
    Time,
    /// [`Options::max_bytes`].
    Bytes,
    /// [`Options::interrupted`].
    Interrupted,
}

/// Searches `sys` level by level; see the module for what can be relied on.
pub fn explore<S: System>(sys: &S, opts: &Options<'_>) -> Run<S::Move> {
    sys.search(opts)
}

/// Searches just this system.
pub(crate) fn search<S: System>(sys: &S, opts: &Options<'_>) -> Run<S::Move> {
    let view = saturate::View::new(sys, opts);
    let explored = layered::Search::new(&view, opts).run();
    trace::report(&view, explored, opts.traces)
}
