//! A second opinion on the search: Stateright explores the same worlds, reductions off, and counts the same.
//!
//! Every case of the library × every form, at the case's `[oracle]` bounds and capabilities, down to its `[oracle]`
//! depth or to the deepest level that fits the budget below. It checks the search, not the semantics (`naive.rs` does).

#![allow(clippy::unwrap_used, clippy::panic)]

mod worlds;

use expect_test::expect_file;
use std::fmt::Write;
use std::sync::Arc;
use whoacts_checker::explore::{Ended, LimitKind, Options, Run, explore, oracle};
use whoacts_checker::world::World;
use whoacts_model::crypto::Symbolic;
use whoacts_model::mechanism::Form;
use whoacts_scenarios::Case;
use worlds::{Stage, all_forms, label, library, pairs, spread, violated, words};

/// One form of each family is searched further than the others.
const THOROUGH: [&str; 3] = ["bearer", "dpop/strong", "continuity/K4"];
/// The forms whose counts are pinned.
const PINNED: [&str; 3] = ["bearer", "dpop", "continuity/K4"];
/// A level is searched if that takes no more states than this, for the thorough forms and for the others.
const BUDGET: [u64; 2] = [40_000, 5_000];
/// `continuity/K4` visits as many states or its full space.
const ENOUGH: u64 = 6_000;

/// What one comparison came to.
struct Compared {
    pinned: Option<String>,
    complaint: Option<String>,
    states: u64,
}

/// Searches plainly, to the deepest level within the declared depth and the budget.
fn search(world: &World<Symbolic>, declared: Option<u32>, budget: u64, least: u64) -> Run<u32> {
    let to = |max_depth| Options { max_depth, ..Options::default() };
    let run = explore(world, &Options { max_states: Some(budget), ..to(declared) });
    let Ended::Limit(limit) = run.ended else { return run };
    if limit.kind != LimitKind::States {
        return run;
    }
    let mut depth = limit.covered;
    loop {
        let run = explore(world, &to(Some(depth)));
        if run.states >= least || declared == Some(depth) || run.ended == Ended::Exhausted {
            return run;
        }
        depth += 1;
    }
}

fn compare(case: &Case, form: &'static Form) -> Compared {
    let stage = Stage::oracle(case, form);
    let world = Arc::new(stage.world::<Symbolic>(case));
    if world.universe.truncated {
        let complaint = format!("{}: the universe is cut off", label(case, form));
        return Compared { pinned: None, complaint: Some(complaint), states: 0 };
    }
    let name = form.label();
    let thorough = THOROUGH.contains(&name.as_str());
    let least = if name == "continuity/K4" { ENOUGH } else { 0 };
    let declared = case.scenario.oracle.depth.as_ref().map(|depth| depth.value);
    let ours = search(&world, declared, BUDGET[usize::from(!thorough)], least);
    let max_depth = match ours.ended {
        Ended::Limit(limit) => Some(limit.covered),
        _ => None,
    };
    let theirs = oracle(&world, &Options { max_depth, ..Options::default() });

    let label = label(case, form);
    assert_eq!(ours.states, theirs.unique_states, "{label}: unique states");
    assert_eq!(ours.steps, theirs.steps, "{label}: moves judged");
    assert_eq!(ours.depth, theirs.max_depth, "{label}: depth");
    assert_eq!(words(ours.seen), words(theirs.seen), "{label}: findings");
    assert_eq!(ours.ended, theirs.ended, "{label}: how it ended");
    let ours_found: Vec<_> = ours.found.iter().map(|f| (f.bit, f.trace.len())).collect();
    let theirs_found: Vec<_> = theirs.found.iter().map(|f| (f.bit, f.trace.len())).collect();
    assert_eq!(ours_found, theirs_found, "{label}: lengths of shortest traces");

    let full = ours.ended == Ended::Exhausted;
    let pinned = PINNED.contains(&name.as_str()).then(|| {
        let depth = if full { "all".to_owned() } else { format!("{:3}", ours.depth) };
        let broken = words(violated(ours.seen));
        let broken = if broken.is_empty() { "-" } else { broken.as_str() };
        format!(
            "{label:52} depth {depth} {:8} states {:9} moves  {broken}",
            ours.states, ours.steps
        )
    });
    let complaint = (least > ours.states && !full)
        .then(|| format!("{label}: only {} states within depth {declared:?}", ours.states));
    Compared { pinned, complaint, states: ours.states }
}

#[test]
fn stateright_counts_the_same() {
    let cases = library();
    let jobs = pairs(&cases, &all_forms());
    let compared = spread(&jobs, |(case, form)| compare(case, form));
    let mut pinned = String::new();
    for line in compared.iter().filter_map(|one| one.pinned.as_ref()) {
        writeln!(pinned, "{line}").unwrap();
    }
    let complaints: Vec<&str> =
        compared.iter().filter_map(|one| one.complaint.as_deref()).collect();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    assert!(compared.iter().all(|one| one.states > 1), "a world in which nothing can happen");
    expect_file!["goldens/oracle-counts.txt"].assert_eq(&pinned);
}
