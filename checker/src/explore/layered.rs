//! The search: level by level, so that counts are the same every time and the first trace to a finding is a shortest one.
//!
//! There is one order everywhere: a level's states in the order in which they are first generated, by the parent's
//! place in its level and then by the move's place among the parent's moves. Batches of a level are expanded here or
//! on several threads (`parallel`); both keep that order, so which of the two it was cannot be told from the result.

use super::fingerprint::Print;
use super::log::Log;
use super::rows::PIECE;
use super::saturate::View;
use super::visited::{Keep, LOOKUPS, Visited};
use super::waiting::{Level, Waiting};
use super::watch::Watch;
use super::worker::Worker;
use super::{Ended, Limit, LimitKind, Options, Progress, System, parallel};
use std::ops::Range;
use std::time::{Duration, Instant};

/// The most states expanded between two looks at the limits.
const BATCH: usize = PIECE;
/// How much work it takes to be worth several threads.
const WORTH_THREADS: Duration = Duration::from_millis(1);
/// How often progress is told.
const TELL_EVERY: Duration = Duration::from_millis(100);

/// A move taken in a state: the state's place in its level, and the move.
pub(super) type Link<M> = (u32, M);

/// The level and place of a state, and a move taken there.
pub(super) type Place<M> = (u32, Link<M>);

/// Where a finding was first seen.
#[derive(Clone, Copy, Debug)]
pub(super) struct First<M> {
    pub(super) bit: u32,
    /// `None` for what closing the initial state shows.
    pub(super) by: Option<Place<M>>,
}

/// A search that has ended: what is needed to say what it found.
pub(super) struct Explored<M> {
    /// For each level from the first, how its states were reached.
    pub(super) log: Vec<Log>,
    pub(super) firsts: Vec<First<M>>,
    pub(super) states: u64,
    pub(super) steps: u64,
    pub(super) ended: Ended,
    pub(super) exact: bool,
    pub(super) seen: u64,
}

/// A search under way.
pub(super) struct Search<'a, S: System> {
    pub(super) view: &'a View<'a, S>,
    opts: &'a Options<'a>,
    pub(super) watch: Watch<'a>,
    pub(super) workers: Vec<Worker<S>>,
    pub(super) visited: Visited<S::State>,
    pub(super) level: Waiting<S>,
    pub(super) next: Level<S>,
    pub(super) pending: parallel::Pending<S>,
    pub(super) spare: Vec<parallel::Chunk<S>>,
    log: Vec<Log>,
    firsts: Vec<First<S::Move>>,
    /// States found up to the level that is expanded.
    settled: u64,
    pub(super) seen: u64,
    /// Time that the last batch took for each state.
    pace: Duration,
    told: Option<Instant>,
    /// Bytes that a state takes.
    state_bytes: u64,
    /// Bytes that it takes while it waits, with what is kept beside it.
    waiting_bytes: u64,
    /// How many new states those of the last batch led to, each.
    yields: u64,
}

impl<'a, S: System> Search<'a, S> {
    pub(super) fn new(view: &'a View<'a, S>, opts: &'a Options<'a>) -> Self {
        let threads = opts.threads.max(1);
        let keep = match opts.exact {
            true => Keep::State,
            false if view.sys.one_word() => Keep::Half,
            false => Keep::Print,
        };
        Self {
            view,
            opts,
            watch: Watch::new(opts),
            workers: (0..threads).map(|_| Worker::new(opts.exact)).collect(),
            visited: Visited::new(keep, threads),
            level: Waiting::default(),
            next: Level::new(view.knows_moves()),
            pending: parallel::Pending::default(),
            spare: Vec::new(),
            log: Vec::new(),
            firsts: Vec::new(),
            settled: 1,
            seen: 0,
            pace: Duration::ZERO,
            told: opts.progress.map(|_| Instant::now()),
            state_bytes: size_of::<S::State>() as u64,
            waiting_bytes: 0,
            yields: 0,
        }
    }

    /// Searches to the end, or to a limit.
    pub(super) fn run(mut self) -> Explored<S::Move> {
        self.begin();
        let ended = loop {
            if let Some(complaint) = self.view.complaint() {
                break Ended::Broken(complaint);
            }
            if self.level.len() == 0 {
                break Ended::Exhausted;
            }
            if self.opts.stop_when != 0 && self.opts.stop_when & !self.seen == 0 {
                break Ended::Stopped;
            }
            if let Some(kind) = self.advance() {
                break Ended::Limit(Limit { kind, covered: self.depth() });
            }
        };
        self.end(ended)
    }

    fn begin(&mut self) {
        let worker = &mut self.workers[0];
        let (initial, shown) = worker.initial(self.view);
        self.seen = shown;
        self.firsts = bits(shown).map(|bit| First { bit, by: None }).collect();
        let own = worker.own_print(self.view, &initial);
        // What a state has on the heap is measured by what it hashes.
        if std::mem::needs_drop::<S::State>() {
            self.state_bytes += worker.hashed(&initial) as u64;
        }
        let by = if self.view.knows_moves() { size_of::<S::Move>() } else { 0 };
        let beside = by + own.map_or(0, |_| size_of::<Print>());
        self.waiting_bytes = self.state_bytes + beside as u64;
        let print = own.unwrap_or_else(|| worker.print(&initial));
        self.visited.insert(print, || initial.clone());
        self.level = self.next.first(initial, own);
    }

    fn end(mut self, ended: Ended) -> Explored<S::Move> {
        self.push_pending();
        let states = self.states();
        if !self.next.log.is_empty() {
            self.log.push(self.next.log);
        }
        let steps = self.workers.iter().map(|worker| worker.steps).sum();
        let Self { log, firsts, opts, seen, .. } = self;
        let exact = opts.exact || self.view.sys.one_word();
        Explored { log, firsts, states, steps, ended, exact, seen }
    }

    /// Unique states so far.
    fn states(&self) -> u64 {
        self.settled + self.found()
    }

    /// States of the next level so far.
    fn found(&self) -> u64 {
        self.next.waiting.len() as u64 + self.pending.count
    }

    /// How deep the level is that is expanded.
    fn depth(&self) -> u32 {
        self.log.len() as u32
    }

    /// Expands the level into the next one, unless a limit is reached before that is done.
    fn advance(&mut self) -> Option<LimitKind> {
        if self.opts.max_depth.is_some_and(|max| self.depth() >= max) {
            return Some(LimitKind::Depth);
        }
        let mut from = 0;
        while from < self.level.len() {
            // A batch lies within a piece.
            let to = self.level.len().min(from + self.batch()).min((from / PIECE + 1) * PIECE);
            let before = self.states();
            self.expand(from..to);
            self.yields = (self.states() - before).div_ceil((to - from) as u64);
            // What is pending is still to be made from its parents.
            let done = if self.pending.count > 0 { from } else { to };
            self.next.take_back(&mut self.level, done);
            self.tell();
            if let Some(kind) = self.limit() {
                return Some(kind);
            }
            from = to;
        }
        self.push_pending();
        self.next.take_back(&mut self.level, from);
        self.settled = self.states();
        self.level = std::mem::take(&mut self.next.waiting);
        if self.level.len() > 0 {
            self.log.push(std::mem::take(&mut self.next.log).close());
        }
        None
    }

    fn push_pending(&mut self) {
        let pending = std::mem::take(&mut self.pending);
        self.spare.extend(pending.push(self.view, &self.level, &mut self.next));
    }

    /// How many states to expand before looking at the limits again.
    fn batch(&self) -> usize {
        let left = self.opts.max_states.map_or(u64::MAX, |max| max.saturating_sub(self.states()));
        // A single batch of states with many successors may take more memory than there is.
        let room = self.opts.max_bytes.map_or(u64::MAX, |max| max.saturating_sub(self.bytes()));
        let room = room / (self.waiting_bytes * (4 * self.yields).max(64));
        (left / 64).min(room).clamp(1, BATCH as u64) as usize
    }

    fn expand(&mut self, range: Range<usize>) {
        if self.workers.len() == 1 {
            return self.expand_here(range);
        }
        let (began, states) = (Instant::now(), range.len() as u32);
        if states > 1 && self.pace * states > WORTH_THREADS {
            parallel::expand(self, range);
            self.pace = began.elapsed() * self.workers.len() as u32 / states;
        } else {
            self.expand_here(range);
            self.pace = began.elapsed() / states;
        }
    }

    /// Expands a batch on this thread.
    fn expand_here(&mut self, range: Range<usize>) {
        self.push_pending();
        self.workers[0].begin(self.seen);
        for at in range.clone() {
            // Closing a state may take long, and a look at the clock is short.
            if (self.view.closes() || at % 64 == 0) && self.watch.expired().is_some() {
                break;
            }
            let worker = &mut self.workers[0];
            let before = worker.out.len();
            worker.expand(self.view, self.level.parent(at), at as u32);
            worker.out[before..].iter().for_each(|new| self.visited.prefetch(new.print));
            if worker.out.len() >= LOOKUPS {
                self.insert_here();
            }
        }
        self.insert_here();
        self.take_firsts();
    }

    fn insert_here(&mut self) {
        let Self { view, workers, visited, level, next, .. } = self;
        let worker = &mut workers[0];
        worker.out.iter().for_each(|new| visited.prefetch_behind(new.print));
        let mut kept = worker.kept.drain(..);
        for new in worker.out.drain(..) {
            let kept = kept.next();
            let again = || view.sys.next(level.get(new.parent as usize), new.mv);
            if visited.insert(new.print, || kept.clone().unwrap_or_else(again)) {
                next.push(kept.unwrap_or_else(again), &new);
            }
        }
    }

    /// For each finding not seen before this batch, keeps the first that any worker came upon.
    pub(super) fn take_firsts(&mut self) {
        let depth = self.depth();
        let mut shown: Vec<_> = self.workers.iter_mut().flat_map(|w| w.firsts.drain(..)).collect();
        shown.sort_by_key(|(bit, (parent, _))| (*bit, *parent));
        shown.dedup_by_key(|(bit, _)| *bit);
        for (bit, link) in shown {
            self.seen |= 1 << bit;
            self.firsts.push(First { bit, by: Some((depth, link)) });
        }
    }

    fn limit(&self) -> Option<LimitKind> {
        if self.opts.max_states.is_some_and(|max| self.states() > max) {
            return Some(LimitKind::States);
        }
        // Places in a level are kept in 32 bits.
        if self.found() > u64::from(u32::MAX) - (BATCH << 8) as u64 {
            return Some(LimitKind::Bytes);
        }
        if self.opts.max_bytes.is_some_and(|max| self.bytes() > max) {
            return Some(LimitKind::Bytes);
        }
        self.watch.expired()
    }

    /// About how many bytes the search holds. An estimate from counts alone, so that it does not depend on threads.
    fn bytes(&self) -> u64 {
        // A fingerprint in a table that is, once large, about three fifths full; two bytes and a mark of the log.
        let kept = 28 + if self.opts.exact { self.state_bytes } else { 0 };
        let waiting = self.level.len() as u64 + self.found();
        self.states() * kept + waiting * self.waiting_bytes
    }

    fn tell(&mut self) {
        let (Some(progress), Some(told)) = (self.opts.progress, self.told) else { return };
        if told.elapsed() < TELL_EVERY {
            return;
        }
        self.told = Some(Instant::now());
        progress(Progress {
            states: self.states(),
            steps: self.workers.iter().map(|worker| worker.steps).sum(),
            depth: self.depth(),
            waiting: self.found(),
        });
    }
}

/// The bits set in `mask`, from the lowest.
pub(super) fn bits(mask: u64) -> impl Iterator<Item = u32> {
    let without_lowest = |left: &u64| Some(left & (left - 1)).filter(|left| *left != 0);
    std::iter::successors(Some(mask).filter(|mask| *mask != 0), without_lowest)
        .map(u64::trailing_zeros)
}
