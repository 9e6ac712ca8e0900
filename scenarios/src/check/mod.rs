//! Every name is checked against what declares it, and every assumption against having an effect.

mod adversary;
mod expectations;
mod idle;
mod names;
mod policy;
mod references;

pub(crate) use adversary::SETTINGS;
pub use adversary::{check_capabilities, check_changes};
pub(crate) use policy::policy;
pub(crate) use references::targets;

pub use policy::check_policy_against;

use crate::error::Errors;
use crate::scenario::Scenario;
use crate::vocabulary::Vocabulary;

/// Checks a scenario.
pub(crate) fn scenario(scenario: &Scenario, vocab: &Vocabulary, errors: &mut Errors<'_>) {
    references::declarations(scenario, errors);
    references::flows(scenario, errors);
    for error in targets(scenario, &|span| errors.are_at(span)) {
        errors.push(error);
    }
    adversary::adversary(scenario, vocab, errors);
    expectations::expectations(scenario, vocab, errors);
}
