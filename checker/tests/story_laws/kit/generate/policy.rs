//! What a random policy asks, and what it lets each root create.

use super::Cast;
use crate::kit::files::{add_row, names, rows, table, text};
use crate::kit::random::Random;
use toml::{Table, Value};
use whoacts_model::guard::Guard;

pub(super) fn policy(r: &mut Random, cast: &Cast, story: &Table) -> Table {
    let all: Vec<&str> = Guard::ALL.iter().map(|guard| guard.id()).collect();
    let asked = |r: &mut Random| -> Vec<&str> {
        match r.below(10) {
            0..=4 => vec!["all"],
            5..=7 => {
                let (one, other) = (*r.pick(&all), *r.pick(&all));
                let also = r.percent(50);
                let kept = all.iter().filter(|g| **g != one && !(also && **g == other));
                kept.copied().collect()
            }
            8 => Vec::new(),
            _ => r.some(&all, 75),
        }
    };
    let (resource, hop) = (asked(r), if r.percent(75) { vec!["all"] } else { asked(r) });
    let mut policy = table([
        ("schema", "whoacts/policy/1".into()),
        ("title", "One desk".into()),
        ("memory", if r.percent(65) { "shared" } else { "local" }.into()),
        ("require", Value::Table(table([("resource", resource.into()), ("hop", hop.into())]))),
    ]);
    if r.percent(70) {
        policy.insert("triggers".to_owned(), vec!["alarm"].into());
    }
    mandates(r, cast, story, &mut policy);
    for attester in rows(story, "attester").filter(|_| r.percent(95)) {
        add_row(&mut policy, "attester", attester.clone(), false);
    }
    policy
}

fn mandates(r: &mut Random, cast: &Cast, story: &Table, policy: &mut Table) {
    let needed = |id: &str| -> Vec<String> {
        let own = rows(story, "flow").filter(|flow| text(flow, "origin") == id);
        own.flat_map(|flow| names(flow, "authority")).collect()
    };
    let mallory = cast.mallory.then(|| "mallory".to_owned());
    for id in cast.people.iter().chain(&mallory) {
        let (own, narrow) = (needed(id), r.percent(10));
        let wide = if narrow { 0 } else { 35 };
        let may: Vec<String> = cast
            .operations
            .iter()
            .filter(|operation| own.contains(operation) && !narrow || r.percent(wide))
            .cloned()
            .collect();
        if !may.is_empty() || r.percent(30) {
            let mandate = table([("identity", id.as_str().into()), ("may_create", may.into())]);
            add_row(policy, "mandate", mandate, false);
        }
    }
    for role in &cast.roles {
        let mandate = table([
            ("role", role.as_str().into()),
            ("may_create", r.some(&cast.operations, 60).into()),
        ]);
        add_row(policy, "mandate", mandate, false);
        let anchor = rows(story, "role").find(|row| text(row, "id") == *role);
        if let Some(anchor) = anchor.filter(|_| r.percent(90)) {
            let trusted = vec![text(anchor, "anchor")];
            let anchor = table([("role", role.as_str().into()), ("identities", trusted.into())]);
            add_row(policy, "anchor", anchor, false);
        }
    }
    for context in rows(story, "context") {
        let environment = text(context, "environment");
        let may = r.some(&cast.operations, 65);
        let mandate = table([("context", environment.as_str().into()), ("may_create", may.into())]);
        add_row(policy, "mandate", mandate, false);
        let trusted = vec![text(context, "operator")];
        let operator = table([("environment", environment.into()), ("identities", trusted.into())]);
        add_row(policy, "operator", operator, false);
    }
}
