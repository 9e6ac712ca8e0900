//! Capabilities that are told where they apply, and yet could do nothing there.

use crate::error::{Error, Errors};
use crate::scenario::{Fault, Pool, Scenario};
use crate::span::{Span, Spanned};
use crate::suggest;
use crate::vocabulary::instance;

/// Reports each capability that adds no move to this story, and each fault that only a capability would make matter.
pub(super) fn idle(scenario: &Scenario, errors: &mut Errors<'_>) {
    let adversary = &scenario.adversary;
    if let Some(pool) = &adversary.steals_pool {
        distinct_keys(pool, scenario, errors);
    }
    for name in [&adversary.steals, &adversary.hijacks].into_iter().flatten() {
        one_of_many(name, scenario, errors);
    }
    if !adversary.colludes.is_empty() {
        apart(&adversary.colludes, scenario, errors);
    }
    if let Some(name) = &adversary.relays {
        unattested(name, scenario, errors);
    }
    if let Some(name) = &adversary.reuses
        && !scenario
            .faults
            .iter()
            .any(|fault| is(fault, "crash") && fault.target.value == name.value)
    {
        let message = format!("`{}` never dies, so nobody gets its name", suggest::shown(name));
        report(name.span.clone(), message, "add a `crash` of it to the faults", errors);
    }
    if let Some(resource) = &adversary.skews
        && scenario.bounds.ticks.value == 0
    {
        let message = "a late clock has no effect: time stands still in this story";
        report(resource.span.clone(), message.to_owned(), "set `bounds.ticks`", errors);
    }
    for (capability, _) in NEED_FAULT {
        if let Some(span) = declared(scenario, capability)
            && let Some(error) = without_fault(scenario, capability, span)
        {
            errors.push(error);
        }
    }
    faults(scenario, errors);
}

/// Capabilities that do something only where something goes wrong by itself, and the kind of fault.
const NEED_FAULT: [(&str, &str); 2] = [("revocation-lag", "revoke"), ("forget", "restart")];

/// What a capability lacks that does something only after a fault, if it lacks it in this story.
pub(super) fn without_fault(scenario: &Scenario, capability: &str, span: Span) -> Option<Error> {
    let (_, kind) = NEED_FAULT.iter().find(|(name, _)| *name == capability)?;
    let there = scenario.faults.iter().any(|fault| is(fault, kind));
    (!there).then(|| {
        let message = format!("`{capability}` has no effect: there is no `{kind}` here");
        Error::new(span, "no-effect", message).with_help(format!("add a `{kind}` to the faults"))
    })
}

fn report(span: Span, message: String, help: &str, errors: &mut Errors<'_>) {
    errors.push(Error::new(span, "no-effect", message).with_help(help));
}

fn is(fault: &Fault, kind: &str) -> bool {
    fault.kind.value == kind
}

/// Where a capability is declared: as the story's own, or as an addition.
fn declared(scenario: &Scenario, capability: &str) -> Option<Span> {
    let own = scenario.adversary.capabilities.iter().find(|name| name.value == capability);
    let mut added = scenario.changes();
    own.or_else(|| added.find(|name| name.value.strip_prefix('+') == Some(capability)))
        .map(|name| name.span.clone())
}

fn pool_of<'s>(name: &str, scenario: &'s Scenario) -> Option<&'s Pool> {
    let (id, _) = instance(name)?;
    scenario.pools.iter().find(|pool| pool.id.value == id)
}

fn distinct_keys(name: &Spanned<String>, scenario: &Scenario, errors: &mut Errors<'_>) {
    let pool = scenario.pools.iter().find(|pool| pool.id.value == name.value);
    if pool.is_some_and(|pool| !pool.shared_key) {
        let message = format!("the replicas of `{}` share no key", suggest::shown(name));
        report(name.span.clone(), message, "set `shared_key` in that pool", errors);
    }
}

/// Whoever has the key of a pool has it of all replicas: nothing can be said of one of them alone.
fn one_of_many(name: &Spanned<String>, scenario: &Scenario, errors: &mut Errors<'_>) {
    if pool_of(name, scenario).is_some_and(|pool| pool.shared_key) {
        let message = format!("the key of `{}` is that of its whole pool", suggest::shown(name));
        let help = "take a pool without `shared_key`, or the capability `steal-pool-key`";
        report(name.span.clone(), message, help, errors);
    }
}

/// Two executors collude where one of them hands to the other.
fn apart(names: &[Spanned<String>], scenario: &Scenario, errors: &mut Errors<'_>) {
    let pools: Vec<Option<&str>> =
        names.iter().map(|name| instance(name).map(|(pool, _)| pool)).collect();
    let consecutive = match pools[..] {
        [Some(first), Some(second)] => scenario.flows.iter().any(|flow| {
            flow.hops.windows(2).any(|pair| pair[0].to.value == first && pair[1].to.value == second)
        }),
        [None, _] | [_, None] => return,
        _ => false,
    };
    if !consecutive {
        let message = "these are not two executors of which one hands to the other";
        let help = "name two instances whose pools are consecutive hops of a flow";
        report(names[0].span.clone(), message.to_owned(), help, errors);
    }
    for name in names {
        one_of_many(name, scenario, errors);
    }
}

fn unattested(name: &Spanned<String>, scenario: &Scenario, errors: &mut Errors<'_>) {
    if pool_of(name, scenario).is_some_and(|pool| pool.attester.is_none()) {
        let message = format!("nobody attests `{}`", suggest::shown(name));
        report(name.span.clone(), message, "give its pool an `attester`", errors);
    }
}

fn faults(scenario: &Scenario, errors: &mut Errors<'_>) {
    for fault in &scenario.faults {
        let at = || fault.target.span.clone();
        if is(fault, "restart") && declared(scenario, "forget").is_none() {
            let message = "a restart has no effect: nobody loses its memory";
            report(at(), message.to_owned(), "add the capability `forget`", errors);
        }
        if is(fault, "rekey") && pool_of(&fault.target, scenario).is_some_and(|p| p.shared_key) {
            let name = suggest::shown(&fault.target);
            let message = format!("`{name}` has no key of its own to move away from");
            report(at(), message, "take a pool without `shared_key`", errors);
        }
    }
}
