//! The experiments find what is stored of them, and the README says so.
//!
//! `UPDATE_EXPECT=1 cargo test -p whoacts --test experiments` writes `experiments/` and the README's findings anew. What CI runs
//! is quick: the stories below are left to the command line (`whoacts conflate`, with no `--without`).
#![allow(clippy::unwrap_used, missing_docs, reason = "a test")]

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use whoacts_checker::experiment::{Lab, conflate, frontier};
use whoacts_checker::suite::{Options, vocabulary};
use whoacts_reports::{Look, experiment};
use whoacts_scenarios::{Case, Library};

/// Stories whose worlds are too large to be searched some thousand times in CI.
const LARGE: &[&str] = &[
    "article/possession-is-not-continuation",
    "article/required-role",
    "article/shared-pool",
    "deputy/mixed-lineages",
    "impersonation/open-continuation",
    "lifecycle/replica-replaced",
];

/// Where a frontier is stored: in stories with few capabilities.
const FRONTIER: &[&str] = &["conflation/"];

fn cases() -> Vec<Case> {
    let mut cases = Library::builtin(&vocabulary()).unwrap().cases;
    for large in LARGE {
        assert!(cases.iter().any(|case| case.scenario.id == *large), "there is no {large}");
    }
    cases.retain(|case| !LARGE.contains(&case.scenario.id.as_str()));
    cases
}

fn conduct<T>(options: &Options, of: &[&str], run: impl Fn(&Lab<'_>) -> T) -> T {
    let interrupted = AtomicBool::new(false);
    let mut cases = cases();
    cases.retain(|case| of.is_empty() || of.iter().any(|part| case.scenario.id.contains(part)));
    let lab = Lab::new(&cases, options, &|_| (), &interrupted).unwrap();
    run(&lab)
}

#[test]
fn conflating_two_concepts_opens_the_attacks_that_are_stored() {
    let found = conduct(&Options::default(), &[], |lab| conflate::conflate(lab).unwrap());
    assert_eq!(found.pairs.len(), 11);
    let look = Look::default();
    keep("conflate.json", &experiment::text(&experiment::conflate::value(&found, &look)));
    keep("conflate.md", &experiment::conflate::markdown(&found, &look));
}

#[test]
fn the_frontiers_are_the_stored_ones() {
    let found =
        conduct(&Options::default(), FRONTIER, |lab| frontier::frontier(lab, None).unwrap());
    assert!(found.cells.iter().all(|cell| cell.open.is_empty()), "a limit was reached");
    let look = Look::default();
    keep("frontier.json", &experiment::text(&experiment::frontier::value(&found, &look)));
}

const BEGIN: &str = "<!-- findings:begin -->\n";
const END: &str = "<!-- findings:end -->";

#[test]
fn the_readme_says_what_was_found() {
    let path = root().join("README.md");
    let readme = fs::read_to_string(&path).unwrap();
    let (before, rest) = readme.split_once(BEGIN).expect("README.md has the first marker");
    let (old, after) = rest.split_once(END).expect("README.md has the second marker");
    let findings = on_conflation(&stored("conflate.json"));
    if updating() {
        fs::write(path, format!("{before}{BEGIN}{findings}{END}{after}")).unwrap();
    } else {
        assert!(old == findings, "the README's findings are stale: run with UPDATE_EXPECT=1");
    }
}

fn on_conflation(value: &Value) -> String {
    let pairs = value["pairs"].as_array().unwrap();
    let broken: Vec<&Value> = pairs.iter().filter(|pair| !pair["attack"].is_null()).collect();
    let name = |pair: &Value| {
        format!("{} = {}", pair["pair"][0].as_str().unwrap(), pair["pair"][1].as_str().unwrap())
    };
    let masked = |pair: &&&Value| !pair["masked_by"].as_array().unwrap().is_empty();
    let masked: Vec<String> = broken.iter().filter(masked).map(|pair| name(pair)).collect();
    let held = pairs.iter().filter(|pair| pair["attack"].is_null()).map(name);
    let held: Vec<String> = held.collect();
    let rest = match held.is_empty() {
        true => String::new(),
        false => format!(" None was found for {}.", held.join(", ")),
    };
    format!(
        "- **Merging two concepts opens an attack in {} of {} cases** ([pair by pair](experiments/conflate.md)). In {} of them \
         the strongest profile stops it all the same: {}.{rest}\n",
        broken.len(),
        pairs.len(),
        masked.len(),
        masked.join(", ")
    )
}

fn stored(name: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(root().join("experiments").join(name)).unwrap())
        .unwrap()
}

fn updating() -> bool {
    std::env::var_os("UPDATE_EXPECT").is_some()
}

fn keep(name: &str, found: &str) {
    let path = root().join("experiments").join(name);
    if updating() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, found).unwrap();
        return;
    }
    let stored = fs::read_to_string(&path).unwrap_or_default();
    let differing = stored.lines().zip(found.lines()).find(|(was, is)| was != is);
    assert!(stored == found, "{name} is stale (UPDATE_EXPECT=1): {differing:?}");
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}
