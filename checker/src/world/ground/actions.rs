//! All moves but accepts: what honest executors do, what the adversary does, and what fails.

use super::{Ground, Grounding, Says};
use crate::world::bits::Fact;
use crate::world::capability::Capability;
use crate::world::ghost::Meant;
use crate::world::moves::Move;
use crate::world::recipe::{ParcelFrom, ParcelId, PresentationFrom, PresentationId, TaskIndex};
use crate::world::setting::{Fault, Starter};
use crate::world::universe::Need;
use std::collections::HashMap;
use whoacts_model::crypto::Crypto;
use whoacts_model::presentation::Cargo;

impl<C: Crypto> Grounding<'_, C> {
    pub(super) fn honest_moves(&mut self) {
        let universe = self.universe;
        for (index, (from, _, _)) in universe.recipes.parcels.iter().enumerate() {
            let id = ParcelId(index as u32);
            match from {
                ParcelFrom::Start(execution) => {
                    let (needs, forbids) = self.starter_alive(*execution);
                    self.push(Move::Start(id), needs, forbids, vec![Says::Sent(id)]);
                }
                ParcelFrom::Handed { by, task, spends } => {
                    let (mut needs, forbids) = self.alive(*by);
                    needs.extend([Says::Took(*task), Says::Took(*spends)]);
                    self.push(Move::Hand(id), needs, forbids, vec![Says::Sent(id)]);
                }
                ParcelFrom::Composed { .. } | ParcelFrom::Resent { .. } => {}
            }
        }
        for (index, (instance, parcel)) in universe.recipes.tasks.iter().enumerate() {
            self.take(TaskIndex(index as u32), *instance, *parcel);
        }
        for (index, from) in universe.recipes.presentations.iter().enumerate() {
            let id = PresentationId(index as u32);
            match from {
                PresentationFrom::Start(execution, _) => {
                    let (needs, forbids) = self.starter_alive(*execution);
                    let by =
                        match self.setting.flows[self.setting.executions[*execution].flow].origin {
                            Starter::Identity(_) => None,
                            Starter::Instance(index) => Some(index),
                        };
                    self.asks(Move::StartAsk(id), id, by, needs, forbids);
                }
                PresentationFrom::Asked { by, task, spends, .. } => {
                    let (mut needs, forbids) = self.alive(*by);
                    needs.extend([Says::Took(*task), Says::Took(*spends)]);
                    self.asks(Move::Ask(id), id, Some(*by), needs, forbids);
                }
                _ => {}
            }
        }
    }

    /// Somebody asks a verifier: honestly, unless it was taken over before. The request is the same either way; what
    /// differs is whether an honest executor asked.
    fn asks(
        &mut self,
        what: Move,
        id: PresentationId,
        by: Option<usize>,
        needs: Vec<Says>,
        forbids: Vec<Says>,
    ) {
        let lives = by.map_or_else(Vec::new, |by| self.setting.lives_before(by));
        let taken_over = lives.into_iter().filter(|life| self.setting.taps.may_take_over(*life));
        let taken_over: Vec<Says> = taken_over.map(Says::Hijacked).collect();
        if taken_over.is_empty() {
            return self.push(what, needs, forbids, vec![Says::Asked(id)]);
        }
        for since in &taken_over {
            let needs = needs.iter().copied().chain([*since]).collect();
            self.push(what, needs, forbids.clone(), vec![Says::Asked(id)]);
        }
        let forbids = forbids.into_iter().chain(taken_over).collect();
        self.push(what, needs, forbids, vec![Says::Asked(id), Says::AskedHonestly(id)]);
    }

    fn starter_alive(&self, execution: usize) -> (Vec<Says>, Vec<Says>) {
        let flow = &self.setting.flows[self.setting.executions[execution].flow];
        let (mut needs, forbids) = match flow.origin {
            Starter::Identity(_) => (Vec::new(), Vec::new()),
            Starter::Instance(index) => self.alive(index),
        };
        needs.extend((flow.starts > 0).then_some(Says::Tick(flow.starts)));
        (needs, forbids)
    }

    fn take(&mut self, task: TaskIndex, instance: usize, parcel: ParcelId) {
        let info = &self.universe.parcels[parcel.at()];
        let (mut needs, mut forbids) = self.alive(instance);
        let since = self.universe.since[task.at()];
        needs.extend((since > 0).then_some(Says::Tick(since)));
        let mut adds = vec![Says::Took(task)];
        let once = self.setting.deployed.run::<C>().once(&info.made);
        if let Some(code) = once {
            forbids.push(Says::Used(code));
            adds.push(Says::Used(code));
        }
        match &info.support {
            None => {
                needs.push(Says::Sent(parcel));
                self.push(Move::Take(task), needs, forbids, adds);
            }
            Some(support) => {
                let (made_of, unless) = self.support(support);
                needs.extend(made_of);
                forbids.extend(unless);
                self.push(Move::Feed(task), needs, forbids, adds);
            }
        }
    }

    /// The hand-off that an honest parcel carries, if it carries one.
    pub(super) fn honest_offer(&self, parcel: ParcelId) -> Option<ParcelId> {
        let info = &self.universe.parcels[parcel.at()];
        let offers = matches!(info.made.cargo, Cargo::Offer(..));
        (offers && info.support.is_none()).then_some(parcel)
    }

    pub(super) fn adversary_moves(&mut self) {
        let (setting, universe) = (self.setting, self.universe);
        for (index, info) in universe.parcels.iter().enumerate() {
            let id = ParcelId(index as u32);
            let (_, flow, hop) = universe.recipes.parcels[index];
            let to = setting.flows[flow].hops[hop].to;
            if info.support.is_none() && setting.pools[to].observed {
                let mut adds = self.parcel_knowledge(id);
                adds.extend(self.is_kept(id).then_some(Says::Knows(Need::Redeemed(id))));
                self.push(Move::Observe(id), vec![Says::Sent(id)], Vec::new(), adds);
            }
        }
        for (instance, id) in &universe.received {
            self.receive(*instance, *id);
        }
        for (index, (instance, _)) in universe.recipes.tasks.iter().enumerate() {
            let task = TaskIndex(index as u32);
            let adds = Self::says(&self.knowledge(universe.tasks[index].1));
            if adds.is_empty() {
                continue;
            }
            if setting.pools[setting.instances[*instance].pool].leaks {
                self.push(Move::Leak(task), vec![Says::Took(task)], Vec::new(), adds.clone());
            }
            if setting.taps.may_take_over(*instance) {
                let needs = vec![Says::Took(task), Says::Hijacked(*instance)];
                self.push(Move::Spill(task), needs, Vec::new(), adds);
            }
        }
        for (index, info) in universe.presentations.iter().enumerate() {
            let verifier = &setting.verifiers[info.verifier];
            if info.support.is_none() && (verifier.observed || verifier.leaks) {
                let id = PresentationId(index as u32);
                let mut knowledge = self.knowledge(info.base);
                knowledge.presentations.push(id);
                let adds = Self::says(&knowledge);
                self.push(Move::Tap(id), vec![Says::Asked(id)], Vec::new(), adds);
            }
        }
        for target in setting.taps.stolen() {
            let adds = vec![Says::Knows(Need::Key(target))];
            self.push(Move::Steal(target), Vec::new(), adds.clone(), adds);
        }
        for target in setting.taps.taken_over() {
            // Whoever only has the key does not have what the executor holds.
            let adds = vec![Says::Hijacked(target)];
            self.push(Move::Hijack(target), Vec::new(), adds.clone(), adds);
        }
        for (index, verifier) in setting.verifiers.iter().enumerate() {
            if verifier.late {
                self.push(Move::Skew(index), Vec::new(), Vec::new(), vec![Says::Late(index)]);
            }
        }
    }

    /// Whether the adversary has what it reads as one of those who were meant: a member of the pool takes it, as it would take a
    /// hand-off that it reads. A consent is had by redeeming it.
    fn is_kept(&self, id: ParcelId) -> bool {
        let info = &self.universe.parcels[id.at()];
        let meant =
            matches!(info.passage.meant, Meant::Pool(pool) if self.setting.is_member_of(pool));
        let whole = matches!(info.made.cargo, Cargo::Credential(_));
        whole && meant && self.setting.deployed.run::<C>().once(&info.made).is_none()
    }

    /// Receiving a consent redeems it: nobody else can.
    fn receive(&mut self, instance: usize, id: ParcelId) {
        let info = &self.universe.parcels[id.at()];
        let mut adds = self.parcel_knowledge(id);
        let mut forbids = Vec::new();
        if let Some(code) = self.setting.deployed.run::<C>().once(&info.made) {
            forbids.push(Says::Used(code));
            adds.push(Says::Used(code));
        }
        if matches!(info.made.cargo, Cargo::Credential(_)) {
            adds.push(Says::Knows(Need::Redeemed(id)));
        }
        let mut needs = vec![Says::Sent(id)];
        needs.extend(self.setting.instances[instance].after_crash_of.map(Says::Down));
        self.push(Move::Receive(instance, id), needs, forbids, adds);
    }

    pub(super) fn fault_moves(&mut self) {
        for fault in self.setting.faults.clone() {
            match fault {
                Fault::Crash(i) => {
                    let (needs, forbids) = self.alive(i);
                    self.push(Move::Crash(i), needs, forbids, vec![Says::Down(i)]);
                }
                Fault::Rekey(i) => {
                    let (needs, forbids) = self.alive(i);
                    self.push(Move::Rekey(i), needs, forbids, vec![Says::Rekeyed(i)]);
                }
                Fault::Revoke(i) => {
                    let adds = vec![Says::Revoked(i)];
                    self.push(Move::Revoke(i), Vec::new(), adds.clone(), adds);
                    if self.setting.capabilities.has(Capability::RevocationLag) {
                        let adds = vec![Says::Withheld(i)];
                        self.push(Move::Withhold(i), Vec::new(), Vec::new(), adds);
                    }
                }
                Fault::Restart(v) if self.setting.verifiers[v].forgets => {
                    let adds = vec![Says::Restarted(v)];
                    self.push(Move::Forget(v), Vec::new(), adds.clone(), adds);
                }
                Fault::Restart(_) => {}
            }
        }
        for tick in 1..=self.setting.bounds.ticks {
            let needs = (1..tick).map(Says::Tick).collect();
            let adds = vec![Says::Tick(tick)];
            self.push(Move::Tick(tick), needs, adds.clone(), adds);
        }
    }
}

/// Whatever a move says of itself: one that makes true what another forbids disables it, and is not monotone.
pub(super) fn none_disables_another(moves: &mut [Ground]) {
    let mut forbidding: HashMap<Fact, Vec<usize>> = HashMap::new();
    for (index, ground) in moves.iter().enumerate() {
        ground.forbids.facts().for_each(|fact| forbidding.entry(fact).or_default().push(index));
    }
    for (index, ground) in moves.iter_mut().enumerate() {
        let disables =
            |fact| forbidding.get(&fact).is_some_and(|all| all.iter().any(|other| *other != index));
        ground.monotone &= !ground.adds.facts().any(disables);
    }
}
