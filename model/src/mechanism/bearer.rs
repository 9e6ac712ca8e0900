//! `bearer`: RFC 6750 over TLS. Who has the token may use it.
//!
//! **Modelled.** Access tokens (RFC 6749 §1.4) that one authorization server issues on the origin's behalf, one for each
//! execution, with exactly the scope that is to be handed on; presented in the `Authorization` header (RFC 6750 §2.1) and
//! passed on as they are. *Common*: the token lives longer than the contract of its execution. *Strong*: it ends with the
//! contract, as RFC 6750 §5.3 asks for tokens that are short-lived.
//!
//! **Not modelled.** No `aud`: RFC 6750 recommends one (§5.2, §5.3) without defining it; RFC 8707 and RFC 9068 do, and are a
//! mechanism of their own. No refresh tokens (RFC 6749 §1.5), no introspection, no revocation list: who revokes a key does
//! not thereby revoke a token. TLS (RFC 6750 §5.3) is the channel of the world: a token is read where TLS ends, not under way.
//! The inbound leg of an executor is not authenticated beyond the token: whoever has one may hand it over with any errand.
//! What arrives is taken unread; the resource judges it.
//!
//! **Refusal that the specification demands.** A token that is expired, forged, or does not carry the scope (RFC 6750 §3.1:
//! `invalid_token`, `insufficient_scope`).

use super::{Desk, Form, Kind, Mechanism, Party, Start};
use crate::attestation::Tick;
use crate::crypto::{Crypto, Signed};
use crate::evidence::{Condition, Evidence};
use crate::execution::Origin;
use crate::guard::{Guard, GuardSet};
use crate::identity::IdentityId;
use crate::name::VerifierId;
use crate::policy::Trust;
use crate::presentation::{Credential, Presentation};
use crate::token::{Claims, Token};
use std::sync::Arc;

/// A bearer token deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bearer {
    /// Tokens end with the contract of their execution.
    pub strong: bool,
}

/// How many ticks longer than its execution a common token lives. Real ones live for hours or days; for a verdict it only
/// matters that they outlive the contract, and one tick does that in the fewest states. An execution without a deadline
/// (`Tick::MAX`) cannot be outlived: there both deployments issue the same token.
const OUTLIVES: Tick = 1;

/// The two deployments.
pub const FORMS: &[Form] = &[
    Form {
        mechanism: "bearer",
        variant: "common",
        profile: None,
        about: "RFC 6750 over TLS: whoever has the token may use it",
        kind: Kind::Bearer(Bearer { strong: false }),
    },
    Form {
        mechanism: "bearer",
        variant: "strong",
        profile: None,
        about: "RFC 6750 §5.3: short-lived tokens, one for each execution",
        kind: Kind::Bearer(Bearer { strong: true }),
    },
];

impl<C: Crypto> Mechanism<C> for Bearer {
    fn brings(&self) -> GuardSet {
        GuardSet::of(&[
            Guard::RootSigned,
            Guard::RootAnchored,
            Guard::RootMandated,
            Guard::InAuthority,
            Guard::Unexpired,
        ])
    }
    fn originate(&self, desk: &Desk<C>, _: &Party<C>, start: &Start<C>) -> Credential<C> {
        Credential::Token(Arc::new(issue(desk, start, self.strong)))
    }
    fn evidence(&self, p: &Presentation<C>, _: &VerifierId, trust: &Trust) -> Evidence {
        match &p.credential {
            Credential::Token(token) => token_evidence(token, p, trust),
            other => nothing(other),
        }
    }
}

/// The authorization server issues a token to whoever starts the execution. It speaks for identities only: a role or a
/// context has no account there, so its accountable identity is the subject.
fn issue<C: Crypto>(desk: &Desk<C>, start: &Start<C>, strong: bool) -> Signed<Token, C> {
    let mut token = token(start);
    token.not_after = token.not_after.saturating_add(if strong { 0 } else { OUTLIVES });
    Signed::new(token, &desk.issuer)
}

/// What an authorization server says of an execution that starts: on whose behalf, which scope, until its deadline.
pub(super) fn token<C: Crypto>(start: &Start<C>) -> Token {
    Token {
        serial: start.execution,
        subject: subject(&start.origin),
        scope: start.handed.clone(),
        not_after: start.until,
        confirmation: None,
        claims: Claims::default(),
    }
}

/// The identity that is accountable for an origin.
pub(super) fn subject(origin: &Origin) -> IdentityId {
    match origin {
        Origin::Identity(id) => id.clone(),
        Origin::Role(claim) => claim.anchor.clone(),
        Origin::Context { operator, .. } => operator.clone(),
    }
}

/// What any token of the OAuth family proves by itself (the grounds of refusal of RFC 6750 §3.1).
pub(super) fn token_evidence<C: Crypto>(
    token: &Signed<Token, C>,
    p: &Presentation<C>,
    trust: &Trust,
) -> Evidence {
    let body = token.body();
    let issued = token.by(&trust.issuer);
    let mandate = trust.mandates.identities.get(&body.subject);
    let mut held = GuardSet::NONE.with(Guard::Unexpired);
    held.set(Guard::RootSigned, issued);
    held.set(Guard::RootAnchored, issued && trust.identities.contains_key(&body.subject));
    held.set(Guard::RootMandated, mandate.is_some_and(|mandate| body.scope.within(mandate)));
    held.set(Guard::InAuthority, body.scope.admits(&p.request.operation, &p.request.arguments));
    Evidence {
        held,
        conditions: vec![(Guard::Unexpired, Condition::Within(0, body.not_after))],
        anchor: Some(body.subject.clone()),
        actor: None,
        root: token.digest(),
        authority: body.scope.clone(),
    }
}

/// A credential that this mechanism does not know proves nothing.
pub(super) fn nothing<C: Crypto>(credential: &Credential<C>) -> Evidence {
    Evidence {
        held: GuardSet::NONE,
        conditions: Vec::new(),
        anchor: None,
        actor: None,
        root: credential.tip(),
        authority: crate::authority::Authority::default(),
    }
}
