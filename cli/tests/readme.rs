//! The verdict table of the README is what the suite finds; the suite finds what the stories expect.
//!
//! `UPDATE_EXPECT=1 cargo test -p whoacts --test readme` writes the table anew.
#![allow(clippy::unwrap_used, missing_docs, reason = "a test")]

use std::path::Path;
use std::sync::atomic::AtomicBool;
use whoacts_checker::suite::{Options, run, vocabulary};
use whoacts_scenarios::Library;

const BEGIN: &str = "<!-- table:begin -->\n";
const END: &str = "<!-- table:end -->";

#[test]
fn the_library_finds_what_it_expects_and_the_readme_says_so() {
    let library = Library::builtin(&vocabulary()).unwrap();
    let options = Options::default();
    let outcome = run(&library.cases, &options, &|_| (), &AtomicBool::new(false)).unwrap();
    let unexpected: Vec<String> = outcome
        .checks
        .iter()
        .filter(|check| !check.as_expected)
        .map(|c| format!("{} {} {:?} {}", c.scenario, c.mechanism, c.profile, c.property))
        .collect();
    assert!(unexpected.is_empty(), "not as expected: {unexpected:#?}");
    let confirmed = outcome.checks.iter().filter(|check| check.trace.is_some());
    assert!(confirmed.clone().count() > 100);
    assert!(confirmed.into_iter().all(|check| check.confirmed.is_some()));
    let table = whoacts_reports::matrix::Sheets::of(&outcome).first().markdown();
    keep(&table);
}

fn keep(table: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    let readme = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = readme.split_once(BEGIN).expect("README.md has the first marker");
    let (old, after) = rest.split_once(END).expect("README.md has the second marker");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(path, format!("{before}{BEGIN}{table}{END}{after}")).unwrap();
        return;
    }
    assert!(old == table, "the README's table is stale: run with UPDATE_EXPECT=1");
}
