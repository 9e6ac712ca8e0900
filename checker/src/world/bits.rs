//! Sets of facts: fixed-size bit sets, and masks over them.

use std::sync::Arc;

/// A state of a world: which facts are true.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Bits(Box<[u64]>);

/// A fact, by number.
pub type Fact = u32;

impl Bits {
    /// Nothing is true, among `facts` facts.
    pub fn none(facts: usize) -> Self {
        Self(vec![0; facts.div_ceil(64)].into())
    }
    /// Whether `fact` is true.
    pub fn has(&self, fact: Fact) -> bool {
        self.0[fact as usize / 64] & (1 << (fact % 64)) != 0
    }
    /// Makes `fact` true.
    pub fn add(&mut self, fact: Fact) {
        self.0[fact as usize / 64] |= 1 << (fact % 64);
    }
}

impl AsRef<[u64]> for Bits {
    fn as_ref(&self) -> &[u64] {
        &self.0
    }
}

impl AsMut<[u64]> for Bits {
    fn as_mut(&mut self) -> &mut [u64] {
        &mut self.0
    }
}

/// Whether `fact` is true in a state, given as words.
#[inline]
pub(super) fn has(state: &[u64], fact: Fact) -> bool {
    state[fact as usize / 64] & (1 << (fact % 64)) != 0
}

/// Some facts, as words to be compared with a state.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Mask(Arc<[(u32, u64)]>);

impl FromIterator<Fact> for Mask {
    fn from_iter<I: IntoIterator<Item = Fact>>(facts: I) -> Self {
        let mut words = std::collections::BTreeMap::<u32, u64>::new();
        for fact in facts {
            *words.entry(fact / 64).or_default() |= 1 << (fact % 64);
        }
        Self(words.into_iter().collect())
    }
}

impl Mask {
    /// Whether all its facts are true in `state`.
    #[inline]
    pub fn all(&self, state: &impl AsRef<[u64]>) -> bool {
        let state = state.as_ref();
        self.0.iter().all(|(word, bits)| state[*word as usize] & bits == *bits)
    }
    /// Whether one of its facts is true in `state`.
    #[inline]
    pub fn any(&self, state: &impl AsRef<[u64]>) -> bool {
        let state = state.as_ref();
        self.0.iter().any(|(word, bits)| state[*word as usize] & bits != 0)
    }
    /// How many of its facts are true in `state`.
    #[inline]
    pub fn count(&self, state: &impl AsRef<[u64]>) -> u32 {
        let state = state.as_ref();
        self.0.iter().map(|(word, bits)| (state[*word as usize] & bits).count_ones()).sum()
    }
    /// Makes all its facts true.
    #[inline]
    pub fn add_to(&self, state: &mut impl AsMut<[u64]>) {
        let state = state.as_mut();
        for (word, bits) in self.0.iter() {
            state[*word as usize] |= bits;
        }
    }
    /// Makes all its facts false.
    pub fn remove_from(&self, state: &mut impl AsMut<[u64]>) {
        let state = state.as_mut();
        for (word, bits) in self.0.iter() {
            state[*word as usize] &= !bits;
        }
    }
    /// Its words: which, and the bits set there.
    pub(super) fn words(&self) -> &[(u32, u64)] {
        &self.0
    }
    /// Its facts, in order.
    pub fn facts(&self) -> impl Iterator<Item = Fact> {
        self.0.iter().flat_map(|(word, bits)| {
            (0..64).filter(move |bit| bits & (1 << bit) != 0).map(move |bit| word * 64 + bit)
        })
    }
    /// Whether it names this fact.
    pub fn names(&self, fact: Fact) -> bool {
        let place = self.0.binary_search_by_key(&(fact / 64), |(word, _)| *word);
        place.is_ok_and(|place| self.0[place].1 & (1 << (fact % 64)) != 0)
    }
    /// Whether it names no fact.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
