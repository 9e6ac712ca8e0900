//! **Identity**: who is accountable?
//!
//! A person, an organisation, a system owner, a cloud control plane, a certificate authority. It owns a long-lived key
//! with which it signs roots and grants. It must never stand in the request path as a permission: an [`IdentityId`] does
//! not convert into an [`Authority`](crate::authority::Authority), an identifier or a role.

use crate::crypto::PublicKey;
pub use crate::name::IdentityId;
use std::collections::BTreeMap;

/// Which key belongs to which identity: the registry that a verifier relies on (an issuer obligation binds it to the truth).
pub type Registry = BTreeMap<IdentityId, PublicKey>;
