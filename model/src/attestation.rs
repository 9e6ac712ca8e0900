//! **Attestation**: under which runtime properties?
//!
//! Signed by an attester, fresh, bound to the instance's current key and incarnation; it states roles, environment,
//! deployer and domain, and thereby lets accountability be inferred. It must never authorise, nor speak outside its
//! attester's domain.

use crate::authority::Authority;
use crate::crypto::{Crypto, Digest, PublicKey, Signed};
use crate::identifier::Identifier;
pub use crate::name::{AttesterId, Domain, Environment, IdentityId};
use crate::role::{RoleClaim, RoleGrant};
use crate::wire::{Reader, Wire, WireError, Writer, wire};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A point of the discrete clock.
pub type Tick = u32;

/// What an attester says of one incarnation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attestation {
    /// Who says it; it signs.
    pub attester: AttesterId,
    /// Of which incarnation.
    pub subject: Identifier,
    /// The key that the incarnation holds now.
    pub key: PublicKey,
    /// The roles it runs in.
    pub roles: BTreeSet<RoleClaim>,
    /// Where it runs.
    pub environment: Option<Environment>,
    /// Who deployed it, where that is known.
    pub deployer: Option<IdentityId>,
    /// The domain for which the attester speaks.
    pub domain: Domain,
    /// First tick at which it holds.
    pub not_before: Tick,
    /// Last tick at which it holds.
    pub not_after: Tick,
}
wire!(Attestation = 2 {
    attester, subject, key, roles, environment, deployer, domain, not_before, not_after
});

/// `operator` says: a workload attested in `environment` may create `may_create`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContextGrant {
    /// The attested environment.
    pub environment: Environment,
    /// The accountable identity that deploys, operates, configures or authorises workloads there; it signs.
    pub operator: IdentityId,
    /// What they may create.
    pub may_create: Authority,
    /// Where the grant holds.
    pub domain: Domain,
}
wire!(ContextGrant = 3 { environment, operator, may_create, domain });

/// An attestation with the role grants that its roles rest on: what a party shows of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attested<C: Crypto> {
    /// What the attester signed.
    pub statement: Signed<Attestation, C>,
    /// What the anchors signed.
    pub grants: Vec<Arc<Signed<RoleGrant, C>>>,
}

impl<C: Crypto> Attested<C> {
    /// The attestation.
    pub fn facts(&self) -> &Attestation {
        self.statement.body()
    }
    /// The digest by which signed records refer to it.
    pub fn digest(&self) -> Digest {
        self.statement.digest()
    }
}

impl<C: Crypto<Signature: Wire>> Wire for Attested<C> {
    fn encode(&self, w: &mut Writer) {
        self.statement.encode(w);
        self.grants.encode(w);
    }
    fn decode(r: &mut Reader<'_>) -> Result<Self, WireError> {
        Ok(Self { statement: Wire::decode(r)?, grants: Wire::decode(r)? })
    }
}
