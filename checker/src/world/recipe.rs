//! How each message comes to be: honest work or the adversary's composition, as data without cryptography.
//!
//! A recipe is the same under every provider; the [`Kitchen`](super::kitchen::Kitchen) follows it with real keys.

use whoacts_model::authority::Authority;
use whoacts_model::execution::Origin;
use whoacts_model::mechanism::Next;
use whoacts_model::name::TriggerSource;
use whoacts_model::token::Token;

/// Declares indices into the tables of a universe.
macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);
        impl $name {
            /// As an index.
            pub fn at(self) -> usize { self.0 as usize }
        }
    )*};
}
ids!(
    /// A credential.
    CredentialId,
    /// A message to an executor.
    ParcelId,
    /// A task that somebody honest has.
    TaskIndex,
    /// A message to a verifier.
    PresentationId,
    /// Somebody for whom the adversary can sign.
    SignerId
);

/// Whose key the adversary signs with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SignerKey {
    /// An identity that it owns.
    Identity(usize),
    /// An instance that it runs, or took over: that instance signs.
    Instance(usize),
    /// An instance whose key it stole: somebody else signs.
    Stolen(usize),
    /// A key that it made itself: nobody registered or attested it.
    Outsider,
}

/// What the adversary shows of itself when it continues a hand-off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shown {
    /// What it has.
    Own,
    /// An attestation with the facts of that instance that it signed itself, for its own key.
    Forged(usize),
    /// The attestation of that instance, copied.
    Copied(usize),
}

/// A root of the adversary, field by field.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OwnRoot {
    /// Where its authority is said to come from.
    pub origin: Origin,
    /// What it creates.
    pub authority: Authority,
    /// The grant that a context root shows (an index into the setting's).
    pub context: Option<usize>,
    /// The trigger that it shows.
    pub trigger: Fired,
    /// The identity whose key it names, where that is not the key that signs.
    pub claims: Option<usize>,
}

/// The trigger that a root of the adversary shows.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Fired {
    /// None.
    No,
    /// One that it signed itself in the name of that source.
    Alleged(TriggerSource),
    /// That of the first execution of that flow, which it has seen.
    Reused(usize),
}

/// How a credential comes to be.
#[derive(Debug, Clone)]
pub enum CredentialFrom {
    /// The root of an honest execution.
    Root(usize),
    /// What the origin of an execution without hops gets for its own consent.
    Begun(usize),
    /// What an honest executor has after taking a parcel.
    Task(TaskIndex),
    /// What travels in an honest parcel, where that is not what its sender holds (a holder restricted it).
    Sent(ParcelId),
    /// What an honest presentation shows, where that is not what its presenter held (an origin redeemed its own consent).
    Put(PresentationId),
    /// What an online party gave an honest executor for the credential of a task, toward that place.
    Converted {
        /// The instance, under the key that it has then.
        by: usize,
        /// The task that it serves.
        serves: TaskIndex,
        /// The task whose credential it shows.
        spends: TaskIndex,
        /// For use where.
        place: Place,
    },
    /// A root of the adversary.
    Own(SignerId, Box<OwnRoot>),
    /// What an online party gives the adversary for a known credential, toward that place.
    Exchanged {
        /// What it shows.
        base: CredentialId,
        /// Who asks.
        by: SignerId,
        /// For use where.
        place: Place,
    },
    /// A token that the adversary signs itself, from nothing.
    Forged {
        /// Who signs.
        by: SignerId,
        /// What it says.
        token: Box<Token>,
    },
    /// What a known token or restricted token says, signed by the adversary: for its own key, or without the restrictions.
    Counterfeit {
        /// What it copies.
        base: CredentialId,
        /// Who signs.
        by: SignerId,
    },
    /// A consent that the adversary's workload received and redeemed (or its own, of that root).
    Redeemed(SignerId, Redeemable),
    /// A hand-off and a continuation below a known credential, both by the adversary.
    Extended {
        /// What it hangs below.
        base: CredentialId,
        /// Who signs the hand-off.
        by: SignerId,
        /// What it says.
        next: Box<Next>,
        /// Who continues.
        taker: SignerId,
    },
    /// A continuation of a known hand-off, by the adversary.
    Continued {
        /// The parcel that carries the hand-off.
        offer: ParcelId,
        /// Who continues.
        taker: SignerId,
        /// What it shows of itself.
        shown: Shown,
    },
    /// What an executor of the adversary gets by taking a known hand-off as an honest one would.
    Taken {
        /// The parcel that carries the hand-off.
        offer: ParcelId,
        /// Who takes it.
        taker: SignerId,
    },
    /// A known hand-off that does not name it, and a continuation of it by the adversary, behind a known credential.
    Moved {
        /// The new predecessor.
        base: CredentialId,
        /// The parcel that carries the hand-off.
        offer: ParcelId,
        /// Who continues.
        taker: SignerId,
    },
    /// The last link of one known credential behind another.
    Spliced {
        /// The new predecessor.
        base: CredentialId,
        /// Whose last link.
        link: CredentialId,
    },
}

/// Where a credential is used next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// At that hop of that flow; with what its plan hands on there.
    Hop(usize, usize),
    /// At that verifier, for that operation (an index into the setting's).
    Verifier(usize, usize),
}

/// What can be redeemed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Redeemable {
    /// A parcel that the adversary's workload received.
    Parcel(ParcelId),
    /// A consent to the adversary's own account.
    Own(CredentialId),
}

/// How a parcel comes to be.
#[derive(Debug, Clone)]
pub enum ParcelFrom {
    /// The first hand-off of an execution.
    Start(usize),
    /// An honest executor hands on.
    Handed {
        /// The instance, under the key that it has then.
        by: usize,
        /// The task that it serves.
        task: TaskIndex,
        /// The task whose credential it spends; another one only under `confuse`.
        spends: TaskIndex,
    },
    /// The adversary hands over.
    Composed {
        /// What travels, or what the hand-off hangs below.
        base: CredentialId,
        /// Who signs, and the hand-off, for chains.
        offer: Option<(SignerId, Box<Next>)>,
        /// What the executor is to bring about.
        errand: usize,
    },
    /// The adversary sends a known honest parcel once more, to another destination or with another errand.
    Resent {
        /// The parcel.
        parcel: ParcelId,
        /// What the executor is to bring about, where that is not what the parcel says.
        errand: Option<usize>,
    },
}

/// How a presentation comes to be.
#[derive(Debug, Clone)]
pub enum PresentationFrom {
    /// An origin without hops asks for itself.
    Start(usize, u32),
    /// An honest executor asks.
    Asked {
        /// The instance, under the key that it has then.
        by: usize,
        /// The task that it serves.
        task: TaskIndex,
        /// The task whose credential it spends.
        spends: TaskIndex,
        /// Which delivery of the task this is, from 1.
        delivery: u32,
    },
    /// The adversary asks.
    Composed {
        /// The credential.
        base: CredentialId,
        /// Who signs, or nobody.
        by: Option<SignerId>,
        /// Index into the setting's operations.
        operation: usize,
        /// Addressed to this verifier.
        verifier: usize,
        /// How the request is bound.
        binding: Binding,
        /// Tells its requests apart.
        number: u32,
    },
    /// A known presentation once more, byte for byte, for the n-th time.
    Replayed(PresentationId, u32),
    /// A known presentation with another request under the same proof.
    Altered {
        /// The original.
        original: PresentationId,
        /// Index into the setting's operations.
        operation: usize,
        /// Other arguments than the story's.
        other: bool,
    },
}

/// How the adversary binds its own request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Binding {
    /// As the form does.
    Full,
    /// Leaves the request out of the proof.
    Unbound,
    /// Names another verifier.
    OtherAudience,
    /// Shows the attestation of that instance for its own.
    Borrowed(usize),
}

/// The tables of messages, each with its recipe.
#[derive(Debug, Default)]
pub struct Recipes {
    /// Credentials.
    pub credentials: Vec<CredentialFrom>,
    /// Messages to executors, with the flow and the hop at which they arrive.
    pub parcels: Vec<(ParcelFrom, usize, usize)>,
    /// Tasks: who took which parcel.
    pub tasks: Vec<(usize, ParcelId)>,
    /// Messages to verifiers.
    pub presentations: Vec<PresentationFrom>,
    /// Whom the adversary can sign for.
    pub signers: Vec<SignerKey>,
}

impl Recipes {
    /// The root of an honest execution.
    pub fn root_of(&self, execution: usize) -> Option<CredentialId> {
        let is =
            |from: &CredentialFrom| matches!(from, CredentialFrom::Root(of) if *of == execution);
        self.credentials.iter().position(is).map(|at| CredentialId(at as u32))
    }
}
