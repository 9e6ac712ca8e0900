//! Mutants that the stories do not kill, each with the reason: the story that is missing, or why no story could tell.
//!
//! A survivor that is not here is unexplained, which is an error of the run; so is a line here whose mutant is killed.

use super::mutants::Mutant;

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

/// One change that survives, in one place or several.
pub(super) struct Row {
    places: &'static [&'static str],
    change: &'static str,
    /// Why it survives.
    pub(super) kind: Kind,
    /// The same in words.
    pub(super) why: &'static str,
}

impl Row {
    /// Whether it explains this one.
    pub(super) fn is_about(&self, mutant: &Mutant) -> bool {
        self.places.contains(&mutant.place().as_str()) && self.change == mutant.change()
    }
}

/// Every known survivor.
pub(super) const SURVIVORS: &[Row] = &[];
