//! A mutant may be called equivalent only for a reason that can be checked: here it is, on every presentation of every story,
//! in the mutant's world.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod worlds;

use whoacts_checker::experiment::score::equivalent::{Claim, EQUIVALENT, Equivalent};
use whoacts_checker::lower::{Plan, capabilities, lower};
use whoacts_checker::world::World;
use whoacts_checker::world::capability::Capabilities;
use whoacts_checker::world::deployed::Change;
use whoacts_checker::world::mutation::Mutation;
use whoacts_checker::world::mutation::reading::{Fault, Place};
use whoacts_model::crypto::Symbolic;
use whoacts_model::evidence::{Condition, Evidence};
use whoacts_model::guard::{Guard, GuardSet};
use whoacts_model::mechanism::{Form, forms};
use whoacts_scenarios::Case;

fn is_among(row: &Equivalent, form: &Form) -> bool {
    const CHAINS: [&str; 3] = ["capability-chain", "open-continuity", "continuity"];
    row.places.iter().any(|place| match *place {
        "verifier" => CHAINS.contains(&form.mechanism),
        "move accept" => true,
        mechanism => form.mechanism == mechanism,
    })
}

/// The guards that nobody asks for, and what else is changed.
fn change(row: &Equivalent) -> (GuardSet, Change) {
    let reading = |fault| (GuardSet::NONE, Change::Mutation(Mutation::Reading(fault)));
    match row.claim {
        Claim::Follows(guard, _) if row.change.ends_with("is not asked for") => {
            (GuardSet::of(&[guard]), Change::None)
        }
        Claim::Follows(guard, _) => reading(Fault::Believed(guard, Place::Resource)),
        Claim::LastIsTightest(guard) => reading(Fault::Last(guard)),
    }
}

fn world(plan: &Plan<'_>, change: Change) -> World<Symbolic> {
    let mut setting = lower::<Symbolic>(plan);
    setting.deployed = setting.deployed.changed(change);
    World::new(setting)
}

/// What the right verifiers find of everything in a world.
fn evidence(world: &World<Symbolic>) -> Vec<Evidence> {
    let (setting, mechanism) = (&world.setting, world.setting.form.run::<Symbolic>());
    let mut found = Vec::new();
    for p in &world.universe.presentations {
        let resource = &setting.verifiers[p.verifier].resource;
        for at in setting.verifiers.iter().filter(|at| at.resource == *resource) {
            found.push(mechanism.evidence(&p.made, &at.id, &setting.desk.trust));
        }
    }
    found
}

/// What right executors find of what they take.
fn inbound(world: &World<Symbolic>) -> Vec<Evidence> {
    let (setting, mechanism) = (&world.setting, world.setting.form.run::<Symbolic>());
    let taken = world.universe.tasks.iter();
    taken.filter_map(|(task, _)| mechanism.inbound(&setting.desk, task.spill())).collect()
}

fn follows(guard: Guard, from: GuardSet, all: &[Evidence], asked: bool) -> Option<&'static str> {
    for evidence in all {
        if from.without(evidence.held).is_empty() && !evidence.held.contains(guard) {
            return Some("it does not follow");
        }
        if !asked && evidence.conditions.iter().any(|(of, _)| *of == guard) {
            return Some("it has conditions of its own");
        }
    }
    None
}

fn last_is_tightest(guard: Guard, required: GuardSet, all: &[Evidence]) -> Option<&'static str> {
    let others = required.without(GuardSet::of(&[guard]));
    for evidence in all.iter().filter(|evidence| others.without(evidence.held).is_empty()) {
        let own = evidence.conditions.iter().filter(|(of, _)| *of == guard);
        let limits: Vec<(u32, u32)> = own
            .map(|(_, condition)| match condition {
                Condition::Within(from, to) => (*from, *to),
                other => panic!("{other:?}"),
            })
            .collect();
        let (from, to) = *limits.last()?;
        if limits.iter().any(|(earlier, limit)| *earlier > from || *limit < to) {
            return Some("an earlier limit is tighter");
        }
    }
    None
}

/// What is wrong with a claim in one cell.
fn wrong(row: &Equivalent, case: &Case, form: &'static Form, set: Capabilities) -> Option<String> {
    let plan = Plan::of(&case.scenario, &case.policy, form, set);
    let (dropped, change) = change(row);
    let original = lower::<Symbolic>(&plan);
    let (required, at_hop) = (original.required, original.required_at_hop);
    // In the mutant's world there is all that there is in the original's.
    let world = &world(&Plan { dropped, ..plan }, change);
    let found = match row.claim {
        Claim::Follows(guard, from) => {
            let (from, asked) = (GuardSet::of(from), dropped.is_empty());
            let at_hops = (at_hop.intersection(Guard::HOP), from.intersection(Guard::HOP));
            let places =
                [(required, from, evidence(world)), (at_hops.0, at_hops.1, inbound(world))];
            places.into_iter().find_map(|(required, from, all)| match required.contains(guard) {
                true if !from.without(required).is_empty() => Some("the others are not required"),
                true => follows(guard, from, &all, asked),
                false => None,
            })
        }
        Claim::LastIsTightest(guard) => last_is_tightest(guard, required, &evidence(world)),
    };
    found.map(|what| format!("{} under {}, {}: {what}", case.scenario.id, form.label(), row.change))
}

#[test]
fn what_is_called_equivalent_is_so_in_every_presentation_of_every_story() {
    let mut cells = Vec::new();
    for case in worlds::library() {
        let own = case.scenario.adversary.capabilities.iter().map(|name| name.value.as_str());
        let own = capabilities(own);
        for form in forms() {
            let rows = EQUIVALENT.iter().filter(|row| is_among(row, form));
            cells.extend(rows.map(|row| (row, case.clone(), form, own)));
        }
    }
    let found = worlds::spread(&cells, |(row, case, form, set)| wrong(row, case, form, *set));
    let complaints: Vec<String> = found.into_iter().flatten().collect();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}
