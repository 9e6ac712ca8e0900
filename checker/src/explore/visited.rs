//! The states already found: fingerprints, or whole states where nothing may be left to chance.

use super::fingerprint::Print;
use super::table::Table;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasherDefault, Hasher};

/// The set of states found, cut into shards by fingerprint: each is written by one thread at a time.
pub(super) struct Visited<T> {
    shards: Vec<Shard<T>>,
}

/// What is kept of a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keep {
    /// Half of the fingerprint: it can be undone, where a state is one word.
    Half,
    /// The whole fingerprint.
    Print,
    /// The state.
    State,
}

impl<T: Eq> Visited<T> {
    pub(super) fn new(keep: Keep, shards: usize) -> Self {
        let shard = |_| match keep {
            Keep::Half => Shard::Halves(Table::new()),
            Keep::Print => Shard::Prints(Table::new()),
            Keep::State => Shard::Exact(Exact::default()),
        };
        Self { shards: (0..shards).map(shard).collect() }
    }

    /// Adds a state; false when it was there.
    #[inline]
    pub(super) fn insert(&mut self, print: Print, state: impl FnOnce() -> T) -> bool {
        let shard = shard_of(print, self.shards.len());
        self.shards[shard].insert(print, state)
    }

    /// Begins to load the place where `print` would be.
    #[inline]
    pub(super) fn prefetch(&self, print: Print) {
        self.shards[shard_of(print, self.shards.len())].prefetch(print);
    }

    /// Begins to load the place behind it, where it may be needed.
    #[inline]
    pub(super) fn prefetch_behind(&self, print: Print) {
        self.shards[shard_of(print, self.shards.len())].prefetch_behind(print);
    }

    pub(super) fn shards_mut(&mut self) -> &mut [Shard<T>] {
        &mut self.shards
    }
}

/// Which of the shards holds `print`. Uses the high half; the place within a shard uses the low one.
#[inline]
pub(super) fn shard_of(print: Print, shards: usize) -> usize {
    (((print >> 64) * shards as u128) >> 64) as usize
}

/// One part of a [`Visited`].
pub(super) enum Shard<T> {
    Halves(Table<u64, 8>),
    Prints(Table<u128, 4>),
    Exact(Exact<T>),
}

/// How many fingerprints are looked up together, so that their cache misses overlap.
pub(super) const LOOKUPS: usize = 64;

impl<T: Eq> Shard<T> {
    /// Begins to load the place where `print` would be.
    #[inline]
    pub(super) fn prefetch(&self, print: Print) {
        match self {
            Shard::Halves(halves) => halves.prefetch(print),
            Shard::Prints(prints) => prints.prefetch(print),
            Shard::Exact(_) => {}
        }
    }

    /// Begins to load the place behind it, where it may be needed.
    #[inline]
    pub(super) fn prefetch_behind(&self, print: Print) {
        match self {
            Shard::Halves(halves) => halves.prefetch_behind(print),
            Shard::Prints(prints) => prints.prefetch_behind(print),
            Shard::Exact(_) => {}
        }
    }

    #[inline]
    pub(super) fn insert(&mut self, print: Print, state: impl FnOnce() -> T) -> bool {
        match self {
            Shard::Halves(halves) => halves.insert(print),
            Shard::Prints(prints) => prints.insert(print),
            Shard::Exact(exact) => exact.insert(print, state()),
        }
    }
}

/// Whole states by fingerprint, and apart the ones whose fingerprint another state has.
pub(super) struct Exact<T> {
    first: HashMap<Print, T, BuildHasherDefault<LowBits>>,
    others: Vec<T>,
}

impl<T> Default for Exact<T> {
    fn default() -> Self {
        Self { first: HashMap::default(), others: Vec::new() }
    }
}

impl<T: Eq> Exact<T> {
    fn contains(&self, print: Print, state: &T) -> bool {
        match self.first.get(&print) {
            None => false,
            Some(first) => first == state || self.others.contains(state),
        }
    }

    fn insert(&mut self, print: Print, state: T) -> bool {
        if self.contains(print, &state) {
            return false;
        }
        match self.first.entry(print) {
            Entry::Vacant(free) => _ = free.insert(state),
            Entry::Occupied(_) => self.others.push(state),
        }
        true
    }
}

/// A fingerprint is its own hash.
#[derive(Default)]
pub(super) struct LowBits(u64);

impl Hasher for LowBits {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u128(&mut self, print: u128) {
        self.0 = print as u64;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
