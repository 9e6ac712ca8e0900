//! From facts to the moves that they may enable, and the moves' masks one behind the other: what makes it cheap to find
//! a state's moves without looking at all of them.

use super::bits::{Fact, Mask};
use super::ground::Ground;
use xxhash_rust::xxh3::xxh3_128;

/// Worked out once for a world.
#[derive(Debug)]
pub(super) struct Index {
    /// Where the masks of each move are among `words`.
    spans: Vec<Span>,
    words: Vec<(u32, u64)>,
    /// Moves that need nothing.
    free: Vec<u32>,
    /// The moves that are looked at when a fact is true are at `starts[fact]..starts[fact + 1]` of `waiting`. A move waits
    /// for one of the facts that it needs.
    starts: Vec<u32>,
    waiting: Vec<u32>,
    /// A random number for each fact. Those of a state's facts together, by exclusive or, are its fingerprint.
    marks: Vec<u128>,
}

#[derive(Debug, Clone, Copy)]
struct Span {
    needs: u32,
    forbids: u32,
    adds: u32,
    end: u32,
}

impl Index {
    pub(super) fn of(moves: &[Ground], facts: usize) -> Self {
        let mut words = Vec::new();
        let mut put = |mask: &Mask| {
            let at = words.len() as u32;
            words.extend_from_slice(mask.words());
            at
        };
        let spans: Vec<Span> = moves
            .iter()
            .map(|ground| {
                let (needs, forbids) = (put(&ground.needs), put(&ground.forbids));
                let adds = put(&ground.adds);
                Span { needs, forbids, adds, end: adds + ground.adds.words().len() as u32 }
            })
            .collect();
        let (free, starts, waiting) = waiting(moves, facts);
        let marks = (0..facts as u64).map(|fact| xxh3_128(&fact.to_le_bytes())).collect();
        Self { spans, words, free, starts, waiting, marks }
    }

    /// Calls `look` with every move of which the fact that it waits for is true, and with those that wait for none.
    #[inline]
    pub(super) fn candidates(&self, state: &[u64], mut look: impl FnMut(u32)) {
        self.free.iter().for_each(|index| look(*index));
        for fact in facts_of(state) {
            let (from, to) = (self.starts[fact as usize], self.starts[fact as usize + 1]);
            self.waiting[from as usize..to as usize].iter().for_each(|index| look(*index));
        }
    }

    /// Whether a move would change nothing.
    #[inline]
    pub(super) fn repeats(&self, state: &[u64], index: u32) -> bool {
        self.adds(index).iter().all(|(word, bits)| state[*word as usize] & bits == *bits)
    }

    /// Whether what a move needs is there, and nothing that it forbids.
    #[inline]
    pub(super) fn open(&self, state: &[u64], index: u32) -> bool {
        let span = self.spans[index as usize];
        let needs = &self.words[span.needs as usize..span.forbids as usize];
        let forbids = &self.words[span.forbids as usize..span.adds as usize];
        needs.iter().all(|(word, bits)| state[*word as usize] & bits == *bits)
            && forbids.iter().all(|(word, bits)| state[*word as usize] & bits == 0)
    }

    /// What a move adds.
    #[inline]
    pub(super) fn adds(&self, index: u32) -> &[(u32, u64)] {
        let span = self.spans[index as usize];
        &self.words[span.adds as usize..span.end as usize]
    }

    /// The fingerprint of a state.
    pub(super) fn print(&self, state: &[u64]) -> u128 {
        facts_of(state).fold(0, |print, fact| print ^ self.marks[fact as usize])
    }

    /// The fingerprint of what a move leads to.
    #[inline]
    pub(super) fn print_after(&self, state: &[u64], mut print: u128, index: u32) -> u128 {
        for (word, bits) in self.adds(index) {
            let mut new = bits & !state[*word as usize];
            while new != 0 {
                print ^= self.marks[*word as usize * 64 + new.trailing_zeros() as usize];
                new &= new - 1;
            }
        }
        print
    }
}

/// The facts that are true, in order.
#[inline]
pub(super) fn facts_of(state: &[u64]) -> impl Iterator<Item = Fact> {
    state.iter().enumerate().flat_map(|(word, bits)| {
        let without_lowest = |left: &u64| Some(left & (left - 1)).filter(|left| *left != 0);
        std::iter::successors(Some(*bits).filter(|bits| *bits != 0), without_lowest)
            .map(move |left| word as u32 * 64 + left.trailing_zeros())
    })
}

/// Which moves wait for nothing, and which for which fact: of those that a move needs, the one that the fewest need.
fn waiting(moves: &[Ground], facts: usize) -> (Vec<u32>, Vec<u32>, Vec<u32>) {
    let mut needed = vec![0_u32; facts];
    for ground in moves {
        ground.needs.facts().for_each(|fact| needed[fact as usize] += 1);
    }
    let (mut free, mut by_fact) = (Vec::new(), vec![Vec::new(); facts]);
    for (index, ground) in moves.iter().enumerate() {
        match ground.needs.facts().min_by_key(|fact| needed[*fact as usize]) {
            Some(fact) => by_fact[fact as usize].push(index as u32),
            None => free.push(index as u32),
        }
    }
    let mut starts = vec![0];
    for waiting in &by_fact {
        starts.push(starts[starts.len() - 1] + waiting.len() as u32);
    }
    (free, starts, by_fact.concat())
}

#[cfg(test)]
mod tests {
    use super::super::bits::has;
    use super::*;

    #[test]
    fn true_facts_are_listed_in_order() {
        let state = [1 << 3 | 1 << 63, 0, 1];
        assert_eq!(facts_of(&state).collect::<Vec<_>>(), [3, 63, 128]);
        assert!(facts_of(&state).all(|fact| has(&state, fact)));
    }
}
