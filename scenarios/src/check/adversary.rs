//! The adversary: each capability has its setting, and each setting its capability.

use std::collections::BTreeSet;

use super::idle;
use super::names::Names;
use super::references::Declared;
use crate::error::{Error, Errors};
use crate::limits::MAX_UNIVERSE;
use crate::scenario::{Adversary, Scenario};
use crate::span::{Span, Spanned};
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
    let own: BTreeSet<&str> =
        scenario.adversary.capabilities.iter().map(|name| name.as_str()).collect();
    for written in scenario.changes() {
        let at = || written.span.clone();
        match change(written) {
            _ if written.is_empty() => {}
            None => {
                let message = format!("`{}` does not say whether it comes or goes", written.value);
                let help = "write `+name` to add a capability, `-name` to take one away";
                errors.push(Error::new(at(), "bad-name", message).with_help(help));
            }
            Some((_, name)) if !known.contains(name) => errors.push(known.unknown(name, at())),
            Some((adds, name)) if adds == own.contains(name) => {
                let what = if adds { "has" } else { "does not have" };
                let message = format!("the adversary {what} `{name}` anyway");
                errors.push(Error::new(at(), "no-effect", message));
            }
            Some(_) => {}
        }
    }
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
                let message = format!("the capability `{capability}` is not told where it applies");
                let error = Error::new(name.span.clone(), "capability-without-setting", message);
                errors.push(error.with_help(format!("set `{key}` in `[adversary]`")));
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
