//! The one decision.

use crate::evidence::{Evidence, Live};
use crate::guard::{Guard, GuardSet};
use crate::identity::IdentityId;

/// The request may be executed. It is born on one line of [`decide`] and nowhere else.
#[derive(Debug)]
pub struct Authorized<'e> {
    evidence: &'e Evidence,
}

impl Authorized<'_> {
    /// Who is accountable, as far as the evidence says.
    pub fn anchor(&self) -> Option<&IdentityId> {
        self.evidence.anchor.as_ref()
    }
}

/// The request is refused: by the first required guard that fails. The full set is kept for reports and for the proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Denial {
    /// The first, in the order of [`Guard::ALL`].
    pub guard: Guard,
    /// All required guards that fail.
    pub failing: GuardSet,
}

/// Judges what was proven against what is required, now.
///
/// # Errors
/// A [`Denial`] that names the first required guard that does not hold.
pub fn decide<'e>(
    evidence: &'e Evidence,
    required: GuardSet,
    live: &impl Live,
) -> Result<Authorized<'e>, Denial> {
    let failing = required.intersection(evidence.failing(live));
    match failing.first() {
        Some(guard) => Err(Denial { guard, failing }),
        None => Ok(Authorized { evidence }),
    }
}
