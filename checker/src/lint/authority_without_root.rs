//! Authority that no root may create, and mandates that nobody can use.

use super::{Finding, Lint, Subject};
use whoacts_scenarios::Case;
use whoacts_scenarios::scenario::{Flow, MandateKind, Operation, Origin, Policy};

pub(super) const LINT: Lint = Lint {
    code: "authority-without-root",
    sentence: "a flow carries authority that its root may not create, or a mandate names a root or an operation that no story has",
    why: "authority is created once, at an accountable root within its mandate, and only narrowed from there; what a root may \
          not create makes the whole execution fail, and a mandate that nobody can use is trust that nobody watches",
    instead: "let mandate and flow agree, or take away what nobody uses",
    judge,
};

fn judge(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    for case in subject.cases {
        for flow in case.scenario.flows.iter().filter(|flow| !flow.refused) {
            rootless(subject.policy, case, flow, found);
        }
    }
    for mandate in &subject.policy.mandates {
        let (root, kind) = (&mandate.root, mandate.kind);
        if !subject.cases.iter().any(|case| has_root(case, kind, root)) {
            let message = format!("no story here has the {} `{}`", word(kind), root.value);
            found.push(LINT.at(&root.span, message));
            continue;
        }
        for operation in &mandate.may_create {
            if !subject.cases.iter().any(|case| knows(case, operation)) {
                let Operation { action, resource, .. } = operation;
                let message =
                    format!("no story here has a resource `{resource}` that knows `{action}`");
                found.push(LINT.at(&operation.span, message));
            }
        }
    }
}

/// What the flow's root creates and may not.
fn rootless(policy: &Policy, case: &Case, flow: &Flow, found: &mut Vec<Finding>) {
    let Some((kind, root)) = root(case, &flow.origin) else { return };
    let mut mandates = policy.mandates.iter();
    let mandate = mandates.find(|mandate| mandate.kind == kind && mandate.root.value == root);
    let may = mandate.map_or(&[] as &[Operation], |mandate| &mandate.may_create);
    for wanted in &flow.authority {
        let same = |op: &&Operation| op.action == wanted.action && op.resource == wanted.resource;
        if !may.iter().any(|op| same(&op)) {
            let message = format!(
                "the {} `{root}` may not create `{} {}` under the policy `{}`",
                word(kind),
                wanted.action,
                wanted.resource,
                policy.name
            );
            let place = mandate.map(|m| (m.root.span.clone(), "its mandate".to_owned()));
            found.push(Finding { also: place, ..LINT.at(&wanted.span, message) });
        }
    }
}

fn root<'a>(case: &'a Case, origin: &'a Origin) -> Option<(MandateKind, &'a str)> {
    Some(match origin {
        Origin::Identity(id) => (MandateKind::Identity, id.as_str()),
        Origin::Role { role, .. } => {
            let grant = case.scenario.roles.iter().find(|grant| grant.id.value == role.value)?;
            (MandateKind::Role, grant.name.as_str())
        }
        Origin::Context { context, .. } => {
            let mut grants = case.scenario.contexts.iter();
            let grant = grants.find(|grant| grant.id.value == context.value)?;
            (MandateKind::Context, grant.environment.as_str())
        }
    })
}

fn has_root(case: &Case, kind: MandateKind, root: &str) -> bool {
    let scenario = &case.scenario;
    match kind {
        MandateKind::Identity => scenario.identities.iter().any(|known| known.id.value == root),
        MandateKind::Role => scenario.roles.iter().any(|grant| grant.name.value == root),
        MandateKind::Context => {
            scenario.contexts.iter().any(|grant| grant.environment.value == root)
        }
    }
}

fn knows(case: &Case, operation: &Operation) -> bool {
    case.scenario.resources.iter().any(|resource| {
        let mut actions = resource.actions.iter();
        resource.id.value == operation.resource
            && actions.any(|action| action.value == operation.action)
    })
}

fn word(kind: MandateKind) -> &'static str {
    match kind {
        MandateKind::Identity => "identity",
        MandateKind::Role => "role",
        MandateKind::Context => "context",
    }
}
