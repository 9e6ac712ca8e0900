//! Scenario + policy + form + adversary → [`Setting`]: the only file that knows both vocabularies.
//!
//! The scenario's cross-references were checked by its parser, so a name that is not found here is nobody's: it lowers to
//! nothing rather than to an error.

mod cast;
mod flows;
mod trust;

use crate::outcome::Bounds;
use crate::world::capability::{Capabilities, Capability};
use crate::world::deployed::Deployed;
use crate::world::setting::{Entity, Fault, Instance, Orbit, Pool, Setting, Taps};
use crate::world::universe::MAX_MESSAGES;
use std::collections::BTreeMap;
use std::sync::Arc;
use whoacts_model::attestation::{ContextGrant, Domain, Environment, Tick};
use whoacts_model::authority::{Authority, Operation};
use whoacts_model::contract::{Facts, Requirement};
use whoacts_model::crypto::{Crypto, Digest, Signed};
use whoacts_model::guard::{Guard, GuardSet};
use whoacts_model::identity::IdentityId;
use whoacts_model::mechanism::{Desk, Form, Party};
use whoacts_model::name::{Action, ResourceId, ServiceId};
use whoacts_model::role::{RoleGrant, RoleName};
use whoacts_scenarios::scenario as file;
use whoacts_scenarios::span::Spanned;

/// What is lowered: one form under one adversary, with guards possibly added or dropped.
#[derive(Debug, Clone, Copy)]
pub struct Plan<'a> {
    /// The story.
    pub scenario: &'a file::Scenario,
    /// Its policy.
    pub policy: &'a file::Policy,
    /// The trust model.
    pub form: &'static Form,
    /// The adversary's capabilities.
    pub capabilities: Capabilities,
    /// The bounds.
    pub bounds: Bounds,
    /// Guards required beside those that the form asks for (an experiment).
    pub added: GuardSet,
    /// Guards not required although the form asks for them (an experiment).
    pub dropped: GuardSet,
    /// The adversary composes from one credential of each shape only (replicas and executions are interchangeable), and of
    /// a pool with many replicas only [`enough_replicas`] are played.
    pub representatives: bool,
}

impl<'a> Plan<'a> {
    /// A story within its own bounds, with the guards that its policy asks for.
    pub fn of(
        scenario: &'a file::Scenario,
        policy: &'a file::Policy,
        form: &'static Form,
        capabilities: Capabilities,
    ) -> Self {
        Self {
            scenario,
            policy,
            form,
            capabilities,
            bounds: bounds(&scenario.bounds),
            added: GuardSet::NONE,
            dropped: GuardSet::NONE,
            representatives: true,
        }
    }
}

/// The bounds that a scenario states.
pub fn bounds(bounds: &file::Bounds) -> Bounds {
    Bounds {
        replicas: *bounds.replicas,
        hops: *bounds.hops,
        executions: *bounds.executions,
        deliveries: *bounds.deliveries,
        ticks: *bounds.ticks,
    }
}

/// The capabilities of that name.
pub fn capabilities<'a>(names: impl IntoIterator<Item = &'a str>) -> Capabilities {
    names.into_iter().filter_map(Capability::named).collect()
}

/// Builds the stage.
pub fn lower<C: Crypto>(plan: &Plan<'_>) -> Setting<C> {
    Lowering::<C>::new(*plan).finish()
}

/// Up to so many replicas of a pool are played one by one.
pub const ONE_BY_ONE: u32 = 8;

/// How many replicas of a pool any verdict can depend on: interchangeable ones, and those that the story names.
///
/// Replicas that nothing names differ by name only: exchanging two of them maps every trace to a trace with the same
/// findings. Take a trace to a finding. It is judged in one accepted effect and, where effects are counted, after as many
/// others as were meant. Leave out every move on which none of these depends (ticks, faults and thefts apart): moves only
/// add facts, and what is left out can only have disabled something, so the rest is a trace still, and shows the same.
/// The effects that are left name at most as many instances each as there are hops. Whatever else was done on the side,
/// to bring something to the adversary's knowledge, is judged by no name, and one replica can do it all. So at most
/// (effects + 1) × hops + 1 interchangeable replicas are left, and they can be renamed to the first ones: whatever is
/// found with n replicas is found with so many, and, since a replica that does nothing is allowed, the other way round.
pub fn enough_replicas(scenario: &file::Scenario, bounds: Bounds, pool: &str) -> (u32, u32) {
    let flows = &scenario.flows;
    let effects = flows.iter().map(|flow| *flow.effects).max().unwrap_or(1);
    let hops = flows.iter().map(|flow| flow.hops.len() as u32).max().unwrap_or(0);
    let needed = (effects + 1) * hops.max(bounds.hops) + 1;
    let adversary = &scenario.adversary;
    let keys = flows.iter().flat_map(|flow| &flow.hops).filter_map(|hop| hop.class.key.as_ref());
    let named = scenario
        .faults
        .iter()
        .map(|fault| &fault.target)
        .chain(adversary.steals.as_ref())
        .chain(adversary.hijacks.as_ref())
        .chain(&adversary.colludes)
        .chain(adversary.relays.as_ref())
        .chain(adversary.reuses.as_ref())
        .chain(keys)
        .filter_map(|target| target.split_once('/'))
        .filter(|(of, _)| *of == pool)
        .filter_map(|(_, replica)| replica.parse().ok());
    let starts = flows.iter().any(|flow| match &flow.origin {
        file::Origin::Identity(_) => false,
        file::Origin::Role { pool: own, .. } | file::Origin::Context { pool: own, .. } => {
            own.value == pool
        }
    });
    (needed, named.max().unwrap_or(0).max(u32::from(starts)))
}

/// No deadline: later than every tick of a run.
const NEVER: Tick = Tick::MAX;

struct Lowering<'a, C: Crypto> {
    plan: Plan<'a>,
    identities: Vec<Entity<C>>,
    grants: BTreeMap<String, Arc<Signed<RoleGrant, C>>>,
    contexts: BTreeMap<String, Arc<Signed<ContextGrant, C>>>,
    pools: Vec<Pool>,
    instances: Vec<Instance<C>>,
    orbits: Vec<Orbit>,
    faults: Vec<Fault>,
}

fn seed(kind: &str, name: &str) -> [u8; 32] {
    *Digest::of(format!("whoacts seed\0{kind}\0{name}").as_bytes()).as_bytes()
}

/// The key of an attester.
pub(crate) fn attester_key<C: Crypto>(id: &str) -> C::SecretKey {
    C::key(&seed("attester", id))
}

fn party<C: Crypto>(kind: &str, name: &str) -> Party<C> {
    let key = C::key(&seed(kind, name));
    Party { public: C::public(&key), key, attested: None, previous: None }
}

fn operation(written: &file::Operation) -> Operation {
    Operation { action: Action::new(&written.action), resource: ResourceId::new(&written.resource) }
}

fn authority(written: &[file::Operation]) -> Authority {
    Authority::to(written.iter().map(operation))
}

impl<'a, C: Crypto> Lowering<'a, C> {
    fn new(plan: Plan<'a>) -> Self {
        let scenario = plan.scenario;
        let identities: Vec<Entity<C>> = scenario
            .identities
            .iter()
            .map(|identity| Entity {
                id: IdentityId::new(&identity.id),
                party: party("identity", &identity.id),
                adversary: identity.adversary,
            })
            .collect();
        let mut this = Self {
            plan,
            identities,
            grants: BTreeMap::new(),
            contexts: BTreeMap::new(),
            pools: Vec::new(),
            instances: Vec::new(),
            orbits: Vec::new(),
            faults: Vec::new(),
        };
        this.sign_grants();
        this.deploy();
        this.plan_faults();
        this.impostors();
        this
    }

    fn key_of(&self, identity: &str) -> Option<&C::SecretKey> {
        self.identities.iter().find(|e| e.id.as_str() == identity).map(|e| &e.party.key)
    }

    /// Whether the pool exists under this adversary: the insider's only where the capability is there.
    fn present(&self, pool: &file::Pool) -> bool {
        let insider = self.plan.scenario.adversary.insider.as_ref();
        insider.is_none_or(|insider| insider.value != pool.id.value)
            || self.plan.capabilities.has(Capability::Insider)
    }

    fn service(&self, pool: usize) -> ServiceId {
        ServiceId::new(&self.pools[pool].id)
    }

    fn requirement(&self, class: &file::Class) -> Requirement {
        if let Some(instance) = class.key.as_ref().and_then(|key| self.target(key)) {
            return Requirement::Key(self.instances[instance].party.public);
        }
        Requirement::Facts(Facts {
            role: class.role.as_ref().map(|role| RoleName::new(role)),
            domain: class.domain.as_ref().map(|domain| Domain::new(domain)),
            environment: class.environment.as_ref().map(|e| Environment::new(e)),
            max_age: class.max_age.as_ref().map(|age| **age),
            incarnation: None,
        })
    }

    fn pool_index(&self, id: &str) -> usize {
        self.pools.iter().position(|pool| pool.id == id).unwrap_or(0)
    }

    fn finish(self) -> Setting<C> {
        let plan = self.plan;
        let adversary = &plan.scenario.adversary;
        let has = |capability| plan.capabilities.has(capability);
        let brings = plan.form.run::<C>().brings();
        let required = |written: &[Spanned<String>]| {
            let asked = guards(written);
            asked.intersection(brings).union(plan.added).without(plan.dropped)
        };
        let verifiers = self.verifiers();
        let flows: Vec<_> =
            plan.scenario.flows.iter().filter_map(|flow| self.flow(flow, &verifiers)).collect();
        Setting {
            form: plan.form,
            deployed: Deployed::new(plan.form, self.access()),
            desk: Desk {
                issuer: C::key(&seed("server", "issuer")),
                settlement: C::key(&seed("server", "settlement")),
                trust: self.trust(),
            },
            required: required(&plan.policy.resource),
            required_at_hop: required(&plan.policy.hop),
            representatives: plan.representatives,
            most_messages: MAX_MESSAGES,
            shared_memory: plan.policy.memory.value != "local",
            capabilities: plan.capabilities,
            bounds: plan.bounds,
            operations: self.operations(&flows),
            unused: flows::unused("something-else", &flows),
            executions: self.executions(&flows),
            taps: Taps {
                steals: adversary
                    .steals
                    .as_ref()
                    .filter(|_| has(Capability::StealKey))
                    .and_then(|target| self.target(target)),
                steals_pool: adversary
                    .steals_pool
                    .as_ref()
                    .filter(|_| has(Capability::StealPoolKey))
                    .and_then(|pool| self.pools.iter().position(|p| p.id == pool.value))
                    .and_then(|pool| self.instances.iter().position(|i| i.pool == pool)),
                hijacks: adversary
                    .hijacks
                    .as_ref()
                    .filter(|_| has(Capability::HijackExecutor))
                    .and_then(|target| self.target(target)),
                colludes: adversary
                    .colludes
                    .iter()
                    .filter(|_| has(Capability::Collude))
                    .filter_map(|target| self.target(target))
                    .collect(),
            },
            rogue: self.rogue(),
            outsider: party("outsider", ""),
            contexts: self.contexts.values().cloned().collect(),
            faults: self.faults.iter().copied().chain(self.restarts(&verifiers)).collect(),
            rules: crate::cedar::Rules::of(plan.policy),
            flows,
            verifiers,
            identities: self.identities,
            pools: self.pools,
            instances: self.instances,
            orbits: self.orbits,
        }
    }
}

/// Guards by name; `all` is every one.
pub(crate) fn guards(written: &[Spanned<String>]) -> GuardSet {
    if written.iter().any(|guard| guard.value == "all") {
        return GuardSet::ALL;
    }
    written.iter().filter_map(|guard| Guard::named(guard)).collect()
}
