//! A policy as a set of clauses, and the edits that lead from one policy to another.
//!
//! Order, comments and layout are no clauses, and `all` stands for every guard: what is written differently and says the
//! same has no edits.

use std::collections::BTreeMap;
use whoacts_model::guard::Guard;
use whoacts_scenarios::cedar::{CedarText, ResourcePolicy, normal};
use whoacts_scenarios::scenario::{
    Anchor, Mandate, MandateKind, Operation, Operator, Policy, Trusted,
};
use whoacts_scenarios::span::{Span, Spanned};

/// One thing that a policy says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Clause {
    /// A root may create an operation (action, resource); nothing, where there is none.
    May(&'static str, String, Option<(String, String)>),
    /// An identity may anchor a role.
    Anchors(String, String),
    /// An identity may operate an environment.
    Operates(String, String),
    /// An attester is believed about a domain.
    Attests(String, String),
    /// A source of triggers is believed.
    Triggers(String),
    /// A resource requires a guard.
    Resource(&'static str),
    /// A hop requires a guard.
    Hop(&'static str),
    /// All verifiers share one memory.
    Shared,
    /// A resource asks a Cedar policy: its name, the types of principal and resource, the entities.
    Asks(String, [String; 3]),
    /// A resource's Cedar policy has a statement.
    States(String, String),
}

/// Where a clause or its nearest relative stands.
type Clauses = BTreeMap<Clause, Span>;

/// One clause that a policy has and the other has not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Edit {
    pub(super) clause: Clause,
    /// The new policy has it; else the old one.
    pub(super) added: bool,
    pub(super) old: Option<Span>,
    pub(super) new: Option<Span>,
}

fn kind(kind: MandateKind) -> &'static str {
    match kind {
        MandateKind::Identity => "identity",
        MandateKind::Role => "role",
        MandateKind::Context => "context",
    }
}

fn guards(list: &[Spanned<String>], clause: fn(&'static str) -> Clause, into: &mut Clauses) {
    for written in list {
        let meant = |guard: &&Guard| written.value == "all" || written.value == guard.id();
        for guard in Guard::ALL.iter().filter(meant) {
            into.insert(clause(guard.id()), written.span.clone());
        }
    }
}

/// Everything that a policy says.
fn clauses(policy: &Policy) -> Clauses {
    let mut all = Clauses::new();
    for mandate in &policy.mandates {
        let may = |op| Clause::May(kind(mandate.kind), mandate.root.value.clone(), op);
        for op in &mandate.may_create {
            let pair = (op.action.clone(), op.resource.clone());
            all.insert(may(Some(pair)), op.span.clone());
        }
        if mandate.may_create.is_empty() {
            all.insert(may(None), mandate.root.span.clone());
        }
    }
    for anchor in &policy.anchors {
        for identity in &anchor.identities {
            let clause = Clause::Anchors(identity.value.clone(), anchor.role.value.clone());
            all.insert(clause, identity.span.clone());
        }
    }
    for operator in &policy.operators {
        for identity in &operator.identities {
            let environment = operator.environment.value.clone();
            let clause = Clause::Operates(identity.value.clone(), environment);
            all.insert(clause, identity.span.clone());
        }
    }
    for trusted in &policy.attesters {
        let clause = Clause::Attests(trusted.attester.value.clone(), trusted.domain.value.clone());
        all.insert(clause, trusted.attester.span.clone());
    }
    for source in &policy.triggers {
        all.insert(Clause::Triggers(source.value.clone()), source.span.clone());
    }
    guards(&policy.resource, Clause::Resource, &mut all);
    guards(&policy.hop, Clause::Hop, &mut all);
    if policy.memory.value != "local" {
        all.insert(Clause::Shared, policy.memory.span.clone());
    }
    for own in &policy.resources {
        let resource = || own.resource.value.clone();
        let how =
            [own.principal.value.clone(), own.kind.value.clone(), own.entities_text.to_string()];
        all.insert(Clause::Asks(resource(), how), own.cedar.span.clone());
        for statement in &own.text.statements {
            let said = normal(&statement.value);
            all.insert(Clause::States(resource(), said), statement.span.clone());
        }
    }
    all
}

/// Where a policy would say a clause that it does not say.
fn nearest(policy: &Policy, clause: &Clause) -> Option<Span> {
    let first = |list: &[Spanned<String>]| list.first().map(|first| first.span.clone());
    match clause {
        Clause::May(of, root, _) => policy
            .mandates
            .iter()
            .find(|mandate| kind(mandate.kind) == *of && mandate.root.value == *root)
            .map(|mandate| {
                let first = mandate.may_create.first().map(|op| &op.span);
                first.unwrap_or(&mandate.root.span).clone()
            }),
        Clause::Anchors(_, role) => {
            let anchor = policy.anchors.iter().find(|anchor| anchor.role.value == *role);
            anchor.map(|anchor| anchor.role.span.clone())
        }
        Clause::Operates(_, environment) => policy
            .operators
            .iter()
            .find(|operator| operator.environment.value == *environment)
            .map(|operator| operator.environment.span.clone()),
        Clause::Attests(attester, _) => policy
            .attesters
            .iter()
            .find(|trusted| trusted.attester.value == *attester)
            .map(|trusted| trusted.domain.span.clone()),
        Clause::Triggers(_) => first(&policy.triggers),
        Clause::Resource(_) => first(&policy.resource),
        Clause::Hop(_) => first(&policy.hop),
        Clause::Shared => Some(policy.memory.span.clone()),
        Clause::Asks(resource, _) | Clause::States(resource, _) => {
            let own = policy.resources.iter().find(|own| own.resource.value == *resource);
            own.map(|own| own.cedar.span.clone())
        }
    }
}

/// What leads from one policy to another, in the order of the new file; what was only removed comes last.
pub(super) fn edits(old: &Policy, new: &Policy) -> Vec<Edit> {
    let (before, after) = (clauses(old), clauses(new));
    let added = after.iter().filter(|(clause, _)| !before.contains_key(clause));
    let removed = before.iter().filter(|(clause, _)| !after.contains_key(clause));
    let added = added.map(|(clause, span)| Edit {
        clause: clause.clone(),
        added: true,
        old: nearest(old, clause),
        new: Some(span.clone()),
    });
    let removed = removed.map(|(clause, span)| Edit {
        clause: clause.clone(),
        added: false,
        old: Some(span.clone()),
        new: nearest(new, clause),
    });
    let mut edits: Vec<Edit> = added.chain(removed).collect();
    edits.sort_by_key(|edit| {
        let start = |span: &Option<Span>| span.as_ref().map_or(usize::MAX, |span| span.start);
        (start(&edit.new), start(&edit.old))
    });
    edits
}

/// The old policy with some of the edits made.
pub(super) fn apply(old: &Policy, edits: &[Edit], made: &[bool]) -> Policy {
    let mut all = clauses(old);
    for (edit, _) in edits.iter().zip(made).filter(|(_, made)| **made) {
        if edit.added {
            all.insert(edit.clause.clone(), edit.new.clone().unwrap_or_default());
        } else {
            all.remove(&edit.clause);
        }
    }
    let mut policy = Policy {
        mandates: Vec::new(),
        anchors: Vec::new(),
        operators: Vec::new(),
        attesters: Vec::new(),
        triggers: Vec::new(),
        resource: Vec::new(),
        hop: Vec::new(),
        resources: Vec::new(),
        memory: Spanned::new("local".to_owned(), old.memory.span.clone()),
        ..old.clone()
    };
    for (clause, span) in all {
        say(&mut policy, clause, &span);
    }
    policy
}

/// Adds a clause to a policy.
fn say(policy: &mut Policy, clause: Clause, span: &Span) {
    let named = |value: String| Spanned::new(value, span.clone());
    match clause {
        Clause::May(of, root, op) => {
            let kind = match of {
                "identity" => MandateKind::Identity,
                "role" => MandateKind::Role,
                _ => MandateKind::Context,
            };
            let op =
                op.map(|(action, resource)| Operation { action, resource, span: span.clone() });
            let may_create = op.into_iter().collect();
            policy.mandates.push(Mandate {
                kind,
                root: named(root),
                may_create,
                span: span.clone(),
            });
        }
        Clause::Anchors(identity, role) => {
            let known = policy.anchors.iter_mut().find(|anchor| anchor.role.value == role);
            match known {
                Some(anchor) => anchor.identities.push(named(identity)),
                None => policy
                    .anchors
                    .push(Anchor { role: named(role), identities: vec![named(identity)] }),
            }
        }
        Clause::Operates(identity, environment) => {
            let known = policy.operators.iter_mut().find(|o| o.environment.value == environment);
            match known {
                Some(operator) => operator.identities.push(named(identity)),
                None => policy.operators.push(Operator {
                    environment: named(environment),
                    identities: vec![named(identity)],
                }),
            }
        }
        Clause::Attests(attester, domain) => {
            policy.attesters.push(Trusted { attester: named(attester), domain: named(domain) });
        }
        Clause::Triggers(source) => policy.triggers.push(named(source)),
        Clause::Resource(guard) => policy.resource.push(named(guard.to_owned())),
        Clause::Hop(guard) => policy.hop.push(named(guard.to_owned())),
        Clause::Shared => policy.memory = named("shared".to_owned()),
        Clause::Asks(resource, [principal, kind, entities]) => {
            policy.resources.push(ResourcePolicy {
                resource: named(resource),
                cedar: named(String::new()),
                entities: (!entities.is_empty()).then(|| named(String::new())),
                principal: named(principal),
                kind: named(kind),
                text: CedarText::default(),
                entities_text: entities.into(),
            });
        }
        // A statement about a resource that asks nobody is never read.
        Clause::States(resource, statement) => {
            for own in policy.resources.iter_mut().filter(|own| own.resource.value == resource) {
                own.text.statements.push(named(statement.clone()));
            }
        }
    }
}

impl Edit {
    /// What the new policy does that the old one does not.
    pub(super) fn sentence(&self) -> String {
        let does = if self.added { "" } else { "no longer " };
        match &self.clause {
            Clause::May(kind, root, Some((action, resource))) => {
                format!("{does}lets the {kind} `{root}` create `{action} {resource}`")
            }
            Clause::May(kind, root, None) => {
                format!("{does}has a mandate for the {kind} `{root}`, which may create nothing")
            }
            Clause::Anchors(identity, role) => {
                format!("{does}believes `{identity}` when it grants the role `{role}`")
            }
            Clause::Operates(identity, environment) => {
                format!("{does}takes `{identity}` for an operator of `{environment}`")
            }
            Clause::Attests(attester, domain) => {
                format!("{does}believes `{attester}` about the domain `{domain}`")
            }
            Clause::Triggers(source) => format!("{does}believes the triggers of `{source}`"),
            Clause::Resource(guard) => format!("{does}requires `{guard}` at resources"),
            Clause::Hop(guard) => format!("{does}requires `{guard}` before a hop continues"),
            Clause::Shared => format!("{does}lets verifiers share one memory"),
            Clause::Asks(resource, _) => format!("{does}lets `{resource}` ask this Cedar policy"),
            Clause::States(resource, statement) => {
                let short: String = statement.chars().take(60).collect();
                let more = if short.len() < statement.len() { "…" } else { "" };
                format!("{does}says in the Cedar policy of `{resource}`: {short}{more}")
            }
        }
    }
}

#[cfg(test)]
mod tests;
