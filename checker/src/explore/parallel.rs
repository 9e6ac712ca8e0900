//! One batch of a level on several threads, with the same result as on one.
//!
//! First the batch is cut into chunks, which the workers expand; the states visited are only read. Then each shard of
//! the visited states is written by one thread, which goes through all successors in their order. Last, the
//! successors that were new are taken in that order.

use super::System;
use super::layered::{Candidate, Search, Worker};
use super::rows::Rows;
use super::saturate::View;
use super::visited::{SHARDS, Visited, shard_of};
use super::watch::Watch;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// What a chunk of a batch led to, without what was visited before the batch.
pub(super) struct Chunk<S: System> {
    at: usize,
    found: Vec<Candidate<S::Move>>,
    /// The states of `found`, where it is dear to make them again.
    kept: Vec<S::State>,
}

/// Expands the states of `range` in the search's level.
pub(super) fn expand<S: System>(search: &mut Search<'_, S>, range: Range<usize>) {
    let mut chunks = generate(search, range);
    let new = insert(search, &chunks);
    let Search { view, level, next, .. } = search;
    let mut at = 0;
    for chunk in &mut chunks {
        let mut kept = chunk.kept.drain(..);
        for found in &chunk.found {
            let kept = kept.next();
            if new[at / 64] >> (at % 64) & 1 == 1 {
                let again = || view.sys.next(level.get(found.parent as usize), found.mv);
                next.push(kept.unwrap_or_else(again), found.parent, found.ordinal);
            }
            at += 1;
        }
    }
    search.spare.append(&mut chunks);
    search.take_firsts();
}

/// Expands the batch, chunk by chunk.
fn generate<S: System>(search: &mut Search<'_, S>, range: Range<usize>) -> Vec<Chunk<S>> {
    let size = (range.len() / (search.workers.len() * 8)).max(1);
    let seen = search.seen;
    let job = Job {
        view: search.view,
        watch: &search.watch,
        visited: &search.visited,
        level: &search.level,
        range,
        size,
        taken: AtomicUsize::new(0),
        spare: Mutex::new(std::mem::take(&mut search.spare)),
    };
    let parts = on_each(&mut search.workers, |_, worker| {
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
    visited: &'a Visited<S::State>,
    level: &'a Rows<S::State>,
    range: Range<usize>,
    size: usize,
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
        for at in range {
            worker.expand(self.view, self.level.get(at), at as u32);
            if worker.out.len() >= 64 {
                self.keep_new(worker, &mut chunk);
            }
        }
        self.keep_new(worker, &mut chunk);
        chunk
    }

    fn empty(&self, at: usize) -> Chunk<S> {
        let spare = self.spare.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let Some(mut chunk) = spare else {
            return Chunk { at, found: Vec::new(), kept: Vec::new() };
        };
        chunk.at = at;
        chunk.found.clear();
        chunk
    }

    fn keep_new(&self, worker: &mut Worker<S>, chunk: &mut Chunk<S>) {
        worker.touch(self.visited);
        let mut kept = worker.kept.drain(..);
        for found in worker.out.drain(..) {
            let kept = kept.next();
            if !self.visited.contains(found.print, || self.make(&found, kept.as_ref())) {
                chunk.found.push(found);
                chunk.kept.extend(kept);
            }
        }
    }

    fn make(&self, found: &Candidate<S::Move>, kept: Option<&S::State>) -> S::State {
        let again = || self.view.sys.next(self.level.get(found.parent as usize), found.mv);
        kept.cloned().unwrap_or_else(again)
    }
}

/// Adds the successors to the visited states, each shard on one thread. A bit of the result is set where one was new.
fn insert<S: System>(search: &mut Search<'_, S>, chunks: &[Chunk<S>]) -> Vec<u64> {
    let Search { view, visited, level, workers, .. } = search;
    let total: usize = chunks.iter().map(|chunk| chunk.found.len()).sum();
    let each = SHARDS.div_ceil(workers.len());
    let mut groups: Vec<_> = visited.shards_mut().chunks_mut(each).collect();
    let parts = on_each(&mut groups, |which, shards| {
        let mut new = vec![0_u64; total.div_ceil(64)];
        let all = chunks.iter().flat_map(|chunk| {
            chunk.found.iter().enumerate().map(move |(at, found)| (found, chunk.kept.get(at)))
        });
        for (at, (found, kept)) in all.enumerate() {
            let shard = shard_of(found.print);
            if shard / each != which {
                continue;
            }
            let again = || view.sys.next(level.get(found.parent as usize), found.mv);
            let state = || kept.cloned().unwrap_or_else(again);
            if shards[shard % each].insert(found.print, state) {
                new[at / 64] |= 1 << (at % 64);
            }
        }
        new
    });
    let union = |mut all: Vec<u64>, part: Vec<u64>| {
        all.iter_mut().zip(part).for_each(|(word, more)| *word |= more);
        all
    };
    parts.into_iter().reduce(union).unwrap_or_default()
}

/// Runs `work` on each item on a thread of its own, this one included; the results are in the items' order.
fn on_each<T: Send, R: Send>(items: &mut [T], work: impl Fn(usize, &mut T) -> R + Sync) -> Vec<R> {
    let Some((first, others)) = items.split_first_mut() else { return Vec::new() };
    let work = &work;
    std::thread::scope(|scope| {
        let threads: Vec<_> = others
            .iter_mut()
            .enumerate()
            .map(|(at, item)| scope.spawn(move || work(at + 1, item)))
            .collect();
        let mut results = vec![work(0, first)];
        for thread in threads {
            results.push(thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        results
    })
}
