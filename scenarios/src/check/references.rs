//! References from table to table.

use super::names::{Names, distinct};
use crate::error::{Error, Errors};
use crate::limits::MAX_HOPS;
use crate::scenario::{
    Fault, Flow, Hop, Identity, Operation, Origin, Pool, Request, Resource, Scenario,
};
use crate::span::{Span, Spanned};
use crate::suggest;
use crate::vocabulary::instance;

/// The names that a scenario declares, by kind.
pub(super) struct Declared<'a> {
    identities: Names<'a>,
    attesters: Names<'a>,
    roles: Names<'a>,
    role_names: Names<'a>,
    contexts: Names<'a>,
    pub(super) pools: Names<'a>,
    pub(super) places: Names<'a>,
    pub(super) resources: Names<'a>,
    scenario: &'a Scenario,
}

impl<'a> Declared<'a> {
    pub(super) fn by(scenario: &'a Scenario, errors: &Errors<'_>) -> Declared<'a> {
        let wrong = |span: &Span| errors.are_at(span);
        let pools = || scenario.pools.iter().map(|pool| &pool.id);
        let resources = || scenario.resources.iter().map(|resource| &resource.id);
        let ids = scenario.identities.iter().map(|identity| &identity.id);
        let attesters = scenario.attesters.iter().map(|attester| &attester.id);
        let roles = scenario.roles.iter().map(|role| &role.id);
        let role_names = scenario.roles.iter().map(|role| &role.name);
        let contexts = scenario.contexts.iter().map(|context| &context.id);
        Declared {
            identities: Names::declared("identity", "unknown-identity", ids, &wrong),
            attesters: Names::declared("attester", "unknown-attester", attesters, &wrong),
            roles: Names::declared("role grant", "unknown-role", roles, &wrong),
            role_names: Names::declared("role", "unknown-role", role_names, &wrong),
            contexts: Names::declared("context grant", "unknown-context", contexts, &wrong),
            pools: Names::declared("pool", "unknown-pool", pools(), &wrong),
            places: Names::declared(
                "pool or resource",
                "unknown-place",
                pools().chain(resources()),
                &wrong,
            ),
            resources: Names::declared("resource", "unknown-resource", resources(), &wrong),
            scenario,
        }
    }

    pub(super) fn attester(&self, name: &Spanned<String>, errors: &mut Errors<'_>) {
        self.attesters.check(name, errors);
    }
}

/// Checks that names are distinct, and what declarations say of each other.
pub(super) fn declarations(scenario: &Scenario, errors: &mut Errors<'_>) {
    let places = scenario.pools.iter().map(|pool| &pool.id);
    let places = places.chain(scenario.resources.iter().map(|resource| &resource.id));
    distinct("the identity", scenario.identities.iter().map(|identity| &identity.id), errors);
    distinct("the attester", scenario.attesters.iter().map(|attester| &attester.id), errors);
    distinct("the role grant", scenario.roles.iter().map(|role| &role.id), errors);
    distinct("the context grant", scenario.contexts.iter().map(|context| &context.id), errors);
    distinct("the pool or resource", places, errors);
    distinct("the flow", scenario.flows.iter().map(|flow| &flow.id), errors);

    let declared = Declared::by(scenario, errors);
    for role in &scenario.roles {
        declared.identities.check(&role.anchor, errors);
        operations(&role.may_create, scenario, errors);
    }
    for context in &scenario.contexts {
        declared.identities.check(&context.operator, errors);
        operations(&context.may_create, scenario, errors);
    }
    for pool in &scenario.pools {
        pool_names(pool, &declared, errors);
    }
}

fn pool_names(pool: &Pool, declared: &Declared<'_>, errors: &mut Errors<'_>) {
    if let Some(attester) = &pool.attester {
        declared.attester(attester, errors);
    }
    if let Some(deployer) = &pool.deployer {
        declared.identities.check(deployer, errors);
    }
    for role in &pool.roles {
        declared.roles.check(role, errors);
    }
}

/// Checks the honest executions.
pub(super) fn flows(scenario: &Scenario, errors: &mut Errors<'_>) {
    let declared = Declared::by(scenario, errors);
    for flow in &scenario.flows {
        origin(flow, &declared, errors);
        operations(&flow.authority, scenario, errors);
        for (index, hop) in flow.hops.iter().enumerate() {
            if index == MAX_HOPS as usize {
                let message = format!("the flow has more than {MAX_HOPS} hops, which is the limit");
                errors.push(Error::new(hop.span.clone(), "over-limit", message));
            }
            self::hop(hop, &declared, errors);
        }
        request(&flow.request, scenario, errors);
    }
}

fn origin(flow: &Flow, declared: &Declared<'_>, errors: &mut Errors<'_>) {
    match &flow.origin {
        Origin::Identity(identity) => {
            declared.identities.check(identity, errors);
            honest(identity, flow, declared.scenario, errors);
        }
        Origin::Role { role, pool, .. } => {
            declared.roles.check(role, errors);
            somebody(pool, declared, errors);
        }
        Origin::Context { context, pool, .. } => {
            declared.contexts.check(context, errors);
            somebody(pool, declared, errors);
        }
    }
}

/// A flow is what honest parties do; what the adversary creates is its own move and needs no flow.
fn honest(origin: &Spanned<String>, flow: &Flow, scenario: &Scenario, errors: &mut Errors<'_>) {
    let hostile = |other: &&Identity| other.adversary && other.id.value == origin.value;
    if let Some(identity) = scenario.identities.iter().find(hostile) {
        let message = format!(
            "the origin of the flow `{}` is `{}`, an identity of the adversary's",
            suggest::shown(&flow.id),
            suggest::shown(origin)
        );
        let error = Error::new(origin.span.clone(), "hostile-origin", message);
        let help = "let an honest identity start it, or leave the flow out: the adversary creates its own roots unasked";
        errors.push(
            error.with_help(help).with_place(identity.id.span.clone(), "the adversary's identity"),
        );
    }
}

fn hop(hop: &Hop, declared: &Declared<'_>, errors: &mut Errors<'_>) {
    somebody(&hop.to, declared, errors);
    for listener in hop.listeners.iter().filter(|listener| listener.span != hop.to.span) {
        declared.pools.check(listener, errors);
    }
    if let Some(role) = &hop.class.role {
        declared.role_names.check(role, errors);
    }
    operations(hop.authority.as_deref().unwrap_or_default(), declared.scenario, errors);
    facts(hop, declared.scenario, errors);
}

/// A pool that exists and has replicas: something must be there to take the work.
fn somebody(pool: &Spanned<String>, declared: &Declared<'_>, errors: &mut Errors<'_>) {
    if !declared.pools.check(pool, errors) {
        return;
    }
    let found = declared.scenario.pools.iter().find(|other| other.id.value == pool.value);
    if let Some(replicas) = found.and_then(|pool| pool.replicas.as_ref())
        && replicas.value == 0
    {
        let message = format!("the pool `{}` has no replicas", suggest::shown(pool));
        let error = Error::new(pool.span.clone(), "hop-to-nobody", message);
        errors.push(error.with_place(replicas.span.clone(), "no replicas here"));
    }
}

/// Facts that nobody declares may be the point of a story; a slip of the keyboard is not.
fn facts(hop: &Hop, scenario: &Scenario, errors: &mut Errors<'_>) {
    let domains = scenario.attesters.iter().map(|attester| &attester.domain);
    let domains = domains.chain(scenario.roles.iter().map(|role| &role.domain));
    let domains = domains.chain(scenario.contexts.iter().map(|context| &context.domain));
    near_miss(hop.class.domain.as_ref(), "domain", domains, errors);
    let places = scenario.pools.iter().filter_map(|pool| pool.environment.as_ref());
    let places = places.chain(scenario.contexts.iter().map(|context| &context.environment));
    near_miss(hop.class.environment.as_ref(), "environment", places, errors);
}

fn near_miss<'a>(
    name: Option<&Spanned<String>>,
    kind: &str,
    declared: impl Iterator<Item = &'a Spanned<String>> + Clone,
    errors: &mut Errors<'_>,
) {
    let Some(name) = name else { return };
    let is_spoilt = declared.clone().any(|known| errors.are_at(&known.span));
    let declared = declared.map(|known| known.as_str());
    if name.is_empty() || is_spoilt || declared.clone().any(|known| known == name.value) {
        return;
    }
    if let Some(close) = suggest::closest(name, declared) {
        let message = format!("nothing in this file has the {kind} `{}`", suggest::shown(name));
        let error = Error::new(name.span.clone(), "near-miss", message);
        errors.push(error.with_help(format!("did you mean `{close}`?")));
    }
}

fn request(request: &Request, scenario: &Scenario, errors: &mut Errors<'_>) {
    let Some(resource) = operation(&request.operation, scenario, errors) else { return };
    let (asked, there) = (request.verifier.value, resource.verifiers.value);
    if asked > there && there > 0 && !errors.are_at(&resource.verifiers.span) {
        let id = suggest::shown(&resource.id);
        let there = suggest::counted(there, "verifier");
        let message = format!("`{id}` has {there}, so there is no verifier {asked}");
        let error = Error::new(request.verifier.span.clone(), "out-of-range", message);
        errors.push(error.with_place(resource.id.span.clone(), "the resource"));
    }
}

fn operations(operations: &[Operation], scenario: &Scenario, errors: &mut Errors<'_>) {
    for each in operations {
        operation(each, scenario, errors);
    }
}

/// The resource of an operation, where both it and the action are known.
fn operation<'a>(
    operation: &Operation,
    scenario: &'a Scenario,
    errors: &mut Errors<'_>,
) -> Option<&'a Resource> {
    if operation.resource.is_empty() || operation.action.is_empty() {
        return None;
    }
    let Some(resource) = scenario.resources.iter().find(|r| r.id.value == operation.resource)
    else {
        let ids = scenario.resources.iter().map(|resource| &resource.id);
        let is_wrong = |span: &Span| errors.are_at(span);
        let known = Names::declared("resource", "unknown-resource", ids, &is_wrong);
        if !known.is_spoilt {
            errors.push(known.unknown(&operation.resource, operation.span.clone()));
        }
        return None;
    };
    if resource.actions.iter().any(|action| errors.are_at(&action.span)) {
        return Some(resource);
    }
    if resource.actions.iter().all(|action| action.value != operation.action) {
        let id = suggest::shown(&resource.id);
        let action = suggest::shown(&operation.action);
        let message = format!("the resource `{id}` has no action `{action}`");
        let actions = resource.actions.iter().map(|action| action.as_str());
        let help = suggest::help(&operation.action, actions);
        let error = Error::new(operation.span.clone(), "unknown-action", message);
        errors.push(Error { help, ..error });
        return None;
    }
    Some(resource)
}

/// What is wrong with the instances that are named as `pool/N`; `is_wrong` says where something was found already.
pub(crate) fn targets(scenario: &Scenario, is_wrong: &dyn Fn(&Span) -> bool) -> Vec<Error> {
    let ids = scenario.pools.iter().map(|pool| &pool.id);
    let pools = Names::declared("pool", "unknown-pool", ids, is_wrong);
    let keys = scenario.flows.iter().flat_map(|flow| &flow.hops);
    let keys = keys.filter_map(|hop| hop.class.key.as_ref());
    let (restarts, faults): (Vec<&Fault>, Vec<&Fault>) =
        scenario.faults.iter().partition(|fault| fault.kind.value == "restart");
    let faults = faults.into_iter().map(|fault| &fault.target);
    let adversary = &scenario.adversary;
    let instances = [&adversary.steals, &adversary.hijacks, &adversary.relays, &adversary.reuses];
    let instances = instances.into_iter().flatten().chain(&adversary.colludes);
    let restarted =
        restarts.iter().filter_map(|restart| verifier(&restart.target, scenario, is_wrong));
    let named = keys.chain(faults).chain(instances);
    restarted.chain(named.filter_map(|name| target(name, scenario, &pools))).collect()
}

/// A verifier that is named as `resource/N`.
fn verifier(
    name: &Spanned<String>,
    scenario: &Scenario,
    is_wrong: &dyn Fn(&Span) -> bool,
) -> Option<Error> {
    if name.is_empty() {
        return None;
    }
    let shown = suggest::shown(name);
    let Some((id, number)) = instance(name) else {
        let error =
            Error::new(name.span.clone(), "bad-target", format!("`{shown}` is no verifier"));
        return Some(error.with_help("write `resource/N`, with N from 1"));
    };
    let Some(resource) = scenario.resources.iter().find(|resource| resource.id.value == id) else {
        let ids = scenario.resources.iter().map(|resource| &resource.id);
        let resources = Names::declared("resource", "unknown-resource", ids, is_wrong);
        return (!resources.is_spoilt).then(|| resources.unknown(id, name.span.clone()));
    };
    (number > resource.verifiers.value).then(|| {
        let there = suggest::counted(resource.verifiers.value, "verifier");
        let id = suggest::shown(id);
        let message = format!("there is no `{shown}`: the resource `{id}` has {there}");
        Error::new(name.span.clone(), "out-of-range", message)
    })
}

fn target(name: &Spanned<String>, scenario: &Scenario, pools: &Names<'_>) -> Option<Error> {
    if name.is_empty() {
        return None;
    }
    let shown = suggest::shown(name);
    let Some((id, number)) = instance(name) else {
        let error =
            Error::new(name.span.clone(), "bad-target", format!("`{shown}` is no instance"));
        return Some(error.with_help("write `pool/N`, with N from 1"));
    };
    let Some(pool) = scenario.pools.iter().find(|pool| pool.id.value == id) else {
        return (!pools.is_spoilt).then(|| pools.unknown(id, name.span.clone()));
    };
    let replicas = pool.replicas.as_ref().unwrap_or(&scenario.bounds.replicas);
    (number > replicas.value).then(|| {
        let id = suggest::shown(id);
        let count = suggest::counted(replicas.value, "replica");
        let message = format!("there is no `{shown}`: the pool `{id}` has {count}");
        let error = Error::new(name.span.clone(), "out-of-range", message);
        error.with_place(replicas.span.clone(), "the number of replicas")
    })
}
