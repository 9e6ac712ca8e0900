//! `ambient`: the service's own identity at the resource (a SPIFFE X.509-SVID over mutual TLS): the classic deputy.
//!
//! **Modelled.** Nothing travels with the work but the errand. Whoever serves it calls the resource under its own certificate,
//! and the resource looks the service up in an access list, which holds what the honest traffic that ends at this service
//! needs. What travels on the connection cannot be altered, redirected or replayed by who reads where it ends: the proof
//! covers the connection's fresh values, the verifier and the request. *Common*: a certificate names the service, whatever
//! runs there. *Strong*: attestation gates the identity: the resource also asks for a fresh statement of a trusted attester
//! over the same key (SPIFFE: node and workload attestation before an SVID is issued).
//!
//! **Not modelled.** Names of single users inside the errand, which some services check by themselves: nothing at the resource
//! would know. An inbound leg is a connection that anybody may open.
//!
//! **Refusal that the specification demands.** A certificate of a service that the access list does not name, or (strong) a
//! workload that nobody attests.

use super::bearer::nothing;
use super::{Ask, Desk, Form, Kind, Mechanism, Party, Start};
use crate::attestation::Attested;
use crate::crypto::Crypto;
use crate::evidence::{Actor, Condition, Evidence};
use crate::guard::{Guard, GuardSet};
use crate::name::VerifierId;
use crate::policy::Trust;
use crate::presentation::{Credential, Presentation, Proof};
use crate::verify::trusted;
use crate::wire::Object;

/// A deployment of service identities.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ambient {
    /// Attestation gates the identity.
    pub strong: bool,
}

/// The two deployments.
pub const FORMS: &[Form] = &[
    Form {
        mechanism: "ambient",
        variant: "common",
        profile: None,
        about: "the service's own identity at the resource (SVID over mTLS)",
        kind: Kind::Ambient(Ambient { strong: false }),
    },
    Form {
        mechanism: "ambient",
        variant: "strong",
        profile: None,
        about: "… and attestation gates that identity",
        kind: Kind::Ambient(Ambient { strong: true }),
    },
];

impl<C: Crypto> Mechanism<C> for Ambient {
    fn channel_bound(&self) -> bool {
        true
    }
    fn brings(&self) -> GuardSet {
        let common = GuardSet::of(&[
            Guard::InAuthority,
            Guard::Holder,
            Guard::RequestBound,
            Guard::Audience,
            Guard::SingleUse,
        ]);
        let strong = GuardSet::of(&[Guard::Attested, Guard::AttestationFresh, Guard::KeyAttested]);
        if self.strong { common.union(strong) } else { common }
    }
    fn originate(&self, _: &Desk<C>, _: &Party<C>, start: &Start<C>) -> Credential<C> {
        Credential::Ambient(start.execution)
    }
    fn holder(&self, _: &Credential<C>, party: &Party<C>, trust: &Trust) -> bool {
        trust.services.contains_key(&party.public)
    }
    fn proof(&self, holder: &Party<C>, held: &Credential<C>, ask: &Ask) -> Option<Proof> {
        Some(Proof { attestation: holder.attestation(), ..connection(holder, held, ask) })
    }
    fn evidence(&self, p: &Presentation<C>, verifier: &VerifierId, trust: &Trust) -> Evidence {
        let mut evidence = nothing(&p.credential);
        if !matches!(p.credential, Credential::Ambient(_)) {
            return evidence;
        }
        let Some(proof) = p.proof.as_deref() else { return evidence };
        let body = proof.body();
        let service = trust.services.get(&body.key);
        let listed = service.and_then(|service| trust.standing.get(service));
        let signed = proof.by(&body.key) && body.tip == p.credential.tip();
        let held = &mut evidence.held;
        let asked = (&p.request.operation, &p.request.arguments);
        held.set(Guard::InAuthority, listed.is_some_and(|list| list.admits(asked.0, asked.1)));
        held.set(Guard::Holder, signed && service.is_some());
        held.set(Guard::RequestBound, signed && body.request == Some(p.request.digest()));
        held.set(Guard::Audience, signed && body.audience.as_ref() == Some(verifier));
        held.set(Guard::SingleUse, signed);
        let shown = p.attested.as_deref();
        let shown = shown.filter(|shown| body.attestation == Some(Attested::digest(shown)));
        let attested = shown.filter(|shown| trusted(shown, trust));
        held.set(Guard::Attested, attested.is_some());
        held.set(Guard::AttestationFresh, attested.is_some());
        held.set(Guard::KeyAttested, shown.is_some_and(|shown| shown.facts().key == body.key));
        evidence.conditions.push((Guard::SingleUse, Condition::Unused(proof.digest())));
        if let Some(attested) = attested {
            let facts = attested.facts();
            let fresh = Condition::Within(facts.not_before, facts.not_after);
            evidence.conditions.push((Guard::AttestationFresh, fresh));
            evidence.anchor.clone_from(&facts.deployer);
        }
        evidence.actor = service.filter(|_| signed).cloned().map(Actor::Service);
        evidence.authority = listed.cloned().unwrap_or_default();
        evidence
    }
}

/// What a mutually authenticated connection binds: its fresh values, the verifier, the request.
fn connection<C: Crypto>(holder: &Party<C>, held: &Credential<C>, ask: &Ask) -> Proof {
    Proof {
        tip: held.tip(),
        nonce: ask.nonce.clone(),
        operation: None,
        request: Some(ask.request.digest()),
        audience: Some(ask.verifier.clone()),
        key: holder.public,
        attestation: None,
    }
}
