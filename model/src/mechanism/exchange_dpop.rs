//! `exchange-dpop`: RFC 8693 with RFC 9449, and an issuer that enforces child ⊆ exact parent. The strongest mainstream
//! challenger.
//!
//! **Modelled.** An executor's token is bound to its key (RFC 9449 §6.1). To hand on, it proves possession at the token
//! endpoint (§5), shows its token as the subject token (RFC 8693 §2.1) and is issued a *grant* for the next executor: `may_act`
//! (§4.4) names that service, the scope is within the exact parent's, `act` records the chain (§4.1). The next executor,
//! authenticated as that service, redeems the grant for a token bound to its own key. A key that the client moved to is
//! bound in place of the old one. *Common*: the grant travels as it is, and the resource takes a token whose audience it does
//! not look at. *Strong*: an audience at each hop, the resource's included; an RFC 9421 signature by the requester's key over
//! grant and errand on each leg, and by the holder over the request's content; a shared memory of `jti`; the transaction
//! (`serial`) is one for the whole execution.
//!
//! **Not modelled.** What `dpop` leaves out. A grant may be redeemed by several replicas of the service that it names: RFC 8693
//! has no single-use subject tokens, and an at-least-once queue needs that.
//!
//! **Refusal that the specification demands.** A grant redeemed by a service that `may_act` does not name (RFC 8693 §4.4), a
//! token for another audience, a proof by another key (RFC 9449 §4.3).

use super::audience_bearer::names;
use super::bearer::{nothing, token};
use super::dpop::{bound_evidence, proof};
use super::mtls_bound::rotated;
use super::token_exchange::{exchanged, first_audience};
use super::{Ask, Desk, Form, Kind, Mechanism, Party, Refusal, Start, Toward};
use crate::attestation::Tick;
use crate::crypto::{Crypto, Signed};
use crate::evidence::Evidence;
use crate::guard::{Guard, GuardSet};
use crate::name::VerifierId;
use crate::policy::Trust;
use crate::presentation::{Cargo, Credential, Parcel, Presentation, Proof};
use crate::token::{Audience, Token};
use std::sync::Arc;

/// A deployment of exchange with DPoP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExchangeDpop {
    /// Audiences at each hop, signatures over content, a shared memory of `jti`.
    pub strong: bool,
}

/// The two deployments.
pub const FORMS: &[Form] = &[
    Form {
        mechanism: "exchange-dpop",
        variant: "common",
        profile: None,
        about: "RFC 8693 with RFC 9449: exchanged within the exact parent, bound to each holder's key",
        kind: Kind::ExchangeDpop(ExchangeDpop { strong: false }),
    },
    Form {
        mechanism: "exchange-dpop",
        variant: "strong",
        profile: None,
        about: "… with an audience at each hop, signed content (RFC 9421) and a shared jti memory",
        kind: Kind::ExchangeDpop(ExchangeDpop { strong: true }),
    },
];

impl<C: Crypto> Mechanism<C> for ExchangeDpop {
    fn brings(&self) -> GuardSet {
        let common = GuardSet::of(&[
            Guard::RootSigned,
            Guard::RootAnchored,
            Guard::RootMandated,
            Guard::InAuthority,
            Guard::Holder,
            Guard::Audience,
            Guard::Unexpired,
        ]);
        let strong = GuardSet::of(&[Guard::RequestBound, Guard::SingleUse]);
        if self.strong { common.union(strong) } else { common }
    }
    fn originate(&self, desk: &Desk<C>, _: &Party<C>, start: &Start<C>) -> Credential<C> {
        let mut token = token(start);
        token.claims.audience = first_audience(start);
        token.claims.may_act = start.to.clone();
        Credential::Token(Arc::new(Signed::new(token, &desk.issuer)))
    }
    fn authenticates(&self, cargo: &Cargo<C>) -> bool {
        // The user's session with the first executor; in the strong deployment each leg.
        match cargo {
            Cargo::Credential(Credential::Token(token)) => {
                self.strong || token.body().claims.requester.is_none()
            }
            _ => false,
        }
    }
    fn take(
        &self,
        desk: &Desk<C>,
        executor: &Party<C>,
        parcel: &Parcel<C>,
        _: GuardSet,
        _: Tick,
    ) -> Result<Credential<C>, Refusal> {
        let Cargo::Credential(sent) = &parcel.cargo else { return Err(Refusal::Unusable) };
        self.redeem(desk, executor, sent).ok_or(Refusal::Unusable)
    }
    /// The service that a grant names binds it to its key.
    fn redeem(
        &self,
        desk: &Desk<C>,
        client: &Party<C>,
        sent: &Credential<C>,
    ) -> Option<Credential<C>> {
        let Credential::Token(grant) = sent else { return None };
        let body = grant.body();
        let unbound = body.confirmation.is_none();
        let named = body.claims.may_act.as_ref();
        let allowed = named.is_none() || named == desk.trust.services.get(&client.public);
        let good = unbound && allowed && grant.by(&desk.trust.issuer);
        good.then(|| {
            let mut bound = Token { confirmation: Some(client.public), ..body.clone() };
            bound.claims.parent = Some(grant.digest());
            Credential::Token(Arc::new(Signed::new(bound, &desk.issuer)))
        })
    }
    fn convert(
        &self,
        desk: &Desk<C>,
        client: &Party<C>,
        held: &Credential<C>,
        toward: &Toward,
    ) -> Option<Credential<C>> {
        let rotated = rotated(desk, client, held);
        let held = rotated.as_ref().unwrap_or(held);
        let Credential::Token(token) = held else { return None };
        if token.body().confirmation.is_none() {
            return self.redeem(desk, client, held);
        }
        self.grant(desk, client, token, toward).or(rotated)
    }
    fn proof(&self, holder: &Party<C>, held: &Credential<C>, ask: &Ask) -> Option<Proof> {
        Some(proof(holder, held, ask, self.strong))
    }
    fn evidence(&self, p: &Presentation<C>, verifier: &VerifierId, trust: &Trust) -> Evidence {
        let Credential::Token(token) = &p.credential else { return nothing(&p.credential) };
        let mut evidence = bound_evidence(token, p, verifier, trust);
        if self.strong {
            let named = names(token.body().claims.audience.as_ref(), p, verifier);
            evidence.held.set(Guard::Audience, named && evidence.held.contains(Guard::Audience));
        }
        evidence
    }
}

impl ExchangeDpop {
    /// What the token endpoint issues to the holder of `token` toward the next place: a grant for another service, or, in
    /// the strong deployment, the holder's own token for one resource.
    fn grant<C: Crypto>(
        self,
        desk: &Desk<C>,
        client: &Party<C>,
        token: &Signed<Token, C>,
        toward: &Toward,
    ) -> Option<Credential<C>> {
        let further = matches!(toward.to, Audience::Service(_));
        let service = desk.trust.services.get(&client.public)?;
        let scope = token.body().scope.narrowed(&toward.authority);
        let holds =
            token.body().confirmation == Some(client.public) && token.by(&desk.trust.issuer);
        if !holds || scope.is_empty() || !(further || self.strong) {
            return None;
        }
        let mut issued = exchanged(token.body(), service, scope, toward, true);
        issued.claims.requester = further.then_some(client.public);
        issued.confirmation = (!further).then_some(client.public);
        Some(Credential::Token(Arc::new(Signed::new(issued, &desk.issuer))))
    }
}
