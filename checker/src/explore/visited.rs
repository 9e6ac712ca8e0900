//! The states already found: fingerprints, or whole states where nothing may be left to chance.

use super::fingerprint::Print;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasherDefault, Hasher};

/// The set of states found, cut into shards by fingerprint so that each can be written by a thread of its own.
pub(super) struct Visited<T> {
    shards: Vec<Shard<T>>,
}

impl<T: Eq + Clone> Visited<T> {
    pub(super) fn new(exact: bool, shards: usize) -> Self {
        let shard =
            |_| if exact { Shard::Exact(Exact::default()) } else { Shard::Prints(Prints::new()) };
        Self { shards: (0..shards).map(shard).collect() }
    }

    pub(super) fn contains(&self, print: Print, state: &T) -> bool {
        self.shards[shard_of(print, self.shards.len())].contains(print, state)
    }

    /// Adds a state; false when it was there.
    pub(super) fn insert(&mut self, print: Print, state: &T) -> bool {
        let shard = shard_of(print, self.shards.len());
        self.shards[shard].insert(print, state)
    }

    /// Loads the place where `print` would be. Asked for many prints in a row, these loads overlap, and the look-ups
    /// that follow find their lines in the cache.
    pub(super) fn touch(&self, print: Print) -> u64 {
        match &self.shards[shard_of(print, self.shards.len())] {
            Shard::Prints(prints) => prints.slots[prints.home(print)] as u64,
            Shard::Exact(_) => 0,
        }
    }

    pub(super) fn shards_mut(&mut self) -> &mut [Shard<T>] {
        &mut self.shards
    }
}

/// Which of `shards` holds `print`. Uses the high bits; the place within a shard uses the low ones.
pub(super) fn shard_of(print: Print, shards: usize) -> usize {
    (((print >> 96) * shards as u128) >> 32) as usize
}

/// One part of a [`Visited`].
pub(super) enum Shard<T> {
    Prints(Prints),
    Exact(Exact<T>),
}

impl<T: Eq + Clone> Shard<T> {
    fn contains(&self, print: Print, state: &T) -> bool {
        match self {
            Shard::Prints(prints) => prints.contains(print),
            Shard::Exact(exact) => exact.contains(print, state),
        }
    }

    pub(super) fn insert(&mut self, print: Print, state: &T) -> bool {
        match self {
            Shard::Prints(prints) => prints.insert(print),
            Shard::Exact(exact) => exact.insert(print, state),
        }
    }
}

/// An open-addressing table of fingerprints, at most 70 % full; 0 is a free slot.
pub(super) struct Prints {
    slots: Vec<Print>,
    len: usize,
}

impl Prints {
    fn new() -> Self {
        Self { slots: vec![0; 64], len: 0 }
    }

    fn home(&self, print: Print) -> usize {
        print as usize & (self.slots.len() - 1)
    }

    /// The slot of `print`: where it is, or the free one where it belongs.
    fn find(&self, print: Print) -> usize {
        let mut at = self.home(print);
        while self.slots[at] != 0 && self.slots[at] != print {
            at = (at + 1) & (self.slots.len() - 1);
        }
        at
    }

    fn contains(&self, print: Print) -> bool {
        self.slots[self.find(print)] == print
    }

    fn insert(&mut self, print: Print) -> bool {
        let at = self.find(print);
        if self.slots[at] == print {
            return false;
        }
        self.slots[at] = print;
        self.len += 1;
        if self.len * 10 > self.slots.len() * 7 {
            self.grow();
        }
        true
    }

    #[expect(
        clippy::slow_vector_initialization,
        reason = "written now, not only asked for: a page that is first read and then written costs two faults, the \
                  second of which interrupts every other thread"
    )]
    fn grow(&mut self) {
        let mut larger = Vec::with_capacity(self.slots.len() * 2);
        larger.resize(self.slots.len() * 2, 0);
        for print in std::mem::replace(&mut self.slots, larger).into_iter().filter(|p| *p != 0) {
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

impl<T: Eq + Clone> Exact<T> {
    fn contains(&self, print: Print, state: &T) -> bool {
        match self.first.get(&print) {
            None => false,
            Some(first) => first == state || self.others.contains(state),
        }
    }

    fn insert(&mut self, print: Print, state: &T) -> bool {
        if self.contains(print, state) {
            return false;
        }
        match self.first.entry(print) {
            Entry::Vacant(free) => _ = free.insert(state.clone()),
            Entry::Occupied(_) => self.others.push(state.clone()),
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
