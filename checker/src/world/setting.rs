//! The stage: who exists, what they hold, what honest traffic does. Static; made by [`lower`](crate::lower).

use super::capability::Capabilities;
use super::deployed::Deployed;
use std::sync::Arc;
use whoacts_model::attestation::{Attestation, ContextGrant, Tick};
use whoacts_model::authority::{Authority, Operation};
use whoacts_model::contract::Requirement;
use whoacts_model::crypto::{Crypto, PublicKey, Signed};
use whoacts_model::guard::GuardSet;
use whoacts_model::identity::IdentityId;
use whoacts_model::mechanism::{Desk, Form, Party, Start};
use whoacts_model::name::{Arguments, ResourceId, VerifierId};

/// Everything that does not change during a run.
#[derive(Debug)]
pub struct Setting<C: Crypto> {
    /// The trust model under test.
    pub form: &'static Form,
    /// The same as it is deployed here: an experiment may change it.
    pub deployed: Deployed,
    /// The online parties, and whom they and the verifiers believe.
    pub desk: Desk<C>,
    /// Guards that every verifier requires: what the policy asks for and the form brings.
    pub required: GuardSet,
    /// Guards that an executor requires before it continues.
    pub required_at_hop: GuardSet,
    /// Whether all verifiers share one memory and one ledger.
    pub shared_memory: bool,
    /// The adversary composes from one credential of each shape only: replicas of a pool and executions of a flow are
    /// interchangeable, apart from the instances that [`Setting::distinguished`] names.
    pub representatives: bool,
    /// No table of messages holds more; a universe that would is reported as inconclusive.
    pub most_messages: usize,
    /// The adversary's capabilities.
    pub capabilities: Capabilities,
    /// The bounds of the run.
    pub bounds: crate::outcome::Bounds,
    /// Accountable entities.
    pub identities: Vec<Entity<C>>,
    /// Pools.
    pub pools: Vec<Pool>,
    /// Every life of every instance under every key.
    pub instances: Vec<Instance<C>>,
    /// Pools of more replicas than are played: the first ones stand for all.
    pub orbits: Vec<Orbit>,
    /// Verifiers.
    pub verifiers: Vec<Verifier>,
    /// All operations of all resources, with the arguments that stories use.
    pub operations: Vec<(Operation, Arguments)>,
    /// Arguments with which nobody asks for anything.
    pub unused: Arguments,
    /// What honest traffic does.
    pub flows: Vec<Flow<C>>,
    /// Honest executions: which flow each is a run of.
    pub executions: Vec<Execution<C>>,
    /// What may go wrong by itself.
    pub faults: Vec<Fault>,
    /// Places where the adversary reads.
    pub taps: Taps,
    /// An attester that the adversary runs.
    pub rogue: Option<Rogue<C>>,
    /// A key of the adversary's that nobody registered or attested.
    pub outsider: Party<C>,
    /// Every operator's grant for an environment.
    pub contexts: Vec<Arc<Signed<ContextGrant, C>>>,
    /// What resources refuse beside the guards.
    pub rules: crate::cedar::Rules,
}

/// An accountable entity.
#[derive(Debug)]
pub struct Entity<C: Crypto> {
    /// Its name.
    pub id: IdentityId,
    /// Its key.
    pub party: Party<C>,
    /// Whether the adversary owns it.
    pub adversary: bool,
}

/// A pool of interchangeable executors.
#[derive(Debug, Clone)]
pub struct Pool {
    /// Its name.
    pub id: String,
    /// Whether the adversary runs it.
    pub adversary: bool,
    /// Whether what arrives there is read.
    pub observed: bool,
    /// Whether what is stored there leaks.
    pub leaks: bool,
}

/// A pool of which the first replicas stand for all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Orbit {
    /// The pool.
    pub pool: usize,
    /// How many replicas the story has.
    pub replicas: u32,
    /// How many are played.
    pub played: u32,
    /// How many interchangeable ones an attack can need.
    pub needed: u32,
}

/// One life of one instance under one key.
#[derive(Debug)]
pub struct Instance<C: Crypto> {
    /// `unknown_01`, with a prime for each further life and a star for each further key.
    pub name: String,
    /// Its pool.
    pub pool: usize,
    /// What it signs with and shows of itself.
    pub party: Party<C>,
    /// The first tick at which its attested facts are true.
    pub facts_from: Tick,
    /// The last tick at which its attested facts are true.
    pub facts_until: Tick,
    /// Whether the adversary runs it from the start.
    pub adversary: bool,
    /// What its attestation states is true of somebody else: the attester was shown another machine.
    pub relayed: bool,
    /// Another pool whose mail reaches it, because it has the name of an instance there.
    pub gets_mail_of: Option<usize>,
    /// The life that must have ended before this one begins.
    pub after_crash_of: Option<usize>,
    /// The key that must have been retired before this one is used; the tasks taken under it stay at hand.
    pub after_rekey_of: Option<usize>,
}

/// A verifier of a resource.
#[derive(Debug, Clone)]
pub struct Verifier {
    /// Its audience name.
    pub id: VerifierId,
    /// The resource that it serves.
    pub resource: ResourceId,
    /// Whether what arrives there is read.
    pub observed: bool,
    /// Whether what is stored there leaks.
    pub leaks: bool,
    /// Whether a restart makes it forget what it accepted.
    pub forgets: bool,
    /// Whether its clock may run late by one tick.
    pub late: bool,
}

/// An honest flow.
#[derive(Debug)]
pub struct Flow<C: Crypto> {
    /// Its name.
    pub id: String,
    /// Who starts it: an identity, or an instance.
    pub origin: Starter,
    /// The root that it creates, apart from the execution's number.
    pub start: Start<C>,
    /// The first tick at which it starts.
    pub starts: Tick,
    /// Until when, and for how many effects, the first hand-off is good.
    pub handed: (Tick, u32),
    /// How many effects were meant.
    pub effects: u32,
    /// The last tick at which an effect was meant to happen.
    pub deadline: Tick,
    /// How many hand-offs were meant at most.
    pub max_hops: u32,
    /// The executors choose their requests at run time.
    pub dynamic: bool,
    /// Whether it must be refused rather than served.
    pub refused: bool,
    /// Its hops.
    pub hops: Vec<Hop>,
    /// The request at its end.
    pub operation: Operation,
    /// With what.
    pub arguments: Arguments,
    /// Whom it is for.
    pub verifier: usize,
}

/// Who starts an execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Starter {
    /// An index into [`Setting::identities`].
    Identity(usize),
    /// An index into [`Setting::instances`].
    Instance(usize),
}

/// One hop of an honest flow.
#[derive(Debug, Clone)]
pub struct Hop {
    /// The pool that is meant.
    pub to: usize,
    /// The pools that receive.
    pub listeners: Vec<usize>,
    /// What the successor must be.
    pub next: Requirement,
    /// The sender means nobody in particular.
    pub anyone: bool,
    /// The authority that is handed on.
    pub authority: Authority,
}

/// One run of a flow.
#[derive(Debug)]
pub struct Execution<C: Crypto> {
    /// `report-1`.
    pub name: String,
    /// Index of the flow.
    pub flow: usize,
    /// Its root.
    pub start: Start<C>,
}

/// Something that may go wrong by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The instance dies; another life begins under a new key.
    Crash(usize),
    /// The instance moves to a new key and retires the old one.
    Rekey(usize),
    /// The instance's key is revoked.
    Revoke(usize),
    /// The verifier restarts.
    Restart(usize),
}

/// Whose secrets the adversary may come to know.
#[derive(Debug, Clone, Default)]
pub struct Taps {
    /// `steal-key`: the instance whose key it may steal.
    pub steals: Option<usize>,
    /// `steal-pool-key`: the first of the instances that share the key which it may steal.
    pub steals_pool: Option<usize>,
    /// `hijack-executor`: the instance that it may take over.
    pub hijacks: Option<usize>,
    /// `collude`: two more instances that it may take over.
    pub colludes: Vec<usize>,
}

impl Taps {
    /// Instances whose key it may steal.
    pub fn stolen(&self) -> impl Iterator<Item = usize> {
        self.steals.into_iter().chain(self.steals_pool)
    }
    /// Instances that it may take over, each once.
    pub fn taken_over(&self) -> impl Iterator<Item = usize> {
        let others = self.colludes.iter().copied().filter(|index| self.hijacks != Some(*index));
        self.hijacks.into_iter().chain(others)
    }
    /// Whether it may take this instance over.
    pub fn may_take_over(&self, index: usize) -> bool {
        self.hijacks == Some(index) || self.colludes.contains(&index)
    }
}

/// An attester that the adversary runs.
#[derive(Debug)]
pub struct Rogue<C: Crypto> {
    /// Its key.
    pub key: C::SecretKey,
    /// A statement of its domain to start from.
    pub template: Attestation,
}

impl<C: Crypto> Setting<C> {
    /// The instances that have the same key as this one, itself included.
    pub fn sharers(&self, index: usize) -> impl Iterator<Item = usize> {
        self.owners(self.instances[index].party.public)
    }
    /// The instance itself, and the same life under the keys that it had before.
    pub fn lives_before(&self, index: usize) -> Vec<usize> {
        let before = |life: &usize| self.instances[*life].after_rekey_of;
        std::iter::successors(Some(index), before).collect()
    }
    /// Whether the adversary runs a replica of this pool, from the start.
    pub fn is_member_of(&self, pool: usize) -> bool {
        let own = |this: &Instance<C>| {
            this.pool == pool && this.adversary && this.after_crash_of.is_none()
        };
        self.instances.iter().any(own)
    }
    /// The instances that have this key: one, or several where a pool shares it.
    pub fn owners(&self, key: PublicKey) -> impl Iterator<Item = usize> {
        let same = move |(_, instance): &(usize, &Instance<C>)| instance.party.public == key;
        self.instances.iter().enumerate().filter(same).map(|(index, _)| index)
    }
    /// The instance that owns a key, if one does; the first, where several share it.
    pub fn owner(&self, key: &PublicKey) -> Option<usize> {
        self.owners(*key).next()
    }
    /// Tells instances apart that are not interchangeable with the other replicas of their pool.
    pub fn distinguished(&self, index: usize) -> usize {
        let this = &self.instances[index];
        let faulty = self.faults.iter().any(|fault| match fault {
            Fault::Crash(i) | Fault::Rekey(i) | Fault::Revoke(i) => *i == index,
            Fault::Restart(_) => false,
        });
        let tapped = self.taps.steals == Some(index) || self.taps.may_take_over(index);
        let later = this.after_crash_of.is_some() || this.after_rekey_of.is_some();
        // A bare-key contract singles its instance out.
        let keyed = self
            .flows
            .iter()
            .flat_map(|flow| &flow.hops)
            .any(|hop| hop.next == Requirement::Key(this.party.public));
        if faulty || tapped || later || keyed { index + 1 } else { 0 }
    }
    /// Whether anybody means harm here.
    pub fn is_attacked(&self) -> bool {
        !self.capabilities.is_empty()
            || self.identities.iter().any(|identity| identity.adversary)
            || self.instances.iter().any(|instance| instance.adversary)
    }
    /// How many steps a path can have before one more makes no difference: one more than anything that is counted allows.
    pub fn reach(&self) -> usize {
        let meant = self.flows.iter().map(|flow| flow.max_hops.max(flow.hops.len() as u32));
        meant.max().unwrap_or(0) as usize + 1
    }
    /// How many equal requests below one root are told apart: one more than the most effects that it declares.
    pub fn repeats(&self, flow: usize) -> u32 {
        self.flows[flow].effects.saturating_add(1)
    }
    /// The last tick of the run.
    pub fn last_tick(&self) -> Tick {
        self.bounds.ticks
    }
}
