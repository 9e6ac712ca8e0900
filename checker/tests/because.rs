//! Reasons are more than words: each is about something that is found, each names a guard that exists, and adding the guards
//! that it calls missing, or dropping those that it calls decisive, turns the verdict.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod worlds;

use std::collections::{BTreeMap, BTreeSet};
use whoacts_checker::lower::{Plan, capabilities, lower};
use whoacts_checker::property;
use whoacts_checker::suite::vocabulary;
use whoacts_checker::world::World;
use whoacts_checker::world::capability::{Capabilities, Capability};
use whoacts_model::crypto::Symbolic;
use whoacts_model::guard::{Guard, GuardSet};
use whoacts_model::mechanism::Form;
use whoacts_scenarios::reasons::{Key, Reason, Reasons};
use whoacts_scenarios::verdicts::{Cell, Verdicts};
use whoacts_scenarios::{Case, LoadError, Vocabulary};

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

/// A verdict of the library with the reason that is said of it.
struct Said<'c> {
    case: &'c Case,
    adversary: Vec<String>,
    form: &'static Form,
    property: String,
    reason: &'static Reason,
}

/// Every verdict that has a reason, and every form that is not served and has one.
fn said(cases: &[Case]) -> Vec<Said<'_>> {
    let vocabulary = vocabulary();
    let mut all = Vec::new();
    for case in cases {
        let read = Verdicts::of(case, &vocabulary);
        let read = read.unwrap_or_else(|fault| panic!("{}", LoadError::Parse(vec![fault])));
        let verdicts = read.unwrap_or_else(|| panic!("{} has no verdicts", case.scenario.id));
        for section in &verdicts.sections {
            for line in &section.lines {
                let verdict_of = |cell: &Cell| match cell {
                    Cell::Violated { .. } => "violated",
                    Cell::Vacuous => "vacuous",
                    Cell::Holds => "holds",
                    Cell::Open => "open",
                };
                let columns = verdicts.properties.iter().map(String::as_str);
                let found = columns.zip(line.cells.iter().map(verdict_of));
                let unserved = (!line.served).then_some(("served", "unserved"));
                for (property, verdict) in found.chain(unserved) {
                    let (form, story) = (line.form.as_str(), case.scenario.id.as_str());
                    let adversary = &section.adversary;
                    let key = Key { form, verdict, property, adversary, story };
                    all.extend(Reasons::builtin().get(key).map(|reason| Said {
                        case,
                        adversary: adversary.clone(),
                        form: Form::labelled(&line.form).unwrap(),
                        property: property.to_owned(),
                        reason,
                    }));
                }
            }
        }
    }
    all
}

/// What is written for one story speaks of something that is found there.
#[test]
fn every_reason_for_one_story_is_said_of_it() {
    let cases = worlds::library();
    let used: BTreeSet<usize> = said(&cases).iter().map(|said| said.reason.line).collect();
    let lines = Reasons::builtin().lines().iter();
    let idle: Vec<String> = lines
        .filter(|reason| !reason.story.ends_with('*') && !used.contains(&reason.line))
        .map(|reason| format!("scenarios/reasons.rows:{}: {}", reason.line, reason.clause))
        .collect();
    assert!(idle.is_empty(), "no verdict has these reasons:\n{}", idle.join("\n"));
}

#[test]
fn every_reason_names_a_guard_and_none_is_left_open() {
    for Reason { verdict, clause, line, .. } in Reasons::builtin().lines() {
        assert!(!clause.contains("TODO"), "scenarios/reasons.rows:{line}: {clause}");
        let must = ["violated", "holds", "unserved"].contains(&verdict.as_str());
        assert!(must || verdict == "vacuous", "scenarios/reasons.rows:{line}: `{verdict}`");
        let all = guards(clause, |_| true);
        assert!(!must || !all.is_empty(), "scenarios/reasons.rows:{line} names no guard: {clause}");
    }
}

/// A pattern that names nothing would wait for ever.
#[test]
fn every_name_in_the_table_is_one() {
    let Vocabulary { properties, capabilities, .. } = vocabulary();
    let labels: Vec<String> = vocabulary().labels().collect();
    let stories: Vec<String> = worlds::library().into_iter().map(|c| c.scenario.id).collect();
    let fits = |pattern: &str, name: &String| {
        pattern.strip_suffix('*').map_or(pattern == name, |start| name.starts_with(start))
    };
    let is_change = |change: &str| {
        change == "*" || change == "-" || capabilities.iter().any(|name| change[1..] == **name)
    };
    for Reason { forms, property, adversary, story, line, .. } in Reasons::builtin().lines() {
        for form in forms {
            assert!(labels.iter().any(|label| fits(form, label)), "line {line}: `{form}`");
        }
        let known = property == "served" || properties.iter().any(|name| fits(property, name));
        assert!(known, "line {line}: `{property}`");
        assert!(stories.iter().any(|id| fits(story, id)), "line {line}: `{story}`");
        assert!(adversary.split(',').all(is_change), "line {line}: `{adversary}`");
    }
}

fn under(case: &Case, changes: &[String]) -> Capabilities {
    let own = case.scenario.adversary.capabilities.iter().map(|name| name.value.as_str());
    changes.iter().fold(capabilities(own), |set, change| match change.split_at(1) {
        ("+", name) => set.with(Capability::named(name).unwrap()),
        (_, name) => set.without(Capability::named(name).unwrap()),
    })
}

fn broken(said: &Said<'_>, change: [GuardSet; 2]) -> u64 {
    let [added, dropped] = change;
    let set = under(said.case, &said.adversary);
    let plan = Plan::of(&said.case.scenario, &said.case.policy, said.form, set);
    let world = World::<Symbolic>::new(lower(&Plan { added, dropped, ..plan }));
    worlds::reduced(&world, 100_000).seen
}

/// The first verdict for each form, adversary, property and reason: the rest say the same. Those of one world stand
/// together.
fn representatives<'s, 'c>(all: &'s [Said<'c>], verdict: &str) -> Vec<Vec<&'s Said<'c>>> {
    let mut seen = BTreeSet::new();
    let mut worlds: BTreeMap<_, Vec<&Said<'c>>> = BTreeMap::new();
    for said in all.iter().filter(|said| said.reason.verdict == verdict) {
        let (form, adversary) = (said.form.label(), &said.adversary);
        if seen.insert((form.clone(), adversary, &said.property, said.reason.line)) {
            let world = (&said.case.scenario.id, form, adversary, said.reason.line);
            worlds.entry(world).or_default().push(said);
        }
    }
    worlds.into_values().collect()
}

#[test]
fn with_the_guards_that_are_missing_nothing_breaks() {
    let cases = worlds::library();
    let all = said(&cases);
    let complaints = worlds::spread(&representatives(&all, "violated"), |group| {
        let added = missing(&group[0].reason.clause);
        if added.is_empty() {
            return Vec::new(); // what no guard keeps out is said in so many words
        }
        let seen = broken(group[0], [added, GuardSet::NONE]);
        let still = group.iter().filter(|said| {
            let (number, _) = property::named(&said.property).unwrap();
            seen >> number & 1 == 1
        });
        let about = |said: &&&Said<'_>| {
            let (id, form, line) = (&said.case.scenario.id, said.form.label(), said.reason.line);
            format!(
                "{id} {form} {:?} line {line} {added:?}: {} still breaks",
                said.adversary, said.property
            )
        };
        still.map(|said| about(&said)).collect()
    });
    let complaints: Vec<String> = complaints.into_iter().flatten().collect();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn without_the_guards_that_decide_something_breaks() {
    let cases = worlds::library();
    let all = said(&cases);
    let groups = representatives(&all, "holds");
    assert!(!groups.is_empty());
    let complaints = worlds::spread(&groups, |group| {
        let said = group[0];
        let named = guards(&said.reason.clause, |before| !["no", "No"].contains(&before));
        let before = broken(said, [GuardSet::NONE, GuardSet::NONE]);
        let after = broken(said, [GuardSet::NONE, named]);
        let returns = worlds::violated(after & !before) != 0;
        let (id, form, line) = (&said.case.scenario.id, said.form.label(), said.reason.line);
        (!returns)
            .then(|| format!("{id} {form} line {line} without {named:?}: nothing more breaks"))
    });
    let complaints: Vec<String> = complaints.into_iter().flatten().collect();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}
