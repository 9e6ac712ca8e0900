//! Paired properties: who is named, deployed, cast in a role or attested opens nothing by itself; and where a verifier
//! gives way, both runs are replayed under Ed25519.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod worlds;

use std::sync::atomic::AtomicBool;
use whoacts_checker::confirm::confirm_pair;
use whoacts_checker::explore::{Options, explore};
use whoacts_checker::lower::{Plan, lower};
use whoacts_checker::outcome::{Check, Confirmed, Verdict};
use whoacts_checker::property;
use whoacts_checker::suite;
use whoacts_checker::vary::Variation;
use whoacts_checker::world::World;
use whoacts_checker::world::moves::Move;
use whoacts_model::crypto::Symbolic;
use whoacts_scenarios::Case;
use worlds::{labelled, library};

const PAIRED: [&str; 4] =
    ["identifier-neutral", "identity-neutral", "role-neutral", "attestation-neutral"];

fn story(id: &str) -> Case {
    library().into_iter().find(|case| case.scenario.id == id).unwrap()
}

fn checks(case: &Case, forms: &[&str], properties: &[&str]) -> Vec<Check> {
    let owned = |names: &[&str]| Some(names.iter().map(|name| (*name).to_owned()).collect());
    let options = suite::Options {
        forms: owned(forms),
        properties: owned(properties),
        ..suite::Options::default()
    };
    let cases = std::slice::from_ref(case);
    suite::run(cases, &options, &|_| {}, &AtomicBool::new(false)).unwrap().checks
}

#[test]
fn there_are_four() {
    let paired = property::ALL.iter().filter(|property| property.pair.is_some());
    assert_eq!(paired.map(|property| property.id).collect::<Vec<_>>(), PAIRED);
}

#[test]
fn nothing_decides_by_itself_in_the_strongest_profiles() {
    for id in ["capacity/unanchored-role", "impersonation/open-continuation"] {
        let all = checks(&story(id), &["continuity/K4", "continuity/K6"], &PAIRED);
        // A runtime that mixes up its tasks does what an attested one would below K6, too.
        for check in all.iter().filter(|check| !check.adversary.iter().any(|c| *c == "confuse")) {
            assert_eq!(
                check.verdict,
                Verdict::Exhausted,
                "{id} {} {}",
                check.mechanism,
                check.property
            );
        }
    }
}

/// Where nobody has to hand over, being attested in the right place is all that it takes to continue. (In K0 not even that
/// is needed, so it makes no difference there.)
#[test]
fn an_attestation_opens_what_nobody_handed_over() {
    let case = story("impersonation/open-continuation");
    let found = checks(&case, &["continuity/K1"], &["attestation-neutral"]);
    assert_eq!(found.len(), 1);
    for check in found {
        assert_eq!(check.verdict, Verdict::Violated, "{:?}", check.profile);
        assert_eq!(check.confirmed, Some(Confirmed::Pair));
        assert!(check.trace.unwrap().why.contains("the same moves are refused"));
    }
}

/// A token scheme asks nobody what they are: the question is never put, or changes nothing.
#[test]
fn a_bearer_token_does_not_care_what_its_bearer_is() {
    for check in checks(&story("impersonation/open-continuation"), &["bearer"], &PAIRED) {
        assert!(
            matches!(check.verdict, Verdict::Vacuous | Verdict::Exhausted),
            "{}",
            check.property
        );
    }
}

/// What both stages accept is no difference, and what neither accepts is none either.
#[test]
fn an_effect_of_both_runs_confirms_nothing() {
    let case = story("article/shared-pool");
    let form = labelled(&["continuity/K4"])[0];
    let stage = worlds::Stage::of(&case, form);
    let plan = Plan::of(&case.scenario, &case.policy, form, stage.capabilities);
    let world: World<Symbolic> = World::new(lower(&plan));
    let options = Options { saturate: true, canonical: true, ..Options::default() };
    let run = explore(&world, &options);
    let served = world.good_ends[0].bit;
    let found = run.found.iter().find(|found| found.bit == served).unwrap();
    let moves: Vec<Move> =
        found.trace.iter().map(|index| world.moves[*index as usize].what).collect();
    let both = confirm_pair(&plan, Variation::Names, &world, &moves, false);
    assert_eq!(both, Err("both runs accept it".to_owned()));
    let cut = &moves[..moves.len() - 1];
    assert!(confirm_pair(&plan, Variation::Names, &world, cut, false).is_err());
}
