//! A policy by itself, and a policy beside a scenario.

use std::collections::BTreeSet;

use super::names::Names;
use crate::error::{Error, Errors};
use crate::scenario::{MandateKind, Policy, Scenario};
use crate::span::Spanned;
use crate::suggest;
use crate::vocabulary::Vocabulary;

/// The word for every guard.
const ALL: &str = "all";

/// Checks a policy's guards, and that nothing is granted in two places.
pub(crate) fn policy(policy: &Policy, vocab: &Vocabulary, errors: &mut Errors<'_>) {
    guards(&policy.resource, vocab, errors);
    guards(&policy.hop, vocab, errors);
    let mandates = policy.mandates.iter().map(|mandate| {
        let kind = match mandate.kind {
            MandateKind::Identity => "identity",
            MandateKind::Role => "role",
            MandateKind::Context => "context",
        };
        (format!("the mandate of the {kind}"), "", &mandate.root)
    });
    let anchors =
        policy.anchors.iter().map(|a| (String::from("the anchor of the role"), "", &a.role));
    let operators = policy.operators.iter().map(|operator| {
        (String::from("the operator of the environment"), "", &operator.environment)
    });
    let attesters = policy.attesters.iter().map(|trusted| {
        let what = String::from("the trust in the attester");
        (what, trusted.domain.as_str(), &trusted.attester)
    });
    let resources = policy.resources.iter().map(|own| {
        let what = String::from("the policy of the resource");
        (what, "", &own.resource)
    });
    once(mandates.chain(anchors).chain(operators).chain(attesters).chain(resources), errors);
}

fn guards(guards: &[Spanned<String>], vocab: &Vocabulary, errors: &mut Errors<'_>) {
    let known = vocab.guards.iter().map(String::as_str);
    let known = Names::new("guard", "unknown-guard", known);
    for guard in guards {
        if guard.value != ALL {
            known.check(guard, errors);
        } else if guards.len() > 1 {
            let message = "`all` already requires every guard";
            let error = Error::new(guard.span.clone(), "no-effect", message);
            errors.push(error.with_help("write `all` alone, or the guards without it"));
        }
    }
}

/// Reports each thing (what it is, a detail, its name) that was said before.
fn once<'a>(
    said: impl Iterator<Item = (String, &'a str, &'a Spanned<String>)>,
    errors: &mut Errors<'_>,
) {
    let mut seen = std::collections::BTreeMap::new();
    for (what, detail, name) in said.filter(|(_, _, name)| !name.is_empty()) {
        let key = (what.clone(), detail, name.value.as_str());
        match seen.get(&key) {
            None => {
                seen.insert(key, &name.span);
            }
            Some(first) => {
                let message = format!("{what} `{}` is declared twice", suggest::shown(name));
                let error = Error::new(name.span.clone(), "duplicate-id", message);
                errors.push(error.with_place((*first).clone(), "first declared here"));
            }
        }
    }
}

/// Names in a policy that are probably misspelt, given the scenario that uses it.
///
/// A policy may serve several stories, so a name that this one does not declare is no error. What is reported
/// matches nothing here, and differs by a slip (and in more than digits) from a declared name that the policy
/// never mentions.
pub fn check_policy_against(policy: &Policy, scenario: &Scenario) -> Vec<Error> {
    let mut errors = Vec::new();
    let of_kind = |kind| policy.mandates.iter().filter(move |mandate| mandate.kind == kind);
    let roots = |kind| of_kind(kind).map(|mandate| &mandate.root);
    let anchors = policy.anchors.iter().flat_map(|anchor| &anchor.identities);
    let roles = roots(MandateKind::Role).chain(policy.anchors.iter().map(|anchor| &anchor.role));
    let operators = policy.operators.iter().flat_map(|operator| &operator.identities);
    let operated = policy.operators.iter().map(|operator| &operator.environment);
    let attesters = policy.attesters.iter().map(|trusted| &trusted.attester);
    let environments = scenario.contexts.iter().map(|context| &context.environment);
    slips(
        "identity",
        roots(MandateKind::Identity).chain(anchors).chain(operators),
        scenario.identities.iter().map(|i| &i.id),
        &mut errors,
    );
    slips("role", roles, scenario.roles.iter().map(|role| &role.name), &mut errors);
    slips("environment", roots(MandateKind::Context).chain(operated), environments, &mut errors);
    slips("attester", attesters, scenario.attesters.iter().map(|a| &a.id), &mut errors);
    resources(policy, scenario, &mut errors);
    errors.sort_by_key(|error| error.span.start);
    errors
}

fn resources(policy: &Policy, scenario: &Scenario, errors: &mut Vec<Error>) {
    let named = policy.mandates.iter().flat_map(|mandate| &mandate.may_create);
    let named = named.map(|op| Spanned::new(op.resource.clone(), op.span.clone()));
    let own = policy.resources.iter().map(|own| own.resource.clone());
    let named: Vec<Spanned<String>> = named.chain(own).collect();
    let declared = scenario.resources.iter().map(|resource| &resource.id);
    slips("resource", named.iter(), declared, errors);
}

fn slips<'a>(
    kind: &str,
    named: impl Iterator<Item = &'a Spanned<String>>,
    declared: impl Iterator<Item = &'a Spanned<String>>,
    errors: &mut Vec<Error>,
) {
    let named: Vec<&Spanned<String>> = named.collect();
    let mentioned: BTreeSet<&str> = named.iter().map(|name| name.as_str()).collect();
    let declared: BTreeSet<&str> = declared.map(|name| name.as_str()).collect();
    let spare: Vec<&str> = declared.difference(&mentioned).copied().collect();
    for name in named.iter().filter(|name| !declared.contains(name.as_str())) {
        let close = suggest::closest(name, spare.iter().copied());
        if let Some(close) = close.filter(|close| !suggest::same_but_digits(close, name)) {
            let message = format!("no {kind} is called `{}`", suggest::shown(name));
            let error = Error::new(name.span.clone(), "near-miss", message);
            errors.push(error.with_help(format!("did you mean `{close}`?")));
        }
    }
}
