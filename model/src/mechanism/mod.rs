//! Trust models under test, one a file. Each translates its own credentials into the same [`Evidence`]; one
//! [`decide`](crate::decide()) judges them all.
//!
//! To add one: write `mechanism/<name>.rs` with a type that implements [`Mechanism`] and its `FORMS`, and add its line to
//! the list `mechanisms!` below.

use crate::attestation::{Attested, Tick};
use crate::authority::Authority;
use crate::contract::{Contract, Envelope};
use crate::crypto::{Crypto, Digest, PublicKey, Signed};
use crate::evidence::Evidence;
use crate::execution::{Origin, Request, TaskId, Trigger};
use crate::guard::GuardSet;
use crate::name::{Nonce, VerifierId};
use crate::policy::Trust;
use crate::presentation::{Cargo, Credential, Parcel, Presentation};
use std::collections::BTreeSet;
use std::sync::Arc;

/// One form of a mechanism: its common or strong deployment, or a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Form {
    /// The mechanism's id.
    pub mechanism: &'static str,
    /// `common` or `strong`; for a profile, `reference`.
    pub variant: &'static str,
    /// `K0` … `K6` for `continuity`.
    pub profile: Option<&'static str>,
    /// One line: what it stands for, and where it is specified.
    pub about: &'static str,
    /// How it works.
    pub kind: Kind,
}

/// Declares the modules, the [`Kind`]s and the list of forms: one line a mechanism.
macro_rules! mechanisms {
    ($($module:ident::$name:ident),* $(,)?) => {
        $(pub mod $module;)*

        /// Which implementation a form uses, with its parameters.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Kind {
            $(#[doc = concat!("[`", stringify!($module), "::", stringify!($name), "`].")]
            $name($module::$name),)*
        }

        /// Every form, in the order of reports: one slice a mechanism.
        pub const FORMS: &[&[Form]] = &[$($module::FORMS,)*];

        impl Form {
            /// Its implementation.
            pub fn run<C: Crypto>(&self) -> &dyn Mechanism<C> {
                match &self.kind {
                    $(Kind::$name(mechanism) => mechanism,)*
                }
            }
        }
    };
}

mechanisms! {
    bearer::Bearer,
    dpop::Dpop,
    continuity::Continuity,
}

/// Every form, flattened.
pub fn forms() -> impl Iterator<Item = &'static Form> {
    FORMS.iter().flat_map(|forms| forms.iter())
}

impl Form {
    /// `bearer`, `dpop/strong`, `continuity/K4`: its name in files and reports.
    pub fn label(&self) -> String {
        match (self.profile, self.variant) {
            (Some(profile), _) => format!("{}/{profile}", self.mechanism),
            (None, "common") => self.mechanism.to_owned(),
            (None, variant) => format!("{}/{variant}", self.mechanism),
        }
    }
    /// The form with that label.
    pub fn labelled(label: &str) -> Option<&'static Self> {
        forms().find(|form| form.label() == label)
    }
}

/// Somebody who signs: an identity, or one incarnation of an instance.
#[derive(Debug, Clone)]
pub struct Party<C: Crypto> {
    /// What it signs with.
    pub key: C::SecretKey,
    /// The public name of that key.
    pub public: PublicKey,
    /// What it can show of itself.
    pub attested: Option<Arc<Attested<C>>>,
}

impl<C: Crypto> Party<C> {
    /// The digest of its attestation.
    pub fn attestation(&self) -> Option<Digest> {
        self.attested.as_deref().map(Attested::digest)
    }
}

/// The online parties, each with its own policy: they are part of the deployment, not of a presenter.
#[derive(Debug)]
pub struct Desk<C: Crypto> {
    /// The authorization server's key.
    pub issuer: C::SecretKey,
    /// The settlement's key.
    pub settlement: C::SecretKey,
    /// Whom they and the verifiers believe.
    pub trust: Trust,
}

/// What an origin creates.
#[derive(Debug, Clone)]
pub struct Start<C: Crypto> {
    /// Tells executions apart.
    pub execution: u32,
    /// Where the authority comes from.
    pub origin: Origin,
    /// What is created.
    pub authority: Authority,
    /// What of it goes to the first hop: an issuer is asked for exactly this.
    pub handed: Authority,
    /// What holds below.
    pub envelope: Envelope,
    /// The grant of a context root.
    pub context: Option<Arc<Signed<crate::attestation::ContextGrant, C>>>,
    /// The trigger of a role or context root.
    pub trigger: Option<Arc<Signed<Trigger, C>>>,
}

/// What is meant to happen next.
#[derive(Debug, Clone)]
pub struct Next {
    /// The authority handed on.
    pub authority: Authority,
    /// Who may take it.
    pub contract: Contract,
    /// The requests that are meant, where the sender can name them.
    pub intents: Option<BTreeSet<Digest>>,
}

/// How to put one request.
#[derive(Debug, Clone)]
pub struct Ask {
    /// The request.
    pub request: Arc<Request>,
    /// The verifier that is addressed.
    pub verifier: VerifierId,
    /// Identifies the request.
    pub nonce: Nonce,
}

/// Why an executor does not take a parcel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Nobody who may hand this over signed what is to be done.
    Unauthenticated,
    /// A required guard fails.
    Denied(crate::Denial),
    /// The parcel holds nothing that this mechanism can use.
    Unusable,
}

/// A trust model: how its credentials are made, passed on and presented, and what they prove.
pub trait Mechanism<C: Crypto>: Send + Sync {
    /// The guards for which it can bring evidence.
    fn brings(&self) -> GuardSet;
    /// An origin creates the authority of an execution.
    fn originate(&self, desk: &Desk<C>, origin: &Party<C>, start: &Start<C>) -> Credential<C>;
    /// A holder prepares what travels to the next executor.
    fn hand_over(
        &self,
        holder: &Party<C>,
        held: &Credential<C>,
        task: TaskId,
        next: &Next,
    ) -> Cargo<C>;
    /// Whether the sender signs what it sends and what is to be done.
    fn authenticates(&self, cargo: &Cargo<C>) -> bool;
    /// An executor takes a parcel under the guards `required` at a hop; time is `now`.
    ///
    /// # Errors
    /// A [`Refusal`]: a mechanism that checks its inbound leg does not take everything.
    fn take(
        &self,
        desk: &Desk<C>,
        executor: &Party<C>,
        parcel: &Parcel<C>,
        required: GuardSet,
        now: Tick,
    ) -> Result<Credential<C>, Refusal>;
    /// What a credential that an executor has just taken proves there, where the mechanism checks its inbound leg.
    fn inbound(&self, _desk: &Desk<C>, _taken: &Credential<C>) -> Option<Evidence> {
        None
    }
    /// What taking this parcel uses up for everybody (a code that can be redeemed once).
    fn once(&self, _parcel: &Parcel<C>) -> Option<Digest> {
        None
    }
    /// A holder puts a request.
    fn present(
        &self,
        desk: &Desk<C>,
        holder: &Party<C>,
        held: &Credential<C>,
        ask: &Ask,
    ) -> Presentation<C>;
    /// What a presentation proves at `verifier`.
    fn evidence(
        &self,
        presentation: &Presentation<C>,
        verifier: &VerifierId,
        trust: &Trust,
    ) -> Evidence;
}
