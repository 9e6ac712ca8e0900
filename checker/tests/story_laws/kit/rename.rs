//! Other names for everything that a story names, in both files at once.

use super::files::Files;
use std::collections::{BTreeMap, BTreeSet};
use toml::{Table, Value};

/// Which name became which.
#[derive(Debug, Clone, Default)]
pub struct Names(BTreeMap<String, String>);

/// What a text below a key is made of.
#[derive(Clone, Copy)]
enum Made {
    /// One name.
    Name,
    /// `action resource`.
    Operation,
    /// `pool/1`.
    Instance,
}

/// What texts below a key are made of; `None` where they are no names.
fn made_of(key: &str) -> Option<Made> {
    Some(match key {
        "id" | "domain" | "name" | "anchor" | "environment" | "operator" | "attester"
        | "deployer" | "roles" | "actions" | "origin" | "role" | "context" | "pool" | "trigger"
        | "action" | "resource" | "arguments" | "to" | "listeners" | "insider" | "member_of"
        | "steals_pool" | "skews" | "observes" | "leaks" | "triggers" | "identity"
        | "identities" => Made::Name,
        "may_create" | "authority" => Made::Operation,
        "key" | "target" | "steals" | "hijacks" | "colludes" | "relays" | "reuses" => {
            Made::Instance
        }
        _ => return None,
    })
}

impl Names {
    /// From each name to another one.
    pub fn new(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        Self(pairs.into_iter().collect())
    }
    /// The way back.
    #[must_use]
    pub fn back(&self) -> Self {
        Self(self.0.iter().map(|(old, new)| (new.clone(), old.clone())).collect())
    }
    /// What a name became.
    pub fn of(&self, name: &str) -> String {
        self.0.get(name).cloned().unwrap_or_else(|| name.to_owned())
    }
    /// The same for the name of a verifier: that of its resource, with a number where there are several.
    pub fn of_verifier(&self, verifier: &str) -> String {
        match verifier.rsplit_once('-') {
            _ if self.0.contains_key(verifier) => self.of(verifier),
            Some((resource, number)) => format!("{}-{number}", self.of(resource)),
            None => verifier.to_owned(),
        }
    }
    /// The same for `action resource`.
    pub fn of_operation(&self, operation: &str) -> String {
        match operation.split_once(' ') {
            Some((action, resource)) => format!("{} {}", self.of(action), self.of(resource)),
            None => operation.to_owned(),
        }
    }
    /// The same for `flow errand`.
    pub fn of_last_word(&self, text: &str) -> String {
        match text.rsplit_once(' ') {
            Some((kind, name)) => format!("{kind} {}", self.of(name)),
            None => text.to_owned(),
        }
    }

    fn text(&self, made: Made, text: &str) -> String {
        match made {
            Made::Name => self.of(text),
            Made::Operation => self.of_operation(text),
            Made::Instance => match text.split_once('/') {
                Some((name, number)) => format!("{}/{number}", self.of(name)),
                None => text.to_owned(),
            },
        }
    }

    /// Both files under these names.
    #[must_use]
    pub fn apply(&self, files: &Files) -> Files {
        let mut renamed = files.clone();
        for table in [&mut renamed.story, &mut renamed.policy] {
            walk(table, &mut |made, text| *text = self.text(made, text));
        }
        renamed
    }
}

/// Every name that the two files use, in the order of the alphabet.
pub fn used(files: &Files) -> Vec<String> {
    let mut used = BTreeSet::new();
    let mut copy = files.clone();
    for table in [&mut copy.story, &mut copy.policy] {
        walk(table, &mut |made, text| match made {
            Made::Name => drop(used.insert(text.clone())),
            Made::Operation => used.extend(text.split(' ').map(str::to_owned)),
            Made::Instance => used.extend(text.split('/').next().map(str::to_owned)),
        });
    }
    used.remove("");
    used.into_iter().collect()
}

fn walk(table: &mut Table, each: &mut dyn FnMut(Made, &mut String)) {
    for (key, value) in table.iter_mut() {
        // Both hold names of guards.
        if key != "require" && key != "bounds" {
            below(key, value, each);
        }
    }
}

fn below(key: &str, value: &mut Value, each: &mut dyn FnMut(Made, &mut String)) {
    match value {
        Value::String(text) => {
            if let Some(made) = made_of(key) {
                each(made, text);
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|value| below(key, value, each)),
        Value::Table(table) => walk(table, each),
        _ => {}
    }
}
