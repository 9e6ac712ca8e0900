//! The search: level by level, so that counts are the same every time and the first trace to a finding is a shortest one.
//!
//! There is one order everywhere: a level's states in the order in which they are first generated, by the parent's
//! place in its level and then by the move's place among the parent's moves. Batches of a level are expanded here or
//! on several threads (`parallel`); both keep that order, so which of the two it was cannot be told from the result.

use super::fingerprint::{Fingerprinter, Print};
use super::log::Log;
use super::rows::{PIECE, Rows};
use super::saturate::{Scratch, View};
use super::visited::Visited;
use super::watch::Watch;
use super::{Ended, Limit, LimitKind, Options, Progress, System, parallel};
use std::ops::Range;
use std::time::{Duration, Instant};

/// The most states expanded between two looks at the limits.
const BATCH: usize = PIECE;
/// How many successors are looked up together, so that their cache misses overlap.
const LOOKUPS: usize = 64;
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
    pub(super) level: Rows<S::State>,
    pub(super) next: Level<S::State>,
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
}

/// The level that is being built.
pub(super) struct Level<T> {
    states: Rows<T>,
    log: Log,
    /// Emptied pieces of levels.
    spare: Vec<Vec<T>>,
}

impl<T> Default for Level<T> {
    fn default() -> Self {
        Self { states: Rows::default(), log: Log::default(), spare: Vec::new() }
    }
}

impl<T> Level<T> {
    #[inline]
    pub(super) fn push(&mut self, state: T, parent: u32, ordinal: u32) {
        self.states.push(state, &mut self.spare);
        self.log.push(parent, ordinal);
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
            visited: Visited::new(opts.exact),
            level: Rows::default(),
            next: Level::default(),
            spare: Vec::new(),
            log: Vec::new(),
            firsts: Vec::new(),
            settled: 1,
            seen: 0,
            pace: Duration::ZERO,
            told: opts.progress.map(|_| Instant::now()),
            state_bytes: size_of::<S::State>() as u64,
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
        let (initial, judged) = self.view.initial(&mut worker.scratch);
        worker.steps += judged.steps;
        self.seen = judged.shown;
        self.firsts = bits(judged.shown).map(|bit| First { bit, by: None }).collect();
        let print = worker.print(self.view, &initial);
        // What a state has on the heap is measured by what it hashes.
        if std::mem::needs_drop::<S::State>() {
            worker.prints.of(&initial);
            self.state_bytes += worker.prints.last_len() as u64;
        }
        self.visited.insert(print, || initial.clone());
        self.level.push(initial, &mut self.next.spare);
    }

    fn end(mut self, ended: Ended) -> Explored<S::Move> {
        let states = self.states();
        if !self.next.log.is_empty() {
            self.log.push(self.next.log);
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
            // A batch lies within a piece.
            let to = self.level.len().min(from + self.batch()).min((from / PIECE + 1) * PIECE);
            self.expand(from..to);
            self.level.give_back(to, &mut self.next.spare);
            self.tell();
            if let Some(kind) = self.limit() {
                return Some(kind);
            }
            from = to;
        }
        self.settled = self.states();
        self.level = std::mem::take(&mut self.next.states);
        if self.level.len() > 0 {
            self.log.push(std::mem::take(&mut self.next.log).close());
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
            self.workers[0].expand(self.view, self.level.get(at), at as u32);
            if self.workers[0].out.len() >= LOOKUPS {
                self.insert_here();
            }
        }
        self.insert_here();
        self.take_firsts();
    }

    fn insert_here(&mut self) {
        let Self { view, workers, visited, level, next, .. } = self;
        let worker = &mut workers[0];
        worker.touch(visited);
        let mut kept = worker.kept.drain(..);
        for new in worker.out.drain(..) {
            let kept = kept.next();
            let again = || view.sys.next(level.get(new.parent as usize), new.mv);
            if visited.insert(new.print, || kept.clone().unwrap_or_else(again)) {
                next.push(kept.unwrap_or_else(again), new.parent, new.ordinal);
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

    /// About how many bytes the search holds. An estimate from counts alone, so that it does not depend on threads.
    fn bytes(&self) -> u64 {
        // A fingerprint in a table that is, once large, almost two thirds full; two bytes and a mark of the log.
        let kept = 28 + if self.opts.exact { self.state_bytes } else { 0 };
        let waiting = (self.level.len() + self.next.states.len()) as u64;
        self.states() * kept + waiting * self.state_bytes
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
#[derive(Clone, Copy)]
pub(super) struct Candidate<M> {
    pub(super) print: Print,
    /// Its parent's place in the level.
    pub(super) parent: u32,
    /// Which of the parent's moves leads to it.
    pub(super) ordinal: u32,
    pub(super) mv: M,
}

/// What expands states, one to a thread.
pub(super) struct Worker<S: System> {
    prints: Fingerprinter,
    scratch: Scratch<S::Move>,
    recent: Option<Recent>,
    /// The successors of what was expanded last, in order, without some that were generated before.
    pub(super) out: Vec<Candidate<S::Move>>,
    /// These successors themselves, where it is dear to make them again.
    pub(super) kept: Vec<S::State>,
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
            kept: Vec::new(),
            steps: 0,
            seen: 0,
            firsts: Vec::new(),
        }
    }

    /// Begins a batch; the findings in `seen` are no news.
    pub(super) fn begin(&mut self, seen: u64) {
        self.seen = seen;
    }

    /// The fingerprint of a state under which the search keeps it: the system's own only where it spares making states.
    fn print(&mut self, view: &View<'_, S>, state: &S::State) -> Print {
        let own = if view.reduces() { None } else { view.sys.fingerprint(state) };
        own.map_or_else(|| self.prints.of(state), |print| print.max(1))
    }

    /// Judges every move of `state`, the `parent`-th of its level.
    #[inline]
    pub(super) fn expand(&mut self, view: &View<'_, S>, state: &S::State, parent: u32) {
        if view.reduces() {
            self.expand_reduced(view, state, parent);
        } else {
            self.expand_plain(view, state, parent);
        }
    }

    fn expand_reduced(&mut self, view: &View<'_, S>, state: &S::State, parent: u32) {
        let Self { prints, scratch, recent, out, kept, steps, seen, firsts } = self;
        let mut ordinals = 0..;
        *steps += view.expand(state, scratch, |mv, next, shown| {
            note(seen, firsts, shown, (parent, mv));
            let ordinal = ordinals.next().unwrap_or_default();
            if next == *state {
                return;
            }
            let print = prints.of(&next);
            if !recent.as_mut().is_some_and(|recent| recent.replace(print)) {
                out.push(Candidate { print, parent, ordinal, mv });
                kept.push(next);
            }
        });
    }

    /// Most successors were found before: they are known by their fingerprints, and are not kept.
    fn expand_plain(&mut self, view: &View<'_, S>, state: &S::State, parent: u32) {
        let Self { prints, scratch, recent, out, steps, seen, firsts, .. } = self;
        let sys = view.sys;
        let moves = scratch.moves_of(sys, state);
        *steps += moves.len() as u64;
        let own = sys.fingerprint(state);
        for (ordinal, &mv) in moves.iter().enumerate() {
            note(seen, firsts, sys.findings(state, mv), (parent, mv));
            let print = match own {
                Some(own) => {
                    let print = sys.fingerprint_after(state, own, mv);
                    if print == own {
                        continue;
                    }
                    print.max(1)
                }
                None => {
                    let next = sys.next(state, mv);
                    if next == *state {
                        continue;
                    }
                    prints.of(&next)
                }
            };
            if !recent.as_mut().is_some_and(|recent| recent.replace(print)) {
                out.push(Candidate { print, parent, ordinal: ordinal as u32, mv });
            }
        }
    }

    /// Brings into the cache where `visited` would hold the successors.
    pub(super) fn touch(&self, visited: &Visited<S::State>) {
        let sum = self.out.iter().fold(0, |sum, new| sum ^ visited.touch(new.print));
        std::hint::black_box(sum);
    }
}

/// Notes what a move shows that was not shown before.
#[inline]
fn note<M: Copy>(seen: &mut u64, firsts: &mut Vec<(u32, Link<M>)>, shown: u64, by: Link<M>) {
    let new = shown & !*seen;
    if new != 0 {
        firsts.extend(bits(new).map(|bit| (bit, by)));
        *seen |= new;
    }
}

/// Fingerprints of successors generated not long ago, so that most duplicates end before they reach memory.
#[derive(Default)]
struct Recent {
    slots: Vec<Print>,
    missed: usize,
}

impl Recent {
    const SLOTS: usize = 1 << 14;

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
