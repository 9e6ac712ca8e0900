//! An identifier stands where an accountable identity is asked for.

use super::{Finding, Lint, Subject};
use whoacts_scenarios::scenario::MandateKind;
use whoacts_scenarios::span::Spanned;

pub(super) const LINT: Lint = Lint {
    code: "identifier-as-principal",
    sentence: "an identifier of a runtime instance is used as a principal",
    why: "an identifier answers which instance acts, for tracing and audit; it is given to the next instance after a restart, \
          and renaming it must change no decision. What is granted to it is granted to whoever runs under that name",
    instead: "grant to the identity that answers for the workload, or to a role that it anchors",
    judge,
};

/// How names of instances begin, as the scheme of a pool says.
const SCHEMES: [&str; 5] = ["spiffe:", "did:", "arn:", "iam:", "x509:"];

fn judge(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    let policy = subject.policy;
    let roots = policy.mandates.iter().filter(|m| m.kind == MandateKind::Identity);
    let anchors = policy.anchors.iter().flat_map(|anchor| &anchor.identities);
    let operators = policy.operators.iter().flat_map(|operator| &operator.identities);
    for name in roots.map(|mandate| &mandate.root).chain(anchors).chain(operators) {
        if let Some(what) = instance(subject, name) {
            found.push(LINT.at(&name.span, format!("`{}` {what}", name.value)));
        }
    }
    for case in subject.cases {
        for identity in &case.scenario.identities {
            if let Some(what) = instance(subject, &identity.id) {
                let message = format!("the identity `{}` {what}", identity.id.value);
                found.push(LINT.at(&identity.id.span, message));
            }
        }
    }
}

/// What makes a name an identifier: its scheme, or a pool whose instances have it.
fn instance(subject: &Subject<'_>, name: &Spanned<String>) -> Option<String> {
    if let Some(scheme) = SCHEMES.iter().find(|scheme| name.value.starts_with(*scheme)) {
        return Some(format!("is an identifier: it begins with `{scheme}`"));
    }
    let pools = subject.cases.iter().flat_map(|case| &case.scenario.pools);
    let stem = name.value.split_once(['/', '_']).map_or(name.value.as_str(), |(stem, rest)| {
        if rest.chars().all(|c| c.is_ascii_digit()) { stem } else { &name.value }
    });
    let named = pools.into_iter().any(|pool| pool.id.value == name.value || pool.id.value == stem);
    named.then(|| format!("names instances of the pool `{stem}`"))
}
