//! The list of laws, by their numbers. What a law says of something that is not built is left out, and said where it is left out.
//!
//! Not here: L17 against brute force (the enumerator is a test of its own), L18 (each comparison seen both ways), L21 (the
//! *broken by* sentences), L26, L27 and L29 (trees, influence and bridges are not built), and what L1 and L10 say of `never`.

mod irrelevance;
mod power;
mod records;
mod shape;
pub mod taken_over;
mod width;

use super::files::{Files, flag, names, rows, text};
use super::law::Law;
use toml::Value;

/// Every law.
pub fn all() -> Vec<Law> {
    let groups: [&[Law]; 5] =
        [&power::LAWS, &irrelevance::LAWS, &width::LAWS, &records::LAWS, &shape::LAWS];
    groups.concat()
}

/// The honest pools of which the first instance can be singled out, and which start nothing by themselves.
fn executors(files: &Files) -> Vec<String> {
    let starts: Vec<String> = rows(&files.story, "flow")
        .filter_map(|flow| flow.get("origin").and_then(Value::as_table))
        .map(|origin| text(origin, "pool"))
        .collect();
    let pools = rows(&files.story, "pool").filter(|pool| {
        !flag(pool, "adversary") && !flag(pool, "shared_key") && !starts.contains(&text(pool, "id"))
    });
    pools.map(|pool| text(pool, "id")).collect()
}

/// The story in which nothing befalls one pool, and the adversary has no capability that is placed there.
fn undisturbed(files: &Files, pool: &str) -> Files {
    let mut calm = files.clone();
    let here = |target: &str| target.split('/').next() == Some(pool);
    if let Some(faults) = calm.story.get_mut("fault").and_then(Value::as_array_mut) {
        faults.retain(|fault| {
            let target = fault.get("target").and_then(Value::as_str);
            !target.is_some_and(here)
        });
    }
    if rows(&calm.story, "fault").count() == 0 {
        calm.story.remove("fault");
    }
    let placed = [
        ("hijack-executor", "hijacks"),
        ("steal-key", "steals"),
        ("relay-attestation", "relays"),
        ("reuse-identifier", "reuses"),
        ("pool-member", "member_of"),
        ("collude", "colludes"),
    ];
    for (capability, key) in placed {
        let one = text(calm.adversary(), key);
        let many = names(calm.adversary(), key);
        if here(&one) || many.iter().any(|target| here(target)) {
            calm.lose(capability);
        }
    }
    for (capability, kind) in [("forget", "restart"), ("revocation-lag", "revoke")] {
        if !rows(&calm.story, "fault").any(|fault| text(fault, "kind") == kind) {
            calm.lose(capability);
        }
    }
    calm
}

/// The story with one pool run by the adversary from the start.
fn run_by_adversary(files: &Files, pool: &str) -> Files {
    let mut run = files.clone();
    let replicas = files.bound("replicas");
    if let Some(pool) = run.row_mut("pool", pool) {
        pool.insert("adversary".to_owned(), true.into());
        // A pool of the adversary's has one replica unless it says otherwise.
        pool.entry("replicas").or_insert(replicas.into());
    }
    run
}
