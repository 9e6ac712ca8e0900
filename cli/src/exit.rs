//! Exit codes, all in one place.

use crate::checker::suite;
use std::fmt;
use whoacts_checker::outcome::{Check, Outcome, Verdict};
use whoacts_scenarios::LoadError;

/// All as expected.
pub(crate) const EXPECTED: u8 = 0;
/// An unexpected result.
pub(crate) const UNEXPECTED: u8 = 1;
/// Usage, parse or configuration error.
pub(crate) const USAGE: u8 = 2;
/// A limit was reached.
pub(crate) const INCONCLUSIVE: u8 = 3;
/// Nothing selected, or nothing attempted.
pub(crate) const VACUOUS: u8 = 4;
/// A stale baseline entry.
pub(crate) const STALE: u8 = 5;
/// Internal error, or two engines disagree.
pub(crate) const INTERNAL: u8 = 70;

/// The most urgent of several.
const PRIORITY: [u8; 7] = [INTERNAL, USAGE, UNEXPECTED, VACUOUS, STALE, INCONCLUSIVE, EXPECTED];

/// The most urgent of these codes.
pub(crate) fn worst(codes: &[u8]) -> u8 {
    PRIORITY.into_iter().find(|code| codes.contains(code)).unwrap_or(EXPECTED)
}

/// The code of a finished run.
pub(crate) fn code(outcome: &Outcome) -> u8 {
    if outcome.checks.is_empty() {
        return VACUOUS;
    }
    let codes: Vec<u8> = outcome.checks.iter().map(one).collect();
    worst(&codes)
}

/// The code of one check alone.
fn one(check: &Check) -> u8 {
    let expected = check.expected == Some(check.verdict);
    match check.verdict {
        Verdict::Inconclusive if !expected => INCONCLUSIVE,
        _ if check.as_expected => EXPECTED,
        Verdict::Vacuous if !expected && !check.is_served_oddly() => VACUOUS,
        _ => UNEXPECTED,
    }
}

/// Why nothing came of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// Something typed or configured is wrong.
    Usage(String),
    /// Errors in files, which are rendered already.
    Files(String),
    /// Nothing was selected.
    Vacuous(String),
    /// A limit was reached, and what was asked for needs an answer.
    Inconclusive(String),
    /// The tool is wrong.
    Internal(String),
}

impl Failure {
    /// Its exit code.
    pub(crate) fn code(&self) -> u8 {
        match self {
            Self::Usage(_) | Self::Files(_) => USAGE,
            Self::Vacuous(_) => VACUOUS,
            Self::Inconclusive(_) => INCONCLUSIVE,
            Self::Internal(_) => INTERNAL,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Files(rendered) => f.write_str(rendered),
            Self::Usage(message) | Self::Vacuous(message) | Self::Inconclusive(message) => {
                write!(f, "error: {message}")
            }
            Self::Internal(message) => write!(f, "internal error: {message}"),
        }
    }
}

impl From<LoadError> for Failure {
    fn from(error: LoadError) -> Self {
        match error {
            LoadError::Parse(_) => Self::Files(error.to_string()),
            LoadError::NothingFound(_) => Self::Vacuous(error.to_string()),
            LoadError::Io { .. } => Self::Usage(error.to_string()),
        }
    }
}

impl From<suite::Error> for Failure {
    fn from(error: suite::Error) -> Self {
        match error {
            suite::Error::Usage(message) => Self::Usage(message),
            suite::Error::Files(rendered) => Self::Files(rendered),
            suite::Error::Vacuous(message) => Self::Vacuous(message),
            suite::Error::Internal(message) => Self::Internal(message),
        }
    }
}

#[cfg(test)]
mod tests;
