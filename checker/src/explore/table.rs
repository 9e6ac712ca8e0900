//! A table of fingerprints that grows where it is, so that it never takes the memory of two.

use super::fingerprint::Print;
use super::prefetch::prefetch;

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

impl<K: Kept, const SLOTS: usize> Line<K, SLOTS> {
    fn free() -> Self {
        Self([K::default(); SLOTS])
    }

    /// The slot where `kept` is, or the first free one; none in a line that is full of others. All slots are looked at:
    /// that is quicker than to guess which one it will be.
    #[inline]
    fn slot(&self, kept: K) -> Option<usize> {
        let ends = |there: K| u32::from(there == kept) | u32::from(there == K::default());
        let slots = (0..).zip(self.0);
        let mask = slots.fold(0, |mask, (slot, there)| mask | ends(there) << slot);
        (mask != 0).then(|| mask.trailing_zeros() as usize)
    }
}

/// How many lines a piece holds: 8 MiB. In tests few, so that small tables have several.
const PIECE: usize = if cfg!(test) { 16 } else { 1 << 17 };

/// From so many lines on, 64 MiB, memory matters more than the time that a table takes to grow.
const LARGE: usize = if cfg!(test) { 64 } else { 1 << 20 };

/// Lines in pieces, which stay where they are while more are added; only the first is moved, until it is whole.
struct Lines<K, const SLOTS: usize> {
    pieces: Vec<Vec<Line<K, SLOTS>>>,
    len: usize,
}

impl<K: Kept, const SLOTS: usize> Lines<K, SLOTS> {
    #[inline]
    fn get(&self, at: usize) -> &Line<K, SLOTS> {
        &self.pieces[at / PIECE][at % PIECE]
    }

    #[inline]
    fn get_mut(&mut self, at: usize) -> &mut Line<K, SLOTS> {
        &mut self.pieces[at / PIECE][at % PIECE]
    }

    /// Adds free lines. They are written now and not only asked for: a page that is first read and then written costs two
    /// faults, the second of which interrupts every other thread.
    fn extend(&mut self, mut more: usize) {
        while more > 0 {
            if self.len.is_multiple_of(PIECE) {
                // The first piece grows by itself: most searches are small.
                let whole = if self.len == 0 { 0 } else { PIECE };
                self.pieces.push(Vec::with_capacity(whole));
            }
            let Some(piece) = self.pieces.last_mut() else { return };
            let len = PIECE.min(piece.len() + more);
            piece.reserve_exact(len - piece.len());
            self.len += len - piece.len();
            more -= len - piece.len();
            piece.resize(len, Line::free());
        }
    }
}

/// An open-addressing table, at most seven tenths full.
pub(super) struct Table<K, const SLOTS: usize> {
    lines: Lines<K, SLOTS>,
    /// How many more fit before it grows.
    room: usize,
    /// Whether what looks like a free slot is there.
    free_is_there: bool,
}

/// How many fingerprints go into so many lines: seven tenths of the slots.
fn room(lines: usize, slots: usize) -> usize {
    lines * slots * 7 / 10
}

impl<K: Kept, const SLOTS: usize> Table<K, SLOTS> {
    pub(super) fn new() -> Self {
        let mut lines = Lines { pieces: Vec::new(), len: 0 };
        lines.extend(4);
        Self { lines, room: room(4, SLOTS), free_is_there: false }
    }

    /// The line where a fingerprint belongs: evenly spread bits, scaled to the number of lines.
    #[inline]
    fn home(&self, kept: K) -> usize {
        ((u128::from(kept.spread()) * self.lines.len as u128) >> 64) as usize
    }

    /// Begins to load the line where `print` would be.
    #[inline]
    pub(super) fn prefetch(&self, print: Print) {
        prefetch(self.lines.get(self.home(K::of(print))));
    }

    /// Begins to load the lines behind that, where it is full.
    #[inline]
    pub(super) fn prefetch_behind(&self, print: Print) {
        let home = self.home(K::of(print));
        if self.lines.get(home).0[SLOTS - 1] != K::default() {
            let behind = home + 1..self.lines.len.min(home + 3);
            behind.for_each(|line| prefetch(self.lines.get(line)));
        }
    }

    /// The line and slot of a fingerprint, from a line on: where it is, or the free one where it belongs.
    #[inline]
    fn find_from(&self, line: usize, kept: K) -> Option<(usize, usize)> {
        let found = |line| self.lines.get(line).slot(kept).map(|slot| (line, slot));
        (line..self.lines.len).find_map(found)
    }

    /// Adds what is kept; false when it was there.
    #[inline]
    fn put(&mut self, kept: K) -> bool {
        // Some slots are always free: what finds none up to the end finds one from the first line on.
        let place = self.find_from(self.home(kept), kept).or_else(|| self.find_from(0, kept));
        let Some((line, slot)) = place else { return false };
        let slot = &mut self.lines.get_mut(line).0[slot];
        let new = *slot != kept;
        *slot = kept;
        new
    }

    /// Adds a fingerprint; false when it was there.
    #[inline]
    pub(super) fn insert(&mut self, print: Print) -> bool {
        let kept = K::of(print);
        if kept == K::default() {
            return !std::mem::replace(&mut self.free_is_there, true);
        }
        let new = self.put(kept);
        self.room -= usize::from(new);
        if self.room == 0 {
            self.grow();
        }
        new
    }

    /// Adds lines, and moves what is there to where it belongs now, from the last line to the first: that is as a rule
    /// behind where it was, among lines that are done. What had gone past its line, or would go past the end, waits until
    /// all are.
    #[cold]
    fn grow(&mut self) {
        let old = self.lines.len;
        // Smaller steps once it is large.
        self.lines.extend(if old < LARGE { old } else { old * 3 / 8 });
        self.room = room(self.lines.len, SLOTS) - room(old, SLOTS);
        let mut waiting = Vec::new();
        for at in (0..old).rev() {
            let Line(line) = std::mem::replace(self.lines.get_mut(at), Line::free());
            for kept in line.into_iter().take_while(|kept| *kept != K::default()) {
                let home = self.home(kept);
                let place = if home < at { None } else { self.find_from(home, kept) };
                match place {
                    Some((line, slot)) => self.lines.get_mut(line).0[slot] = kept,
                    None => waiting.push(kept),
                }
            }
        }
        waiting.into_iter().for_each(|kept| _ = self.put(kept));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explore::of_word;

    /// A table knows what was put into it and nothing else, while it doubles and while it grows by less.
    #[test]
    fn what_was_put_in_is_there() {
        let mut prints: Table<u128, 4> = Table::new();
        let mut halves: Table<u64, 8> = Table::new();
        let count = 20_000;
        for word in 0..count {
            let print = of_word(word);
            assert!(prints.insert(print) && halves.insert(print), "{word} is news");
            // All of them are asked for where it grows often, and one in a while after.
            let step = if word < 3_000 { 1 } else { 991 };
            if word % step == 0 {
                for word in (0..=word).step_by(step as usize) {
                    let print = of_word(word);
                    assert!(!prints.insert(print) && !halves.insert(print), "{word} was there");
                }
            }
        }
        assert!(halves.lines.len > 10 * LARGE && prints.lines.len > halves.lines.len);
        for word in 0..count {
            assert!(!prints.insert(of_word(word)) && !halves.insert(of_word(word)));
        }
        assert!(prints.insert(of_word(count)) && halves.insert(of_word(count)));
    }

    /// One word's fingerprint looks like a free slot.
    #[test]
    fn zero_is_a_fingerprint() {
        let mut table: Table<u64, 8> = Table::new();
        let zero = of_word(0_u64.wrapping_sub(0x9e37_79b9_7f4a_7c15));
        assert_eq!(zero as u64, 0);
        assert!(table.insert(zero) && table.insert(1) && !table.insert(zero) && !table.insert(1));
    }

    /// A fingerprint that belongs into the last line goes around, and is found when the table has grown.
    #[test]
    fn what_goes_past_the_end_is_found() {
        let mut table: Table<u64, 8> = Table::new();
        let last = |low: u64| Print::from(u64::MAX - low);
        assert!((0..3_000).all(|low| table.insert(last(low))));
        assert!((0..3_000).all(|low| !table.insert(last(low))));
        assert!(table.insert(last(3_000)));
    }
}
