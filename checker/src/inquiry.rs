//! The one question behind suite and experiments: what breaks in this story, under this form, this adversary and this
//! change? Answers are remembered; an attack counts only when it was replayed under Ed25519.

use crate::confirm::Stage;
use crate::explore::{self, Ended, Run, explore};
use crate::lower::{Plan, lower};
use crate::outcome::{Bounds, Trace};
use crate::property;
use crate::suite::{Error, Limits, PROPERTIES, explored};
use crate::tell;
use crate::world::capability::Capabilities;
use crate::world::deployed::Change;
use crate::world::mutation::rule::Rule;
use crate::world::{PUT, World};
use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use whoacts_model::crypto::{Crypto, Symbolic};
use whoacts_model::guard::GuardSet;
use whoacts_model::mechanism::Form;
use whoacts_scenarios::Case;

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
    /// Guards that are asked for although the policy leaves them out.
    pub added: GuardSet,
    /// What else is changed.
    pub change: Change,
}

/// What breaks, and whether the good ends are reachable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// The properties that break, by bit.
    pub broken: u64,
    /// The properties that are put, by bit.
    pub put: u64,
    /// Whether every good end is reachable.
    pub served: bool,
    /// Whether some effect that can be accepted names nobody who is accountable, and whether some names nobody who acts.
    pub unnamed: (bool, bool),
    /// Guards that alone denied something.
    pub deciding: GuardSet,
    /// Whether everything within the bounds was looked at: if not, what did not break is open.
    pub exhausted: bool,
    /// States.
    pub states: u64,
    /// Presentations that can exist: how large the world is.
    pub presentations: usize,
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

impl<'a> Question<'a> {
    /// The story as it stands.
    pub fn of(case: &'a Case, form: &'static Form, capabilities: Capabilities) -> Self {
        let (dropped, added) = (GuardSet::NONE, GuardSet::NONE);
        Self { case, form, capabilities, dropped, added, change: Change::None }
    }
    /// Without those guards.
    #[must_use]
    pub fn without(self, dropped: GuardSet) -> Self {
        Self { dropped, ..self }
    }
    /// With those guards required as well.
    #[must_use]
    pub fn requiring(self, added: GuardSet) -> Self {
        Self { added, ..self }
    }
    /// With that change.
    #[must_use]
    pub fn with(self, change: Change) -> Self {
        Self { change, ..self }
    }
    /// What is lowered.
    pub fn plan(&self) -> Plan<'a> {
        let Self { case, form, capabilities, dropped, added, .. } = *self;
        Plan { dropped, added, ..Plan::of(&case.scenario, &case.policy, form, capabilities) }
    }
    /// The stage, with the change on it.
    fn world<C: Crypto>(&self) -> World<C> {
        let mut setting = lower::<C>(&self.plan());
        setting.deployed = setting.deployed.changed(self.change);
        World::new(setting)
    }
    fn key(&self) -> Key {
        let id = self.case.scenario.id.clone();
        (id, self.form.label(), self.capabilities, (self.dropped, self.added), self.change)
    }
}

impl Answer {
    pub(crate) fn of<C: Crypto>(world: &World<C>, run: &Run<u32>) -> Self {
        Self {
            broken: run.seen & PROPERTIES,
            put: (world.offered | run.seen >> PUT) & PROPERTIES,
            served: world.served(run.seen),
            unnamed: world.unnamed(),
            deciding: world.deciding(),
            exhausted: run.ended == Ended::Exhausted,
            states: run.states,
            presentations: world.universe.presentations.len(),
            touched: world.setting.deployed.touched(),
        }
    }
    /// The properties that certainly do not break, by bit.
    pub fn firm(&self) -> u64 {
        if self.exhausted { !self.broken } else { 0 }
    }
    /// Whether the property with that number breaks.
    pub fn breaks(&self, number: usize) -> bool {
        self.broken >> number & 1 == 1
    }
}

/// What became of the properties that were open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settled {
    /// Those that break, by bit.
    pub broken: u64,
    /// Those that do not. What is in neither is open still: a limit was reached.
    pub firm: u64,
    /// Those whose question came up.
    pub put: u64,
}

impl Settled {
    /// What a search shows of the properties in `asked`, which is all that it may be believed about.
    fn add(&mut self, asked: u64, run: &Run<u32>) {
        self.broken |= run.seen & asked;
        self.put |= run.seen >> PUT & PROPERTIES;
        if run.ended == Ended::Exhausted {
            self.firm |= asked & !self.broken;
        }
    }
}

/// A search about several properties keeps no more states; then each of them is asked alone.
const TOGETHER: u64 = 20_000;

/// Case, form, adversary, guards dropped and added, change.
type Key = (String, String, Capabilities, (GuardSet, GuardSet), Change);

/// Asks, and remembers.
pub struct Inquiry<'a> {
    /// How far each search may go.
    pub(crate) limits: Limits<'a>,
    /// Searches that a limit ended.
    cut: AtomicUsize,
    known: Mutex<HashMap<Key, Arc<OnceLock<Answer>>>>,
}

impl std::fmt::Debug for Inquiry<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inquiry").finish_non_exhaustive()
    }
}

impl<'a> Inquiry<'a> {
    pub(crate) fn new(limits: Limits<'a>) -> Self {
        Self { limits, cut: AtomicUsize::new(0), known: Mutex::default() }
    }

    /// How many searches ended at a limit before they had answered: what did not break there is open.
    pub fn cut(&self) -> usize {
        self.cut.load(Ordering::Relaxed)
    }

    /// Searches as far as the limits allow, and notes where they did not allow enough.
    fn explored(&self, world: &World<Symbolic>, stop_when: u64, traces: u64) -> Run<u32> {
        let run = explored(world, &self.limits.search(stop_when, traces));
        if matches!(run.ended, Ended::Limit(_)) {
            self.cut.fetch_add(1, Ordering::Relaxed);
        }
        run
    }

    /// Remembers what was found on another way.
    pub(crate) fn know(&self, question: &Question<'_>, answer: Answer) {
        let _ = self.place(question).set(answer);
    }

    /// Where the answer stands, or will.
    fn place(&self, question: &Question<'_>) -> Arc<OnceLock<Answer>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.entry(question.key()).or_default().clone()
    }

    /// Answers a question, once: whoever asks what somebody else is finding out waits for the answer.
    pub fn ask(&self, question: &Question<'_>) -> Answer {
        *self.place(question).get_or_init(|| {
            let world = question.world::<Symbolic>();
            let run = self.explored(&world, 0, 0);
            Answer::of(&world, &run)
        })
    }

    /// Which of the properties in `open` break, and which certainly do not. The search ends as soon as this is known, and what no
    /// accept could break is known without one.
    pub fn settle(&self, question: &Question<'_>, open: u64) -> Settled {
        let mut world = question.world::<Symbolic>();
        let possible = world.accepting.iter().fold(0, |bits, one| bits | one.may_violate());
        let mut settled = Settled { broken: 0, firm: 0, put: world.offered & PROPERTIES };
        if !world.universe.truncated {
            settled.firm = open & !possible;
        }
        if settled.firm == open {
            return settled;
        }
        let mut unused = None;
        if open.is_power_of_two() {
            unused = Some(world);
        } else {
            world.focus(open);
            let limits = self.limits.search(open & possible, 0);
            let max_states = Some(limits.max_states.map_or(TOGETHER, |most| most.min(TOGETHER)));
            settled.add(open, &explored(&world, &explore::Options { max_states, ..limits }));
        }
        // Alone, each depends on less.
        for number in (0..PUT).filter(|number| open >> number & 1 == 1) {
            let one = 1 << number;
            if one & (settled.broken | settled.firm) == 0 {
                let mut world = unused.take().unwrap_or_else(|| question.world::<Symbolic>());
                world.focus(one);
                settled.add(one, &self.explored(&world, one, 0));
            }
        }
        settled
    }

    /// Answers, and says what the rules of the moves can lose.
    pub(crate) fn survey(&self, question: &Question<'_>) -> (Answer, BTreeSet<Rule>) {
        let (world, says) = World::with_kinds(lower::<Symbolic>(&question.plan()));
        let run = self.explored(&world, 0, 0);
        let answer = Answer::of(&world, &run);
        self.know(question, answer);
        (answer, Rule::all(&world, &says))
    }

    /// What the change of a question comes to, within so many states; `None` if it touches nothing. Nobody asks twice.
    pub(crate) fn touched(&self, question: &Question<'_>, states: u64) -> Option<Answer> {
        let world = question.world::<Symbolic>();
        if question.change != Change::None && !world.setting.deployed.touched() {
            return None;
        }
        Some(self.within(&world, states))
    }

    /// What each of these faults in the rules of the moves comes to, within so many states.
    pub(crate) fn without_rules<'r>(
        &self,
        question: &Question<'_>,
        rules: impl Iterator<Item = &'r Rule>,
        states: u64,
    ) -> Vec<(Rule, Answer)> {
        let (mut world, says) = World::with_kinds(lower::<Symbolic>(&question.plan()));
        let look = |rule: &Rule| {
            let answer = rule.within(&mut world, &says, |world| self.within(world, states));
            answer.map(|answer| (*rule, answer))
        };
        rules.filter_map(look).collect()
    }

    fn within(&self, world: &World<Symbolic>, states: u64) -> Answer {
        let limits = self.limits.search(0, 0);
        let max_states = Some(limits.max_states.map_or(states, |most| most.min(states)));
        Answer::of(world, &explored(world, &explore::Options { max_states, ..limits }))
    }

    /// Attacks on the properties in `wanted`, one each where there is one; every one is replayed under Ed25519.
    ///
    /// # Errors
    /// [`Error::Internal`] where a replay refuses what the search found.
    pub fn attacks(&self, question: &Question<'_>, wanted: u64) -> Result<Vec<Attack>, Error> {
        let world = question.world();
        let run = self.explored(&world, wanted, wanted);
        let found = run.found.iter().filter(|found| wanted >> found.bit & 1 == 1);
        let plan = question.plan();
        let stage = Stage::new(&plan, &world);
        found.map(|found| self.confirmed(question, &stage, found)).collect()
    }

    /// The shortest attack in fewer than `below` moves on one of the properties in `wanted`, replayed under Ed25519; of
    /// equally short ones the first of the list.
    ///
    /// # Errors
    /// [`Error::Internal`] where a replay refuses what the search found.
    pub fn attack(
        &self,
        question: &Question<'_>,
        wanted: u64,
        below: usize,
    ) -> Result<Option<Attack>, Error> {
        let known = self.place(question);
        if known.get().is_some_and(|answer| answer.broken & wanted == 0) {
            return Ok(None);
        }
        let world = question.world();
        let run = self.explored(&world, wanted, wanted);
        if run.ended == Ended::Exhausted {
            let _ = known.set(Answer::of(&world, &run));
        }
        let found = run.found.iter().filter(|found| wanted >> found.bit & 1 == 1);
        let shortest = found.min_by_key(|found| (found.trace.len(), found.bit));
        let shortest = shortest.filter(|found| found.trace.len() < below);
        let plan = question.plan();
        let stage = Stage::new(&plan, &world);
        shortest.map(|found| self.confirmed(question, &stage, found)).transpose()
    }

    fn confirmed(
        &self,
        question: &Question<'_>,
        stage: &Stage<'_, Symbolic>,
        found: &explore::Found<u32>,
    ) -> Result<Attack, Error> {
        let (trace, by_design) = told(stage, found)?;
        Ok(Attack {
            scenario: question.case.scenario.id.clone(),
            form: question.form.label(),
            property: property::ALL[found.bit as usize].id,
            adversary: question.capabilities.ids(),
            bounds: stage.plan.bounds,
            trace,
            by_design,
        })
    }

    /// The same attack in fewer moves, if plain search finds one within a budget; else the attack itself, called shortest
    /// where plain search covered everything below its length.
    ///
    /// # Errors
    /// [`Error::Internal`] where a replay refuses what the search found.
    pub fn shortened(&self, question: &Question<'_>, attack: Attack) -> Result<Attack, Error> {
        let Some((number, _)) = property::named(attack.property) else { return Ok(attack) };
        let world = question.world::<Symbolic>();
        let bit = 1 << number;
        let depth = attack.length().saturating_sub(1) as u32;
        let options = explore::Options {
            max_depth: Some(depth),
            max_states: Some(SHORTEN_STATES),
            saturate: false,
            canonical: false,
            ..self.limits.search(bit, bit)
        };
        let run = explore(&world, &options);
        if let Some(found) = run.found.iter().find(|found| found.bit == number as u32) {
            return self.confirmed(question, &Stage::new(&question.plan(), &world), found);
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

/// What a search found, replayed under Ed25519 and told; and whether it is by design: no adversary moves, and nothing exceeds
/// what was intended.
///
/// # Errors
/// [`Error::Internal`] where the replay refuses what the search found.
pub(crate) fn told<C: Crypto>(
    stage: &Stage<'_, C>,
    found: &explore::Found<u32>,
) -> Result<(Trace, bool), Error> {
    let (plan, world) = (stage.plan, stage.world);
    let (trace, number) = (&found.trace, found.bit as usize);
    let moves: Vec<_> = trace.iter().map(|index| world.moves[*index as usize].what).collect();
    let property = &property::ALL[number];
    stage.confirm(&moves, number).map_err(|reason| {
        Error::Internal(format!(
            "a candidate attack was not confirmed ({} under {}, {}): {reason}",
            plan.scenario.id,
            plan.form.label(),
            property.id
        ))
    })?;
    let quality = if found.minimal { "minimal" } else { "shortest" };
    let by_design = !tell::hostile(world, trace) && !property.exceeds_intent;
    Ok((tell::tell(world, trace, number, quality), by_design))
}
