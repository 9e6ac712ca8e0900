//! A policy: what each kind of root may create, whom a verifier trusts, and which guards it requires.

use crate::attestation::{AttesterId, Domain, Environment};
use crate::authority::Authority;
use crate::crypto::PublicKey;
use crate::execution::Origin;
use crate::guard::GuardSet;
use crate::identity::{IdentityId, Registry};
use crate::name::{ServiceId, TriggerSource};
use crate::role::RoleName;
use std::collections::{BTreeMap, BTreeSet};

/// What each kind of root may create.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mandates {
    /// By identity.
    pub identities: BTreeMap<IdentityId, Authority>,
    /// By role name.
    pub roles: BTreeMap<RoleName, Authority>,
    /// By attested environment.
    pub contexts: BTreeMap<Environment, Authority>,
}

impl Mandates {
    /// What an origin of that kind may create.
    pub fn of(&self, origin: &Origin) -> Option<&Authority> {
        match origin {
            Origin::Identity(id) => self.identities.get(id),
            Origin::Role(claim) => self.roles.get(&claim.role),
            Origin::Context { environment, .. } => self.contexts.get(environment),
        }
    }
}

/// Whom a verifier believes, and about what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trust {
    /// Which key belongs to which identity.
    pub identities: Registry,
    /// Attesters: their keys, and the domains for which their word counts here.
    pub attesters: BTreeMap<AttesterId, (PublicKey, BTreeSet<Domain>)>,
    /// Which identities may anchor which role.
    pub anchors: BTreeMap<RoleName, BTreeSet<IdentityId>>,
    /// Which identities may operate which environment: only their grants make an attested context accountable.
    pub operators: BTreeMap<Environment, BTreeSet<IdentityId>>,
    /// Trigger sources.
    pub triggers: BTreeMap<TriggerSource, PublicKey>,
    /// The authorization server of the OAuth family.
    pub issuer: PublicKey,
    /// The settlement of the profiles that take earlier links on its word.
    pub settlement: PublicKey,
    /// What each kind of root may create.
    pub mandates: Mandates,
    /// Which service a workload's certificate or client registration names, by its key.
    pub services: BTreeMap<PublicKey, ServiceId>,
    /// What a service may do by itself, for whomever: the access list of deployments without delegation. It is what the
    /// honest traffic that ends at the service needs.
    pub standing: BTreeMap<ServiceId, Authority>,
}

/// Which guards are required where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Requirements {
    /// At a resource.
    pub resource: GuardSet,
    /// At an executor, before it continues.
    pub hop: GuardSet,
    /// Whether all verifiers share one memory and one ledger.
    pub shared_memory: bool,
}
