//! `bearer`: RFC 6750 over TLS. Who has the token may use it.
//!
//! **Fragment.** Access tokens (RFC 6749 §1.4, RFC 9068) issued by one authorization server on the origin's behalf and
//! presented in the `Authorization` header (RFC 6750 §2.1). The token is passed on as it is. The inbound leg of an executor
//! is not authenticated beyond the token. *Common*: one long-lived token an execution. *Strong* (RFC 6750 §5.3 "issue
//! short-lived bearer tokens"): the token ends with the contract of its one execution.
//!
//! **Refusal that the specification demands.** A token that is expired or that does not carry the scope (RFC 6750 §3.1
//! `invalid_token`, `insufficient_scope`).

use super::{Ask, Desk, Form, Kind, Mechanism, Next, Party, Refusal, Start};
use crate::attestation::Tick;
use crate::crypto::{Crypto, Signed};
use crate::evidence::{Condition, Evidence};
use crate::execution::{Origin, TaskId};
use crate::guard::{Guard, GuardSet};
use crate::identity::IdentityId;
use crate::name::VerifierId;
use crate::policy::Trust;
use crate::presentation::{Cargo, Credential, Parcel, Presentation};
use crate::token::Token;
use std::sync::Arc;

/// A bearer token deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bearer {
    /// Tokens end with the contract of their execution.
    pub strong: bool,
}

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

/// A common token outlives every execution.
const LONG_LIVED: Tick = Tick::MAX;

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
    fn hand_over(&self, _: &Party<C>, held: &Credential<C>, _: TaskId, _: &Next) -> Cargo<C> {
        Cargo::Credential(held.clone())
    }
    fn authenticates(&self, _: &Cargo<C>) -> bool {
        false
    }
    fn take(
        &self,
        _: &Desk<C>,
        _: &Party<C>,
        parcel: &Parcel<C>,
        _: GuardSet,
        _: Tick,
    ) -> Result<Credential<C>, Refusal> {
        match &parcel.cargo {
            Cargo::Credential(held @ Credential::Token(_)) => Ok(held.clone()),
            _ => Err(Refusal::Unusable),
        }
    }
    fn present(
        &self,
        _: &Desk<C>,
        _: &Party<C>,
        held: &Credential<C>,
        ask: &Ask,
    ) -> Presentation<C> {
        Presentation {
            credential: held.clone(),
            request: ask.request.clone(),
            connection: ask.nonce.clone(),
            proof: None,
            attested: None,
            receipt: None,
        }
    }
    fn evidence(&self, p: &Presentation<C>, _: &VerifierId, trust: &Trust) -> Evidence {
        match &p.credential {
            Credential::Token(token) => token_evidence(token, p, trust),
            other => nothing(other),
        }
    }
}

/// The authorization server issues a token to whoever starts the execution. It speaks for identities only: a role or a context has no account there, so
/// its accountable identity is the subject.
fn issue<C: Crypto>(desk: &Desk<C>, start: &Start<C>, strong: bool) -> Signed<Token, C> {
    let token = Token {
        serial: start.execution,
        subject: subject(&start.origin),
        scope: start.handed.clone(),
        not_after: if strong { start.envelope.not_after } else { LONG_LIVED },
        confirmation: None,
    };
    Signed::new(token, &desk.issuer)
}

/// The identity that is accountable for an origin.
pub(super) fn subject(origin: &Origin) -> IdentityId {
    match origin {
        Origin::Identity(id) => id.clone(),
        Origin::Role(claim) => claim.anchor.clone(),
        Origin::Context { operator, .. } => operator.clone(),
    }
}

/// What any token of the OAuth family proves by itself (RFC 6750 §3, RFC 9068 §4).
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
