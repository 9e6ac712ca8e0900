//! One story under one form and one policy: which effects can be accepted, what breaks, and whether it serves.

use super::Effect;
use crate::explore::{Ended, System, explore};
use crate::lower::{Plan, lower};
use crate::suite::{Limits, PROPERTIES, explored};
use crate::world::World;
use crate::world::bits::Bits;
use crate::world::ghost::{Mint, Who};
use crate::world::record::Acceptance;
use crate::world::setting::Setting;
use std::collections::{BTreeMap, BTreeSet};
use whoacts_model::crypto::{Crypto, Symbolic};

/// How many effects one search can tell apart.
const WORD: usize = 64;

/// What a run shows, as far as it is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    /// The effects that are accepted in some state.
    pub(super) effects: BTreeSet<Effect>,
    /// The properties that break.
    pub(super) broken: u64,
    /// The good ends that are reached.
    pub(super) served: BTreeSet<String>,
    /// No limit was reached.
    pub(super) conclusive: bool,
    /// States of the search for what breaks.
    pub(super) states: u64,
}

/// A trace, and whether it is minimal rather than shortest.
pub(super) type Witnessed = (Vec<u32>, bool);

/// A world, ready to be asked.
pub(super) struct Probe<'a> {
    pub(super) plan: Plan<'a>,
    pub(super) world: World<Symbolic>,
    /// Each effect that some presentation would have, with the moves that accept one.
    effects: BTreeMap<Effect, Vec<u32>>,
    limits: Limits<'a>,
}

impl<'a> Probe<'a> {
    pub(super) fn new(plan: Plan<'a>, limits: Limits<'a>) -> Self {
        let world = World::new(lower::<Symbolic>(&plan));
        let mut effects: BTreeMap<Effect, Vec<u32>> = BTreeMap::new();
        for index in 0..world.moves.len() as u32 {
            if let Some(accepting) = world.accepting_of(index) {
                let effect = effect(&world.setting, &accepting.record);
                effects.entry(effect).or_default().push(index);
            }
        }
        Self { plan, world, effects, limits }
    }

    /// Everything that is compared.
    pub(super) fn seen(&self) -> Seen {
        let run = explored(&self.world, &self.limits.search(0, 0));
        let mut conclusive = run.ended == Ended::Exhausted;
        let mut effects = BTreeSet::new();
        let all: Vec<&Effect> = self.effects.keys().collect();
        for part in all.chunks(WORD) {
            let watch = self.watch(part);
            let wanted = u64::MAX >> (WORD - part.len());
            let run = explore(&watch, &self.limits.search(wanted, 0));
            conclusive &= matches!(run.ended, Ended::Exhausted | Ended::Stopped);
            let reached = part.iter().enumerate().filter(|(bit, _)| run.seen >> bit & 1 == 1);
            effects.extend(reached.map(|(_, effect)| (*effect).clone()));
        }
        let ends = self.world.good_ends.iter().filter(|end| run.seen >> end.bit & 1 == 1);
        Seen {
            effects,
            broken: run.seen & PROPERTIES,
            served: ends.map(|end| self.good_end(end)).collect(),
            conclusive,
            states: run.states,
        }
    }

    fn good_end(&self, end: &crate::world::GoodEnd) -> String {
        use crate::world::setting::Fault;
        let flow = &self.world.setting.flows[end.flow].id;
        let name = |instance: usize| &self.world.setting.instances[instance].name;
        match end.after {
            None => flow.clone(),
            Some(Fault::Crash(i)) => format!("{flow} after a crash of {}", name(i)),
            Some(Fault::Rekey(i)) => format!("{flow} after a new key of {}", name(i)),
            Some(Fault::Revoke(i)) => format!("{flow} after a revocation of {}", name(i)),
            Some(Fault::Restart(v)) => {
                format!("{flow} after a restart of {}", self.world.setting.verifiers[v].id)
            }
        }
    }

    /// A trace to each of these effects.
    pub(super) fn traces(&self, effects: &[&Effect]) -> BTreeMap<Effect, Witnessed> {
        let mut traces = BTreeMap::new();
        for part in effects.chunks(WORD) {
            let wanted = u64::MAX >> (WORD - part.len());
            let run = explore(&self.watch(part), &self.limits.search(wanted, wanted));
            for found in run.found {
                if let Some(effect) = part.get(found.bit as usize) {
                    traces.insert((*effect).clone(), (found.trace, found.minimal));
                }
            }
        }
        traces
    }

    /// A trace to a violation of each of these properties, by number.
    pub(super) fn attacks(&self, properties: u64) -> BTreeMap<u32, Witnessed> {
        let run = explore(&self.world, &self.limits.search(properties, properties));
        run.found.into_iter().map(|found| (found.bit, (found.trace, found.minimal))).collect()
    }

    fn watch(&self, effects: &[&Effect]) -> Watch<'_> {
        let mut shows = vec![0; self.world.moves.len()];
        for (bit, effect) in effects.iter().enumerate() {
            for index in self.effects.get(*effect).into_iter().flatten() {
                shows[*index as usize] |= 1 << bit;
            }
        }
        Watch { world: &self.world, shows }
    }
}

/// The same world, judged by the effects that are accepted.
struct Watch<'w> {
    world: &'w World<Symbolic>,
    /// The bits that each move shows.
    shows: Vec<u64>,
}

impl System for Watch<'_> {
    type State = Bits;
    type Move = u32;

    fn initial(&self) -> Bits {
        self.world.initial()
    }
    fn moves(&self, state: &Bits, out: &mut Vec<u32>) {
        self.world.moves(state, out);
    }
    fn next(&self, state: &Bits, index: u32) -> Bits {
        self.world.next(state, index)
    }
    fn apply(&self, state: &mut Bits, index: u32) -> bool {
        self.world.apply(state, index)
    }
    fn findings(&self, _: &Bits, index: u32) -> u64 {
        self.shows[index as usize]
    }
    fn enabled(&self, state: &Bits, index: u32) -> bool {
        self.world.enabled(state, index)
    }
    fn monotone(&self, index: u32) -> bool {
        self.world.monotone(index)
    }
    fn canonical(&self, state: Bits) -> Bits {
        self.world.canonical(state)
    }
    fn slice(&self, trace: &[u32]) -> Vec<u32> {
        self.world.slice(trace)
    }
}

/// What an acceptance comes to: whose authority, which kind of executor, what.
pub(super) fn effect<C: Crypto>(setting: &Setting<C>, record: &Acceptance) -> Effect {
    let own = || setting.identities.iter().find(|identity| identity.adversary);
    let root = match record.mint {
        Mint::Forged => record.anchor.0.as_ref(),
        _ => record.anchor.1.as_ref().or(record.anchor.0.as_ref()),
    };
    let pool = |instance: usize| &setting.pools[setting.instances[instance].pool];
    let (class, environment) = match record.by {
        Who::Identity(index) => (setting.identities[index].id.to_string(), None),
        Who::Instance(index) => (pool(index).id.clone(), Some(index)),
        Who::Run(index) if pool(index).adversary => (pool(index).id.clone(), Some(index)),
        Who::Run(index) => (format!("{}, run by the adversary", pool(index).id), Some(index)),
        Who::Adversary => {
            (own().map_or_else(|| "adversary".to_owned(), |o| o.id.to_string()), None)
        }
    };
    let attested = environment
        .and_then(|index| setting.instances[index].party.attested.as_deref())
        .and_then(|attested| attested.facts().environment.as_ref());
    Effect {
        root: root.map_or_else(|| "nobody".to_owned(), ToString::to_string),
        class,
        action: record.effect.action.to_string(),
        resource: record.effect.resource.to_string(),
        environment: attested.map(ToString::to_string),
    }
}

/// Who presents, by the name of the instance.
pub(super) fn presenter<C: Crypto>(setting: &Setting<C>, record: &Acceptance) -> String {
    match record.by {
        Who::Instance(index) | Who::Run(index) => setting.instances[index].name.clone(),
        _ => effect(setting, record).class,
    }
}
