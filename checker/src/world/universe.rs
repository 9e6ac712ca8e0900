//! Every message that can exist within the bounds, found once: the relaxed closure of honest work, faults and the
//! adversary's composition. What can happen *when* is decided later, move by move.

use super::capability::Capability;
use super::ghost::{Cause, Meant, Mint, Passage, Who};
use super::recipe::{
    CredentialFrom, CredentialId, Kitchen, Pantry, ParcelFrom, ParcelId, Place, PresentationFrom,
    PresentationId, Recipes, SignerId, SignerKey, TaskIndex, name_of,
};
use super::setting::Setting;
use std::collections::{HashMap, HashSet, VecDeque};
use whoacts_model::attestation::Tick;
use whoacts_model::crypto::{Crypto, Digest};
use whoacts_model::guard::{Guard, GuardSet};
use whoacts_model::mechanism::Refusal;
use whoacts_model::presentation::{Cargo, Credential, Parcel, Presentation};
use whoacts_model::runtime::Task;
use whoacts_model::verify;

/// What the adversary must have come to know, or to control, before it can make something. Each entry is one fact.
pub type Support = Vec<Need>;

/// One thing that the adversary needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Need {
    /// It knows this honest credential.
    Credential(CredentialId),
    /// It knows this honest parcel's hand-off.
    Offer(ParcelId),
    /// It knows this honest presentation.
    Presentation(PresentationId),
    /// It stole the key of this instance.
    Key(usize),
    /// It took this instance over.
    Run(usize),
    /// It has not taken this instance over: what it does is not that executor's misuse.
    Spared(usize),
    /// Its workload received this parcel (and redeemed its consent, if it was one).
    Redeemed(ParcelId),
    /// This instance died.
    Gone(usize),
    /// This task was taken: the history that goes with known bytes really happened.
    History(TaskIndex),
}

/// Whether nothing is needed and ruled out at once.
pub(super) fn is_possible(support: &Support) -> bool {
    support.iter().all(|need| match need {
        Need::Spared(instance) => !support.contains(&Need::Run(*instance)),
        _ => true,
    })
}

/// A credential with its ground truth.
#[derive(Debug)]
pub struct CredentialInfo<C: Crypto> {
    /// The credential.
    pub made: Credential<C>,
    /// What the adversary needs to have it.
    pub support: Support,
    /// Who created its authority.
    pub mint: Mint,
    /// The delegations on its path.
    pub path: Vec<Passage>,
    /// Every extension of it would fail a required guard.
    pub doomed: bool,
    /// Equal for credentials that differ only in which replica or execution they belong to.
    pub shape: u64,
    /// The honest parcel by which its last step was handed over, and the credential before it.
    pub parent: Option<(CredentialId, Option<ParcelId>)>,
}

impl<C: Crypto> CredentialInfo<C> {
    /// Whether the row `id`, which this is, is the first of its bytes, and no work of the adversary.
    pub(super) fn is_honest(&self, id: CredentialId) -> bool {
        self.support.contains(&Need::Credential(id))
    }
    /// Who created the authority of what an online party gives for it: where nothing was shown, the party's own rules did.
    pub fn converted_mint(&self) -> Mint {
        match self.made {
            Credential::Ambient(_) => Mint::Standing,
            _ => self.mint,
        }
    }
}

/// A parcel with its ground truth.
#[derive(Debug)]
pub struct ParcelInfo<C: Crypto> {
    /// The parcel.
    pub made: Parcel<C>,
    /// What travels, or what the hand-off hangs below.
    pub base: CredentialId,
    /// `None` for honest parcels, which somebody sends.
    pub support: Option<Support>,
    /// What caused it.
    pub cause: Cause,
    /// The delegation that it is, before somebody takes it.
    pub passage: Passage,
    /// Whether its hand-off was made under `confuse`.
    pub confused: bool,
}

/// A presentation with its ground truth.
#[derive(Debug)]
pub struct PresentationInfo<C: Crypto> {
    /// The presentation.
    pub made: Presentation<C>,
    /// The credential that it carries.
    pub base: CredentialId,
    /// `None` for honest presentations, which somebody sends.
    pub support: Option<Support>,
    /// What caused it.
    pub cause: Cause,
    /// Who presents.
    pub by: Who,
    /// Who made the proof (an altered presentation keeps its proof).
    pub proof_by: Who,
    /// The honest original whose proof it carries.
    pub original: Option<PresentationId>,
    /// The verifier that it was made for.
    pub verifier: usize,
    /// The last delegation: from whom the presenter has the credential (for mechanisms that do not record it).
    pub confused: bool,
}

/// A guard's tally over the distinct messages that were judged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// How often it held.
    pub held: u64,
    /// How often it alone denied.
    pub denied: u64,
}

/// The tables.
#[derive(Debug)]
pub struct Universe<C: Crypto> {
    /// How each message comes to be.
    pub recipes: Recipes,
    /// Credentials, in the order of their recipes.
    pub credentials: Vec<CredentialInfo<C>>,
    /// Parcels.
    pub parcels: Vec<ParcelInfo<C>>,
    /// Tasks and the credential of each.
    pub tasks: Vec<(Task<C>, CredentialId)>,
    /// For each task the first tick at which it can be taken. (What is taken too late is denied at the resource, which looks at
    /// the same deadlines again.)
    pub since: Vec<Tick>,
    /// Presentations.
    pub presentations: Vec<PresentationInfo<C>>,
    /// Tallies of the executors' checks.
    pub tallies: [Tally; Guard::ALL.len()],
    /// Parcels that an adversary's workload receives: (instance, parcel).
    pub received: Vec<(usize, ParcelId)>,
    /// A table grew past its limit, so the universe is not complete.
    pub truncated: bool,
}

/// No table holds more messages; a universe that would is reported as inconclusive.
pub const MAX_MESSAGES: usize = 400_000;

impl<C: Crypto> Pantry<C> for Universe<C> {
    fn credential(&self, id: CredentialId) -> &Credential<C> {
        &self.credentials[id.at()].made
    }
    fn parcel(&self, id: ParcelId) -> &Parcel<C> {
        &self.parcels[id.at()].made
    }
    fn task(&self, id: TaskIndex) -> &Task<C> {
        &self.tasks[id.at()].0
    }
    fn presentation(&self, id: PresentationId) -> &Presentation<C> {
        &self.presentations[id.at()].made
    }
    fn recipes(&self) -> &Recipes {
        &self.recipes
    }
}

/// What is still to be looked at.
#[derive(Debug, Clone, Copy)]
pub(super) enum Work {
    Parcel(ParcelId),
    Task(TaskIndex),
    /// The adversary may have this credential.
    Credential(CredentialId),
    /// The adversary may know this honest hand-off.
    Offer(ParcelId),
    /// The adversary may know this honest presentation.
    Presentation(PresentationId),
}

/// Builds the tables.
pub(super) struct Builder<'s, C: Crypto> {
    pub(super) kitchen: Kitchen<'s, C>,
    pub(super) u: Universe<C>,
    pub(super) work: VecDeque<Work>,
    pub(super) named: HashMap<Digest, CredentialId>,
    pub(super) known: HashSet<Need>,
    pub(super) shapes: HashSet<(Guard, u64)>,
    pub(super) composed: HashSet<(u64, u64)>,
    pub(super) supports: Vec<Support>,
}

/// Finds every message.
pub fn build<C: Crypto>(setting: &Setting<C>) -> Universe<C> {
    let u = Universe {
        recipes: Recipes::default(),
        credentials: Vec::new(),
        parcels: Vec::new(),
        tasks: Vec::new(),
        since: Vec::new(),
        presentations: Vec::new(),
        tallies: [Tally::default(); Guard::ALL.len()],
        received: Vec::new(),
        truncated: false,
    };
    let mut builder = Builder {
        kitchen: Kitchen { setting },
        u,
        work: VecDeque::new(),
        named: HashMap::new(),
        known: HashSet::new(),
        shapes: HashSet::new(),
        composed: HashSet::new(),
        supports: Vec::new(),
    };
    builder.start_executions();
    builder.enlist();
    while let Some(work) = builder.work.pop_front() {
        if builder.full() {
            builder.u.truncated = true;
            break;
        }
        match work {
            Work::Parcel(id) => builder.deliver(id),
            Work::Task(id) => builder.serve(id),
            Work::Credential(id) => builder.compose(id),
            Work::Offer(id) => builder.continue_offer(id),
            Work::Presentation(id) => builder.alter(id),
        }
    }
    builder.spare_holders();
    builder.u
}

/// A stable mix of numbers into one shape.
pub(super) fn mix(parts: &[u64]) -> u64 {
    parts.iter().fold(0xcbf2_9ce4_8422_2325, |hash, part| {
        (hash ^ part).wrapping_mul(0x0000_0100_0000_01b3).rotate_left(23)
    })
}

impl<'s, C: Crypto> Builder<'s, C> {
    pub(super) fn setting(&self) -> &'s Setting<C> {
        self.kitchen.setting
    }

    fn full(&self) -> bool {
        self.u.credentials.len().max(self.u.presentations.len()).max(self.u.parcels.len())
            > MAX_MESSAGES
    }

    /// Honest origins start.
    fn start_executions(&mut self) {
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
            super::setting::Starter::Identity(index)
                if !self.setting().identities[index].adversary =>
            {
                Who::Identity(index)
            }
            super::setting::Starter::Identity(_) => Who::Adversary,
            super::setting::Starter::Instance(index) => Who::Instance(index),
        }
    }

    /// Adds a credential, or finds the one with the same bytes.
    #[expect(clippy::too_many_arguments, reason = "the columns of one table row")]
    pub(super) fn credential(
        &mut self,
        from: CredentialFrom,
        made: Credential<C>,
        support: impl FnOnce(CredentialId) -> Support,
        mint: Mint,
        path: Vec<Passage>,
        shape: u64,
        parent: Option<(CredentialId, Option<ParcelId>)>,
    ) -> CredentialId {
        let name = name_of(&made);
        if let Some(known) = self.named.get(&name) {
            return *known;
        }
        let id = CredentialId(self.u.credentials.len() as u32);
        let doomed = self.doomed(&made);
        let mut support = support(id);
        support.sort_unstable();
        support.dedup();
        self.u.recipes.credentials.push(from);
        self.u.credentials.push(CredentialInfo {
            made,
            support,
            mint,
            path,
            doomed,
            shape,
            parent,
        });
        self.named.insert(name, id);
        id
    }

    /// Whether every extension of a chain would fail a required guard.
    fn doomed(&self, made: &Credential<C>) -> bool {
        let Credential::Chain(chain) = made else { return false };
        let setting = self.setting();
        let required = setting.required;
        let trust = &setting.desk.trust;
        let mut evidence = verify::chain(chain, None, verify::Prefix::Verified, trust);
        setting.deployed.read_anywhere(made, trust, &mut evidence);
        let failing = required.without(evidence.held);
        const WHOLE: GuardSet = GuardSet::of(&[
            Guard::RootSigned,
            Guard::RootAnchored,
            Guard::RootMandated,
            Guard::RootGuarded,
            Guard::PrefixVerified,
            Guard::WithinHops,
        ]);
        let settled = !setting.deployed.run::<C>().brings().contains(Guard::PrefixVerified);
        let links = if required.contains(Guard::PrefixVerified) {
            Guard::LINK.without(evidence.held)
        } else if settled {
            verify::SETTLED.without(evidence.held)
        } else {
            GuardSet::NONE
        };
        !failing.intersection(WHOLE).union(links).is_empty()
    }

    /// An honest message to an executor.
    pub(super) fn send_honestly(
        &mut self,
        from: ParcelFrom,
        (flow, hop): (usize, usize),
        base: CredentialId,
        cause: Cause,
        by: Who,
        confused: bool,
    ) {
        let id = ParcelId(self.u.parcels.len() as u32);
        self.u.recipes.parcels.push((from, flow, hop));
        let made = self.kitchen.parcel(&self.u, id);
        let base = self.sent(id, &made, base);
        let plan = &self.setting().flows[flow].hops[hop];
        let meant = if plan.anyone { Meant::Anyone } else { Meant::Pool(plan.to) };
        // Whoever serves an errand means to hand on what that errand needs.
        let errand = whoacts_model::authority::Authority::to([made.errand.operation.clone()]);
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
                self.credential_of_task(from, spends, travels, mint, path, shape, parent)
            }
            _ => {
                let own = |id| vec![Need::Credential(id)];
                self.credential(from, travels, own, mint, path, shape, parent)
            }
        }
    }

    /// The credential that an honest presentation shows: what its presenter held, or what it got for it.
    fn put(
        &mut self,
        id: PresentationId,
        made: &Presentation<C>,
        base: CredentialId,
    ) -> CredentialId {
        let info = &self.u.credentials[base.at()];
        if made.credential == info.made {
            return base;
        }
        let (mint, path, shape) = (info.mint, info.path.clone(), mix(&[info.shape, 14]));
        let own = |id| vec![Need::Credential(id)];
        let (shown, parent) = (made.credential.clone(), Some((base, None)));
        self.credential(CredentialFrom::Put(id), shown, own, mint, path, shape, parent)
    }

    /// The delegation that a parcel is, before somebody takes it.
    pub(super) fn passage(
        &self,
        made: &Parcel<C>,
        by: Who,
        meant: Meant,
        authority: whoacts_model::authority::Authority,
    ) -> Passage {
        let (signed, by_holder, hops) = match &made.cargo {
            Cargo::Offer(chain, offer) => {
                let record = offer.record.body();
                let trust = &self.setting().desk.trust;
                let holder = verify::holds(chain, &record.signer, offer.by.as_deref(), trust);
                (Some(record.signer), holder, Some(record.contract.below.hops))
            }
            Cargo::Credential(_) => (None, !by.hostile(), None),
        };
        Passage {
            hops: hops.filter(|_| !by.hostile()),
            by,
            signed,
            by_holder,
            meant,
            taker: Who::Adversary,
            answered: None,
            authority,
        }
    }

    /// An honest message to a verifier.
    pub(super) fn present_honestly(
        &mut self,
        from: PresentationFrom,
        base: CredentialId,
        cause: Cause,
        by: Who,
        verifier: usize,
        confused: bool,
    ) {
        let id = PresentationId(self.u.presentations.len() as u32);
        self.u.recipes.presentations.push(from);
        let made = self.kitchen.presentation(&self.u, id);
        let base = self.put(id, &made, base);
        self.u.presentations.push(PresentationInfo {
            made,
            base,
            support: None,
            cause,
            by,
            proof_by: by,
            original: None,
            verifier,
            confused,
        });
        let verifier = &self.setting().verifiers[verifier];
        if verifier.observed || verifier.leaks {
            self.learn_credential(base);
            if self.known.insert(Need::Presentation(id)) {
                self.work.push_back(Work::Presentation(id));
            }
        }
    }

    /// Everybody who receives a parcel tries to take it.
    fn deliver(&mut self, id: ParcelId) {
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
                self.u.since.push(later.unwrap_or(now));
                let index = TaskIndex(self.u.tasks.len() as u32);
                let parcel = &self.u.parcels[id.at()];
                let base = &self.u.credentials[parcel.base.at()];
                let mut passage = parcel.passage.clone();
                passage.taker = Who::Instance(instance);
                passage.answered = match task.spill() {
                    Credential::Chain(_) => Some(setting.instances[instance].party.public),
                    _ => None,
                };
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
                self.u.recipes.tasks.push((instance, id));
                self.tally_hop(GuardSet::NONE);
                let held = task.spill().clone();
                let from = CredentialFrom::Task(index);
                let credential =
                    self.credential_of_task(from, index, held, mint, path, shape, parent);
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
        task: TaskIndex,
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
        let first = *self.named.entry(name_of(&made)).or_insert(id);
        let mut support = if first == id || self.u.credentials[first.at()].is_honest(first) {
            vec![Need::Credential(first)]
        } else {
            self.u.credentials[first.at()].support.clone()
        };
        // A path names its taker: nobody knows it before the task was taken.
        if first != id || !matches!(made, Credential::Chain(_)) {
            support.push(Need::History(task));
        }
        self.u.recipes.credentials.push(from);
        self.u.credentials.push(CredentialInfo {
            made,
            support,
            mint,
            path,
            doomed,
            shape,
            parent,
        });
        id
    }

    /// Whether a credential is the first row of its bytes.
    pub(super) fn is_first(&self, id: CredentialId) -> bool {
        self.named.get(&name_of(&self.u.credentials[id.at()].made)) == Some(&id)
    }

    fn tally_hop(&mut self, failing: GuardSet) {
        let required = self
            .setting()
            .required_at_hop
            .intersection(Guard::HOP)
            .intersection(self.setting().deployed.run::<C>().brings());
        self.tally(required, failing);
    }

    /// Counts one judged message.
    pub(super) fn tally(&mut self, required: GuardSet, failing: GuardSet) {
        for guard in required.iter() {
            let tally = &mut self.u.tallies[guard as usize];
            tally.held += u64::from(!failing.contains(guard));
            tally.denied += u64::from(failing == GuardSet::of(&[guard]));
        }
    }

    /// An honest executor serves a task: hands on, or asks.
    fn serve(&mut self, id: TaskIndex) {
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

    /// Tasks of one execution are interchangeable; mixing them up shows nothing new.
    fn worth_confusing(&self, one: TaskIndex, other: TaskIndex) -> bool {
        let cause = |id: TaskIndex| {
            let parcel = self.u.recipes.tasks[id.at()].1;
            &self.u.parcels[parcel.at()].cause
        };
        let mint = |id: TaskIndex| self.u.credentials[self.u.tasks[id.at()].1.at()].mint;
        cause(one) != cause(other) || mint(one) != mint(other)
    }

    /// Whether a mix-up of two such tasks is the first of its shape.
    fn first_confusion(&mut self, served: TaskIndex, spent: TaskIndex) -> bool {
        let shape = |id: TaskIndex| self.u.credentials[self.u.tasks[id.at()].1.at()].shape;
        let mint = |id: TaskIndex| self.u.credentials[self.u.tasks[id.at()].1.at()].mint;
        let errand = |id: TaskIndex| {
            let wanted = &self.u.tasks[id.at()].0.errand().operation;
            let place = self.setting().operations.iter().position(|(op, _)| op == wanted);
            place.unwrap_or(usize::MAX) as u64
        };
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
        for by in self.lives_under_new_keys(instance) {
            let base = self.converted(by, served, spent);
            if hop + 1 < setting.flows[flow].hops.len() {
                let from = ParcelFrom::Handed { by, task: served, spends: spent };
                self.send_honestly(
                    from,
                    (flow, hop + 1),
                    base,
                    cause.clone(),
                    Who::Instance(by),
                    confused,
                );
            } else {
                let errand = self.u.tasks[served.at()].0.errand().clone();
                let verifier = self.kitchen.verifier_for(flow, &errand);
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
    fn converted(&mut self, by: usize, serves: TaskIndex, spends: TaskIndex) -> CredentialId {
        let base = self.u.tasks[spends.at()].1;
        let (_, parcel) = self.u.recipes.tasks[serves.at()];
        let (_, flow, hop) = self.u.recipes.parcels[parcel.at()];
        let (served, spent) = (&self.u.tasks[serves.at()].0, &self.u.tasks[spends.at()].0);
        let place = self.kitchen.place(flow, hop, served.errand());
        let made = self.kitchen.converted(by, spent, place, served.errand()).spill().clone();
        if made == *spent.spill() {
            return base;
        }
        let from = CredentialFrom::Converted { by, serves, spends, place };
        let info = &self.u.credentials[base.at()];
        let (path, mint) = (info.path.clone(), info.converted_mint());
        let one = self.setting().distinguished(by) as u64;
        let shape = mix(&[info.shape, 11, one, self.place_shape(place)]);
        self.credential_of_task(from, spends, made, mint, path, shape, Some((base, None)))
    }

    pub(super) fn place_shape(&self, place: Place) -> u64 {
        match place {
            Place::Hop(flow, hop) => mix(&[1, flow as u64, hop as u64]),
            Place::Verifier(verifier, operation) => mix(&[2, verifier as u64, operation as u64]),
        }
    }

    /// The instance itself, and the same life under later keys.
    pub(super) fn lives_under_new_keys(&self, instance: usize) -> Vec<usize> {
        let mut lives = vec![instance];
        while let Some(next) =
            self.setting().instances.iter().position(|i| {
                i.after_rekey_of.is_some() && i.after_rekey_of == lives.last().copied()
            })
        {
            lives.push(next);
        }
        lives
    }

    /// The adversary may come to know an honest credential, and with it all that it is made of.
    pub(super) fn learn_credential(&mut self, id: CredentialId) {
        let mut next = Some((id, None));
        while let Some((id, _)) = next {
            let first = self.named[&name_of(&self.u.credentials[id.at()].made)];
            let known = &self.u.credentials[first.at()];
            if !known.is_honest(first) || matches!(known.made, Credential::Ambient(_)) {
                break;
            }
            if self.known.insert(Need::Credential(first)) {
                self.work.push_back(Work::Credential(first));
            }
            // Only a path holds what it was made of.
            let held = &self.u.credentials[id.at()];
            next = held.parent.filter(|_| matches!(held.made, Credential::Chain(_)));
            if let Some((_, Some(parcel))) = next {
                self.learn_offer(parcel);
            }
        }
    }

    fn learn_offer(&mut self, id: ParcelId) {
        if self.u.parcels[id.at()].support.is_none() && self.known.insert(Need::Offer(id)) {
            self.work.push_back(Work::Offer(id));
        }
    }

    /// The adversary may come to know an honest parcel.
    pub(super) fn learn_parcel(&mut self, id: ParcelId) {
        self.learn_offer(id);
        self.learn_credential(self.u.parcels[id.at()].base);
    }

    /// Adds somebody for whom the adversary can sign.
    pub(super) fn enlist_signer(&mut self, key: SignerKey, support: Support) -> SignerId {
        let id = SignerId(self.u.recipes.signers.len() as u32);
        self.u.recipes.signers.push(key);
        self.supports.push(support);
        id
    }
}
