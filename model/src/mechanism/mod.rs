//! Trust models under test, one a file. Each translates its own credentials into the same [`Evidence`]; one
//! [`decide`](crate::decide()) judges them all.
//!
//! To add one: write `mechanism/<name>.rs` with a type that implements [`Mechanism`] and its `FORMS`, and add its line to
//! the list `mechanisms!` below.

use crate::attestation::{Attested, Tick};
use crate::authority::{Authority, Operation, Permission};
use crate::contract::{Contract, Envelope, Requirement};
use crate::crypto::{Crypto, Digest, PublicKey, Signed};
use crate::evidence::Evidence;
use crate::execution::{Origin, Request, TaskId, Trigger};
use crate::guard::{Guard, GuardSet};
use crate::name::{Arguments, Nonce, ResourceId, ServiceId, VerifierId};
use crate::policy::Trust;
use crate::presentation::{Cargo, Credential, Parcel, Presentation, Proof};
use crate::token::Audience;
use crate::verify;
use crate::wire::Object;
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
    ambient::Ambient,
    bearer::Bearer,
    audience_bearer::AudienceBearer,
    mtls_bound::MtlsBound,
    dpop::Dpop,
    token_exchange::TokenExchange,
    exchange_dpop::ExchangeDpop,
    identity_chaining::IdentityChaining,
    txn_token::TxnToken,
    txn_token_wpt::TxnTokenWpt,
    role_chaining::RoleChaining,
    macaroon::Macaroon,
    biscuit::Biscuit,
    capability_chain::CapabilityChain,
    open_continuity::OpenContinuity,
    continuity::Continuity,
}

/// Every form, flattened.
pub fn forms() -> impl Iterator<Item = &'static Form> {
    FORMS.iter().flat_map(|forms| forms.iter())
}

/// The name in files and reports of a form with that profile, or else of that variant; the common one is not said.
pub fn label(mechanism: &str, variant: &str, profile: Option<&str>) -> String {
    match (profile, variant) {
        (Some(part), _) => format!("{mechanism}/{part}"),
        (None, "common" | "") => mechanism.to_owned(),
        (None, part) => format!("{mechanism}/{part}"),
    }
}

impl Form {
    /// `bearer`, `dpop/strong`, `continuity/K4`: its name in files and reports.
    pub fn label(&self) -> String {
        label(self.mechanism, self.variant, self.profile)
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
    /// The key that it used before, where it moved to a new one: an online party knows it by either.
    pub previous: Option<PublicKey>,
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
    /// Until when that is to be good.
    pub until: Tick,
    /// What holds below.
    pub envelope: Envelope,
    /// The grant of a context root.
    pub context: Option<Arc<Signed<crate::attestation::ContextGrant, C>>>,
    /// The trigger of a role or context root.
    pub trigger: Option<Arc<Signed<Trigger, C>>>,
    /// The service of the first hop, where there is one.
    pub to: Option<ServiceId>,
    /// The service of the last hop, where there is one.
    pub last: Option<ServiceId>,
    /// The digest of the operation and arguments that the execution is about, for issuers that bind it.
    pub purpose: Option<Digest>,
    /// The verifier that it is for, and its resource.
    pub audience: Option<(ResourceId, VerifierId)>,
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
    /// The service that is meant.
    pub to: ServiceId,
    /// The keys of its replicas, as a directory lists them when the work begins.
    pub keys: Vec<PublicKey>,
}

/// What a holder wants to use what it holds for, when it turns to an online party first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toward {
    /// Where it will be used.
    pub to: Audience,
    /// The verifier, where `to` is a resource of several.
    pub verifier: Option<VerifierId>,
    /// As much of it as is needed there.
    pub authority: Authority,
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

/// The digest of what an execution is about, whatever its task is called.
pub fn purpose(operation: &Operation, arguments: &Arguments) -> Digest {
    Permission { operation: operation.clone(), only: Some(arguments.clone()) }
        .into_authority()
        .digest()
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
    /// A holder prepares what travels to the next executor: what it holds, as it is, unless the mechanism says otherwise.
    fn hand_over(
        &self,
        _holder: &Party<C>,
        held: &Credential<C>,
        _task: TaskId,
        _next: &Next,
    ) -> Cargo<C> {
        Cargo::Credential(held.clone())
    }
    /// Whether the sender signs what it sends and what is to be done.
    fn authenticates(&self, _cargo: &Cargo<C>) -> bool {
        false
    }
    /// An executor takes a parcel under the guards `required` at a hop; time is `now`. Unless the mechanism says otherwise it
    /// redeems what is to be redeemed and keeps the rest unread.
    ///
    /// # Errors
    /// A [`Refusal`]: a mechanism that checks its inbound leg does not take everything.
    fn take(
        &self,
        desk: &Desk<C>,
        executor: &Party<C>,
        parcel: &Parcel<C>,
        _required: GuardSet,
        _now: Tick,
    ) -> Result<Credential<C>, Refusal> {
        let Cargo::Credential(sent) = &parcel.cargo else { return Err(Refusal::Unusable) };
        match self.redeem(desk, executor, sent) {
            Some(redeemed) => Ok(redeemed),
            None if matches!(sent, Credential::Consent(_)) => Err(Refusal::Unusable),
            None => Ok(sent.clone()),
        }
    }
    /// What a credential that an executor has just taken proves there, where the mechanism checks its inbound leg.
    fn inbound(&self, _desk: &Desk<C>, _taken: &Credential<C>) -> Option<Evidence> {
        None
    }
    /// What an online party gives `client` for what it holds, before it hands on or asks; `None` if there is nothing to ask
    /// for or the party refuses. Honest holders and the adversary get the same answers.
    fn convert(
        &self,
        _desk: &Desk<C>,
        _client: &Party<C>,
        _held: &Credential<C>,
        _toward: &Toward,
    ) -> Option<Credential<C>> {
        None
    }
    /// What an online party gives `client` for something that was sent to it and is still to be redeemed.
    fn redeem(
        &self,
        _desk: &Desk<C>,
        _client: &Party<C>,
        _sent: &Credential<C>,
    ) -> Option<Credential<C>> {
        None
    }
    /// What a hand-off says of its successor, where the story asks for `class`, the service is `to` and a directory lists `keys`.
    fn addressed(&self, class: &Requirement, _to: &ServiceId, _keys: &[PublicKey]) -> Requirement {
        class.clone()
    }
    /// Whether a hand-off can name keys only.
    fn signs_to_keys(&self) -> bool {
        false
    }
    /// Whether a proof stands for the connection on which a request arrives, so that nobody can send it again.
    fn channel_bound(&self) -> bool {
        false
    }
    /// Whether presenters sign their requests.
    fn signs(&self) -> bool {
        self.brings().contains(Guard::Holder)
    }
    /// Whether a proof by that party goes with what is held.
    fn holder(&self, held: &Credential<C>, party: &Party<C>, trust: &Trust) -> bool {
        match held {
            Credential::Chain(chain) => {
                verify::holds(chain, &party.public, party.attested.as_deref(), trust)
            }
            Credential::Token(token) => token.body().confirmation == Some(party.public),
            _ => false,
        }
    }
    /// What taking this parcel uses up for everybody (a code that can be redeemed once).
    fn once(&self, _parcel: &Parcel<C>) -> Option<Digest> {
        None
    }
    /// What a holder signs when it puts a request; nothing, unless the mechanism says otherwise.
    fn proof(&self, _holder: &Party<C>, _held: &Credential<C>, _ask: &Ask) -> Option<Proof> {
        None
    }
    /// A holder puts a request: the credential as it is, with the proof.
    fn present(
        &self,
        _desk: &Desk<C>,
        holder: &Party<C>,
        held: &Credential<C>,
        ask: &Ask,
    ) -> Presentation<C> {
        let proof = self.proof(holder, held, ask);
        let shown = proof.as_ref().is_some_and(|proof| proof.attestation.is_some());
        Presentation {
            credential: held.clone(),
            request: ask.request.clone(),
            connection: ask.nonce.clone(),
            proof: proof.map(|body| Arc::new(Signed::new(body, &holder.key))),
            attested: holder.attested.clone().filter(|_| shown),
            receipt: None,
        }
    }
    /// What a presentation proves at `verifier`.
    fn evidence(
        &self,
        presentation: &Presentation<C>,
        verifier: &VerifierId,
        trust: &Trust,
    ) -> Evidence;
}
