//! The search: level by level, so that counts are the same every time and the first trace to a finding is a shortest one.
//!
//! There is one order everywhere: a level's states in the order in which they are first generated, by the parent's
//! place in its level and then by the move's place among the parent's moves. Batches of a level are expanded here or
//! on several threads (`parallel`); both keep that order, so which of the two it was cannot be told from the result.

use super::fingerprint::{Fingerprinter, Print};
use super::saturate::{Scratch, View};
use super::visited::Visited;
use super::watch::Watch;
use super::{Ended, Limit, LimitKind, Options, Progress, System, parallel};
use std::ops::Range;
use std::time::{Duration, Instant};

/// The most states expanded between two looks at the limits.
const BATCH: usize = 1 << 14;
/// How many successors are looked up together, so that their cache misses overlap.
const LOOKUPS: usize = 64;
/// How much work it takes to be worth several threads.
const WORTH_THREADS: Duration = Duration::from_millis(1);
/// How often progress is told.
const TELL_EVERY: Duration = Duration::from_millis(100);

/// How a state was first reached: its parent's place in the level before, and the move.
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
    pub(super) log: Vec<Vec<Link<M>>>,
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
    pub(super) level: Vec<S::State>,
    pub(super) next: Level<S>,
    pub(super) spare: Vec<parallel::Chunk<S>>,
    log: Vec<Vec<Link<S::Move>>>,
    firsts: Vec<First<S::Move>>,
    /// States found up to the level that is expanded.
    settled: u64,
    pub(super) seen: u64,
    /// Time that the last batch took for each state.
    pace: Duration,
    told: Option<Instant>,
}

/// The level that is being built.
pub(super) struct Level<S: System> {
    states: Vec<S::State>,
    links: Vec<Link<S::Move>>,
}

impl<S: System> Level<S> {
    pub(super) fn push(&mut self, state: S::State, link: Link<S::Move>) {
        self.states.push(state);
        self.links.push(link);
    }
}

impl<'a, S: System> Search<'a, S> {
    pub(super) fn new(view: &'a View<'a, S>, opts: &'a Options<'a>) -> Self {
        let threads = opts.threads.max(1);
        Self {
            view,
            opts,
            watch: Watch::new(opts),
            workers: (0..threads).map(|_| Worker::new(opts.exact)).collect(),
            visited: Visited::new(opts.exact, threads),
            level: Vec::new(),
            next: Level { states: Vec::new(), links: Vec::new() },
            spare: Vec::new(),
            log: Vec::new(),
            firsts: Vec::new(),
            settled: 1,
            seen: 0,
            pace: Duration::ZERO,
            told: opts.progress.map(|_| Instant::now()),
        }
    }

    /// Searches to the end, or to a limit.
    pub(super) fn run(mut self) -> Explored<S::Move> {
        self.begin();
        let ended = loop {
            if let Some(complaint) = self.view.complaint() {
                break Ended::Broken(complaint);
            }
            if self.level.is_empty() {
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
        let (initial, judged) = self.view.initial(&mut worker.scratch);
        worker.steps += judged.steps;
        self.seen = judged.shown;
        self.firsts = bits(judged.shown).map(|bit| First { bit, by: None }).collect();
        self.visited.insert(worker.prints.of(&initial), &initial);
        self.level.push(initial);
    }

    fn end(mut self, ended: Ended) -> Explored<S::Move> {
        let states = self.states();
        if !self.next.links.is_empty() {
            self.log.push(self.next.links);
        }
        let steps = self.workers.iter().map(|worker| worker.steps).sum();
        let Self { log, firsts, opts, seen, .. } = self;
        Explored { log, firsts, states, steps, ended, exact: opts.exact, seen }
    }

    /// Unique states so far.
    fn states(&self) -> u64 {
        self.settled + self.next.states.len() as u64
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
            let to = self.level.len().min(from + self.batch());
            self.expand(from..to);
            self.tell();
            if let Some(kind) = self.limit() {
                return Some(kind);
            }
            from = to;
        }
        self.settled = self.states();
        self.level.clear();
        std::mem::swap(&mut self.level, &mut self.next.states);
        if !self.level.is_empty() {
            self.log.push(std::mem::take(&mut self.next.links));
        }
        None
    }

    /// How many states to expand before looking at the limits again.
    fn batch(&self) -> usize {
        let left = self.opts.max_states.map_or(u64::MAX, |max| max.saturating_sub(self.states()));
        (left / 64).clamp(1, BATCH as u64) as usize
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
        self.workers[0].begin(self.seen);
        for at in range.clone() {
            // Closing a state may take long, and a look at the clock is short.
            if (self.view.saturate || at % 64 == 0) && self.watch.expired().is_some() {
                break;
            }
            self.workers[0].expand(self.view, &self.level[at], at as u32);
            if self.workers[0].out.len() >= LOOKUPS {
                self.insert_here();
            }
        }
        self.insert_here();
        self.take_firsts();
    }

    fn insert_here(&mut self) {
        let worker = &mut self.workers[0];
        worker.touch(&self.visited);
        for new in worker.out.drain(..) {
            if self.visited.insert(new.print, &new.state) {
                self.next.push(new.state, new.link);
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
        if self.next.states.len() > u32::MAX as usize - (BATCH << 8) {
            return Some(LimitKind::Bytes);
        }
        if self.opts.max_bytes.is_some_and(|max| self.bytes() > max) {
            return Some(LimitKind::Bytes);
        }
        self.watch.expired()
    }

    /// About how many bytes the search holds. An estimate from counts alone, so that it does not depend on threads;
    /// what a state holds on the heap is measured by what it hashes.
    fn bytes(&self) -> u64 {
        let hashed: u64 = self.workers.iter().map(|worker| worker.prints.hashed).sum();
        let made: u64 = self.workers.iter().map(|worker| worker.prints.made).sum();
        let state = size_of::<S::State>() as u64 + hashed / made.max(1);
        let kept = if self.opts.exact { state } else { 0 };
        let waiting = (self.level.len() + self.next.states.len()) as u64;
        self.states() * (32 + kept + size_of::<Link<S::Move>>() as u64) + waiting * state
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
            waiting: self.next.states.len() as u64,
        });
    }
}

/// A successor that may be new.
pub(super) struct Candidate<S: System> {
    pub(super) print: Print,
    pub(super) state: S::State,
    pub(super) link: Link<S::Move>,
}

/// What expands states, one to a thread.
pub(super) struct Worker<S: System> {
    prints: Fingerprinter,
    scratch: Scratch<S::Move>,
    recent: Option<Recent>,
    /// The successors of what was expanded last, in order, without some that were generated before.
    pub(super) out: Vec<Candidate<S>>,
    steps: u64,
    seen: u64,
    firsts: Vec<(u32, Link<S::Move>)>,
}

impl<S: System> Worker<S> {
    fn new(exact: bool) -> Self {
        Self {
            prints: Fingerprinter::default(),
            scratch: Scratch::default(),
            // Fingerprints that are alike prove nothing there.
            recent: if exact { None } else { Some(Recent::default()) },
            out: Vec::new(),
            steps: 0,
            seen: 0,
            firsts: Vec::new(),
        }
    }

    /// Begins a batch; the findings in `seen` are no news.
    pub(super) fn begin(&mut self, seen: u64) {
        self.seen = seen;
    }

    /// Judges every move of `state`, the `parent`-th of its level.
    pub(super) fn expand(&mut self, view: &View<'_, S>, state: &S::State, parent: u32) {
        let Self { prints, scratch, recent, out, steps, seen, firsts } = self;
        *steps += view.expand(state, scratch, |mv, next, shown| {
            if shown & !*seen != 0 {
                firsts.extend(bits(shown & !*seen).map(|bit| (bit, (parent, mv))));
                *seen |= shown;
            }
            if next == *state {
                return;
            }
            let print = prints.of(&next);
            if !recent.as_mut().is_some_and(|recent| recent.replace(print)) {
                out.push(Candidate { print, state: next, link: (parent, mv) });
            }
        });
    }

    /// Brings into the cache where `visited` would hold the successors.
    pub(super) fn touch(&self, visited: &Visited<S::State>) {
        let sum = self.out.iter().fold(0, |sum, new| sum ^ visited.touch(new.print));
        std::hint::black_box(sum);
    }
}

/// Fingerprints of successors generated not long ago, so that most duplicates end before they reach memory.
#[derive(Default)]
struct Recent {
    slots: Vec<Print>,
    missed: usize,
}

impl Recent {
    const SLOTS: usize = 1 << 13;

    /// Whether `print` was here. Afterwards it is. Does nothing until a search has become large enough to gain by it.
    fn replace(&mut self, print: Print) -> bool {
        if self.slots.is_empty() {
            self.missed += 1;
            if self.missed > Self::SLOTS {
                self.slots = vec![0; Self::SLOTS];
            }
            return false;
        }
        let slot = &mut self.slots[(print >> 64) as usize % Self::SLOTS];
        std::mem::replace(slot, print) == print
    }
}

/// The bits set in `mask`, from the lowest.
pub(super) fn bits(mask: u64) -> impl Iterator<Item = u32> {
    let without_lowest = |left: &u64| Some(left & (left - 1)).filter(|left| *left != 0);
    std::iter::successors(Some(mask).filter(|mask| *mask != 0), without_lowest)
        .map(u64::trailing_zeros)
}
