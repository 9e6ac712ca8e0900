//! A whole exploration of a world is the same at any number of threads.

#![allow(clippy::unwrap_used, clippy::panic)]

mod worlds;

use whoacts_checker::explore::{Options, explore};
use whoacts_model::crypto::Symbolic;
use worlds::{Stage, label, labelled, library, pairs};

#[test]
fn threads_change_nothing() {
    let cases = library();
    let mut several = 0;
    for (case, form) in pairs(&cases, &labelled(&["bearer", "dpop/strong", "continuity/K4"])) {
        let label = label(case, form);
        let oracle = Stage::oracle(case, form).world::<Symbolic>(case);
        let story = Stage::of(case, form).world::<Symbolic>(case);
        if oracle.universe.truncated || story.universe.truncated {
            continue; // `oracle.rs` complains
        }
        let plain = Options { max_states: Some(8_000), ..Options::default() };
        let reduced = Options { saturate: true, canonical: true, ..plain };
        for (world, opts) in [
            (&oracle, plain),
            (&oracle, Options { max_states: None, max_depth: Some(3), exact: true, ..plain }),
            (&oracle, Options { saturate: true, ..plain }),
            (&story, reduced),
        ] {
            let one = explore(world, &Options { threads: 1, ..opts });
            several += u32::from(one.states > 5_000);
            for threads in [2, 8] {
                let other = explore(world, &Options { threads, ..opts });
                assert!(
                    one == other,
                    "{label}: {threads} threads, {opts:?}",
                    opts = opts.max_depth
                );
            }
        }
    }
    assert!(several >= 10, "worlds that are large enough for several threads: {several}");
}

/// Grounding is the same every time: the same moves, in the same order, under the same numbers.
#[test]
fn grounding_is_the_same_every_time() {
    for (case, form) in pairs(&library(), &labelled(&["dpop/strong", "continuity/K2"])) {
        let one = Stage::oracle(case, form).world::<Symbolic>(case);
        let other = Stage::oracle(case, form).world::<Symbolic>(case);
        assert_eq!(one.facts, other.facts);
        let moves = |world: &whoacts_checker::world::World<Symbolic>| -> Vec<String> {
            world.moves.iter().map(|ground| format!("{ground:?}")).collect()
        };
        assert!(moves(&one) == moves(&other), "{}", label(case, form));
    }
}
