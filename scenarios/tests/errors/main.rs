//! Every error, as the person who wrote the file sees it.

#[path = "../common/mod.rs"]
mod common;

mod adversary;
mod declarations;
mod expectations;
mod files;
mod idle;
mod keys;
mod policy;
mod references;
mod values;

use common::{FULL, POLICY, policy_errors, scenario_errors};
use expect_test::Expect;

/// The one driver: the full example with these changes, and what is said about it.
fn check(changes: &[(&str, &str)], expected: Expect) {
    expected.assert_eq(&scenario_errors(changed(FULL, changes).as_bytes()));
}

/// The same for the example policy.
fn check_policy(changes: &[(&str, &str)], expected: Expect) {
    expected.assert_eq(&policy_errors(changed(POLICY, changes).as_bytes()));
}

fn changed(text: &str, changes: &[(&str, &str)]) -> String {
    changes.iter().fold(text.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "`{from}` is not in the example");
        text.replacen(from, to, 1)
    })
}
