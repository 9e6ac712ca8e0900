//! What each move needs and changes, worked out once from the tables of the universe.

mod accepts;
mod actions;
mod ends;
mod late;
mod sharing;

use super::bits::{Counted, Fact, Mask};
use super::index::Index;
use super::moves::{Knowledge, Move};
use super::recipe::{CredentialId, ParcelId, PresentationId, TaskIndex};
use super::record::Acceptance;
use super::setting::{Fault, Setting};
use super::symmetry::Symmetry;
use super::universe::{Need, Support, Tally, Universe, build};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicU32};
use whoacts_model::crypto::{Crypto, Digest};
use whoacts_model::evidence::Evidence;
use whoacts_model::guard::{Guard, GuardSet};
use whoacts_model::presentation::Credential;

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
    /// Below each record of which effects are counted at a resource: the same.
    pub(super) declared: Vec<Ledger>,
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
    /// None of these.
    None(Counted),
    /// Fewer than so many of these; nothing if the root's ledger is used up.
    Fewer(Counted, u32, Option<Fact>),
}

/// A condition of a violation, resolved to facts.
#[derive(Debug, Clone)]
pub(super) enum ResolvedWhen {
    /// None of these is true (a key that nobody stole).
    None(Mask),
    /// One of these is true.
    Any(Mask),
    /// One of the first is true, and one of the second.
    Both(Mask, Mask),
    After(u32),
    Before(u32),
    /// So many effects have been accepted of what was declared (its index); one that is judged once more does not count itself.
    Spent(usize, u32, Option<Fact>),
}

/// The accepts below one record, and how many effects it is good for.
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
    AskedHonestly(PresentationId),
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
            Self::AskedHonestly(_) => "asked honestly",
            Self::Took(_) => "took",
            Self::Knows(Need::Credential(_)) => "known credential",
            Self::Knows(Need::Offer(_)) => "known hand-off",
            Self::Knows(Need::Presentation(_)) => "known request",
            Self::Knows(Need::Parcel(_)) => "known parcel",
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
    /// Of the same bytes the first row that an honest party made.
    first: HashMap<Digest, CredentialId>,
    /// What some move other than an accept makes true.
    made: HashSet<Fact>,
}

/// Grounds a stage; says in `says`, where asked, what kind of thing each fact says.
fn ground<C: Crypto>(setting: Setting<C>, says: Option<&mut Vec<&'static str>>) -> World<C> {
    let universe = build(&setting);
    let mut first = HashMap::new();
    for (index, credential) in universe.credentials.iter().enumerate() {
        let id = CredentialId(index as u32);
        if credential.is_honest(id) {
            first.entry(credential.name).or_insert(id);
        }
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
    actions::none_disables_another(&mut moves);
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
        declared: accepts.declared,
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
                Need::Unhanded(parcel) => forbids.push(Says::Knows(Need::Redeemed(*parcel))),
                known => needs.push(Says::Knows(*known)),
            }
        }
        (needs, forbids)
    }

    /// All that somebody knows who knows this credential.
    fn knowledge(&self, id: CredentialId) -> Knowledge {
        let mut knowledge = Knowledge::default();
        let mut next = Some((id, None));
        while let Some((id, _)) = next {
            let info = &self.universe.credentials[id.at()];
            let first = self.first.get(&info.name);
            let Some(first) = first.filter(|_| !matches!(info.made, Credential::Ambient(_))) else {
                break;
            };
            knowledge.credentials.push(*first);
            next = info.parent.filter(|_| matches!(info.made, Credential::Chain(_)));
            if let Some((_, Some(parcel))) = next {
                knowledge.offers.extend(self.honest_offer(parcel));
            }
        }
        knowledge
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
        let mut says = Self::says(&knowledge);
        says.push(Says::Knows(Need::Parcel(id)));
        says
    }
}
