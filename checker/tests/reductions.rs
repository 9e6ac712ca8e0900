//! The reductions against plain search, on the whole library at the bounds of the oracle.
//!
//! Whatever plain search finds the reduced one finds as well, and the other way round as deep as plain search came; no
//! attack that was made irreducible is shorter than a shortest one; and every trace replays.

#![allow(clippy::unwrap_used, clippy::panic)]

mod worlds;

use std::collections::BTreeMap;
use whoacts_checker::explore::{Ended, Options, Run, System, explore, replay};
use whoacts_checker::world::World;
use whoacts_model::crypto::Symbolic;
use whoacts_model::guard::Guard;
use worlds::{Stage, label, labelled, library, pairs, spread, violated, words};

/// Plain search goes to the deepest level that it can finish within about so many states.
const BUDGET: u64 = 60_000;

/// How many attacks were compared, and how many of them are as short as a shortest one.
#[derive(Default)]
struct Compared {
    attacks: u32,
    shortest: u32,
    exhausted: u32,
}

fn lengths(run: &Run<u32>) -> BTreeMap<u32, usize> {
    run.found.iter().map(|found| (found.bit, found.trace.len())).collect()
}

fn compare(label: &str, world: &World<Symbolic>, canonical: bool) -> Compared {
    let plain = explore(world, &Options { max_states: Some(BUDGET), ..Options::default() });
    let reduced = explore(world, &Options { saturate: true, canonical, ..Options::default() });
    assert_eq!(reduced.ended, Ended::Exhausted, "{label}");
    let lost = plain.seen & !reduced.seen;
    assert_eq!(lost, 0, "{label}: the reductions lose {}", words(lost));
    let (shortest, minimal) = (lengths(&plain), lengths(&reduced));
    // A finding of the last move of a trace that was covered was seen.
    let covered = match &plain.ended {
        Ended::Exhausted => usize::MAX,
        Ended::Limit(limit) => limit.covered as usize,
        other => panic!("{label}: {other:?}"),
    };
    let mut compared =
        Compared { exhausted: u32::from(covered == usize::MAX), ..Compared::default() };
    for found in &reduced.found {
        let (bit, len) = (found.bit, found.trace.len());
        let (_, shown) = replay(world, &found.trace).unwrap();
        assert_eq!(shown >> bit & 1, 1, "{label}: {}", words(1 << bit));
        match shortest.get(&bit) {
            Some(least) => assert!(*least <= len, "{label}: {} in {len}", words(1 << bit)),
            None => assert!(len > covered, "{label}: {} in {len} was invented", words(1 << bit)),
        }
    }
    for (bit, least) in shortest.iter().filter(|(bit, _)| violated(1 << **bit) != 0) {
        compared.attacks += 1;
        compared.shortest += u32::from(minimal[bit] == *least);
    }
    compared
}

/// A world without what it tells the engine about its moves: states on the heap, each move judged in each state, each
/// successor made and looked up.
struct Untold<'w>(&'w World<Symbolic>);

impl System for Untold<'_> {
    type State = <World<Symbolic> as System>::State;
    type Move = u32;

    fn initial(&self) -> Self::State {
        self.0.initial()
    }
    fn moves(&self, state: &Self::State, out: &mut Vec<u32>) {
        self.0.moves(state, out);
    }
    fn next(&self, state: &Self::State, mv: u32) -> Self::State {
        self.0.next(state, mv)
    }
    fn findings(&self, state: &Self::State, mv: u32) -> u64 {
        self.0.findings(state, mv)
    }
}

/// What plain search spares itself changes nothing that it says: not a state, not a step, not a trace, and not which
/// guards alone denied something.
#[test]
fn what_is_spared_is_not_missed() {
    let cases = library();
    let jobs =
        pairs(&cases, &labelled(&["bearer", "dpop/strong", "continuity/K2", "continuity/K4"]));
    let sizes = spread(&jobs, |(case, form)| {
        let stage = Stage::oracle(case, form);
        let plainly = Options { max_states: Some(6_000), ..Options::default() };
        let world = stage.world::<Symbolic>(case);
        let untold = Run { collision_bound: None, ..explore(&Untold(&world), &plainly) };
        let denials = |world: &World<Symbolic>| {
            let denials = Guard::ALL.iter().map(|guard| world.denials(*guard));
            denials.collect::<Vec<_>>()
        };
        let asked =
            [plainly, Options { threads: 3, ..plainly }, Options { exact: true, ..plainly }];
        let mut exhausted = false;
        for opts in asked {
            let told = stage.world::<Symbolic>(case);
            let run = Run { collision_bound: None, ..explore(&told, &opts) };
            assert_eq!(run, untold, "{}", label(case, form));
            // At a limit there are states that were found and whose turn did not come: their moves are known here.
            if run.ended == Ended::Exhausted {
                assert_eq!(denials(&told), denials(&world), "{}", label(case, form));
                exhausted = true;
            }
        }
        (world.moves.len(), exhausted)
    });
    assert!(sizes.iter().filter(|(_, exhausted)| *exhausted).count() > 10);
    // Worlds of every size of state that is built in.
    for size in [64, 128, 256] {
        assert!(sizes.iter().any(|(moves, _)| (size / 2..=size).contains(moves)), "{size}");
    }
}

#[test]
fn reductions_change_no_verdict() {
    let cases = library();
    let jobs =
        pairs(&cases, &labelled(&["bearer", "dpop/strong", "continuity/K2", "continuity/K4"]));
    let compared = spread(&jobs, |(case, form)| {
        let world = Stage::oracle(case, form).world::<Symbolic>(case);
        let name = label(case, form);
        [false, true].map(|canonical| compare(&name, &world, canonical))
    });
    let sum = |of: fn(&Compared) -> u32| compared.iter().flatten().map(of).sum::<u32>();
    let (attacks, shortest, exhausted) =
        (sum(|one| one.attacks), sum(|one| one.shortest), sum(|one| one.exhausted));
    assert!(attacks > 100 && exhausted >= 2, "{attacks} attacks, {exhausted} spaces to the end");
    // An irreducible attack is not always a shortest one; it nearly always is.
    assert!(shortest * 10 >= attacks * 8, "{shortest} of {attacks} are shortest");
}
