//! The states already found: fingerprints, or whole states where nothing may be left to chance.

use super::fingerprint::Print;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasherDefault, Hasher};

/// How many parts a [`Visited`] has. They grow one at a time, so that growing never takes twice the memory; and each
/// is written by one thread at a time.
pub(super) const SHARDS: usize = 64;

/// The set of states found, cut into shards by fingerprint.
pub(super) struct Visited<T> {
    shards: Vec<Shard<T>>,
}

impl<T: Eq> Visited<T> {
    pub(super) fn new(exact: bool) -> Self {
        let shard =
            |_| if exact { Shard::Exact(Exact::default()) } else { Shard::Prints(Prints::new()) };
        Self { shards: (0..SHARDS).map(shard).collect() }
    }

    /// Whether a state is there; it is only made where fingerprints do not do.
    #[inline]
    pub(super) fn contains(&self, print: Print, state: impl FnOnce() -> T) -> bool {
        match &self.shards[shard_of(print)] {
            Shard::Prints(prints) => prints.contains(print),
            Shard::Exact(exact) => exact.contains(print, &state()),
        }
    }

    /// Adds a state; false when it was there.
    #[inline]
    pub(super) fn insert(&mut self, print: Print, state: impl FnOnce() -> T) -> bool {
        self.shards[shard_of(print)].insert(print, state)
    }

    /// Loads the place where `print` would be. Asked for many prints in a row, these loads overlap, and the look-ups
    /// that follow find their lines in the cache.
    #[inline]
    pub(super) fn touch(&self, print: Print) -> u64 {
        match &self.shards[shard_of(print)] {
            Shard::Prints(prints) => prints.slots[prints.home(print)] as u64,
            Shard::Exact(_) => 0,
        }
    }

    pub(super) fn shards_mut(&mut self) -> &mut [Shard<T>] {
        &mut self.shards
    }
}

/// Which shard holds `print`. Uses the highest bits; the place within a shard uses the low half.
#[inline]
pub(super) fn shard_of(print: Print) -> usize {
    (print >> (128 - SHARDS.ilog2())) as usize
}

/// One part of a [`Visited`].
pub(super) enum Shard<T> {
    Prints(Prints),
    Exact(Exact<T>),
}

impl<T: Eq> Shard<T> {
    #[inline]
    pub(super) fn insert(&mut self, print: Print, state: impl FnOnce() -> T) -> bool {
        match self {
            Shard::Prints(prints) => prints.insert(print),
            Shard::Exact(exact) => exact.insert(print, state()),
        }
    }
}

/// An open-addressing table of fingerprints, between half and three quarters full; 0 is a free slot.
pub(super) struct Prints {
    slots: Vec<Print>,
    /// How many more fit before it grows.
    room: usize,
}

impl Prints {
    fn new() -> Self {
        Self { slots: vec![0; 16], room: 12 }
    }

    /// The low half, scaled to the number of slots.
    #[inline]
    fn home(&self, print: Print) -> usize {
        ((u128::from(print as u64) * self.slots.len() as u128) >> 64) as usize
    }

    /// The slot of `print`: where it is, or the free one where it belongs.
    #[inline]
    fn find(&self, print: Print) -> usize {
        let mut at = self.home(print);
        loop {
            let there = self.slots[at];
            if there == 0 || there == print {
                return at;
            }
            at = if at + 1 == self.slots.len() { 0 } else { at + 1 };
        }
    }

    #[inline]
    fn contains(&self, print: Print) -> bool {
        self.slots[self.find(print)] == print
    }

    #[inline]
    fn insert(&mut self, print: Print) -> bool {
        let at = self.find(print);
        if self.slots[at] == print {
            return false;
        }
        self.slots[at] = print;
        self.room -= 1;
        if self.room == 0 {
            self.grow();
        }
        true
    }

    #[cold]
    #[expect(
        clippy::slow_vector_initialization,
        reason = "written now, not only asked for: a page that is first read and then written costs two faults, the \
                  second of which interrupts every other thread"
    )]
    fn grow(&mut self) {
        let len = self.slots.len() * 3 / 2;
        let mut larger = Vec::with_capacity(len);
        larger.resize(len, 0);
        let old = std::mem::replace(&mut self.slots, larger);
        self.room = len / 4 * 3 - old.len() / 4 * 3;
        for print in old.into_iter().filter(|print| *print != 0) {
            let at = self.find(print);
            self.slots[at] = print;
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
