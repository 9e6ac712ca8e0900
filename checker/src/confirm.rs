//! Propose, then dispose: a candidate attack counts only when a fresh world under Ed25519 replays it.
//!
//! The replay keeps its own network, memories, keys and knowledge, as plain maps. Every message is made anew with real
//! signatures, encoded, decoded from bytes by whoever receives it, verified, and decided by the one `decide`. It shares no
//! state with the search, and refuses every step for which it does not itself see the reason. The ground truth of a message
//! (whose doing it is) comes with its recipe.

use crate::lower::{Plan, lower};
use crate::property;
use crate::vary::Variation;
use crate::world::World;
use crate::world::capability::Capability;
use crate::world::ghost::When;
use crate::world::moves::Move;
use crate::world::recipe::{
    CredentialFrom, CredentialId, Kitchen, Pantry, ParcelFrom, ParcelId, PresentationFrom,
    PresentationId, Recipes, Redeemable, RootPlan, SignerId, SignerKey, TaskIndex, name_of,
};
use crate::world::record::{Acceptance, Shared, record};
use crate::world::setting::{Fault, Setting, Starter};
use crate::world::universe::{Need, Support};
use std::collections::{HashMap, HashSet};
use whoacts_model::crypto::{Crypto, Digest, Ed25519, PublicKey};
use whoacts_model::decide;
use whoacts_model::evidence::Live;
use whoacts_model::presentation::{Cargo, Credential, Parcel, Presentation};
use whoacts_model::runtime::Task;

/// Replays `trace` under Ed25519 and checks that its last move accepts an effect that violates property number `property`.
///
/// # Errors
/// Which step is refused, and why; or that the effect violates nothing.
pub fn confirm<D: Crypto>(
    plan: &Plan<'_>,
    world: &World<D>,
    trace: &[Move],
    property: usize,
) -> Result<(), String> {
    play(plan, world, trace, |replay, accepted| {
        if replay.violates(&accepted, property) {
            Ok(())
        } else {
            Err(format!("the accepted effect does not violate {}", property::ALL[property].id))
        }
    })
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
    play(plan, world, trace, |_, accepted| Ok(accepted.record))
}

/// Takes every step of `trace`, and judges what the last one accepts.
fn play<D: Crypto, R>(
    plan: &Plan<'_>,
    world: &World<D>,
    trace: &[Move],
    judge: impl FnOnce(&Replay<'_, D>, Accepted) -> Result<R, String>,
) -> Result<R, String> {
    let mut setting = lower::<Ed25519>(plan);
    setting.deployed = setting.deployed.changed(world.setting.deployed.change());
    let mut replay = Replay::new(&setting, world);
    let accepted = replay.play(trace)?;
    judge(&replay, accepted)
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

struct Remembered {
    request: Option<Digest>,
    records: Vec<Digest>,
    trigger: Option<(Digest, Digest)>,
    verifier: usize,
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

    fn start(&mut self, id: ParcelId) -> Result<(), Refused> {
        let (ParcelFrom::Start(execution), ..) = &self.made.recipes.parcels[id.at()] else {
            return Err("this parcel does not start anything".to_owned());
        };
        self.starter_alive(*execution)?;
        self.send(id);
        Ok(())
    }

    /// Makes an honest parcel and puts its bytes on the wire.
    fn send(&mut self, id: ParcelId) {
        let parcel = self.kitchen().parcel(&self.made, id);
        self.sent.insert(id, parcel.to_bytes());
        self.made.parcels.insert(id, parcel);
        self.keep_base(self.world.universe.parcels[id.at()].base);
    }

    /// Keeps the honest credential that was just used, so that the adversary can build on it once it has seen it.
    fn keep_base(&mut self, id: CredentialId) {
        let recipes = self.made.recipes;
        let made = match &recipes.credentials[id.at()] {
            CredentialFrom::Root(execution) => self.kitchen().start(*execution).spill().clone(),
            CredentialFrom::Begun(_) => self.kitchen().credential(&self.made, id),
            CredentialFrom::Task(task) => match self.made.tasks.get(task) {
                Some(task) => task.spill().clone(),
                None => return,
            },
            CredentialFrom::Put(put) if self.made.presentations.contains_key(put) => {
                self.kitchen().credential(&self.made, id)
            }
            CredentialFrom::Sent(parcel) if self.made.parcels.contains_key(parcel) => {
                self.kitchen().credential(&self.made, id)
            }
            CredentialFrom::Converted { serves, spends, .. } => {
                let taken = |task| self.made.tasks.contains_key(task);
                if !taken(serves) || !taken(spends) {
                    return;
                }
                self.kitchen().credential(&self.made, id)
            }
            _ => return,
        };
        self.made.credentials.insert(id, made);
    }

    fn start_ask(&mut self, id: PresentationId) -> Result<(), Refused> {
        let PresentationFrom::Start(execution, _) = &self.made.recipes.presentations[id.at()]
        else {
            return Err("this request does not start anything".to_owned());
        };
        self.starter_alive(*execution)?;
        self.put(id);
        Ok(())
    }

    /// Makes an honest presentation and puts its bytes on the wire.
    fn put(&mut self, id: PresentationId) {
        let made = self.kitchen().presentation(&self.made, id);
        self.asked.insert(id, made.to_bytes());
        self.made.presentations.insert(id, made);
        self.keep_base(self.world.universe.presentations[id.at()].base);
    }

    fn take(&mut self, task: TaskIndex) -> Result<(), Refused> {
        let (_, parcel) = self.made.recipes.tasks[task.at()];
        let bytes = self.sent.get(&parcel).ok_or("nobody sent this parcel")?.clone();
        let (_, flow, hop) = self.made.recipes.parcels[parcel.at()];
        let (instance, _) = self.made.recipes.tasks[task.at()];
        let pool = self.setting.instances[instance].pool;
        let listens = self.setting.flows[flow].hops[hop].listeners.contains(&pool);
        require(listens, "this parcel was not sent there")?;
        self.take_bytes(task, &bytes)
    }

    fn take_bytes(&mut self, task: TaskIndex, bytes: &[u8]) -> Result<(), Refused> {
        let (instance, _) = self.made.recipes.tasks[task.at()];
        self.alive(instance)?;
        require(!self.setting.instances[instance].adversary, "the adversary runs it")?;
        let parcel = Parcel::<Ed25519>::from_bytes(bytes).map_err(|error| error.to_string())?;
        if let Some(code) = self.setting.deployed.run::<Ed25519>().once(&parcel) {
            require(self.used_codes.insert(code), "the code was redeemed before")?;
        }
        let taken = self
            .kitchen()
            .take(instance, &parcel, self.now)
            .map_err(|refusal| format!("the executor refuses: {refusal:?}"))?;
        let credential = self.world.universe.tasks[task.at()].1;
        self.made.credentials.insert(credential, taken.spill().clone());
        self.made.tasks.insert(task, taken);
        self.taken.insert(task);
        Ok(())
    }

    fn feed(&mut self, task: TaskIndex) -> Result<(), Refused> {
        let (_, parcel) = self.made.recipes.tasks[task.at()];
        let (ParcelFrom::Composed { base, offer, .. }, ..) =
            &self.made.recipes.parcels[parcel.at()]
        else {
            return Err("this parcel is not the adversary's".to_owned());
        };
        self.obtain(*base)?;
        if let Some((signer, _)) = offer {
            self.controls(*signer)?;
        }
        let made = self.kitchen().parcel(&self.made, parcel);
        if made.delivery.is_some() && offer.is_none() {
            let kitchen = self.kitchen();
            let mut senders = kitchen.own_senders(self.made.recipes, &made);
            let sends = senders.any(|sender| self.controls(sender).is_ok());
            require(sends, "the adversary does not have the sender's key")?;
        }
        self.told_right(&self.world.universe.parcels[parcel.at()].support)?;
        let bytes = made.to_bytes();
        self.made.parcels.insert(parcel, made);
        self.take_bytes(task, &bytes)
    }

    fn acts(&self, by: usize, task: TaskIndex, spends: TaskIndex) -> Result<(), Refused> {
        self.alive(by)?;
        let has = self.taken.contains(&task) && self.taken.contains(&spends);
        require(has, "it did not take that task")?;
        let confused = task != spends;
        require(!confused || self.has(Capability::Confuse), "an honest runtime keeps its duty")?;
        let same_memory = |task: TaskIndex| {
            let mut life = by;
            loop {
                if self.made.recipes.tasks[task.at()].0 == life {
                    return true;
                }
                match self.setting.instances[life].after_rekey_of {
                    Some(before) => life = before,
                    None => return false,
                }
            }
        };
        require(same_memory(task) && same_memory(spends), "another instance has that task")
    }

    fn hand(&mut self, id: ParcelId) -> Result<(), Refused> {
        let (ParcelFrom::Handed { by, task, spends }, ..) = &self.made.recipes.parcels[id.at()]
        else {
            return Err("this parcel is not handed on by an executor".to_owned());
        };
        self.acts(*by, *task, *spends)?;
        self.send(id);
        Ok(())
    }

    fn ask(&mut self, id: PresentationId) -> Result<(), Refused> {
        let PresentationFrom::Asked { by, task, spends, .. } =
            &self.made.recipes.presentations[id.at()]
        else {
            return Err("this request is not an executor's".to_owned());
        };
        self.acts(*by, *task, *spends)?;
        self.put(id);
        Ok(())
    }

    /// The adversary reads bytes: it knows every credential and hand-off in them.
    fn read(&mut self, credential: &Credential<Ed25519>) {
        self.seen.insert(name_of(credential));
        if let Credential::Chain(chain) = credential {
            let mut prefix = chain.clone();
            while let Some(link) = prefix.links.pop() {
                self.seen.insert(link.offer.record.digest());
                self.seen.insert(prefix.path());
            }
        }
    }

    fn read_parcel(&mut self, id: ParcelId) -> Result<Parcel<Ed25519>, Refused> {
        let bytes = self.sent.get(&id).ok_or("nobody sent this parcel")?;
        let parcel = Parcel::<Ed25519>::from_bytes(bytes).map_err(|error| error.to_string())?;
        match &parcel.cargo {
            Cargo::Credential(credential) => self.read(credential),
            Cargo::Offer(chain, offer) => {
                self.seen.insert(offer.record.digest());
                self.read(&Credential::Chain(chain.clone()));
            }
        }
        Ok(parcel)
    }

    fn observe(&mut self, id: ParcelId) -> Result<(), Refused> {
        let (_, flow, hop) = self.made.recipes.parcels[id.at()];
        let to = self.setting.flows[flow].hops[hop].to;
        require(self.setting.pools[to].observed, "nobody reads there")?;
        self.read_parcel(id).map(drop)
    }

    fn receive(&mut self, instance: usize, id: ParcelId) -> Result<(), Refused> {
        let (_, flow, hop) = self.made.recipes.parcels[id.at()];
        let this = &self.setting.instances[instance];
        let mail = this.gets_mail_of.unwrap_or(this.pool);
        let listens = self.setting.flows[flow].hops[hop].listeners.contains(&mail);
        require(this.adversary && listens, "no workload of the adversary receives that")?;
        self.alive(instance)?;
        let parcel = self.read_parcel(id)?;
        if let Some(code) = self.setting.deployed.run::<Ed25519>().once(&parcel) {
            require(self.used_codes.insert(code), "the code was redeemed before")?;
        }
        self.redeemed.insert(id);
        Ok(())
    }

    fn leak(&mut self, task: TaskIndex) -> Result<(), Refused> {
        let (instance, _) = self.made.recipes.tasks[task.at()];
        let pool = &self.setting.pools[self.setting.instances[instance].pool];
        require(pool.leaks, "nothing leaks there")?;
        self.read_task(task)
    }

    fn spill(&mut self, task: TaskIndex) -> Result<(), Refused> {
        let (instance, _) = self.made.recipes.tasks[task.at()];
        require(self.hijacked.contains(&instance), "it was not taken over")?;
        self.read_task(task)
    }

    fn read_task(&mut self, task: TaskIndex) -> Result<(), Refused> {
        let held = self.made.tasks.get(&task).ok_or("nobody took that task")?.spill().clone();
        self.read(&held);
        Ok(())
    }

    fn tap(&mut self, id: PresentationId) -> Result<(), Refused> {
        let row = &self.world.universe.presentations[id.at()];
        let verifier = &self.setting.verifiers[row.verifier];
        require(verifier.observed || verifier.leaks, "nobody reads there")?;
        let bytes = self.asked.get(&id).ok_or("nobody asked that")?;
        let made = Presentation::<Ed25519>::from_bytes(bytes).map_err(|e| e.to_string())?;
        self.read(&made.credential);
        self.seen.insert(Digest::of(&made.to_bytes()));
        Ok(())
    }

    fn controls(&self, signer: SignerId) -> Result<(), Refused> {
        let controlled = match self.made.recipes.signers[signer.at()] {
            SignerKey::Identity(index) => self.setting.identities[index].adversary,
            SignerKey::Instance(index) => {
                let this = &self.setting.instances[index];
                let begun = this.after_crash_of.is_none_or(|before| self.down.contains(&before));
                this.adversary && begun || self.hijacked.contains(&index)
            }
            // The key was taken from it, or from another that has the same one.
            SignerKey::Stolen(index) => self.setting.sharers(index).any(|sharer| {
                self.stolen.contains(&sharer) || sharer != index && self.hijacked.contains(&sharer)
            }),
        };
        require(controlled, "the adversary does not have that key")
    }

    /// Whether those were taken over, and only those, on whom it rests whose doing something is.
    fn told_right(&self, support: &Option<Support>) -> Result<(), Refused> {
        let right = |need: &Need| match need {
            Need::Run(i) => self.hijacked.contains(i),
            Need::Spared(i) => !self.hijacked.contains(i),
            _ => true,
        };
        require(support.iter().flatten().all(right), "it is not the doing of those")
    }

    /// The adversary has a credential: it has seen it, or can make it from what it has seen and the keys that it has.
    fn obtain(&mut self, id: CredentialId) -> Result<(), Refused> {
        let recipes = self.made.recipes;
        match &recipes.credentials[id.at()] {
            CredentialFrom::Root(_)
            | CredentialFrom::Begun(_)
            | CredentialFrom::Task(_)
            | CredentialFrom::Sent(_)
            | CredentialFrom::Put(_)
            | CredentialFrom::Converted { .. } => {
                return self.obtain_honest(id);
            }
            CredentialFrom::Exchanged { base, by, .. }
            | CredentialFrom::Counterfeit { base, by } => {
                self.controls(*by)?;
                self.obtain(*base)?;
            }
            CredentialFrom::Own(signer, plan) => {
                self.controls(*signer)?;
                if let RootPlan::Reused(flow) = plan {
                    let root = self.setting.first_root(*flow).ok_or("no such trigger")?;
                    self.obtain(CredentialId(root))?;
                }
            }
            CredentialFrom::Redeemed(signer, Redeemable::Own(own)) => {
                self.controls(*signer)?;
                self.obtain(*own)?;
            }
            CredentialFrom::Redeemed(signer, Redeemable::Parcel(parcel)) => {
                self.controls(*signer)?;
                let cargo = &self.made.parcels.get(parcel).ok_or("nobody sent that")?.cargo;
                let credential = matches!(cargo, Cargo::Credential(_));
                require(
                    credential && self.redeemed.contains(parcel),
                    "the adversary did not receive that",
                )?;
            }
            CredentialFrom::Extended { base, by, taker, .. } => {
                self.controls(*by)?;
                self.controls(*taker)?;
                self.obtain(*base)?;
            }
            CredentialFrom::Continued { offer, taker, .. }
            | CredentialFrom::Taken { offer, taker } => {
                self.controls(*taker)?;
                let parcel = self.made.parcels.get(offer).ok_or("nobody sent that")?;
                require(
                    self.seen.contains(&parcel.cargo.digest()),
                    "the adversary has not seen that hand-off",
                )?;
            }
            CredentialFrom::Spliced { base, link } => {
                self.obtain(*base)?;
                self.obtain(*link)?;
            }
        }
        let made = self.kitchen().credential(&self.made, id);
        self.made.credentials.insert(id, made);
        Ok(())
    }

    /// What an honest party made must have been seen. A token that was passed on has the bytes of other rows, of which one
    /// may be the adversary's own.
    fn obtain_honest(&mut self, id: CredentialId) -> Result<(), Refused> {
        let rows = &self.world.universe.credentials;
        let name = name_of(&rows[id.at()].made);
        if let Some(task) = self.history(id) {
            require(self.taken.contains(&task), "nobody took that task")?;
        }
        let same = |row: &CredentialId| name_of(&rows[row.at()].made) == name;
        let seen = self
            .made
            .credentials
            .iter()
            .find(|(row, made)| same(row) && self.seen.contains(&name_of(made)));
        if let Some((_, made)) = seen {
            let made = made.clone();
            self.made.credentials.insert(id, made);
            return Ok(());
        }
        let first = rows.iter().position(|row| name_of(&row.made) == name);
        let first = first.map_or(id, |first| CredentialId(first as u32));
        let honest = matches!(
            self.made.recipes.credentials[first.at()],
            CredentialFrom::Root(_)
                | CredentialFrom::Task(_)
                | CredentialFrom::Sent(_)
                | CredentialFrom::Put(_)
                | CredentialFrom::Converted { .. }
        );
        require(!honest, "the adversary has not seen that credential")?;
        self.obtain(first)?;
        let made = self.made.credentials[&first].clone();
        self.made.credentials.insert(id, made);
        Ok(())
    }

    /// The task from which an honest credential came to be.
    fn history(&self, id: CredentialId) -> Option<TaskIndex> {
        let recipes = self.made.recipes;
        match &recipes.credentials[id.at()] {
            CredentialFrom::Task(task) | CredentialFrom::Converted { spends: task, .. } => {
                Some(*task)
            }
            CredentialFrom::Sent(parcel) => match recipes.parcels[parcel.at()].0 {
                ParcelFrom::Handed { spends, .. } => Some(spends),
                _ => None,
            },
            _ => None,
        }
    }

    /// The bytes that reach the verifier, and why they can.
    fn bytes(&mut self, id: PresentationId, verifier: usize) -> Result<Vec<u8>, Refused> {
        let recipes = self.made.recipes;
        match &recipes.presentations[id.at()] {
            PresentationFrom::Start(..) | PresentationFrom::Asked { .. } => {
                let bytes = self.asked.get(&id).ok_or("nobody asked that")?.clone();
                if self.world.universe.presentations[id.at()].verifier != verifier {
                    self.may_replay(&bytes)?;
                }
                Ok(bytes)
            }
            PresentationFrom::Composed { base, by, .. } => {
                self.obtain(*base)?;
                if let Some(by) = by {
                    self.controls(*by)?;
                }
                self.told_right(&self.world.universe.presentations[id.at()].support)?;
                Ok(self.make_presentation(id))
            }
            PresentationFrom::Replayed(original) | PresentationFrom::Altered { original, .. } => {
                let bytes = self.asked.get(original).ok_or("nobody asked the original")?.clone();
                self.may_replay(&bytes)?;
                Ok(self.make_presentation(id))
            }
        }
    }

    fn may_replay(&self, bytes: &[u8]) -> Result<(), Refused> {
        require(self.has(Capability::Inject), "nobody speaks in others' places")?;
        let seen = self.seen.contains(&Digest::of(bytes));
        require(seen, "the adversary has not seen that request")
    }

    fn make_presentation(&mut self, id: PresentationId) -> Vec<u8> {
        let made = self.kitchen().presentation(&self.made, id);
        let bytes = made.to_bytes();
        self.made.presentations.insert(id, made);
        bytes
    }

    fn accept(&mut self, id: PresentationId, verifier: usize) -> Result<Accepted, Refused> {
        let bytes = self.bytes(id, verifier)?;
        let made = Presentation::<Ed25519>::from_bytes(&bytes).map_err(|e| e.to_string())?;
        let setting = self.setting;
        let at = &setting.verifiers[verifier];
        require(at.resource == made.request.operation.resource, "another resource")?;
        let mechanism = setting.deployed.run::<Ed25519>();
        let evidence = mechanism.evidence(&made, &at.id, &setting.desk.trust);
        // A clock that runs late may show any time between the one before and this one.
        let ago = u32::from(self.late.contains(&verifier)).min(self.now);
        let decided = (self.now - ago..=self.now).map(|now| {
            decide(&evidence, setting.required, &Eyes { replay: self, verifier, now }).map(drop)
        });
        decided
            .reduce(|one, other| one.or(other))
            .unwrap_or(Ok(()))
            .map_err(|denial| format!("the verifier denies: {}", denial.guard))?;
        let permitted = setting.rules.permit(at, &made, &evidence, setting.required);
        require(permitted, "the resource's own policy denies")?;
        let universe = &self.world.universe;
        let row = &universe.presentations[id.at()];
        let record = record(setting, universe, &self.shared, row, &made, verifier, &evidence);
        let execution = record.remembered();
        let before = execution.map_or(0, |e| self.effects.get(&e).copied().unwrap_or(0));
        let request = made.proof.as_deref().map(|proof| proof.digest());
        let again = request.is_some_and(|request| self.counted.contains(&request));
        let reused = record.trigger.is_some_and(|trigger| self.fired.contains(&trigger));
        if let Some(execution) = execution {
            self.fired.extend(record.trigger);
            *self.effects.entry(execution).or_default() += 1;
            self.memory.push(remembered(&made, verifier));
            self.counted.extend(request);
        }
        Ok(Accepted { record, before, again, reused })
    }

    /// Whether one of those who have this key is among these.
    fn owned(&self, key: &PublicKey, set: &HashSet<usize>) -> bool {
        self.setting.owners(*key).any(|owner| set.contains(&owner))
    }

    fn violates(&self, accepted: &Accepted, property: usize) -> bool {
        let mut when = Vec::new();
        (property::ALL[property].judge)(&accepted.record, &mut when);
        when.iter().any(|when| match when {
            When::Always => true,
            When::UnlessControlled(key) => {
                !self.owned(key, &self.stolen) && !self.owned(key, &self.hijacked)
            }
            When::After(tick) => self.now > *tick,
            When::Revoked(key) => self.owned(key, &self.revoked) || self.owned(key, &self.withheld),
            When::Retired(key) => self.owned(key, &self.retired),
            When::Spent(_, limit) => accepted.before >= *limit,
            When::Again => accepted.again,
            When::Reused(_) => accepted.reused,
            When::Before(tick) => self.now < *tick,
        })
    }
}

/// What a verifier remembers of what it accepted. (Nothing under a root of the adversary, as in the world.)
fn remembered<C: Crypto>(made: &Presentation<C>, verifier: usize) -> Remembered {
    let (mut records, mut trigger) = (Vec::new(), None);
    match &made.credential {
        Credential::Chain(chain) => {
            let root = chain.root.root.digest();
            records.push(root);
            records.extend(chain.links.iter().map(|link| link.offer.record.digest()));
            trigger = chain.root.root.body().trigger.map(|trigger| (trigger, root));
        }
        other => records.push(other.tip()),
    }
    let request = made.proof.as_deref().map(|proof| proof.digest());
    Remembered { request, records, trigger, verifier }
}

/// What one verifier sees of the replay.
struct Eyes<'r, 'w, D: Crypto> {
    replay: &'r Replay<'w, D>,
    verifier: usize,
    now: u32,
}

impl<D: Crypto> Eyes<'_, '_, D> {
    fn memory(&self) -> impl Iterator<Item = &Remembered> {
        let shared = self.replay.setting.shared_memory;
        self.replay.memory.iter().filter(move |m| shared || m.verifier == self.verifier)
    }
}

impl<D: Crypto> Live for Eyes<'_, '_, D> {
    fn now(&self) -> u32 {
        self.now
    }
    fn retired(&self, key: &PublicKey) -> bool {
        self.replay.owned(key, &self.replay.retired)
    }
    fn revoked(&self, key: &PublicKey) -> bool {
        self.replay.owned(key, &self.replay.revoked)
    }
    fn used(&self, request: &Digest) -> bool {
        self.memory().any(|m| m.request == Some(*request))
    }
    fn effects_below(&self, record: &Digest) -> u32 {
        self.memory().filter(|m| m.records.contains(record)).count() as u32
    }
    fn triggered_other(&self, trigger: &Digest, root: &Digest) -> bool {
        self.memory().any(|m| m.trigger.is_some_and(|(t, r)| t == *trigger && r != *root))
    }
}
