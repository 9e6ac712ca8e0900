//! What runs in a process of its own: one search, whose counts are printed.

use crate::{rival, trust, two_phase};
use std::sync::Arc;
use whoacts_checker::explore::{Ended, LimitKind, Options, Run, explore};
use whoacts_checker::outcome::Bounds;

/// Unique states, and steps with the initial state.
pub(crate) fn run(args: &[String]) {
    let [name, size, threads] = args else { panic!("a job, its size, its threads") };
    let threads: usize = threads.parse().expect("a number of threads");
    let opts = Options { threads, ..Options::default() };
    let managers = || size.parse::<u8>().expect("a number of resource managers");
    let (states, steps) = match name.as_str() {
        "wide" => ours(&explore(&two_phase::Wide::new(managers(), true), &opts)),
        "undeclared" => ours(&explore(&two_phase::Wide::new(managers(), false), &opts)),
        "packed" => ours(&explore(&two_phase::Packed { managers: managers() }, &opts)),
        "examples-dfs" => rival::count(examples(managers()), threads, true),
        "examples-bfs" => rival::count(examples(managers()), threads, false),
        "packed-dfs" => rival::count(two_phase::Packed { managers: managers() }, threads, true),
        "packed-bfs" => rival::count(two_phase::Packed { managers: managers() }, threads, false),
        "world" => ours(&explore(&small_or_large(size), &opts)),
        "world-dfs" => rival::count(trust::Bare(Arc::new(small_or_large(size))), threads, true),
        "far" => far(size.parse().expect("a number of states"), opts),
        other => panic!("no job is called {other}"),
    };
    println!("{states} {steps}");
}

fn examples(managers: u8) -> rival::Examples {
    rival::Examples { managers: usize::from(managers) }
}

fn ours<M: std::fmt::Debug>(run: &Run<M>) -> (u64, u64) {
    assert_eq!(run.ended, Ended::Exhausted);
    (run.states, run.steps + 1)
}

/// The plain space of the large story has eight million states; with one replica it has fifty thousand.
fn small_or_large(size: &str) -> trust::TrustWorld {
    let replicas = |b: Bounds| if size == "large" { b } else { Bounds { replicas: 1, ..b } };
    trust::world("reach/shared-pool", "continuity/K4", replicas)
}

fn far(states: u64, opts: Options<'_>) -> (u64, u64) {
    let world = trust::world("lifecycle/replica-replaced", "bearer", |bounds| bounds);
    let run = explore(&world, &Options { max_states: Some(states), ..opts });
    assert!(matches!(run.ended, Ended::Limit(limit) if limit.kind == LimitKind::States));
    (run.states, run.steps + 1)
}

/// Reads what [`run`] printed.
pub(crate) fn counts(said: &str) -> Option<(u64, u64)> {
    let mut numbers = said.split_whitespace().map_while(|word| word.parse().ok());
    Some((numbers.next()?, numbers.next()?))
}
