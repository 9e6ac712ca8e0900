//! Laws that hold of every world, over small random ones: more capabilities and larger bounds never lose a violation; names
//! and the order of replicas do not matter; both cryptographies explore the same graph; and, over the library too, the
//! reductions lose nothing and their traces have no idle move.

#![allow(clippy::unwrap_used, clippy::panic)]

mod worlds;

use proptest::prelude::*;
use whoacts_checker::explore::{Ended, System, replay};
use whoacts_checker::outcome::Bounds;
use whoacts_checker::world::World;
use whoacts_checker::world::capability::{Capabilities, Capability};
use whoacts_model::crypto::{Ed25519, Symbolic};
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
capabilities = []
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
        let run = reduced(&stage.world::<Symbolic>(&self.case(&NAMES)), ENOUGH);
        (run.ended == Ended::Exhausted).then(|| violated(run.seen))
    }
}

fn named(text: &str, names: &Names) -> String {
    text.replace("PERSON", names.person)
        .replace("WORKER", names.worker)
        .replace("VISITOR", names.visitor)
        .replace("RESOURCE", names.resource)
}

/// A run that would keep more states tells nothing here.
const ENOUGH: u64 = 20_000;

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
    proptest::sample::subsequence(&CAPABILITIES[..], 0..=4)
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

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn more_capabilities_never_lose_a_violation(story in stories(), more in sets()) {
        let fewer = story.stage();
        let all = more.iter().fold(fewer.capabilities, Capabilities::with);
        let wider = Stage { capabilities: all, ..fewer };
        if let (Some(before), Some(after)) = (story.broken(&fewer), story.broken(&wider)) {
            prop_assert_eq!(before & !after, 0, "lost {}", worlds::words(before & !after));
        }
    }

    #[test]
    fn larger_bounds_never_lose_a_violation(story in stories(), which in 0..3_usize) {
        let small = story.stage();
        let mut large = small;
        match which {
            0 => large.bounds.replicas += 1,
            1 => large.bounds.executions += 1,
            _ => large.bounds.deliveries += 1,
        }
        if let (Some(before), Some(after)) = (story.broken(&small), story.broken(&large)) {
            prop_assert_eq!(before & !after, 0, "lost {}", worlds::words(before & !after));
        }
    }

    #[test]
    fn names_do_not_matter(story in stories()) {
        let stage = story.stage();
        let one = reduced(&stage.world::<Symbolic>(&story.case(&NAMES)), ENOUGH);
        let other = reduced(&stage.world::<Symbolic>(&story.case(&OTHERS)), ENOUGH);
        prop_assert_eq!((one.states, one.steps, one.seen), (other.states, other.steps, other.seen));
    }

    #[test]
    fn which_replica_fails_does_not_matter(story in stories(), kind in 0..3_usize) {
        let kind = ["crash", "rekey", "revoke"][kind];
        let on = |replica| Story {
            fault: Some((kind, replica)),
            replicas: 2,
            // These single replicas out by number.
            capabilities: story
                .capabilities
                .without(Capability::StealKey)
                .without(Capability::HijackExecutor),
            ..story.clone()
        };
        let stage = on(1).stage();
        let one = reduced(&stage.world::<Symbolic>(&on(1).case(&NAMES)), ENOUGH);
        let other = reduced(&stage.world::<Symbolic>(&on(2).case(&NAMES)), ENOUGH);
        prop_assert_eq!(violated(one.seen), violated(other.seen));
        prop_assert_eq!((one.states, one.seen), (other.states, other.seen));
    }

    #[test]
    fn both_cryptographies_explore_the_same_graph(story in stories()) {
        let (stage, case) = (story.stage(), story.case(&NAMES));
        let one = reduced(&stage.world::<Symbolic>(&case), ENOUGH);
        let other = reduced(&stage.world::<Ed25519>(&case), ENOUGH);
        prop_assert_eq!((one.states, one.steps, one.seen), (other.states, other.steps, other.seen));
    }

    #[test]
    fn reductions_lose_nothing_in_random_worlds(story in stories()) {
        let complaint = lossless(&story.stage().world::<Symbolic>(&story.case(&NAMES)));
        prop_assert_eq!(complaint.unwrap_or_default(), None);
    }
}

/// Compares plain search with the reductions: `None` if plain search does not end, else what is wrong.
fn lossless(world: &World<Symbolic>) -> Option<Option<String>> {
    let full = plain(world, ENOUGH);
    if full.ended != Ended::Exhausted {
        return None;
    }
    let run = reduced(world, ENOUGH);
    if run.ended != Ended::Exhausted || run.seen != full.seen {
        return Some(Some(format!(
            "plain search finds {}, the reductions {}",
            worlds::words(full.seen & !run.seen),
            worlds::words(run.seen & !full.seen)
        )));
    }
    for found in &run.found {
        let shortest = full.found.iter().find(|f| f.bit == found.bit).unwrap().trace.len();
        if found.trace.len() < shortest {
            return Some(Some(format!("bit {}: shorter than the shortest", found.bit)));
        }
        for idle in 0..found.trace.len() {
            let mut rest = found.trace.clone();
            rest.remove(idle);
            if replay(world, &rest).is_some_and(|(_, seen)| seen >> found.bit & 1 == 1) {
                return Some(Some(format!("bit {}: move {idle} is idle", found.bit)));
            }
        }
    }
    Some(None)
}

#[test]
fn reductions_lose_nothing_in_the_library() {
    let cases = library();
    let jobs = pairs(&cases, &all_forms());
    let compared = spread(&jobs, |(case, form)| {
        let complaint = lossless(&Stage::oracle(case, form).world::<Symbolic>(case));
        complaint.map(|complaint| complaint.map(|text| format!("{}: {text}", label(case, form))))
    });
    let finished = compared.iter().filter(|one| one.is_some()).count();
    let complaints: Vec<String> = compared.into_iter().flatten().flatten().collect();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    assert!(finished >= cases.len(), "plain search finished only {finished} of {}", jobs.len());
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
