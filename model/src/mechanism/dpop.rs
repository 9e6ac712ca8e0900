//! `dpop`: RFC 9449, demonstrating proof of possession. Who has the key may use the token.
//!
//! **Modelled.** A user's consent (an authorization code, RFC 6749 §4.1.2) is redeemed at the token endpoint with the
//! redeemer's own key (RFC 9449 §5), and the token is bound to that key (`cnf.jkt`, §6.1). Each request carries a proof
//! (§4.2) with `htm`, `htu`, `jti` and `ath`, judged as §4.3 and §7.1 demand: signature (check 6), method and URI (8, 9),
//! token hash and bound key (12). A code is redeemed once (RFC 6749 §4.1.2). The client is public: RFC 9449 binds a *key*, it
//! does not authenticate *which* client redeems (§11.11). It defines no way to hand a bound token to a second executor: a
//! downstream call forwards the token, and the proof then fails.
//! *Common*: no memory of `jti` (§11.1 leaves it to the server). *Strong*: a shared memory of `jti`, and an RFC 9421 signature
//! by the same key over content digest and task (RFC 9421 §7.2.8), for what §11.7 says a proof does not cover. Tokens end
//! with the contract in both.
//!
//! **Modelled by who can act, not by a field.**
//! - *PKCE* (RFC 7636 §4.5, §4.6) and *`dpop_jkt`* (RFC 9449 §10) are modelled by who can redeem: only a workload that
//!   received the code in its session. No move lets anybody redeem a code that was merely read, so a leaked code is worth
//!   nothing. That is what the two promise, and it is generous where a client leaks its verifier together with the code
//!   (§11.9); it does not keep a code from a hostile workload that the user's session really reached.
//! - *`htu`* is taken as naming one verifier, so a proof put to one is refused by another (guard `audience`). Generous: §4.3
//!   check 9 compares URIs, and verifiers behind one host name share theirs.
//! - *Server nonces* (§8, §9) are no field of a proof. They bound how long a proof is good for and refuse proofs made in
//!   advance (§11.2); within the life of a nonce it is the memory of `jti` that refuses a replay (§11.1). That memory is kept for
//!   ever here, and no capability makes proofs in advance without the key, so a nonce would refuse nothing more.
//!
//! **Not modelled.** `iat`, and with it the acceptance window of §4.3 check 11: inside one tick every proof is recent. Over
//! several ticks this is harsher on *common* than the specification, whose window would refuse an old proof; what it allows
//! within its window is the same. No refresh tokens, no pushed authorization requests (§10.1), no introspection (§6.2).
//!
//! **Refusal that the specification demands.** A proof by another key, for another method or URI, or without the
//! token's hash (§4.3).

use super::bearer::{nothing, subject, token_evidence};
use super::{Ask, Desk, Form, Kind, Mechanism, Party, Refusal, Start};
use crate::attestation::Tick;
use crate::crypto::{Crypto, Digest, Signed};
use crate::evidence::{Actor, Condition, Evidence};
use crate::guard::{Guard, GuardSet};
use crate::name::VerifierId;
use crate::policy::Trust;
use crate::presentation::{Cargo, Credential, Parcel, Presentation, Proof};
use crate::token::{Claims, Consent, Token};
use crate::wire::Object;
use std::sync::Arc;

/// A DPoP deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dpop {
    /// A shared memory of `jti` (which covers server nonces here), and a signature over the content.
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
        about: "RFC 9449 with a shared jti memory, RFC 9421 over the content",
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
            not_after: start.until,
            client: None,
        };
        Credential::Consent(Arc::new(Signed::new(consent, &desk.issuer)))
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
        match sent {
            Credential::Consent(consent) => {
                redeem(desk, client, consent).map(|token| Credential::Token(Arc::new(token)))
            }
            _ => None,
        }
    }
    fn once(&self, parcel: &Parcel<C>) -> Option<Digest> {
        match &parcel.cargo {
            Cargo::Credential(Credential::Consent(consent)) => Some(consent.digest()),
            _ => None,
        }
    }
    fn proof(&self, holder: &Party<C>, held: &Credential<C>, ask: &Ask) -> Option<Proof> {
        Some(proof(holder, held, ask, self.strong))
    }
    fn evidence(&self, p: &Presentation<C>, verifier: &VerifierId, trust: &Trust) -> Evidence {
        match &p.credential {
            Credential::Token(token) => bound_evidence(token, p, verifier, trust),
            other => nothing(other),
        }
    }
}

/// A DPoP proof (RFC 9449 §4.2); with `content`, the same key also signs the content digest and the task (RFC 9421).
pub(super) fn proof<C: Crypto>(
    holder: &Party<C>,
    held: &Credential<C>,
    ask: &Ask,
    content: bool,
) -> Proof {
    Proof {
        tip: held.tip(),
        nonce: ask.nonce.clone(),
        operation: Some(ask.request.operation.clone()),
        request: content.then(|| ask.request.digest()),
        audience: Some(ask.verifier.clone()),
        key: holder.public,
        attestation: None,
    }
}

/// The authorization server redeems a consent for a token that is bound to the redeeming key (RFC 9449 §5).
fn redeem<C: Crypto>(
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
        claims: Claims::default(),
    };
    consent.by(&C::public(&desk.issuer)).then(|| Signed::new(token, &desk.issuer))
}

/// RFC 9449 §4.3 and §7.1.
pub(super) fn bound_evidence<C: Crypto>(
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
