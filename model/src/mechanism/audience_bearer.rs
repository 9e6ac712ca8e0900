//! `audience-bearer`: RFC 8707 and RFC 9068. A bearer token that names the resource it is for.
//!
//! **Modelled.** A client asks for a token for one resource (RFC 8707 §2, parameter `resource`); the token states it in `aud`
//! (RFC 9068 §2.2), and a resource server refuses a token that does not name it (RFC 9068 §4). *Common*: `aud` names the
//! resource, which all its verifiers share. *Strong*: one audience a token: `aud` names one verifier, and the scope holds
//! nothing for another resource (RFC 8707 §2.2, §3; RFC 9700 §2.3).
//!
//! **Not modelled.** All that `bearer` leaves out. An executor in the middle is a client to the resource and no audience of its
//! own: it passes the token on as it came, which is what a deployment with `aud` alone does.
//!
//! **Refusal that the specification demands.** A token whose `aud` does not name the verifier (RFC 9068 §4, step 3).

use super::bearer::{nothing, token, token_evidence};
use super::{Desk, Form, Kind, Mechanism, Party, Start};
use crate::authority::Authority;
use crate::crypto::{Crypto, Signed};
use crate::evidence::Evidence;
use crate::guard::{Guard, GuardSet};
use crate::name::{ResourceId, VerifierId};
use crate::policy::Trust;
use crate::presentation::{Credential, Presentation};
use crate::token::Audience;
use std::sync::Arc;

/// A deployment of bearer tokens with an audience.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AudienceBearer {
    /// One verifier a token.
    pub strong: bool,
}

/// The two deployments.
pub const FORMS: &[Form] = &[
    Form {
        mechanism: "audience-bearer",
        variant: "common",
        profile: None,
        about: "RFC 9068 `aud`: a bearer token for one resource",
        kind: Kind::AudienceBearer(AudienceBearer { strong: false }),
    },
    Form {
        mechanism: "audience-bearer",
        variant: "strong",
        profile: None,
        about: "RFC 8707: one audience a token, one verifier an audience",
        kind: Kind::AudienceBearer(AudienceBearer { strong: true }),
    },
];

impl<C: Crypto> Mechanism<C> for AudienceBearer {
    fn brings(&self) -> GuardSet {
        GuardSet::of(&[
            Guard::RootSigned,
            Guard::RootAnchored,
            Guard::RootMandated,
            Guard::InAuthority,
            Guard::Audience,
            Guard::Unexpired,
        ])
    }
    fn originate(&self, desk: &Desk<C>, _: &Party<C>, start: &Start<C>) -> Credential<C> {
        let mut token = token(start);
        let (resource, verifier) = match &start.audience {
            Some((resource, verifier)) => (Some(resource.clone()), Some(verifier.clone())),
            None => (first_resource(&token.scope), None),
        };
        token.claims.audience = match (self.strong, verifier) {
            (true, Some(verifier)) => Some(Audience::Verifier(verifier)),
            _ => resource.clone().map(Audience::Resource),
        };
        if self.strong {
            token.scope = at(&token.scope, resource.as_ref());
        }
        Credential::Token(Arc::new(Signed::new(token, &desk.issuer)))
    }
    fn evidence(&self, p: &Presentation<C>, verifier: &VerifierId, trust: &Trust) -> Evidence {
        let Credential::Token(token) = &p.credential else { return nothing(&p.credential) };
        let mut evidence = token_evidence(token, p, trust);
        let named = names(token.body().claims.audience.as_ref(), p, verifier);
        evidence.held.set(Guard::Audience, named);
        evidence
    }
}

/// Whether an audience names this verifier.
pub(super) fn names<C: Crypto>(
    audience: Option<&Audience>,
    p: &Presentation<C>,
    verifier: &VerifierId,
) -> bool {
    match audience {
        Some(Audience::Verifier(named)) => named == verifier,
        Some(Audience::Resource(resource)) => *resource == p.request.operation.resource,
        Some(Audience::Service(_)) | None => false,
    }
}

fn first_resource(scope: &Authority) -> Option<ResourceId> {
    scope.permissions().next().map(|permission| permission.operation.resource.clone())
}

/// What of a scope is about one resource.
fn at(scope: &Authority, resource: Option<&ResourceId>) -> Authority {
    let there = |resource_of: &ResourceId| resource.is_none_or(|resource| resource == resource_of);
    scope.permissions().filter(|p| there(&p.operation.resource)).cloned().collect()
}
