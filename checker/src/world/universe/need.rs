//! What the adversary needs before it can make something.

use crate::world::recipe::{CredentialId, ParcelId, PresentationId, TaskIndex};

/// What the adversary must have come to know, or to control, before it can make something. Each entry is one fact.
pub type Support = Vec<Need>;

/// One thing that the adversary needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Need {
    /// It knows this honest credential.
    Credential(CredentialId),
    /// It knows this honest parcel's hand-off.
    Offer(ParcelId),
    /// It knows this honest presentation.
    Presentation(PresentationId),
    /// It knows all of this honest parcel, the sender's signature included.
    Parcel(ParcelId),
    /// It stole the key of this instance.
    Key(usize),
    /// It took this instance over.
    Run(usize),
    /// It has not taken this instance over: what it does is not that executor's misuse.
    Spared(usize),
    /// Its workload received this parcel (and redeemed its consent, if it was one).
    Redeemed(ParcelId),
    /// No workload of its own received this parcel, which hands it what it uses.
    Unhanded(ParcelId),
    /// This instance died.
    Gone(usize),
    /// This task was taken: the history that goes with known bytes really happened.
    History(TaskIndex),
}

/// Whether nothing is needed and ruled out at once.
pub(in crate::world) fn is_possible(support: &Support) -> bool {
    support.iter().all(|need| match need {
        Need::Spared(instance) => !support.contains(&Need::Run(*instance)),
        Need::Unhanded(parcel) => !support.contains(&Need::Redeemed(*parcel)),
        _ => true,
    })
}
