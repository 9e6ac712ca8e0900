//! `txn-token-wpt`: transaction tokens with WIMSE workload proof tokens (draft-ietf-wimse-wpt-01).
//!
//! **Modelled.** What `txn-token` models, in both deployments with `tctx` compared. The workload that presents also shows its
//! identity token, which an attester signed over its key, and a proof by that key with audience and `jti`. *Common*: the proof
//! is bound to the request's target and not to the transaction token that goes with it. *Strong*: the proof carries `tth`, the
//! hash of the transaction token, and verifiers share a memory of `jti`.
//!
//! **Not modelled.** The proof does not cover the body (the draft leaves that to HTTP message signatures). On the legs between
//! executors it says which workload sends and not whose task it is: any workload of the domain may send anything, which is
//! how they are modelled; for an adversary without a workload in the domain that is generous.
//!
//! **Refusal that the specification demands.** A proof by a key that the identity token does not name, for another audience,
//! or (strong) for another transaction token.

use super::bearer::nothing;
use super::txn_token::{transaction, transaction_evidence};
use super::{Ask, Desk, Form, Kind, Mechanism, Party, Start};
use crate::attestation::Attested;
use crate::crypto::{Crypto, Digest};
use crate::evidence::{Actor, Condition, Evidence};
use crate::guard::{Guard, GuardSet};
use crate::name::VerifierId;
use crate::policy::Trust;
use crate::presentation::{Credential, Presentation, Proof};
use crate::verify::trusted;
use std::sync::Arc;

/// A deployment of transaction tokens with workload proofs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TxnTokenWpt {
    /// `tth`, and a shared memory of `jti`.
    pub strong: bool,
}

/// The two deployments.
pub const FORMS: &[Form] = &[
    Form {
        mechanism: "txn-token-wpt",
        variant: "common",
        profile: None,
        about: "transaction tokens with a WIMSE workload proof token (draft-ietf-wimse-wpt)",
        kind: Kind::TxnTokenWpt(TxnTokenWpt { strong: false }),
    },
    Form {
        mechanism: "txn-token-wpt",
        variant: "strong",
        profile: None,
        about: "… with `tth` and a shared jti memory",
        kind: Kind::TxnTokenWpt(TxnTokenWpt { strong: true }),
    },
];

impl<C: Crypto> Mechanism<C> for TxnTokenWpt {
    fn brings(&self) -> GuardSet {
        let common = GuardSet::of(&[
            Guard::RootSigned,
            Guard::RootAnchored,
            Guard::RootMandated,
            Guard::Attested,
            Guard::AttestationFresh,
            Guard::KeyAttested,
            Guard::InAuthority,
            Guard::IntentBound,
            Guard::Audience,
            Guard::Unexpired,
        ]);
        if self.strong { common.with(Guard::SingleUse) } else { common }
    }
    fn originate(&self, desk: &Desk<C>, _: &Party<C>, start: &Start<C>) -> Credential<C> {
        Credential::Token(Arc::new(transaction(desk, start)))
    }
    fn signs(&self) -> bool {
        true
    }
    fn holder(&self, _: &Credential<C>, party: &Party<C>, _: &Trust) -> bool {
        party.attested.is_some()
    }
    fn proof(&self, holder: &Party<C>, held: &Credential<C>, ask: &Ask) -> Option<Proof> {
        Some(Proof {
            tip: if self.strong { held.tip() } else { unbound() },
            nonce: ask.nonce.clone(),
            operation: Some(ask.request.operation.clone()),
            request: None,
            audience: Some(ask.verifier.clone()),
            key: holder.public,
            attestation: holder.attestation(),
        })
    }
    fn evidence(&self, p: &Presentation<C>, verifier: &VerifierId, trust: &Trust) -> Evidence {
        let Credential::Token(token) = &p.credential else { return nothing(&p.credential) };
        let mut evidence = transaction_evidence(token, p, trust);
        let Some(proof) = p.proof.as_deref() else { return evidence };
        let body = proof.body();
        let shown = p.attested.as_deref();
        let bound = if self.strong { token.digest() } else { unbound() };
        let signed = proof.by(&body.key)
            && body.tip == bound
            && body.attestation == shown.map(Attested::digest)
            && body.operation.as_ref() == Some(&p.request.operation);
        let attested = shown.filter(|shown| trusted(shown, trust));
        let held = &mut evidence.held;
        held.set(Guard::Attested, attested.is_some());
        held.set(Guard::AttestationFresh, attested.is_some());
        let named = shown.is_some_and(|shown| shown.facts().key == body.key);
        held.set(Guard::KeyAttested, signed && named);
        held.set(Guard::Audience, signed && body.audience.as_ref() == Some(verifier));
        held.set(Guard::SingleUse, signed);
        evidence.conditions.push((Guard::SingleUse, Condition::Unused(proof.digest())));
        if let Some(attested) = attested {
            let facts = attested.facts();
            let fresh = Condition::Within(facts.not_before, facts.not_after);
            evidence.conditions.push((Guard::AttestationFresh, fresh));
            let actor = Actor::Incarnation(facts.subject.clone());
            evidence.actor = (signed && named).then_some(actor);
        }
        evidence
    }
}

/// What a proof without `tth` is bound to: no token.
fn unbound() -> Digest {
    Digest::of(b"")
}
