//! An independent judge: what can the adversary of a tiny world get accepted? Brute force, compared with the product.
//!
//! The enumerator shares with the product the records and the verifiers of the crate `model` (`Mechanism::evidence`, `take`,
//! `convert`, `redeem`, `originate`, `hand_over`, `present`, the runtime's `Task::take`) and `lower`, which sets the stage. It has
//! no menus, no views, no supports and no ghost: whose a record is, it reads off keys and off the digests of what honest
//! parties say. Both sides are compared as classes ([`class::Class`]): who presents, where, what, anchor and actor as the
//! evidence says, root and path by whose keys, and the conditions of the guards that are asked for. A class with fewer
//! conditions contains one with more. *What the adversary needs* for a class is compared by asking each world under several
//! sets of capabilities.
//!
//! **What is tried.** A record that the adversary makes is what the mechanism itself makes for one of its parties, for each
//! authority and each successor that can be named, with up to `fields` fields set to any constant of the world (all subsets of
//! the two permissions; all keys and one that nobody has; every tick up to one after the last; 0 to 3 hops and effects; the
//! digests of what is known and one other). A presentation likewise, with up to `shown` fields. Sets of requirements are empty,
//! single, or those of the story. A path goes on only where at most one guard fails for good: policies that leave out more than
//! one guard are not asked. Of paths that no later record and no decision can tell apart one goes on (`chains.rs`).
//!
//! **Where `MODEL.md` is silent**, this is what was taken:
//! - Attestations, role grants and context grants are no secrets: whoever has an instance's key can show its attestation.
//! - Whoever takes an executor over has what its pool receives, what it holds and what it asked; before that it was honest, so
//!   both its own presentations and the adversary's are classes.
//! - An honest executor that is fed acts at each place that its pool has in a flow: at the end it puts the errand as it stands to
//!   every verifier of that resource, elsewhere it hands on as the flow says. It does not compare the errand with what it holds.
//! - Where a leg is authenticated, only the sender's key (or, with `inject`, a recorded delivery of exactly this) gets a parcel
//!   through; elsewhere whatever can be assembled is delivered from an endpoint of the adversary's own.
//! - An online party answers the adversary as the mechanism's functions say, and `originate` only for its own names and roles. With
//!   its own key in the place of the issuer's it makes up whatever the issuer could have issued.
//! - A request that was recorded can be put again from anywhere, unless its proof stands for the connection
//!   (`Mechanism::channel_bound`); so an honest request that was read is also a class of the adversary's.
//! - A restricted token (macaroon, biscuit) is a sealed carrier: its end is known, not what it began as.
//! - Which nonce, serial or execution number the adversary chooses makes no class of its own; nor does what nobody declared: all
//!   names, keys and arguments that are in no file are one.
//! - The proof matters where one of `holder`, `request-bound`, `audience`, `single-use` is asked for; elsewhere any will do.
//!
//! `known.txt` pins what differs, by world, adversary, form, policy and side: how many classes and a digest of them. It may only
//! shrink; a line that no longer holds fails the test. `WHOACTS_ENUMERATE=full` tries everything, `WHOACTS_ONLY=text` the jobs
//! whose name has this text, and prints each class; `WHOACTS_PIN=1` writes the list anew.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, clippy::print_stderr)]
#![allow(unreachable_pub, missing_docs)]

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
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;
use whoacts_checker::lower::{Plan, capabilities, lower};
use whoacts_checker::world::World;
use whoacts_model::crypto::Digest;
use whoacts_model::guard::GuardSet;
use whoacts_model::mechanism::{Form, forms};

/// One world under one form and one adversary.
#[derive(Clone, Copy)]
struct Job<'t> {
    tiny: &'t worlds::Tiny,
    adversary: &'t [&'t str],
    form: &'static Form,
    /// Also under each policy that leaves one guard out.
    every: bool,
    limits: Limits,
}

/// A class that one side accepts and the other does not, with the policy and the side.
type Difference = (String, &'static str, Class);

impl Job<'_> {
    fn name(&self) -> String {
        format!("{} [{}] {}", self.tiny.name, self.adversary.join(" "), self.form.label())
    }

    fn differences(&self) -> Vec<Difference> {
        let case = shared::case(&self.tiny.story, &self.tiny.policy);
        let named = capabilities(self.adversary.iter().copied());
        let plan = Plan::of(&case.scenario, &case.policy, self.form, named);
        let plan = Plan { representatives: false, ..plan };
        let setting = lower::<C>(&plan);
        let traffic = Traffic::of(&setting);
        let stage = Stage::of(&setting, &traffic);
        let mut judge = Adversary::new(&setting, &stage, &traffic);
        let start = Instant::now();
        judge.run(&traffic, self.limits);
        let took = start.elapsed();
        let mut found: Vec<Difference> = Vec::new();
        let left_out = setting.required.iter().filter(|_| self.every);
        let policies = left_out.map(|guard| GuardSet::of(&[guard]));
        for dropped in std::iter::once(GuardSet::NONE).chain(policies) {
            let world = World::<C>::new(lower::<C>(&Plan { dropped, ..plan }));
            let theirs = product::classes(&world, &stage);
            self.compare(&judge, &theirs, dropped, &mut found);
        }
        if talks() {
            let (judged, classes) = (judge.judged, judge.found.len());
            let all = start.elapsed();
            let name = self.name();
            eprintln!(
                "{name}: {judged} judged in {took:?}, all in {all:?}, {classes} classes, {} differ",
                found.len()
            );
        }
        found
    }

    fn compare(
        &self,
        judge: &Adversary<'_>,
        theirs: &std::collections::BTreeSet<Class>,
        dropped: GuardSet,
        found: &mut Vec<Difference>,
    ) {
        let mine = judge.classes(dropped);
        if std::env::var("WHOACTS_DUMP").is_ok() {
            mine.iter().for_each(|class| println!("mine: {class}"));
            theirs.iter().for_each(|class| println!("theirs: {class}"));
        }
        let policy =
            dropped.first().map_or("all".to_owned(), |guard| format!("all but {}", guard.id()));
        for (side, these, those) in [("enumerator", &mine, theirs), ("product", theirs, &mine)] {
            // Where little is tried, that the product finds more says nothing.
            if side == "product" && self.limits.fields == 0 {
                continue;
            }
            let lost = widest(these.iter().cloned());
            let lost = lost.into_iter().filter(|this| !those.iter().any(|that| this.within(that)));
            // What differs where every guard is asked for is said once.
            let said = |class: &Class| {
                let same = |(at, by, known): &Difference| {
                    at == "all" && *by == side && known.effect == class.effect
                };
                found.iter().any(same)
            };
            let news: Vec<Class> = lost.filter(|class| !said(class)).collect();
            found.extend(news.into_iter().map(|class| (policy.clone(), side, class)));
        }
    }
}

fn talks() -> bool {
    std::env::var("WHOACTS_TALK").is_ok()
}

fn number(name: &str, otherwise: usize) -> usize {
    std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(otherwise)
}

/// The jobs that are asked for: in CI those that are quick, and one world in depth.
fn jobs<'w>(worlds: &'w [worlds::Tiny], only: &str, full: bool) -> Vec<Job<'w>> {
    let mut jobs = Vec::new();
    for tiny in worlds {
        for (at, adversary) in tiny.adversaries.iter().enumerate() {
            for form in forms() {
                let deep = full || !only.is_empty() || tiny.name == "one-hop" && at == 0;
                let links = if tiny.name == "two-hops" { 2 } else { 1 };
                let limits = Limits {
                    links: number("WHOACTS_LINKS", links),
                    fields: number("WHOACTS_FIELDS", usize::from(deep)),
                    shown: number("WHOACTS_SHOWN", 1),
                };
                let job = Job { tiny, adversary, form, every: deep, limits };
                if job.name().contains(only) {
                    jobs.push(job);
                }
            }
        }
    }
    jobs
}

/// What differs, by world, adversary, form, policy and side.
fn summary(found: &[(String, Difference)]) -> Vec<String> {
    let mut groups: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (job, (policy, side, class)) in found {
        let at = format!("{job} | {policy} | only the {side}");
        groups.entry(at).or_default().push(class.to_string());
    }
    let line = |(at, classes): (String, Vec<String>)| {
        let digest = Digest::of(classes.join("\n").as_bytes()).short();
        format!("{at}: {} ({digest})", classes.len())
    };
    groups.into_iter().map(line).collect()
}

#[test]
#[ignore = "takes minutes, and what it finds is not pinned yet: run it on demand"]
fn both_accept_the_same() {
    let full = std::env::var("WHOACTS_ENUMERATE").is_ok_and(|how| how == "full");
    let only = std::env::var("WHOACTS_ONLY").unwrap_or_default();
    let worlds = worlds::all();
    let jobs = jobs(&worlds, &only, full);
    let work = |job: &Job<'_>| -> Vec<(String, Difference)> {
        job.differences().into_iter().map(|difference| (job.name(), difference)).collect()
    };
    let found: Vec<_> = shared::spread(&jobs, work).into_iter().flatten().collect();
    let lines = summary(&found);
    if full || !only.is_empty() {
        for (job, (policy, side, class)) in &found {
            println!("{job} | {policy} | only the {side} | {class}");
        }
        return;
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/enumerator/known.txt");
    if std::env::var("WHOACTS_PIN").is_ok() {
        std::fs::write(&file, lines.iter().map(|line| format!("{line}\n")).collect::<String>())
            .unwrap();
        return;
    }
    let known = std::fs::read_to_string(&file).unwrap_or_default();
    let known: Vec<&str> = known.lines().collect();
    let news: Vec<_> = lines.iter().filter(|line| !known.contains(&line.as_str())).collect();
    let stale: Vec<_> =
        known.iter().filter(|line| !lines.iter().any(|found| found == *line)).collect();
    assert!(news.is_empty() && stale.is_empty(), "new: {news:#?}\nno longer so: {stale:#?}");
}
