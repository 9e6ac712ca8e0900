//! The one question behind suite and experiments: what breaks in this story, under this form, this adversary and this change?
//! Answers are remembered; an attack counts only when it was replayed under Ed25519.

use crate::confirm::confirm;
use crate::explore::{self, Ended, Limit, LimitKind, Run, explore};
use crate::lower::{Plan, bounds, lower};
use crate::outcome::{Bounds, Trace};
use crate::property;
use crate::suite::{Error, Options};
use crate::tell;
use crate::world::capability::Capabilities;
use crate::world::deployed::Change;
use crate::world::{PUT, World};
use std::collections::HashMap;
use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use whoacts_model::crypto::{Crypto, Symbolic};
use whoacts_model::guard::{Guard, GuardSet};
use whoacts_model::mechanism::Form;
use whoacts_scenarios::Case;

/// The bits of the findings that are properties.
pub(crate) const PROPERTIES: u64 = (1 << PUT) - 1;

/// A story under a form and an adversary, with guards dropped, or something changed.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The story.
    pub case: &'a Case,
    /// The trust model.
    pub form: &'static Form,
    /// The adversary.
    pub capabilities: Capabilities,
    /// Guards that are not asked for.
    pub dropped: GuardSet,
    /// What else is changed.
    pub change: Change,
}

/// What breaks, and whether the good ends are reachable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// The properties that break, by bit.
    pub broken: u64,
    /// The properties that were put, by bit.
    pub put: u64,
    /// Whether every good end is reachable.
    pub served: bool,
    /// Guards that alone denied something.
    pub deciding: GuardSet,
    /// Whether everything within the bounds was looked at: if not, what did not break is open.
    pub exhausted: bool,
    /// States.
    pub states: u64,
    /// Whether the change made a difference to anything.
    pub touched: bool,
}

/// An attack that was replayed under Ed25519.
#[derive(Debug, Clone, PartialEq)]
pub struct Attack {
    /// The story.
    pub scenario: String,
    /// The form under which it works.
    pub form: String,
    /// The property that it breaks.
    pub property: &'static str,
    /// The adversary.
    pub adversary: Vec<String>,
    /// The bounds.
    pub bounds: Bounds,
    /// How it goes.
    pub trace: Trace,
    /// No adversary moves, and nothing exceeds what was intended.
    pub by_design: bool,
}

impl Attack {
    /// How many moves it takes.
    pub fn length(&self) -> usize {
        self.trace.steps.len()
    }
}

type Key = (String, String, Capabilities, GuardSet, Change);

/// Asks, and remembers.
pub struct Inquiry<'a> {
    /// How to search.
    pub(crate) options: &'a Options,
    interrupted: &'a AtomicBool,
    until: Option<Instant>,
    known: Mutex<HashMap<Key, Answer>>,
}

impl std::fmt::Debug for Inquiry<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inquiry").finish_non_exhaustive()
    }
}

impl<'a> Question<'a> {
    /// The story as it stands.
    pub fn of(case: &'a Case, form: &'static Form, capabilities: Capabilities) -> Self {
        Self { case, form, capabilities, dropped: GuardSet::NONE, change: Change::None }
    }
    /// Without those guards.
    #[must_use]
    pub fn without(self, dropped: GuardSet) -> Self {
        Self { dropped, ..self }
    }
    /// With that change.
    #[must_use]
    pub fn with(self, change: Change) -> Self {
        Self { change, ..self }
    }
    /// What is lowered.
    pub fn plan(&self) -> Plan<'a> {
        Plan {
            scenario: &self.case.scenario,
            policy: &self.case.policy,
            form: self.form,
            capabilities: self.capabilities,
            bounds: bounds(&self.case.scenario.bounds),
            added: GuardSet::NONE,
            dropped: self.dropped,
            representatives: true,
        }
    }
    fn key(&self) -> Key {
        let id = self.case.scenario.id.clone();
        (id, self.form.label(), self.capabilities, self.dropped, self.change)
    }
}

impl Answer {
    pub(crate) fn of<C: Crypto>(world: &World<C>, run: &Run<u32>) -> Self {
        Self {
            broken: run.seen & PROPERTIES,
            put: (world.offered | run.seen >> PUT) & PROPERTIES,
            served: world.good_ends.iter().all(|end| run.seen >> end.bit & 1 == 1),
            deciding: deciding(world),
            exhausted: run.ended == Ended::Exhausted,
            states: run.states,
            touched: world.setting.deployed.touched(),
        }
    }
    /// Whether the property with that number breaks.
    pub fn breaks(&self, number: usize) -> bool {
        self.broken >> number & 1 == 1
    }
}

/// Guards that alone denied some presentation in some state.
fn deciding<C: Crypto>(world: &World<C>) -> GuardSet {
    let later = world.accepting.iter().fold(GuardSet::NONE, |all, a| all.union(a.blocked_by()));
    let at_once = |guard: &Guard| world.tallies[*guard as usize].denied > 0;
    let required = world.setting.required;
    required.iter().filter(|guard| at_once(guard) || later.contains(*guard)).collect()
}

impl<'a> Inquiry<'a> {
    /// Starts an inquiry under the limits of `options`.
    pub fn new(options: &'a Options, interrupted: &'a AtomicBool) -> Self {
        let until = options.timeout.and_then(|limit| Instant::now().checked_add(limit));
        Self { options, interrupted, until, known: Mutex::new(HashMap::new()) }
    }

    /// What the limits of the options come to for one search.
    pub(crate) fn limits(&self, stop_when: u64, traces: u64) -> explore::Options<'_> {
        let saturate = self.options.reductions.saturate;
        explore::Options {
            threads: 1,
            max_states: self.options.max_states,
            deadline: self.until.map(left),
            max_bytes: self.options.memory,
            exact: self.options.exact,
            saturate,
            canonical: saturate,
            stop_when,
            traces,
            interrupted: Some(self.interrupted),
            ..explore::Options::default()
        }
    }

    /// Explores one world.
    pub(crate) fn search<C: Crypto>(
        &self,
        plan: &Plan<'_>,
        change: Change,
        stop_when: u64,
        traces: u64,
    ) -> (World<C>, Run<u32>) {
        let mut setting = lower::<C>(plan);
        setting.deployed = setting.deployed.changed(change);
        let world = World::new(setting);
        let options = self.limits(stop_when, traces);
        let mut run = explore(&world, &options);
        if world.universe.truncated && run.ended == Ended::Exhausted {
            run.ended = Ended::Limit(Limit { kind: LimitKind::States, covered: run.depth });
        }
        (world, run)
    }

    /// Remembers what was found on another way.
    pub(crate) fn know(&self, question: &Question<'_>, answer: Answer) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(question.key(), answer);
    }

    /// Answers a question, once.
    pub fn ask(&self, question: &Question<'_>) -> Answer {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let found = known.get(&question.key()).copied();
        drop(known);
        found.unwrap_or_else(|| {
            let (world, run) = self.search::<Symbolic>(&question.plan(), question.change, 0, 0);
            let answer = Answer::of(&world, &run);
            self.know(question, answer);
            answer
        })
    }

    /// How many questions were answered by looking.
    pub fn asked(&self) -> usize {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Attacks on the properties in `wanted`, one each where there is one; every one is replayed under Ed25519.
    ///
    /// # Errors
    /// [`Error::Internal`] where a replay refuses what the search found.
    pub fn attacks(&self, question: &Question<'_>, wanted: u64) -> Result<Vec<Attack>, Error> {
        let plan = question.plan();
        let (world, run) = self.search::<Symbolic>(&plan, question.change, wanted, wanted);
        let found = run.found.iter().filter(|found| wanted >> found.bit & 1 == 1);
        found
            .map(|found| {
                let quality = if found.minimal { "minimal" } else { "shortest" };
                self.confirmed(question, &world, &found.trace, found.bit as usize, quality)
            })
            .collect()
    }

    fn confirmed(
        &self,
        question: &Question<'_>,
        world: &World<Symbolic>,
        trace: &[u32],
        number: usize,
        quality: &'static str,
    ) -> Result<Attack, Error> {
        let plan = question.plan();
        let moves: Vec<_> = trace.iter().map(|index| world.moves[*index as usize].what).collect();
        let scenario = question.case.scenario.id.clone();
        let form = question.form.label();
        confirm(&plan, world, &moves, number).map_err(|reason| {
            let property = property::ALL[number].id;
            Error::Internal(format!(
                "a candidate attack was not confirmed ({scenario} under {form}, {property}): {reason}"
            ))
        })?;
        Ok(Attack {
            scenario,
            form,
            property: property::ALL[number].id,
            adversary: question.capabilities.ids(),
            bounds: plan.bounds,
            trace: tell::tell(world, trace, number, quality),
            by_design: !tell::hostile(world, trace) && !property::ALL[number].exceeds_intent,
        })
    }

    /// The same attack in fewer moves, if plain search finds one within a budget; else the attack itself, called shortest
    /// where plain search covered everything below its length.
    ///
    /// # Errors
    /// [`Error::Internal`] where a replay refuses what the search found.
    pub fn shortened(&self, question: &Question<'_>, attack: Attack) -> Result<Attack, Error> {
        let Some((number, _)) = property::named(attack.property) else { return Ok(attack) };
        let mut setting = lower::<Symbolic>(&question.plan());
        setting.deployed = setting.deployed.changed(question.change);
        let world = World::new(setting);
        let bit = 1 << number;
        let depth = attack.length().saturating_sub(1) as u32;
        let options = explore::Options {
            max_depth: Some(depth),
            max_states: Some(SHORTEN_STATES),
            saturate: false,
            canonical: false,
            ..self.limits(bit, bit)
        };
        let run = explore(&world, &options);
        if let Some(found) = run.found.iter().find(|found| found.bit == number as u32) {
            return self.confirmed(question, &world, &found.trace, number, "shortest");
        }
        let covered = match &run.ended {
            Ended::Exhausted => true,
            Ended::Limit(limit) => limit.covered >= depth,
            _ => false,
        };
        let quality = if covered { "shortest" } else { attack.trace.quality };
        Ok(Attack { trace: Trace { quality, ..attack.trace }, ..attack })
    }
}

/// Plain search for a shorter attack keeps no more states.
const SHORTEN_STATES: u64 = 60_000;

fn left(end: Instant) -> Duration {
    end.saturating_duration_since(Instant::now())
}
