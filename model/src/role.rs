//! **Role**: in what capacity?
//!
//! A named mandate, signed by the identity that *anchors* it; it lists what its bearer may **create**. It must never be
//! accountable, sign, or authorise by itself: a role has no key, and a [`RoleGrant`] is no authority of an execution.

use crate::authority::Authority;
pub use crate::name::{Domain, IdentityId, RoleName};
use crate::wire::wire;

/// `anchor` says: who bears `role` in `domain` may create `may_create`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleGrant {
    /// The role's name.
    pub role: RoleName,
    /// The accountable identity; it signs.
    pub anchor: IdentityId,
    /// What the bearer may create.
    pub may_create: Authority,
    /// Where the grant holds.
    pub domain: Domain,
}
wire!(RoleGrant = 1 { role, anchor, may_create, domain });

/// A role as an attestation states it: the name and whose role it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoleClaim {
    /// The role's name.
    pub role: RoleName,
    /// The identity that is said to anchor it.
    pub anchor: IdentityId,
}
wire!(RoleClaim { role, anchor });
