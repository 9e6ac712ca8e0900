//! What each move needs and changes, worked out once from the tables of the universe.

use super::bits::{Fact, Mask};
use super::capability::Capability;
use super::ghost::{Cause, Mint, When, Who};
use super::index::Index;
use super::moves::{Knowledge, Move};
use super::recipe::{
    CredentialId, ParcelFrom, ParcelId, PresentationFrom, PresentationId, TaskIndex, name_of,
};
use super::record::{Acceptance, Shared, record};
use super::setting::{Fault, Setting};
use super::symmetry::Symmetry;
use super::universe::{Need, Support, Tally, Universe, build, is_possible};
use crate::property;
use std::cell::{Cell, OnceCell};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicU32};
use whoacts_model::crypto::{Crypto, Digest, PublicKey};
use whoacts_model::evidence::{Condition, Evidence};
use whoacts_model::guard::{Guard, GuardSet};
use whoacts_model::presentation::{Cargo, Credential};

/// A finite world, ready to be searched.
#[derive(Debug)]
pub struct World<C: Crypto> {
    /// The stage.
    pub setting: Setting<C>,
    /// Every message.
    pub universe: Universe<C>,
    /// Every move, in the order in which engines see them.
    pub moves: Vec<Ground>,
    /// What each [`Move::Accept`] is about.
    pub accepting: Vec<Accepting>,
    /// How many facts a state has.
    pub facts: usize,
    /// The clock's facts, one a tick.
    pub(super) ticks: Vec<Fact>,
    /// Below each honest root: the accepts, and the fact that says that the root is used up.
    pub(super) ledgers: Vec<Ledger>,
    /// Whether the ledger is enforced for all verifiers together.
    pub(super) bounded_effects: bool,
    /// Tallies of guards over the distinct presentations that were judged.
    pub tallies: [Tally; Guard::ALL.len()],
    /// The properties that some judged presentation put.
    pub offered: u64,
    /// For each flow that is to be served: the bits that its good ends have.
    pub good_ends: Vec<GoodEnd>,
    /// Accepts whose findings have the bit [`WATCHED`].
    pub watched: BTreeSet<u32>,
    /// Finds the moves of a state.
    pub(super) index: Index,
    /// What can be exchanged for what, where it was asked for.
    pub symmetry: Option<Symmetry>,
}

/// One way in which a flow is to be served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoodEnd {
    /// The flow.
    pub flow: usize,
    /// The fault after which it is to be served, if any.
    pub after: Option<Fault>,
    /// Its bit among the findings.
    pub bit: u32,
    /// The accepts that reach it.
    pub(super) accepts: Mask,
}

/// A move with what it needs and changes.
#[derive(Debug, Clone)]
pub struct Ground {
    /// What it is.
    pub what: Move,
    /// Facts that must be true.
    pub needs: Mask,
    /// Facts that must be false.
    pub forbids: Mask,
    /// Facts that it makes true.
    pub adds: Mask,
    /// It disables no other move.
    pub monotone: bool,
    /// For accepts: index into [`World::accepting`].
    pub accept: Option<u32>,
}

/// Whether a violation needs what denies the accept: a request that counts again, where every earlier one is remembered.
fn denied(conditions: &[(Guard, Resolved)], violation: &ResolvedWhen) -> bool {
    let ResolvedWhen::Any(facts) = violation else { return false };
    let denies = |fact| {
        let names =
            |condition: &Resolved| matches!(condition, Resolved::None(all) if all.names(fact));
        conditions.iter().any(|(_, condition)| names(condition))
    };
    facts.facts().all(denies)
}

/// What one verifier's acceptance of one presentation is about.
#[derive(Debug)]
pub struct Accepting {
    /// The evidence on which it is decided.
    pub evidence: Evidence,
    /// The acceptance record.
    pub record: Acceptance,
    /// The required guards' conditions, resolved to facts.
    pub(super) conditions: Vec<(Guard, Resolved)>,
    /// Properties that accepting it violates whatever else is true.
    pub(super) always: u64,
    /// Properties that it violates under a condition.
    pub(super) sometimes: Vec<(u32, ResolvedWhen)>,
    /// Properties that it puts, shifted to their place among the findings.
    pub(super) put: u64,
    /// Good ends that it reaches: (bit, facts of which all must be true, one fact of which must be true).
    pub(super) serves: Vec<(u32, Mask, Option<Mask>)>,
    /// Its own fact.
    pub(super) fact: Fact,
    /// The same request may be accepted again: nothing remembers it.
    pub(super) replayable: bool,
    /// Guards that alone denied it in some state.
    pub(super) blocked: AtomicU32,
    /// It was reached.
    pub(super) reached: AtomicBool,
}

impl Accepting {
    /// The properties that it violates in some state or other, by bit.
    pub(crate) fn may_violate(&self) -> u64 {
        self.sometimes.iter().fold(self.always, |bits, (number, _)| bits | 1 << number)
    }
    /// Whether it happened in some search.
    pub fn reached(&self) -> bool {
        self.reached.load(std::sync::atomic::Ordering::Relaxed)
    }
    /// Guards that alone denied it in some state that was searched.
    pub fn blocked_by(&self) -> GuardSet {
        let bits = self.blocked.load(std::sync::atomic::Ordering::Relaxed);
        Guard::ALL.iter().copied().filter(|guard| bits & (1 << *guard as u32) != 0).collect()
    }
}

/// A condition of the decision, resolved to facts.
#[derive(Debug, Clone)]
pub(super) enum Resolved {
    /// The time is within these ticks; or it was one tick ago, where this fact says that the clock runs late.
    Within(u32, u32, Option<Fact>),
    None(Mask),
    /// Fewer than so many of these; nothing if the root's ledger is used up.
    Fewer(Mask, u32, Option<Fact>),
}

/// A condition of a violation, resolved to facts.
#[derive(Debug, Clone)]
pub(super) enum ResolvedWhen {
    /// None of these is true (a key that nobody stole).
    None(Mask),
    /// One of these is true.
    Any(Mask),
    After(u32),
    Before(u32),
    /// Index of the ledger, and its limit.
    Spent(usize, u32),
}

/// The accepts below one honest root.
#[derive(Debug)]
pub(super) struct Ledger {
    pub(super) accepts: Mask,
    pub(super) full: Fact,
    pub(super) limit: u32,
}

/// Where the bits of the findings begin.
pub const PUT: u32 = 20;
/// Where the bits of the good ends begin.
pub const SERVED: u32 = 40;
/// The bit of an accept that is [watched for](World::watched).
pub const WATCHED: u32 = 63;

/// What a fact says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Says {
    Sent(ParcelId),
    Asked(PresentationId),
    Took(TaskIndex),
    Knows(Need),
    Used(Digest),
    Down(usize),
    Rekeyed(usize),
    Revoked(usize),
    Hijacked(usize),
    Tick(u32),
    Withheld(usize),
    Restarted(usize),
    Late(usize),
    Accepted(PresentationId, usize),
    AcceptedAfresh(PresentationId, usize),
    Full(usize),
}

impl Says {
    /// What kind of thing it says.
    fn kind(self) -> &'static str {
        match self {
            Self::Sent(_) => "sent",
            Self::Asked(_) => "asked",
            Self::Took(_) => "took",
            Self::Knows(Need::Credential(_)) => "known credential",
            Self::Knows(Need::Offer(_)) => "known hand-off",
            Self::Knows(Need::Presentation(_)) => "known request",
            Self::Knows(Need::Key(_)) => "known key",
            Self::Knows(_) => "redeemed",
            Self::Used(_) => "used",
            Self::Down(_) => "down",
            Self::Rekeyed(_) => "rekeyed",
            Self::Revoked(_) => "revoked",
            Self::Hijacked(_) => "hijacked",
            Self::Tick(_) => "tick",
            Self::Withheld(_) => "withheld",
            Self::Restarted(_) => "restarted",
            Self::Late(_) => "late",
            Self::Accepted(..) | Self::AcceptedAfresh(..) => "accepted",
            Self::Full(_) => "full",
        }
    }
}

struct Grounding<'a, C: Crypto> {
    setting: &'a Setting<C>,
    universe: &'a Universe<C>,
    numbers: HashMap<Says, Fact>,
    moves: Vec<Ground>,
    first: HashMap<Digest, CredentialId>,
    /// What some move other than an accept makes true.
    made: HashSet<Fact>,
}

/// Grounds a stage; says in `says`, where asked, what kind of thing each fact says.
fn ground<C: Crypto>(setting: Setting<C>, says: Option<&mut Vec<&'static str>>) -> World<C> {
    let universe = build(&setting);
    let mut first = HashMap::new();
    for (index, credential) in universe.credentials.iter().enumerate() {
        first.entry(name_of(&credential.made)).or_insert(CredentialId(index as u32));
    }
    let mut g = Grounding {
        setting: &setting,
        universe: &universe,
        numbers: HashMap::new(),
        moves: Vec::new(),
        first,
        made: HashSet::new(),
    };
    g.honest_moves();
    g.adversary_moves();
    g.fault_moves();
    g.made = g.moves.iter().flat_map(|ground| ground.adds.facts()).collect();
    let accepts = g.accept_moves();
    let Grounding { numbers, mut moves, .. } = g;
    for ground in &mut moves {
        if let Some(accept) = ground.accept {
            let fact = accepts.list[accept as usize].fact;
            ground.monotone = !accepts.disabling.contains(&fact);
        }
    }
    if let Some(says) = says {
        says.resize(numbers.len(), "");
        numbers.iter().for_each(|(this, fact)| says[*fact as usize] = this.kind());
    }
    let ticks = (1..=setting.bounds.ticks).filter_map(|t| numbers.get(&Says::Tick(t)).copied());
    let ticks = ticks.collect();
    let mut tallies = universe.tallies;
    for (tally, more) in tallies.iter_mut().zip(accepts.tallies) {
        tally.held += more.held;
        tally.denied += more.denied;
    }
    World {
        index: Index::of(&moves, numbers.len()),
        ticks,
        facts: numbers.len(),
        moves,
        accepting: accepts.list,
        ledgers: accepts.ledgers,
        bounded_effects: accepts.bounded,
        tallies,
        offered: accepts.offered,
        good_ends: accepts.good_ends,
        watched: BTreeSet::new(),
        symmetry: None,
        universe,
        setting,
    }
}

impl<C: Crypto> World<C> {
    /// Grounds a stage.
    pub fn new(setting: Setting<C>) -> Self {
        ground(setting, None)
    }
    /// Grounds a stage, and says what kind of thing each of its facts says.
    pub fn with_kinds(setting: Setting<C>) -> (Self, Vec<&'static str>) {
        let mut says = Vec::new();
        (ground(setting, Some(&mut says)), says)
    }
}

impl<C: Crypto> World<C> {
    /// Whether some effect that can be accepted names nobody who is accountable, and whether some names nobody who acts.
    pub fn unnamed(&self) -> (bool, bool) {
        let any = |is: fn(&Acceptance) -> bool| self.accepting.iter().any(|one| is(&one.record));
        (any(|record| record.anchor.0.is_none()), any(|record| record.actor.is_none()))
    }
    /// Finds moves as they are now.
    pub(super) fn index_moves(&mut self) {
        self.index = Index::of(&self.moves, self.facts);
    }
}

impl<C: Crypto> Grounding<'_, C> {
    fn fact(&mut self, says: Says) -> Fact {
        let next = self.numbers.len() as Fact;
        *self.numbers.entry(says).or_insert(next)
    }

    fn mask(&mut self, says: impl IntoIterator<Item = Says>) -> Mask {
        says.into_iter().map(|says| self.fact(says)).collect()
    }

    fn push(&mut self, what: Move, needs: Vec<Says>, forbids: Vec<Says>, adds: Vec<Says>) {
        let monotone = !adds.iter().any(|says| {
            matches!(
                says,
                Says::Down(_)
                    | Says::Rekeyed(_)
                    | Says::Revoked(_)
                    | Says::Hijacked(_)
                    | Says::Tick(_)
                    | Says::Used(_)
                    | Says::Restarted(_)
            ) || matches!(says, Says::Knows(Need::Key(_)))
        });
        let needs = self.mask(needs);
        let forbids = self.mask(forbids);
        let adds = self.mask(adds);
        self.moves.push(Ground { what, needs, forbids, adds, monotone, accept: None });
    }

    /// What must be true, and what false, for an instance to act.
    fn alive(&self, instance: usize) -> (Vec<Says>, Vec<Says>) {
        let this = &self.setting.instances[instance];
        let mut needs = Vec::new();
        let mut forbids = vec![Says::Down(instance), Says::Rekeyed(instance)];
        if let Some(before) = this.after_crash_of {
            needs.push(Says::Down(before));
        }
        if let Some(before) = this.after_rekey_of {
            needs.push(Says::Rekeyed(before));
            forbids.push(Says::Down(before));
        }
        (needs, forbids)
    }

    /// What must be true, and what false, for the adversary to make something.
    fn support(&self, support: &Support) -> (Vec<Says>, Vec<Says>) {
        let (mut needs, mut forbids) = (Vec::new(), Vec::new());
        for need in support {
            match need {
                Need::History(task) => needs.push(Says::Took(*task)),
                Need::Gone(instance) => needs.push(Says::Down(*instance)),
                Need::Run(instance) => needs.push(Says::Hijacked(*instance)),
                Need::Spared(instance) => forbids.push(Says::Hijacked(*instance)),
                known => needs.push(Says::Knows(*known)),
            }
        }
        (needs, forbids)
    }

    fn honest_moves(&mut self) {
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
                ParcelFrom::Composed { .. } => {}
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
                    self.push(Move::StartAsk(id), needs, forbids, vec![Says::Asked(id)]);
                }
                PresentationFrom::Asked { by, task, spends, .. } => {
                    let (mut needs, forbids) = self.alive(*by);
                    needs.extend([Says::Took(*task), Says::Took(*spends)]);
                    self.push(Move::Ask(id), needs, forbids, vec![Says::Asked(id)]);
                }
                _ => {}
            }
        }
    }

    fn starter_alive(&self, execution: usize) -> (Vec<Says>, Vec<Says>) {
        let flow = &self.setting.flows[self.setting.executions[execution].flow];
        let (mut needs, forbids) = match flow.origin {
            super::setting::Starter::Identity(_) => (Vec::new(), Vec::new()),
            super::setting::Starter::Instance(index) => self.alive(index),
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

    /// All that somebody knows who knows this credential.
    fn knowledge(&self, id: CredentialId) -> Knowledge {
        let mut knowledge = Knowledge::default();
        let mut next = Some((id, None));
        while let Some((id, _)) = next {
            let info = &self.universe.credentials[id.at()];
            let first = self.first[&name_of(&info.made)];
            if !self.universe.credentials[first.at()].is_honest(first)
                || matches!(info.made, Credential::Ambient(_))
            {
                break;
            }
            knowledge.credentials.push(first);
            next = info.parent.filter(|_| matches!(info.made, Credential::Chain(_)));
            if let Some((_, Some(parcel))) = next {
                knowledge.offers.extend(self.honest_offer(parcel));
            }
        }
        knowledge
    }

    /// The hand-off that an honest parcel carries, if it carries one.
    fn honest_offer(&self, parcel: ParcelId) -> Option<ParcelId> {
        let info = &self.universe.parcels[parcel.at()];
        let offers = matches!(info.made.cargo, Cargo::Offer(..));
        (offers && info.support.is_none()).then_some(parcel)
    }

    fn says(knowledge: &Knowledge) -> Vec<Says> {
        let credentials = knowledge.credentials.iter().map(|id| Need::Credential(*id));
        let offers = knowledge.offers.iter().map(|id| Need::Offer(*id));
        let presentations = knowledge.presentations.iter().map(|id| Need::Presentation(*id));
        credentials.chain(offers).chain(presentations).map(Says::Knows).collect()
    }

    fn parcel_knowledge(&self, id: ParcelId) -> Vec<Says> {
        let mut knowledge = self.knowledge(self.universe.parcels[id.at()].base);
        knowledge.offers.extend(self.honest_offer(id));
        Self::says(&knowledge)
    }

    fn adversary_moves(&mut self) {
        let (setting, universe) = (self.setting, self.universe);
        for (index, info) in universe.parcels.iter().enumerate() {
            let id = ParcelId(index as u32);
            let (_, flow, hop) = universe.recipes.parcels[index];
            let to = setting.flows[flow].hops[hop].to;
            if info.support.is_none() && setting.pools[to].observed {
                let adds = self.parcel_knowledge(id);
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

    fn fault_moves(&mut self) {
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

/// What the accepts of a world come to.
struct Accepts {
    list: Vec<Accepting>,
    ledgers: Vec<Ledger>,
    bounded: bool,
    /// Facts of accepts that disable another accept.
    disabling: HashSet<Fact>,
    tallies: [Tally; Guard::ALL.len()],
    offered: u64,
    good_ends: Vec<GoodEnd>,
}

/// One judged presentation that no lasting guard denies.
#[derive(Clone)]
struct Candidate {
    id: PresentationId,
    verifier: usize,
    /// The verifier forgot before.
    afresh: bool,
    evidence: Evidence,
    record: Acceptance,
    fact: Fact,
    /// The request as it was signed.
    signed: Option<Digest>,
    /// The presentation that it repeats byte for byte.
    repeats: Option<PresentationId>,
}

impl<C: Crypto> Grounding<'_, C> {
    fn accept_moves(&mut self) -> Accepts {
        let mut tallies = [Tally::default(); Guard::ALL.len()];
        let mut offered = 0;
        let candidates = self.judge(&mut tallies, &mut offered);
        let required = self.setting.required;
        let shared = self.setting.shared_memory;
        let kept = shared && self.setting.deployed.keeps_ledgers();
        let bounded = kept && required.contains(Guard::WithinEffects);
        let ledgers = self.ledgers(&candidates);
        let good_ends = self.good_ends(&candidates);
        let full =
            |c: &Candidate| c.record.execution().filter(|_| bounded).map(|e| ledgers[e].full);
        let indices = Indices::of(&candidates, shared, full);
        let mut disabling = HashSet::new();
        let mut list = Vec::new();
        for candidate in candidates {
            let fulls = candidate.record.execution().filter(|_| bounded);
            let full = fulls.map(|execution| ledgers[execution].full);
            let conditions: Vec<_> = candidate
                .evidence
                .conditions
                .iter()
                .filter(|(guard, _)| required.contains(*guard))
                .map(|(guard, c)| {
                    (*guard, self.resolve(c, &candidate, &indices, full, &mut disabling))
                })
                .collect();
            let number = list.len() as u32;
            let before = indices.before(&candidate);
            list.push(self.accepting(number, candidate, conditions, &before, &good_ends));
        }
        self.late_accepts(&mut list, &disabling);
        Accepts { list, ledgers, bounded, disabling, tallies, offered, good_ends }
    }

    /// Judges every presentation at every verifier of its resource.
    fn judge(
        &mut self,
        tallies: &mut [Tally; Guard::ALL.len()],
        offered: &mut u64,
    ) -> Vec<Candidate> {
        let (setting, universe) = (self.setting, self.universe);
        let mechanism = setting.deployed.run::<C>();
        let shared = Shared::of(setting);
        let mut candidates = Vec::new();
        for (index, p) in universe.presentations.iter().enumerate() {
            if !p.support.as_ref().is_none_or(is_possible) {
                continue;
            }
            let id = PresentationId(index as u32);
            let repeats = match universe.recipes.presentations[index] {
                PresentationFrom::Replayed(original) => Some(original),
                _ => None,
            };
            for (verifier, at) in setting.verifiers.iter().enumerate() {
                let redirected = verifier != p.verifier;
                if at.resource != setting.verifiers[p.verifier].resource
                    || redirected && (!self.can_redirect(p) || repeats.is_some())
                {
                    continue;
                }
                let evidence = mechanism.evidence(&p.made, &at.id, &setting.desk.trust);
                let failing = setting.required.without(evidence.held);
                count(tallies, setting.required, failing);
                let record = record(setting, universe, &shared, p, &p.made, verifier, &evidence);
                *offered |= put_bits(&record);
                let permitted = || setting.rules.permit(at, &p.made, &evidence, setting.required);
                if failing.is_empty() && permitted() {
                    let candidate = Candidate {
                        id,
                        verifier,
                        afresh: false,
                        evidence,
                        record,
                        fact: self.fact(Says::Accepted(id, verifier)),
                        signed: p.made.proof.as_ref().map(|proof| proof.digest()),
                        repeats,
                    };
                    let afresh = at.forgets.then(|| Candidate {
                        afresh: true,
                        fact: self.fact(Says::AcceptedAfresh(id, verifier)),
                        ..candidate.clone()
                    });
                    candidates.extend([candidate].into_iter().chain(afresh));
                }
            }
        }
        // Engines show the first accept that breaks a property: an honest origin makes a better victim.
        candidates.sort_by_key(|candidate| candidate.record.execution().is_none());
        candidates
    }

    /// Honest presentations are redirected only by somebody who knows them and may speak in others' places.
    fn can_redirect(&self, p: &super::universe::PresentationInfo<C>) -> bool {
        let verifier = &self.setting.verifiers[p.verifier];
        let known = p.support.is_some() || verifier.observed || verifier.leaks;
        known && self.setting.capabilities.has(Capability::Inject)
    }

    fn ledgers(&mut self, candidates: &[Candidate]) -> Vec<Ledger> {
        (0..self.setting.executions.len())
            .map(|execution| {
                let below = candidates.iter().filter(|c| c.record.execution() == Some(execution));
                let flow = &self.setting.flows[self.setting.executions[execution].flow];
                Ledger {
                    accepts: below.map(|c| c.fact).collect(),
                    full: self.fact(Says::Full(execution)),
                    limit: flow.effects,
                }
            })
            .collect()
    }

    /// What is said of those who have this key, as far as some move can make it true.
    fn key_facts(&self, key: &PublicKey, says: impl Fn(usize) -> Says) -> Mask {
        let said = self.setting.owners(*key).map(says);
        let facts = said.filter_map(|says| self.numbers.get(&says).copied());
        facts.filter(|fact| self.made.contains(fact)).collect()
    }

    fn resolve(
        &mut self,
        condition: &Condition,
        candidate: &Candidate,
        indices: &Indices,
        full: Option<Fact>,
        disabling: &mut HashSet<Fact>,
    ) -> Resolved {
        let noting = candidate.repeats.is_none().then_some(candidate.fact);
        match condition {
            Condition::Within(from, to) => {
                let at = candidate.verifier;
                let late = self.setting.verifiers[at].late.then(|| self.fact(Says::Late(at)));
                Resolved::Within(*from, *to, late)
            }
            Condition::Unretired(key) => Resolved::None(self.key_facts(key, Says::Rekeyed)),
            Condition::Unrevoked(key) => Resolved::None(self.key_facts(key, Says::Revoked)),
            Condition::Unused(request) => {
                let same = indices.requests(request, candidate);
                Resolved::None(same.map_or_else(Mask::default, |same| same.mask(noting, disabling)))
            }
            Condition::Below(root, limit) => {
                let below = indices.below(root, candidate);
                let noting = noting.filter(|_| candidate.record.execution().is_some());
                let below = below.map_or_else(Mask::default, |all| all.mask(noting, disabling));
                Resolved::Fewer(below, *limit, full)
            }
            Condition::TriggeredOnly(trigger, root) => {
                let others = indices.triggered(trigger, root, candidate);
                disabling.extend(others.iter().map(|used| used.fact).filter(|_| noting.is_some()));
                Resolved::None(others.iter().flat_map(Used::facts).collect())
            }
        }
    }

    fn accepting(
        &mut self,
        number: u32,
        candidate: Candidate,
        conditions: Vec<(Guard, Resolved)>,
        before: &Before,
        good_ends: &[GoodEnd],
    ) -> Accepting {
        let Candidate { id, verifier, afresh, evidence, record, fact, repeats, .. } = candidate;
        let p = &self.universe.presentations[id.at()];
        let (mut needs, mut forbids) = match &p.support {
            None => (vec![Says::Asked(id)], Vec::new()),
            Some(support) => self.support(support),
        };
        if p.support.is_none() && verifier != p.verifier {
            needs = vec![Says::Knows(Need::Presentation(id))];
        }
        // Which of two equal messages comes first makes no difference: the original does.
        needs.extend(repeats.map(|original| Says::Accepted(original, verifier)));
        if afresh {
            needs.push(Says::Restarted(verifier));
        } else if self.setting.verifiers[verifier].forgets {
            forbids.push(Says::Restarted(verifier));
        }
        let (needs, forbids) = (self.mask(needs), self.mask(forbids));
        // What is accepted under a root of the adversary is not remembered: that would only take moves away.
        let adds = record.remembered().map(|_| fact).into_iter().collect();
        let what = if afresh { Move::Afresh(id, verifier) } else { Move::Accept(id, verifier) };
        let accept = Some(number);
        self.moves.push(Ground { what, needs, forbids, adds, monotone: true, accept });
        let (mut always, mut sometimes, mut put) = (0, Vec::new(), 0);
        for (number, property) in property::ALL.iter().enumerate() {
            let mut when = Vec::new();
            if (property.judge)(&record, &mut when) {
                put |= 1 << (PUT + number as u32);
            }
            for when in when {
                match self.resolve_when(&when, before) {
                    None => always |= 1 << number,
                    Some(resolved) if denied(&conditions, &resolved) => {}
                    Some(resolved) => sometimes.push((number as u32, resolved)),
                }
            }
        }
        let serves = good_ends
            .iter()
            .filter(|end| end.accepts.names(fact))
            .map(|end| {
                let (all, any) = self.after_fault(end, &record);
                (end.bit, all, any)
            })
            .collect();
        let replayable = record.execution().is_none()
            || !self.setting.required.contains(Guard::SingleUse)
                && !self.setting.required.contains(Guard::WithinEffects);
        Accepting {
            evidence,
            record,
            conditions,
            always,
            sometimes,
            put,
            serves,
            fact,
            replayable,
            blocked: AtomicU32::new(0),
            reached: AtomicBool::new(false),
        }
    }

    /// Accepting something once a fault or a tick has happened can be worse than accepting it before. An accept that disables
    /// nothing but itself is taken at once by a search that saturates, which would hide that. So it may be taken late, too: a
    /// move that changes nothing and is judged by what grows worse. A trace has no use for the early accept beside it.
    fn late_accepts(&mut self, list: &mut Vec<Accepting>, disabling: &HashSet<Fact>) {
        if self.setting.faults.is_empty() && self.setting.bounds.ticks == 0 {
            return;
        }
        for index in 0..self.moves.len() {
            let Some(accept) = self.moves[index].accept else { continue };
            let early = &list[accept as usize];
            let worse = self.growing(&early.record);
            if early.replayable || worse.is_empty() || disabling.contains(&early.fact) {
                continue;
            }
            let memory = [Guard::SingleUse, Guard::WithinEffects, Guard::RootGuarded];
            let lasting = early.conditions.iter().filter(|(guard, _)| !memory.contains(guard));
            let late = Accepting {
                evidence: early.evidence.clone(),
                record: early.record.clone(),
                conditions: lasting.cloned().collect(),
                always: 0,
                sometimes: worse,
                put: 0,
                serves: Vec::new(),
                fact: early.fact,
                replayable: true,
                blocked: AtomicU32::new(0),
                reached: AtomicBool::new(false),
            };
            let ground = Ground {
                what: self.moves[index].what,
                needs: self.moves[index].needs.clone(),
                forbids: self.moves[index].forbids.clone(),
                adds: Mask::default(),
                monotone: true,
                accept: Some(list.len() as u32),
            };
            list.push(late);
            self.moves.push(ground);
        }
    }

    /// What a fault or a tick that is still to come can make worse about accepting.
    fn growing(&mut self, record: &Acceptance) -> Vec<(u32, ResolvedWhen)> {
        let mut worse = Vec::new();
        for (number, property) in property::ALL.iter().enumerate() {
            let mut when = Vec::new();
            (property.judge)(record, &mut when);
            for when in when {
                let grows = match &when {
                    When::After(tick) => *tick < self.setting.bounds.ticks,
                    When::Revoked(key) => !self.key_facts(key, Says::Revoked).is_empty(),
                    When::Retired(key) => !self.key_facts(key, Says::Rekeyed).is_empty(),
                    _ => false,
                };
                let none = Before::default();
                let resolved = if grows { self.resolve_when(&when, &none) } else { None };
                worse.extend(resolved.map(|resolved| (number as u32, resolved)));
            }
        }
        worse
    }

    /// `None`: always.
    fn resolve_when(&mut self, when: &When, before: &Before) -> Option<ResolvedWhen> {
        Some(match when {
            When::Always => return None,
            When::UnlessControlled(key) => {
                let stolen = self.key_facts(key, |owner| Says::Knows(Need::Key(owner)));
                let run = self.key_facts(key, Says::Hijacked);
                let controlled: Mask = stolen.facts().chain(run.facts()).collect();
                if controlled.is_empty() {
                    return None;
                }
                ResolvedWhen::None(controlled)
            }
            When::After(tick) => ResolvedWhen::After(*tick),
            When::Revoked(key) => {
                let seen = self.key_facts(key, Says::Revoked);
                let unseen = self.key_facts(key, Says::Withheld);
                ResolvedWhen::Any(seen.facts().chain(unseen.facts()).collect())
            }
            When::Retired(key) => ResolvedWhen::Any(self.key_facts(key, Says::Rekeyed)),
            When::Spent(execution, limit) => ResolvedWhen::Spent(*execution, *limit),
            When::Again => ResolvedWhen::Any(before.again.iter().copied().collect()),
            When::Reused(_) => ResolvedWhen::Any(before.fired.iter().copied().collect()),
            When::Before(tick) => ResolvedWhen::Before(*tick),
        })
    }

    /// Whether a presentation is the legitimate effect of its flow.
    fn legitimate(&self, c: &Candidate) -> Option<usize> {
        let Cause::Execution(execution) = c.record.cause else { return None };
        let flow = self.setting.executions[execution].flow;
        let plan = &self.setting.flows[flow];
        let justified = [Mint::Execution(execution), Mint::Standing].contains(&c.record.mint);
        let own = justified && !c.record.altered;
        let meant = c.record.effect == plan.operation && c.record.arguments == plan.arguments;
        let untouched =
            c.record.path.iter().all(|passage| !passage.by.hostile() && !passage.taker.hostile());
        let honest = untouched && c.record.honestly_asked();
        (own && meant && !plan.refused && honest).then_some(flow)
    }

    fn good_ends(&mut self, candidates: &[Candidate]) -> Vec<GoodEnd> {
        let mut ends = Vec::new();
        for (flow, plan) in self.setting.flows.iter().enumerate() {
            if plan.refused {
                continue;
            }
            let pools: Vec<usize> = plan.hops.iter().map(|hop| hop.to).collect();
            let relevant = self.setting.faults.iter().copied().filter(|fault| match fault {
                Fault::Crash(i) | Fault::Rekey(i) => {
                    pools.contains(&self.setting.instances[*i].pool)
                }
                Fault::Revoke(_) | Fault::Restart(_) => false,
            });
            for after in [None].into_iter().chain(relevant.map(Some)) {
                let accepts = candidates
                    .iter()
                    .filter(|c| self.legitimate(c) == Some(flow))
                    .filter(|c| after.is_none_or(|fault| self.carries_on(fault, &c.record)))
                    .map(|c| c.fact)
                    .collect();
                let bit = SERVED + ends.len() as u32;
                ends.push(GoodEnd { flow, after, bit, accepts });
            }
        }
        ends
    }

    /// Whether a path shows that the work went on without the instance that failed, or under its new key.
    fn carries_on(&self, fault: Fault, record: &Acceptance) -> bool {
        match fault {
            Fault::Crash(i) => {
                record.by != Who::Instance(i)
                    && record.path.iter().all(|passage| passage.taker != Who::Instance(i))
            }
            Fault::Rekey(i) => {
                let successor =
                    self.setting.instances.iter().position(|x| x.after_rekey_of == Some(i));
                successor.is_some_and(|s| {
                    let takes = |who: Who| who == Who::Instance(s) || who == Who::Instance(i);
                    record.by == Who::Instance(s)
                        && record.path.last().is_some_and(|p| p.taker == Who::Instance(i))
                        || record.path.iter().any(|p| p.by == Who::Instance(s) && takes(p.by))
                })
            }
            Fault::Revoke(_) | Fault::Restart(_) => true,
        }
    }

    /// The fault happened, after the failing instance had taken a task of this execution.
    fn after_fault(&mut self, end: &GoodEnd, record: &Acceptance) -> (Mask, Option<Mask>) {
        let Some(fault) = end.after else { return (Mask::default(), None) };
        let (instance, says) = match fault {
            Fault::Crash(i) => (i, Says::Down(i)),
            Fault::Rekey(i) => (i, Says::Rekeyed(i)),
            Fault::Revoke(i) => (i, Says::Revoked(i)),
            Fault::Restart(_) => return (Mask::default(), None),
        };
        let universe = self.universe;
        let taken: Vec<Says> = universe
            .recipes
            .tasks
            .iter()
            .enumerate()
            .filter(|(_, (by, parcel))| {
                *by == instance && universe.parcels[parcel.at()].cause == record.cause
            })
            .map(|(index, _)| Says::Took(TaskIndex(index as u32)))
            .collect();
        (self.mask([says]), Some(self.mask(taken)))
    }
}

fn put_bits(record: &Acceptance) -> u64 {
    let mut ignored = Vec::new();
    property::ALL
        .iter()
        .enumerate()
        .filter(|(_, property)| (property.judge)(record, &mut ignored))
        .fold(0, |bits, (number, _)| bits | 1 << number)
}

fn count(tallies: &mut [Tally; Guard::ALL.len()], required: GuardSet, failing: GuardSet) {
    for guard in required.iter() {
        let tally = &mut tallies[guard as usize];
        tally.held += u64::from(!failing.contains(guard));
        tally.denied += u64::from(failing == GuardSet::of(&[guard]));
    }
}

/// Accepts that make another one worse: of the same signed request, of an honest root on the same trigger.
#[derive(Default)]
struct Before {
    again: Vec<Fact>,
    fired: Vec<Fact>,
}

/// Accepts that share a memory of one thing.
#[derive(Default)]
struct Sharing {
    facts: Vec<Fact>,
    mask: OnceCell<Mask>,
    /// Who disables the others: the first that says so, until there is a second.
    noted: Cell<Option<Fact>>,
}

impl Sharing {
    /// All of them; those that `noting` depends on disable it.
    fn mask(&self, noting: Option<Fact>, disabling: &mut HashSet<Fact>) -> Mask {
        if let Some(own) = noting {
            match self.noted.get() {
                None => disabling.extend(self.facts.iter().copied().filter(|fact| *fact != own)),
                Some(first) if first != own => disabling.extend([own, first]),
                Some(_) => {}
            }
            self.noted.set(self.noted.get().or(noting));
        }
        self.mask.get_or_init(|| self.facts.iter().copied().collect()).clone()
    }
}

/// Which accepts share a request, a record, a trigger.
struct Indices {
    shared: bool,
    /// Those that carry one proof, whether or not anything remembers it.
    signed: HashMap<Digest, Vec<Fact>>,
    /// Those of honest roots that rest on one trigger.
    fired: HashMap<Digest, Vec<Used>>,
    requests: HashMap<(Digest, usize), Sharing>,
    below: HashMap<(Digest, usize), Sharing>,
    triggers: BTreeMap<(Digest, usize), Vec<(Digest, Used)>>,
}

/// An accept that uses something up, and the fact that stands for it once its root is used up as well.
#[derive(Debug, Clone, Copy)]
struct Used {
    fact: Fact,
    full: Option<Fact>,
}

impl Used {
    fn facts(&self) -> impl Iterator<Item = Fact> + use<> {
        [self.fact].into_iter().chain(self.full)
    }
}

impl Indices {
    fn of(
        candidates: &[Candidate],
        shared: bool,
        full: impl Fn(&Candidate) -> Option<Fact>,
    ) -> Self {
        let mut indices = Self {
            shared,
            signed: HashMap::new(),
            fired: HashMap::new(),
            requests: HashMap::new(),
            below: HashMap::new(),
            triggers: BTreeMap::new(),
        };
        for c in candidates {
            let scope = indices.scope(c);
            let used = Used { fact: c.fact, full: full(c) };
            // What repeats another message comes after it.
            if let Some(signed) = c.signed.filter(|_| c.repeats.is_none()) {
                indices.signed.entry(signed).or_default().push(c.fact);
            }
            if let Some(trigger) = c.record.trigger.filter(|_| c.record.execution().is_some()) {
                indices.fired.entry(trigger).or_default().push(used);
            }
            for (_, condition) in &c.evidence.conditions {
                match condition {
                    // What repeats another message comes after it, and so takes nothing away from it.
                    Condition::Unused(_) if c.repeats.is_some() => {}
                    Condition::Unused(request) => {
                        indices.requests.entry((*request, scope)).or_default().facts.push(c.fact);
                    }
                    Condition::Below(root, _) => {
                        indices.below.entry((*root, scope)).or_default().facts.push(c.fact);
                    }
                    Condition::TriggeredOnly(trigger, root) => {
                        indices.triggers.entry((*trigger, scope)).or_default().push((*root, used))
                    }
                    _ => {}
                }
            }
        }
        indices
    }

    /// Whose memory it is, and which life of it.
    fn scope(&self, at: &Candidate) -> usize {
        if self.shared { 0 } else { 2 * at.verifier + usize::from(at.afresh) }
    }
    fn requests(&self, request: &Digest, at: &Candidate) -> Option<&Sharing> {
        self.requests.get(&(*request, self.scope(at)))
    }
    fn before(&self, candidate: &Candidate) -> Before {
        let fired = candidate.record.trigger.and_then(|trigger| self.fired.get(&trigger));
        let fired = fired.into_iter().flatten().flat_map(Used::facts).collect();
        Before { again: self.again(candidate), fired }
    }
    /// The other accepts of the same signed request, at any verifier.
    fn again(&self, candidate: &Candidate) -> Vec<Fact> {
        let same = candidate.signed.and_then(|signed| self.signed.get(&signed));
        let mut facts = same.cloned().unwrap_or_default();
        facts.retain(|fact| *fact != candidate.fact);
        facts.sort_unstable();
        facts
    }
    fn below(&self, root: &Digest, at: &Candidate) -> Option<&Sharing> {
        self.below.get(&(*root, self.scope(at)))
    }
    fn triggered(&self, trigger: &Digest, root: &Digest, at: &Candidate) -> Vec<Used> {
        self.triggers
            .get(&(*trigger, self.scope(at)))
            .into_iter()
            .flatten()
            .filter(|(other, _)| other != root)
            .map(|(_, used)| *used)
            .collect()
    }
}
