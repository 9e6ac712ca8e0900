//! What is done: flows and their hops, requests, verifiers, executions.

use super::trust::claim;
use super::{Lowering, NEVER, authority, operation, seed};
use crate::world::capability::Capability;
use crate::world::setting::{Execution, Fault, Flow, Hop, Starter, Verifier};
use std::sync::Arc;
use whoacts_model::attestation::ContextGrant;
use whoacts_model::authority::Operation;
use whoacts_model::contract::Envelope;
use whoacts_model::crypto::{Crypto, Signed};
use whoacts_model::execution::{Origin, Trigger};
use whoacts_model::identity::IdentityId;
use whoacts_model::mechanism::{Start, purpose};
use whoacts_model::name::{Action, Arguments, ResourceId, TriggerSource, VerifierId};
use whoacts_model::wire::Object;
use whoacts_scenarios::scenario as file;
use whoacts_scenarios::span::Spanned;

impl<'a, C: Crypto> Lowering<'a, C> {
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

    pub(super) fn flow(&self, flow: &file::Flow, verifiers: &[Verifier]) -> Option<Flow<C>> {
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

    pub(super) fn verifiers(&self) -> Vec<Verifier> {
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

    /// What can be asked: every action, with each of the arguments with which some flow asks it, or with arguments that nobody
    /// uses.
    pub(super) fn operations(&self, flows: &[Flow<C>]) -> Vec<(Operation, Arguments)> {
        let mut all = Vec::new();
        for resource in &self.plan.scenario.resources {
            for action in &resource.actions {
                let op = Operation {
                    action: Action::new(action),
                    resource: ResourceId::new(&resource.id),
                };
                let asked = flows.iter().filter(|flow| flow.operation == op);
                let mut used: Vec<Arguments> = asked.map(|flow| flow.arguments.clone()).collect();
                used.sort_unstable();
                used.dedup();
                if used.is_empty() {
                    used.push(unused("anything", flows));
                }
                all.extend(used.into_iter().map(|arguments| (op.clone(), arguments)));
            }
        }
        all
    }

    pub(super) fn executions(&self, flows: &[Flow<C>]) -> Vec<Execution<C>> {
        let mut executions = Vec::new();
        for (index, flow) in flows.iter().enumerate() {
            let written = self.plan.scenario.flows.iter().find(|w| w.id.value == flow.id);
            let own = written.and_then(|written| written.executions.as_ref()).map(|n| **n);
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
}

/// Arguments that no flow asks with: these, or others like them.
pub(super) fn unused<C: Crypto>(like: &str, flows: &[Flow<C>]) -> Arguments {
    let mut unused = like.to_owned();
    while flows.iter().any(|flow| flow.arguments.as_str() == unused) {
        unused.push('\'');
    }
    Arguments::new(&unused)
}
