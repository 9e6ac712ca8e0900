//! Who plays: instances of pools, impostors, and what may happen to each of them.

use super::trust::claim;
use super::{Lowering, NEVER, ONE_BY_ONE, enough_replicas, party, seed};
use crate::world::capability::Capability;
use crate::world::setting::{Fault, Instance, Orbit, Pool, Rogue, Verifier};
use std::collections::BTreeSet;
use std::sync::Arc;
use whoacts_model::attestation::{Attestation, Attested, AttesterId, Domain, Environment};
use whoacts_model::crypto::{Crypto, Signed};
use whoacts_model::identifier::{Identifier, InstanceName, Scheme};
use whoacts_model::identity::IdentityId;
use whoacts_scenarios::scenario as file;
use whoacts_scenarios::span::Spanned;

impl<'a, C: Crypto> Lowering<'a, C> {
    pub(super) fn deploy(&mut self) {
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
    pub(super) fn impostors(&mut self) {
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
    pub(super) fn target(&self, written: &str) -> Option<usize> {
        let (pool, replica) = written.split_once('/')?;
        let name = format!("{pool}_{:02}", replica.parse::<u32>().ok()?);
        self.instances.iter().position(|instance| instance.name == name)
    }

    pub(super) fn plan_faults(&mut self) {
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
    pub(super) fn restarts(&self, verifiers: &[Verifier]) -> Vec<Fault> {
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

    pub(super) fn rogue(&self) -> Option<Rogue<C>> {
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
}
