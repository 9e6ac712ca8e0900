//! Propose, then dispose: a candidate attack counts only when a fresh world under Ed25519 replays it.
//!
//! The replay keeps its own network, memories, keys and knowledge, as plain maps. Every message is made anew with real
//! signatures, encoded, decoded from bytes by whoever receives it, verified, and decided by the one `decide`. It shares no
//! state with the search, and refuses every step for which it does not itself see the reason. The ground truth of a message
//! (whose doing it is) comes with its recipe.

mod adversary;
mod honest;
mod verifier;

use crate::lower::{Plan, lower};
use crate::property;
use crate::vary::Variation;
use crate::world::World;
use crate::world::capability::Capability;
use crate::world::kitchen::{Kitchen, Pantry};
use crate::world::moves::Move;
use crate::world::recipe::{CredentialId, ParcelId, PresentationId, Recipes, TaskIndex};
use crate::world::record::{Acceptance, Shared};
use crate::world::setting::{Fault, Setting, Starter};
use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};
use verifier::Remembered;
use whoacts_model::crypto::{Crypto, Digest, Ed25519};
use whoacts_model::presentation::{Credential, Parcel, Presentation};
use whoacts_model::runtime::Task;

/// Where the attacks that one search found are replayed: the world that was searched, with real keys, which are made once.
pub struct Stage<'p, D: Crypto> {
    pub(crate) plan: &'p Plan<'p>,
    pub(crate) world: &'p World<D>,
    setting: OnceCell<Setting<Ed25519>>,
}

impl<'p, D: Crypto> Stage<'p, D> {
    /// A stage for `world`, which lowers `plan`.
    pub fn new(plan: &'p Plan<'p>, world: &'p World<D>) -> Self {
        Self { plan, world, setting: OnceCell::new() }
    }

    /// Replays `trace` under Ed25519 and checks that its last move accepts an effect that violates property number `property`.
    ///
    /// # Errors
    /// Which step is refused, and why; or that the effect violates nothing.
    pub fn confirm(&self, trace: &[Move], property: usize) -> Result<(), String> {
        self.play(trace, |replay, accepted| {
            if replay.violates(&accepted, property) {
                Ok(())
            } else {
                let id = property::ALL[property].id;
                Err(format!("the accepted effect does not violate {id}"))
            }
        })
    }

    /// Takes every step of `trace`, and judges what the last one accepts.
    fn play<R>(
        &self,
        trace: &[Move],
        judge: impl FnOnce(&Replay<'_, D>, Accepted) -> Result<R, String>,
    ) -> Result<R, String> {
        let setting = self.setting.get_or_init(|| {
            let mut setting = lower::<Ed25519>(self.plan);
            setting.deployed = setting.deployed.changed(self.world.setting.deployed.change());
            setting
        });
        let mut replay = Replay::new(setting, self.world);
        let accepted = replay.play(trace)?;
        judge(&replay, accepted)
    }
}

/// Replays one trace; see [`Stage::confirm`].
///
/// # Errors
/// Which step is refused, and why; or that the effect violates nothing.
pub fn confirm<D: Crypto>(
    plan: &Plan<'_>,
    world: &World<D>,
    trace: &[Move],
    property: usize,
) -> Result<(), String> {
    Stage::new(plan, world).confirm(trace, property)
}

/// Replays `trace` under Ed25519 and gives the record of the effect that its last move accepts, whatever it violates.
///
/// # Errors
/// Which step is refused, and why.
pub fn confirm_effect<D: Crypto>(
    plan: &Plan<'_>,
    world: &World<D>,
    trace: &[Move],
) -> Result<Acceptance, String> {
    Stage::new(plan, world).play(trace, |_, accepted| Ok(accepted.record))
}

/// Replays `trace` under Ed25519 on both stages of a pair, the one on which `world` was searched, which is the second if
/// `second` says so, and the other one. It must end in an accepted effect on the first of them, and be refused on the other.
///
/// # Errors
/// Why it does not confirm a difference. Otherwise: why the other stage refuses.
pub fn confirm_pair<D: Crypto>(
    plan: &Plan<'_>,
    vary: Variation,
    world: &World<D>,
    trace: &[Move],
    second: bool,
) -> Result<String, String> {
    let play = |second: bool| {
        let mut setting = lower::<Ed25519>(plan);
        vary.apply(&mut setting, second);
        Replay::new(&setting, world).play(trace).map(drop)
    };
    play(second)?;
    match play(!second) {
        Ok(()) => Err("both runs accept it".to_owned()),
        Err(refused) => Ok(refused),
    }
}

/// A step is refused for a reason.
type Refused = String;

struct Replay<'w, D: Crypto> {
    setting: &'w Setting<Ed25519>,
    world: &'w World<D>,
    shared: Shared,
    made: Made<'w>,
    /// Messages in transit, as bytes.
    sent: HashMap<ParcelId, Vec<u8>>,
    asked: HashMap<PresentationId, Vec<u8>>,
    /// What the adversary has seen: credentials by the name of their bytes, hand-offs and proofs by digest.
    seen: HashSet<Digest>,
    redeemed: HashSet<ParcelId>,
    used_codes: HashSet<Digest>,
    taken: HashSet<TaskIndex>,
    down: HashSet<usize>,
    retired: HashSet<usize>,
    revoked: HashSet<usize>,
    stolen: HashSet<usize>,
    /// Keys whose revocation is kept back.
    withheld: HashSet<usize>,
    /// Verifiers whose clock runs late.
    late: HashSet<usize>,
    hijacked: HashSet<usize>,
    /// Signed requests that were ever accepted: what really happened, whatever a verifier forgot.
    counted: HashSet<Digest>,
    /// Triggers that justified an honest root.
    fired: HashSet<Digest>,
    now: u32,
    /// What verifiers remember: request, records on the path, trigger and root, verifier.
    memory: Vec<Remembered>,
    /// Effects of each honest execution, whoever asked.
    effects: HashMap<usize, u32>,
}

/// Messages made in this replay.
struct Made<'w> {
    recipes: &'w Recipes,
    credentials: HashMap<CredentialId, Credential<Ed25519>>,
    parcels: HashMap<ParcelId, Parcel<Ed25519>>,
    tasks: HashMap<TaskIndex, Task<Ed25519>>,
    presentations: HashMap<PresentationId, Presentation<Ed25519>>,
}

impl Pantry<Ed25519> for Made<'_> {
    fn credential(&self, id: CredentialId) -> &Credential<Ed25519> {
        &self.credentials[&id]
    }
    fn parcel(&self, id: ParcelId) -> &Parcel<Ed25519> {
        &self.parcels[&id]
    }
    fn task(&self, id: TaskIndex) -> &Task<Ed25519> {
        &self.tasks[&id]
    }
    fn presentation(&self, id: PresentationId) -> &Presentation<Ed25519> {
        &self.presentations[&id]
    }
    fn recipes(&self) -> &Recipes {
        self.recipes
    }
}

/// An accepted effect at a verifier, as the replay saw it.
struct Accepted {
    record: Acceptance,
    /// Effects of its execution before this one.
    before: u32,
    /// The same signed request was accepted before.
    again: bool,
    /// An honest root was accepted on the same trigger before.
    reused: bool,
}

fn require(holds: bool, reason: &str) -> Result<(), Refused> {
    if holds { Ok(()) } else { Err(reason.to_owned()) }
}

impl<'w, D: Crypto> Replay<'w, D> {
    fn new(setting: &'w Setting<Ed25519>, world: &'w World<D>) -> Self {
        Self {
            setting,
            world,
            shared: Shared::of(setting),
            made: Made {
                recipes: &world.universe.recipes,
                credentials: HashMap::new(),
                parcels: HashMap::new(),
                tasks: HashMap::new(),
                presentations: HashMap::new(),
            },
            sent: HashMap::new(),
            asked: HashMap::new(),
            seen: HashSet::new(),
            redeemed: HashSet::new(),
            used_codes: HashSet::new(),
            taken: HashSet::new(),
            down: HashSet::new(),
            retired: HashSet::new(),
            revoked: HashSet::new(),
            stolen: HashSet::new(),
            withheld: HashSet::new(),
            late: HashSet::new(),
            hijacked: HashSet::new(),
            counted: HashSet::new(),
            fired: HashSet::new(),
            now: 0,
            memory: Vec::new(),
            effects: HashMap::new(),
        }
    }

    /// Plays a trace that ends in an accepted effect.
    fn play(&mut self, trace: &[Move]) -> Result<Accepted, Refused> {
        let mut last = None;
        for (number, step) in trace.iter().enumerate() {
            last = self
                .step(*step)
                .map_err(|reason| format!("step {} ({}): {reason}", number + 1, step.kind()))?;
        }
        last.ok_or_else(|| "the last step accepts nothing".to_owned())
    }

    fn kitchen(&self) -> Kitchen<'w, Ed25519> {
        Kitchen { setting: self.setting }
    }

    fn has(&self, capability: Capability) -> bool {
        self.setting.capabilities.has(capability)
    }

    fn alive(&self, instance: usize) -> Result<(), Refused> {
        let this = &self.setting.instances[instance];
        let name = &this.name;
        let ended = self.down.contains(&instance) || self.retired.contains(&instance);
        require(!ended, &format!("{name} is gone"))?;
        let begun = this.after_crash_of.is_none_or(|before| self.down.contains(&before))
            && this.after_rekey_of.is_none_or(|before| {
                self.retired.contains(&before) && !self.down.contains(&before)
            });
        require(begun, &format!("{name} does not exist yet"))
    }

    fn starter_alive(&self, execution: usize) -> Result<(), Refused> {
        let flow = &self.setting.flows[self.setting.executions[execution].flow];
        require(self.now >= flow.starts, "it does not start yet")?;
        match flow.origin {
            Starter::Identity(_) => Ok(()),
            Starter::Instance(index) => self.alive(index),
        }
    }

    fn step(&mut self, step: Move) -> Result<Option<Accepted>, Refused> {
        match step {
            Move::Accept(id, verifier) | Move::Afresh(id, verifier) => {
                return self.accept(id, verifier).map(Some);
            }
            Move::Start(id) => self.start(id)?,
            Move::StartAsk(id) => self.start_ask(id)?,
            Move::Take(task) => self.take(task)?,
            Move::Feed(task) => self.feed(task)?,
            Move::Hand(id) => self.hand(id)?,
            Move::Ask(id) => self.ask(id)?,
            Move::Observe(id) => self.observe(id)?,
            Move::Receive(instance, id) => self.receive(instance, id)?,
            Move::Leak(task) => self.leak(task)?,
            Move::Spill(task) => self.spill(task)?,
            Move::Tap(id) => self.tap(id)?,
            Move::Crash(i) => {
                self.fault(Fault::Crash(i))?;
                self.alive(i)?;
                self.down.insert(i);
            }
            Move::Rekey(i) => {
                self.fault(Fault::Rekey(i))?;
                self.alive(i)?;
                self.retired.insert(i);
            }
            Move::Revoke(i) => {
                self.fault(Fault::Revoke(i))?;
                self.revoked.insert(i);
            }
            Move::Steal(i) => {
                let target = self.setting.taps.stolen().any(|target| target == i);
                require(target, "nobody can steal that key")?;
                self.stolen.insert(i);
            }
            Move::Hijack(i) => {
                let target = self.setting.taps.may_take_over(i);
                require(target, "nobody can take that over")?;
                self.hijacked.insert(i);
            }
            Move::Withhold(i) => {
                self.fault(Fault::Revoke(i))?;
                let lag = self.has(Capability::RevocationLag);
                require(lag, "revocations are seen at once")?;
                self.withheld.insert(i);
            }
            Move::Forget(verifier) => {
                self.fault(Fault::Restart(verifier))?;
                let forgets = self.has(Capability::Forget) && !self.setting.shared_memory;
                require(forgets, "what it accepted is kept elsewhere")?;
                self.memory.retain(|remembered| remembered.verifier != verifier);
            }
            Move::Skew(verifier) => {
                let can = self.has(Capability::ClockSkew) && self.setting.verifiers[verifier].late;
                require(can, "its clock is right")?;
                self.late.insert(verifier);
            }
            Move::Tick(tick) => {
                require(tick == self.now + 1, "the clock moves one tick at a time")?;
                require(tick <= self.setting.bounds.ticks, "beyond the last tick")?;
                self.now = tick;
            }
        }
        Ok(None)
    }

    fn fault(&self, fault: Fault) -> Result<(), Refused> {
        require(self.setting.faults.contains(&fault), "no such fault in this story")
    }
}
