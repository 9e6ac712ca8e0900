//! What verifiers trust: mandates, grants, and what a service may do by itself.

use super::{Lowering, authority, operation, party};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use whoacts_model::attestation::{AttesterId, ContextGrant, Domain, Environment};
use whoacts_model::authority::Authority;
use whoacts_model::conflation::AccessList;
use whoacts_model::crypto::{Crypto, Signed};
use whoacts_model::identity::IdentityId;
use whoacts_model::name::{ServiceId, TriggerSource};
use whoacts_model::policy::{Mandates, Trust};
use whoacts_model::role::{RoleClaim, RoleGrant, RoleName};
use whoacts_scenarios::scenario as file;

impl<'a, C: Crypto> Lowering<'a, C> {
    pub(super) fn sign_grants(&mut self) {
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

    pub(super) fn trust(&self) -> Trust {
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

    /// The access list that a verifier would keep which asks no more than who calls: each instance that serves the end of a
    /// flow may do what that flow asks for.
    pub(super) fn access(&self) -> AccessList {
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
}

pub(super) fn claim(grant: &RoleGrant) -> RoleClaim {
    RoleClaim { role: grant.role.clone(), anchor: grant.anchor.clone() }
}

fn merge<K: Ord>(map: &mut BTreeMap<K, Authority>, key: K, may: Authority) {
    let entry = map.entry(key).or_default();
    *entry = entry.union(&may);
}
