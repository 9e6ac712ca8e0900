//! What can happen, as data: a move is named by what it is about, never by an index into a run.

use super::recipe::{CredentialId, ParcelId, PresentationId, TaskIndex};

/// One thing that can happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Move {
    /// An origin starts an execution and hands it on.
    Start(ParcelId),
    /// An origin starts an execution and asks for itself.
    StartAsk(PresentationId),
    /// An executor takes an honest parcel.
    Take(TaskIndex),
    /// The adversary hands a parcel to an executor, which takes it.
    Feed(TaskIndex),
    /// An executor hands on.
    Hand(ParcelId),
    /// An executor asks a verifier.
    Ask(PresentationId),
    /// The adversary reads a parcel where TLS terminates.
    Observe(ParcelId),
    /// A workload of the adversary receives a parcel.
    Receive(usize, ParcelId),
    /// The adversary reads a stored credential.
    Leak(TaskIndex),
    /// A hijacked executor gives away what it holds.
    Spill(TaskIndex),
    /// The adversary reads what arrives at a verifier.
    Tap(PresentationId),
    /// An instance dies.
    Crash(usize),
    /// An instance moves to a new key.
    Rekey(usize),
    /// An instance's key is revoked, visibly.
    Revoke(usize),
    /// The adversary comes to know an instance's key.
    Steal(usize),
    /// The adversary takes an executor over.
    Hijack(usize),
    /// The clock ticks, to this time.
    Tick(u32),
    /// The adversary keeps the revocation of an instance's key from the verifiers.
    Withhold(usize),
    /// A verifier restarts, and forgets what it accepted.
    Forget(usize),
    /// A verifier's clock is made to run late.
    Skew(usize),
    /// A verifier accepts a presentation.
    Accept(PresentationId, usize),
    /// A verifier accepts a presentation after it forgot.
    Afresh(PresentationId, usize),
}

impl Move {
    /// Its name in traces.
    pub fn kind(self) -> &'static str {
        match self {
            Self::Start(_) | Self::StartAsk(_) => "start",
            Self::Take(_) => "take",
            Self::Feed(_) => "feed",
            Self::Hand(_) => "hand-over",
            Self::Ask(_) => "ask",
            Self::Observe(_) => "observe",
            Self::Receive(..) => "receive",
            Self::Leak(_) => "leak",
            Self::Spill(_) => "spill",
            Self::Tap(_) => "tap",
            Self::Crash(_) => "crash",
            Self::Rekey(_) => "rekey",
            Self::Revoke(_) => "revoke",
            Self::Steal(_) => "steal-key",
            Self::Hijack(_) => "hijack",
            Self::Tick(_) => "tick",
            Self::Withhold(_) => "withhold",
            Self::Forget(_) => "forget",
            Self::Skew(_) => "skew",
            Self::Accept(..) => "accept",
            Self::Afresh(..) => "accept-afresh",
        }
    }
}

/// What the adversary knows once it has read something: honest credentials, hand-offs and presentations.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Knowledge {
    /// Credentials, each under the row with which its bytes came first.
    pub credentials: Vec<CredentialId>,
    /// Hand-offs.
    pub offers: Vec<ParcelId>,
    /// Presentations.
    pub presentations: Vec<PresentationId>,
}
