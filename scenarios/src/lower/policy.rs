//! A policy file.

use std::sync::Arc;

use super::Node;
use crate::cedar::{CedarText, ResourcePolicy};
use crate::scenario::{Anchor, Mandate, MandateKind, Operator, Policy, Trusted};

/// A policy file.
pub(crate) fn policy(name: &str, root: &Node<'_>) -> Policy {
    let require = root.table("require");
    Policy {
        name: name.to_owned(),
        title: root.text("title"),
        mandates: root.tables("mandate").iter().map(mandate).collect(),
        anchors: root.tables("anchor").iter().map(anchor).collect(),
        operators: root.tables("operator").iter().map(operator).collect(),
        attesters: root.tables("attester").iter().map(trusted).collect(),
        triggers: root.texts("triggers"),
        resource: require.texts("resource"),
        hop: require.texts("hop"),
        memory: root.text("memory"),
        resources: root.tables("resource").iter().map(resource).collect(),
    }
}

/// Its files are read by whoever can.
fn resource(node: &Node<'_>) -> ResourcePolicy {
    ResourcePolicy {
        resource: node.text("id"),
        cedar: node.text("cedar"),
        entities: node.maybe_text("entities"),
        principal: node.text_or("principal", "Identity"),
        kind: node.text_or("type", "Resource"),
        text: CedarText::default(),
        entities_text: Arc::from(""),
    }
}

fn mandate(node: &Node<'_>) -> Mandate {
    let (kind, key) = if node.has("identity") {
        (MandateKind::Identity, "identity")
    } else if node.has("role") {
        (MandateKind::Role, "role")
    } else {
        (MandateKind::Context, "context")
    };
    Mandate {
        kind,
        root: node.text(key),
        may_create: node.operations("may_create").unwrap_or_default(),
        span: node.span(),
    }
}

fn anchor(node: &Node<'_>) -> Anchor {
    Anchor { role: node.text("role"), identities: node.texts("identities") }
}

fn operator(node: &Node<'_>) -> Operator {
    Operator { environment: node.text("environment"), identities: node.texts("identities") }
}

fn trusted(node: &Node<'_>) -> Trusted {
    Trusted { attester: node.text("id"), domain: node.text("domain") }
}
