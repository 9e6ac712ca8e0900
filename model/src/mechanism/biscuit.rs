//! `biscuit`: bearer tokens with blocks that holders append under public-key signatures (Biscuit specification, version 3).
//!
//! **Modelled.** The authority block is minted for an execution; whoever hands the token on appends a block that narrows it
//! (offline attenuation), and nobody can take one away: each block is signed with a key whose other half the block before
//! carries. *Common*: bearer. *Strong*: the last block names the service that may present it, the presenter proves with a
//! signature of its own that it is that service, and seals the token, so that nothing can be appended to what is read at the
//! resource.
//!
//! **Not modelled.** Datalog: a block's checks are a narrower authority and a service. Third-party blocks. Revocation ids. The keys
//! of the chain are derived from public digests, as for `macaroon`.
//!
//! **Refusal that the specification demands.** A block that does not follow from the one before, a block behind a seal, a check
//! that is not met.

use super::bearer::nothing;
use super::macaroon::{minted, restricted, restricted_evidence};
use super::{Ask, Desk, Form, Kind, Mechanism, Next, Party, Start, Toward};
use crate::crypto::Crypto;
use crate::evidence::{Actor, Evidence};
use crate::execution::TaskId;
use crate::guard::{Guard, GuardSet};
use crate::name::VerifierId;
use crate::policy::Trust;
use crate::presentation::{Attenuated, Cargo, Credential, Presentation, Proof};
use crate::token::{Audience, Block};
use crate::wire::Object;
use std::sync::Arc;

/// A biscuit deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Biscuit {
    /// Sealed and holder-checked.
    pub strong: bool,
}

/// The two deployments.
pub const FORMS: &[Form] = &[
    Form {
        mechanism: "biscuit",
        variant: "common",
        profile: None,
        about: "blocks under public keys: a bearer token that every holder can restrict",
        kind: Kind::Biscuit(Biscuit { strong: false }),
    },
    Form {
        mechanism: "biscuit",
        variant: "strong",
        profile: None,
        about: "… sealed, and presented by the service that the last block names",
        kind: Kind::Biscuit(Biscuit { strong: true }),
    },
];

impl<C: Crypto> Mechanism<C> for Biscuit {
    fn brings(&self) -> GuardSet {
        let common = GuardSet::of(&[
            Guard::RootSigned,
            Guard::RootAnchored,
            Guard::RootMandated,
            Guard::Linked,
            Guard::Attenuated,
            Guard::InAuthority,
            Guard::Unexpired,
        ]);
        let strong = GuardSet::of(&[Guard::Holder, Guard::RequestBound]);
        if self.strong { common.union(strong) } else { common }
    }
    fn originate(&self, desk: &Desk<C>, _: &Party<C>, start: &Start<C>) -> Credential<C> {
        Credential::Attenuated(Arc::new(minted(desk, start)))
    }
    fn hand_over(&self, _: &Party<C>, held: &Credential<C>, _: TaskId, next: &Next) -> Cargo<C> {
        let Credential::Attenuated(held) = held else { return Cargo::Credential(held.clone()) };
        let block = Block {
            parent: held.tip(),
            scope: held.scope().narrowed(&next.authority),
            service: self.strong.then(|| next.to.clone()),
            key: None,
            sealed: false,
        };
        Cargo::Credential(Credential::Attenuated(Arc::new(restricted(held, block))))
    }
    /// Whoever puts a request seals the token first; nobody is asked for that.
    fn convert(
        &self,
        _: &Desk<C>,
        _: &Party<C>,
        held: &Credential<C>,
        toward: &Toward,
    ) -> Option<Credential<C>> {
        let Credential::Attenuated(token) = held else { return None };
        let there = matches!(toward.to, Audience::Resource(_));
        let last = token.blocks.last().map(|block| block.body());
        if !self.strong || !there || last.is_some_and(|block| block.sealed) {
            return None;
        }
        let seal = Block {
            parent: token.tip(),
            scope: token.scope().clone(),
            service: last.and_then(|block| block.service.clone()),
            key: None,
            sealed: true,
        };
        Some(Credential::Attenuated(Arc::new(restricted(token, seal))))
    }
    fn holder(&self, held: &Credential<C>, party: &Party<C>, trust: &Trust) -> bool {
        let Credential::Attenuated(held) = held else { return false };
        let asked = held.blocks.last().and_then(|block| block.body().service.as_ref());
        asked.is_none_or(|asked| trust.services.get(&party.public) == Some(asked))
    }
    fn proof(&self, holder: &Party<C>, held: &Credential<C>, ask: &Ask) -> Option<Proof> {
        self.strong.then(|| Proof {
            tip: held.tip(),
            nonce: ask.nonce.clone(),
            operation: Some(ask.request.operation.clone()),
            request: Some(ask.request.digest()),
            audience: None,
            key: holder.public,
            attestation: None,
        })
    }
    fn evidence(&self, p: &Presentation<C>, _: &VerifierId, trust: &Trust) -> Evidence {
        let Credential::Attenuated(held) = &p.credential else { return nothing(&p.credential) };
        let mut evidence = restricted_evidence(held, p, trust);
        let Some(proof) = p.proof.as_deref() else { return evidence };
        let body = proof.body();
        let signed = proof.by(&body.key) && body.tip == held.tip();
        let service = trust.services.get(&body.key);
        evidence.held.set(
            Guard::Holder,
            signed && presents(held, service.is_some(), |asked| service == Some(asked)),
        );
        evidence.held.set(Guard::RequestBound, signed && body.request == Some(p.request.digest()));
        evidence.actor = service.filter(|_| signed).cloned().map(Actor::Service);
        evidence
    }
}

/// Whether the last block's service, or where it names none any service, is the one that presents.
fn presents<C: Crypto>(
    held: &Attenuated<C>,
    known: bool,
    is: impl Fn(&crate::name::ServiceId) -> bool,
) -> bool {
    let asked = held.blocks.last().and_then(|block| block.body().service.as_ref());
    asked.map_or(known || held.blocks.is_empty(), is)
}
