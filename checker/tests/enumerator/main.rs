//! An independent judge: what can the adversary of a tiny world get accepted? Brute force, compared with the product.

#![allow(clippy::unwrap_used, clippy::panic, unreachable_pub, missing_docs)]

mod adversary;
mod chains;
mod class;
mod fields;
mod knowledge;
mod product;
mod stage;
mod worlds;

#[path = "../worlds/mod.rs"]
mod shared;

use adversary::{Adversary, Limits};
use class::{Class, widest};
use stage::{C, Stage, Traffic};
use std::collections::BTreeSet;
use whoacts_checker::lower::{Plan, capabilities, lower};
use whoacts_checker::world::World;
use whoacts_model::guard::GuardSet;
use whoacts_model::mechanism::Form;

const CHAINS: &[&str] = &[
    "continuity/K0",
    "continuity/K1",
    "continuity/K2",
    "continuity/K3",
    "continuity/K4",
    "continuity/K5",
    "continuity/K6",
    "open-continuity",
    "open-continuity/strong",
    "capability-chain",
    "capability-chain/strong",
];

/// Differences of one world under one form and one adversary, for each policy.
fn differences(
    tiny: &worlds::Tiny,
    form: &'static Form,
    adversary: &[&str],
    limits: Limits,
    every: bool,
) -> Vec<String> {
    let case = shared::case(&tiny.story, &tiny.policy);
    let named = capabilities(adversary.iter().copied());
    let plan =
        Plan { representatives: false, ..Plan::of(&case.scenario, &case.policy, form, named) };
    let setting = lower::<C>(&plan);
    let traffic = Traffic::of(&setting);
    let stage = Stage::of(&setting, &traffic);
    let mut judge = Adversary::new(&setting, &stage, &traffic);
    let start = std::time::Instant::now();
    judge.run(&traffic, limits);
    let took = start.elapsed();
    let mut lines = Vec::new();
    let policies = std::iter::once(GuardSet::NONE)
        .chain(setting.required.iter().filter(|_| every).map(|guard| GuardSet::of(&[guard])));
    let mut products = 0;
    for dropped in policies {
        let start = std::time::Instant::now();
        let world = World::<C>::new(lower::<C>(&Plan { dropped, ..plan }));
        let theirs = product::classes(&world, &stage);
        products += start.elapsed().as_millis();
        let mine = judge.classes(dropped);
        let policy =
            dropped.first().map_or("all".to_owned(), |guard| format!("all but {}", guard.id()));
        let at = format!("{} [{}] {} under {policy}", tiny.name, adversary.join(" "), form.label());
        let missing = |these: &BTreeSet<Class>, those: &BTreeSet<Class>, what: &str| {
            let these = widest(these.iter().cloned());
            let lost = these.into_iter().filter(|this| !those.iter().any(|that| this.within(that)));
            lost.map(|class| format!("{at}: {what}: {class}")).collect::<Vec<_>>()
        };
        lines.extend(missing(&mine, &theirs, "only the enumerator"));
        lines.extend(missing(&theirs, &mine, "only the product"));
    }
    if std::env::var("WHOACTS_ENUMERATOR_TALK").is_ok() {
        eprintln!(
            "{} [{}] {}: {} judged in {took:?}, {} classes, product {products} ms, {} differences",
            tiny.name,
            adversary.join(" "),
            form.label(),
            judge.judged,
            judge.found.len(),
            lines.len()
        );
    }
    lines
}

#[test]
fn chains() {
    let limit = |name: &str, default| {
        std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(default)
    };
    let limits = Limits {
        links: limit("WHOACTS_LINKS", 2),
        fields: limit("WHOACTS_FIELDS", 1),
        shown: limit("WHOACTS_SHOWN", 1),
    };
    let only = std::env::var("WHOACTS_ONLY").unwrap_or_default();
    let mut found = Vec::new();
    for tiny in worlds::all() {
        for adversary in tiny.adversaries {
            for label in CHAINS {
                let name = format!("{} [{}] {label}", tiny.name, adversary.join(" "));
                if !name.contains(&only) {
                    continue;
                }
                let form = Form::labelled(label).unwrap();
                let every = std::env::var("WHOACTS_EVERY").is_ok();
                found.extend(differences(&tiny, form, adversary, limits, every));
            }
        }
    }
    for line in &found {
        println!("{line}");
    }
}
