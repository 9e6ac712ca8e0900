//! Few replicas stand for many: the verdict with a thousand is that of worlds in which each one is played.

#![allow(clippy::unwrap_used, clippy::panic)]

mod worlds;

use whoacts_checker::explore::Ended;
use whoacts_checker::lower::{ONE_BY_ONE, bounds, enough_replicas};
use whoacts_checker::outcome::Bounds;
use whoacts_checker::property;
use whoacts_checker::world::capability::{Capabilities, Capability};
use whoacts_model::crypto::Symbolic;
use whoacts_model::guard::{Guard, GuardSet};
use whoacts_model::mechanism::Form;
use whoacts_scenarios::Case;
use worlds::{Stage, all_forms, label, labelled, library, reduced, words};

const MANY: u32 = 1_000;

/// All that was found with so many replicas: what is broken, what was asked, what was served.
fn found(case: &Case, form: &'static Form, change: impl Fn(Bounds) -> Bounds) -> u64 {
    let stage = Stage::of(case, form);
    let world = Stage { bounds: change(stage.bounds), ..stage }.world::<Symbolic>(case);
    let label = label(case, form);
    assert!(!world.universe.truncated, "{label}: the universe is cut off");
    let run = reduced(&world, 2_000_000);
    assert_eq!(run.ended, Ended::Exhausted, "{label}");
    run.seen
}

fn with(case: &Case, form: &'static Form, replicas: u32) -> u64 {
    found(case, form, |bounds| Bounds { replicas, ..bounds })
}

fn scaling() -> Case {
    library().into_iter().find(|case| case.scenario.id == "article/scaling").unwrap()
}

#[test]
fn a_thousand_replicas_are_decided_like_each_of_two_to_five() {
    let case = scaling();
    for form in all_forms() {
        let many = with(&case, form, MANY);
        for replicas in 2..=5 {
            let few = with(&case, form, replicas);
            assert_eq!(words(few), words(many), "{}: {replicas}", label(&case, form));
        }
    }
}

/// What is played for a thousand is no more than what is played one by one, so the two meet.
#[test]
fn the_thousand_are_played_by_as_many_as_a_finding_can_need() {
    let case = scaling();
    let bounds = Bounds { replicas: MANY, ..bounds(&case.scenario.bounds) };
    assert_eq!(enough_replicas(&case.scenario, bounds, "unknown"), (5, 0));
    let form = labelled(&["continuity/K4"])[0];
    for (replicas, played) in [(3, 3), (ONE_BY_ONE, ONE_BY_ONE), (ONE_BY_ONE + 1, 5), (MANY, 5)] {
        let stage = Stage { bounds: Bounds { replicas, ..bounds }, ..Stage::of(&case, form) };
        let setting = stage.setting::<Symbolic>(&case);
        let names = setting.instances.iter().filter(|i| i.name.starts_with("unknown_"));
        assert_eq!(names.count() as u32, played);
        let orbits = setting.orbits.iter().map(|orbit| (orbit.replicas, orbit.played));
        let expected = if played < replicas { vec![(replicas, played)] } else { Vec::new() };
        assert_eq!(orbits.collect::<Vec<_>>(), expected);
    }
}

/// A thousand replicas are cut to a few, and whoever a story singles out is among them.
#[test]
fn whoever_a_story_names_is_played() {
    let form = labelled(&["continuity/K4"])[0];
    let all: Capabilities = Capability::ALL.iter().copied().collect();
    for case in library() {
        let stage = Stage { capabilities: all, ..Stage::of(&case, form) };
        let singled_out = |replicas: u32| {
            let bounds = Bounds { replicas, ..stage.bounds };
            let setting = Stage { bounds, ..stage }.setting::<Symbolic>(&case);
            let names = |at: usize| setting.instances[at].name.clone();
            let taps: Vec<String> =
                setting.taps.taken_over().chain(setting.taps.stolen()).map(names).collect();
            let relayed: Vec<String> =
                setting.instances.iter().filter(|i| i.relayed).map(|i| i.name.clone()).collect();
            let later = setting.instances.iter();
            let later = later.filter_map(|i| i.after_crash_of.or(i.after_rekey_of)).map(names);
            let later: Vec<String> = later.collect();
            (taps, relayed, later, setting.faults.len())
        };
        let few = ONE_BY_ONE.max(stage.bounds.replicas);
        assert_eq!(singled_out(few), singled_out(MANY), "{}", case.scenario.id);
    }
}

/// One replica would not do: where nothing but the request is remembered, two that take one hand-off have two effects.
#[test]
fn one_replica_does_not_stand_for_two() {
    let case = scaling();
    let form = labelled(&["continuity/K4"])[0];
    let number = property::ALL.iter().position(|p| p.id == "multiplicity").unwrap();
    let broken = |replicas| {
        let stage = Stage::of(&case, form);
        let bounds = Bounds { replicas, deliveries: 1, ..stage.bounds };
        let dropped = GuardSet::of(&[Guard::WithinEffects]);
        let world = Stage { bounds, dropped, ..stage }.world::<Symbolic>(&case);
        reduced(&world, 2_000_000).seen >> number & 1 == 1
    };
    assert_eq!([broken(1), broken(2), broken(MANY)], [false, true, true]);
}

/// From n to n + 1, where the world can still be played with both: in every story with a pool that scales.
#[test]
fn one_more_replica_changes_no_verdict() {
    for case in library() {
        let named = |pool: &whoacts_scenarios::scenario::Pool| {
            enough_replicas(&case.scenario, bounds(&case.scenario.bounds), &pool.id).1
        };
        let from = case.scenario.pools.iter().map(named).max().unwrap_or(0).max(2);
        for form in labelled(&["bearer", "continuity/K2", "continuity/K4"]) {
            let at = |replicas| {
                let few = |b: Bounds| Bounds { replicas, hops: b.hops.min(2), executions: 1, ..b };
                found(&case, form, few)
            };
            let (few, more) = (at(from), at(from + 1));
            assert_eq!(words(few), words(more), "{}: {from} and one more", label(&case, form));
        }
    }
}
