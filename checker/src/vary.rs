//! The second stage of a paired property: the first with one thing changed, and signed anew where that is signed.

use crate::lower::attester_key;
use crate::world::setting::Setting;
use std::collections::BTreeSet;
use std::sync::Arc;
use whoacts_model::attestation::{Attestation, Attested};
use whoacts_model::crypto::{Crypto, Signed};
use whoacts_model::identifier::{Identifier, InstanceName, Scheme};
use whoacts_model::role::{RoleClaim, RoleGrant};

/// What is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Variation {
    /// Every instance has another name, in another scheme.
    Names,
    /// Every executor has another deployer.
    Identities,
    /// Every executor has more roles: those that no hand-off asks for, and one that the adversary anchors for each that one does.
    Roles,
    /// What the adversary runs is attested; before, it is not.
    Attestations,
}

impl Variation {
    /// What the second run has, as a clause.
    pub fn about(self) -> &'static str {
        match self {
            Self::Names => "with every instance renamed",
            Self::Identities => "with every executor deployed by somebody else",
            Self::Roles => "with every executor in more roles",
            Self::Attestations => "with what the adversary runs attested",
        }
    }

    /// Makes the two stages of a pair out of one.
    pub fn apply<C: Crypto>(self, setting: &mut Setting<C>, second: bool) {
        match self {
            Self::Attestations if !second => {
                for instance in setting.instances.iter_mut().filter(|instance| instance.adversary) {
                    instance.party.attested = None;
                }
            }
            Self::Names if second => restate(setting, |index, facts, _| Attestation {
                subject: renamed(index, &facts.subject),
                ..facts.clone()
            }),
            Self::Identities if second => {
                let others: Vec<_> = setting.identities.iter().map(|e| e.id.clone()).collect();
                restate(setting, |_, facts, _| {
                    let mut other = others.iter().filter(|id| facts.deployer.as_ref() != Some(*id));
                    Attestation { deployer: other.next().cloned(), ..facts.clone() }
                });
            }
            Self::Roles if second => {
                let more = more_roles(setting);
                restate(setting, |_, facts, grants| {
                    let fitting = more.iter().filter(|grant| grant.body().domain == facts.domain);
                    let fitting: Vec<_> = fitting.cloned().collect();
                    let claims = fitting.iter().map(|grant| claim(grant.body()));
                    let roles = facts.roles.iter().cloned().chain(claims).collect();
                    grants.extend(fitting.iter().cloned());
                    Attestation { roles, ..facts.clone() }
                });
            }
            _ => {}
        }
    }
}

fn claim(grant: &RoleGrant) -> RoleClaim {
    RoleClaim { role: grant.role.clone(), anchor: grant.anchor.clone() }
}

/// Lives of one replica keep sharing a name.
fn renamed(_: usize, subject: &Identifier) -> Identifier {
    let number = match subject.scheme {
        Scheme::Did => Scheme::X509,
        _ => Scheme::Did,
    };
    let name = format!("renamed-{}", subject.name);
    Identifier { scheme: number, name: InstanceName::new(&name), ..subject.clone() }
}

/// Grants of roles that no hand-off asks for; for those that one asks for, the same name under the adversary's anchor.
fn more_roles<C: Crypto>(setting: &Setting<C>) -> Vec<Arc<Signed<RoleGrant, C>>> {
    let mut grants: Vec<Arc<Signed<RoleGrant, C>>> = Vec::new();
    for attested in setting.instances.iter().filter_map(|i| i.party.attested.as_deref()) {
        for grant in &attested.grants {
            if !grants.iter().any(|known| known.body() == grant.body()) {
                grants.push(grant.clone());
            }
        }
    }
    let asked: BTreeSet<_> = setting
        .flows
        .iter()
        .flat_map(|flow| &flow.hops)
        .filter_map(|hop| match &hop.next {
            whoacts_model::contract::Requirement::Facts(facts) => facts.role.clone(),
            whoacts_model::contract::Requirement::Key(_) => None,
        })
        .collect();
    let own = setting.identities.iter().find(|identity| identity.adversary);
    grants
        .into_iter()
        .filter_map(|grant| {
            if !asked.contains(&grant.body().role) {
                return Some(grant);
            }
            let own = own?;
            let body = RoleGrant { anchor: own.id.clone(), ..grant.body().clone() };
            Some(Arc::new(Signed::new(body, &own.party.key)))
        })
        .collect()
}

/// Has the attesters state something else of every instance.
fn restate<C: Crypto>(
    setting: &mut Setting<C>,
    state: impl Fn(usize, &Attestation, &mut Vec<Arc<Signed<RoleGrant, C>>>) -> Attestation,
) {
    for (index, instance) in setting.instances.iter_mut().enumerate() {
        let Some(attested) = instance.party.attested.as_deref() else { continue };
        let mut grants = attested.grants.clone();
        let facts = state(index, attested.facts(), &mut grants);
        let key = attester_key::<C>(facts.attester.as_str());
        let statement = Signed::new(facts, &key);
        instance.party.attested = Some(Arc::new(Attested { statement, grants }));
    }
}
