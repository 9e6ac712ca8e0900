//! TOML tables to plain data. The shapes were judged before, so reading is total: what could not be right
//! was reported, and stands here as an empty name or the least number until the errors are returned.

mod node;
mod policy;

pub(crate) use node::Node;
pub(crate) use policy::policy;

use crate::scenario::{
    Adversary, Also, Attester, Bounds, Class, ContextGrant, Expectation, Fault, Flow, Handed, Hop,
    Identity, Oracle, Origin, Pool, Request, Resource, RoleGrant, Scenario,
};

/// A scenario file.
pub(crate) fn scenario(id: &str, root: &Node<'_>) -> Scenario {
    let adversary = adversary(&root.table("adversary"));
    let bounds = bounds(&root.table("bounds"));
    Scenario {
        id: id.to_owned(),
        title: root.text("title"),
        source: root.text("source"),
        story: root.text("story"),
        tags: tags(root),
        policy: root.text("policy"),
        identities: root.tables("identity").iter().map(identity).collect(),
        roles: root.tables("role").iter().map(role).collect(),
        contexts: root.tables("context").iter().map(context).collect(),
        attesters: root.tables("attester").iter().map(attester).collect(),
        pools: root.tables("pool").iter().map(pool).collect(),
        resources: root.tables("resource").iter().map(resource).collect(),
        flows: root.tables("flow").iter().map(flow).collect(),
        faults: root.tables("fault").iter().map(fault).collect(),
        oracle: oracle(&root.table("oracle"), &bounds, &adversary),
        adversary,
        bounds,
        properties: root.texts("properties"),
        paired: root.texts("paired"),
        also: root.tables("also").iter().map(also).collect(),
        expectations: root.tables("expect").iter().map(expectation).collect(),
    }
}

fn tags(root: &Node<'_>) -> Vec<crate::span::Spanned<String>> {
    let tags = root.texts("tags");
    if tags.is_empty() { vec![root.here("default".to_owned())] } else { tags }
}

fn identity(node: &Node<'_>) -> Identity {
    Identity {
        id: node.text("id"),
        kind: node.text_or("kind", "entity").value,
        adversary: node.flag("adversary").is_some_and(|flag| flag.value),
        unlisted: node.flag("unlisted").is_some_and(|flag| flag.value),
    }
}

fn role(node: &Node<'_>) -> RoleGrant {
    let id = node.text("id");
    RoleGrant {
        name: node.maybe_text("name").unwrap_or_else(|| id.clone()),
        id,
        anchor: node.text("anchor"),
        domain: node.text("domain"),
        may_create: node.operations("may_create").unwrap_or_default(),
    }
}

fn context(node: &Node<'_>) -> ContextGrant {
    ContextGrant {
        id: node.text("id"),
        environment: node.text("environment"),
        operator: node.text("operator"),
        domain: node.text("domain"),
        may_create: node.operations("may_create").unwrap_or_default(),
    }
}

fn attester(node: &Node<'_>) -> Attester {
    Attester { id: node.text("id"), domain: node.text("domain") }
}

fn pool(node: &Node<'_>) -> Pool {
    Pool {
        id: node.text("id"),
        kind: node.text_or("kind", "microservice"),
        attester: node.maybe_text("attester"),
        environment: node.maybe_text("environment"),
        deployer: node.maybe_text("deployer"),
        roles: node.texts("roles"),
        scheme: node.text_or("scheme", "opaque"),
        replicas: node.count("replicas"),
        adversary: node.flag("adversary").is_some_and(|flag| flag.value),
        shared_key: node.flag("shared_key").is_some_and(|flag| flag.value),
        facts_from: node.count("facts_from"),
        facts_until: node.count("facts_until"),
    }
}

fn resource(node: &Node<'_>) -> Resource {
    Resource {
        id: node.text("id"),
        actions: node.texts("actions"),
        verifiers: node.count("verifiers").unwrap_or_else(|| node.here(1)),
    }
}

fn flow(node: &Node<'_>) -> Flow {
    Flow {
        id: node.text("id"),
        origin: origin(node),
        authority: node.operations("authority").unwrap_or_default(),
        executions: node.count("executions"),
        starts: node.count("starts"),
        deadline: node.count("deadline"),
        handed: handed(&node.table("handed")),
        max_hops: node.count("max_hops"),
        effects: node.count("effects").unwrap_or_else(|| node.here(1)),
        dynamic: node.flag("dynamic").is_some_and(|flag| flag.value),
        refused: node.flag("refused").is_some_and(|flag| flag.value),
        hops: node.tables("hop").iter().map(hop).collect(),
        request: request(&node.table("request")),
    }
}

fn handed(node: &Node<'_>) -> Handed {
    Handed { deadline: node.count("deadline"), effects: node.count("effects") }
}

fn origin(flow: &Node<'_>) -> Origin {
    if let Some(identity) = flow.maybe_text("origin") {
        return Origin::Identity(identity);
    }
    let node = flow.table("origin");
    let (pool, trigger) = (node.text("pool"), node.maybe_text("trigger"));
    match node.maybe_text("role") {
        Some(role) => Origin::Role { role, pool, trigger },
        None => Origin::Context { context: node.text("context"), pool, trigger },
    }
}

fn hop(node: &Node<'_>) -> Hop {
    let to = node.text("to");
    let listeners = node.texts("listeners");
    Hop {
        listeners: if listeners.is_empty() { vec![to.clone()] } else { listeners },
        to,
        class: class(&node.table("class")),
        anyone: node.flag("anyone").is_some_and(|flag| flag.value),
        authority: node.operations("authority"),
        span: node.span(),
    }
}

fn class(node: &Node<'_>) -> Class {
    Class {
        role: node.maybe_text("role"),
        domain: node.maybe_text("domain"),
        environment: node.maybe_text("environment"),
        max_age: node.count("max_age"),
        key: node.maybe_text("key"),
    }
}

fn request(node: &Node<'_>) -> Request {
    let (action, resource) = (node.text("action"), node.text("resource"));
    let span = if action.span.start < resource.span.start { action.span } else { resource.span };
    Request {
        operation: crate::scenario::Operation {
            action: action.value,
            resource: resource.value,
            span,
        },
        arguments: node.text_or("arguments", ""),
        verifier: node.count("verifier").unwrap_or_else(|| node.here(1)),
    }
}

fn fault(node: &Node<'_>) -> Fault {
    Fault { kind: node.text("kind"), target: node.text("target") }
}

fn adversary(node: &Node<'_>) -> Adversary {
    Adversary {
        capabilities: node.texts("capabilities"),
        observes: node.texts("observes"),
        leaks: node.texts("leaks"),
        insider: node.maybe_text("insider"),
        member_of: node.maybe_text("member_of"),
        steals: node.maybe_text("steals"),
        steals_pool: node.maybe_text("steals_pool"),
        hijacks: node.maybe_text("hijacks"),
        colludes: node.texts("colludes"),
        relays: node.maybe_text("relays"),
        reuses: node.maybe_text("reuses"),
        skews: node.maybe_text("skews"),
        attester: node.maybe_text("attester"),
        universe: node.texts("universe"),
    }
}

fn bounds(node: &Node<'_>) -> Bounds {
    let count = |key, least| node.count(key).unwrap_or_else(|| node.here(least));
    Bounds {
        replicas: count("replicas", 1),
        hops: count("hops", 0),
        executions: count("executions", 1),
        deliveries: count("deliveries", 1),
        ticks: count("ticks", 0),
    }
}

fn oracle(node: &Node<'_>, own: &Bounds, adversary: &Adversary) -> Oracle {
    let or = |key, own: &crate::span::Spanned<u32>| node.count(key).unwrap_or_else(|| own.clone());
    Oracle {
        bounds: Bounds {
            replicas: or("replicas", &own.replicas),
            hops: or("hops", &own.hops),
            executions: or("executions", &own.executions),
            deliveries: or("deliveries", &own.deliveries),
            ticks: or("ticks", &own.ticks),
        },
        capabilities: match node.has("capabilities") {
            true => node.texts("capabilities"),
            false => adversary.capabilities.clone(),
        },
        depth: node.count("depth"),
        states: node.counts("states"),
    }
}

fn also(node: &Node<'_>) -> Also {
    Also { adversary: node.texts("adversary"), on: node.texts("on"), span: node.span() }
}

fn expectation(node: &Node<'_>) -> Expectation {
    Expectation {
        on: node.texts("on"),
        adversary: node.texts("adversary"),
        violated: node.texts("violated"),
        vacuous: node.texts("vacuous"),
        holds: node.texts("holds"),
        served: node.flag("served"),
        because: node.text("because"),
        span: node.span(),
    }
}
