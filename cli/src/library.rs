//! The cases that a command is about.

use crate::checker::suite;
use crate::exit::Failure;
use crate::output::stderr;
use std::collections::BTreeMap;
use std::path::PathBuf;
use whoacts_scenarios::scenario::Policy;
use whoacts_scenarios::{Case, Library, Skipped};

/// The cases in these places; the built-in ones where none is named. What was not looked at is said.
pub(crate) fn load(paths: &[PathBuf]) -> Result<Vec<Case>, Failure> {
    let library = all(paths)?;
    if !library.skipped.is_empty() {
        stderr(&format!("{}\n", skipped(&library.skipped)));
    }
    Ok(library.cases)
}

/// The cases in these places, and what lies there and is none.
pub(crate) fn all(paths: &[PathBuf]) -> Result<Library, Failure> {
    let vocabulary = suite::vocabulary();
    Ok(match paths {
        [] => Library::builtin(&vocabulary)?,
        paths => Library::load(paths, &vocabulary)?,
    })
}

/// Files that are named where they were skipped; of more, only the number is said.
const NAMED: usize = 5;

/// `2 files skipped: a.toml (no `schema` says that it is a scenario), …`.
pub(crate) fn skipped(files: &[Skipped]) -> String {
    let s = if files.len() == 1 { "" } else { "s" };
    let named = files.iter().take(NAMED).map(|one| format!("{} ({})", one.file, one.why));
    let mut named: Vec<String> = named.collect();
    if files.len() > NAMED {
        named.push(format!("and {} more", files.len() - NAMED));
    }
    let colon = if named.is_empty() { "" } else { ": " };
    format!("{} file{s} skipped{colon}{}", files.len(), named.join(", "))
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
