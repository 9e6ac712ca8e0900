//! Small outcomes made by hand.

use std::sync::Arc;
use whoacts_checker::outcome::*;
use whoacts_scenarios::span::Span;

pub(crate) const FILE: &str = "scenarios/cases/deputy/mixed-lineages.toml";
pub(crate) const POLICY: &str = "scenarios/policies/strict.toml";
pub(crate) const TEXT: &str =
    "schema = \"whoacts/scenario/1\"\n[[expect]]\nviolated = [\"no-mixing\"]\n";
pub(crate) const POLICY_TEXT: &str = "[require]\nresource = [\"all\"]\n";

pub(crate) fn sources() -> std::collections::BTreeMap<String, String> {
    [(FILE.to_owned(), TEXT.to_owned()), (POLICY.to_owned(), POLICY_TEXT.to_owned())].into()
}

/// The span of the first occurrence of `what` in `text`.
pub(crate) fn span(file: &str, text: &str, what: &str) -> Span {
    let start = text.find(what).unwrap_or(0);
    let line = text[..start].matches('\n').count() as u32 + 1;
    let col = text[..start].chars().rev().take_while(|c| *c != '\n').count() as u32 + 1;
    Span { file: Arc::from(file), start, end: start + what.len(), line, col }
}

/// A hold of `property` under `continuity/K4`.
pub(crate) fn hold(property: &'static str) -> Check {
    Check {
        scenario: "deputy/mixed-lineages".into(),
        title: "One executor serves two executions".into(),
        mechanism: "continuity",
        variant: "reference",
        profile: Some("K4"),
        property,
        verdict: Verdict::Exhausted,
        expected: Some(Verdict::Exhausted),
        because: None,
        as_expected: true,
        served: true,
        expected_served: true,
        assumptions: vec!["A1"],
        by_design: false,
        influenced: Vec::new(),
        radius: None,
        bounds: Bounds { replicas: 3, hops: 3, executions: 2, deliveries: 1, ticks: 0 },
        adversary: vec!["observe".into(), "inject".into()],
        stats: Stats {
            engine: "layered",
            crypto: "symbolic",
            reductions: vec!["saturate"],
            states: 1234,
            steps: 5678,
            depth: 9,
            collision_bound: Some(2.1e-33),
            presentations: 41,
            limit: None,
        },
        guards: vec![
            GuardUse { guard: "holder", held: 12, denied: 3 },
            GuardUse { guard: "linked", held: 40, denied: 0 },
        ],
        confirmed: None,
        trace: None,
        needs: Vec::new(),
        stuck: Vec::new(),
        stopped_by: Vec::new(),
        not_covered: vec!["steal-key", "confuse"],
        witness: Some("relay_01 reads db for alice".into()),
        contrast: Some(Contrast::Attack("bearer".into(), 3)),
        notes: Vec::new(),
        span: span(FILE, TEXT, "[[expect]]"),
        policy_span: None,
    }
}

/// The same under another form.
pub(crate) fn on(check: Check, mechanism: &'static str, variant: &'static str) -> Check {
    Check { mechanism, variant, profile: None, ..check }
}

/// A violation of `no-mixing` under `dpop`, as CLI.md shows it.
pub(crate) fn attack() -> Check {
    Check {
        verdict: Verdict::Violated,
        expected: Some(Verdict::Violated),
        because: Some(
            "possession proves a key, not a cause; `intent-bound` is what is missing".into(),
        ),
        confirmed: Some(Confirmed::Trace),
        trace: Some(mixed()),
        needs: vec![vec!["inject".into(), "confuse".into()]],
        stopped_by: vec![StoppedBy {
            guards: vec!["intent-bound"],
            served: true,
            under: "continuity".into(),
        }],
        witness: None,
        contrast: None,
        span: span(FILE, TEXT, "violated = [\"no-mixing\"]"),
        policy_span: Some(span(POLICY, POLICY_TEXT, "\"all\"")),
        ..on(hold("no-mixing"), "dpop", "common")
    }
}

/// The same, although a hold was expected.
pub(crate) fn surprise() -> Check {
    Check { expected: Some(Verdict::Exhausted), because: None, as_expected: false, ..attack() }
}

pub(crate) fn step(actor: &str, to: Option<&str>, label: &str, remark: &str) -> Step {
    Step {
        actor: actor.into(),
        to: to.map(Into::into),
        kind: "send",
        label: label.into(),
        remark: remark.into(),
        text: format!("{actor} {label}."),
        changed: vec![("knows".into(), label.into())],
        guards: vec!["holder"],
    }
}

pub(crate) fn trace(lanes: &[&str], steps: Vec<Step>) -> Trace {
    Trace {
        id: "7c1e09ab".into(),
        quality: "shortest",
        moves: steps.iter().map(|step| serde_json::json!({ "actor": step.actor })).collect(),
        steps,
        hostile: true,
        why: "nothing in the evidence ties step 3 to the execution that began at step 2".into(),
        headline: "`relay_01` spends authority it does not continue".into(),
        lanes: lanes.iter().map(|lane| (*lane).to_owned()).collect(),
    }
}

fn mixed() -> Trace {
    trace(
        &["alice", "mallory", "relay_01", "api"],
        vec![
            step("alice", Some("relay_01"), "hands x1 {read}", "x1 rooted at alice"),
            step("mallory", Some("relay_01"), "request", "x2, carries no authority"),
            step("relay_01", None, "crashes", ""),
            step("relay_01", Some("api"), "read", "presents the token of x1"),
            step("api", Some("mallory"), "answer", "what alice may read"),
        ],
    )
}

/// A run with an attack, holds, an open question and one never put.
pub(crate) fn outcome() -> Outcome {
    let limit = Stats {
        limit: Some("1,000,000 states, covered to depth 6".into()),
        ..hold("custody").stats
    };
    let stronger =
        Check { adversary: vec!["observe".into(), "inject".into(), "confuse".into()], ..attack() };
    Outcome {
        checks: vec![
            attack(),
            on(hold("custody"), "dpop", "common"),
            Check {
                verdict: Verdict::Vacuous,
                expected: Some(Verdict::Vacuous),
                ..on(hold("fresh-attestation"), "dpop", "common")
            },
            hold("no-mixing"),
            Check {
                verdict: Verdict::Inconclusive,
                stats: limit,
                as_expected: false,
                ..hold("custody")
            },
            Check { served: false, expected_served: false, ..hold("fresh-attestation") },
            Check {
                mechanism: "continuity",
                variant: "reference",
                profile: Some("K4"),
                ..stronger
            },
        ],
    }
}
