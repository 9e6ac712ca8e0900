//! Expectations: known labels and properties, and nothing said twice about one run.

use std::collections::{BTreeMap, BTreeSet};

use super::names::Names;
use crate::error::{Error, Errors};
use crate::scenario::{Also, Expectation, Scenario};
use crate::span::{Span, Spanned};
use crate::suggest;
use crate::vocabulary::{COMMON, MechanismName, Vocabulary, expand_label, split};

/// Checks the properties that are asked, the pinned counts, and the rows.
pub(super) fn expectations(scenario: &Scenario, vocab: &Vocabulary, errors: &mut Errors<'_>) {
    let properties = vocab.properties.iter().map(String::as_str);
    let properties = Names::new("property", "unknown-property", properties).renamed(&vocab.renamed);
    for property in scenario.properties.iter().chain(&scenario.paired) {
        properties.check(property, errors);
    }
    for (name, _) in &scenario.oracle.states {
        pinned(name, vocab, errors);
    }
    // A misspelt property that is asked would make each expectation about it wrong as well.
    let is_asked_well = scenario.properties.iter().all(|property| properties.contains(property));
    for row in &scenario.expectations {
        for on in &row.on {
            label(on, vocab, errors);
        }
        for property in named(row) {
            if properties.check(property, errors) && is_asked_well {
                asked(property, scenario, errors);
            }
        }
        has_effect(row, errors);
    }
    said_once(scenario, vocab, errors);
    for (number, also) in scenario.also.iter().enumerate() {
        for on in &also.on {
            label(on, vocab, errors);
        }
        let is_same = |other: &&Also| changes(other) == changes(also);
        if let Some(first) = scenario.also[..number].iter().find(is_same) {
            let error =
                Error::new(also.span.clone(), "said-twice", "this adversary is there already");
            let error = error.with_help("name all of its mechanisms in one `on`");
            errors.push(error.with_place(first.span.clone(), "first here"));
        }
    }
}

fn changes(also: &Also) -> BTreeSet<&str> {
    also.adversary.iter().map(|name| name.as_str()).collect()
}

fn named(row: &Expectation) -> impl Iterator<Item = &Spanned<String>> {
    row.violated.iter().chain(&row.vacuous).chain(&row.holds)
}

fn asked(property: &Spanned<String>, scenario: &Scenario, errors: &mut Errors<'_>) {
    let asked = &scenario.properties;
    if !asked.is_empty() && asked.iter().all(|other| other.value != property.value) {
        let message = format!("the story does not ask for `{}`", suggest::shown(property));
        let error = Error::new(property.span.clone(), "not-asked", message);
        let span = asked.first().map(|first| first.span.clone()).unwrap_or_default();
        errors.push(error.with_place(span, "these are asked"));
    }
}

/// A row must pin something, or at least put the story before another adversary.
fn has_effect(row: &Expectation, errors: &mut Errors<'_>) {
    if named(row).next().is_none() && row.served.is_none() && row.adversary.is_empty() {
        let message = "the expectation says nothing";
        let error = Error::new(row.span.clone(), "no-effect", message);
        errors.push(error.with_help("write `violated`, `vacuous`, `holds` or `served`"));
    }
}

fn pinned(name: &Spanned<String>, vocab: &Vocabulary, errors: &mut Errors<'_>) {
    if let Some(runs) = label(name, vocab, errors)
        && runs > 1
    {
        let message = format!("`{}` names {runs} runs, and a count is for one", name.value);
        errors.push(Error::new(name.span.clone(), "bad-label", message));
    }
}

/// How many runs a label names; one that names none is reported.
fn label(name: &Spanned<String>, vocab: &Vocabulary, errors: &mut Errors<'_>) -> Option<usize> {
    match expand_label(name, vocab) {
        Some(runs) => Some(runs.len()),
        None if name.is_empty() => None,
        None => {
            errors.add(|_| no_such_label(name, vocab));
            None
        }
    }
}

fn no_such_label(name: &Spanned<String>, vocab: &Vocabulary) -> Error {
    let shown = suggest::shown(name);
    let (id, rest) = split(name);
    let Some(mechanism) = vocab.mechanisms.iter().find(|mechanism| mechanism.id == id) else {
        let ids = vocab.mechanisms.iter().map(|mechanism| mechanism.id.as_str());
        return Names::new("mechanism", "unknown-mechanism", ids).unknown(id, name.span.clone());
    };
    let rest = rest.unwrap_or_default();
    let known = |part: &str| mechanism.profiles.iter().any(|profile| profile == part);
    match rest.split_once("..") {
        Some((first, last)) if known(first) && known(last) => {
            let error = Error::new(name.span.clone(), "bad-label", format!("`{shown}` is empty"));
            error.with_help(format!("write the weaker profile first: `{id}/{last}..{first}`"))
        }
        Some((first, last)) => {
            let wrong = if known(first) { last } else { first };
            no_such_part(mechanism, wrong, name.span.clone())
        }
        None => no_such_part(mechanism, rest, name.span.clone()),
    }
}

fn no_such_part(mechanism: &MechanismName, part: &str, span: Span) -> Error {
    let id = &mechanism.id;
    let part = suggest::shown(part);
    let message = format!("`{id}` has no variant or profile `{part}`");
    let common = mechanism.profiles.is_empty().then_some(COMMON);
    let known: BTreeSet<&str> = mechanism
        .variants
        .iter()
        .chain(&mechanism.profiles)
        .map(String::as_str)
        .chain(common)
        .collect();
    let help = suggest::help(&part, known);
    Error { help, ..Error::new(span, "unknown-mechanism", message) }
}

/// Whether a run is served is pinned at most once too; no property has this name.
const SERVED: &str = "served (the key)";

/// Each property is said at most once for each run: a mechanism under one list of capabilities.
fn said_once(scenario: &Scenario, vocab: &Vocabulary, errors: &mut Errors<'_>) {
    let mut said: BTreeMap<_, &Span> = BTreeMap::new();
    for row in &scenario.expectations {
        let adversary: BTreeSet<&str> = row.adversary.iter().map(|name| name.as_str()).collect();
        let runs: BTreeSet<_> =
            row.on.iter().filter_map(|on| expand_label(on, vocab)).flatten().collect();
        let served = row.served.iter().map(|served| (SERVED, &served.span));
        let facts = named(row).map(|name| (name.as_str(), &name.span)).chain(served);
        for (property, span) in facts.filter(|(property, _)| !property.is_empty()) {
            let mut before = None;
            for run in &runs {
                let key = (run.clone(), adversary.clone(), property);
                match said.get(&key) {
                    Some(first) => before = before.or(Some((run, *first))),
                    None => {
                        said.insert(key, span);
                    }
                }
            }
            if let Some(((mechanism, variant), first)) = before {
                let variant = variant.as_deref().map(|name| format!("/{name}"));
                let run = format!("{mechanism}{}", variant.unwrap_or_default());
                let property = if property == SERVED { "served" } else { property };
                let message = format!("`{property}` is said twice for `{run}`");
                let error = Error::new(span.clone(), "said-twice", message);
                errors.push(error.with_place(first.clone(), "first here"));
            }
        }
    }
}
