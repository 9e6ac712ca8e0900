//! `token-exchange`: RFC 8693. Each executor exchanges the token that it received for one to use further down.
//!
//! **Modelled.** A client authenticates to the authorization server (§2.1, by its registered key), shows the subject token,
//! names the audience and the scope, and is issued a token on behalf of the same subject (§2.2); nested `act` records who
//! acted (§4.1) and is informational: only the top level counts, and for nothing but attribution. The issued scope is the
//! server's policy (§2.1 asks for no subset of the subject token): here whatever the subject itself may grant. Tokens are
//! bearer tokens. *Common*: any registered client may exchange any valid token. *Strong*: `may_act` (§4.4) names the only
//! client that may, the server compares it with the one that asks, and a token names its audience (§2.1), which executors and
//! resources check.
//!
//! **Not modelled.** Refresh tokens, impersonation without `act` (§1.1) as a variant of its own: the record of actors is
//! informational, so it would give the same verdicts. The actor token (§2.1) is the client's own authentication.
//!
//! **Refusal that the specification demands.** An exchange by a party that `may_act` does not name (§4.4), a token for
//! another audience (RFC 9068 §4).

use super::audience_bearer::names;
use super::bearer::{nothing, token, token_evidence};
use super::{Desk, Form, Kind, Mechanism, Party, Refusal, Start, Toward};
use crate::attestation::Tick;
use crate::authority::Authority;
use crate::crypto::{Crypto, Signed};
use crate::evidence::{Actor, Evidence};
use crate::guard::{Guard, GuardSet};
use crate::name::{ServiceId, VerifierId};
use crate::policy::Trust;
use crate::presentation::{Cargo, Credential, Parcel, Presentation};
use crate::token::{Audience, Claims, Token};
use crate::wire::Object;
use std::sync::Arc;

/// A token exchange deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenExchange {
    /// `may_act` and audiences.
    pub strong: bool,
}

/// The two deployments.
pub const FORMS: &[Form] = &[
    Form {
        mechanism: "token-exchange",
        variant: "common",
        profile: None,
        about: "RFC 8693: any client exchanges any token; `act` is informational",
        kind: Kind::TokenExchange(TokenExchange { strong: false }),
    },
    Form {
        mechanism: "token-exchange",
        variant: "strong",
        profile: None,
        about: "RFC 8693 with `may_act` and one audience a token",
        kind: Kind::TokenExchange(TokenExchange { strong: true }),
    },
];

impl<C: Crypto> Mechanism<C> for TokenExchange {
    fn brings(&self) -> GuardSet {
        let common = GuardSet::of(&[
            Guard::RootSigned,
            Guard::RootAnchored,
            Guard::RootMandated,
            Guard::InAuthority,
            Guard::Unexpired,
        ]);
        if self.strong { common.with(Guard::Audience) } else { common }
    }
    fn originate(&self, desk: &Desk<C>, _: &Party<C>, start: &Start<C>) -> Credential<C> {
        let mut token = token(start);
        token.claims.audience = first_audience(start);
        token.claims.may_act = start.to.clone().filter(|_| self.strong);
        Credential::Token(Arc::new(Signed::new(token, &desk.issuer)))
    }
    fn take(
        &self,
        desk: &Desk<C>,
        executor: &Party<C>,
        parcel: &Parcel<C>,
        _: GuardSet,
        _: Tick,
    ) -> Result<Credential<C>, Refusal> {
        match &parcel.cargo {
            Cargo::Credential(held @ Credential::Token(token))
                if !self.strong || meant_for(token, executor, desk) =>
            {
                Ok(held.clone())
            }
            _ => Err(Refusal::Unusable),
        }
    }
    fn convert(
        &self,
        desk: &Desk<C>,
        client: &Party<C>,
        held: &Credential<C>,
        toward: &Toward,
    ) -> Option<Credential<C>> {
        let Credential::Token(token) = held else { return None };
        let service = desk.trust.services.get(&client.public)?;
        let allowed = !self.strong || token.body().claims.may_act.as_ref() == Some(service);
        let granted = desk.trust.mandates.identities.get(&token.body().subject);
        let scope = toward.authority.narrowed(granted.unwrap_or(&Authority::default()));
        let good = allowed && token.by(&desk.trust.issuer) && !scope.is_empty();
        good.then(|| {
            let issued = exchanged(token.body(), service, scope, toward, self.strong);
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

/// For whom an origin's token is: the first executor, or the verifier where there is none.
pub(super) fn first_audience<C: Crypto>(start: &Start<C>) -> Option<Audience> {
    let direct = || start.audience.clone().map(|(resource, _)| Audience::Resource(resource));
    start.to.clone().map(Audience::Service).or_else(direct)
}

/// Whether a token names the executor's service as its audience.
pub(super) fn meant_for<C: Crypto>(
    token: &Signed<Token, C>,
    executor: &Party<C>,
    desk: &Desk<C>,
) -> bool {
    match (&token.body().claims.audience, desk.trust.services.get(&executor.public)) {
        (Some(Audience::Service(named)), Some(service)) => named == service,
        _ => false,
    }
}

/// What an exchange issues to `service` (RFC 8693 §2.2).
pub(super) fn exchanged(
    body: &Token,
    service: &ServiceId,
    scope: Authority,
    toward: &Toward,
    may_act: bool,
) -> Token {
    let mut actors = body.claims.actors.clone();
    actors.push(service.clone());
    let next = match &toward.to {
        Audience::Service(next) => Some(next.clone()),
        _ => None,
    };
    let claims = Claims {
        audience: Some(toward.to.clone()),
        may_act: next.filter(|_| may_act),
        actors,
        requester: None,
        context: body.claims.context,
        parent: Some(body.digest()),
    };
    Token { scope, confirmation: None, claims, ..body.clone() }
}
