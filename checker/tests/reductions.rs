//! The reductions against plain search, on the whole library at the bounds of the oracle.
//!
//! Whatever plain search finds the reduced one finds as well, and the other way round as deep as plain search came; no
//! attack that was made irreducible is shorter than a shortest one; and every trace replays.

#![allow(clippy::unwrap_used, clippy::panic)]

mod worlds;

use std::collections::BTreeMap;
use whoacts_checker::explore::{Ended, Options, Run, explore, replay};
use whoacts_checker::world::World;
use whoacts_model::crypto::Symbolic;
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
