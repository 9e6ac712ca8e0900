//! What an authorization server issues: the credential of the OAuth family.

use crate::attestation::Tick;
use crate::authority::Authority;
use crate::crypto::PublicKey;
use crate::identity::IdentityId;
use crate::wire::wire;

/// An access token (RFC 6749 §1.4, RFC 9068), signed by the authorization server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Tells tokens apart (`jti`).
    pub serial: u32,
    /// On whose behalf (`sub`).
    pub subject: IdentityId,
    /// What it carries (`scope`, or RFC 9396 `authorization_details`).
    pub scope: Authority,
    /// Last tick (`exp`).
    pub not_after: Tick,
    /// The key that it is bound to (`cnf.jkt`, RFC 9449 §6).
    pub confirmation: Option<PublicKey>,
}
wire!(Token = 11 { serial, subject, scope, not_after, confirmation });

/// A user's consent at the authorization server, redeemable for tokens: an authorization code (RFC 6749 §4.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// Tells consents apart.
    pub serial: u32,
    /// Who consented.
    pub subject: IdentityId,
    /// To what.
    pub scope: Authority,
    /// Until when.
    pub not_after: Tick,
}
wire!(Consent = 12 { serial, subject, scope, not_after });
