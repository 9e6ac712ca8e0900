//! The world as a [`System`]: states are sets of facts, of any size here, and of a fixed one while they are searched.

use super::bits::{Bits, StateCounts};
use super::ground::World;
use super::index::facts_of;
use super::order::Order;
use super::rules::Rules;
use crate::explore::{Options, Run, System, of_word, search};
use std::hash::{Hash, Hasher};
use whoacts_model::crypto::Crypto;

impl<C: Crypto> System for World<C> {
    type State = Bits;
    type Move = u32;

    fn initial(&self) -> Bits {
        self.rules().initial()
    }
    fn moves(&self, state: &Bits, out: &mut Vec<u32>) {
        System::moves(&self.rules(), state, out);
    }
    fn enabled(&self, state: &Bits, index: u32) -> bool {
        System::enabled(&self.rules(), state, index)
    }
    fn next(&self, state: &Bits, index: u32) -> Bits {
        self.rules().next(state, index)
    }
    fn apply(&self, state: &mut Bits, index: u32) -> bool {
        System::apply(&self.rules(), state, index)
    }
    fn findings(&self, state: &Bits, index: u32) -> u64 {
        System::findings(&self.rules(), state, index)
    }
    fn monotone(&self, index: u32) -> bool {
        System::monotone(&self.rules(), index)
    }
    fn quiet(&self, index: u32) -> bool {
        System::quiet(&self.rules(), index)
    }
    fn canonical(&self, state: Bits) -> Bits {
        System::canonical(&self.rules(), state)
    }
    fn slice(&self, trace: &[u32]) -> Vec<u32> {
        System::slice(&self.rules(), trace)
    }
    fn good(&self, state: &Bits) -> bool {
        System::good(&self.rules(), state)
    }
    fn search(&self, opts: &Options<'_>) -> Run<u32> {
        System::search(&self.rules(), opts)
    }
}

/// Here is no type of signatures any more, so that whoever searches a world need not compile the search once again.
impl System for Rules<'_> {
    type State = Bits;
    type Move = u32;

    fn initial(&self) -> Bits {
        Bits::none(self.facts)
    }
    fn moves(&self, state: &Bits, out: &mut Vec<u32>) {
        Rules::moves(*self, state.as_ref(), out);
    }
    fn enabled(&self, state: &Bits, index: u32) -> bool {
        Rules::enabled(*self, state.as_ref(), index)
    }
    fn next(&self, state: &Bits, index: u32) -> Bits {
        let mut next = state.clone();
        Rules::apply(*self, next.as_mut(), index);
        next
    }
    fn apply(&self, state: &mut Bits, index: u32) -> bool {
        Rules::apply(*self, state.as_mut(), index)
    }
    fn fingerprint(&self, state: &Bits) -> Option<u128> {
        Some(self.index.print(state.as_ref()))
    }
    fn fingerprint_after(&self, state: &Bits, print: u128, index: u32) -> u128 {
        self.index.print_after(state.as_ref(), print, index)
    }
    fn findings(&self, state: &Bits, index: u32) -> u64 {
        Rules::findings(*self, state.as_ref(), index)
    }
    fn monotone(&self, index: u32) -> bool {
        Rules::monotone(*self, index)
    }
    fn quiet(&self, index: u32) -> bool {
        Rules::quiet(*self, index)
    }
    fn canonical(&self, mut state: Bits) -> Bits {
        Rules::canonical(*self, &mut state);
        state
    }
    fn slice(&self, trace: &[u32]) -> Vec<u32> {
        Rules::slice(*self, trace)
    }
    fn good(&self, state: &Bits) -> bool {
        Rules::good(*self, state.as_ref())
    }
    /// With states of the smallest size that is built in and will do.
    fn search(&self, opts: &Options<'_>) -> Run<u32> {
        let rules = *self;
        let plain = !opts.saturate && !opts.steps && !opts.canonical;
        if let Some(order) = plain.then(|| Order::of(rules)).flatten() {
            match self.facts.max(self.moves.len()).div_ceil(64) {
                0..=1 => return search(&Listed::<1> { rules, order }, opts),
                2 => return search(&Listed::<2> { rules, order }, opts),
                3..=4 => return search(&Listed::<4> { rules, order }, opts),
                5..=8 => return search(&Listed::<8> { rules, order }, opts),
                9..=16 => return search(&Listed::<16> { rules, order }, opts),
                _ => {}
            }
        }
        match self.facts.div_ceil(64) {
            0..=4 => search(&Packed::<4> { rules }, opts),
            5..=8 => search(&Packed::<8> { rules }, opts),
            9..=16 => search(&Packed::<16> { rules }, opts),
            _ => search(self, opts),
        }
    }
}

/// The same world with states of so many words, none of them on the heap.
struct Packed<'w, const WORDS: usize> {
    rules: Rules<'w>,
}

impl<const WORDS: usize> System for Packed<'_, WORDS> {
    type State = [u64; WORDS];
    type Move = u32;

    fn initial(&self) -> [u64; WORDS] {
        [0; WORDS]
    }
    fn moves(&self, state: &[u64; WORDS], out: &mut Vec<u32>) {
        self.rules.moves(state, out);
    }
    fn enabled(&self, state: &[u64; WORDS], index: u32) -> bool {
        self.rules.enabled(state, index)
    }
    fn next(&self, state: &[u64; WORDS], index: u32) -> [u64; WORDS] {
        let mut next = *state;
        self.rules.apply(&mut next, index);
        next
    }
    fn apply(&self, state: &mut [u64; WORDS], index: u32) -> bool {
        self.rules.apply(state, index)
    }
    fn fingerprint(&self, state: &[u64; WORDS]) -> Option<u128> {
        Some(self.rules.index.print(state))
    }
    fn fingerprint_after(&self, state: &[u64; WORDS], print: u128, index: u32) -> u128 {
        self.rules.index.print_after(state, print, index)
    }
    fn findings(&self, state: &[u64; WORDS], index: u32) -> u64 {
        self.rules.findings(state, index)
    }
    fn monotone(&self, index: u32) -> bool {
        self.rules.monotone(index)
    }
    fn quiet(&self, index: u32) -> bool {
        self.rules.quiet(index)
    }
    fn canonical(&self, mut state: [u64; WORDS]) -> [u64; WORDS] {
        self.rules.canonical(&mut state);
        state
    }
    fn slice(&self, trace: &[u32]) -> Vec<u32> {
        self.rules.slice(trace)
    }
    fn good(&self, state: &[u64; WORDS]) -> bool {
        self.rules.good(state)
    }
}

/// The same for plain search: a state carries the list of its moves, of which a step changes few.
struct Listed<'w, const WORDS: usize> {
    rules: Rules<'w>,
    order: Order,
}

/// A state and its moves, a bit for each.
#[derive(Clone, Copy)]
struct Node<const WORDS: usize> {
    facts: [u64; WORDS],
    moves: [u64; WORDS],
}

/// Moves follow from facts.
impl<const WORDS: usize> PartialEq for Node<WORDS> {
    fn eq(&self, other: &Self) -> bool {
        self.facts == other.facts
    }
}

impl<const WORDS: usize> Eq for Node<WORDS> {}

impl<const WORDS: usize> Hash for Node<WORDS> {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.facts.hash(hasher);
    }
}

impl<const WORDS: usize> Node<WORDS> {
    #[inline]
    fn look_at<'w>(&mut self, rules: Rules<'w>, index: u32, counts: &mut StateCounts<'w>) {
        let (word, bit) = (&mut self.moves[index as usize / 64], index % 64);
        *word = *word & !(1 << bit) | u64::from(rules.listed(&self.facts, index, counts)) << bit;
    }
}

impl<const WORDS: usize> System for Listed<'_, WORDS> {
    type State = Node<WORDS>;
    type Move = u32;

    fn initial(&self) -> Node<WORDS> {
        let mut node = Node { facts: [0; WORDS], moves: [0; WORDS] };
        let mut counts = StateCounts::default();
        for index in 0..self.rules.moves.len() as u32 {
            node.look_at(self.rules, index, &mut counts);
        }
        node
    }
    fn moves(&self, state: &Node<WORDS>, out: &mut Vec<u32>) {
        out.extend(facts_of(&state.moves));
    }
    fn enabled(&self, state: &Node<WORDS>, index: u32) -> bool {
        self.rules.enabled(&state.facts, index)
    }
    fn next(&self, state: &Node<WORDS>, index: u32) -> Node<WORDS> {
        let mut next = *state;
        self.apply(&mut next, index);
        next
    }
    fn apply(&self, state: &mut Node<WORDS>, index: u32) -> bool {
        let moved = self.rules.apply(&mut state.facts, index);
        let mut counts = StateCounts::default();
        for &touched in self.order.touched(index) {
            state.look_at(self.rules, touched, &mut counts);
        }
        moved
    }
    fn one_word(&self) -> bool {
        WORDS == 1
    }
    fn fingerprint(&self, Node { facts, .. }: &Node<WORDS>) -> Option<u128> {
        Some(if WORDS == 1 { of_word(facts[0]) } else { self.rules.index.print(facts) })
    }
    fn fingerprint_after(&self, state: &Node<WORDS>, print: u128, index: u32) -> u128 {
        if WORDS == 1 {
            let mut facts = state.facts;
            self.rules.apply(&mut facts, index);
            return of_word(facts[0]);
        }
        self.rules.index.print_after(&state.facts, print, index)
    }
    fn moves_after(&self, state: &Node<WORDS>, by: u32, out: &mut Vec<u32>) -> u64 {
        let mut new = state.moves;
        new.iter_mut().zip(self.order.known(by)).for_each(|(word, known)| *word &= !known);
        facts_of(&new).for_each(|index| out.push(index));
        state.moves.iter().map(|word| u64::from(word.count_ones())).sum()
    }
    fn some_commute(&self) -> bool {
        true
    }
    fn commutes(&self, by: u32, index: u32) -> bool {
        self.order.commutes(by, index)
    }
    fn told(&self, by: u32, index: u32) -> bool {
        self.order.told(by, index)
    }
    fn findings(&self, state: &Node<WORDS>, index: u32) -> u64 {
        self.rules.findings(&state.facts, index)
    }
    fn monotone(&self, index: u32) -> bool {
        self.rules.monotone(index)
    }
    fn quiet(&self, index: u32) -> bool {
        self.rules.quiet(index)
    }
    fn slice(&self, trace: &[u32]) -> Vec<u32> {
        self.rules.slice(trace)
    }
    fn good(&self, state: &Node<WORDS>) -> bool {
        self.rules.good(&state.facts)
    }
}
