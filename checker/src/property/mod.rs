//! What must hold of every accepted effect, one property a file. A property reads the acceptance record and nothing else.
//!
//! To add one: write `property/<name>.rs` with a `pub const PROPERTY: Property` and its `judge`, and add its line to the list.

use crate::vary::Variation;
use crate::world::ghost::When;
use crate::world::record::Acceptance;

/// A property.
pub struct Property {
    /// Its name in files and reports.
    pub id: &'static str,
    /// What it says, as a sentence.
    pub sentence: &'static str,
    /// Why it matters, and its source.
    pub why: &'static str,
    /// What breaks it.
    pub broken_by: &'static str,
    /// Whether a violation without any adversary is still more than what was intended.
    pub exceeds_intent: bool,
    /// Says whether the record puts the question at all, and lists when accepting it would be a violation.
    pub judge: fn(&Acceptance, &mut Vec<When>) -> bool,
    /// For a property of pairs of runs: how the second run differs. `judge` then only says what puts the question.
    pub pair: Option<Pair>,
}

/// What two runs of a paired property differ in.
#[derive(Debug, Clone, Copy)]
pub struct Pair {
    /// How the second stage is made from the first.
    pub vary: Variation,
    /// Whether the first may not open what the second does not, either.
    pub both_ways: bool,
    /// Whether an effect counts: some are the variation's own right.
    pub counts: fn(&Acceptance) -> bool,
}

impl std::fmt::Debug for Property {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.id)
    }
}

/// Declares the modules and the list.
macro_rules! properties {
    ($($name:ident),* $(,)?) => {
        $(mod $name;)*
        /// Every property, in the order of reports.
        pub const ALL: &[&Property] = &[$(&$name::PROPERTY,)*];
    };
}

properties!(
    origin_bounded,
    no_mixing,
    no_laundering,
    custody,
    theft_contained,
    accountable,
    multiplicity,
    request_integrity,
    addressed,
    monotone,
    anchored_creation,
    contract_honoured,
    fresh_attestation,
    revoked_means_stopped,
    rekey_safe,
    identifier_neutral,
    identity_neutral,
    role_neutral,
    attestation_neutral,
);

/// The property of that name, with its number in [`ALL`].
pub fn named(id: &str) -> Option<(usize, &'static Property)> {
    ALL.iter().copied().enumerate().find(|(_, property)| property.id == id)
}
