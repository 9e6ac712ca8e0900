//! `macaroon`: bearer tokens that every holder can restrict (Birgisson et al., *Macaroons*, NDSS 2014).
//!
//! **Modelled.** A macaroon is minted for an execution; whoever hands it on may add first-party caveats that narrow it (paper
//! §II.A), and nobody can take a caveat away, since each is keyed with the one before. All caveats must hold, so a wider one
//! widens nothing. *Common*: as it is. *Strong*: the last caveat is a third-party one (§II.B): presented by this service. The
//! presenter authenticates to the third party and gets a discharge, which is bound to this macaroon (§II.C) and to no other.
//!
//! **Not modelled.** Encrypted caveat ids, and third parties of third parties. The keys of the chain are derived from public
//! digests here: whoever has a macaroon can add to it, and no move takes a caveat away, which is what the HMAC chain brings
//! about. The macaroon and its discharge are bearer artefacts to whoever reads them together.
//!
//! **Refusal that the specification demands.** A chain in which a caveat does not follow from the one before, a caveat that is
//! not met, a discharge for another macaroon.

use super::bearer::{nothing, token, token_evidence};
use super::{Desk, Form, Kind, Mechanism, Next, Party, Start, Toward};
use crate::crypto::{Crypto, Digest, Signed};
use crate::evidence::Evidence;
use crate::execution::TaskId;
use crate::guard::{Guard, GuardSet};
use crate::name::VerifierId;
use crate::policy::Trust;
use crate::presentation::{Attenuated, Cargo, Credential, Presentation};
use crate::token::{Audience, Block};
use std::sync::Arc;

/// A macaroon deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Macaroon {
    /// Third-party caveats with bound discharges.
    pub strong: bool,
}

/// The two deployments.
pub const FORMS: &[Form] = &[
    Form {
        mechanism: "macaroon",
        variant: "common",
        profile: None,
        about: "NDSS 2014: bearer tokens that every holder can restrict",
        kind: Kind::Macaroon(Macaroon { strong: false }),
    },
    Form {
        mechanism: "macaroon",
        variant: "strong",
        profile: None,
        about: "… with third-party caveats and bound discharges",
        kind: Kind::Macaroon(Macaroon { strong: true }),
    },
];

impl<C: Crypto> Mechanism<C> for Macaroon {
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
        if self.strong { common.with(Guard::Eligible) } else { common }
    }
    fn originate(&self, desk: &Desk<C>, _: &Party<C>, start: &Start<C>) -> Credential<C> {
        Credential::Attenuated(Arc::new(minted(desk, start)))
    }
    fn hand_over(&self, _: &Party<C>, held: &Credential<C>, _: TaskId, next: &Next) -> Cargo<C> {
        let Credential::Attenuated(held) = held else { return Cargo::Credential(held.clone()) };
        let caveat = Block {
            parent: held.tip(),
            scope: held.scope().narrowed(&next.authority),
            service: self.strong.then(|| next.to.clone()),
            key: None,
            sealed: false,
        };
        Cargo::Credential(Credential::Attenuated(Arc::new(restricted(held, caveat))))
    }
    /// The third party's discharge, for the service that the last caveat names.
    fn convert(
        &self,
        desk: &Desk<C>,
        client: &Party<C>,
        held: &Credential<C>,
        toward: &Toward,
    ) -> Option<Credential<C>> {
        let Credential::Attenuated(macaroon) = held else { return None };
        let asked = macaroon.blocks.last().and_then(|block| block.body().service.clone());
        let service = desk.trust.services.get(&client.public);
        let there = matches!(toward.to, Audience::Resource(_));
        if !self.strong || !there || asked.is_none() || asked.as_ref() != service {
            return None;
        }
        let word = Block {
            parent: macaroon.tip(),
            scope: macaroon.scope().clone(),
            service: asked,
            key: None,
            sealed: true,
        };
        let discharge = Some(Arc::new(Signed::new(word, &desk.issuer)));
        let discharged = Attenuated { discharge, ..(**macaroon).clone() };
        Some(Credential::Attenuated(Arc::new(discharged)))
    }
    fn evidence(&self, p: &Presentation<C>, _: &VerifierId, trust: &Trust) -> Evidence {
        let Credential::Attenuated(held) = &p.credential else { return nothing(&p.credential) };
        let mut evidence = restricted_evidence(held, p, trust);
        let asked = held.blocks.last().and_then(|block| block.body().service.as_ref());
        let discharged = held.discharge.as_deref().is_some_and(|word| {
            word.by(&trust.issuer)
                && word.body().parent == held.tip()
                && word.body().service.as_ref() == asked
        });
        evidence.held.set(Guard::Eligible, asked.is_none() || discharged);
        evidence
    }
}

/// A token that its holders may restrict.
pub(super) fn minted<C: Crypto>(desk: &Desk<C>, start: &Start<C>) -> Attenuated<C> {
    // The origin hands on less than it has by a restriction, as every holder does.
    let mut token = token(start);
    token.scope = start.authority.clone();
    let token = Arc::new(Signed::new(token, &desk.issuer));
    Attenuated { token, blocks: Vec::new(), discharge: None }
}

/// What signs the restriction behind the record with digest `parent`: whoever has the record has it.
pub(super) fn chained<C: Crypto>(parent: &Digest) -> C::SecretKey {
    let mut seed = b"whoacts restriction\0".to_vec();
    seed.extend_from_slice(parent.as_bytes());
    C::key(Digest::of(&seed).as_bytes())
}

/// With one more restriction.
pub(super) fn restricted<C: Crypto>(held: &Attenuated<C>, block: Block) -> Attenuated<C> {
    let key = chained::<C>(&held.tip());
    let mut blocks = held.blocks.clone();
    blocks.push(Arc::new(Signed::new(block, &key)));
    Attenuated { token: held.token.clone(), blocks, discharge: None }
}

/// What a restricted token proves: every restriction follows from the one before, and all of them admit the request.
pub(super) fn restricted_evidence<C: Crypto>(
    held: &Attenuated<C>,
    p: &Presentation<C>,
    trust: &Trust,
) -> Evidence {
    let mut evidence = token_evidence(&held.token, p, trust);
    let mut parent = held.token.digest();
    let (mut linked, mut open) = (true, true);
    for block in &held.blocks {
        let key = C::public(&chained::<C>(&parent));
        linked &= open && block.body().parent == parent && block.by(&key);
        open = !block.body().sealed;
        parent = block.digest();
    }
    let asked = (&p.request.operation, &p.request.arguments);
    let admitted = held.blocks.iter().all(|block| block.body().scope.admits(asked.0, asked.1));
    let whole = evidence.held.contains(Guard::InAuthority);
    evidence.held.set(Guard::InAuthority, whole && admitted);
    evidence.held.set(Guard::Linked, linked);
    // All restrictions must hold at once, so that a wider one is no wider.
    evidence.held.set(Guard::Attenuated, true);
    evidence.authority = held.scope().clone();
    evidence
}
