//! Ground truth, which no mechanism may read: who really did what, at whose cause, and whom they meant.
//!
//! It sits beside the messages, never inside the signed bytes, and is a function of them: an honest record exists only
//! because its maker made it, unless the maker's key is under the adversary's control, which every property takes into account.

use whoacts_model::attestation::Tick;
use whoacts_model::authority::Authority;
use whoacts_model::crypto::{Digest, PublicKey};
use whoacts_model::name::ResourceId;

/// Who really does something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Who {
    /// An identity that is not the adversary's.
    Identity(usize),
    /// An instance that is not the adversary's (it may be taken over later).
    Instance(usize),
    /// The adversary, by itself.
    Adversary,
    /// The adversary, through an instance that it runs: from the start, or since it took it over.
    Run(usize),
}

impl Who {
    /// Whether it is the adversary.
    pub fn hostile(self) -> bool {
        matches!(self, Self::Adversary | Self::Run(_))
    }
}

/// What a message was really caused by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Cause {
    /// The honest execution with that index.
    Execution(usize),
    /// The adversary's own doing; this much it could do by itself.
    Adversary(Authority),
}

/// Who really created the authority that a credential carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mint {
    /// The honest execution with that index.
    Execution(usize),
    /// The adversary, truthfully in its own name.
    Own,
    /// The adversary in its own name, beyond its mandate.
    Overreach,
    /// The adversary, in somebody else's name.
    Forged,
    /// Whoever wrote the access list: what a service may do by itself, for whomever.
    Standing,
    /// An executor that the adversary controls, as a self-start in its role.
    SelfStart(usize),
}

/// Whom a delegator meant.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Meant {
    /// The instances of that pool, under the ghost's contract for it.
    Pool(usize),
    /// Anybody.
    Anyone,
    /// Nobody honest delegated here.
    Nobody,
}

/// One delegation on the path of a credential: who delegated, whom they meant, who took it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Passage {
    /// The delegator.
    pub by: Who,
    /// The key with which it signed, where the mechanism signs a delegation.
    pub signed: Option<PublicKey>,
    /// Whether that key is one of a holder of the step before (or nothing is signed).
    pub by_holder: bool,
    /// Whom it meant.
    pub meant: Meant,
    /// Who took it.
    pub taker: Who,
    /// The key to which what it took binds it: with which it answered, or which its token names.
    pub answered: Option<PublicKey>,
    /// The authority that the delegator meant to hand on.
    pub authority: Authority,
}

/// What an honest party signed and said how many effects it is good for, at one resource.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Declared {
    /// The honest execution.
    pub execution: usize,
    /// The hand-off by which its origin gave it away, and not the root. Whoever hands on further declares as many effects
    /// as it was given, so that a later hand-off can only be used up together with the first.
    pub handed: bool,
    /// Where the effects are counted, by whichever verifier: there is one count for each resource.
    pub resource: ResourceId,
}

/// When something that looks wrong is a violation.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum When {
    /// Whenever it is accepted.
    Always,
    /// Unless the adversary controls this key at that time.
    UnlessControlled(PublicKey),
    /// If whoever asked was honest when it asked: nobody had taken it over by then.
    AskedHonestly,
    /// After this tick.
    After(Tick),
    /// If this key is revoked by then.
    Revoked(PublicKey),
    /// If this key is retired by then.
    Retired(PublicKey),
    /// If this key is retired and revoked by then.
    Gone(PublicKey),
    /// If so many effects were accepted already of what somebody declared.
    Spent(Declared, u32),
    /// If this trigger justified an honest root already.
    Reused(Digest),
    /// Before this tick.
    Before(Tick),
}
