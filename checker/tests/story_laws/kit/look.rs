//! What the product says of a pair of files under one form: verdicts, and the acts that some verifier would accept.

use super::files::Files;
use super::rename::Names;
use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;
use std::sync::Arc;
use whoacts_checker::explore::{Ended, Options, Run, explore, oracle};
use whoacts_checker::lower::{Plan, bounds, capabilities, lower};
use whoacts_checker::property;
use whoacts_checker::world::capability::{Capabilities, Capability};
use whoacts_checker::world::ghost::{Mint, Who};
use whoacts_checker::world::record::Acceptance;
use whoacts_checker::world::{PUT, SERVED, World};
use whoacts_model::crypto::Symbolic;
use whoacts_model::guard::GuardSet;
use whoacts_model::mechanism::Form;

/// How a look is taken, apart from what the files say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct How {
    /// Capabilities that are taken away, as `--adversary=-name` does.
    pub without: Option<Capability>,
    /// Guards that are not asked for, as an experiment does.
    pub dropped: GuardSet,
    /// Whether the adversary composes from one credential of each shape only.
    pub representatives: bool,
    /// Who searches.
    pub engine: Engine,
}

/// Who searches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Engine {
    /// The reductions that a suite has.
    Reduced,
    /// No reduction.
    Plain,
    /// Stateright, without reductions.
    Oracle,
    /// The reductions, from the state in which the executor that the story names was taken over already.
    TakenOver,
}

impl How {
    /// As a suite looks.
    pub const USUAL: Self = Self {
        without: None,
        dropped: GuardSet::NONE,
        representatives: true,
        engine: Engine::Reduced,
    };
}

/// An effect that is accepted, with its path and with who controls what is on it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Act {
    /// The verifier that accepts.
    pub verifier: String,
    /// What is executed.
    pub operation: String,
    /// With what.
    pub arguments: String,
    /// Who really created the authority: a flow, the adversary, a pool, or an access list.
    pub root: String,
    /// The pools that took the steps, the first one first.
    pub path: Vec<String>,
    /// Who presents.
    pub by: String,
    /// Whether the adversary presents.
    pub hostile: bool,
    /// Whether nothing in it is of anybody else's making.
    pub own: bool,
}

impl Act {
    /// The effect, the verifier and the path, whoever controls them.
    pub fn up_to_controller(&self) -> [String; 5] {
        let path = self.path.join(" → ");
        let (verifier, operation) = (self.verifier.clone(), self.operation.clone());
        [verifier, operation, self.arguments.clone(), self.root.clone(), path]
    }
    /// The same where everything has its first name again.
    pub fn renamed(&self, names: &Names) -> Self {
        let name = |text: &String| names.of(text);
        Self {
            verifier: names.of_verifier(&self.verifier),
            operation: names.of_operation(&self.operation),
            arguments: name(&self.arguments),
            root: names.of_last_word(&self.root),
            path: self.path.iter().map(name).collect(),
            by: names.of_last_word(&self.by),
            ..self.clone()
        }
    }
}

/// What was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The properties that break, by bit.
    pub violated: u64,
    /// The properties that are put, by bit.
    pub put: u64,
    /// The flows whose good ends, whatever befalls them, are all out of reach.
    pub unserved: BTreeSet<String>,
    /// The acts that are accepted in some state.
    pub acts: BTreeSet<Act>,
}

/// What a look comes to.
#[derive(Debug, Clone)]
pub enum Looked {
    /// All was seen.
    Seen(Rc<Seen>),
    /// A limit was reached: there were more states than are searched here, or more moves.
    Limit,
    /// The files are refused.
    Refused(String),
}

/// Looks, and remembers what was seen.
#[derive(Debug, Default)]
pub struct Desk {
    known: RefCell<HashMap<(String, String, String, How), Looked>>,
    /// How many worlds were searched.
    pub worlds: std::cell::Cell<u64>,
}

/// No more states are searched.
const STATES: u64 = 1_000;
/// Plain search and the oracle keep no more.
const PLAIN_STATES: u64 = 5_000;
/// A story is small if its worlds under these forms have at most so many moves.
const SMALL: usize = 500;
/// The forms in which most can be composed, one of tokens and one of chains.
const PROBES: [&str; 2] = ["bearer", "continuity/K0"];
/// Nor is a world searched that has more moves.
const MOVES: usize = 2_000;

impl Desk {
    /// As a suite looks.
    pub fn usual(&self, files: &Files, form: &'static Form) -> Looked {
        self.look(files, form, How::USUAL)
    }

    /// Looks in some way.
    pub fn look(&self, files: &Files, form: &'static Form, how: How) -> Looked {
        let (story, policy) = files.texts();
        let key = (story, policy, form.label(), how);
        if let Some(known) = self.known.borrow().get(&key) {
            return known.clone();
        }
        let looked = match world(files, form, how) {
            Ok(world) => {
                self.worlds.set(self.worlds.get() + 1);
                searched(world, how.engine)
            }
            Err(refused) => Looked::Refused(refused),
        };
        self.known.borrow_mut().insert(key, looked.clone());
        looked
    }

    /// Whether a story is small enough to be put to laws: its world under the forms in which most can be composed.
    pub fn small(&self, files: &Files) -> bool {
        PROBES.iter().filter_map(|label| Form::labelled(label)).all(|form| {
            let world = world(files, form, How::USUAL);
            world.is_ok_and(|world| world.moves.len() <= SMALL && !world.universe.truncated)
        })
    }

    /// Forgets everything.
    pub fn clear(&self) {
        self.known.borrow_mut().clear();
    }
}

/// The world of two files.
pub fn world(files: &Files, form: &'static Form, how: How) -> Result<World<Symbolic>, String> {
    let case = files.case()?;
    let written = case.scenario.adversary.capabilities.iter().map(|name| name.value.as_str());
    let mut has: Capabilities = capabilities(written);
    if let Some(gone) = how.without {
        has = has.without(gone);
    }
    let plan = Plan {
        bounds: bounds(&case.scenario.bounds),
        dropped: how.dropped,
        representatives: how.representatives,
        ..Plan::of(&case.scenario, &case.policy, form, has)
    };
    Ok(World::new(lower::<Symbolic>(&plan)))
}

/// Searches a world, and reads what was seen off it.
fn searched(world: World<Symbolic>, engine: Engine) -> Looked {
    if world.moves.len() > MOVES || world.universe.truncated {
        return Looked::Limit;
    }
    let plain = Options { traces: 0, max_states: Some(PLAIN_STATES), ..Options::default() };
    let reduced = Options { saturate: true, canonical: true, max_states: Some(STATES), ..plain };
    let run: Run<u32> = match engine {
        Engine::Reduced => explore(&world, &reduced),
        Engine::Plain => explore(&world, &plain),
        Engine::Oracle => return by_oracle(world, &plain),
        Engine::TakenOver => match super::laws::taken_over::after(&world) {
            Some(system) => explore(&system, &reduced),
            None => return Looked::Limit,
        },
    };
    match run.ended {
        Ended::Exhausted => Looked::Seen(Rc::new(seen(&world, run.seen))),
        _ => Looked::Limit,
    }
}

fn by_oracle(world: World<Symbolic>, options: &Options<'_>) -> Looked {
    let world = Arc::new(world);
    let run = oracle(&world, options);
    match run.ended {
        Ended::Exhausted => Looked::Seen(Rc::new(seen(&world, run.seen))),
        _ => Looked::Limit,
    }
}

fn seen(world: &World<Symbolic>, seen: u64) -> Seen {
    let mut unserved = BTreeSet::new();
    for end in &world.good_ends {
        if seen >> end.bit & 1 == 0 {
            unserved.insert(world.setting.flows[end.flow].id.clone());
        }
    }
    let reached = world.accepting.iter().filter(|accepting| accepting.reached());
    Seen {
        violated: seen & ((1 << PUT) - 1),
        put: (seen >> PUT) & ((1 << (SERVED - PUT)) - 1),
        unserved,
        acts: reached.map(|accepting| act(world, &accepting.record)).collect(),
    }
}

/// What an acceptance record says was done.
pub fn act(world: &World<Symbolic>, a: &Acceptance) -> Act {
    let pools = &world.setting.pools;
    let pool = |index: usize| pools[a.pool(index)].id.clone();
    let who = |who: Who| match who {
        Who::Identity(index) => format!("identity {}", world.setting.identities[index].id),
        Who::Instance(index) | Who::Run(index) => format!("pool {}", pool(index)),
        Who::Adversary => "outside".to_owned(),
    };
    let taker = |passage: &whoacts_checker::world::ghost::Passage| match passage.taker {
        Who::Instance(index) | Who::Run(index) => pool(index),
        Who::Identity(index) => world.setting.identities[index].id.to_string(),
        Who::Adversary => "outside".to_owned(),
    };
    let by_adversary = |passage: &whoacts_checker::world::ghost::Passage| {
        passage.by.hostile() && passage.taker.hostile()
    };
    let root = match a.mint {
        Mint::Execution(execution) => {
            let flow = world.setting.executions[execution].flow;
            format!("flow {}", world.setting.flows[flow].id)
        }
        Mint::SelfStart(index) => format!("pool {}", pool(index)),
        Mint::Standing => "standing".to_owned(),
        Mint::Own | Mint::Overreach => "adversary".to_owned(),
        Mint::Forged => "forged".to_owned(),
    };
    let made = matches!(a.mint, Mint::Own | Mint::Overreach | Mint::Forged);
    Act {
        verifier: world.setting.verifiers[a.verifier].id.to_string(),
        operation: format!("{} {}", a.effect.action, a.effect.resource),
        // One that nobody uses is as good as another.
        arguments: match world.setting.flows.iter().any(|flow| flow.arguments == a.arguments) {
            true => a.arguments.to_string(),
            false => "anything else".to_owned(),
        },
        root,
        path: a.path.iter().map(taker).collect(),
        by: who(a.by),
        hostile: a.by.hostile(),
        own: made
            && a.by.hostile()
            && a.trigger.is_none()
            && a.proof_by.is_none_or(Who::hostile)
            && a.path.iter().all(by_adversary)
            && a.keys.iter().all(|key| a.owner(key).is_none_or(|owner| a.is_run(owner))),
    }
}

/// The properties of a mask, in words.
pub fn words(mask: u64) -> String {
    let known = property::ALL.iter().enumerate().filter(|(bit, _)| mask >> bit & 1 == 1);
    known.map(|(_, property)| property.id).collect::<Vec<_>>().join(", ")
}

/// The mask of some properties; names that the product does not know are left out.
pub fn mask(names: &[&str]) -> u64 {
    names.iter().filter_map(|name| property::named(name)).fold(0, |mask, (bit, _)| mask | 1 << bit)
}
