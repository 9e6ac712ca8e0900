//! What an authorization server issues: the credential of the OAuth family.

use crate::attestation::Tick;
use crate::authority::Authority;
use crate::crypto::{Digest, PublicKey};
use crate::identity::IdentityId;
use crate::name::{ResourceId, ServiceId, VerifierId};
use crate::wire::{Reader, Wire, WireError, Writer, wire};

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
    /// What some deployments state beside that.
    pub claims: Claims,
}
wire!(Token = 11 { serial, subject, scope, not_after, confirmation, claims });

/// Claims that not every deployment of the OAuth family makes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Claims {
    /// For whom it is meant (`aud`, RFC 9068 §2.2).
    pub audience: Option<Audience>,
    /// The only service that may use it at the issuer (`may_act`, RFC 8693 §4.4).
    pub may_act: Option<ServiceId>,
    /// Who acted so far, the first one first (nested `act`, RFC 8693 §4.1, read from the inside).
    pub actors: Vec<ServiceId>,
    /// The key of the client to which it was issued, where it is to sign what it sends along.
    pub requester: Option<PublicKey>,
    /// The digest of the operation and arguments that the transaction is about (`tctx`).
    pub context: Option<Digest>,
    /// The token that it was exchanged for.
    pub parent: Option<Digest>,
}
wire!(Claims { audience, may_act, actors, requester, context, parent });

/// For whom a token is meant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Audience {
    /// Another executor.
    Service(ServiceId),
    /// Every verifier of a resource (a logical audience, RFC 8693 §2.1; RFC 8707 §2).
    Resource(ResourceId),
    /// One verifier.
    Verifier(VerifierId),
}

impl Wire for Audience {
    fn encode(&self, w: &mut Writer) {
        match self {
            Self::Service(service) => {
                w.byte(0);
                service.encode(w);
            }
            Self::Resource(resource) => {
                w.byte(1);
                resource.encode(w);
            }
            Self::Verifier(verifier) => {
                w.byte(2);
                verifier.encode(w);
            }
        }
    }
    fn decode(r: &mut Reader<'_>) -> Result<Self, WireError> {
        let error = r.error("a service (0), a resource (1) or a verifier (2)");
        match r.byte()? {
            0 => Ok(Self::Service(Wire::decode(r)?)),
            1 => Ok(Self::Resource(Wire::decode(r)?)),
            2 => Ok(Self::Verifier(Wire::decode(r)?)),
            _ => Err(error),
        }
    }
}

/// A restriction that a holder adds to a token: a caveat (macaroons) or a block (biscuits).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// The digest of what it is added to: the token, or the block before.
    pub parent: Digest,
    /// What remains.
    pub scope: Authority,
    /// Only this service may present it, where the block says so.
    pub service: Option<ServiceId>,
    /// Only the holder of this key may present it, where the block says so.
    pub key: Option<PublicKey>,
    /// Nothing may be added behind it.
    pub sealed: bool,
}
wire!(Block = 16 { parent, scope, service, key, sealed });

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
    /// The only client that may redeem it, where clients are authenticated (RFC 6749 §4.1.3).
    pub client: Option<ServiceId>,
}
wire!(Consent = 12 { serial, subject, scope, not_after, client });
