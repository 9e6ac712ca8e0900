//! `txn-token`: draft-ietf-oauth-transaction-tokens-10. One token for a transaction, passed unmodified inside a trust domain.
//!
//! **Modelled.** The transaction token service issues a token when a request enters the domain: the subject, what the
//! transaction is for (`scope`), a transaction identifier (`txn`), and an immutable context (`tctx`) with the operation and its
//! arguments. Workloads pass it on as it is; it is short-lived, and it ends with the contract. *Common*: a resource looks at the
//! scope and not at the context. *Strong*: it compares the request with `tctx`.
//!
//! **Not modelled.** Replacement tokens (the draft lets a workload ask for one with more context, never with other context).
//! Workloads authenticate each other inside the domain, says the draft, and leaves out how: any workload of the domain may
//! present a token that it received, which is what a stolen one is worth. `txn-token-wpt` adds the proof.
//!
//! **Refusal that the specification demands.** A token that is expired, of another domain, or (strong) for another
//! transaction context.

use super::bearer::{nothing, token, token_evidence};
use super::{Desk, Form, Kind, Mechanism, Party, Start, purpose};
use crate::crypto::{Crypto, Signed};
use crate::evidence::Evidence;
use crate::guard::{Guard, GuardSet};
use crate::name::VerifierId;
use crate::policy::Trust;
use crate::presentation::{Credential, Presentation};
use crate::token::Token;
use std::sync::Arc;

/// A deployment of transaction tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TxnToken {
    /// The resource compares the request with the transaction context.
    pub strong: bool,
}

/// The two deployments.
pub const FORMS: &[Form] = &[
    Form {
        mechanism: "txn-token",
        variant: "common",
        profile: None,
        about: "draft-ietf-oauth-transaction-tokens: one token a transaction, for its domain",
        kind: Kind::TxnToken(TxnToken { strong: false }),
    },
    Form {
        mechanism: "txn-token",
        variant: "strong",
        profile: None,
        about: "… and the resource compares the request with the immutable `tctx`",
        kind: Kind::TxnToken(TxnToken { strong: true }),
    },
];

impl<C: Crypto> Mechanism<C> for TxnToken {
    fn brings(&self) -> GuardSet {
        let common = GuardSet::of(&[
            Guard::RootSigned,
            Guard::RootAnchored,
            Guard::RootMandated,
            Guard::InAuthority,
            Guard::Unexpired,
        ]);
        if self.strong { common.with(Guard::IntentBound) } else { common }
    }
    fn originate(&self, desk: &Desk<C>, _: &Party<C>, start: &Start<C>) -> Credential<C> {
        Credential::Token(Arc::new(transaction(desk, start)))
    }
    fn evidence(&self, p: &Presentation<C>, _: &VerifierId, trust: &Trust) -> Evidence {
        match &p.credential {
            Credential::Token(token) => transaction_evidence(token, p, trust),
            other => nothing(other),
        }
    }
}

/// The transaction token service issues a token at the edge of the domain.
pub(super) fn transaction<C: Crypto>(desk: &Desk<C>, start: &Start<C>) -> Signed<Token, C> {
    let mut token = token(start);
    token.claims.context = start.purpose;
    Signed::new(token, &desk.issuer)
}

/// What a transaction token proves: what any token does, and whether the request is the one of its context. A token that the
/// adversary was issued for no context in particular is for none.
pub(super) fn transaction_evidence<C: Crypto>(
    token: &Signed<Token, C>,
    p: &Presentation<C>,
    trust: &Trust,
) -> Evidence {
    let mut evidence = token_evidence(token, p, trust);
    let asked = purpose(&p.request.operation, &p.request.arguments);
    evidence.held.set(Guard::IntentBound, token.body().claims.context == Some(asked));
    evidence
}
