//! Scenario + policy + form + adversary → [`Setting`]: the only file that knows both vocabularies.
//!
//! The scenario's cross-references were checked by its parser, so a name that is not found here is nobody's: it lowers to
//! nothing rather than to an error.

use crate::outcome::Bounds;
use crate::world::capability::{Capabilities, Capability};
use crate::world::deployed::Deployed;
use crate::world::setting::{
    Entity, Execution, Fault, Flow, Hop, Instance, Orbit, Pool, Rogue, Setting, Starter, Taps,
    Verifier,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use whoacts_model::attestation::{
    Attestation, Attested, AttesterId, ContextGrant, Domain, Environment, Tick,
};
use whoacts_model::authority::{Authority, Operation};
use whoacts_model::conflation::AccessList;
use whoacts_model::contract::{Envelope, Facts, Requirement};
use whoacts_model::crypto::{Crypto, Digest, Signed};
use whoacts_model::execution::{Origin, Trigger};
use whoacts_model::guard::{Guard, GuardSet};
use whoacts_model::identifier::{Identifier, InstanceName, Scheme};
use whoacts_model::identity::IdentityId;
use whoacts_model::mechanism::{Desk, Form, Party, Start, purpose};
use whoacts_model::name::{Action, Arguments, ResourceId, ServiceId, TriggerSource, VerifierId};
use whoacts_model::policy::{Mandates, Trust};
use whoacts_model::role::{RoleClaim, RoleGrant, RoleName};
use whoacts_model::wire::Object;
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

    fn sign_grants(&mut self) {
        for role in &self.plan.scenario.roles {
            let grant = RoleGrant {
                role: RoleName::new(&role.name),
                anchor: IdentityId::new(&role.anchor),
                may_create: authority(&role.may_create),
                domain: Domain::new(&role.domain),
            };
            if let Some(key) = self.key_of(&role.anchor) {
                let signed = Arc::new(Signed::new(grant, key));
                self.grants.insert(role.id.value.clone(), signed);
            }
        }
        for context in &self.plan.scenario.contexts {
            let grant = ContextGrant {
                environment: Environment::new(&context.environment),
                operator: IdentityId::new(&context.operator),
                may_create: authority(&context.may_create),
                domain: Domain::new(&context.domain),
            };
            if let Some(key) = self.key_of(&context.operator) {
                let signed = Arc::new(Signed::new(grant, key));
                self.contexts.insert(context.id.value.clone(), signed);
            }
        }
    }

    /// Whether the pool exists under this adversary: the insider's only where the capability is there.
    fn present(&self, pool: &file::Pool) -> bool {
        let insider = self.plan.scenario.adversary.insider.as_ref();
        insider.is_none_or(|insider| insider.value != pool.id.value)
            || self.plan.capabilities.has(Capability::Insider)
    }

    fn deploy(&mut self) {
        let adversary = &self.plan.scenario.adversary;
        let has = |capability| self.plan.capabilities.has(capability);
        let named = |list: &[Spanned<String>], id: &str| list.iter().any(|name| name.value == id);
        for pool in &self.plan.scenario.pools {
            self.pools.push(Pool {
                id: pool.id.value.clone(),
                adversary: pool.adversary,
                observed: has(Capability::Observe) && named(&adversary.observes, &pool.id),
                leaks: has(Capability::LogLeak) && named(&adversary.leaks, &pool.id),
            });
        }
        for (index, pool) in self.plan.scenario.pools.iter().enumerate() {
            if !self.present(pool) {
                continue;
            }
            let own = if pool.adversary { 1 } else { self.plan.bounds.replicas };
            let replicas = pool.replicas.as_ref().map_or(own, |replicas| **replicas);
            let (needed, named) = enough_replicas(self.plan.scenario, self.plan.bounds, &pool.id);
            let mut played = replicas;
            let few = self.plan.representatives && !pool.adversary;
            if few && replicas > ONE_BY_ONE.max(needed + named) {
                played = needed + named;
                self.orbits.push(Orbit { pool: index, replicas, played, needed });
            }
            for replica in 1..=played {
                self.instance(index, pool, replica, 1, 0, pool.adversary);
            }
            let member = adversary.member_of.as_ref().is_some_and(|m| m.value == pool.id.value);
            if member && self.plan.capabilities.has(Capability::PoolMember) {
                self.instance(index, pool, replicas + 1, 1, 0, true);
            }
        }
    }

    /// Machines of the adversary that pass for somebody else: one whose attestation was relayed, one with a dead one's name.
    fn impostors(&mut self) {
        let adversary = &self.plan.scenario.adversary;
        let wanted = |capability, target: &Option<Spanned<String>>| {
            let target = target.as_ref().filter(|_| self.plan.capabilities.has(capability));
            target.and_then(|target| self.target(target))
        };
        let relayed = wanted(Capability::RelayAttestation, &adversary.relays);
        let reused = wanted(Capability::ReuseIdentifier, &adversary.reuses);
        if relayed.or(reused).is_some() {
            let id = "(outside)".to_owned();
            self.pools.push(Pool { id, adversary: true, observed: false, leaks: false });
        }
        if let Some(model) = relayed {
            let name = format!("relay-of-{}", self.instances[model].name);
            let like = |facts: &Attestation| facts.clone();
            let impostor = self.impostor(model, &name, like);
            self.instances.push(Instance { relayed: true, ..impostor });
        }
        if let Some(model) = reused {
            let name = format!("new-{}", self.instances[model].name);
            let last = self.plan.scenario.faults.len() as u32 + 2;
            let like = |facts: &Attestation| Attestation {
                subject: Identifier { incarnation: last, ..facts.subject.clone() },
                roles: BTreeSet::new(),
                environment: None,
                deployer: None,
                ..facts.clone()
            };
            let impostor = self.impostor(model, &name, like);
            let mail = self.instances[model].pool;
            self.instances.push(Instance {
                after_crash_of: Some(model),
                gets_mail_of: Some(mail),
                ..impostor
            });
        }
    }

    /// An instance of the adversary, attested with a key of its own by the attester of `model`.
    fn impostor(
        &self,
        model: usize,
        name: &str,
        like: impl Fn(&Attestation) -> Attestation,
    ) -> Instance<C> {
        let of = &self.instances[model];
        let mut party = party::<C>("instance", name);
        party.attested = of.party.attested.as_deref().map(|attested| {
            let facts = Attestation { key: party.public, ..like(attested.facts()) };
            let key = C::key(&seed("attester", attested.facts().attester.as_str()));
            let statement = Signed::new(facts, &key);
            Arc::new(Attested { statement, grants: attested.grants.clone() })
        });
        Instance {
            name: name.to_owned(),
            pool: self.pools.len() - 1,
            party,
            facts_from: of.facts_from,
            facts_until: of.facts_until,
            adversary: true,
            relayed: false,
            gets_mail_of: None,
            after_crash_of: None,
            after_rekey_of: None,
        }
    }

    /// Adds one life of one instance under one key; returns its index.
    fn instance(
        &mut self,
        index: usize,
        pool: &file::Pool,
        replica: u32,
        life: u32,
        keys: u32,
        adversary: bool,
    ) -> usize {
        let replica_name = format!("{}_{replica:02}", pool.id.value);
        let name = format!(
            "{replica_name}{}{}",
            "'".repeat(life.saturating_sub(1) as usize),
            "*".repeat(keys as usize)
        );
        let mut party = match pool.shared_key {
            true => party::<C>("pool", &pool.id),
            false => party::<C>("instance", &name),
        };
        let facts_from = pool.facts_from.as_ref().map_or(0, |from| **from);
        let facts_until = pool.facts_until.as_ref().map_or(NEVER, |until| **until);
        let attester = pool.attester.as_ref().and_then(|attester| {
            self.plan.scenario.attesters.iter().find(|a| a.id.value == attester.value)
        });
        if let Some(attester) = attester {
            let scheme = Scheme::named(&pool.scheme).unwrap_or(Scheme::Opaque);
            let roles = pool.roles.iter().filter_map(|id| self.grants.get(&id.value));
            let grants: Vec<_> = roles.cloned().collect();
            let statement = Attestation {
                attester: AttesterId::new(&attester.id),
                subject: Identifier {
                    scheme,
                    name: InstanceName::new(&replica_name),
                    incarnation: life,
                },
                key: party.public,
                roles: grants.iter().map(|grant| claim(grant.body())).collect(),
                environment: pool.environment.as_ref().map(|e| Environment::new(e)),
                deployer: pool.deployer.as_ref().map(|d| IdentityId::new(d)),
                domain: Domain::new(&attester.domain),
                not_before: facts_from,
                not_after: facts_until,
            };
            let key = C::key(&seed("attester", &attester.id));
            let statement = Signed::new(statement, &key);
            party.attested = Some(Arc::new(Attested { statement, grants }));
        }
        self.instances.push(Instance {
            name,
            pool: index,
            party,
            facts_from,
            facts_until,
            adversary,
            relayed: false,
            gets_mail_of: None,
            after_crash_of: None,
            after_rekey_of: None,
        });
        self.instances.len() - 1
    }

    /// `pool/N` → the first life of that replica.
    fn target(&self, written: &str) -> Option<usize> {
        let (pool, replica) = written.split_once('/')?;
        let name = format!("{pool}_{:02}", replica.parse::<u32>().ok()?);
        self.instances.iter().position(|instance| instance.name == name)
    }

    fn plan_faults(&mut self) {
        for fault in &self.plan.scenario.faults {
            if fault.kind.value == "restart" {
                continue;
            }
            let Some(target) = self.target(&fault.target) else { continue };
            let pool_index = self.instances[target].pool;
            let pool = &self.plan.scenario.pools[pool_index];
            let replica = fault.target.value.rsplit('/').next().and_then(|n| n.parse().ok());
            let replica = replica.unwrap_or(1);
            match fault.kind.value.as_str() {
                "crash" => {
                    let next = self.instance(pool_index, pool, replica, 2, 0, false);
                    self.instances[next].after_crash_of = Some(target);
                    self.faults.push(Fault::Crash(target));
                }
                "rekey" => {
                    let next = self.instance(pool_index, pool, replica, 1, 1, false);
                    self.instances[next].after_rekey_of = Some(target);
                    self.instances[next].party.previous = Some(self.instances[target].party.public);
                    self.faults.push(Fault::Rekey(target));
                }
                _ => self.faults.push(Fault::Revoke(self.owner(target))),
            }
        }
    }

    /// The first instance that has the key of this one.
    fn owner(&self, index: usize) -> usize {
        let key = self.instances[index].party.public;
        self.instances.iter().position(|other| other.party.public == key).unwrap_or(index)
    }

    /// The verifiers that restart, by index.
    fn restarts(&self, verifiers: &[Verifier]) -> Vec<Fault> {
        let restarts = self.plan.scenario.faults.iter().filter(|f| f.kind.value == "restart");
        let numbered = restarts.filter_map(|fault| fault.target.split_once('/'));
        numbered
            .filter_map(|(resource, number)| {
                let of = verifiers.iter().enumerate();
                let mut of = of.filter(|(_, v)| v.resource.as_str() == resource);
                let number = number.parse::<usize>().ok()?.checked_sub(1)?;
                of.nth(number).map(|(index, _)| Fault::Restart(index))
            })
            .collect()
    }

    fn trust(&self) -> Trust {
        let policy = self.plan.policy;
        let mut mandates = Mandates::default();
        for mandate in &policy.mandates {
            let may = authority(&mandate.may_create);
            let root = &mandate.root.value;
            match mandate.kind {
                file::MandateKind::Identity => {
                    merge(&mut mandates.identities, IdentityId::new(root), may);
                }
                file::MandateKind::Role => merge(&mut mandates.roles, RoleName::new(root), may),
                file::MandateKind::Context => {
                    merge(&mut mandates.contexts, Environment::new(root), may);
                }
            }
        }
        let mut attesters: BTreeMap<AttesterId, (_, BTreeSet<Domain>)> = BTreeMap::new();
        for trusted in &policy.attesters {
            let public = party::<C>("attester", &trusted.attester).public;
            let entry = attesters
                .entry(AttesterId::new(&trusted.attester))
                .or_insert_with(|| (public, BTreeSet::new()));
            entry.1.insert(Domain::new(&trusted.domain));
        }
        Trust {
            identities: self
                .identities
                .iter()
                .zip(&self.plan.scenario.identities)
                .filter(|(_, written)| !written.unlisted)
                .map(|(entity, _)| (entity.id.clone(), entity.party.public))
                .collect(),
            attesters,
            anchors: policy
                .anchors
                .iter()
                .map(|anchor| {
                    let trusted = anchor.identities.iter().map(|id| IdentityId::new(id));
                    (RoleName::new(&anchor.role), trusted.collect())
                })
                .collect(),
            operators: policy
                .operators
                .iter()
                .map(|operator| {
                    let trusted = operator.identities.iter().map(|id| IdentityId::new(id));
                    (Environment::new(&operator.environment), trusted.collect())
                })
                .collect(),
            triggers: policy
                .triggers
                .iter()
                .map(|source| (TriggerSource::new(source), party::<C>("trigger", source).public))
                .collect(),
            issuer: party::<C>("server", "issuer").public,
            settlement: party::<C>("server", "settlement").public,
            mandates,
            services: self
                .instances
                .iter()
                .map(|instance| (instance.party.public, self.service(instance.pool)))
                .collect(),
            standing: self.standing(),
        }
    }

    fn service(&self, pool: usize) -> ServiceId {
        ServiceId::new(&self.pools[pool].id)
    }

    /// What each service needs for the honest traffic that ends at it: the access list that its operator would write.
    fn standing(&self) -> BTreeMap<ServiceId, Authority> {
        let mut standing = BTreeMap::new();
        for flow in self.plan.scenario.flows.iter().filter(|flow| !flow.refused) {
            let last = flow.hops.last().map(|hop| hop.to.value.as_str()).or(match &flow.origin {
                file::Origin::Identity(_) => None,
                file::Origin::Role { pool, .. } | file::Origin::Context { pool, .. } => {
                    Some(pool.value.as_str())
                }
            });
            if let Some(pool) = last {
                let asked = Authority::to([operation(&flow.request.operation)]);
                merge(&mut standing, ServiceId::new(pool), asked);
            }
        }
        standing
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

    fn hops(&self, flow: &file::Flow) -> Vec<Hop> {
        let mut handed = authority(&flow.authority);
        flow.hops
            .iter()
            .map(|hop| {
                if let Some(narrowed) = &hop.authority {
                    handed = authority(narrowed);
                }
                Hop {
                    to: self.pool_index(&hop.to),
                    listeners: hop.listeners.iter().map(|pool| self.pool_index(pool)).collect(),
                    next: self.requirement(&hop.class),
                    anyone: hop.anyone,
                    authority: handed.clone(),
                }
            })
            .collect()
    }

    fn flow(&self, flow: &file::Flow, verifiers: &[Verifier]) -> Option<Flow<C>> {
        let (origin, root, context, trigger) = self.origin(&flow.origin)?;
        let created = authority(&flow.authority);
        let hops = self.hops(flow);
        let max_hops = flow.max_hops.as_ref().map_or(hops.len() as u32, |hops| **hops);
        let deadline = flow.deadline.as_ref().map_or(NEVER, |deadline| **deadline);
        let until = flow.handed.deadline.as_ref().map_or(deadline, |until| deadline.min(**until));
        let effects = flow.handed.effects.as_ref().map_or(*flow.effects, |n| flow.effects.min(**n));
        let wanted = (*flow.request.verifier).saturating_sub(1) as usize;
        let verifier = verifiers
            .iter()
            .enumerate()
            .filter(|(_, v)| v.resource.as_str() == flow.request.operation.resource)
            .nth(wanted)?
            .0;
        let start = Start {
            execution: 0,
            origin: root,
            envelope: Envelope {
                rest: hops.iter().map(|hop| hop.next.clone()).collect(),
                not_after: deadline,
                hops: max_hops,
                effects: *flow.effects,
            },
            trigger: trigger.map(|source| {
                let body = Trigger {
                    source: TriggerSource::new(source),
                    authority: created.digest(),
                    serial: 0,
                };
                Arc::new(Signed::new(body, &C::key(&seed("trigger", source))))
            }),
            until,
            handed: hops.first().map_or_else(|| created.clone(), |hop| hop.authority.clone()),
            authority: created,
            context,
            to: hops.first().map(|hop| self.service(hop.to)),
            last: hops.last().map(|hop| self.service(hop.to)),
            purpose: Some(purpose(
                &operation(&flow.request.operation),
                &Arguments::new(&flow.request.arguments),
            )),
            audience: Some((verifiers[verifier].resource.clone(), verifiers[verifier].id.clone())),
        };
        Some(Flow {
            id: flow.id.value.clone(),
            origin,
            start,
            starts: flow.starts.as_ref().map_or(0, |starts| **starts),
            handed: (until, effects),
            effects,
            deadline: until,
            max_hops,
            dynamic: flow.dynamic,
            refused: flow.refused,
            hops,
            operation: operation(&flow.request.operation),
            arguments: Arguments::new(&flow.request.arguments),
            verifier,
        })
    }

    #[expect(clippy::type_complexity, reason = "the four parts of an origin, taken apart at once")]
    fn origin<'o>(
        &self,
        origin: &'o file::Origin,
    ) -> Option<(Starter, Origin, Option<Arc<Signed<ContextGrant, C>>>, Option<&'o str>)> {
        let first = |pool: &str| {
            let pool = self.pool_index(pool);
            self.instances.iter().position(|instance| instance.pool == pool)
        };
        Some(match origin {
            file::Origin::Identity(id) => {
                let index = self.identities.iter().position(|e| e.id.as_str() == id.value)?;
                let root = Origin::Identity(IdentityId::new(id));
                (Starter::Identity(index), root, None, None)
            }
            file::Origin::Role { role, pool, trigger } => {
                let root = Origin::Role(claim(self.grants.get(&role.value)?.body()));
                let trigger = trigger.as_ref().map(|trigger| trigger.value.as_str());
                (Starter::Instance(first(pool)?), root, None, trigger)
            }
            file::Origin::Context { context, pool, trigger } => {
                let grant = self.contexts.get(&context.value)?;
                let root = Origin::Context {
                    environment: grant.body().environment.clone(),
                    operator: grant.body().operator.clone(),
                };
                let trigger = trigger.as_ref().map(|trigger| trigger.value.as_str());
                (Starter::Instance(first(pool)?), root, Some(grant.clone()), trigger)
            }
        })
    }

    fn verifiers(&self) -> Vec<Verifier> {
        let adversary = &self.plan.scenario.adversary;
        let has = |capability, list: &[Spanned<String>], id: &str| {
            self.plan.capabilities.has(capability) && list.iter().any(|name| name.value == id)
        };
        let mut verifiers = Vec::new();
        for resource in &self.plan.scenario.resources {
            let id = resource.id.value.as_str();
            for number in 1..=*resource.verifiers {
                let name =
                    if *resource.verifiers == 1 { id.to_owned() } else { format!("{id}-{number}") };
                verifiers.push(Verifier {
                    id: VerifierId::new(&name),
                    resource: ResourceId::new(id),
                    observed: has(Capability::Observe, &adversary.observes, id),
                    leaks: has(Capability::LogLeak, &adversary.leaks, id),
                    forgets: false,
                    late: self.plan.capabilities.has(Capability::ClockSkew)
                        && adversary.skews.as_ref().is_some_and(|skewed| skewed.value == id),
                });
            }
        }
        // What is kept in one place for all verifiers survives the restart of one of them.
        let local = self.plan.policy.memory.value == "local";
        if local && self.plan.capabilities.has(Capability::Forget) {
            for fault in self.restarts(&verifiers) {
                if let Fault::Restart(index) = fault {
                    verifiers[index].forgets = true;
                }
            }
        }
        verifiers
    }

    fn operations(&self) -> Vec<(Operation, Arguments)> {
        let mut all = Vec::new();
        for resource in &self.plan.scenario.resources {
            for action in &resource.actions {
                let op = Operation {
                    action: Action::new(action),
                    resource: ResourceId::new(&resource.id),
                };
                let used = self
                    .plan
                    .scenario
                    .flows
                    .iter()
                    .find(|flow| operation(&flow.request.operation) == op);
                let arguments = used.map_or("anything", |flow| &flow.request.arguments);
                all.push((op, Arguments::new(arguments)));
            }
        }
        all
    }

    fn executions(&self, flows: &[Flow<C>]) -> Vec<Execution<C>> {
        let mut executions = Vec::new();
        for (index, flow) in flows.iter().enumerate() {
            let written = &self.plan.scenario.flows[index];
            let own = written.executions.as_ref().map(|n| **n);
            let count = own.map_or(self.plan.bounds.executions, |own| {
                own.min(self.plan.bounds.executions.max(1))
            });
            for number in 1..=count {
                let execution = executions.len() as u32 + 1;
                executions.push(Execution {
                    name: format!("{}-{number}", flow.id),
                    flow: index,
                    start: Start { execution, ..flow.start.clone() },
                });
            }
        }
        executions
    }

    /// The access list that a verifier would keep which asks no more than who calls: each instance that serves the end of a
    /// flow may do what that flow asks for.
    fn access(&self) -> AccessList {
        let mut list = AccessList::new();
        for flow in &self.plan.scenario.flows {
            let Some(last) = flow.hops.last() else { continue };
            let may = Authority::to([operation(&flow.request.operation)]);
            let pool = self.pool_index(&last.to);
            let serving = self.instances.iter().filter(|i| i.pool == pool && !i.adversary);
            for attested in serving.filter_map(|instance| instance.party.attested.as_deref()) {
                merge(&mut list, attested.facts().subject.name.clone(), may.clone());
            }
        }
        list
    }

    fn rogue(&self) -> Option<Rogue<C>> {
        let id = self.plan.scenario.adversary.attester.as_ref()?;
        if !self.plan.capabilities.has(Capability::RogueAttester) {
            return None;
        }
        let attester = self.plan.scenario.attesters.iter().find(|a| a.id.value == id.value)?;
        let template = Attestation {
            attester: AttesterId::new(&attester.id),
            subject: Identifier {
                scheme: Scheme::Opaque,
                name: InstanceName::new("rogue"),
                incarnation: 1,
            },
            key: party::<C>("attester", &attester.id).public,
            roles: BTreeSet::new(),
            environment: None,
            deployer: None,
            domain: Domain::new(&attester.domain),
            not_before: 0,
            not_after: NEVER,
        };
        Some(Rogue { key: C::key(&seed("attester", &attester.id)), template })
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
            shared_memory: plan.policy.memory.value != "local",
            capabilities: plan.capabilities,
            bounds: plan.bounds,
            operations: self.operations(),
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

fn claim(grant: &RoleGrant) -> RoleClaim {
    RoleClaim { role: grant.role.clone(), anchor: grant.anchor.clone() }
}

fn merge<K: Ord>(map: &mut BTreeMap<K, Authority>, key: K, may: Authority) {
    let entry = map.entry(key).or_default();
    *entry = entry.union(&may);
}

/// Guards by name; `all` is every one.
fn guards(written: &[Spanned<String>]) -> GuardSet {
    if written.iter().any(|guard| guard.value == "all") {
        return GuardSet::ALL;
    }
    written.iter().filter_map(|guard| Guard::named(guard)).collect()
}
