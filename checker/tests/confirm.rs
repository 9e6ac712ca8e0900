//! The confirmer is the last judge: a right candidate is confirmed, every wrong one is refused.
#![allow(clippy::unwrap_used, missing_docs)]

use whoacts_checker::confirm::confirm;
use whoacts_checker::explore::{Options, explore};
use whoacts_checker::lower::{Plan, capabilities, lower};
use whoacts_checker::property;
use whoacts_checker::suite::vocabulary;
use whoacts_checker::world::World;
use whoacts_checker::world::capability::Capability;
use whoacts_checker::world::moves::Move;
use whoacts_model::crypto::Symbolic;
use whoacts_model::mechanism::Form;
use whoacts_scenarios::{Case, Library};

fn plan<'a>(case: &'a Case, label: &str) -> Plan<'a> {
    let names = case.scenario.adversary.capabilities.iter().map(|c| c.value.as_str());
    let form = Form::labelled(label).unwrap();
    Plan::of(&case.scenario, &case.policy, form, capabilities(names))
}

fn with_attacks(label: &str, check: impl Fn(&Plan<'_>, &World<Symbolic>, &[Move], usize)) {
    let library = Library::builtin(&vocabulary()).unwrap();
    let case = library.get("article/shared-pool").unwrap();
    let plan = plan(case, label);
    let world = World::new(lower::<Symbolic>(&plan));
    let options = Options { saturate: true, canonical: true, ..Options::default() };
    let run = explore(&world, &options);
    let mut attacks = 0;
    for found in run.found.iter().filter(|found| (found.bit as usize) < property::ALL.len()) {
        let moves: Vec<Move> =
            found.trace.iter().map(|index| world.moves[*index as usize].what).collect();
        check(&plan, &world, &moves, found.bit as usize);
        attacks += 1;
    }
    assert!(attacks >= 2, "{label}: nothing to confirm");
}

#[test]
fn every_attack_that_the_search_finds_replays() {
    for label in ["bearer", "dpop", "continuity/K0", "continuity/K2", "continuity/K3"] {
        with_attacks_any(label);
    }
}

fn with_attacks_any(label: &str) {
    let library = Library::builtin(&vocabulary()).unwrap();
    let case = library.get("article/shared-pool").unwrap();
    let plan = plan(case, label);
    let world = World::new(lower::<Symbolic>(&plan));
    let options = Options { saturate: true, canonical: true, ..Options::default() };
    for found in explore(&world, &options).found {
        if (found.bit as usize) < property::ALL.len() {
            let moves: Vec<Move> =
                found.trace.iter().map(|index| world.moves[*index as usize].what).collect();
            assert_eq!(confirm(&plan, &world, &moves, found.bit as usize), Ok(()), "{label}");
        }
    }
}

#[test]
fn a_trace_with_a_step_left_out_is_refused() {
    for label in ["bearer", "dpop", "continuity/K0"] {
        with_attacks(label, |plan, world, moves, property| {
            for left_out in 0..moves.len() {
                let mut fewer = moves.to_vec();
                fewer.remove(left_out);
                assert!(confirm(plan, world, &fewer, property).is_err(), "{label} {left_out}");
            }
        });
    }
}

#[test]
fn a_trace_out_of_order_is_refused() {
    with_attacks("bearer", |plan, world, moves, property| {
        let mut reversed = moves.to_vec();
        reversed.reverse();
        assert!(confirm(plan, world, &reversed, property).is_err());
    });
}

#[test]
fn an_attack_without_its_capability_is_refused() {
    with_attacks("continuity/K0", |plan, world, moves, property| {
        let reads = |step: &Move| matches!(step, Move::Observe(_) | Move::Tap(_));
        if moves.iter().any(reads) {
            let blind = Plan {
                capabilities: plan
                    .capabilities
                    .without(Capability::Observe)
                    .without(Capability::LogLeak),
                ..*plan
            };
            assert!(confirm(&blind, world, moves, property).is_err());
        }
    });
}

#[test]
fn an_attack_on_a_weak_form_is_refused_by_a_stronger_one() {
    with_attacks("continuity/K0", |plan, world, moves, property| {
        let strong = Plan { form: Form::labelled("continuity/K6").unwrap(), ..*plan };
        assert!(confirm(&strong, world, moves, property).is_err());
    });
}

#[test]
fn an_honest_effect_violates_nothing() {
    let library = Library::builtin(&vocabulary()).unwrap();
    let case = library.get("article/shared-pool").unwrap();
    let plan = plan(case, "continuity/K4");
    let world = World::new(lower::<Symbolic>(&plan));
    let options = Options { saturate: true, canonical: true, ..Options::default() };
    let run = explore(&world, &options);
    let served = world.good_ends[0].bit;
    let found = run.found.iter().find(|found| found.bit == served).unwrap();
    let moves: Vec<Move> =
        found.trace.iter().map(|index| world.moves[*index as usize].what).collect();
    for property in 0..property::ALL.len() {
        let refused = confirm(&plan, &world, &moves, property).unwrap_err();
        assert!(refused.contains("does not violate"), "{refused}");
    }
}
