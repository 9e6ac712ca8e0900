//! The reductions change what a search costs, never what it finds.
//!
//! Wherever plain search finishes, saturating and canonical search must find the same; their traces replay, are
//! irreducible, and are no shorter than the shortest. The same for a universe of representatives against the whole one.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

mod worlds;

use whoacts_checker::explore::{Ended, Found, Options, Run, System, explore, replay};
use whoacts_checker::outcome::Bounds;
use whoacts_checker::world::World;
use whoacts_checker::world::capability::Capability;
use whoacts_model::crypto::Symbolic;
use whoacts_model::mechanism::Form;
use whoacts_scenarios::Case;
use worlds::{Stage, all_forms, label, library, named, pairs, reduced, spread, words};

/// A plain search that needs more states than this is given up.
const MAX_STATES: u64 = 40_000;

/// A world with more moves than this is larger than that.
const HOPELESS: usize = 60;

/// How often the traces of one world were as short as can be.
#[derive(Default)]
struct Tally {
    worlds: u32,
    traces: u32,
    shortest: u32,
    longest_excess: usize,
}

/// Fails unless the trace shows its finding and no single move can be left out.
fn check_irreducible(world: &World<Symbolic>, found: &Found<u32>, label: &str) {
    let shows = |trace: &[u32]| {
        let (before, last) = trace.split_at(trace.len() - 1);
        let (state, _) = replay(world, before)?;
        (world.enabled(&state, last[0]) && world.findings(&state, last[0]) >> found.bit & 1 == 1)
            .then_some(())
    };
    let name = words(1 << found.bit);
    assert!(found.minimal, "{label}: {name}: the trace is not said to be minimal");
    assert!(shows(&found.trace).is_some(), "{label}: {name}: the trace does not show it");
    for at in 0..found.trace.len() - 1 {
        let mut shorter = found.trace.clone();
        let left_out = shorter.remove(at);
        let what = world.moves[left_out as usize].what;
        assert!(shows(&shorter).is_none(), "{label}: {name}: {what:?} can be left out");
    }
}

/// Small worlds of a case, largest first; plain search may finish the last ones.
fn small(case: &Case, form: &'static Form) -> Vec<Stage> {
    let stage = Stage::oracle(case, form);
    let told = named(&case.scenario.adversary.capabilities);
    let one = Bounds { replicas: 1, executions: 1, deliveries: 1, ..stage.bounds };
    let two = Bounds { replicas: 2, ..one };
    let near = Bounds { hops: 1, ..one };
    let deaf = told.without(Capability::Observe);
    let blind = deaf.without(Capability::LogLeak);
    [(two, told), (one, told), (near, told), (one, deaf), (one, blind), (near, blind)]
        .map(|(bounds, capabilities)| Stage { bounds, capabilities, ..stage })
        .to_vec()
}

/// Whether so many things may happen independently that plain search need not begin.
fn hopeless(world: &World<Symbolic>) -> bool {
    let free = world.moves.iter().filter(|ground| ground.adds.facts().next().is_some());
    free.count() > HOPELESS
}

fn compare(case: &Case, form: &'static Form) -> Option<Tally> {
    let (world, plain) = small(case, form).into_iter().find_map(|stage| {
        let world = stage.world::<Symbolic>(case);
        if world.universe.truncated || hopeless(&world) {
            return None;
        }
        let opts = Options { max_states: Some(MAX_STATES), ..Options::default() };
        let run = explore(&world, &opts);
        (run.ended == Ended::Exhausted).then_some((world, run))
    })?;
    let label = label(case, form);
    let mut tally = Tally { worlds: 1, ..Tally::default() };
    for (saturate, canonical) in [(true, true), (true, false), (false, true)] {
        let run = explore(&world, &Options { saturate, canonical, ..Options::default() });
        let how = format!("{label}: saturate {saturate} canonical {canonical}");
        assert_eq!(run.ended, Ended::Exhausted, "{how}");
        assert_eq!(words(run.seen), words(plain.seen), "{how}");
        check_traces(&world, &plain, &run, &how, saturate, &mut tally);
    }
    Some(tally)
}

fn check_traces(
    world: &World<Symbolic>,
    plain: &Run<u32>,
    run: &Run<u32>,
    how: &str,
    saturate: bool,
    tally: &mut Tally,
) {
    for (short, found) in plain.found.iter().zip(&run.found) {
        assert_eq!(short.bit, found.bit, "{how}");
        assert!(found.trace.len() >= short.trace.len(), "{how}: shorter than the shortest");
        if saturate {
            check_irreducible(world, found, how);
            let excess = found.trace.len() - short.trace.len();
            tally.traces += 1;
            tally.shortest += u32::from(excess == 0);
            tally.longest_excess = tally.longest_excess.max(excess);
        }
    }
}

#[test]
fn saturating_finds_what_plain_search_finds() {
    let cases = library();
    let jobs = pairs(&cases, &all_forms());
    let tallies = spread(&jobs, |(case, form)| compare(case, form));
    let finished: Vec<Tally> = tallies.into_iter().flatten().collect();
    let sum = |field: fn(&Tally) -> u32| finished.iter().map(field).sum::<u32>();
    let (worlds, traces, shortest) =
        (sum(|t| t.worlds), sum(|t| t.traces), sum(|t| t.shortest));
    let excess = finished.iter().map(|tally| tally.longest_excess).max();
    println!(
        "{worlds} of {} worlds, {shortest} of {traces} traces shortest, at most {} moves more",
        jobs.len(),
        excess.unwrap_or(0),
    );
    assert!(worlds as usize * 2 >= jobs.len(), "plain search finishes too seldom: {worlds}");
    assert!(traces > 500, "too few traces: {traces}");
}

/// Larger worlds, down to a depth: what plain search finds there, the reduced search finds as well.
#[test]
fn saturating_misses_nothing_that_a_bounded_search_finds() {
    let cases = library();
    let jobs = pairs(&cases, &all_forms());
    let compared = spread(&jobs, |(case, form)| {
        let world = Stage::oracle(case, form).world::<Symbolic>(case);
        if world.universe.truncated {
            return 0;
        }
        let plain = worlds::plain(&world, 8_000);
        let run = reduced(&world, 8_000);
        if run.ended != Ended::Exhausted {
            return 0;
        }
        let label = label(case, form);
        assert_eq!(words(plain.seen & !run.seen), "", "{label}: missed");
        for short in &plain.found {
            let found = run.found.iter().find(|found| found.bit == short.bit).unwrap();
            assert!(found.trace.len() >= short.trace.len(), "{label}: shorter than the shortest");
        }
        1_u32
    });
    assert!(compared.iter().sum::<u32>() as usize * 4 >= jobs.len() * 3, "the reduced search ends");
}

/// One composition of each shape finds what all compositions find.
#[test]
fn representatives_find_what_everything_finds() {
    let cases = library();
    let jobs = pairs(&cases, &all_forms());
    let compared = spread(&jobs, |(case, form)| {
        let stage = Stage::oracle(case, form);
        let bounds = Bounds { replicas: 2, executions: 1, deliveries: 1, ..stage.bounds };
        let capabilities = named(&case.scenario.adversary.capabilities);
        let few = Stage { bounds, capabilities, ..stage };
        let all = Stage { representatives: false, ..few };
        let world = all.world::<Symbolic>(case);
        if world.universe.truncated || world.moves.len() > 2_500 {
            return 0;
        }
        let all = reduced(&world, 3_000);
        let few = reduced(&few.world::<Symbolic>(case), 3_000);
        if all.ended != Ended::Exhausted || few.ended != Ended::Exhausted {
            return 0;
        }
        assert_eq!(words(few.seen), words(all.seen), "{}", label(case, form));
        1_u32
    });
    let compared = compared.iter().sum::<u32>() as usize;
    println!("{compared} of {} worlds", jobs.len());
    assert!(compared * 4 >= jobs.len() * 3, "too few worlds of everything: {compared}");
}
