//! Mutants that the stories do not kill, each with the reason: the story that is missing, or why no story could tell.
//!
//! A survivor that is not here is unexplained, and fails the test; so does a line here whose mutant is killed.

/// Why a mutant survives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// No story can tell it from the original.
    Equivalent,
    /// A story that is not written yet would.
    MissingStory,
}

impl Kind {
    /// Its name in outputs.
    pub fn id(self) -> &'static str {
        match self {
            Self::Equivalent => "equivalent",
            Self::MissingStory => "missing story",
        }
    }
}

/// A survivor: the mechanism (none for a move), the place, the change, and why it survives.
pub(super) type Row = (Option<&'static str>, &'static str, &'static str, Kind, &'static str);

/// Every known survivor.
pub(super) const SURVIVORS: &[Row] = &[];
