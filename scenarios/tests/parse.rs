//! What valid files say.
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use common::{FULL, MINIMAL, POLICY, vocabulary};
use expect_test::expect;
use whoacts_scenarios::scenario::{MandateKind, Origin};
use whoacts_scenarios::{expand_label, instance, parse_policy, parse_scenario, set};

#[test]
fn the_examples_are_valid() {
    for text in [MINIMAL, FULL] {
        assert_eq!(common::scenario_errors(text.as_bytes()), "");
    }
    assert_eq!(common::policy_errors(POLICY.as_bytes()), "");
}

#[test]
fn what_is_not_said_has_a_default() {
    let story = parse_scenario("m.toml", "a/b", MINIMAL.as_bytes(), &vocabulary()).unwrap();
    assert_eq!(story.id, "a/b");
    assert_eq!(story.tags[0].value, "default");
    assert_eq!(story.identities[0].kind, "entity");
    assert_eq!(story.pools[0].kind.value, "microservice");
    assert_eq!(story.pools[0].scheme.value, "opaque");
    assert_eq!(story.resources[0].verifiers.value, 1);
    let flow = &story.flows[0];
    assert_eq!((flow.effects.value, flow.request.verifier.value), (1, 1));
    assert_eq!(flow.request.arguments.value, "");
    assert_eq!(flow.hops[0].listeners[0].value, "app");
    assert_eq!(flow.hops[0].authority, None);
    assert_eq!(story.oracle.bounds, story.bounds);
    assert_eq!(story.oracle.capabilities, story.adversary.capabilities);
}

#[test]
fn values_keep_their_places() {
    let story = parse_scenario("f.toml", "a/b", FULL.as_bytes(), &vocabulary()).unwrap();
    let text = |span: &whoacts_scenarios::span::Span| &FULL[span.start..span.end];
    assert_eq!(text(&story.title.span), "\"every key once\"");
    assert_eq!((story.title.span.line, story.title.span.col), (2, 9));
    assert_eq!(text(&story.flows[0].hops[0].span), "[[flow.hop]]");
    assert_eq!(text(&story.expectations[1].span), "[[expect]]");
    assert_eq!(text(&story.roles[0].may_create[0].span), "\"read api\"");
    assert_eq!(text(&story.oracle.states[1].0.span), "\"continuity/K4\"");
    assert_eq!(story.oracle.states[0].1.value, 1234);
    assert!(
        matches!(&story.flows[1].origin, Origin::Role { role, .. } if role.value == "authorized-workload")
    );
    assert!(
        matches!(&story.flows[2].origin, Origin::Context { context, .. } if context.value == "soc")
    );
}

#[test]
fn a_policy_says_whom_to_trust() {
    let policy = parse_policy("p.toml", "p", POLICY.as_bytes(), &vocabulary()).unwrap();
    let kinds: Vec<MandateKind> = policy.mandates.iter().map(|mandate| mandate.kind).collect();
    assert_eq!(kinds, [MandateKind::Identity, MandateKind::Role, MandateKind::Context]);
    assert_eq!(policy.mandates[2].root.value, "soc-cluster");
    assert_eq!(policy.anchors[0].identities[0].value, "acme");
    assert_eq!(policy.operators[0].environment.value, "soc-cluster");
    assert_eq!(policy.operators[0].identities[0].value, "acme");
    assert_eq!(policy.attesters[0].attester.value, "server-attester");
    assert_eq!((policy.name.as_str(), policy.memory.as_str()), ("p", "local"));
    assert_eq!(policy.hop.len(), 2);
}

#[test]
fn labels_expand_to_runs() {
    let expanded = |label| {
        let runs = expand_label(label, &vocabulary())?;
        let second =
            runs.into_iter().map(|(id, part)| part.map_or(id.clone(), |p| format!("{id}:{p}")));
        Some(second.collect::<Vec<_>>().join(" "))
    };
    let labels = [
        "bearer",
        "bearer/common",
        "bearer/strong",
        "dpop/common",
        "continuity/K4",
        "continuity/K4..K6",
        "continuity",
        "continuity/K6..K4",
        "continuity/K4..",
        "continuity/common",
        "dpop/K4",
        "",
        "/",
        "none",
    ];
    let rows: String = labels.iter().map(|l| format!("{l} => {:?}\n", expanded(l))).collect();
    expect![[r#"
        bearer => Some("bearer")
        bearer/common => Some("bearer")
        bearer/strong => Some("bearer:strong")
        dpop/common => Some("dpop")
        continuity/K4 => Some("continuity:K4")
        continuity/K4..K6 => Some("continuity:K4 continuity:K5 continuity:K6")
        continuity => Some("continuity:K0 continuity:K1 continuity:K2 continuity:K3 continuity:K4 continuity:K5 continuity:K6")
        continuity/K6..K4 => None
        continuity/K4.. => None
        continuity/common => None
        dpop/K4 => None
         => None
        / => None
        none => None
    "#]].assert_eq(&rows);
}

#[test]
fn instances_have_a_number_from_one() {
    assert_eq!(instance("app/2"), Some(("app", 2)));
    for wrong in ["app", "app/0", "app/", "/1", "app/+1", "app/x", "app/99999999999"] {
        assert_eq!(instance(wrong), None, "{wrong}");
    }
}

#[test]
fn a_bound_is_set_from_outside() {
    let mut story = parse_scenario("f.toml", "a/b", FULL.as_bytes(), &vocabulary()).unwrap();
    set(&mut story, "bounds.replicas", "4").unwrap();
    assert_eq!(story.bounds.replicas.value, 4);
    assert_eq!(story.oracle.bounds.replicas.value, 2);

    let mut minimal = parse_scenario("m.toml", "a/b", MINIMAL.as_bytes(), &vocabulary()).unwrap();
    minimal.adversary.steals = Some(whoacts_scenarios::span::Spanned::new(
        "app/2".into(),
        minimal.bounds.ticks.span.clone(),
    ));
    let before = minimal.clone();
    let rows: String = [
        ("bounds.hops", "-1"),
        ("bounds.hops", "33"),
        ("bounds.replicas", "0"),
        ("bounds.replicas", "1"),
        ("bounds.replicas", "many"),
        ("bounds.replica", "2"),
        ("hops", "2"),
        ("", ""),
    ]
    .into_iter()
    .map(|(key, value)| {
        let error = set(&mut minimal, key, value).unwrap_err();
        format!("{error} [{}] {}\n", error.code, error.help.as_deref().unwrap_or_default())
    })
    .collect();
    assert_eq!(minimal, before);
    expect![[r#"
        --set:1:13: `hops` is -1, and cannot be negative [negative] 
        --set:1:13: `hops` is 33; the limit is 32 [over-limit] 
        --set:1:17: `replicas` is 0, and at least 1 is needed [zero] 
        m.toml:28:9: there is no `app/2`: the pool `app` has 1 replica [out-of-range] 
        --set:1:17: `many` is no whole number [bad-override] 
        --set:1:1: there is nothing called `bounds.replica` to set [bad-override] did you mean `bounds.replicas`?
        --set:1:1: there is nothing called `hops` to set [bad-override] there are `bounds.replicas`, `bounds.hops`, `bounds.executions`, `bounds.deliveries`, `bounds.ticks`
        --set:1:1: there is nothing called `` to set [bad-override] there are `bounds.replicas`, `bounds.hops`, `bounds.executions`, `bounds.deliveries`, `bounds.ticks`
    "#]].assert_eq(&rows);
}
