//! The adversary: each capability has its setting, and each setting its capability.

use std::collections::BTreeSet;

use super::idle;
use super::names::Names;
use super::references::Declared;
use crate::error::{Error, Errors};
use crate::limits::MAX_UNIVERSE;
use crate::scenario::{Adversary, Scenario};
use crate::source::Source;
use crate::span::{Span, Spanned};
use crate::suggest;
use crate::vocabulary::Vocabulary;

/// Capabilities that must be told where they apply, and the key that tells it.
pub(crate) const SETTINGS: [(&str, &str); 12] = [
    ("observe", "observes"),
    ("log-leak", "leaks"),
    ("insider", "insider"),
    ("pool-member", "member_of"),
    ("steal-key", "steals"),
    ("steal-pool-key", "steals_pool"),
    ("hijack-executor", "hijacks"),
    ("collude", "colludes"),
    ("relay-attestation", "relays"),
    ("reuse-identifier", "reuses"),
    ("clock-skew", "skews"),
    ("rogue-attester", "attester"),
];

/// Checks the adversary's names, and that everything said about it has an effect.
pub(super) fn adversary(scenario: &Scenario, vocab: &Vocabulary, errors: &mut Errors<'_>) {
    let adversary = &scenario.adversary;
    let known = known_capabilities(vocab);
    let pinned = scenario.oracle.capabilities.iter();
    let pinned = pinned.filter(|name| !adversary.capabilities.contains(name));
    for name in adversary.capabilities.iter().chain(pinned) {
        known.check(name, errors);
    }
    places(scenario, errors);
    changes(scenario, &known, errors);
    universe(scenario, &known, errors);
    settings(scenario, &known, errors);
    idle::idle(scenario, errors);
}

fn known_capabilities(vocab: &Vocabulary) -> Names<'_> {
    let names = vocab.capabilities.iter().map(String::as_str);
    Names::new("capability", "unknown-capability", names)
}

/// The capability in `+name` or `-name`, and whether it is added.
fn change(text: &str) -> Option<(bool, &str)> {
    text.strip_prefix('+')
        .map(|name| (true, name))
        .or_else(|| text.strip_prefix('-').map(|name| (false, name)))
        .filter(|(_, name)| !name.is_empty())
}

fn places(scenario: &Scenario, errors: &mut Errors<'_>) {
    let declared = Declared::by(scenario, errors);
    let adversary = &scenario.adversary;
    for place in adversary.observes.iter().chain(&adversary.leaks) {
        declared.places.check(place, errors);
    }
    let pools = [&adversary.insider, &adversary.member_of, &adversary.steals_pool];
    for pool in pools.into_iter().flatten() {
        declared.pools.check(pool, errors);
    }
    if let Some(resource) = &adversary.skews {
        declared.resources.check(resource, errors);
    }
    if let Some(attester) = &adversary.attester {
        declared.attester(attester, errors);
    }
}

/// What further adversaries add and take away must be known, and must change something.
fn changes(scenario: &Scenario, known: &Names<'_>, errors: &mut Errors<'_>) {
    for written in scenario.changes().filter(|written| !written.is_empty()) {
        if let Some(error) = idle_change(&[scenario], written, known) {
            errors.push(error);
        }
    }
}

/// What is wrong with a change by itself: it must be known, and change the adversary of one of these stories at least.
fn idle_change(
    stories: &[&Scenario],
    written: &Spanned<String>,
    known: &Names<'_>,
) -> Option<Error> {
    let at = || written.span.clone();
    let Some((adds, name)) = change(written) else {
        let shown = suggest::shown(written);
        let message = format!("`{shown}` does not say whether it comes or goes");
        let help = "write `+name` to add a capability, `-name` to take one away";
        return Some(Error::new(at(), "bad-name", message).with_help(help));
    };
    if !known.contains(name) {
        return Some(known.unknown(name, at()));
    }
    let what = if adds { "has" } else { "does not have" };
    let message = || format!("the adversary {what} `{name}` anyway");
    let is_idle = stories.iter().all(|story| has(story, name) == adds);
    is_idle.then(|| Error::new(at(), "no-effect", message()))
}

fn has(story: &Scenario, capability: &str) -> bool {
    story.adversary.capabilities.iter().any(|own| own.value == capability)
}

/// What is wrong with an adversary that is changed from outside the files, as in `+steal-key,-inject`.
///
/// It is judged as in a file, for all stories that it would change: each change is known and has an effect in one of them,
/// and what is added is told where it applies, and can do something, in each. The spans of errors lie in the text
/// `+steal-key,-inject`.
pub fn check_changes(stories: &[&Scenario], written: &[String], vocab: &Vocabulary) -> Vec<Error> {
    let (known, mut errors) = (known_capabilities(vocab), Vec::new());
    let mut seen = BTreeSet::new();
    for written in placed(FLAG, written) {
        let name = change(&written).map_or("", |(_, name)| name).to_owned();
        if let Some(error) = idle_change(stories, &written, &known) {
            errors.push(error);
        } else if !seen.insert(name.clone()) {
            let message = format!("`{name}` is changed twice");
            errors.push(Error::new(written.span, "listed-twice", message));
        } else if written.starts_with('+') {
            let new = stories.iter().filter(|story| !has(story, &name));
            errors.extend(first_unable(new.copied(), &name, &written.span));
        }
    }
    errors
}

/// What is wrong with the adversary of a saved trace: its capabilities by name, judged as in a file.
pub fn check_capabilities(story: &Scenario, written: &[String], vocab: &Vocabulary) -> Vec<Error> {
    let known = known_capabilities(vocab);
    let judged = placed("adversary", written).into_iter().filter_map(|name| {
        if !known.contains(&name) {
            return Some(known.unknown(&name, name.span.clone()));
        }
        first_unable(std::iter::once(story), &name, &name.span)
    });
    judged.collect()
}

/// What the command line is called in errors.
const FLAG: &str = "--adversary";

/// Each of the names with its place in all of them, separated by commas.
fn placed(file: &str, written: &[String]) -> Vec<Spanned<String>> {
    let text = written.join(",");
    let (source, mut start) = (Source::new(file, &text), 0);
    let place = |name: &String| {
        let span = source.span(start..start + name.len());
        start += name.len() + 1;
        Spanned::new(name.clone(), span)
    };
    written.iter().map(place).collect()
}

/// The first story in which a capability could do nothing, if there is one.
fn first_unable<'s>(
    stories: impl Iterator<Item = &'s Scenario>,
    capability: &str,
    span: &Span,
) -> Option<Error> {
    let unable = stories.filter_map(|story| Some((story, unable(story, capability, span)?)));
    let all: Vec<(&Scenario, Error)> = unable.collect();
    let more = all.len().saturating_sub(1);
    let (story, error) = all.into_iter().next()?;
    let others = match more {
        0 => String::new(),
        1 => " and in another story".to_owned(),
        more => format!(" and in {more} more stories"),
    };
    let message = format!("{}: in `{}`{others}", error.message, suggest::shown(&story.id));
    Some(Error { message, ..error })
}

/// Why a capability could do nothing in this story, if so: it is not told where it applies, or needs something else.
fn unable(story: &Scenario, capability: &str, span: &Span) -> Option<Error> {
    let needed = SETTINGS.iter().find(|(name, _)| *name == capability);
    match needed {
        Some((_, key)) if setting(&story.adversary, key).is_none() => {
            Some(placeless(capability, key, span.clone()))
        }
        _ => idle::without_fault(story, capability, span.clone()),
    }
}

fn placeless(capability: &str, key: &str, span: Span) -> Error {
    let message = format!("the capability `{capability}` is not told where it applies");
    let error = Error::new(span, "capability-without-setting", message);
    error.with_help(format!("set `{key}` in `[adversary]`"))
}

/// A frontier is about few enough capabilities, each of which the adversary has somewhere.
fn universe(scenario: &Scenario, known: &Names<'_>, errors: &mut Errors<'_>) {
    let adversary = &scenario.adversary;
    let own = adversary.capabilities.iter().map(|name| name.as_str());
    let added = scenario.changes().filter_map(|name| change(name).filter(|(adds, _)| *adds));
    let declared: BTreeSet<&str> = own.chain(added.map(|(_, name)| name)).collect();
    for name in &adversary.universe {
        if !known.contains(name) {
            known.check(name, errors);
        } else if !declared.contains(name.as_str()) {
            let message = format!("the adversary never has `{}`", name.value);
            let error = Error::new(name.span.clone(), "no-effect", message);
            let help = "add it to `capabilities`, or write `[[also]]` with it";
            errors.push(error.with_help(help));
        }
    }
    if let Some(seventh) = adversary.universe.get(MAX_UNIVERSE) {
        let message = format!("a frontier is about {MAX_UNIVERSE} capabilities at most");
        errors.push(Error::new(seventh.span.clone(), "too-long", message));
    }
}

fn settings(scenario: &Scenario, known: &Names<'_>, errors: &mut Errors<'_>) {
    let own = scenario.adversary.capabilities.iter().map(|name| (name.as_str(), name));
    let added = scenario.changes().filter_map(|name| match change(name) {
        Some((true, capability)) => Some((capability, name)),
        _ => None,
    });
    let declared: Vec<(&str, &Spanned<String>)> = own.chain(added).collect();
    let pinned = scenario.oracle.capabilities.iter().map(|name| (name.as_str(), name));
    // A misspelt capability would make its setting wrong as well.
    let are_known = declared.iter().all(|(name, _)| known.contains(name));
    for (capability, key) in SETTINGS {
        let used = declared.iter().find(|(name, _)| *name == capability);
        let needed = used.copied().or_else(|| pinned.clone().find(|(name, _)| *name == capability));
        match (needed, used, setting(&scenario.adversary, key)) {
            (Some((_, name)), _, None) => {
                errors.push(placeless(capability, key, name.span.clone()));
            }
            (_, None, Some(span)) if are_known => {
                let message = format!(
                    "`{key}` has no effect: the adversary never has the capability `{capability}`"
                );
                let error = Error::new(span.clone(), "setting-without-capability", message);
                let help = "add it to `capabilities`, or write `[[also]]` with it";
                errors.push(error.with_help(help));
            }
            _ => {}
        }
    }
}

/// Where a setting is made, if it is.
fn setting<'a>(adversary: &'a Adversary, key: &str) -> Option<&'a Span> {
    let one = match key {
        "observes" => adversary.observes.first(),
        "leaks" => adversary.leaks.first(),
        "insider" => adversary.insider.as_ref(),
        "member_of" => adversary.member_of.as_ref(),
        "steals" => adversary.steals.as_ref(),
        "steals_pool" => adversary.steals_pool.as_ref(),
        "hijacks" => adversary.hijacks.as_ref(),
        "colludes" => adversary.colludes.first(),
        "relays" => adversary.relays.as_ref(),
        "reuses" => adversary.reuses.as_ref(),
        "skews" => adversary.skews.as_ref(),
        _ => adversary.attester.as_ref(),
    };
    one.map(|name| &name.span)
}
