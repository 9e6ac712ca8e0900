//! `dpop`: RFC 9449, demonstrating proof of possession. Who has the key may use the token.
//!
//! **Fragment.** A user's consent is redeemed at the token endpoint by the executor that received it, with its own key (the
//! code is bound to that session: RFC 9449 §10, RFC 7636); the token is bound to the key (`cnf.jkt`, §6.1); each request
//! carries a proof (§4.2) with `htm`, `htu`, `jti`, `ath`, checked as §4.3 demands. A code is redeemed once (RFC 6749
//! §4.1.2). The client is public: RFC 9449 binds a *key*, it does not authenticate *which* client redeems. It defines no way
//! to hand a bound token to a second executor: a downstream call forwards it, and the proof then fails.
//! *Common*: proofs are accepted within a time window, without a memory of `jti` (§11.1 makes it optional).
//! *Strong*: server-provided nonces (§8, §9) with a shared `jti` memory (§11.1), and an RFC 9421 signature by the same key
//! over content digest and task. Tokens end with the contract in both.
//!
//! **Refusal that the specification demands.** A proof by another key, for another method or URI, or without the
//! token's hash (§4.3).

use super::bearer::{nothing, subject, token_evidence};
use super::{Ask, Desk, Form, Kind, Mechanism, Next, Party, Refusal, Start};
use crate::attestation::Tick;
use crate::crypto::{Crypto, Digest, Signed};
use crate::evidence::{Actor, Condition, Evidence};
use crate::execution::TaskId;
use crate::guard::{Guard, GuardSet};
use crate::name::VerifierId;
use crate::policy::Trust;
use crate::presentation::{Cargo, Credential, Parcel, Presentation, Proof};
use crate::token::{Consent, Token};
use crate::wire::Object;
use std::sync::Arc;

/// A DPoP deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dpop {
    /// Shared `jti` memory, server nonces, and a signature over the content.
    pub strong: bool,
}

/// The two deployments.
pub const FORMS: &[Form] = &[
    Form {
        mechanism: "dpop",
        variant: "common",
        profile: None,
        about: "RFC 9449: a token bound to the key of whoever redeemed it",
        kind: Kind::Dpop(Dpop { strong: false }),
    },
    Form {
        mechanism: "dpop",
        variant: "strong",
        profile: None,
        about: "RFC 9449 with server nonces and a shared jti memory, RFC 9421 over the content",
        kind: Kind::Dpop(Dpop { strong: true }),
    },
];

const COMMON: GuardSet = GuardSet::of(&[
    Guard::RootSigned,
    Guard::RootAnchored,
    Guard::RootMandated,
    Guard::InAuthority,
    Guard::Holder,
    Guard::Audience,
    Guard::Unexpired,
]);

impl<C: Crypto> Mechanism<C> for Dpop {
    fn brings(&self) -> GuardSet {
        let strong = GuardSet::of(&[Guard::RequestBound, Guard::SingleUse]);
        if self.strong { COMMON.union(strong) } else { COMMON }
    }
    fn originate(&self, desk: &Desk<C>, _: &Party<C>, start: &Start<C>) -> Credential<C> {
        let consent = Consent {
            serial: start.execution,
            subject: subject(&start.origin),
            scope: start.handed.clone(),
            not_after: start.envelope.not_after,
        };
        Credential::Consent(Arc::new(Signed::new(consent, &desk.issuer)))
    }
    fn hand_over(&self, _: &Party<C>, held: &Credential<C>, _: TaskId, _: &Next) -> Cargo<C> {
        Cargo::Credential(held.clone())
    }
    fn authenticates(&self, cargo: &Cargo<C>) -> bool {
        // The user's session with the client; a forwarded token comes with nothing that its receiver could check.
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
            Cargo::Credential(Credential::Consent(consent)) => {
                let token = redeem(desk, executor, consent).ok_or(Refusal::Unusable)?;
                Ok(Credential::Token(Arc::new(token)))
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
    fn once(&self, parcel: &Parcel<C>) -> Option<Digest> {
        match &parcel.cargo {
            Cargo::Credential(Credential::Consent(consent)) => Some(consent.digest()),
            _ => None,
        }
    }
    fn present(
        &self,
        _: &Desk<C>,
        holder: &Party<C>,
        held: &Credential<C>,
        ask: &Ask,
    ) -> Presentation<C> {
        let proof = Proof {
            tip: held.tip(),
            nonce: ask.nonce.clone(),
            operation: Some(ask.request.operation.clone()),
            request: self.strong.then(|| ask.request.digest()),
            audience: Some(ask.verifier.clone()),
            key: holder.public,
            attestation: None,
        };
        Presentation {
            credential: held.clone(),
            request: ask.request.clone(),
            connection: ask.nonce.clone(),
            proof: Some(Arc::new(Signed::new(proof, &holder.key))),
            attested: None,
            receipt: None,
        }
    }
    fn evidence(&self, p: &Presentation<C>, verifier: &VerifierId, trust: &Trust) -> Evidence {
        match &p.credential {
            Credential::Token(token) => bound_evidence(token, p, verifier, trust),
            other => nothing(other),
        }
    }
}

/// The authorization server redeems a consent for a token that is bound to the redeeming key (RFC 9449 §5).
pub fn redeem<C: Crypto>(
    desk: &Desk<C>,
    executor: &Party<C>,
    consent: &Signed<Consent, C>,
) -> Option<Signed<Token, C>> {
    let body = consent.body();
    let token = Token {
        serial: body.serial,
        subject: body.subject.clone(),
        scope: body.scope.clone(),
        not_after: body.not_after,
        confirmation: Some(executor.public),
    };
    consent.by(&C::public(&desk.issuer)).then(|| Signed::new(token, &desk.issuer))
}

/// RFC 9449 §4.3 and §7.1.
fn bound_evidence<C: Crypto>(
    token: &Signed<Token, C>,
    p: &Presentation<C>,
    verifier: &VerifierId,
    trust: &Trust,
) -> Evidence {
    let mut evidence = token_evidence(token, p, trust);
    let Some(proof) = p.proof.as_deref() else { return evidence };
    let body = proof.body();
    let signed = proof.by(&body.key)
        && body.tip == token.digest()
        && body.operation.as_ref() == Some(&p.request.operation);
    let held = &mut evidence.held;
    held.set(Guard::Holder, signed && token.body().confirmation == Some(body.key));
    held.set(Guard::RequestBound, signed && body.request == Some(p.request.digest()));
    held.set(Guard::Audience, signed && body.audience.as_ref() == Some(verifier));
    held.set(Guard::SingleUse, signed);
    evidence.conditions.push((Guard::SingleUse, Condition::Unused(proof.digest())));
    evidence.actor = signed.then_some(Actor::Key(body.key));
    evidence
}
