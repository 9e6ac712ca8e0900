//! What must hold of every accepted effect, one property a file. A property reads the acceptance record and nothing else.
//!
//! To add one: write `property/<name>.rs` with a `pub const PROPERTY: Property` and its `judge`, and add its line to the list.

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
    agreement,
    theft_contained,
    accountable,
    injective_agreement,
    request_integrity,
    addressed,
    monotone,
    anchored_creation,
    contract_honoured,
    fresh_attestation,
    revoked_means_stopped,
    rekey_safe,
);

/// The property of that name, with its number in [`ALL`].
pub fn named(id: &str) -> Option<(usize, &'static Property)> {
    ALL.iter().copied().enumerate().find(|(_, property)| property.id == id)
}
