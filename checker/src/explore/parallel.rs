//! One batch of a level on several threads, with the same result as on one.
//!
//! First the batch is cut into chunks, which the workers expand. Then each shard of the visited states is written by one
//! thread, which goes through all successors in their order. Last, the successors that were new are taken in that
//! order, by one thread, while the others expand the next batch.

use super::System;
use super::layered::Search;
use super::saturate::View;
use super::visited::{LOOKUPS, shard_of};
use super::waiting::{Level, Waiting};
use super::watch::Watch;
use super::worker::{Candidate, Worker};
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// What a chunk of a batch led to.
pub(super) struct Chunk<S: System> {
    at: usize,
    found: Vec<Candidate<S::Move>>,
    /// The states of `found`, where it is dear to make them again.
    kept: Vec<S::State>,
    /// Which of `found` belong to each shard.
    of_shard: Vec<Vec<u32>>,
}

/// Successors that were found to be new, but were not put into the next level yet: one thread does that, and while it does
/// the others expand the batch that follows.
pub(super) struct Pending<S: System> {
    chunks: Vec<Chunk<S>>,
    /// A bit for each successor of the chunks, set where it was new.
    new: Vec<u64>,
    /// How many were.
    pub(super) count: u64,
}

impl<S: System> Default for Pending<S> {
    fn default() -> Self {
        Self { chunks: Vec::new(), new: Vec::new(), count: 0 }
    }
}

impl<S: System> Pending<S> {
    /// Puts the successors into the next level; returns the emptied chunks.
    pub(super) fn push(
        self,
        view: &View<'_, S>,
        level: &Waiting<S>,
        next: &mut Level<S>,
    ) -> Vec<Chunk<S>> {
        let Self { mut chunks, new, .. } = self;
        let mut at = 0;
        for chunk in &mut chunks {
            let mut kept = chunk.kept.drain(..);
            for found in &chunk.found {
                let kept = kept.next();
                if new[at / 64] >> (at % 64) & 1 == 1 {
                    let again = || view.sys.next(level.get(found.parent as usize), found.mv);
                    next.push(kept.unwrap_or_else(again), found);
                }
                at += 1;
            }
        }
        chunks
    }
}

/// Expands the states of `range` in the search's level.
pub(super) fn expand<S: System>(search: &mut Search<'_, S>, range: Range<usize>) {
    let chunks = generate(search, range);
    let new = insert(search, &chunks);
    let count = new.iter().map(|word| u64::from(word.count_ones())).sum();
    search.pending = Pending { chunks, new, count };
    search.take_firsts();
}

/// Expands the batch, chunk by chunk, and puts what the one before found into the next level.
fn generate<S: System>(search: &mut Search<'_, S>, range: Range<usize>) -> Vec<Chunk<S>> {
    let size = (range.len() / (search.workers.len() * 8)).max(1);
    let pending = std::mem::take(&mut search.pending);
    let Search { view, watch, level, workers, next, spare, .. } = search;
    let shards = workers.len();
    let seen = search.seen;
    let job = Job {
        view: *view,
        watch,
        level,
        range,
        size,
        shards,
        taken: AtomicUsize::new(0),
        spare: Mutex::new(std::mem::take(spare)),
    };
    let push = || job.give_back(pending.push(*view, level, next));
    let parts = on_each(workers, push, |_, worker| {
        worker.begin(seen);
        job.work(worker)
    });
    let mut chunks: Vec<_> = parts.into_iter().flatten().collect();
    chunks.sort_by_key(|chunk| chunk.at);
    chunks
}

/// What the workers share while they expand a batch.
struct Job<'a, S: System> {
    view: &'a View<'a, S>,
    watch: &'a Watch<'a>,
    level: &'a Waiting<S>,
    range: Range<usize>,
    size: usize,
    shards: usize,
    taken: AtomicUsize,
    /// Emptied chunks: their buffers are large, and to give them back and ask for them again costs as much as the search.
    spare: Mutex<Vec<Chunk<S>>>,
}

impl<S: System> Job<'_, S> {
    /// Expands chunks until none is left. A worker's chunks are in order, so what it has met once is no news later.
    fn work(&self, worker: &mut Worker<S>) -> Vec<Chunk<S>> {
        let mut done = Vec::new();
        while self.watch.expired().is_none() {
            let from = self.range.start + self.taken.fetch_add(self.size, Ordering::Relaxed);
            if from >= self.range.end {
                break;
            }
            done.push(self.chunk(worker, from..self.range.end.min(from + self.size)));
        }
        done
    }

    fn chunk(&self, worker: &mut Worker<S>, range: Range<usize>) -> Chunk<S> {
        let mut chunk = self.empty(range.start);
        std::mem::swap(&mut worker.out, &mut chunk.found);
        std::mem::swap(&mut worker.kept, &mut chunk.kept);
        for at in range {
            worker.expand(self.view, self.level.parent(at), at as u32);
        }
        std::mem::swap(&mut worker.out, &mut chunk.found);
        std::mem::swap(&mut worker.kept, &mut chunk.kept);
        for (at, found) in (0..).zip(&chunk.found) {
            chunk.of_shard[shard_of(found.print, self.shards)].push(at);
        }
        chunk
    }

    fn give_back(&self, chunks: Vec<Chunk<S>>) {
        self.spare.lock().unwrap_or_else(PoisonError::into_inner).extend(chunks);
    }

    fn empty(&self, at: usize) -> Chunk<S> {
        let spare = self.spare.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let Some(mut chunk) = spare else {
            let of_shard = vec![Vec::new(); self.shards];
            return Chunk { at, found: Vec::new(), kept: Vec::new(), of_shard };
        };
        chunk.at = at;
        chunk.found.clear();
        chunk.kept.clear();
        chunk.of_shard.iter_mut().for_each(Vec::clear);
        chunk
    }
}

/// Adds the successors to the visited states, each shard on one thread. A bit of the result is set where one was new.
fn insert<S: System>(search: &mut Search<'_, S>, chunks: &[Chunk<S>]) -> Vec<u64> {
    let Search { view, visited, level, .. } = search;
    let total: usize = chunks.iter().map(|chunk| chunk.found.len()).sum();
    let parts = on_each(
        visited.shards_mut(),
        || (),
        |which, shard| {
            let mut new = vec![0_u64; total.div_ceil(64)];
            let mut before = 0;
            for chunk in chunks {
                for some in chunk.of_shard[which].chunks(LOOKUPS) {
                    let prints = some.iter().map(|at| chunk.found[*at as usize].print);
                    prints.clone().for_each(|print| shard.prefetch(print));
                    prints.for_each(|print| shard.prefetch_behind(print));
                    for &at in some {
                        let at = at as usize;
                        let found = &chunk.found[at];
                        let again = || view.sys.next(level.get(found.parent as usize), found.mv);
                        let state = || chunk.kept.get(at).cloned().unwrap_or_else(again);
                        if shard.insert(found.print, state) {
                            new[(before + at) / 64] |= 1 << ((before + at) % 64);
                        }
                    }
                }
                before += chunk.found.len();
            }
            new
        },
    );
    let union = |mut all: Vec<u64>, part: Vec<u64>| {
        all.iter_mut().zip(part).for_each(|(word, more)| *word |= more);
        all
    };
    parts.into_iter().reduce(union).unwrap_or_default()
}

/// Runs `work` on each item on a thread of its own, this one included, which runs `before` first; the results are in the
/// items' order.
fn on_each<T: Send, R: Send>(
    items: &mut [T],
    before: impl FnOnce(),
    work: impl Fn(usize, &mut T) -> R + Sync,
) -> Vec<R> {
    let Some((first, others)) = items.split_first_mut() else { return Vec::new() };
    let work = &work;
    std::thread::scope(|scope| {
        let threads: Vec<_> = others
            .iter_mut()
            .enumerate()
            .map(|(at, item)| scope.spawn(move || work(at + 1, item)))
            .collect();
        before();
        let mut results = vec![work(0, first)];
        for thread in threads {
            results.push(thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        results
    })
}
