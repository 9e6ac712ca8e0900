//! What the library is there to show: executions outlive the instances that carry them, work of one's own stays allowed,
//! what the strongest profile costs, and that neither the scheme of a name nor the kind of an executor decides anything.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod worlds;

use std::sync::atomic::AtomicBool;
use whoacts_checker::explore::{Run, System};
use whoacts_checker::outcome::Check;
use whoacts_checker::suite::{self, Options};
use whoacts_checker::world::World;
use whoacts_checker::world::moves::Move;
use whoacts_model::crypto::Symbolic;
use whoacts_model::mechanism::Form;
use whoacts_scenarios::Case;
use worlds::{Stage, label, labelled, library, pairs, reduced, spread, words};

const PROFILES: [&str; 7] = [
    "continuity/K0",
    "continuity/K1",
    "continuity/K2",
    "continuity/K3",
    "continuity/K4",
    "continuity/K5",
    "continuity/K6",
];
const SOME: [&str; 3] = ["dpop/strong", "continuity/K0", "continuity/K6"];

fn story(id: &str) -> Case {
    library().into_iter().find(|case| case.scenario.id == id).unwrap()
}

fn explored(case: &Case, form: &'static Form) -> (World<Symbolic>, Run<u32>) {
    let world = Stage::of(case, form).world(case);
    let run = reduced(&world, 200_000);
    (world, run)
}

fn served(world: &World<Symbolic>, run: &Run<u32>) -> bool {
    world.good_ends.iter().all(|end| run.seen >> end.bit & 1 == 1)
}

#[test]
fn executions_outlive_crashes_new_keys_and_replicas() {
    for (id, after) in [
        ("lifecycle/replica-replaced", "Crash"),
        ("lifecycle/rekey-mid-flight", "Rekey"),
        ("article/replicated-short-lived-rekeyed", "Crash"),
        ("article/replicated-short-lived-rekeyed", "Rekey"),
        ("lifecycle/identifier-reuse", "Crash"),
    ] {
        let case = story(id);
        for form in labelled(&PROFILES) {
            let (world, run) = explored(&case, form);
            let mut ends = world.good_ends.iter();
            let asked =
                ends.any(|end| end.after.is_some_and(|f| format!("{f:?}").starts_with(after)));
            assert!(asked, "{id} does not ask for service after a {after}");
            assert!(served(&world, &run), "{}", label(&case, form));
        }
    }
}

/// Whoever starts an execution does so in one move, and is never asked again.
#[test]
fn the_origin_may_be_offline() {
    let case = story("article/asynchronous");
    for form in labelled(&PROFILES) {
        let (world, run) = explored(&case, form);
        assert!(served(&world, &run), "{}", label(&case, form));
        for end in &world.good_ends {
            let found = run.found.iter().find(|found| found.bit == end.bit).unwrap();
            let moves = found.trace.iter().map(|index| world.moves[*index as usize].what);
            let places: Vec<usize> = moves
                .enumerate()
                .filter(|(_, what)| matches!(what, Move::Start(_) | Move::StartAsk(_)))
                .map(|(place, _)| place)
                .collect();
            assert_eq!(places, [0], "{}", label(&case, form));
            assert!(found.trace.len() > 3 && !world.enabled(&world.initial(), found.trace[1]));
        }
    }
}

#[test]
fn work_of_ones_own_stays_allowed() {
    for id in ["deputy/housekeeping", "origination/legitimate-alert"] {
        let case = story(id);
        for form in labelled(&PROFILES) {
            let (world, run) = explored(&case, form);
            assert!(served(&world, &run), "{}", label(&case, form));
        }
    }
}

/// Naming the requests beforehand is what the strongest profile asks, and an agent that chooses them later cannot.
#[test]
fn what_intents_cost_is_visible() {
    let case = story("deputy/injected-agent");
    assert!(case.scenario.flows.iter().any(|flow| flow.dynamic));
    for (label, expected) in [("continuity/K5", true), ("continuity/K6", false)] {
        let (world, run) = explored(&case, labelled(&[label])[0]);
        assert_eq!(served(&world, &run), expected, "{label}");
    }
}

/// Every pool of a case changed alike changes nothing that is found.
fn nothing_changes(words_of: &[&str], change: impl Fn(&mut Case, &str) + Sync) {
    let cases = library();
    let jobs = pairs(&cases, &labelled(&SOME));
    let complaints = spread(&jobs, |(case, form)| {
        let seen = |word: &str| {
            let mut case = (*case).clone();
            change(&mut case, word);
            explored(&case, form).1.seen
        };
        let found: Vec<u64> = words_of.iter().map(|word| seen(word)).collect();
        let different = found.iter().find(|seen| **seen != found[0]);
        different.map(|seen| format!("{}: {}", label(case, form), words(seen ^ found[0])))
    });
    let complaints: Vec<String> = complaints.into_iter().flatten().collect();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn four_schemes_of_names_give_equal_verdicts() {
    nothing_changes(&["spiffe", "did", "iam", "x509"], |case, scheme| {
        for pool in &mut case.scenario.pools {
            pool.scheme.value = scheme.to_owned();
        }
    });
}

#[test]
fn four_kinds_of_executors_give_equal_verdicts() {
    nothing_changes(&["agent", "microservice", "function", "daemon"], |case, kind| {
        for pool in &mut case.scenario.pools {
            pool.kind.value = kind.to_owned();
        }
    });
}

fn checks(id: &str, forms: &[&str], adversary: &[&str]) -> Vec<Check> {
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let options =
        Options { forms: Some(owned(forms)), adversary: owned(adversary), ..Options::default() };
    suite::run(&[story(id)], &options, &|_| {}, &AtomicBool::new(false)).unwrap().checks
}

/// What an eligible executor does within its authority is bounded, not prevented: it is listed.
#[test]
fn influenced_effects_are_listed_and_stay_within_what_was_handed_over() {
    for check in checks("deputy/injected-agent", &["continuity/K4", "continuity/K5"], &[]) {
        assert_eq!(check.influenced, ["assistant_01 may answer mail"], "{}", check.property);
    }
    let honest = checks("deputy/injected-agent", &["continuity/K5"], &["-hijack-executor"]);
    assert!(honest.iter().all(|check| check.influenced.is_empty()));
}

/// More effects than were meant are a violation whoever causes them; nothing here is excused as the design's own.
#[test]
fn exceeding_what_was_meant_is_never_by_design() {
    let inside = checks("article/perimeter", &["bearer"], &[]);
    let found = inside.iter().find(|check| check.property == "multiplicity").unwrap();
    assert!(found.trace.is_some() && !found.by_design);
    assert_eq!(found.needs, [Vec::<String>::new()]);
}

/// A hand-off is sent on to whomever its contract admits. What the strongest profile shows is that nobody else can take it: a
/// contract that admits more than was meant is used.
#[test]
fn a_contract_that_admits_more_than_was_meant_is_used() {
    let broken = |case: Case| {
        let own: Vec<String> =
            case.scenario.adversary.capabilities.iter().map(|c| c.value.clone()).collect();
        let options =
            Options { forms: Some(vec!["continuity/K6".to_owned()]), ..Options::default() };
        let found = suite::run(&[case], &options, &|_| {}, &AtomicBool::new(false)).unwrap().checks;
        let broken =
            found.into_iter().filter(|check| check.trace.is_some() && check.adversary == own);
        broken.map(|check| check.property).collect::<Vec<_>>()
    };
    let careful = story("article/required-role");
    assert_eq!(broken(careful.clone()), [""; 0]);
    let mut wide = careful;
    wide.scenario.flows[0].hops[0].class.environment = None;
    assert_eq!(broken(wide), ["origin-bounded", "no-mixing", "custody"]);
}
