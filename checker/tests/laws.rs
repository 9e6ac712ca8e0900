//! Laws that hold of every world, over small random ones: more capabilities and larger bounds never lose a violation; names
//! and the order of replicas do not matter; both cryptographies explore the same graph; and, over the library too, the
//! reductions lose nothing and their traces have no idle move.

#![allow(clippy::unwrap_used, clippy::panic)]

mod worlds;

use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestRunner};
use std::cell::Cell;
use std::fmt::Debug;
use whoacts_checker::explore::{Ended, Found, Run, System, replay};
use whoacts_checker::outcome::Bounds;
use whoacts_checker::world::World;
use whoacts_checker::world::capability::{Capabilities, Capability};
use whoacts_model::crypto::{Crypto, Ed25519, Symbolic};
use whoacts_model::mechanism::Form;
use whoacts_scenarios::Case;
use worlds::{Stage, all_forms, case, label, library, pairs, plain, reduced, spread, violated};

/// A small story.
#[derive(Debug, Clone)]
struct Story {
    hops: usize,
    /// What the first hop asks of its taker.
    class: &'static str,
    anyone: bool,
    effects: u32,
    /// `crash`, `rekey` or `revoke`, and the replica that it happens to.
    fault: Option<(&'static str, u32)>,
    capabilities: Capabilities,
    form: &'static Form,
    replicas: u32,
    executions: u32,
}

/// The names of a story's parts.
struct Names {
    person: &'static str,
    worker: &'static str,
    visitor: &'static str,
    resource: &'static str,
}

const NAMES: Names =
    Names { person: "alice", worker: "worker", visitor: "visitor", resource: "ledger" };
const OTHERS: Names = Names { person: "zoe", worker: "baker", visitor: "tramp", resource: "oven" };

const POLICY: &str = r#"
schema = "whoacts/policy/1"
title = "One desk"
memory = "shared"
[require]
resource = ["all"]
hop = ["all"]
[[mandate]]
identity = "PERSON"
may_create = ["read RESOURCE", "pay RESOURCE"]
[[attester]]
id = "notary"
domain = "acme"
"#;

const STORY: &str = r#"
schema = "whoacts/scenario/1"
title = "A random story"
source = "made up for a test"
story = "PERSON asks for something, through others."
policy = "policy"
[[identity]]
id = "PERSON"
kind = "person"
[[identity]]
id = "mallory"
kind = "person"
adversary = true
[[attester]]
id = "notary"
domain = "acme"
[[pool]]
id = "WORKER"
kind = "agent"
attester = "notary"
environment = "work"
[[pool]]
id = "VISITOR"
kind = "agent"
attester = "notary"
environment = "lobby"
adversary = true
[[resource]]
id = "RESOURCE"
actions = ["read", "pay"]
[adversary]
capabilities = ["hijack-executor", "insider", "log-leak", "observe", "steal-key"]
observes = ["RESOURCE"]
leaks = ["WORKER"]
insider = "VISITOR"
steals = "WORKER/1"
hijacks = "WORKER/1"
[bounds]
replicas = 2
hops = 2
executions = 1
deliveries = 1
ticks = 0
"#;

impl Story {
    fn text(&self, names: &Names) -> String {
        let mut text = STORY.to_owned();
        let flow = format!(
            "[[flow]]\nid = \"errand\"\norigin = \"PERSON\"\nauthority = [\"read RESOURCE\"]\nmax_hops = 2\neffects = {}\nrequest = {{ action = \"read\", resource = \"RESOURCE\", arguments = \"it\" }}\n",
            self.effects
        );
        text.push_str(&flow);
        for hop in 0..self.hops {
            let class = if self.anyone && hop == 0 {
                "listeners = [\"WORKER\", \"VISITOR\"]\nanyone = true\n".to_owned()
            } else {
                format!("class = {{ {} }}\n", self.class)
            };
            text.push_str(&format!("[[flow.hop]]\nto = \"WORKER\"\n{class}"));
        }
        if let Some((kind, replica)) = self.fault {
            text.push_str(&format!(
                "[[fault]]\nkind = \"{kind}\"\ntarget = \"WORKER/{replica}\"\n"
            ));
        }
        named(&text, names)
    }

    fn case(&self, names: &Names) -> Case {
        case(&self.text(names), &named(POLICY, names))
    }

    fn stage(&self) -> Stage {
        let bounds = Bounds {
            replicas: self.replicas,
            hops: 2,
            executions: self.executions,
            deliveries: 1,
            ticks: 0,
        };
        let case = self.case(&NAMES);
        Stage { capabilities: self.capabilities, bounds, ..Stage::of(&case, self.form) }
    }

    /// What breaks, if the search ends.
    fn broken(&self, stage: &Stage) -> Option<u64> {
        let run = searched(&stage.world::<Symbolic>(&self.case(&NAMES)))?;
        Some(violated(run.seen))
    }
}

fn named(text: &str, names: &Names) -> String {
    text.replace("PERSON", names.person)
        .replace("WORKER", names.worker)
        .replace("VISITOR", names.visitor)
        .replace("RESOURCE", names.resource)
}

/// A run that would keep more states tells nothing here.
const ENOUGH: u64 = 200;
/// Nor is a world searched that has more moves.
const MANAGEABLE: usize = 1_500;

/// A search with the reductions, if it ends.
fn searched<C: Crypto>(world: &World<C>) -> Option<Run<u32>> {
    let run = (world.moves.len() <= MANAGEABLE).then(|| reduced(world, ENOUGH))?;
    (run.ended == Ended::Exhausted).then_some(run)
}

const CAPABILITIES: [Capability; 7] = [
    Capability::Observe,
    Capability::Inject,
    Capability::LogLeak,
    Capability::Insider,
    Capability::Confuse,
    Capability::StealKey,
    Capability::HijackExecutor,
];

fn sets() -> impl Strategy<Value = Capabilities> {
    proptest::sample::subsequence(&CAPABILITIES[..], 0..=2)
        .prop_map(|chosen| chosen.into_iter().collect())
}

fn stories() -> impl Strategy<Value = Story> {
    let classes = ["environment = \"work\"", "environment = \"work\", domain = \"acme\""];
    let faults = [None, None, Some(("crash", 1)), Some(("rekey", 1)), Some(("revoke", 1))];
    let forms: Vec<&'static Form> = all_forms();
    (
        1..=2_usize,
        proptest::sample::select(classes.to_vec()),
        any::<bool>(),
        1..=2_u32,
        proptest::sample::select(faults.to_vec()),
        sets(),
        proptest::sample::select(forms),
        1..=2_u32,
    )
        .prop_map(|(hops, class, anyone, effects, fault, capabilities, form, replicas)| {
            Story {
                hops,
                class,
                anyone,
                effects,
                fault,
                capabilities,
                form,
                replicas,
                executions: 1,
            }
        })
}

/// Random worlds a law is put to.
const WORLDS: u32 = 16;

/// Puts a law to random worlds, to the same ones each time. `law` says whether a world really put the question; at least
/// `least` have to.
fn law<T: Debug>(
    seed: u64,
    least: u32,
    over: impl Strategy<Value = T>,
    law: impl Fn(T) -> Result<bool, TestCaseError>,
) {
    let asked = Cell::new(0);
    let config = ProptestConfig {
        cases: WORLDS,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(seed),
        max_shrink_iters: 0,
        ..ProptestConfig::default()
    };
    let outcome = TestRunner::new(config).run(&over, |input| {
        asked.set(asked.get() + u32::from(law(input)?));
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
    let asked = asked.get();
    assert!(asked >= least, "only {asked} of {WORLDS} worlds put the question");
}

/// Whether a violation was there to be lost, after asking that none was.
fn kept(before: Option<u64>, after: Option<u64>) -> Result<bool, TestCaseError> {
    let (Some(before), Some(after)) = (before, after) else { return Ok(false) };
    prop_assert_eq!(before & !after, 0, "lost {}", worlds::words(before & !after));
    Ok(before != 0)
}

/// Whether two searches ended, after asking that they went alike.
fn alike(one: Option<&Run<u32>>, other: Option<&Run<u32>>) -> Result<bool, TestCaseError> {
    prop_assert_eq!(one.is_some(), other.is_some());
    let (Some(one), Some(other)) = (one, other) else { return Ok(false) };
    prop_assert_eq!(worlds::words(one.seen), worlds::words(other.seen));
    prop_assert_eq!((one.states, one.steps, one.depth), (other.states, other.steps, other.depth));
    Ok(true)
}

#[test]
fn more_capabilities_never_lose_a_violation() {
    law(1, 3, (stories(), sets()), |(story, more)| {
        let fewer = story.stage();
        let all = more.iter().fold(fewer.capabilities, Capabilities::with);
        let wider = Stage { capabilities: all, ..fewer };
        kept(story.broken(&fewer), story.broken(&wider))
    });
}

#[test]
fn larger_bounds_never_lose_a_violation() {
    law(2, 3, (stories(), 0..3_usize), |(story, which)| {
        let small = story.stage();
        let mut large = small;
        match which {
            0 => large.bounds.replicas += 1,
            1 => large.bounds.executions += 1,
            _ => large.bounds.deliveries += 1,
        }
        kept(story.broken(&small), story.broken(&large))
    });
}

#[test]
fn names_do_not_matter() {
    law(3, 8, stories(), |story| {
        let stage = story.stage();
        let one = searched(&stage.world::<Symbolic>(&story.case(&NAMES)));
        let other = searched(&stage.world::<Symbolic>(&story.case(&OTHERS)));
        alike(one.as_ref(), other.as_ref())
    });
}

#[test]
fn which_replica_fails_does_not_matter() {
    law(4, 8, (stories(), 0..3_usize), |(story, kind)| {
        if story.form.mechanism == "capability-chain" {
            return Ok(false); // it delegates to the key of one replica
        }
        let kind = ["crash", "rekey", "revoke"][kind];
        // These single a replica out by its number.
        let capabilities =
            story.capabilities.without(Capability::StealKey).without(Capability::HijackExecutor);
        let failing = |replica| {
            let fault = Some((kind, replica));
            let story = Story { fault, replicas: 2, capabilities, ..story.clone() };
            searched(&story.stage().world::<Symbolic>(&story.case(&NAMES)))
        };
        // Of messages that are alike the first one stands for the others, and so their number depends on whose is first.
        let (one, other) = (failing(1), failing(2));
        prop_assert_eq!(one.is_some(), other.is_some());
        let (Some(one), Some(other)) = (one, other) else { return Ok(false) };
        prop_assert_eq!(worlds::words(one.seen), worlds::words(other.seen));
        prop_assert_eq!((one.states, one.depth), (other.states, other.depth));
        Ok(true)
    });
}

#[test]
fn both_cryptographies_explore_the_same_graph() {
    law(5, 8, stories(), |story| {
        let (stage, case) = (story.stage(), story.case(&NAMES));
        let one = searched(&stage.world::<Symbolic>(&case));
        let other = searched(&stage.world::<Ed25519>(&case));
        alike(one.as_ref(), other.as_ref())
    });
}

#[test]
fn composing_from_every_replica_shows_nothing_more() {
    law(6, 8, stories(), |story| {
        let one = Stage { representatives: false, ..story.stage() };
        let (all, some) = (story.broken(&one), story.broken(&story.stage()));
        let (Some(all), Some(some)) = (all, some) else { return Ok(false) };
        prop_assert_eq!(worlds::words(all), worlds::words(some));
        Ok(true)
    });
}

#[test]
fn reductions_lose_nothing_in_random_worlds() {
    law(7, 3, stories(), |story| {
        let compared = lossless(&story.stage().world::<Symbolic>(&story.case(&NAMES)), 1_500);
        let compared = compared.map_err(TestCaseError::fail)?;
        Ok(compared.is_some_and(|compared| compared.whole))
    });
}

/// What a comparison with plain search came to.
struct Compared {
    /// Plain search ended.
    whole: bool,
    /// The violations that both saw.
    violated: u64,
}

/// Compares the reductions with plain search as far as that goes; `None` if it is the reductions that do not end.
fn lossless(world: &World<Symbolic>, most: u64) -> Result<Option<Compared>, String> {
    let Some(run) = searched(world) else { return Ok(None) };
    let full = plain(world, most);
    let covered = match &full.ended {
        Ended::Exhausted => usize::MAX,
        Ended::Limit(limit) => limit.covered as usize,
        other => return Err(format!("{other:?}")),
    };
    let whole = full.ended == Ended::Exhausted;
    let (lost, invented) = (full.seen & !run.seen, run.seen & !full.seen);
    if lost != 0 || whole && invented != 0 {
        let (lost, invented) = (worlds::words(lost), worlds::words(invented));
        return Err(format!("the reductions lose {lost:?}, and plain search {invented:?}"));
    }
    for found in &run.found {
        let bit = worlds::words(1 << found.bit);
        let length = found.trace.len();
        match full.found.iter().find(|other| other.bit == found.bit) {
            Some(other) if length < other.trace.len() => {
                return Err(format!(
                    "{bit}: {length} moves, the shortest has {}",
                    other.trace.len()
                ));
            }
            None if length <= covered => {
                return Err(format!("{bit}: plain search missed its {length} moves"));
            }
            _ => {}
        }
        if let Some(idle) = idle(world, found) {
            return Err(format!("{bit}: move {idle} of {length} is idle"));
        }
    }
    Ok(Some(Compared { whole, violated: violated(full.seen & run.seen) }))
}

/// A move without which the trace still shows what it is to show.
fn idle(world: &World<Symbolic>, found: &Found<u32>) -> Option<usize> {
    (0..found.trace.len()).find(|idle| {
        let mut rest = found.trace.clone();
        rest.remove(*idle);
        replay(world, &rest).is_some_and(|(_, seen)| seen >> found.bit & 1 == 1)
    })
}

/// The stages of a case that plain search has a chance to finish: one replica, one execution, two hops; the adversary of
/// the comparison with the oracle, one that only reads and speaks, and nobody.
fn small(case: &Case, form: &'static Form) -> [Stage; 3] {
    let declared = Stage::oracle(case, form);
    let bounds = Bounds {
        replicas: 1,
        hops: declared.bounds.hops.min(2),
        executions: 1,
        deliveries: 1,
        ticks: declared.bounds.ticks.min(1),
    };
    let few = [Capability::Observe, Capability::Inject];
    let fewer = few.into_iter().filter(|one| declared.capabilities.has(*one)).collect();
    let small = Stage { bounds, ..declared };
    let with = |capabilities| Stage { capabilities, ..small };
    [small, with(fewer), with(Capabilities::default())]
}

#[test]
fn reductions_lose_nothing_in_the_library() {
    let cases = library();
    let jobs = pairs(&cases, &all_forms());
    let compared = spread(&jobs, |(case, form)| {
        small(case, form).map(|stage| {
            let compared = lossless(&stage.world::<Symbolic>(case), 2_000);
            compared.map_err(|complaint| format!("{}: {complaint}", label(case, form)))
        })
    });
    let (mut whole, mut partly, mut broken, mut complaints) = (0, 0, 0, Vec::new());
    for one in compared.into_iter().flatten() {
        match one {
            Ok(None) => {}
            Ok(Some(compared)) => {
                whole += usize::from(compared.whole);
                partly += usize::from(!compared.whole);
                broken += compared.violated.count_ones();
            }
            Err(complaint) => complaints.push(complaint),
        }
    }
    assert!(complaints.is_empty(), "{}:\n{}", complaints.len(), complaints.join("\n"));
    let counts =
        format!("{whole} whole, {partly} partly, {broken} violations, {} pairs", jobs.len());
    assert!(whole + partly >= 2 * jobs.len(), "{counts}");
    assert!(whole >= jobs.len() / 2 && broken >= 3_000, "{counts}");
}

#[test]
fn a_random_world_can_do_something() {
    let story = Story {
        hops: 1,
        class: "environment = \"work\"",
        anyone: false,
        effects: 1,
        fault: None,
        capabilities: Capabilities::default(),
        form: all_forms()[0],
        replicas: 1,
        executions: 1,
    };
    let world = story.stage().world::<Symbolic>(&story.case(&NAMES));
    let mut moves = Vec::new();
    world.moves(&world.initial(), &mut moves);
    assert!(!moves.is_empty());
}
