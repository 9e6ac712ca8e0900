//! A state's 128-bit fingerprint: XXH3-128 over the bytes that its `Hash` writes.
//!
//! So a state's `Hash` must write all that its `Eq` compares, as a derived one does; a search that keeps whole states
//! does not depend on it. A system that makes fingerprints of its own ([`System::fingerprint`](super::System::fingerprint))
//! is believed.

use std::hash::{Hash, Hasher};
use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

/// A fingerprint; never 0, which marks a free slot.
pub(super) type Print = u128;

/// States that hash more bytes than these go through a buffer on the heap.
const ROOM: usize = 256;

/// Makes fingerprints, with one buffer for all of them.
pub(super) struct Fingerprinter {
    bytes: Bytes,
}

impl Default for Fingerprinter {
    fn default() -> Self {
        Self { bytes: Bytes { len: 0, first: [0; ROOM], long: Vec::new() } }
    }
}

impl Fingerprinter {
    /// The fingerprint of `state`.
    #[inline]
    pub(super) fn of(&mut self, state: &impl Hash) -> Print {
        self.bytes.len = 0;
        self.bytes.long.clear();
        state.hash(&mut self.bytes);
        xxh3_128(self.bytes.written()).max(1)
    }

    /// How many bytes the state hashed that was last given.
    pub(super) fn last_len(&self) -> usize {
        self.bytes.written().len()
    }
}

/// A `Hasher` that only collects.
struct Bytes {
    /// How much of `first` is used; more than there is once all is in `long`.
    len: usize,
    first: [u8; ROOM],
    long: Vec<u8>,
}

impl Bytes {
    fn written(&self) -> &[u8] {
        if self.long.is_empty() { &self.first[..self.len] } else { &self.long }
    }

    #[cold]
    fn spill(&mut self, bytes: &[u8]) {
        if self.long.is_empty() {
            self.long.extend_from_slice(&self.first[..self.len]);
            self.len = ROOM + 1;
        }
        self.long.extend_from_slice(bytes);
    }
}

impl Hasher for Bytes {
    #[inline]
    fn write(&mut self, bytes: &[u8]) {
        let end = self.len + bytes.len();
        match self.first.get_mut(self.len..end) {
            Some(room) => {
                room.copy_from_slice(bytes);
                self.len = end;
            }
            None => self.spill(bytes),
        }
    }

    fn finish(&self) -> u64 {
        xxh3_64(self.written())
    }
}
