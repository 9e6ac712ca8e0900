//! The states already found: fingerprints, or whole states where nothing may be left to chance.

use super::fingerprint::Print;
use super::pages;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasherDefault, Hasher};

/// How many parts a [`Visited`] has. They grow one at a time, so that growing never takes twice the memory; and each
/// is written by one thread at a time.
pub(super) const SHARDS: usize = 16;

/// The set of states found, cut into shards by fingerprint.
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
    pub(super) fn new(keep: Keep) -> Self {
        let shard = |_| match keep {
            Keep::Half => Shard::Halves(Table::new()),
            Keep::Print => Shard::Prints(Table::new()),
            Keep::State => Shard::Exact(Exact::default()),
        };
        Self { shards: (0..SHARDS).map(shard).collect() }
    }

    /// Adds a state; false when it was there.
    #[inline]
    pub(super) fn insert(&mut self, print: Print, state: impl FnOnce() -> T) -> bool {
        self.shards[shard_of(print)].insert(print, state)
    }

    /// Loads the place where `print` would be.
    #[inline]
    pub(super) fn touch(&self, print: Print) -> u64 {
        self.shards[shard_of(print)].touch(print)
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
    Halves(Table<u64, 8>),
    Prints(Table<u128, 4>),
    Exact(Exact<T>),
}

/// How many fingerprints are looked up together, so that their cache misses overlap.
pub(super) const LOOKUPS: usize = 64;

/// Loads the places of some fingerprints; the look-ups that follow find their lines in the cache.
#[inline]
pub(super) fn touch(places: impl Iterator<Item = u64>) {
    std::hint::black_box(places.fold(0, |sum, place| sum ^ place));
}

impl<T: Eq> Shard<T> {
    #[inline]
    pub(super) fn touch(&self, print: Print) -> u64 {
        match self {
            Shard::Halves(halves) => halves.touch(print),
            Shard::Prints(prints) => prints.touch(print),
            Shard::Exact(_) => 0,
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

/// What a table keeps of a fingerprint; the default is a free slot.
pub(super) trait Kept: Copy + Default + Eq {
    /// What is kept.
    fn of(print: Print) -> Self;
    /// Bits that are spread evenly.
    fn spread(self) -> u64;
}

impl Kept for u128 {
    #[inline]
    fn of(print: Print) -> Self {
        print
    }
    #[inline]
    fn spread(self) -> u64 {
        self as u64
    }
}

impl Kept for u64 {
    #[inline]
    fn of(print: Print) -> Self {
        print as u64
    }
    #[inline]
    fn spread(self) -> u64 {
        self
    }
}

/// What the memory hands over at a time: slots, filled from the first.
#[derive(Clone, Copy)]
#[repr(align(64))]
struct Line<K, const SLOTS: usize>([K; SLOTS]);

/// How many fingerprints go into so many lines: four fifths of the slots.
fn room(lines: usize, slots: usize) -> usize {
    lines * slots * 4 / 5
}

/// An open-addressing table, at most four fifths full.
pub(super) struct Table<K, const SLOTS: usize> {
    lines: Vec<Line<K, SLOTS>>,
    /// How many more fit before it grows.
    room: usize,
    /// Whether what looks like a free slot is there.
    free_is_there: bool,
}

impl<K: Kept, const SLOTS: usize> Table<K, SLOTS> {
    fn new() -> Self {
        let lines = vec![Line([K::default(); SLOTS]); 4];
        Self { lines, room: room(4, SLOTS), free_is_there: false }
    }

    /// The line where a fingerprint belongs: evenly spread bits, scaled to the number of lines.
    #[inline]
    fn home(&self, kept: K) -> usize {
        ((u128::from(kept.spread()) * self.lines.len() as u128) >> 64) as usize
    }

    #[inline]
    fn touch(&self, print: Print) -> u64 {
        self.lines[self.home(K::of(print))].0[0].spread()
    }

    /// The line and slot of a fingerprint: where it is, or the free one where it belongs.
    #[inline]
    fn find(&self, kept: K) -> (usize, usize) {
        let mut at = self.home(kept);
        loop {
            let line = &self.lines[at].0;
            let free = K::default();
            if let Some(slot) = line.iter().position(|there| *there == kept || *there == free) {
                return (at, slot);
            }
            at = if at + 1 == self.lines.len() { 0 } else { at + 1 };
        }
    }

    #[inline]
    fn insert(&mut self, print: Print) -> bool {
        let kept = K::of(print);
        if kept == K::default() {
            return !std::mem::replace(&mut self.free_is_there, true);
        }
        let (line, slot) = self.find(kept);
        let slot = &mut self.lines[line].0[slot];
        if *slot == kept {
            return false;
        }
        *slot = kept;
        self.room -= 1;
        if self.room == 0 {
            self.grow();
        }
        true
    }

    #[cold]
    fn grow(&mut self) {
        // Small steps once it is large: they cost little, since a line goes to about its old place.
        let more =
            if self.lines.len() < 1 << 10 { self.lines.len() } else { self.lines.len() * 3 / 8 };
        let len = self.lines.len() + more;
        let mut larger = Vec::with_capacity(len);
        pages::prefer_large(larger.spare_capacity_mut());
        // Written now, not only asked for: a page that is first read and then written costs two faults, the second of
        // which interrupts every other thread.
        larger.resize(len, Line([K::default(); SLOTS]));
        let old = std::mem::replace(&mut self.lines, larger);
        self.room = room(len, SLOTS) - room(old.len(), SLOTS);
        let there = old.into_iter().flat_map(|line| line.0).filter(|kept| *kept != K::default());
        for kept in there {
            let (line, slot) = self.find(kept);
            self.lines[line].0[slot] = kept;
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
