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
            Shard::Prints(prints) => prints.lines[prints.home(print)].0[0] as u64,
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

/// What the memory hands over at a time: four slots, filled from the first; 0 is a free one.
#[derive(Clone, Copy)]
#[repr(align(64))]
struct Line([Print; 4]);

/// How many fingerprints go into so many lines: four fifths of the slots.
fn room(lines: usize) -> usize {
    lines * 16 / 5
}

/// An open-addressing table of fingerprints, at most four fifths full.
pub(super) struct Prints {
    lines: Vec<Line>,
    /// How many more fit before it grows.
    room: usize,
}

impl Prints {
    fn new() -> Self {
        Self { lines: vec![Line([0; 4]); 4], room: room(4) }
    }

    /// The line where a fingerprint belongs: the low half, scaled to the number of lines.
    #[inline]
    fn home(&self, print: Print) -> usize {
        ((u128::from(print as u64) * self.lines.len() as u128) >> 64) as usize
    }

    /// The line and slot of `print`: where it is, or the free one where it belongs.
    #[inline]
    fn find(&self, print: Print) -> (usize, usize) {
        let mut at = self.home(print);
        loop {
            let line = &self.lines[at].0;
            if let Some(slot) = line.iter().position(|there| *there == print || *there == 0) {
                return (at, slot);
            }
            at = if at + 1 == self.lines.len() { 0 } else { at + 1 };
        }
    }

    #[inline]
    fn contains(&self, print: Print) -> bool {
        let (line, slot) = self.find(print);
        self.lines[line].0[slot] == print
    }

    #[inline]
    fn insert(&mut self, print: Print) -> bool {
        let (line, slot) = self.find(print);
        let slot = &mut self.lines[line].0[slot];
        if *slot == print {
            return false;
        }
        *slot = print;
        self.room -= 1;
        if self.room == 0 {
            self.grow();
        }
        true
    }

    #[cold]
    fn grow(&mut self) {
        // Small steps once it is large: they cost little, since a line goes to about its old place.
        let more = if self.lines.len() < 1 << 10 { self.lines.len() } else { self.lines.len() / 4 };
        let len = self.lines.len() + more;
        let mut larger = Vec::with_capacity(len);
        pages::prefer_large(larger.spare_capacity_mut());
        // Written now, not only asked for: a page that is first read and then written costs two faults, the second of
        // which interrupts every other thread.
        larger.resize(len, Line([0; 4]));
        let old = std::mem::replace(&mut self.lines, larger);
        self.room = room(len) - room(old.len());
        for print in old.into_iter().flat_map(|line| line.0).filter(|print| *print != 0) {
            let (line, slot) = self.find(print);
            self.lines[line].0[slot] = print;
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
