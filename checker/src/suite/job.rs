//! One exploration and all its checks.

use super::expect::{self, Expectations};
use super::pair::{self, Compared};
use super::{CryptoKind, Engine, Error, Limits, Options, Reductions, Task, blocked, explored};
use crate::confirm::Stage;
use crate::explore::{self, Ended, Run};
use crate::inquiry::{self, Answer, Inquiry, Question};
use crate::lower::{Plan, bounds, capabilities, lower};
use crate::outcome::{Check, Confirmed, Contrast, GuardUse, Stats, StoppedBy, Verdict};
use crate::world::capability::{Capabilities, Capability};
use crate::world::ghost::{Mint, Who};
use crate::world::setting::Orbit;
use crate::world::{PUT, World};
use crate::{assumption, property, tell};
use std::collections::HashMap;
use std::sync::Arc;
use whoacts_model::crypto::{Crypto, Ed25519, Symbolic};
use whoacts_model::guard::{Guard, GuardSet};
use whoacts_model::mechanism::{Form, forms};
use whoacts_scenarios::Case;

/// What all explorations of a suite share.
pub(super) struct Jobs<'a> {
    /// For the runs that are only asked whether a property breaks, and the limits of all.
    inquiry: Inquiry<'a>,
    expectations: &'a Expectations<'a>,
}

/// A check whose attack, if it has one, is still to be explained.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    check: Check,
    number: usize,
    /// The capabilities that the attack uses.
    used: Option<Capabilities>,
}

/// The first attack on each property, by story and adversary, over all forms of a suite.
pub(super) struct Contrasts(HashMap<(String, Capabilities, usize), Contrast>);

impl Contrasts {
    /// Those among all drafts of a suite, in their order.
    pub(super) fn among(drafts: &[(&Task<'_>, Vec<Draft>)]) -> Self {
        let mut first = HashMap::new();
        let all = drafts.iter().flat_map(|(task, some)| some.iter().map(move |one| (task, one)));
        for (task, draft) in all {
            if let Some(trace) = &draft.check.trace {
                let key = (draft.check.scenario.clone(), task.capabilities, draft.number);
                let steps = trace.steps.len();
                first.entry(key).or_insert_with(|| Contrast::Attack(task.form.label(), steps));
            }
        }
        Self(first)
    }

    fn of(&self, task: &Task<'_>, number: usize) -> Contrast {
        let key = (task.case.scenario.id.clone(), task.capabilities, number);
        self.0.get(&key).cloned().unwrap_or(Contrast::Nothing)
    }
}

impl<'a> Jobs<'a> {
    pub(super) fn new(limits: Limits<'a>, expectations: &'a Expectations<'a>) -> Self {
        Self { inquiry: Inquiry::new(limits), expectations }
    }

    /// All checks of one exploration; what would stop their attacks is left to [`Jobs::explain`].
    pub(super) fn checks(&self, task: &Task<'_>) -> Result<Vec<Draft>, Error> {
        match self.inquiry.limits.options.crypto {
            CryptoKind::Symbolic => self.checks_under::<Symbolic>(task),
            CryptoKind::Ed25519 => self.checks_under::<Ed25519>(task),
        }
    }

    fn plan<'t>(
        &self,
        case: &'t Case,
        form: &'static Form,
        capabilities: Capabilities,
    ) -> Plan<'t> {
        Plan::of(&case.scenario, &case.policy, form, capabilities)
    }

    fn search<C: Crypto>(
        &self,
        plan: &Plan<'_>,
        stop_when: u64,
        traces: u64,
    ) -> (World<C>, Run<u32>) {
        let mut world = World::new(lower::<C>(plan));
        // To look for symmetry takes longer than the searches that further questions need.
        if self.inquiry.limits.options.reductions.symmetry && traces != 0 {
            world.find_symmetry();
        }
        let run = explored(&world, &self.inquiry.limits.search(stop_when, traces));
        (world, run)
    }

    fn checks_under<C: Crypto>(&self, task: &Task<'_>) -> Result<Vec<Draft>, Error> {
        if self.inquiry.limits.options.engine == Engine::Stateright {
            return self.checks_by_oracle::<C>(task);
        }
        let plan = self.plan(task.case, task.form, task.capabilities);
        // Bits that ask whether a property was put need no more than one witness.
        let (world, run) = self.search::<C>(&plan, 0, u64::MAX);
        self.assemble(task, &plan, &world, &run, "layered")
    }

    /// The same world by stateright, at the story's oracle bounds, without reductions.
    fn checks_by_oracle<C: Crypto>(&self, task: &Task<'_>) -> Result<Vec<Draft>, Error> {
        let oracle = &task.case.scenario.oracle;
        let own = capabilities(oracle.capabilities.iter().map(|c| c.value.as_str()));
        let asked = !self.inquiry.limits.options.adversary.is_empty();
        let plan = Plan {
            bounds: bounds(&oracle.bounds),
            capabilities: if asked { task.capabilities } else { own },
            ..self.plan(task.case, task.form, task.capabilities)
        };
        let world = Arc::new(World::new(lower::<C>(&plan)));
        let mut limits = self.inquiry.limits.search(0, u64::MAX);
        limits.max_depth = oracle.depth.as_ref().map(|depth| depth.value);
        let run = explore::oracle(&world, &limits);
        let mut ours = explored(
            &world,
            &explore::Options { saturate: false, steps: false, canonical: false, ..limits },
        );
        // Where a limit ended one of them, they did not look at the same states.
        let both = covers_its_depth(&ours.ended) && covers_its_depth(&run.ended);
        if !both && ours.ended == Ended::Exhausted {
            ours.ended = run.ended.clone();
        }
        if both && (ours.states, ours.seen) != (run.unique_states, run.seen) {
            return Err(Error::Internal(format!(
                "two engines disagree on {} under {}: {} states against stateright's {}",
                task.case.scenario.id,
                task.form.label(),
                ours.states,
                run.unique_states
            )));
        }
        self.assemble(task, &plan, &world, &ours, "stateright")
    }

    fn assemble<C: Crypto>(
        &self,
        task: &Task<'_>,
        plan: &Plan<'_>,
        world: &World<C>,
        run: &Run<u32>,
        engine: &'static str,
    ) -> Result<Vec<Draft>, Error> {
        if let Ended::Broken(complaint) = &run.ended {
            let label = task.form.label();
            let id = &task.case.scenario.id;
            return Err(Error::Internal(format!("{id} under {label}: {complaint}")));
        }
        let stage = Stage::new(plan, world);
        let facts = Facts { stage, run, engine, served: world.served(run.seen) };
        let mut checks = Vec::new();
        for (number, property) in property::ALL.iter().enumerate() {
            if self.asked(task.case, property.id) {
                checks.push(self.check(task, &facts, number)?);
            }
        }
        if let Some(Draft { check, .. }) = checks.first_mut()
            && check.is_served_oddly()
            && !check.served
        {
            let (case, form, limits) = (task.case, task.form, &self.inquiry.limits);
            let why = blocked::blocked(case, form, (world, run.seen), limits);
            check.notes.splice(0..0, why);
        }
        if let (true, Some(first)) = (self.inquiry.limits.options.stuck, checks.first_mut()) {
            first.check.stuck = self.stuck(world);
        }
        if run.ended == Ended::Exhausted && engine == "layered" && C::NAME == Symbolic::NAME {
            let question = Question::of(task.case, task.form, task.capabilities);
            self.inquiry.know(&question, Answer::of(world, run));
        }
        Ok(checks)
    }

    fn asked(&self, case: &Case, property: &str) -> bool {
        let paired = property::named(property).is_some_and(|(_, property)| property.pair.is_some());
        match &self.inquiry.limits.options.properties {
            Some(wanted) => wanted.iter().any(|id| id == property),
            // Two runs more for each: only stories that are about it ask.
            None if paired => case.scenario.paired.iter().any(|id| id.value == property),
            None => {
                let asked = &case.scenario.properties;
                asked.is_empty() || asked.iter().any(|id| id.value == property)
            }
        }
    }

    fn check<C: Crypto>(
        &self,
        task: &Task<'_>,
        facts: &Facts<'_, C>,
        number: usize,
    ) -> Result<Draft, Error> {
        let property = property::ALL[number].id;
        let (world, run) = (facts.stage.world, facts.run);
        let found = run.found.iter().find(|found| found.bit == number as u32);
        let verdict = verdict(world, run, number, found.is_some());
        let mut check = Check {
            scenario: task.case.scenario.id.clone(),
            title: task.case.scenario.title.value.clone(),
            mechanism: task.form.mechanism,
            variant: task.form.variant,
            profile: task.form.profile,
            property,
            verdict,
            // What was expected is joined once all is found.
            expected: None,
            because: None,
            as_expected: true,
            served: facts.served,
            expected_served: self.expectations.serves(task),
            assumptions: assumption::of(&world.setting),
            by_design: false,
            influenced: influenced(world),
            bounds: facts.stage.plan.bounds,
            adversary: facts.stage.plan.capabilities.ids(),
            stats: facts.stats(self.inquiry.limits.options),
            guards: guards(world),
            confirmed: None,
            trace: None,
            needs: Vec::new(),
            stuck: Vec::new(),
            stopped_by: Vec::new(),
            not_covered: not_covered(facts.stage.plan.capabilities),
            witness: None,
            contrast: None,
            notes: notes(facts, number),
            span: whoacts_scenarios::span::Span::default(),
            policy_span: None,
        };
        if let Some(pair) = property::ALL[number].pair {
            self.paired(facts, pair, number, &mut check)?;
            return Ok(Draft { check, number, used: None });
        }
        let mut used = None;
        match found {
            Some(found) => used = self.violation(task, facts, found, &mut check)?,
            None => check.witness = witness(world, run, number),
        }
        Ok(Draft { check, number, used })
    }

    /// A paired property that was put is judged on two runs of their own.
    fn paired<C: Crypto>(
        &self,
        facts: &Facts<'_, C>,
        pair: property::Pair,
        number: usize,
        check: &mut Check,
    ) -> Result<(), Error> {
        if check.verdict != Verdict::Exhausted {
            return Ok(());
        }
        let compared =
            pair::compare(facts.stage.plan, pair, number, &self.inquiry.limits.search(0, 0));
        check.verdict = match compared.map_err(Error::Internal)? {
            Compared::Same => Verdict::Exhausted,
            Compared::Limit => Verdict::Inconclusive,
            Compared::Differs(trace) => {
                check.confirmed = Some(Confirmed::Pair);
                check.trace = Some(*trace);
                Verdict::Violated
            }
        };
        Ok(())
    }

    fn violation<C: Crypto>(
        &self,
        task: &Task<'_>,
        facts: &Facts<'_, C>,
        found: &explore::Found<u32>,
        check: &mut Check,
    ) -> Result<Option<Capabilities>, Error> {
        let world = facts.stage.world;
        let (trace, by_design) = inquiry::told(&facts.stage, found)?;
        check.confirmed = Some(Confirmed::Trace);
        check.trace = Some(trace);
        check.by_design = by_design;
        check.policy_span = Some(policy_line(task.case, world, &found.trace));
        Ok((facts.engine == "layered").then(|| tell::used(world, &found.trace)))
    }

    /// What an attack needs and what would stop it, each found by running again; and what a hold keeps out.
    pub(super) fn explain(&self, task: &Task<'_>, draft: Draft, contrasts: &Contrasts) -> Check {
        let Draft { mut check, number, used } = draft;
        if check.verdict == Verdict::Exhausted {
            check.contrast = Some(contrasts.of(task, number));
        }
        if let Some(used) = used {
            check.needs = vec![self.least(task, number, used).ids()];
            check.stopped_by = self.stopped_by(task, number);
        }
        check
    }

    fn ask(
        &self,
        task: &Task<'_>,
        form: &'static Form,
        set: Capabilities,
        dropped: GuardSet,
    ) -> Answer {
        self.inquiry.ask(&Question::of(task.case, form, set).without(dropped))
    }

    /// A set of capabilities from which none can be left out: those that the trace uses, less what turns out idle.
    fn least(&self, task: &Task<'_>, number: usize, used: Capabilities) -> Capabilities {
        let breaks =
            |set: Capabilities| self.ask(task, task.form, set, GuardSet::NONE).breaks(number);
        if breaks(Capabilities::default()) {
            return Capabilities::default();
        }
        // What breaks under the story's own adversary needs nothing more under a larger one.
        let own = super::story_capabilities(task.case);
        let used = if own.within(task.capabilities) && breaks(own) {
            used_within(used, own)
        } else {
            used
        };
        used.iter().fold(used, |set, capability| {
            let fewer = set.without(capability);
            if breaks(fewer) { fewer } else { set }
        })
    }

    /// The nearest form under which the property no longer breaks, and which of its further guards do it.
    fn stopped_by(&self, task: &Task<'_>, number: usize) -> Vec<StoppedBy> {
        let breaks = |answer: Answer| answer.breaks(number);
        let own = task.form.run::<Symbolic>().brings();
        let same = forms().filter(|form| form.mechanism == task.form.mechanism);
        let later = same.skip_while(|form| form.label() != task.form.label()).skip(1);
        let reference = forms()
            .filter(|form| form.mechanism == "continuity" && task.form.mechanism != "continuity");
        let mut stops: Vec<StoppedBy> = self.left_out(task, number, own).into_iter().collect();
        let mut before = own;
        let story_set = super::story_capabilities(task.case);
        let story = task.capabilities == story_set;
        for form in later.chain(reference) {
            // Under another adversary than the story's, only the forms that meet it in this story are asked.
            let meets = || expect::adversaries(task.case, form).contains(&task.capabilities);
            if !story && (!self.inquiry.limits.options.adversary.is_empty() || !meets()) {
                continue;
            }
            let answer = self.ask(task, form, task.capabilities, GuardSet::NONE);
            let brings = form.run::<Symbolic>().brings();
            if breaks(answer) {
                before = brings;
                continue;
            }
            // What was not looked at to its end stops nothing.
            if !answer.exhausted {
                continue;
            }
            let further = brings.without(before).intersection(asked_for(task.case));
            let decisive: Vec<&'static str> = further
                .iter()
                .filter(|guard| answer.deciding.contains(*guard))
                .filter(|guard| {
                    let without = GuardSet::of(&[*guard]);
                    breaks(self.ask(task, form, task.capabilities, without))
                })
                .map(Guard::id)
                .collect();
            let all = || further.iter().map(Guard::id).collect();
            let guards = if decisive.is_empty() { all() } else { decisive };
            stops.push(StoppedBy { guards, served: answer.served, under: form.label() });
            break;
        }
        stops
    }

    /// Guards for which the form brings evidence and which the policy leaves out: one that would stop the attack, or a set
    /// from which none can be left out.
    fn left_out(&self, task: &Task<'_>, number: usize, brings: GuardSet) -> Option<StoppedBy> {
        let spare = brings.without(asked_for(task.case));
        let question = Question::of(task.case, task.form, task.capabilities);
        let with = |set: GuardSet| self.inquiry.ask(&question.requiring(set));
        let stops = |set: GuardSet| {
            let answer = with(set);
            answer.exhausted && !answer.breaks(number)
        };
        if spare.is_empty() || !stops(spare) {
            return None;
        }
        let one = spare.iter().map(|guard| GuardSet::of(&[guard])).find(|one| stops(*one));
        let set = one.unwrap_or_else(|| {
            spare.iter().fold(spare, |set, guard| {
                let fewer = set.without(GuardSet::of(&[guard]));
                if stops(fewer) { fewer } else { set }
            })
        });
        let guards = set.iter().map(Guard::id).collect();
        Some(StoppedBy { guards, served: with(set).served, under: task.form.label() })
    }

    fn stuck<C: Crypto>(&self, world: &World<C>) -> Vec<String> {
        let report = explore::stuck(world, &self.inquiry.limits.search(0, 0));
        let trace = report.first.as_deref().unwrap_or_default();
        let told = tell::tell(world, trace, 0, "shortest");
        let steps: Vec<String> = told.steps.into_iter().map(|step| step.text).collect();
        let scope = match report.ended {
            Ended::Exhausted => String::new(),
            _ => " (a limit was reached: more may be stuck)".to_owned(),
        };
        let counted = format!(
            "{} of {} states cannot reach the good end any more{scope}",
            report.stuck_states, report.states
        );
        let first = (report.stuck_states > 0).then(|| format!("the nearest: {}", steps.join("; ")));
        [Some(counted), first].into_iter().flatten().collect()
    }
}

/// Those of `used` that are in `own`, if there is one; else all of `own`.
fn used_within(used: Capabilities, own: Capabilities) -> Capabilities {
    if used.within(own) { used } else { own }
}

/// What is known of one exploration.
struct Facts<'f, C: Crypto> {
    stage: Stage<'f, C>,
    run: &'f Run<u32>,
    engine: &'static str,
    served: bool,
}

impl<C: Crypto> Facts<'_, C> {
    fn reductions(&self, options: &Options) -> Vec<&'static str> {
        let layered = self.engine == "layered";
        let own = if layered { options.reductions } else { Reductions::NONE };
        let orbits = (!self.stage.world.setting.orbits.is_empty()).then_some("replicas");
        own.names().chain(orbits).collect()
    }

    fn stats(&self, options: &Options) -> Stats {
        Stats {
            engine: self.engine,
            crypto: C::NAME,
            reductions: self.reductions(options),
            states: self.run.states,
            steps: self.run.steps,
            depth: self.run.depth,
            collision_bound: self.run.collision_bound,
            presentations: self.stage.world.universe.presentations.len() as u64,
            limit: match &self.run.ended {
                Ended::Limit(limit) => Some(format!(
                    "{:?} limit reached; all states down to depth {} were covered",
                    limit.kind, limit.covered
                )),
                _ => None,
            },
        }
    }
}

fn verdict<C: Crypto>(world: &World<C>, run: &Run<u32>, number: usize, found: bool) -> Verdict {
    let put = (world.offered >> number | run.seen >> (PUT + number as u32)) & 1 == 1;
    match &run.ended {
        _ if found => Verdict::Violated,
        Ended::Limit(_) | Ended::Stopped | Ended::Broken(_) => Verdict::Inconclusive,
        Ended::Exhausted if put => Verdict::Exhausted,
        Ended::Exhausted => Verdict::Vacuous,
    }
}

/// Whether every state down to the depth that was asked was looked at.
fn covers_its_depth(ended: &Ended) -> bool {
    match ended {
        Ended::Limit(limit) => limit.kind == explore::LimitKind::Depth,
        _ => true,
    }
}

fn asked_for(case: &Case) -> GuardSet {
    let all = case.policy.resource.iter().any(|guard| guard.value == "all");
    if all {
        return GuardSet::ALL;
    }
    case.policy.resource.iter().filter_map(|guard| Guard::named(guard)).collect()
}

fn not_covered(set: Capabilities) -> Vec<&'static str> {
    Capability::ALL.iter().filter(|c| !set.has(**c)).map(|c| c.id()).collect()
}

fn guards<C: Crypto>(world: &World<C>) -> Vec<GuardUse> {
    world
        .setting
        .required
        .iter()
        .map(|guard| {
            let held = world.tallies[guard as usize].held;
            GuardUse { guard: guard.id(), held, denied: world.denials(guard) }
        })
        .collect()
}

/// Effects within the delegated authority by an eligible executor that the adversary runs.
fn influenced<C: Crypto>(world: &World<C>) -> Vec<String> {
    let mut effects: Vec<String> = world
        .accepting
        .iter()
        .map(|accepting| &accepting.record)
        .filter(|record| matches!(record.mint, Mint::Execution(_)))
        .filter_map(|record| match record.by {
            Who::Run(index) if record.path.last().is_some_and(|p| record.in_class(p)) => {
                Some(format!(
                    "{} may {} {}",
                    world.setting.instances[index].name,
                    record.effect.action,
                    record.effect.resource
                ))
            }
            _ => None,
        })
        .collect();
    effects.sort();
    effects.dedup();
    effects
}

fn notes<C: Crypto>(facts: &Facts<'_, C>, number: usize) -> Vec<String> {
    let world = facts.stage.world;
    let (no_anchor, no_actor) = match property::ALL[number].id {
        "accountable" => world.unnamed(),
        _ => (false, false),
    };
    let unnamed = [
        (no_anchor, "unaccountable: nothing in the evidence says who answers for it"),
        (no_actor, "unattributed: nothing in the evidence says which instance acts"),
    ];
    let unnamed = unnamed.into_iter().filter(|(is, _)| *is).map(|(_, note)| note.to_owned());
    let orbits = world.setting.orbits.iter().map(|orbit| {
        let pool = &world.setting.pools[orbit.pool].id;
        let Orbit { replicas, played, needed, .. } = orbit;
        format!(
            "decided for {replicas} replicas of {pool}: {pool}_01 to {pool}_{played:02} stand for all, since no finding \
             depends on more than {needed} that can be exchanged for one another"
        )
    });
    let symmetry = tell::orbits(world).map(|orbits| format!("symmetry: {orbits}"));
    let flows = facts.stage.plan.scenario.flows.iter();
    let left_out =
        flows.filter(|flow| world.setting.flows.iter().all(|one| one.id != flow.id.value));
    let left_out = left_out.map(|flow| {
        let id = &flow.id.value;
        format!("the flow `{id}` is left out: nobody runs the pool that starts it")
    });
    unnamed.chain(left_out).chain(orbits).chain(symmetry).collect()
}

/// The effect that put the question.
fn witness<C: Crypto>(world: &World<C>, run: &Run<u32>, number: usize) -> Option<String> {
    let bit = PUT + number as u32;
    let found = run.found.iter().find(|found| found.bit == bit);
    found.and_then(|found| {
        let told = tell::tell(world, &found.trace, number, "minimal");
        told.steps.last().map(|step| format!("{} (after {} moves)", step.text, found.trace.len()))
    })
}

/// The policy line that let an effect through: the mandate of its root, or the list of required guards.
fn policy_line<C: Crypto>(
    case: &Case,
    world: &World<C>,
    trace: &[u32],
) -> whoacts_scenarios::span::Span {
    let record = trace.last().and_then(|last| world.accepting_of(*last)).map(|a| &a.record);
    let anchor = record.and_then(|record| record.anchor.0.as_ref());
    let mandate = anchor.and_then(|anchor| {
        case.policy.mandates.iter().find(|mandate| mandate.root.value == anchor.as_str())
    });
    let required = case.policy.resource.first().map(|guard| guard.span.clone());
    mandate.map(|mandate| mandate.root.span.clone()).or(required).unwrap_or_default()
}
