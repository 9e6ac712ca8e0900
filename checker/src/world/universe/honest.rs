//! What honest executors make: they start, take what they are handed, hand on, convert, and ask.

use super::{Builder, CredentialInfo, Need, ParcelInfo, PresentationInfo, Work, mix};
use crate::world::capability::Capability;
use crate::world::ghost::{Cause, Meant, Mint, Passage, Who};
use crate::world::kitchen::name_of;
use crate::world::recipe::{
    CredentialFrom, CredentialId, ParcelFrom, ParcelId, Place, PresentationFrom, PresentationId,
    TaskIndex,
};
use crate::world::record::bound_key;
use crate::world::setting::Starter;
use whoacts_model::authority::Authority;
use whoacts_model::crypto::Crypto;
use whoacts_model::guard::GuardSet;
use whoacts_model::mechanism::Refusal;
use whoacts_model::presentation::{Cargo, Credential, Parcel, Presentation};
use whoacts_model::verify;

impl<'s, C: Crypto> Builder<'s, C> {
    /// Honest origins start.
    pub(super) fn start_executions(&mut self) {
        for (index, execution) in self.setting().executions.iter().enumerate() {
            let flow = &self.setting().flows[execution.flow];
            let root = self.credential(
                CredentialFrom::Root(index),
                self.kitchen.start(index).spill().clone(),
                |id| vec![Need::Credential(id)],
                Mint::Execution(index),
                Vec::new(),
                mix(&[1, execution.flow as u64]),
                None,
            );
            let who = self.starter(execution.flow);
            if flow.hops.is_empty() {
                let root = self.begun(index, root);
                for delivery in 1..=self.setting().bounds.deliveries {
                    let from = PresentationFrom::Start(index, delivery);
                    self.present_honestly(
                        from,
                        root,
                        Cause::Execution(index),
                        who,
                        flow.verifier,
                        false,
                    );
                }
            } else {
                self.send_honestly(
                    ParcelFrom::Start(index),
                    (execution.flow, 0),
                    root,
                    Cause::Execution(index),
                    who,
                    false,
                );
            }
        }
    }

    /// What an origin that asks for itself shows: its root, or what it gets for its own consent.
    fn begun(&mut self, execution: usize, root: CredentialId) -> CredentialId {
        let Some(made) = self.kitchen.begun(execution) else { return root };
        let info = &self.u.credentials[root.at()];
        let (mint, path, shape) = (info.mint, info.path.clone(), mix(&[info.shape, 14]));
        let own = |id| vec![Need::Credential(id)];
        let from = CredentialFrom::Begun(execution);
        self.credential(from, made, own, mint, path, shape, Some((root, None)))
    }

    fn starter(&self, flow: usize) -> Who {
        match self.setting().flows[flow].origin {
            Starter::Identity(index) if !self.setting().identities[index].adversary => {
                Who::Identity(index)
            }
            Starter::Identity(_) => Who::Adversary,
            Starter::Instance(index) => Who::Instance(index),
        }
    }

    /// An honest message to an executor.
    fn send_honestly(
        &mut self,
        from: ParcelFrom,
        (flow, hop): (usize, usize),
        base: CredentialId,
        cause: Cause,
        by: Who,
        confused: bool,
    ) {
        let id = ParcelId(self.u.parcels.len() as u32);
        let recipe = (from, flow, hop);
        let made = self.kitchen.parcel(&self.u, &recipe);
        self.u.recipes.parcels.push(recipe);
        let base = self.sent(id, &made, base);
        let plan = &self.setting().flows[flow].hops[hop];
        let meant = if plan.anyone { Meant::Anyone } else { Meant::Pool(plan.to) };
        // Whoever serves an errand means to hand on what that errand needs.
        let errand = Authority::to([made.errand.operation.clone()]);
        let passage = self.passage(&made, by, meant, plan.authority.union(&errand));
        let info = ParcelInfo { made, base, support: None, cause, passage, confused };
        self.u.parcels.push(info);
        self.work.push_back(Work::Parcel(id));
        if self.setting().pools[plan.to].observed {
            self.learn_parcel(id);
        }
    }

    /// The credential that travels in an honest parcel: what its sender holds, or a restriction of it.
    fn sent(&mut self, id: ParcelId, made: &Parcel<C>, base: CredentialId) -> CredentialId {
        let Cargo::Credential(travels) = &made.cargo else { return base };
        let info = &self.u.credentials[base.at()];
        if *travels == info.made {
            return base;
        }
        let (mint, path) = (info.mint, info.path.clone());
        let (_, flow, hop) = self.u.recipes.parcels[id.at()];
        let shape = mix(&[info.shape, 12, flow as u64, hop as u64]);
        let (from, parent, travels) =
            (CredentialFrom::Sent(id), Some((base, None)), travels.clone());
        match self.u.recipes.parcels[id.at()].0 {
            // Two replicas may restrict one token alike: the same bytes, with another history.
            ParcelFrom::Handed { spends, .. } => {
                self.credential_of_task(from, Some(spends), travels, mint, path, shape, parent)
            }
            _ => self.credential_of_task(from, None, travels, mint, path, shape, parent),
        }
    }

    /// The credential that an honest presentation shows: what its presenter held, or what it got for it.
    fn put(
        &mut self,
        id: PresentationId,
        from: &PresentationFrom,
        made: &Presentation<C>,
        base: CredentialId,
    ) -> CredentialId {
        let info = &self.u.credentials[base.at()];
        if made.credential == info.made {
            return base;
        }
        // What was got for one request may be of no use for another.
        let shape = mix(&[info.shape, 14, self.asked(&made.request)]);
        let (mint, path) = (info.mint, info.path.clone());
        let spends = match from {
            PresentationFrom::Asked { spends, .. } => Some(*spends),
            _ => None,
        };
        let (shown, parent) = (made.credential.clone(), Some((base, None)));
        self.credential_of_task(CredentialFrom::Put(id), spends, shown, mint, path, shape, parent)
    }

    /// The delegation that a parcel is, before somebody takes it.
    pub(in crate::world) fn passage(
        &self,
        made: &Parcel<C>,
        by: Who,
        meant: Meant,
        authority: Authority,
    ) -> Passage {
        let (signed, by_holder) = match &made.cargo {
            Cargo::Offer(chain, offer) => {
                let record = offer.record.body();
                let trust = &self.setting().desk.trust;
                let holder = verify::holds(chain, &record.signer, offer.by.as_deref(), trust);
                (Some(record.signer), holder)
            }
            Cargo::Credential(_) => (None, !by.hostile()),
        };
        Passage { by, signed, by_holder, meant, taker: Who::Adversary, answered: None, authority }
    }

    /// An honest message to a verifier.
    fn present_honestly(
        &mut self,
        from: PresentationFrom,
        base: CredentialId,
        cause: Cause,
        by: Who,
        verifier: usize,
        confused: bool,
    ) {
        let id = PresentationId(self.u.presentations.len() as u32);
        let made = self.kitchen.presentation(&self.u, &from);
        let base = self.put(id, &from, &made, base);
        let info = PresentationInfo {
            made,
            base,
            support: None,
            cause,
            by,
            proof_by: by,
            original: None,
            verifier,
            confused,
        };
        self.list_presentation(from, info);
        let verifier = &self.setting().verifiers[verifier];
        if verifier.observed || verifier.leaks {
            self.learn_credential(base);
            if self.known.insert(Need::Presentation(id)) {
                self.work.push_back(Work::Presentation(id));
            }
        }
    }

    /// Everybody who receives a parcel tries to take it.
    pub(super) fn deliver(&mut self, id: ParcelId) {
        let setting = self.setting();
        let (_, flow, hop) = self.u.recipes.parcels[id.at()];
        let plan = &setting.flows[flow].hops[hop];
        let honest = self.u.parcels[id.at()].support.is_none();
        for (index, instance) in setting.instances.iter().enumerate() {
            let listens = if honest {
                let mail = instance.gets_mail_of.unwrap_or(instance.pool);
                plan.listeners.contains(&mail)
            } else {
                instance.pool == plan.to && !instance.adversary
            };
            if !listens {
                continue;
            }
            if instance.adversary {
                self.u.received.push((index, id));
                self.receive(index, id);
            } else {
                self.take(index, id);
            }
        }
    }

    fn take(&mut self, instance: usize, id: ParcelId) {
        let setting = self.setting();
        // Nobody has what comes of an execution before it starts.
        let now = match self.u.credentials[self.u.parcels[id.at()].base.at()].mint {
            Mint::Execution(execution) => setting.flows[setting.executions[execution].flow].starts,
            _ => 0,
        };
        let take = |now| self.kitchen.take(instance, &self.u.parcels[id.at()].made, now);
        // What is not good yet may be later.
        let later = (now..=setting.last_tick()).find(|now| take(*now).is_ok());
        match take(later.unwrap_or(now)) {
            Ok(task) => {
                let parcel = &self.u.parcels[id.at()];
                let base = &self.u.credentials[parcel.base.at()];
                let mut passage = parcel.passage.clone();
                passage.taker = Who::Instance(instance);
                let own = setting.instances[instance].party.public;
                passage.answered = bound_key(task.spill()).filter(|key| *key == own);
                let mut path = base.path.clone();
                path.push(passage);
                let (mint, shape) = (base.mint, base.shape);
                let pool = setting.instances[instance].pool as u64;
                let one = setting.distinguished(instance) as u64;
                let (_, flow, hop) = self.u.recipes.parcels[id.at()];
                let fed = u64::from(parcel.support.is_some());
                let kind = [pool, one, flow as u64, hop as u64, fed, u64::from(parcel.confused)];
                let shape = mix(&[shape, 2, mix(&kind)]);
                let parent = Some((parcel.base, Some(id)));
                let held = task.spill().clone();
                // Only mix-ups make more of it than the places at which it can be handed.
                if setting.representatives && setting.capabilities.has(Capability::Confuse) {
                    let probe = CredentialInfo {
                        name: name_of(&held),
                        support: Vec::new(),
                        doomed: self.doomed(&held),
                        made: held.clone(),
                        path: path.clone(),
                        mint,
                        shape,
                        parent,
                    };
                    let since = later.unwrap_or(now);
                    if self.was_handed_alike((instance, id, since), task.errand(), &probe) {
                        return;
                    }
                }
                self.u.since.push(later.unwrap_or(now));
                let index = TaskIndex(self.u.tasks.len() as u32);
                self.u.recipes.tasks.push((instance, id));
                self.tally_hop(GuardSet::NONE);
                let from = CredentialFrom::Task(index);
                let credential =
                    self.credential_of_task(from, Some(index), held, mint, path, shape, parent);
                self.u.tasks.push((task, credential));
                self.work.push_back(Work::Task(index));
            }
            Err(Refusal::Denied(denial)) => self.tally_hop(denial.failing),
            Err(Refusal::Unauthenticated | Refusal::Unusable) => {}
        }
    }

    /// A token that is passed on is the same credential with another history: each task has a row of its own.
    #[expect(clippy::too_many_arguments, reason = "the columns of one table row")]
    fn credential_of_task(
        &mut self,
        from: CredentialFrom,
        task: Option<TaskIndex>,
        made: Credential<C>,
        mint: Mint,
        path: Vec<Passage>,
        shape: u64,
        parent: Option<(CredentialId, Option<ParcelId>)>,
    ) -> CredentialId {
        let id = CredentialId(self.u.credentials.len() as u32);
        let doomed = self.doomed(&made);
        // A token that is passed on has the bytes of the row that came first: to know the one is to know the other. Whoever
        // uses them as this row's needs its history too, were it the first.
        let name = name_of(&made);
        let as_sent = |row: &CredentialId| !self.u.credentials[row.at()].is_honest(*row);
        let made_by_others = !matches!(made, Credential::Chain(_))
            && !self.honest.contains_key(&name)
            && matches!(from, CredentialFrom::Task(_))
            && self.named.get(&name).is_some_and(|rows| rows.iter().any(as_sent));
        let first = self.honest.get(&name).copied().unwrap_or(id);
        // Bytes that the adversary sent it knows.
        let mut support = if made_by_others { Vec::new() } else { vec![Need::Credential(first)] };
        // The same bytes may come of another task: whoever uses them with this history needs that it happened.
        support.extend(task.map(Need::History));
        self.list_credential(
            from,
            CredentialInfo { made, name, support, mint, path, doomed, shape, parent },
        )
    }

    /// An honest executor serves a task: hands on, or asks.
    pub(super) fn serve(&mut self, id: TaskIndex) {
        let setting = self.setting();
        let (instance, _) = self.u.recipes.tasks[id.at()];
        self.act(id, id);
        if setting.capabilities.has(Capability::Confuse) {
            for other in (0..id.0).map(TaskIndex) {
                let same_memory = self.u.recipes.tasks[other.at()].0 == instance;
                if same_memory && self.worth_confusing(id, other) {
                    for (served, spent) in [(id, other), (other, id)] {
                        if self.first_confusion(served, spent) {
                            self.act(served, spent);
                        }
                    }
                }
            }
        }
        let pool = &setting.pools[setting.instances[instance].pool];
        let held = self.u.tasks[id.at()].1;
        if pool.leaks || setting.taps.may_take_over(instance) {
            self.learn_credential(held);
        }
        // Whoever takes it over has what others handed to it as its own, and not only the bytes.
        let path = &self.u.credentials[held.at()].path;
        let honest = path.iter().all(|passage| !passage.by.hostile() && !passage.taker.hostile());
        if honest && setting.taps.may_take_over(instance) && !self.is_first(held) {
            self.work.push_back(Work::Credential(held));
        }
    }

    /// Tasks of one execution are interchangeable; mixing them up shows nothing new. Of two credentials with the same bytes
    /// nobody can take one for the other.
    fn worth_confusing(&self, one: TaskIndex, other: TaskIndex) -> bool {
        let cause = |id: TaskIndex| {
            let parcel = self.u.recipes.tasks[id.at()].1;
            &self.u.parcels[parcel.at()].cause
        };
        let mint = |id: TaskIndex| self.u.credentials[self.u.tasks[id.at()].1.at()].mint;
        let bytes = |id: TaskIndex| self.u.credentials[self.u.tasks[id.at()].1.at()].name;
        bytes(one) != bytes(other) && (cause(one) != cause(other) || mint(one) != mint(other))
    }

    /// Whether a mix-up of two such tasks is the first of its shape.
    fn first_confusion(&mut self, served: TaskIndex, spent: TaskIndex) -> bool {
        let shape = |id: TaskIndex| self.u.credentials[self.u.tasks[id.at()].1.at()].shape;
        let mint = |id: TaskIndex| self.u.credentials[self.u.tasks[id.at()].1.at()].mint;
        let errand = |id: TaskIndex| self.asked(self.u.tasks[id.at()].0.errand());
        let same = u64::from(mint(served) == mint(spent));
        let shape = mix(&[shape(served), shape(spent), errand(served), same]);
        !self.setting().representatives || self.composed.insert((5, shape))
    }

    fn act(&mut self, served: TaskIndex, spent: TaskIndex) {
        let setting = self.setting();
        let (instance, parcel) = self.u.recipes.tasks[served.at()];
        let (_, flow, hop) = self.u.recipes.parcels[parcel.at()];
        let cause = self.u.parcels[parcel.at()].cause.clone();
        let confused = served != spent;
        let deliveries = if confused { 1 } else { setting.bounds.deliveries };
        let last = hop + 1 == setting.flows[flow].hops.len();
        // Whoever composes a task says what is to be done with it: to ask, even where honest senders mean it to be handed on.
        let composed = matches!(self.u.recipes.parcels[parcel.at()].0, ParcelFrom::Composed { .. });
        // Who serves at two places can mix up what it handed to itself, again and again.
        let steps = self.u.credentials[self.u.tasks[spent.at()].1.at()].path.len();
        let too_far = confused && steps >= setting.reach();
        for by in self.lives_under_new_keys(instance) {
            if !last && !too_far {
                let errand = self.u.tasks[served.at()].0.errand();
                let place = self.kitchen.place(flow, hop, errand);
                let base = self.converted(by, served, spent, place);
                let from = ParcelFrom::Handed { by, task: served, spends: spent };
                self.send_honestly(
                    from,
                    (flow, hop + 1),
                    base,
                    cause.clone(),
                    Who::Instance(by),
                    confused,
                );
            }
            if last || composed {
                let errand = self.u.tasks[served.at()].0.errand().clone();
                let verifier = self.kitchen.verifier_for(flow, &errand);
                let place = self.kitchen.asked_at(flow, &errand);
                let base = self.converted(by, served, spent, place);
                for delivery in 1..=deliveries {
                    let from =
                        PresentationFrom::Asked { by, task: served, spends: spent, delivery };
                    self.present_honestly(
                        from,
                        base,
                        cause.clone(),
                        Who::Instance(by),
                        verifier,
                        confused,
                    );
                }
            }
        }
    }

    /// What an executor uses next for the task that it serves: the credential of the task that it spends, or what an online
    /// party gives for it.
    fn converted(
        &mut self,
        by: usize,
        serves: TaskIndex,
        spends: TaskIndex,
        place: Place,
    ) -> CredentialId {
        let base = self.u.tasks[spends.at()].1;
        let (served, spent) = (&self.u.tasks[serves.at()].0, &self.u.tasks[spends.at()].0);
        let made = self.kitchen.converted(by, spent, place, served.errand()).spill().clone();
        if made == *spent.spill() {
            return base;
        }
        let from = CredentialFrom::Converted { by, serves, spends, place };
        let info = &self.u.credentials[base.at()];
        let (path, mint) = (info.path.clone(), info.converted_mint());
        let one = self.setting().distinguished(by) as u64;
        let shape = mix(&[info.shape, 11, one, self.place_shape(place)]);
        self.credential_of_task(from, Some(spends), made, mint, path, shape, Some((base, None)))
    }
}
