//! Saturation and canonical states: the same verdicts from fewer states, and irreducible traces.

mod explore_systems;

use explore_systems::{Replicas, Rule, Rules};
use proptest::prelude::*;
use std::sync::Arc;
use whoacts_checker::explore::{Ended, Options, Run, System, explore, oracle, replay};

const SATURATE: Options<'_> = options(true, false);

const fn options(saturate: bool, canonical: bool) -> Options<'static> {
    Options { saturate, canonical, ..Options::PLAIN }
}

/// Facts 0 to 7 are knowledge, which monotone rules add; facts 8 to 11 can also be dropped and asked to be absent, and
/// only branching rules touch them.
fn rule() -> impl Strategy<Value = Rule> {
    // At most three facts are needed, so that most rules can be taken.
    let few = |mask: u16| any::<[u16; 2]>().prop_map(move |[a, b]| a & b & mask);
    let shows = prop_oneof![3 => Just(0), 2 => (0..6_u64).prop_map(|bit| 1 << bit)];
    (any::<bool>(), few(0xfff), few(0xf00), few(0xfff), few(0xfff), shows).prop_map(
        |(monotone, needs, lacks, adds, drops, shows)| {
            let needs = needs & (needs << 1);
            if monotone {
                Rule { needs, lacks: 0, adds: adds & 0xff, drops: 0, shows, monotone }
            } else {
                Rule { needs, lacks, adds, drops: drops & !adds, shows, monotone }
            }
        },
    )
}

fn rules() -> impl Strategy<Value = Rules> {
    prop::collection::vec(rule(), 1..12).prop_map(|rules| Rules { rules })
}

fn shows<S: System>(sys: &S, trace: &[S::Move], bit: u32) -> bool {
    replay(sys, trace).is_some_and(|(_, seen)| seen >> bit & 1 == 1)
}

/// Every trace shows its finding, and with saturation needs every one of its moves.
fn assert_traces_hold<S: System>(sys: &S, run: &Run<S::Move>) {
    let mut seen = 0;
    for found in &run.found {
        seen |= 1 << found.bit;
        assert!(shows(sys, &found.trace, found.bit));
        for left_out in 0..found.trace.len() {
            let mut rest = found.trace.clone();
            rest.remove(left_out);
            assert!(!found.minimal || !shows(sys, &rest, found.bit));
        }
    }
    assert_eq!(seen, run.seen);
}

proptest! {
    #[test]
    fn saturation_changes_no_verdict(sys in rules()) {
        let plain = explore(&sys, &Options::default());
        let saturated = explore(&sys, &SATURATE);
        prop_assert_eq!(&plain.ended, &Ended::Exhausted);
        prop_assert_eq!(&saturated.ended, &Ended::Exhausted);
        prop_assert_eq!(plain.seen, saturated.seen);
        assert_traces_hold(&sys, &plain);
        assert_traces_hold(&sys, &saturated);
        for (shortest, minimal) in plain.found.iter().zip(&saturated.found) {
            prop_assert!(minimal.minimal && !shortest.minimal);
            prop_assert!(minimal.trace.len() >= shortest.trace.len());
        }
        prop_assert!(saturated.states <= plain.states);
    }

    #[test]
    fn stateright_agrees(sys in rules(), depth in prop::option::of(0..6_u32)) {
        let opts = Options { max_depth: depth, ..Options::default() };
        let ours = explore(&sys, &opts);
        let theirs = oracle(&Arc::new(sys), &opts);
        prop_assert_eq!(ours.states, theirs.unique_states);
        prop_assert_eq!(ours.steps, theirs.steps);
        prop_assert_eq!(ours.depth, theirs.max_depth);
        prop_assert_eq!(ours.seen, theirs.seen);
        prop_assert_eq!(&ours.ended, &theirs.ended);
        let lengths = |found: &[whoacts_checker::explore::Found<u8>]| -> Vec<_> {
            found.iter().map(|found| (found.bit, found.trace.len())).collect()
        };
        prop_assert_eq!(lengths(&ours.found), lengths(&theirs.found));
    }
}

#[test]
fn all_reductions_agree_on_replicas() {
    let sys = Replicas { count: 5 };
    let runs = [(false, false), (false, true), (true, false), (true, true)]
        .map(|(saturate, canonical)| explore(&sys, &options(saturate, canonical)));
    for run in &runs {
        assert_eq!((run.seen, &run.ended), (0b11111, &Ended::Exhausted));
        assert_traces_hold(&sys, run);
    }
    assert_eq!(runs.each_ref().map(|run| run.states), [3_085, 126, 143, 16]);
    let lengths = |run: &Run<(u8, u8)>| run.found.iter().map(|f| f.trace.len()).collect::<Vec<_>>();
    assert_eq!(lengths(&runs[0]), [3, 5, 2, 6, 5]);
    assert_eq!(lengths(&runs[1]), lengths(&runs[0]));
    assert_eq!(lengths(&runs[2]), lengths(&runs[0]));
    assert_eq!(lengths(&runs[3]), lengths(&runs[0]));
}

/// What is found while the initial state is closed has a trace too.
#[test]
fn the_initial_state_is_closed_and_judged() {
    let rule = |needs, adds, shows| Rule { needs, lacks: 0, adds, drops: 0, shows, monotone: true };
    // The second rule's finding is shown in the second round; the third is no use to it.
    let sys = Rules { rules: vec![rule(2, 4, 1), rule(0, 2, 0), rule(0, 8, 0)] };
    let run = explore(&sys, &SATURATE);
    assert_eq!((run.states, run.depth, run.seen), (1, 0, 1));
    assert_eq!(run.found[0].trace, [1, 0]);
    let stopped = explore(&sys, &Options { stop_when: 1, ..SATURATE });
    assert_eq!(stopped.ended, Ended::Stopped);
}

#[test]
fn a_move_that_is_wrongly_called_monotone_breaks_the_run() {
    let rule =
        |needs, lacks, adds, drops| Rule { needs, lacks, adds, drops, shows: 0, monotone: true };
    let sys = Rules { rules: vec![rule(0, 1, 1, 0), rule(1, 0, 0, 1)] };
    let run = explore(&sys, &SATURATE);
    assert!(matches!(run.ended, Ended::Broken(_)), "{:?}", run.ended);
}

/// Fifty thousand facts to learn, of which the finding needs the last of a chain of forty; one branching move.
struct Wide;

const FACTS: u32 = 50_000;

impl System for Wide {
    type State = (Vec<u64>, bool);
    type Move = u32;

    fn initial(&self) -> Self::State {
        (vec![0; FACTS.div_ceil(64) as usize], false)
    }

    fn moves(&self, state: &Self::State, out: &mut Vec<u32>) {
        out.extend((0..=FACTS).filter(|mv| !Wide::has(state, *mv) && self.enabled(state, *mv)));
    }

    fn next(&self, state: &Self::State, mv: u32) -> Self::State {
        let mut next = state.clone();
        if mv == FACTS {
            next.1 = true;
        } else {
            next.0[mv as usize / 64] |= 1 << (mv % 64);
        }
        next
    }

    fn findings(&self, _: &Self::State, mv: u32) -> u64 {
        u64::from(mv == 39)
    }

    fn enabled(&self, state: &Self::State, mv: u32) -> bool {
        match mv {
            0 => state.1,
            1..40 => Wide::has(state, mv - 1),
            _ => true,
        }
    }

    fn monotone(&self, mv: u32) -> bool {
        mv != FACTS
    }
}

impl Wide {
    fn has(state: &(Vec<u64>, bool), mv: u32) -> bool {
        if mv == FACTS { state.1 } else { state.0[mv as usize / 64] >> (mv % 64) & 1 == 1 }
    }
}

#[test]
fn a_trace_of_thousands_of_moves_is_made_irreducible() {
    let run = explore(&Wide, &SATURATE);
    assert_eq!((run.states, run.depth), (2, 1));
    let expected: Vec<u32> = std::iter::once(FACTS).chain(0..40).collect();
    assert_eq!(run.found[0].trace, expected);
}
