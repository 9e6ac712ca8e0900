//! The cases that a command is about.

use crate::checker::suite;
use crate::exit::Failure;
use std::collections::BTreeMap;
use std::path::PathBuf;
use whoacts_scenarios::scenario::Policy;
use whoacts_scenarios::{Case, Library};

/// The cases in these places; the built-in ones where none is named.
pub(crate) fn load(paths: &[PathBuf]) -> Result<Vec<Case>, Failure> {
    let vocabulary = suite::vocabulary();
    let library = match paths {
        [] => Library::builtin(&vocabulary)?,
        paths => Library::load(paths, &vocabulary)?,
    };
    Ok(library.cases)
}

/// The texts of their files, by name.
pub(crate) fn sources(cases: &[Case]) -> BTreeMap<String, String> {
    let both = |case: &Case| {
        [
            (case.file.clone(), case.source_text.clone()),
            (case.policy_file.clone(), case.policy_text.clone()),
        ]
    };
    let named = cases.iter().flat_map(|case| cedar(&case.policy));
    cases.iter().flat_map(both).chain(named).collect()
}

/// The texts of the Cedar files that a policy names.
pub(crate) fn cedar(policy: &Policy) -> impl Iterator<Item = (String, String)> {
    policy.resources.iter().map(|own| (own.text.file.to_string(), own.text.text.to_string()))
}
