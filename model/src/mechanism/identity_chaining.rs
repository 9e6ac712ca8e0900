//! `identity-chaining`: draft-ietf-oauth-identity-chaining-16, across two domains.
//!
//! **Modelled.** The executors' domain and the resources' domain have an authorization server each. Inside its domain a token is
//! passed on as it is. To call a resource, the last executor exchanges its token at its own server for a JWT authorization
//! grant whose audience is the other server (RFC 8693 §2.1), presents that there (RFC 7523 §2.1), and is issued an access
//! token of the resources' domain; the resource takes tokens of its own domain, for itself, only (`aud`). The two requests
//! are one step here: nobody else sees the grant. *Common*: the claims are transcribed by the other server's own rules, which
//! know the subject and not its first request: the scope may be whatever the subject may do there. *Strong*: no claim
//! widening, as the draft's security considerations ask, and only the client that the first token was issued for may chain it.
//!
//! **Not modelled.** Single use of the grant (`jti`): it does not leave the step in which it is used, so that it could not be
//! used twice. Sender constraints, which the draft leaves to RFC 9449 and RFC 8705.
//!
//! **Refusal that the specification demands.** A token of the executors' domain at the resource; a grant for another audience
//! (RFC 7523 §3).

use super::audience_bearer::names;
use super::bearer::{nothing, token, token_evidence};
use super::token_exchange::exchanged;
use super::{Desk, Form, Kind, Mechanism, Party, Start, Toward};
use crate::authority::Authority;
use crate::crypto::{Crypto, Signed};
use crate::evidence::{Actor, Evidence};
use crate::guard::{Guard, GuardSet};
use crate::name::VerifierId;
use crate::policy::Trust;
use crate::presentation::{Credential, Presentation};
use crate::token::Audience;
use std::sync::Arc;

/// A deployment of identity chaining.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IdentityChaining {
    /// No claim widening, and client-bound grants.
    pub strong: bool,
}

/// The two deployments.
pub const FORMS: &[Form] = &[
    Form {
        mechanism: "identity-chaining",
        variant: "common",
        profile: None,
        about: "draft-ietf-oauth-identity-chaining: the other domain transcribes claims by its own rules",
        kind: Kind::IdentityChaining(IdentityChaining { strong: false }),
    },
    Form {
        mechanism: "identity-chaining",
        variant: "strong",
        profile: None,
        about: "… without widening claims, and for the client that the token names",
        kind: Kind::IdentityChaining(IdentityChaining { strong: true }),
    },
];

impl<C: Crypto> Mechanism<C> for IdentityChaining {
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
        // The client is the last executor of the flow, or the first where it serves alone; a token that was passed on
        // inside the domain is bound to none, so the strong deployment asks that it is the client's own.
        token.claims.may_act = start.last.clone().filter(|_| self.strong);
        if start.to.is_none() {
            token.claims.audience =
                start.audience.clone().map(|(resource, _)| Audience::Resource(resource));
        }
        Credential::Token(Arc::new(Signed::new(token, &desk.issuer)))
    }
    fn convert(
        &self,
        desk: &Desk<C>,
        client: &Party<C>,
        held: &Credential<C>,
        toward: &Toward,
    ) -> Option<Credential<C>> {
        let Credential::Token(token) = held else { return None };
        let body = token.body();
        let service = desk.trust.services.get(&client.public)?;
        let crosses = matches!(toward.to, Audience::Resource(_));
        let home = body.claims.audience.is_none();
        let named = body.claims.may_act.as_ref();
        let allowed = !self.strong || named.is_none() || named == Some(service);
        let granted = desk.trust.mandates.identities.get(&body.subject);
        let ceiling = if self.strong { Some(&body.scope) } else { granted };
        let scope = toward.authority.narrowed(ceiling.unwrap_or(&Authority::default()));
        let good = crosses && home && allowed && token.by(&desk.trust.issuer) && !scope.is_empty();
        good.then(|| {
            let issued = exchanged(token.body(), service, scope, toward, false);
            Credential::Token(Arc::new(Signed::new(issued, &desk.issuer)))
        })
    }
    fn evidence(&self, p: &Presentation<C>, verifier: &VerifierId, trust: &Trust) -> Evidence {
        let Credential::Token(token) = &p.credential else { return nothing(&p.credential) };
        let mut evidence = token_evidence(token, p, trust);
        let claims = &token.body().claims;
        evidence.held.set(Guard::Audience, names(claims.audience.as_ref(), p, verifier));
        evidence.actor = claims.actors.last().cloned().map(Actor::Service);
        evidence
    }
}
