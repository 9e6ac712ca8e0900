//! A state's 128-bit fingerprint: XXH3-128 over the bytes that its `Hash` writes.
//!
//! So a state's `Hash` must write all that its `Eq` compares, as a derived one does; a search that keeps whole states
//! does not depend on it. A system that makes fingerprints of its own ([`System::fingerprint`](super::System::fingerprint))
//! is believed.

use std::hash::{Hash, Hasher};
use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

/// A fingerprint.
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
        let written = self.bytes.written();
        match <[u8; 8]>::try_from(written) {
            Ok(word) => of_word(u64::from_le_bytes(word)),
            Err(_) => xxh3_128(written),
        }
    }

    /// How many bytes the state hashed that was last given.
    pub(super) fn last_len(&self) -> usize {
        self.bytes.written().len()
    }
}

/// The fingerprint of a state that is one word, by which the word is known.
///
/// Two rounds of multiplying and shifting, each of which can be undone: different words have different fingerprints.
#[inline]
pub(crate) fn of_word(word: u64) -> Print {
    let mix = |word: u64, by: u64| {
        let word = (word ^ word >> 32).wrapping_mul(by);
        let word = (word ^ word >> 29).wrapping_mul(by);
        word ^ word >> 32
    };
    let low = mix(word.wrapping_add(0x9e37_79b9_7f4a_7c15), 0xd6e8_feb8_6659_fd93);
    let high = mix(low, 0xff51_afd7_ed55_8ccd);
    Print::from(high) << 64 | Print::from(low)
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The bits that choose a shard and a slot are spread evenly by words that differ little.
    #[test]
    fn words_are_spread() {
        for shift in [0, 17, 40] {
            let mut highest = [0; 16];
            let mut lowest = [0; 16];
            for word in 0..1_u64 << 12 {
                let print = of_word(word << shift);
                highest[(print >> 124) as usize] += 1;
                lowest[(print >> 60 & 15) as usize] += 1;
            }
            for count in highest.into_iter().chain(lowest) {
                assert!((180..332).contains(&count), "{count} of 4096 in one of 16 places");
            }
        }
    }

    #[test]
    fn long_states_are_hashed_whole() {
        let mut prints = Fingerprinter::default();
        let long: Vec<u64> = (0..100).collect();
        let mut other = long.clone();
        other[99] = 0;
        let print = prints.of(&long);
        assert_ne!(print, prints.of(&other));
        assert_eq!(print, prints.of(&long));
        assert_eq!(prints.of(&7_u64), of_word(7));
    }
}
