//! An independent judge: what can the adversary of a tiny world get accepted? Brute force, compared with the product.

#![allow(clippy::unwrap_used, clippy::panic, unreachable_pub, missing_docs)]

mod adversary;
mod chains;
mod class;
mod fields;
mod knowledge;
mod product;
mod stage;
mod tokens;
mod worlds;

#[path = "../worlds/mod.rs"]
mod shared;

use adversary::{Adversary, Limits};
use class::{Class, widest};
use stage::{C, Stage, Traffic};
use std::time::Instant;
use whoacts_checker::lower::{Plan, capabilities, lower};
use whoacts_checker::world::World;
use whoacts_model::guard::GuardSet;
use whoacts_model::mechanism::Form;

/// Differences of one world under one form and one adversary, for each policy: (policy, side, class).
fn differences(job: &Job<'_>, limits: Limits) -> Vec<(String, &'static str, Class)> {
    let Job { tiny, adversary, form, every } = *job;
    let case = shared::case(&tiny.story, &tiny.policy);
    let named = capabilities(adversary.iter().copied());
    let plan = Plan { representatives: false, ..Plan::of(&case.scenario, &case.policy, form, named) };
    let setting = lower::<C>(&plan);
    let traffic = Traffic::of(&setting);
    let stage = Stage::of(&setting, &traffic);
    let mut judge = Adversary::new(&setting, &stage, &traffic);
    let start = Instant::now();
    judge.run(&traffic, limits);
    let took = start.elapsed();
    let mut found: Vec<(String, &'static str, Class)> = Vec::new();
    let left_out = setting.required.iter().filter(|_| every);
    let policies = left_out.map(|guard| GuardSet::of(&[guard]));
    for dropped in std::iter::once(GuardSet::NONE).chain(policies) {
        let world = World::<C>::new(lower::<C>(&Plan { dropped, ..plan }));
        let theirs = product::classes(&world, &stage);
        let mine = judge.classes(dropped);
        if std::env::var("WHOACTS_DUMP").is_ok() {
            mine.iter().for_each(|class| println!("mine: {class}"));
            theirs.iter().for_each(|class| println!("theirs: {class}"));
        }
        let policy = dropped.first().map_or("all".to_owned(), |guard| format!("all but {}", guard.id()));
        for (side, these, those) in [("enumerator", &mine, &theirs), ("product", &theirs, &mine)] {
            let lost = widest(these.iter().cloned());
            let lost = lost.into_iter().filter(|this| !those.iter().any(|that| this.within(that)));
            // What is missing where every guard is asked for is said once.
            let said = |class: &Class| {
                found.iter().any(|(at, by, known)| at == "all" && *by == side && known.effect == class.effect)
            };
            let news: Vec<Class> = lost.filter(|class| !said(class)).collect();
            found.extend(news.into_iter().map(|class| (policy.clone(), side, class)));
        }
    }
    if std::env::var("WHOACTS_ENUMERATOR_TALK").is_ok() {
        eprintln!("{}: {} judged in {took:?}, all in {:?}, {} classes, {} differences",
            job.name(), judge.judged, start.elapsed(), judge.found.len(), found.len());
    }
    found
}

/// One world under one form and one adversary.
#[derive(Clone, Copy)]
struct Job<'t> {
    tiny: &'t worlds::Tiny,
    adversary: &'t [&'t str],
    form: &'static Form,
    every: bool,
}

impl Job<'_> {
    fn name(&self) -> String {
        format!("{} [{}] {}", self.tiny.name, self.adversary.join(" "), self.form.label())
    }
}

fn number(name: &str, otherwise: usize) -> usize {
    std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(otherwise)
}

#[test]
fn both_accept_the_same() {
    let full = std::env::var("WHOACTS_ENUMERATE").is_ok_and(|how| how == "full");
    let only = std::env::var("WHOACTS_ONLY").unwrap_or_default();
    let worlds = worlds::all();
    let mut jobs = Vec::new();
    for tiny in &worlds {
        for (at, adversary) in tiny.adversaries.iter().enumerate() {
            for form in whoacts_model::mechanism::forms() {
                let every = full || at == 1 && tiny.name == "one-hop";
                let job = Job { tiny, adversary, form, every };
                if job.name().contains(&only) && (full || !only.is_empty() || at < 2) {
                    jobs.push(job);
                }
            }
        }
    }
    let of = |job: &Job<'_>| {
        let links = if job.tiny.name == "two-hops" { 2 } else { 1 };
        let limits = Limits {
            links: number("WHOACTS_LINKS", links),
            fields: number("WHOACTS_FIELDS", 1),
            shown: number("WHOACTS_SHOWN", 1),
        };
        let found = differences(job, limits);
        found
            .into_iter()
            .map(|(policy, side, class)| format!("{} | {policy} | only the {side} | {class}", job.name()))
            .collect::<Vec<_>>()
    };
    let found: Vec<String> = shared::spread(&jobs, of).into_iter().flatten().collect();
    for line in &found {
        println!("{line}");
    }
}
