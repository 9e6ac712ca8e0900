//! One story under one form, under both policies.

use super::clause::{Edit, apply};
use super::probe::{Probe, Seen, Witnessed, effect, presenter};
use super::{Attack, Diff, Effect, Ran, Row, Turn, Witness};
use crate::confirm::{confirm, confirm_effect};
use crate::explore::System;
use crate::lower::{Plan, bounds, lower};
use crate::outcome::Trace;
use crate::suite::{Error, Limits};
use crate::world::capability::Capabilities;
use crate::world::moves::Move;
use crate::{assumption, property, tell};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use whoacts_model::crypto::{Digest, Symbolic};
use whoacts_model::mechanism::Form;
use whoacts_scenarios::Case;
use whoacts_scenarios::scenario::{Policy, Scenario};

/// What is compared.
#[derive(Clone, Copy)]
pub(super) struct Cell<'a> {
    pub(super) case: &'a Case,
    pub(super) form: &'static Form,
    pub(super) capabilities: Capabilities,
    pub(super) old: &'a Policy,
    pub(super) new: &'a Policy,
    pub(super) edits: &'a [Edit],
    pub(super) limits: Limits<'a>,
}

/// What came of it.
pub(super) struct Found {
    allowed: Vec<Witness>,
    denied: Vec<Witness>,
    attacks: Vec<Attack>,
    closed: Vec<Turn>,
    still: BTreeSet<&'static str>,
    unserved: Vec<Turn>,
    served: Vec<Turn>,
    effects: (BTreeSet<Effect>, BTreeSet<Effect>),
    ran: Ran,
}

/// Something that may differ between two policies.
enum Difference<'d> {
    Effect(&'d Effect),
    Property(u32),
    End(&'d str),
}

impl Difference<'_> {
    fn is_in(&self, seen: &Seen) -> bool {
        match self {
            Self::Effect(effect) => seen.effects.contains(*effect),
            Self::Property(number) => seen.broken >> number & 1 == 1,
            Self::End(end) => seen.served.contains(*end),
        }
    }
}

impl<'a> Cell<'a> {
    fn plan<'p>(&'p self, policy: &'p Policy) -> Plan<'p> {
        Plan::of(&self.case.scenario, policy, self.form, self.capabilities)
    }

    fn probe<'p>(&'p self, policy: &'p Policy) -> Probe<'p> {
        Probe::new(self.plan(policy), self.limits)
    }

    /// Runs both, and explains how they differ.
    pub(super) fn compare(&self) -> Result<Found, Error> {
        let (old, new) = (self.probe(self.old), self.probe(self.new));
        let (before, after) = (old.seen(), new.seen());
        let conclusive = before.conclusive && after.conclusive;
        let mut found = self.nothing(&new, &before, &after);
        if !conclusive {
            return Ok(found);
        }
        let mut blame = Blame::new(self, &before, &after);
        found.allowed = self.witnesses(&new, &old, &after.effects, &before.effects, &mut blame)?;
        found.denied = self.witnesses(&old, &new, &before.effects, &after.effects, &mut blame)?;
        let asked = self.asked();
        found.attacks = self.attacks(&new, after.broken & !before.broken & asked, &mut blame)?;
        let closed = numbers(before.broken & !after.broken & asked);
        found.closed = closed
            .map(|n| self.turn(property::ALL[n as usize].id, Difference::Property(n), &mut blame))
            .collect();
        let still = numbers(before.broken & after.broken & asked);
        found.still = still.map(|n| property::ALL[n as usize].id).collect();
        let mut ends = |one: &Seen, other: &Seen| -> Vec<Turn> {
            let only = one.served.difference(&other.served);
            only.map(|end| self.turn(end, Difference::End(end), &mut blame)).collect()
        };
        found.unserved = ends(&before, &after);
        found.served = ends(&after, &before);
        Ok(found)
    }

    fn nothing(&self, new: &Probe<'_>, before: &Seen, after: &Seen) -> Found {
        Found {
            allowed: Vec::new(),
            denied: Vec::new(),
            attacks: Vec::new(),
            closed: Vec::new(),
            still: BTreeSet::new(),
            unserved: Vec::new(),
            served: Vec::new(),
            effects: (before.effects.clone(), after.effects.clone()),
            ran: Ran {
                scenario: self.case.scenario.id.clone(),
                mechanism: self.form.label(),
                bounds: bounds(&self.case.scenario.bounds),
                adversary: self.capabilities.ids(),
                assumptions: assumption::of(&new.world.setting),
                states: (before.states, after.states),
                conclusive: before.conclusive && after.conclusive,
            },
        }
    }

    /// The properties that are asked.
    fn asked(&self) -> u64 {
        let story = &self.case.scenario.properties;
        let wanted = |id: &str| match &self.limits.options.properties {
            Some(wanted) => wanted.iter().any(|name| name == id),
            None => story.is_empty() || story.iter().any(|name| name.value == id),
        };
        let all = property::ALL.iter().enumerate();
        all.filter(|(_, p)| wanted(p.id)).fold(0, |bits, (number, _)| bits | 1 << number)
    }

    fn turn(&self, what: &str, difference: Difference<'_>, blame: &mut Blame<'_, 'a>) -> Turn {
        Turn {
            scenario: self.case.scenario.id.clone(),
            mechanism: self.form.label(),
            what: what.to_owned(),
            edits: blame.edits(&difference),
        }
    }

    /// What `here` reaches and `there` does not, each shown by an execution.
    fn witnesses(
        &self,
        here: &Probe<'_>,
        there: &Probe<'_>,
        reached: &BTreeSet<Effect>,
        elsewhere: &BTreeSet<Effect>,
        blame: &mut Blame<'_, 'a>,
    ) -> Result<Vec<Witness>, Error> {
        let only: Vec<&Effect> = reached.difference(elsewhere).collect();
        if only.is_empty() {
            return Ok(Vec::new());
        }
        let mut traces = here.traces(&only);
        only.into_iter()
            .map(|wanted| {
                let witnessed = traces.remove(wanted).ok_or_else(|| self.lost(wanted))?;
                let record = confirm_effect(&here.plan, &here.world, &moves(here, &witnessed.0))
                    .map_err(|reason| self.unconfirmed("a newly reachable effect", &reason))?;
                if effect(&here.world.setting, &record) != *wanted {
                    return Err(self.unconfirmed("an effect", "it is another one when replayed"));
                }
                Ok(Witness {
                    scenario: self.case.scenario.id.clone(),
                    mechanism: self.form.label(),
                    effect: wanted.clone(),
                    actor: presenter(&here.world.setting, &record),
                    hostile: self.is_hostile(wanted),
                    trace: self.told(here, &witnessed, wanted),
                    otherwise: otherwise(here, there, &witnessed.0),
                    edits: blame.edits(&Difference::Effect(wanted)),
                })
            })
            .collect()
    }

    /// Whether an effect is the adversary's: by its root, or by whoever presents it.
    fn is_hostile(&self, effect: &Effect) -> bool {
        let Scenario { identities, pools, .. } = &self.case.scenario;
        let mut pools = pools.iter().filter(|pool| pool.adversary);
        let mut identities = identities.iter().filter(|identity| identity.adversary);
        identities.any(|one| one.id.value == effect.root || one.id.value == effect.class)
            || pools.any(|one| one.id.value == effect.class)
    }

    fn lost(&self, effect: &Effect) -> Error {
        self.unconfirmed(&format!("{} {}", effect.action, effect.resource), "no trace shows it")
    }

    fn unconfirmed(&self, what: &str, reason: &str) -> Error {
        let (id, form) = (&self.case.scenario.id, self.form.label());
        Error::Internal(format!("{what} was not confirmed ({id} under {form}): {reason}"))
    }

    /// The execution in words.
    fn told(&self, probe: &Probe<'_>, witnessed: &Witnessed, effect: &Effect) -> Trace {
        let trace = tell::tell(&probe.world, &witnessed.0, 0, quality(witnessed));
        let about = json!([self.form.label(), "effect", &trace.moves]).to_string();
        let Effect { root, class, action, resource, .. } = effect;
        Trace {
            id: Digest::of(about.as_bytes()).hex()[..12].to_owned(),
            headline: format!(
                "`{class}` may {action} `{resource}` under the authority of `{root}`"
            ),
            why: String::new(),
            ..trace
        }
    }

    fn attacks(
        &self,
        new: &Probe<'_>,
        opened: u64,
        blame: &mut Blame<'_, 'a>,
    ) -> Result<Vec<Attack>, Error> {
        if opened == 0 {
            return Ok(Vec::new());
        }
        let mut traces: BTreeMap<u32, Witnessed> = new.attacks(opened);
        numbers(opened)
            .map(|number| {
                let property = property::ALL[number as usize].id;
                let found = traces.remove(&number);
                let witnessed =
                    found.ok_or_else(|| self.unconfirmed(property, "no trace shows it"))?;
                confirm(&new.plan, &new.world, &moves(new, &witnessed.0), number as usize)
                    .map_err(|reason| self.unconfirmed(property, &reason))?;
                let last = witnessed.0.last().and_then(|last| new.world.accepting_of(*last));
                let setting = &new.world.setting;
                Ok(Attack {
                    scenario: self.case.scenario.id.clone(),
                    mechanism: self.form.label(),
                    property,
                    environment: last.and_then(|a| effect(setting, &a.record).environment),
                    trace: tell::tell(
                        &new.world,
                        &witnessed.0,
                        number as usize,
                        quality(&witnessed),
                    ),
                    edits: blame.edits(&Difference::Property(number)),
                })
            })
            .collect()
    }
}

fn quality(witnessed: &Witnessed) -> &'static str {
    if witnessed.1 { "minimal" } else { "shortest" }
}

fn moves(probe: &Probe<'_>, trace: &[u32]) -> Vec<Move> {
    trace.iter().map(|index| probe.world.moves[*index as usize].what).collect()
}

fn numbers(bits: u64) -> impl Iterator<Item = u32> {
    (0..property::ALL.len() as u32).filter(move |number| bits >> number & 1 == 1)
}

/// What the other policy makes of an execution: the guard that denies its request, or the step that it does not have.
fn otherwise(here: &Probe<'_>, there: &Probe<'_>, trace: &[u32]) -> String {
    if let Some(Move::Accept(id, verifier)) = moves(here, trace).last() {
        let setting = lower::<Symbolic>(&there.plan);
        let made = &here.world.universe.presentations[id.at()].made;
        let mechanism = setting.deployed.run::<Symbolic>();
        let at = &setting.verifiers[*verifier];
        let evidence = mechanism.evidence(made, &at.id, &setting.desk.trust);
        if let Some(guard) = setting.required.without(evidence.held).first() {
            return format!("`{}` denies the request", guard.id());
        }
        if !setting.rules.permit(at, made, &evidence, setting.required) {
            return format!("the Cedar policy of `{}` denies the request", at.resource);
        }
    }
    let described: HashMap<String, u32> = (0..there.world.moves.len() as u32)
        .map(|index| (tell::describe(&there.world, index).to_string(), index))
        .collect();
    let mut state = there.world.initial();
    for (number, index) in trace.iter().enumerate() {
        let same = described.get(&tell::describe(&here.world, *index).to_string());
        match same.filter(|same| there.world.enabled(&state, **same)) {
            Some(same) => state = there.world.next(&state, *same),
            None => {
                let kind = here.world.moves[*index as usize].what.kind();
                return format!("step {} ({kind}) is refused", number + 1);
            }
        }
    }
    "the same steps lead to another effect".to_owned()
}

/// Finds the edits that make a difference, by running with others left out.
struct Blame<'c, 'a> {
    cell: &'c Cell<'a>,
    known: HashMap<Vec<bool>, Seen>,
}

impl<'c, 'a> Blame<'c, 'a> {
    fn new(cell: &'c Cell<'a>, before: &Seen, after: &Seen) -> Self {
        let all = |made| vec![made; cell.edits.len()];
        let known = [(all(false), before.clone()), (all(true), after.clone())];
        Self { cell, known: known.into() }
    }

    /// Edits of which none can be left out, starting from all of them.
    fn edits(&mut self, difference: &Difference<'_>) -> Vec<usize> {
        let mut made = vec![true; self.cell.edits.len()];
        let wanted = difference.is_in(self.seen(&made));
        for edit in 0..made.len() {
            made[edit] = false;
            made[edit] = difference.is_in(self.seen(&made)) != wanted;
        }
        (0..made.len()).filter(|edit| made[*edit]).collect()
    }

    fn seen(&mut self, made: &[bool]) -> &Seen {
        let cell = self.cell;
        self.known.entry(made.to_vec()).or_insert_with(|| {
            let policy = apply(cell.old, cell.edits, made);
            cell.probe(&policy).seen()
        })
    }
}

impl Found {
    /// Adds what was found to the rest.
    pub(super) fn into_diff(self, diff: &mut Diff) {
        self.rows(diff);
        diff.allowed.extend(self.allowed);
        diff.denied.extend(self.denied);
        diff.attacks.extend(self.attacks);
        diff.closed.extend(self.closed);
        diff.still.extend(self.still);
        diff.unserved.extend(self.unserved);
        diff.served.extend(self.served);
        diff.runs.push(self.ran);
    }

    fn rows(&self, diff: &mut Diff) {
        let environments: BTreeSet<Option<String>> = (self.effects.0.iter())
            .chain(&self.effects.1)
            .map(|effect| effect.environment.clone())
            .chain(self.attacks.iter().map(|attack| attack.environment.clone()))
            .collect();
        for environment in environments {
            let mechanism = &self.ran.mechanism;
            let known = diff
                .rows
                .iter()
                .position(|row| row.environment == environment && row.mechanism == *mechanism);
            let at = known.unwrap_or_else(|| {
                diff.rows.push(Row {
                    environment: environment.clone(),
                    mechanism: mechanism.clone(),
                    reached: (0, 0),
                    allowed: 0,
                    denied: 0,
                    attacks: 0,
                });
                diff.rows.len() - 1
            });
            let row = &mut diff.rows[at];
            let here = |effects: &BTreeSet<Effect>| {
                effects.iter().filter(|effect| effect.environment == environment).count()
            };
            let shown = |witnesses: &[Witness]| {
                witnesses.iter().filter(|w| w.effect.environment == environment).count()
            };
            row.reached.0 += here(&self.effects.0);
            row.reached.1 += here(&self.effects.1);
            row.allowed += shown(&self.allowed);
            row.denied += shown(&self.denied);
            row.attacks += self.attacks.iter().filter(|a| a.environment == environment).count();
        }
    }
}
