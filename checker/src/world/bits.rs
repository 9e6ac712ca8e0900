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
    /// Whether it is the same one, and not only equal.
    #[inline]
    pub(super) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
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
/// Facts of which one may not count: many accepts share the facts, and each leaves out its own.
#[derive(Debug, Clone)]
pub(super) struct Counted {
    all: Mask,
    own: Option<Fact>,
}

impl Counted {
    /// All of them.
    pub(super) fn all(all: Mask) -> Self {
        Self { all, own: None }
    }
    /// All but this one.
    pub(super) fn but(&self, own: Fact) -> Self {
        let own = self.own.or(Some(own).filter(|own| self.all.names(*own)));
        Self { all: self.all.clone(), own }
    }
    /// How many are true in a state.
    #[inline]
    pub(super) fn count<'w>(&'w self, state: &[u64], counts: &mut StateCounts<'w>) -> u32 {
        counts.of(&self.all, state) - u32::from(self.own.is_some_and(|own| has(state, own)))
    }
    /// Each of them.
    pub(super) fn facts(&self) -> impl Iterator<Item = Fact> {
        self.all.facts().filter(|fact| Some(*fact) != self.own)
    }
    /// Each of them, and the one that does not count itself.
    pub(super) fn shared(&self) -> impl Iterator<Item = Fact> {
        self.all.facts()
    }
    /// The same for all who share the facts.
    pub(super) fn place(&self) -> usize {
        Arc::as_ptr(&self.all.0).cast::<(u32, u64)>() as usize
    }
    /// Whether this is one of them.
    pub(super) fn names(&self, fact: Fact) -> bool {
        Some(fact) != self.own && self.all.names(fact)
    }
    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.facts().next().is_none()
    }
}

/// What was counted in one state.
#[derive(Default)]
pub(super) struct StateCounts<'w>(Vec<(&'w Mask, u32)>);

impl<'w> StateCounts<'w> {
    /// Small masks are counted faster than looked up; of the others only the last few are kept.
    const SMALL: usize = 4;
    const KEPT: usize = 8;

    #[inline]
    fn of(&mut self, mask: &'w Mask, state: &[u64]) -> u32 {
        if mask.words().len() <= Self::SMALL {
            return mask.count(&state);
        }
        if let Some((_, count)) = self.0.iter().find(|(known, _)| known.is(mask)) {
            return *count;
        }
        let count = mask.count(&state);
        if self.0.len() == Self::KEPT {
            self.0.remove(0);
        }
        self.0.push((mask, count));
        count
    }
}
