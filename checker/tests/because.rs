//! Reasons are more than words: each names a guard that exists, and adding the guards that it calls missing, or dropping
//! those that it calls decisive, turns the verdict.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod worlds;

use std::collections::BTreeSet;
use whoacts_checker::lower::{Plan, capabilities, lower};
use whoacts_checker::property;
use whoacts_checker::suite::vocabulary;
use whoacts_checker::world::World;
use whoacts_checker::world::capability::{Capabilities, Capability};
use whoacts_model::crypto::Symbolic;
use whoacts_model::guard::{Guard, GuardSet};
use whoacts_model::mechanism::Form;
use whoacts_scenarios::scenario::Expectation;
use whoacts_scenarios::{Case, expand_label};

/// The names in backticks, each with the word before it.
fn quoted(text: &str) -> Vec<(&str, &str)> {
    let parts: Vec<&str> = text.split('`').collect();
    let quoted = parts.iter().enumerate().filter(|(at, _)| at % 2 == 1);
    quoted
        .map(|(at, name)| {
            let before = parts[at - 1].trim_end().rsplit(|c: char| !c.is_alphanumeric());
            (before.into_iter().next().unwrap_or(""), *name)
        })
        .collect()
}

fn guards(text: &str, which: impl Fn(&str) -> bool) -> GuardSet {
    let named = quoted(text).into_iter().filter(|(before, _)| which(before));
    named.filter_map(|(_, name)| Guard::named(name)).collect()
}

/// The guards that a reason calls missing: "no `holder`", "only `intent-bound`".
fn missing(text: &str) -> GuardSet {
    guards(text, |before| ["no", "No", "only", "Only"].contains(&before))
}

fn rows() -> Vec<(Case, Expectation)> {
    let cases = worlds::library();
    let pairs = cases.into_iter().map(|case| {
        let rows = case.scenario.expectations.clone();
        rows.into_iter().map(move |row| (case.clone(), row))
    });
    pairs.flatten().collect()
}

#[test]
fn every_reason_names_a_guard_and_none_is_left_open() {
    for (case, row) in rows() {
        let (id, text) = (&case.scenario.id, &row.because.value);
        assert!(!text.contains("TODO"), "{id}: {text}");
        let must = !row.violated.is_empty() || !row.holds.is_empty() || row.served.is_some();
        let all = guards(text, |_| true);
        assert!(!must || !all.is_empty(), "{id} names no guard: {text}");
    }
}

fn under(case: &Case, row: &Expectation) -> Capabilities {
    let own = case.scenario.adversary.capabilities.iter().map(|name| name.value.as_str());
    row.adversary.iter().fold(capabilities(own), |set, change| match change.split_at(1) {
        ("+", name) => set.with(Capability::named(name).unwrap()),
        (_, name) => set.without(Capability::named(name).unwrap()),
    })
}

fn forms(row: &Expectation) -> Vec<&'static Form> {
    let vocabulary = vocabulary();
    let labels = row.on.iter().flat_map(|label| expand_label(label, &vocabulary).unwrap());
    labels
        .map(|(mechanism, part)| {
            let label = part.map_or(mechanism.clone(), |part| format!("{mechanism}/{part}"));
            Form::labelled(&label).unwrap()
        })
        .collect()
}

fn broken(case: &Case, form: &'static Form, set: Capabilities, change: [GuardSet; 2]) -> u64 {
    let [added, dropped] = change;
    let plan = Plan::of(&case.scenario, &case.policy, form, set);
    let world = World::<Symbolic>::new(lower(&Plan { added, dropped, ..plan }));
    worlds::reduced(&world, 100_000).seen
}

/// One row for each form, adversary, property and reason: the rest say the same.
fn representatives(
    which: impl Fn(&Expectation) -> Vec<String>,
) -> Vec<(Case, Expectation, &'static Form, Vec<String>)> {
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for (case, row) in rows() {
        for form in forms(&row) {
            let changes: Vec<String> = row.adversary.iter().map(|c| c.value.clone()).collect();
            let properties: Vec<String> = which(&row)
                .into_iter()
                .filter(|property| seen.insert((form.label(), changes.clone(), property.clone())))
                .collect();
            if !properties.is_empty() {
                found.push((case.clone(), row.clone(), form, properties));
            }
        }
    }
    found
}

fn values(names: &[whoacts_scenarios::span::Spanned<String>]) -> Vec<String> {
    names.iter().map(|name| name.value.clone()).collect()
}

#[test]
fn with_the_guards_that_are_missing_nothing_breaks() {
    let rows = representatives(|row| values(&row.violated));
    let complaints = worlds::spread(&rows, |(case, row, form, properties)| {
        let added = missing(&row.because.value);
        if added.is_empty() {
            return Vec::new(); // what no guard keeps out is said in so many words
        }
        let seen = broken(case, form, under(case, row), [added, GuardSet::NONE]);
        let still = properties.iter().filter(|id| {
            let (number, _) = property::named(id).unwrap();
            seen >> number & 1 == 1
        });
        let about = format!("{} {} {added:?}", case.scenario.id, form.label());
        still.map(|property| format!("{about}: {property} still breaks")).collect()
    });
    let complaints: Vec<String> = complaints.into_iter().flatten().collect();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn without_the_guards_that_decide_something_breaks() {
    let rows = representatives(|row| values(&row.holds));
    assert!(!rows.is_empty());
    let complaints = worlds::spread(&rows, |(case, row, form, _)| {
        let named = guards(&row.because.value, |before| !["no", "No"].contains(&before));
        let set = under(case, row);
        let before = broken(case, form, set, [GuardSet::NONE, GuardSet::NONE]);
        let after = broken(case, form, set, [GuardSet::NONE, named]);
        let returns = worlds::violated(after & !before) != 0;
        let about = format!("{} {} without {named:?}", case.scenario.id, form.label());
        (!returns).then(|| format!("{about}: nothing more breaks"))
    });
    let complaints: Vec<String> = complaints.into_iter().flatten().collect();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}
