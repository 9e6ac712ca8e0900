//! Every guard of K0 … K4 and `intent-bound` decides both ways in the library, and bears load: dropped from the strongest
//! profile, or from the profile where it comes in, a violation returns; or it is implied by guards with which it must be
//! dropped together.
#![allow(clippy::unwrap_used, missing_docs)]

use std::collections::BTreeMap;
use whoacts_checker::explore::{Options, explore};
use whoacts_checker::lower::{Plan, capabilities, lower};
use whoacts_checker::property;
use whoacts_checker::suite::vocabulary;
use whoacts_checker::world::World;
use whoacts_checker::world::capability::Capability;
use whoacts_model::crypto::Symbolic;
use whoacts_model::guard::{Guard, GuardSet};
use whoacts_model::mechanism::{Form, forms};
use whoacts_scenarios::{Case, Library};

fn world(case: &Case, label: &str, dropped: GuardSet, more: &[Capability]) -> World<Symbolic> {
    let names = case.scenario.adversary.capabilities.iter().map(|c| c.value.as_str());
    let set = more.iter().fold(capabilities(names), |set, capability| set.with(*capability));
    let form = Form::labelled(label).unwrap();
    let plan = Plan::of(&case.scenario, &case.policy, form, set);
    World::new(lower::<Symbolic>(&Plan { dropped, ..plan }))
}

fn violations(world: &World<Symbolic>) -> u64 {
    let options = Options { saturate: true, canonical: true, traces: 0, ..Options::default() };
    explore(world, &options).seen & ((1 << property::ALL.len()) - 1)
}

/// Guard, where it is dropped, which others are dropped with it, in which story, with which further capability, and the
/// property that dies.
type Row =
    (Guard, &'static str, &'static [Guard], &'static str, &'static [Capability], &'static str);

use Guard as G;
const ROWS: &[Row] = include!("guards.rows");

#[test]
fn each_guard_bears_load() {
    let library = Library::builtin(&vocabulary()).unwrap();
    for (guard, label, with, story, more, property) in ROWS {
        let case = library.get(story).unwrap_or_else(|| panic!("no story {story}"));
        let (number, _) = property::named(property).unwrap();
        let before = violations(&world(case, label, GuardSet::NONE, more));
        assert_eq!(before >> number & 1, 0, "{guard}: {property} breaks in {story} anyway");
        let dropped = with.iter().fold(GuardSet::of(&[*guard]), |set, more| set.with(*more));
        let after = violations(&world(case, label, dropped, more));
        assert_eq!(after >> number & 1, 1, "{guard}: dropped in {story}, {property} still holds");
        // What must be dropped together is implied by the rest: without this guard the others still hold the line.
        if !with.is_empty() {
            let alone = violations(&world(case, label, GuardSet::of(&[*guard]), more));
            assert_eq!(alone >> number & 1, 0, "{guard} needs no company in {story}");
        }
    }
}

#[test]
fn the_table_has_every_guard_that_the_profiles_require() {
    let strongest = Form::labelled("continuity/K6").unwrap().run::<Symbolic>().brings();
    for guard in strongest.iter() {
        assert!(ROWS.iter().any(|(named, ..)| *named == guard), "{guard} has no row");
    }
}

#[test]
fn each_guard_decides_both_ways_somewhere() {
    let library = Library::builtin(&vocabulary()).unwrap();
    let mut used: BTreeMap<Guard, (u64, u64)> = BTreeMap::new();
    for case in &library.cases {
        for form in forms().filter(|form| ["K0", "K2", "K6"].contains(&form.profile.unwrap_or("")))
        {
            // Only an executor that was taken over starts work of its own without a reason.
            for more in [&[][..], &[Capability::HijackExecutor]] {
                let world = world(case, &form.label(), GuardSet::NONE, more);
                violations(&world);
                for guard in world.setting.required.iter() {
                    let tally = world.tallies[guard as usize];
                    let later = world.accepting.iter().filter(|a| a.blocked_by().contains(guard));
                    let entry = used.entry(guard).or_default();
                    entry.0 += tally.held;
                    entry.1 += tally.denied + later.count() as u64;
                }
            }
        }
    }
    for (guard, (held, denied)) in used {
        assert!(held > 0, "{guard} never held");
        assert!(denied > 0, "{guard} alone never denied");
    }
}
