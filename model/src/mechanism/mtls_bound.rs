//! `mtls-bound`: RFC 8705. Who has the private key of the certificate may use the token.
//!
//! **Modelled.** The client authenticates to the token endpoint with its certificate (§2), so only the client for which the
//! user consented redeems the code (RFC 6749 §4.1.3); the token is bound to that certificate (§3, `cnf.x5t#S256`), and the
//! resource compares it with the one of the connection (§3). What travels on a mutually authenticated connection cannot be
//! altered, redirected or replayed by who reads where it ends: the proof covers the connection's fresh values, the verifier
//! and the request. A client that moved to a new certificate is issued a new token (§6.2 expects rotation; a confidential
//! client refreshes under its client id), which needs the issuer to be reachable.
//!
//! **Not modelled.** A second executor: RFC 8705 defines no hand-off; a forwarded token fails at the resource. Self-signed and
//! PKI certificates (§2.1, §2.2) make no difference here. There is one deployment: the specification offers no stronger one.
//!
//! **Refusal that the specification demands.** A token on a connection with another certificate (§3: `invalid_token`).

use super::bearer::{nothing, subject};
use super::dpop::{bound_evidence, proof};
use super::{Ask, Desk, Form, Kind, Mechanism, Party, Refusal, Start};
use crate::attestation::Tick;
use crate::crypto::{Crypto, Digest, Signed};
use crate::evidence::Evidence;
use crate::guard::{Guard, GuardSet};
use crate::mechanism::Toward;
use crate::name::VerifierId;
use crate::policy::Trust;
use crate::presentation::{Cargo, Credential, Parcel, Presentation, Proof};
use crate::token::{Claims, Consent, Token};
use std::sync::Arc;

/// The deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MtlsBound;

/// The one deployment.
pub const FORMS: &[Form] = &[Form {
    mechanism: "mtls-bound",
    variant: "common",
    profile: None,
    about: "RFC 8705: a token bound to the client's certificate",
    kind: Kind::MtlsBound(MtlsBound),
}];

impl<C: Crypto> Mechanism<C> for MtlsBound {
    fn channel_bound(&self) -> bool {
        true
    }
    fn brings(&self) -> GuardSet {
        GuardSet::of(&[
            Guard::RootSigned,
            Guard::RootAnchored,
            Guard::RootMandated,
            Guard::InAuthority,
            Guard::Holder,
            Guard::RequestBound,
            Guard::Audience,
            Guard::SingleUse,
            Guard::Unexpired,
        ])
    }
    fn originate(&self, desk: &Desk<C>, _: &Party<C>, start: &Start<C>) -> Credential<C> {
        let consent = Consent {
            serial: start.execution,
            subject: subject(&start.origin),
            scope: start.handed.clone(),
            not_after: start.until,
            client: start.to.clone(),
        };
        Credential::Consent(Arc::new(Signed::new(consent, &desk.issuer)))
    }
    fn authenticates(&self, cargo: &Cargo<C>) -> bool {
        // The user's session with the client.
        matches!(cargo, Cargo::Credential(Credential::Consent(_)))
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
            Cargo::Credential(sent @ Credential::Consent(_)) => {
                self.redeem(desk, executor, sent).ok_or(Refusal::Unusable)
            }
            // A client knows the tokens that it redeemed: nobody else can send it one of them.
            Cargo::Credential(held @ Credential::Token(token))
                if token.body().confirmation != Some(executor.public) =>
            {
                Ok(held.clone())
            }
            _ => Err(Refusal::Unusable),
        }
    }
    fn redeem(
        &self,
        desk: &Desk<C>,
        client: &Party<C>,
        sent: &Credential<C>,
    ) -> Option<Credential<C>> {
        let Credential::Consent(consent) = sent else { return None };
        let body = consent.body();
        let named = desk.trust.services.get(&client.public);
        let authentic = body.client.is_none() || body.client.as_ref() == named;
        let token = Token {
            serial: body.serial,
            subject: body.subject.clone(),
            scope: body.scope.clone(),
            not_after: body.not_after,
            confirmation: Some(client.public),
            claims: Claims::default(),
        };
        let good = authentic && consent.by(&desk.trust.issuer);
        good.then(|| Credential::Token(Arc::new(Signed::new(token, &desk.issuer))))
    }
    /// A client under a new certificate is issued a token that is bound to it.
    fn convert(
        &self,
        desk: &Desk<C>,
        client: &Party<C>,
        held: &Credential<C>,
        _: &Toward,
    ) -> Option<Credential<C>> {
        rotated(desk, client, held)
    }
    fn once(&self, parcel: &Parcel<C>) -> Option<Digest> {
        match &parcel.cargo {
            Cargo::Credential(Credential::Consent(consent)) => Some(consent.digest()),
            _ => None,
        }
    }
    fn proof(&self, holder: &Party<C>, held: &Credential<C>, ask: &Ask) -> Option<Proof> {
        Some(proof(holder, held, ask, true))
    }
    fn evidence(&self, p: &Presentation<C>, verifier: &VerifierId, trust: &Trust) -> Evidence {
        match &p.credential {
            Credential::Token(token) => bound_evidence(token, p, verifier, trust),
            other => nothing(other),
        }
    }
}

/// A token that is bound to the key which `client` used before, bound to its new key instead.
pub(super) fn rotated<C: Crypto>(
    desk: &Desk<C>,
    client: &Party<C>,
    held: &Credential<C>,
) -> Option<Credential<C>> {
    let Credential::Token(token) = held else { return None };
    let body = token.body();
    let moved = client.previous.is_some() && body.confirmation == client.previous;
    let good = moved && token.by(&desk.trust.issuer);
    good.then(|| {
        let token = Token { confirmation: Some(client.public), ..body.clone() };
        Credential::Token(Arc::new(Signed::new(token, &desk.issuer)))
    })
}
