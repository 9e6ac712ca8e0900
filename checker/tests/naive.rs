//! A second opinion on the moves: a small, deliberately naive interpreter, written from the meaning of each move and from
//! the messages themselves, says along walks through every case which moves are possible and what they break.
//!
//! It keeps what was sent, asked, taken and seen as plain sets, reads knowledge off the bytes, asks the one `decide` about
//! each presentation with a memory of its own, and calls neither `World::moves` nor `World::next`.
//!
//! It does not know an accept that comes late (see `late_accepts`), which repeats one that was possible; nor withheld
//! revocations, memories that are lost and clocks that run late: worlds with those are left out.

#![allow(clippy::unwrap_used, clippy::panic)]

mod worlds;

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use whoacts_checker::explore::System;
use whoacts_checker::property;
use whoacts_checker::world::capability::Capability;
use whoacts_checker::world::ghost::{Meant, When};
use whoacts_checker::world::kitchen::name_of;
use whoacts_checker::world::moves::Move;
use whoacts_checker::world::recipe::{
    ParcelFrom, ParcelId, PresentationFrom, PresentationId, TaskIndex,
};
use whoacts_checker::world::record::{Acceptance, Shared, record};
use whoacts_checker::world::setting::{Fault, Instance, Starter};
use whoacts_checker::world::universe::Need;
use whoacts_checker::world::{Ground, World};
use whoacts_model::crypto::{Digest, PublicKey, Symbolic};
use whoacts_model::decide;
use whoacts_model::evidence::{Evidence, Live};
use whoacts_model::presentation::{Cargo, Credential, Presentation};
use worlds::{Stage, all_forms, label, library, pairs, spread};

/// What happened so far.
#[derive(Debug, Clone, Default, PartialEq)]
struct State {
    sent: BTreeSet<ParcelId>,
    asked: BTreeSet<PresentationId>,
    /// Those whose sender nobody had taken over by then.
    honestly: BTreeSet<PresentationId>,
    taken: BTreeSet<TaskIndex>,
    /// What the adversary has seen: credentials by name, hand-offs by digest, requests by number.
    seen: BTreeSet<Digest>,
    tapped: BTreeSet<PresentationId>,
    received: BTreeSet<ParcelId>,
    /// All of these parcels it has read, the sender's signature included.
    read: BTreeSet<ParcelId>,
    codes: BTreeSet<Digest>,
    down: BTreeSet<usize>,
    retired: BTreeSet<usize>,
    revoked: BTreeSet<usize>,
    stolen: BTreeSet<usize>,
    hijacked: BTreeSet<usize>,
    now: u32,
    accepted: BTreeSet<(PresentationId, usize)>,
}

/// The interpreter.
struct Naive<'w> {
    world: &'w World<Symbolic>,
    judged: BTreeMap<(PresentationId, usize), OnceCell<(Evidence, Acceptance)>>,
    /// A fault put in by hand: the dead go on.
    undead: bool,
    /// For each request the first of the same bytes, and whether there are several.
    same: Vec<(PresentationId, bool)>,
}

/// What verifier `at` sees.
struct Eyes<'n> {
    naive: &'n Naive<'n>,
    state: &'n State,
    at: usize,
    /// What is not there: the same bytes, accepted before as they came about in another way.
    without: Option<(PresentationId, usize)>,
}

impl Eyes<'_> {
    fn memory(&self) -> impl Iterator<Item = &Presentation<Symbolic>> {
        let setting = &self.naive.world.setting;
        let near = move |at: usize| setting.shared_memory || at == self.at;
        let accepted = self.state.accepted.iter().filter(move |(_, at)| near(*at));
        let accepted = accepted.filter(|one| Some(**one) != self.without);
        accepted.map(|(id, _)| &self.naive.world.universe.presentations[id.at()].made)
    }
    fn owned(&self, key: &PublicKey, set: &BTreeSet<usize>) -> bool {
        self.naive.world.setting.owners(*key).any(|owner| set.contains(&owner))
    }
}

impl Live for Eyes<'_> {
    fn now(&self) -> u32 {
        self.state.now
    }
    fn retired(&self, key: &PublicKey) -> bool {
        self.owned(key, &self.state.retired)
    }
    fn revoked(&self, key: &PublicKey) -> bool {
        self.owned(key, &self.state.revoked)
    }
    fn used(&self, request: &Digest) -> bool {
        self.memory().any(|made| made.proof.as_ref().is_some_and(|p| p.digest() == *request))
    }
    fn effects_below(&self, record: &Digest) -> u32 {
        let below = |made: &&Presentation<Symbolic>| match &made.credential {
            Credential::Chain(chain) => {
                chain.root.root.digest() == *record
                    || chain.links.iter().any(|link| link.offer.record.digest() == *record)
            }
            other => other.tip() == *record,
        };
        self.memory().filter(below).count() as u32
    }
    fn triggered_other(&self, trigger: &Digest, root: &Digest) -> bool {
        self.memory().any(|made| match &made.credential {
            Credential::Chain(chain) => {
                chain.root.root.body().trigger == Some(*trigger)
                    && chain.root.root.digest() != *root
            }
            _ => false,
        })
    }
}

impl<'w> Naive<'w> {
    fn of(world: &'w World<Symbolic>, undead: bool) -> Self {
        let ids = (0..world.universe.presentations.len() as u32).map(PresentationId);
        let verifiers = world.setting.verifiers.len();
        let all = ids.flat_map(|id| (0..verifiers).map(move |at| ((id, at), OnceCell::new())));
        Self { world, judged: all.collect(), undead, same: same(world) }
    }

    fn alive(&self, state: &State, instance: usize) -> bool {
        let this = &self.world.setting.instances[instance];
        let down = |i: usize| !self.undead && state.down.contains(&i);
        !down(instance)
            && !state.retired.contains(&instance)
            && this.after_crash_of.is_none_or(|before| state.down.contains(&before))
            && this
                .after_rekey_of
                .is_none_or(|before| state.retired.contains(&before) && !down(before))
    }

    fn starts(&self, state: &State, execution: usize) -> bool {
        let setting = &self.world.setting;
        let flow = &setting.flows[setting.executions[execution].flow];
        let alive = match flow.origin {
            Starter::Identity(_) => true,
            Starter::Instance(index) => self.alive(state, index),
        };
        alive && state.now >= flow.starts
    }

    fn has(&self, state: &State, needs: &[Need]) -> bool {
        let universe = &self.world.universe;
        needs.iter().all(|need| match need {
            Need::Credential(id) => {
                state.seen.contains(&name_of(&universe.credentials[id.at()].made))
            }
            Need::Parcel(id) => state.read.contains(id),
            // The same bytes may have another history: this one must have happened.
            Need::Offer(id) => {
                let bytes = universe.parcels[id.at()].made.cargo.digest();
                state.sent.contains(id) && state.seen.contains(&bytes)
            }
            Need::Presentation(id) => state.tapped.contains(id),
            Need::Key(instance) => state.stolen.contains(instance),
            Need::Run(instance) => state.hijacked.contains(instance),
            Need::Spared(instance) => !state.hijacked.contains(instance),
            Need::Redeemed(id) => state.received.contains(id),
            Need::Unhanded(id) => !state.received.contains(id),
            Need::History(task) => state.taken.contains(task),
            Need::Gone(instance) => state.down.contains(instance),
        })
    }

    fn code(&self, id: ParcelId) -> Option<Digest> {
        let world = self.world;
        world.setting.form.run::<Symbolic>().once(&world.universe.parcels[id.at()].made)
    }

    fn code_is_fresh(&self, state: &State, id: ParcelId) -> bool {
        self.code(id).is_none_or(|code| !state.codes.contains(&code))
    }

    /// Whether `by` may act for that task.
    fn acts(&self, state: &State, by: usize, task: TaskIndex, spends: TaskIndex) -> bool {
        self.alive(state, by) && state.taken.contains(&task) && state.taken.contains(&spends)
    }

    fn possible(&self, state: &State, what: Move) -> bool {
        let (setting, universe) = (&self.world.setting, &self.world.universe);
        let recipes = &universe.recipes;
        match what {
            Move::Start(id) => match &recipes.parcels[id.at()].0 {
                ParcelFrom::Start(execution) => self.starts(state, *execution),
                _ => false,
            },
            Move::StartAsk(id) => match &recipes.presentations[id.at()] {
                PresentationFrom::Start(execution, _) => self.starts(state, *execution),
                _ => false,
            },
            Move::Take(task) | Move::Feed(task) => {
                let (instance, id) = recipes.tasks[task.at()];
                let arrives = match &universe.parcels[id.at()].support {
                    None => matches!(what, Move::Take(_)) && state.sent.contains(&id),
                    Some(needs) => matches!(what, Move::Feed(_)) && self.has(state, needs),
                };
                let open = state.now >= universe.since[task.at()];
                arrives && open && self.alive(state, instance) && self.code_is_fresh(state, id)
            }
            Move::Hand(id) => match &recipes.parcels[id.at()].0 {
                ParcelFrom::Handed { by, task, spends } => self.acts(state, *by, *task, *spends),
                _ => false,
            },
            Move::Ask(id) => match &recipes.presentations[id.at()] {
                PresentationFrom::Asked { by, task, spends, .. } => {
                    self.acts(state, *by, *task, *spends)
                }
                _ => false,
            },
            Move::Observe(id) => {
                let (_, flow, hop) = recipes.parcels[id.at()];
                let to = setting.flows[flow].hops[hop].to;
                state.sent.contains(&id) && setting.pools[to].observed
            }
            Move::Receive(instance, id) => {
                let this = &setting.instances[instance];
                this.adversary
                    && this.after_crash_of.is_none_or(|before| state.down.contains(&before))
                    && state.sent.contains(&id)
                    && self.code_is_fresh(state, id)
            }
            Move::Leak(task) => {
                let (instance, _) = recipes.tasks[task.at()];
                let leaks = setting.pools[setting.instances[instance].pool].leaks;
                leaks && state.taken.contains(&task)
            }
            Move::Spill(task) => {
                let (instance, _) = recipes.tasks[task.at()];
                state.taken.contains(&task) && state.hijacked.contains(&instance)
            }
            Move::Tap(id) => {
                let at = &setting.verifiers[universe.presentations[id.at()].verifier];
                (at.observed || at.leaks) && state.asked.contains(&id)
            }
            Move::Crash(i) => setting.faults.contains(&Fault::Crash(i)) && self.alive(state, i),
            Move::Rekey(i) => setting.faults.contains(&Fault::Rekey(i)) && self.alive(state, i),
            Move::Revoke(i) => {
                setting.faults.contains(&Fault::Revoke(i)) && !state.revoked.contains(&i)
            }
            Move::Steal(i) => {
                let wanted = [setting.taps.steals, setting.taps.steals_pool].contains(&Some(i));
                wanted && !state.stolen.contains(&i)
            }
            Move::Hijack(i) => {
                let wanted = setting.taps.hijacks == Some(i) || setting.taps.colludes.contains(&i);
                wanted && !state.hijacked.contains(&i)
            }
            Move::Tick(tick) => tick == state.now + 1 && tick <= setting.bounds.ticks,
            Move::Accept(id, at) => self.accepts(state, id, at),
            other => unreachable!("{other:?} is left out"),
        }
    }

    fn stands_for_a_connection(&self) -> bool {
        self.world.setting.form.run::<Symbolic>().channel_bound()
    }

    fn arrives(&self, state: &State, id: PresentationId, at: usize) -> bool {
        let (setting, universe) = (&self.world.setting, &self.world.universe);
        let row = &universe.presentations[id.at()];
        if setting.verifiers[at].resource != row.made.request.operation.resource {
            return false;
        }
        let injects = setting.capabilities.has(Capability::Inject);
        match (&universe.recipes.presentations[id.at()], &row.support) {
            (PresentationFrom::Replayed(original, number), _) => {
                let before = if *number == 1 { *original } else { PresentationId(id.0 - 1) };
                state.tapped.contains(original) && state.accepted.contains(&(before, at))
            }
            (_, None) if at == row.verifier => state.asked.contains(&id),
            (_, None) => {
                let free = row.made.proof.is_some() || injects;
                free && !self.stands_for_a_connection() && state.tapped.contains(&id)
            }
            (_, Some(needs)) => {
                (at == row.verifier || row.original.is_some()) && self.has(state, needs)
            }
        }
    }

    fn judged(&self, id: PresentationId, at: usize) -> &(Evidence, Acceptance) {
        let (setting, universe) = (&self.world.setting, &self.world.universe);
        self.judged[&(id, at)].get_or_init(|| {
            let row = &universe.presentations[id.at()];
            let mechanism = setting.form.run::<Symbolic>();
            let evidence =
                mechanism.evidence(&row.made, &setting.verifiers[at].id, &setting.desk.trust);
            let shared = Shared::of(setting);
            let record = record(setting, universe, &shared, row, &row.made, at, &evidence);
            (evidence, record)
        })
    }

    fn accepts(&self, state: &State, id: PresentationId, at: usize) -> bool {
        let (first, several) = self.same[id.at()];
        let eyes = Eyes { naive: self, state, at, without: several.then_some((first, at)) };
        self.arrives(state, id, at)
            && decide(&self.judged(id, at).0, self.world.setting.required, &eyes).is_ok()
    }

    fn read(&self, state: &mut State, credential: &Credential<Symbolic>) {
        if let Credential::Ambient(_) = credential {
            return; // who has nothing has nothing to lose
        }
        state.seen.insert(name_of(credential));
        if let Credential::Chain(chain) = credential {
            let mut rest = chain.clone();
            while let Some(link) = rest.links.pop() {
                state.seen.insert(link.offer.record.digest());
                state.seen.insert(name_of(&Credential::Chain(rest.clone())));
            }
        }
    }

    fn read_parcel(&self, state: &mut State, id: ParcelId) {
        state.read.insert(id);
        match &self.world.universe.parcels[id.at()].made.cargo {
            Cargo::Credential(credential) => self.read(state, credential),
            Cargo::Offer(chain, offer) => {
                state.seen.insert(offer.record.digest());
                self.read(state, &Credential::Chain(chain.clone()));
            }
        }
    }

    /// Whether whoever asks that was taken over, under the key that it has or one that it had.
    fn asks_taken_over(&self, state: &State, id: PresentationId) -> bool {
        let (setting, recipes) = (&self.world.setting, &self.world.universe.recipes);
        let by = match recipes.presentations[id.at()] {
            PresentationFrom::Asked { by, .. } => Some(by),
            PresentationFrom::Start(execution, _) => {
                match setting.flows[setting.executions[execution].flow].origin {
                    Starter::Identity(_) => None,
                    Starter::Instance(index) => Some(index),
                }
            }
            _ => None,
        };
        let before = |life: &usize| setting.instances[*life].after_rekey_of;
        std::iter::successors(by, before).any(|life| state.hijacked.contains(&life))
    }

    /// What comes of a move.
    fn after(&self, state: &State, what: Move) -> State {
        let universe = &self.world.universe;
        let mut next = state.clone();
        match what {
            Move::Start(id) | Move::Hand(id) => drop(next.sent.insert(id)),
            Move::StartAsk(id) | Move::Ask(id) => {
                next.asked.insert(id);
                if !self.asks_taken_over(state, id) {
                    next.honestly.insert(id);
                }
            }
            Move::Take(task) | Move::Feed(task) => {
                next.taken.insert(task);
                next.codes.extend(self.code(universe.recipes.tasks[task.at()].1));
            }
            Move::Observe(id) => {
                self.read_parcel(&mut next, id);
                // A member of the pool that was meant takes what it reads; a code it must redeem.
                let row = &universe.parcels[id.at()];
                let setting = &self.world.setting;
                let member = |pool: usize| {
                    let own = |i: &Instance<_>| {
                        i.pool == pool && i.adversary && i.after_crash_of.is_none()
                    };
                    setting.instances.iter().any(own)
                };
                let meant = matches!(row.passage.meant, Meant::Pool(pool) if member(pool));
                let whole = matches!(row.made.cargo, Cargo::Credential(_));
                if meant && whole && self.code(id).is_none() {
                    next.received.insert(id);
                }
            }
            Move::Receive(_, id) => {
                self.read_parcel(&mut next, id);
                next.codes.extend(self.code(id));
                if matches!(universe.parcels[id.at()].made.cargo, Cargo::Credential(_)) {
                    next.received.insert(id);
                }
            }
            Move::Leak(task) | Move::Spill(task) => {
                self.read(&mut next, universe.tasks[task.at()].0.spill());
            }
            Move::Tap(id) => {
                next.tapped.insert(id);
                self.read(&mut next, &universe.presentations[id.at()].made.credential);
            }
            Move::Crash(i) => drop(next.down.insert(i)),
            Move::Rekey(i) => drop(next.retired.insert(i)),
            Move::Revoke(i) => drop(next.revoked.insert(i)),
            Move::Steal(i) => drop(next.stolen.insert(i)),
            Move::Hijack(i) => drop(next.hijacked.insert(i)),
            Move::Tick(tick) => next.now = tick,
            Move::Accept(id, at) => {
                // Nothing is remembered under a root of the adversary.
                if self.judged(id, at).1.remembered().is_some() {
                    next.accepted.insert((self.same[id.at()].0, at));
                }
            }
            other => unreachable!("{other:?} is left out"),
        }
        next
    }

    /// The properties that accepting it breaks.
    fn breaks(&self, state: &State, id: PresentationId, at: usize) -> u64 {
        let (setting, universe) = (&self.world.setting, &self.world.universe);
        let a = &self.judged(id, at).1;
        let owned = |key: &PublicKey, set: &BTreeSet<usize>| {
            setting.owners(*key).any(|owner| set.contains(&owner))
        };
        let broken = |when: &When| match when {
            When::Always => true,
            When::UnlessControlled(key) => {
                !owned(key, &state.stolen) && !owned(key, &state.hijacked)
            }
            When::AskedHonestly => {
                let row = &universe.presentations[id.at()];
                state.honestly.contains(&row.original.unwrap_or(id))
            }
            When::After(tick) => state.now > *tick,
            When::Revoked(key) => owned(key, &state.revoked),
            When::Retired(key) => owned(key, &state.retired),
            When::Gone(key) => owned(key, &state.retired) && owned(key, &state.revoked),
            When::Before(tick) => state.now < *tick,
            When::Reused(trigger) => state.accepted.iter().any(|(id, at)| {
                let known = &self.judged(*id, *at).1;
                known.execution().is_some() && known.trigger == Some(*trigger)
            }),
            When::Spent(declared, limit) => {
                let of = |(id, at): &&(PresentationId, usize)| {
                    self.judged(*id, *at).1.declared.iter().any(|(of, _)| of == declared)
                };
                let (first, several) = self.same[id.at()];
                let itself = several.then_some((first, at));
                let others = state.accepted.iter().filter(|one| Some(**one) != itself);
                others.filter(of).count() as u32 >= *limit
            }
        };
        let judge = |property: &property::Property| {
            let mut when = Vec::new();
            (property.judge)(a, &mut when);
            when.iter().any(broken)
        };
        let numbered = property::ALL.iter().enumerate();
        numbered.filter(|(_, p)| judge(p)).fold(0, |bits, (number, _)| bits | 1 << number)
    }

    /// All moves that are possible.
    fn moves(&self, state: &State) -> BTreeSet<Move> {
        let all = self.world.moves.iter().map(|ground| ground.what);
        all.filter(|what| self.possible(state, *what)).collect()
    }
}

/// What the adversary asks for itself may have come about in several ways: it is one request.
fn same(world: &World<Symbolic>) -> Vec<(PresentationId, bool)> {
    let rows = &world.universe.presentations;
    let mut same: Vec<_> = (0..rows.len() as u32).map(|id| (PresentationId(id), false)).collect();
    let mut first: Vec<PresentationId> = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        if row.support.is_none() || row.original.is_some() {
            continue;
        }
        let known = first.iter().copied().find(|known| rows[known.at()].made == row.made);
        match known {
            Some(known) => {
                same[index] = (known, true);
                same[known.at()].1 = true;
            }
            None => first.push(PresentationId(index as u32)),
        }
    }
    same
}

fn late(world: &World<Symbolic>, ground: &Ground) -> bool {
    let accepting = ground.accept.map(|accept| &world.accepting[accept as usize]);
    ground.adds.is_empty() && accepting.is_some_and(|a| a.record.remembered().is_some())
}

/// Compares both at one state; the moves of the world that are not idle, by index.
fn compare(
    world: &World<Symbolic>,
    naive: &Naive<'_>,
    theirs: &<World<Symbolic> as System>::State,
    ours: &State,
) -> Result<Vec<u32>, String> {
    let early = |index: &u32| !late(world, &world.moves[*index as usize]);
    let all = (0..world.moves.len() as u32).filter(early);
    let enabled: Vec<u32> = all.filter(|index| world.enabled(theirs, *index)).collect();
    let by_world: BTreeSet<Move> =
        enabled.iter().map(|index| world.moves[*index as usize].what).collect();
    let by_naive = naive.moves(ours);
    if by_world != by_naive {
        let only = |one: &BTreeSet<Move>, other: &BTreeSet<Move>| {
            one.difference(other).copied().take(3).collect::<Vec<_>>()
        };
        return Err(format!(
            "only the world: {:?}; only the naive interpreter: {:?}; after {ours:?}",
            only(&by_world, &by_naive),
            only(&by_naive, &by_world)
        ));
    }
    let mut listed = Vec::new();
    world.moves(theirs, &mut listed);
    listed.retain(early);
    for index in enabled {
        let what = world.moves[index as usize].what;
        if !listed.contains(&index) && world.next(theirs, index) != *theirs {
            return Err(format!("{what:?} is left out"));
        }
        if let Move::Accept(id, at) = what {
            let found = worlds::violated(world.findings(theirs, index));
            let expected = naive.breaks(ours, id, at);
            if found != expected {
                let words = (worlds::words(found), worlds::words(expected));
                return Err(format!("accepting {id:?} at {at} breaks {words:?}"));
            }
        }
    }
    Ok(listed)
}

/// A generator that gives the same numbers on every machine.
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides as u64) as usize
    }
}

/// Walks at random; how many states were compared.
fn wander(world: &World<Symbolic>, naive: &Naive<'_>, walks: u64) -> Result<usize, String> {
    let mut compared = 0;
    for walk in 1..=walks {
        let mut dice = Dice(walk.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let (mut theirs, mut ours) = (world.initial(), State::default());
        for _ in 0..LONG {
            let moves = compare(world, naive, &theirs, &ours)?;
            compared += 1;
            let Some(index) = (!moves.is_empty()).then(|| moves[dice.throw(moves.len())]) else {
                break;
            };
            theirs = world.next(&theirs, index);
            ours = naive.after(&ours, world.moves[index as usize].what);
        }
    }
    Ok(compared)
}

/// Goes breadth first; equal states of the one are equal states of the other.
fn spread_out(world: &World<Symbolic>, naive: &Naive<'_>, most: usize) -> Result<usize, String> {
    let mut known = HashMap::from([(world.initial(), State::default())]);
    let mut queue = std::collections::VecDeque::from([world.initial()]);
    let mut compared = 0;
    while let Some(theirs) = queue.pop_front().filter(|_| compared < most) {
        let ours = known[&theirs].clone();
        compared += 1;
        for index in compare(world, naive, &theirs, &ours)? {
            let next = world.next(&theirs, index);
            let after = naive.after(&ours, world.moves[index as usize].what);
            match known.get(&next) {
                Some(before) if *before != after && naive.moves(before) != naive.moves(&after) => {
                    return Err("two ways to one state of the world differ".to_owned());
                }
                Some(_) => {}
                None => {
                    known.insert(next.clone(), after);
                    queue.push_back(next);
                }
            }
        }
    }
    Ok(compared)
}

/// Steps of a walk.
const LONG: usize = 24;
/// Walks, and states of the breadth-first search, in each world.
const WALKS: u64 = 4;
const BROAD: usize = 40;

#[test]
fn a_naive_interpreter_sees_the_same_moves() {
    let cases = library();
    let jobs = pairs(&cases, &all_forms());
    let complaints = spread(&jobs, |(case, form)| {
        let world = Stage::oracle(case, form).world::<Symbolic>(case);
        let unknown = |ground: &Ground| {
            use Move::{Afresh, Forget, Skew, Withhold};
            matches!(ground.what, Withhold(_) | Forget(_) | Skew(_) | Afresh(..))
        };
        if world.moves.iter().any(unknown) {
            return None;
        }
        let naive = Naive::of(&world, false);
        let compared = wander(&world, &naive, WALKS)
            .and_then(|random| Ok(random + spread_out(&world, &naive, BROAD)?));
        match compared {
            Ok(states) if states >= 10 => None,
            Ok(states) => Some(format!("{}: only {states} states", label(case, form))),
            Err(complaint) => Some(format!("{}: {complaint}", label(case, form))),
        }
    });
    let complaints: Vec<String> = complaints.into_iter().flatten().collect();
    assert!(
        complaints.is_empty(),
        "{} of {}:\n{}",
        complaints.len(),
        jobs.len(),
        complaints.join("\n")
    );
}

#[test]
fn an_interpreter_in_which_the_dead_go_on_is_found_out() {
    let cases = library();
    let case = cases.iter().find(|case| case.scenario.id == "lifecycle/replica-replaced").unwrap();
    let form = worlds::labelled(&["continuity/K4"])[0];
    let world = Stage::oracle(case, form).world::<Symbolic>(case);
    assert!(wander(&world, &Naive::of(&world, false), 20).is_ok());
    let complaint = wander(&world, &Naive::of(&world, true), 20).unwrap_err();
    assert!(complaint.contains("only the naive interpreter"), "{complaint}");
}
