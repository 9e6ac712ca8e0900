//! Each capability adds moves in the stories that declare it, what it breaks replays under Ed25519, and what broke without
//! it breaks with it.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod worlds;

use whoacts_checker::confirm::confirm;
use whoacts_checker::lower::Plan;
use whoacts_checker::property;
use whoacts_checker::world::World;
use whoacts_checker::world::capability::Capability;
use whoacts_checker::world::moves::Move;
use whoacts_model::crypto::Symbolic;
use whoacts_model::mechanism::Form;
use whoacts_scenarios::Case;
use worlds::{Stage, labelled, library, reduced, violated, words};

const FORMS: [&str; 5] =
    ["bearer", "dpop/strong", "continuity/K0", "continuity/K4", "continuity/K6"];

/// A capability, a story that declares it, a kind of move that it adds, and what it breaks under a form that is safe there
/// without it (nothing, where the form withstands it).
type Row = (Capability, &'static str, &'static str, &'static str, &'static [&'static str]);

const ROWS: &[Row] = &[
    (
        Capability::StealPoolKey,
        "lifecycle/shared-pool-key",
        "steal-key",
        "continuity/K6",
        &["theft-contained", "accountable"],
    ),
    (
        Capability::StealKey,
        "lifecycle/shared-pool-key",
        "steal-key",
        "continuity/K6",
        &["accountable"],
    ),
    (Capability::Collude, "collusion/two-hops", "hijack", "continuity/K2", &[]),
    (
        Capability::RelayAttestation,
        "capacity/relayed-attestation",
        "accept",
        "continuity/K6",
        &["custody", "fresh-attestation"],
    ),
    (
        Capability::RevocationLag,
        "lifecycle/revoked-while-running",
        "withhold",
        "continuity/K6",
        &["revoked-means-stopped"],
    ),
    (
        Capability::Forget,
        "lifecycle/memory-lost-on-restart",
        "forget",
        "continuity/K4",
        &["multiplicity"],
    ),
    (Capability::ClockSkew, "lifecycle/deadline", "skew", "continuity/K6", &["contract-honoured"]),
    (Capability::ReuseIdentifier, "lifecycle/identifier-reuse", "receive", "continuity/K6", &[]),
];

fn story(id: &str) -> Case {
    library().into_iter().find(|case| case.scenario.id == id).unwrap()
}

fn stage(case: &Case, form: &'static Form, capability: Capability, has: bool) -> Stage {
    let stage = Stage::of(case, form);
    let capabilities = match has {
        true => stage.capabilities.with(capability),
        false => stage.capabilities.without(capability),
    };
    Stage { capabilities, ..stage }
}

#[test]
fn each_adds_moves_where_it_is_declared() {
    for (capability, id, kind, label, _) in ROWS {
        let case = story(id);
        let count = |has| {
            let world: World<Symbolic> =
                stage(&case, labelled(&[label])[0], *capability, has).world(&case);
            world.moves.iter().filter(|ground| ground.what.kind() == *kind).count()
        };
        assert!(count(true) > count(false), "{} adds no `{kind}` to {id}", capability.id());
    }
}

#[test]
fn each_breaks_what_it_is_said_to_and_the_attacks_replay() {
    for (capability, id, _, label, breaks) in ROWS {
        let case = story(id);
        let form = labelled(&[label])[0];
        let without: World<Symbolic> = stage(&case, form, *capability, false).world(&case);
        let before = violated(reduced(&without, 100_000).seen);
        let stage = stage(&case, form, *capability, true);
        let world: World<Symbolic> = stage.world(&case);
        let run = reduced(&world, 100_000);
        let plan = Plan::of(&case.scenario, &case.policy, form, stage.capabilities);
        let mut broken = Vec::new();
        for found in run.found.iter().filter(|found| (found.bit as usize) < property::ALL.len()) {
            let number = found.bit as usize;
            let moves: Vec<Move> =
                found.trace.iter().map(|index| world.moves[*index as usize].what).collect();
            assert_eq!(confirm(&plan, &world, &moves, number), Ok(()), "{id} {label}");
            if before >> number & 1 == 0 {
                broken.push(property::ALL[number].id);
            }
        }
        for property in *breaks {
            assert!(broken.contains(property), "{} in {id}: {broken:?}", capability.id());
        }
        assert!(!breaks.is_empty() || broken.is_empty(), "{} in {id}: {broken:?}", capability.id());
    }
}

/// More moves never take a violation away.
#[test]
fn what_breaks_without_one_breaks_with_it() {
    for (capability, id, ..) in ROWS {
        let case = story(id);
        for form in labelled(&FORMS) {
            let seen = |has| {
                let world: World<Symbolic> = stage(&case, form, *capability, has).world(&case);
                violated(reduced(&world, 100_000).seen)
            };
            let lost = seen(false) & !seen(true);
            assert_eq!(lost, 0, "{} {id} {}: {}", capability.id(), form.label(), words(lost));
        }
    }
}

/// A restart forgets a memory of its own, and none that is kept elsewhere.
#[test]
fn a_shared_memory_survives_a_restart() {
    let mut case = story("lifecycle/memory-lost-on-restart");
    case.policy.memory.value = "shared".to_owned();
    let form = labelled(&["continuity/K4"])[0];
    let world: World<Symbolic> = stage(&case, form, Capability::Forget, true).world(&case);
    assert!(world.moves.iter().all(|ground| !matches!(ground.what, Move::Forget(_))));
    assert_eq!(violated(reduced(&world, 100_000).seen), 0);
}

/// An honest effect alone does not need any of these moves: the confirmer refuses each where the capability is not there.
#[test]
fn the_confirmer_refuses_moves_of_capabilities_that_are_not_there() {
    for (capability, id, _, label, breaks) in ROWS.iter().filter(|(.., breaks)| !breaks.is_empty())
    {
        let case = story(id);
        let form = labelled(&[label])[0];
        let with = stage(&case, form, *capability, true);
        let world: World<Symbolic> = with.world(&case);
        let run = reduced(&world, 100_000);
        let (number, _) = property::named(breaks[0]).unwrap();
        let found = run.found.iter().find(|found| found.bit as usize == number).unwrap();
        let moves: Vec<Move> =
            found.trace.iter().map(|index| world.moves[*index as usize].what).collect();
        // A machine whose attestation was relayed does not even exist without the capability.
        if *capability == Capability::RelayAttestation {
            continue;
        }
        let fewer = with.capabilities.without(*capability);
        let plan = Plan::of(&case.scenario, &case.policy, form, fewer);
        assert!(confirm(&plan, &world, &moves, number).is_err(), "{}", capability.id());
    }
}
