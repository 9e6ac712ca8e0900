//! The verdict table of the README, and what it says of two forms, is what the suite finds; the suite finds what the
//! stories expect.
//!
//! `UPDATE_EXPECT=1 cargo test -p whoacts --test readme` writes the table anew.
#![allow(clippy::unwrap_used, missing_docs, reason = "a test")]

use std::path::Path;
use std::sync::atomic::AtomicBool;
use whoacts_checker::outcome::{Outcome, Verdict};
use whoacts_checker::suite::{Options, run, vocabulary};
use whoacts_reports::matrix::{Cell, Sheets, cells};
use whoacts_scenarios::Library;

/// Both are asked with the runtime's duty, and without it.
const DUTIES: [(&[&str], &str); 2] =
    [(&[], "While runtimes do their duty"), (&["+confuse"], "Where they do not (`+confuse`)")];

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
    keep("table", &Sheets::of(&outcome).first().markdown());
    keep("separated", &separated(&outcome, "exchange-dpop/strong", "continuity/K6"));
}

/// What breaks one form and not the other, under the same adversary in the same stories.
fn separated(outcome: &Outcome, weak: &str, strong: &str) -> String {
    let cells = cells(outcome);
    let of = |label: &str, varied: &[&str], property: &str| {
        let is_it = |cell: &&Cell<'_>| {
            cell.label == label && cell.varied == varied && cell.by.property == property
        };
        cells.iter().find(is_it)
    };
    let mut text = format!(
        "`{weak}`, with every option that its specifications offer, against `{strong}`:\n\n"
    );
    for (varied, when) in DUTIES {
        let broken = cells.iter().filter(|cell| cell.label == weak && cell.varied == varied);
        let broken = broken.filter(|cell| cell.by.verdict == Verdict::Violated);
        let apart: Vec<String> = broken
            .filter(|cell| {
                let other = of(strong, varied, cell.by.property);
                other.is_some_and(|other| other.by.verdict == Verdict::Exhausted)
            })
            .map(|cell| {
                let steps = cell.by.trace.as_ref().unwrap().steps.len();
                format!("`{}` ({steps} steps, `{}`)", cell.by.property, cell.by.scenario)
            })
            .collect();
        assert!(!apart.is_empty(), "{weak} is not separated from {strong}: say so in the README");
        text += &format!("- {when}, it breaks {}.\n", apart.join(", "));
    }
    text
}

/// Compares a part of the README between its two markers, or writes it.
fn keep(name: &str, table: &str) {
    let (begin, end) = (format!("<!-- {name}:begin -->\n"), format!("<!-- {name}:end -->"));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    let readme = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = readme.split_once(&begin).expect("README.md has the first marker");
    let (old, after) = rest.split_once(&end).expect("README.md has the second marker");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(path, format!("{before}{begin}{table}{end}{after}")).unwrap();
        return;
    }
    assert!(old == table, "the README's {name} is stale: run with UPDATE_EXPECT=1");
}
