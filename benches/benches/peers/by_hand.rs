//! Stories written a second time by hand for SPIN: an independent reading of what the trust model means. Verdicts and the
//! lengths of shortest attacks must be the same.

use crate::tools::{are_there, spin, workshop};
use crate::trust::TrustWorld;
use std::collections::BTreeSet;
use std::process::Command;
use whoacts_benches::{plan, story};
use whoacts_checker::explore::{Ended, Options, explore};
use whoacts_checker::lower::{Plan, lower};
use whoacts_checker::outcome::Bounds;
use whoacts_checker::property;
use whoacts_checker::world::World;
use whoacts_checker::world::capability::Capability;
use whoacts_model::crypto::Symbolic;

/// A story, its adversary, and how much of it is explored: what a model is written for.
struct Setting {
    story: &'static str,
    /// All capabilities. A model may ask for each by its name in capitals, as `STEAL_KEY`.
    adversary: &'static [&'static str],
    bounds: Bounds,
}

const SHARED_POOL: &Setting = &Setting {
    story: "article/shared-pool",
    adversary: &["observe", "inject", "log-leak", "insider"],
    bounds: Bounds { replicas: 2, hops: 1, executions: 1, deliveries: 2, ticks: 0 },
};
const ONCE: Bounds = Bounds { replicas: 2, hops: 1, executions: 1, deliveries: 1, ticks: 0 };
const STOLEN_KEY: &Setting = &Setting {
    story: "lifecycle/shared-pool-key",
    adversary: &["observe", "inject", "steal-key"],
    bounds: ONCE,
};
/// The same with a key that excuses nothing, since it is not one instance's.
const STOLEN_POOL_KEY: &Setting =
    &Setting { adversary: &["observe", "inject", "steal-pool-key"], ..*STOLEN_KEY };
const TAKEN_OVER: &Setting = &Setting {
    story: "deputy/injected-agent",
    adversary: &["observe", "inject", "hijack-executor"],
    bounds: ONCE,
};
/// The same with nobody taken over.
const LOYAL: &Setting = &Setting { adversary: &["observe", "inject"], ..*TAKEN_OVER };

/// A form of a story, written by hand.
struct Model {
    file: &'static str,
    form: &'static str,
    /// What the form has defined in the model.
    defined: &'static [&'static str],
}

const fn model(file: &'static str, form: &'static str) -> Model {
    Model { file, form, defined: &[] }
}

/// K3 is K4 without the guards that remember.
const fn forgetful(file: &'static str) -> Model {
    Model { file, form: "continuity/K3", defined: &["FORGETFUL"] }
}

const POOL_BEARER: &Model = &model("shared-pool-bearer.pml", "bearer");
const POOL_K3: &Model = &forgetful("shared-pool-continuity.pml");
const POOL_K4: &Model = &model("shared-pool-continuity.pml", "continuity/K4");
const KEY_MTLS: &Model = &model("shared-pool-key-mtls.pml", "mtls-bound");
const KEY_K3: &Model = &forgetful("shared-pool-key-continuity.pml");
const KEY_K4: &Model = &model("shared-pool-key-continuity.pml", "continuity/K4");
const AGENT_MTLS: &Model = &model("injected-agent-mtls.pml", "mtls-bound");
const AGENT_K3: &Model = &forgetful("injected-agent-continuity.pml");
const AGENT_K4: &Model = &model("injected-agent-continuity.pml", "continuity/K4");

/// What both are asked: a story with its adversary and bounds, a form of it in a model, and properties. A model asks for a
/// property by its name in capitals, as `THEFT_CONTAINED`.
type Questions = (&'static Setting, &'static Model, &'static [&'static str]);

const QUESTIONS: &[Questions] = &[
    (SHARED_POOL, POOL_BEARER, &["custody", "multiplicity"]),
    (SHARED_POOL, POOL_K4, &["custody", "multiplicity"]),
    (SHARED_POOL, POOL_K3, &["multiplicity"]),
    (STOLEN_KEY, KEY_K4, &["accountable", "custody", "theft-contained", "multiplicity"]),
    (STOLEN_KEY, KEY_K3, &["theft-contained", "multiplicity"]),
    (STOLEN_KEY, KEY_MTLS, &["custody", "multiplicity"]),
    (STOLEN_POOL_KEY, KEY_K4, &["custody", "theft-contained", "multiplicity"]),
    (STOLEN_POOL_KEY, KEY_MTLS, &["custody", "theft-contained"]),
    (TAKEN_OVER, AGENT_K4, &["custody", "theft-contained", "accountable", "multiplicity"]),
    (TAKEN_OVER, AGENT_K3, &["theft-contained", "multiplicity"]),
    (TAKEN_OVER, AGENT_MTLS, &["custody", "theft-contained", "multiplicity"]),
    (LOYAL, AGENT_MTLS, &["multiplicity"]),
];

/// No attack that is looked for is longer.
const LONGEST: usize = 8;

/// Asks both, prints what they say, and insists that it is the same. Each model is compiled for each length that is tried,
/// so a smoke test asks the first question of each model.
pub(crate) fn compare(smoke: bool) {
    println!("\nours, and SPIN on models written by hand\n");
    if !are_there(&["spin", "gcc"]) {
        return;
    }
    let mut seen = BTreeSet::new();
    for &(setting, model, properties) in QUESTIONS {
        if smoke && !seen.insert(model.file) {
            continue;
        }
        println!("{} against {}", setting.story, setting.adversary.join(", "));
        let few = if smoke { &properties[..1] } else { properties };
        for &property in few {
            let question = Question { setting, model, property };
            let (ours, theirs) = (question.ours(), question.theirs());
            println!(
                "{:14} {property:16} ours: {:18} SPIN: {}",
                model.form,
                say(ours),
                say(theirs)
            );
            assert_eq!(ours, theirs, "{} {} {property}", setting.story, model.form);
        }
    }
}

fn say(length: Option<usize>) -> String {
    length.map_or("holds".to_owned(), |n| format!("broken in {n} moves"))
}

struct Question {
    setting: &'static Setting,
    model: &'static Model,
    property: &'static str,
}

impl Question {
    fn world(&self) -> TrustWorld {
        let Setting { story: id, adversary, bounds } = *self.setting;
        let case = story(id);
        let named = |name: &&str| Capability::named(name).expect("a capability of that name");
        let capabilities = adversary.iter().map(named).collect();
        let plan = plan(&case, self.model.form);
        World::new(lower::<Symbolic>(&Plan { capabilities, bounds, ..plan }))
    }

    /// The length of a shortest attack by plain search; `None` when there is none. A hold is asked of the saturated search,
    /// which goes to the end.
    fn ours(&self) -> Option<usize> {
        let world = self.world();
        let number = property::ALL.iter().position(|known| known.id == self.property);
        let number = number.expect("a property of that name") as u32;
        let wanted = 1 << number;
        let saturated =
            explore(&world, &Options { saturate: true, canonical: true, ..Options::default() });
        if saturated.ended == Ended::Exhausted && saturated.seen & wanted == 0 {
            return None;
        }
        let plain = Options { stop_when: wanted, traces: wanted, ..Options::default() };
        let run = explore(&world, &plain);
        run.found.iter().find(|found| found.bit == number).map(|found| found.trace.len())
    }

    /// The same by SPIN: the least number of moves with which the model breaks.
    fn theirs(&self) -> Option<usize> {
        if !self.breaks(None) {
            return None;
        }
        (1..=LONGEST).find(|most| self.breaks(Some(*most)))
    }

    /// Whether the model breaks, with so many moves at most.
    fn breaks(&self, most: Option<usize>) -> bool {
        let capitals = |name: &&str| name.to_uppercase().replace('-', "_");
        let mut defined: Vec<String> = self.setting.adversary.iter().map(capitals).collect();
        defined.push(capitals(&self.property));
        defined.extend(self.model.defined.iter().map(|name| (*name).to_owned()));
        defined.extend(most.map(|most| format!("MOST={most}")));
        let pan = spin(self.model.file, &defined, "spin-by-hand");
        let mut command = Command::new(pan);
        command.current_dir(workshop("spin-by-hand")).args(["-m10000", "-w20", "-E"]);
        let output = command.output().expect("SPIN's verifier runs");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(!said.contains("max search depth too small"), "{said}");
        !said.contains("errors: 0")
    }
}
