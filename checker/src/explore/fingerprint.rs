//! A state's 128-bit fingerprint: XXH3-128 over the bytes that its `Hash` writes.
//!
//! So a state's `Hash` must write all that its `Eq` compares, as a derived one does; a search that keeps whole states
//! does not depend on it.

use std::hash::{Hash, Hasher};
use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

/// A fingerprint; never 0, which marks a free slot.
pub(super) type Print = u128;

/// Makes fingerprints, with one buffer for all of them.
#[derive(Default)]
pub(super) struct Fingerprinter {
    bytes: Bytes,
    /// How many bytes were hashed so far: a measure of how large states are.
    pub(super) hashed: u64,
    /// How many fingerprints were made so far.
    pub(super) made: u64,
}

impl Fingerprinter {
    /// The fingerprint of `state`.
    pub(super) fn of(&mut self, state: &impl Hash) -> Print {
        self.bytes.0.clear();
        state.hash(&mut self.bytes);
        self.hashed += self.bytes.0.len() as u64;
        self.made += 1;
        xxh3_128(&self.bytes.0).max(1)
    }
}

/// A `Hasher` that only collects.
#[derive(Default)]
struct Bytes(Vec<u8>);

impl Hasher for Bytes {
    fn write(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    fn finish(&self) -> u64 {
        xxh3_64(&self.0)
    }
}
