//! The world as a [`System`]: states are sets of facts, of any size here, and of a fixed one while they are searched.

use super::bits::Bits;
use super::ground::World;
use super::order::Order;
use super::rules::Rules;
use crate::explore::{Options, Run, System, search};
use whoacts_model::crypto::Crypto;

impl<C: Crypto> System for World<C> {
    type State = Bits;
    type Move = u32;

    fn initial(&self) -> Bits {
        Bits::none(self.facts)
    }
    fn moves(&self, state: &Bits, out: &mut Vec<u32>) {
        self.rules().moves(state.as_ref(), out);
    }
    fn enabled(&self, state: &Bits, index: u32) -> bool {
        self.rules().enabled(state.as_ref(), index)
    }
    fn next(&self, state: &Bits, index: u32) -> Bits {
        let mut next = state.clone();
        self.rules().apply(next.as_mut(), index);
        next
    }
    fn apply(&self, state: &mut Bits, index: u32) -> bool {
        self.rules().apply(state.as_mut(), index)
    }
    fn fingerprint(&self, state: &Bits) -> Option<u128> {
        Some(self.rules().index.print(state.as_ref()))
    }
    fn fingerprint_after(&self, state: &Bits, print: u128, index: u32) -> u128 {
        self.rules().index.print_after(state.as_ref(), print, index)
    }
    fn findings(&self, state: &Bits, index: u32) -> u64 {
        self.rules().findings(state.as_ref(), index)
    }
    fn monotone(&self, index: u32) -> bool {
        self.rules().monotone(index)
    }
    fn canonical(&self, mut state: Bits) -> Bits {
        self.rules().forget_used_up(&mut state);
        state
    }
    fn slice(&self, trace: &[u32]) -> Vec<u32> {
        self.rules().slice(trace)
    }
    fn good(&self, state: &Bits) -> bool {
        self.rules().good(state.as_ref())
    }
    /// With states of the smallest size that is built in and will do.
    fn search(&self, opts: &Options<'_>) -> Run<u32> {
        let rules = self.rules();
        let plain = !opts.saturate && !opts.canonical;
        let order = if plain {
            Order::of(&self.moves, &self.accepting, &self.ticks, self.facts)
        } else {
            None
        };
        let order = order.as_ref();
        match self.facts.div_ceil(64) {
            0..=1 => search(&Packed::<1> { rules, order }, opts),
            2 => search(&Packed::<2> { rules, order }, opts),
            3..=4 => search(&Packed::<4> { rules, order }, opts),
            5..=8 => search(&Packed::<8> { rules, order }, opts),
            9..=16 => search(&Packed::<16> { rules, order }, opts),
            _ => search(self, opts),
        }
    }
}

/// The same world with states of so many words, none of them on the heap.
struct Packed<'w, const WORDS: usize> {
    rules: Rules<'w>,
    order: Option<&'w Order>,
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
    fn one_word(&self) -> bool {
        WORDS == 1
    }
    fn fingerprint(&self, state: &[u64; WORDS]) -> Option<u128> {
        if WORDS == 1 { None } else { Some(self.rules.index.print(state)) }
    }
    fn fingerprint_after(&self, state: &[u64; WORDS], print: u128, index: u32) -> u128 {
        self.rules.index.print_after(state, print, index)
    }
    fn some_commute(&self) -> bool {
        self.order.is_some()
    }
    fn commutes(&self, by: u32, index: u32) -> bool {
        self.order.is_some_and(|order| order.commutes(by, index))
    }
    fn findings(&self, state: &[u64; WORDS], index: u32) -> u64 {
        self.rules.findings(state, index)
    }
    fn monotone(&self, index: u32) -> bool {
        self.rules.monotone(index)
    }
    fn canonical(&self, mut state: [u64; WORDS]) -> [u64; WORDS] {
        self.rules.forget_used_up(&mut state);
        state
    }
    fn slice(&self, trace: &[u32]) -> Vec<u32> {
        self.rules.slice(trace)
    }
    fn good(&self, state: &[u64; WORDS]) -> bool {
        self.rules.good(state)
    }
}
