//! `role-chaining`: AWS STS AssumeRole and Signature Version 4.
//!
//! **Modelled.** A service assumes a role at the token service (`sts:AssumeRole`), which checks the role's trust policy, and
//! signs its requests with the session's key (SigV4: a proof of possession over method, payload and target). A role's
//! permissions are its own: a chained session is no subset of the caller's (IAM user guide, *Role chaining*); a session policy
//! is (*Session policies*). *Common*: one role a service, with what the honest traffic that ends there needs; nothing of the
//! customer travels. *Strong*: the role lies in the customer's account and trusts the service only with that customer's
//! `ExternalId` (IAM user guide, *The confused deputy problem*); the customer that calls is authenticated; on the way from service
//! to service the session carries `SourceIdentity` and transitive tags that no later session can change, SigV4 authenticates
//! each leg, and a session policy narrows the last session to what is asked.
//!
//! **Not modelled.** SigV4 keeps no memory of requests (they are good for minutes), so a recorded request may be replayed. Limits
//! on the session's duration for chained roles: a session ends with the contract.
//!
//! **Refusal that the specification demands.** A role whose trust policy does not name the caller, or (strong) an `ExternalId`
//! that is not the customer's.

use super::bearer::{nothing, subject, token};
use super::dpop::proof;
use super::token_exchange::{exchanged, meant_for};
use super::{Ask, Desk, Form, Kind, Mechanism, Party, Refusal, Start, Toward};
use crate::attestation::Tick;
use crate::authority::Authority;
use crate::crypto::{Crypto, Signed};
use crate::evidence::{Actor, Condition, Evidence};
use crate::guard::{Guard, GuardSet};
use crate::identity::IdentityId;
use crate::name::{ServiceId, VerifierId};
use crate::policy::Trust;
use crate::presentation::{Cargo, Credential, Parcel, Presentation, Proof};
use crate::token::{Audience, Claims, Consent, Token};
use crate::wire::Object;
use std::sync::Arc;

/// A deployment of assumed roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoleChaining {
    /// `ExternalId`, `SourceIdentity`, transitive tags, session policies.
    pub strong: bool,
}

/// The two deployments.
pub const FORMS: &[Form] = &[
    Form {
        mechanism: "role-chaining",
        variant: "common",
        profile: None,
        about: "AWS AssumeRole with SigV4: a role for each service",
        kind: Kind::RoleChaining(RoleChaining { strong: false }),
    },
    Form {
        mechanism: "role-chaining",
        variant: "strong",
        profile: None,
        about: "… with ExternalId, SourceIdentity, transitive tags and session policies",
        kind: Kind::RoleChaining(RoleChaining { strong: true }),
    },
];

impl<C: Crypto> Mechanism<C> for RoleChaining {
    fn brings(&self) -> GuardSet {
        let common = GuardSet::of(&[
            Guard::RootSigned,
            Guard::InAuthority,
            Guard::Holder,
            Guard::RequestBound,
            Guard::Audience,
            Guard::Unexpired,
        ]);
        let strong = GuardSet::of(&[Guard::RootAnchored, Guard::RootMandated]);
        if self.strong { common.union(strong) } else { common }
    }
    fn originate(&self, desk: &Desk<C>, _: &Party<C>, start: &Start<C>) -> Credential<C> {
        if !self.strong {
            return Credential::Ambient(start.execution);
        }
        // The customer's call: who calls is known, and what it asks for; it grants nothing by itself.
        let call = Consent {
            serial: start.execution,
            subject: subject(&start.origin),
            scope: token(start).scope,
            not_after: start.until,
            client: start.to.clone(),
        };
        Credential::Consent(Arc::new(Signed::new(call, &desk.issuer)))
    }
    fn authenticates(&self, cargo: &Cargo<C>) -> bool {
        self.strong && !matches!(cargo, Cargo::Credential(Credential::Ambient(_)))
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
        let good = match sent {
            Credential::Token(token) => meant_for(token, executor, desk),
            _ => true,
        };
        if good { Ok(sent.clone()) } else { Err(Refusal::Unusable) }
    }
    /// Assumes a role toward a resource, or a session that carries the customer's name toward a service.
    fn convert(
        &self,
        desk: &Desk<C>,
        client: &Party<C>,
        held: &Credential<C>,
        toward: &Toward,
    ) -> Option<Credential<C>> {
        let service = desk.trust.services.get(&client.public)?;
        let issued = match held {
            Credential::Ambient(number) => assumed(desk, *number, service, toward)?,
            Credential::Consent(call) if call.by(&desk.trust.issuer) => {
                let body = call.body();
                let named = body.client.is_none() || body.client.as_ref() == Some(service);
                let session = customer(body.serial, &body.subject, body.not_after);
                named.then(|| self.session(desk, &session, service, toward))??
            }
            Credential::Token(token) if token.by(&desk.trust.issuer) => {
                let body = token.body();
                let mine = body.claims.audience == Some(Audience::Service(service.clone()));
                mine.then(|| self.session(desk, body, service, toward))??
            }
            _ => return None,
        };
        let signed = Token { confirmation: Some(client.public), ..issued };
        Some(Credential::Token(Arc::new(Signed::new(with_requester(signed), &desk.issuer))))
    }
    fn proof(&self, holder: &Party<C>, held: &Credential<C>, ask: &Ask) -> Option<Proof> {
        Some(proof(holder, held, ask, true))
    }
    fn evidence(&self, p: &Presentation<C>, verifier: &VerifierId, trust: &Trust) -> Evidence {
        match &p.credential {
            Credential::Token(session) => session_evidence(session, p, verifier, trust),
            other => nothing(other),
        }
    }
}

/// The role of a service, whoever it acts for: what it needs for the traffic that ends there.
fn assumed<C: Crypto>(
    desk: &Desk<C>,
    number: u32,
    service: &ServiceId,
    toward: &Toward,
) -> Option<Token> {
    let permissions = desk.trust.standing.get(service)?;
    matches!(toward.to, Audience::Resource(_)).then(|| Token {
        scope: permissions.clone(),
        claims: Claims { actors: vec![service.clone()], ..Claims::default() },
        ..customer(number, &IdentityId::new(service.as_str()), Tick::MAX)
    })
}

fn customer(serial: u32, subject: &IdentityId, not_after: Tick) -> Token {
    Token {
        serial,
        subject: subject.clone(),
        scope: Authority::default(),
        not_after,
        confirmation: None,
        claims: Claims::default(),
    }
}

/// On the way from service to service the requester signs each leg.
fn with_requester(mut session: Token) -> Token {
    if matches!(session.claims.audience, Some(Audience::Service(_))) {
        session.claims.requester = session.confirmation;
    }
    session
}

impl RoleChaining {
    /// A session in the customer's account, narrowed by a session policy, or one that only carries the customer's name on.
    fn session<C: Crypto>(
        self,
        desk: &Desk<C>,
        on_behalf: &Token,
        service: &ServiceId,
        toward: &Toward,
    ) -> Option<Token> {
        let trusted = desk.trust.standing.get(service);
        let granted = desk.trust.mandates.identities.get(&on_behalf.subject)?;
        let scope = match toward.to {
            Audience::Service(_) => Authority::default(),
            _ => toward.authority.narrowed(granted).narrowed(trusted?),
        };
        Some(exchanged(on_behalf, service, scope, toward, false))
    }
}

fn session_evidence<C: Crypto>(
    session: &Signed<Token, C>,
    p: &Presentation<C>,
    verifier: &VerifierId,
    trust: &Trust,
) -> Evidence {
    let body = session.body();
    let mut evidence = nothing(&p.credential);
    let issued = session.by(&trust.issuer);
    let mandate = trust.mandates.identities.get(&body.subject);
    let held = &mut evidence.held;
    held.set(Guard::RootSigned, issued);
    held.set(Guard::RootAnchored, issued && trust.identities.contains_key(&body.subject));
    held.set(Guard::RootMandated, mandate.is_some_and(|mandate| body.scope.within(mandate)));
    held.set(Guard::InAuthority, body.scope.admits(&p.request.operation, &p.request.arguments));
    held.set(Guard::Unexpired, true);
    evidence.conditions.push((Guard::Unexpired, Condition::Within(0, body.not_after)));
    if let Some(proof) = p.proof.as_deref() {
        let signed = proof.by(&proof.body().key) && proof.body().tip == session.digest();
        let whole = signed && proof.body().request == Some(p.request.digest());
        let held = &mut evidence.held;
        held.set(Guard::Holder, signed && body.confirmation == Some(proof.body().key));
        held.set(Guard::RequestBound, whole);
        held.set(Guard::Audience, whole && proof.body().audience.as_ref() == Some(verifier));
    }
    let named = trust.identities.contains_key(&body.subject);
    evidence.anchor = Some(body.subject.clone()).filter(|_| named);
    evidence.actor = body.claims.actors.last().cloned().map(Actor::Service);
    evidence.root = session.digest();
    evidence.authority = body.scope.clone();
    evidence
}
