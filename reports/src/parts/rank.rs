//! What is not as expected, the worst first.

use crate::parts::runs::length;
use whoacts_checker::outcome::{Check, Outcome, Verdict};

/// Checks that are not as expected, the worst first: attacks that nobody pinned, the shortest before longer ones; then
/// what was expected and did not come; then what is open.
pub(crate) fn unexpected(outcome: &Outcome) -> Vec<&Check> {
    let mut checks: Vec<&Check> =
        outcome.checks.iter().filter(|check| !check.as_expected).collect();
    checks.sort_by_key(|check| (urgency(check), length(check)));
    checks
}

fn urgency(check: &Check) -> u8 {
    match check.verdict {
        Verdict::Violated if check.expected != Some(Verdict::Violated) => 0,
        Verdict::Inconclusive => 2,
        Verdict::Vacuous => 3,
        _ => 1,
    }
}

/// How a check differs from what was expected, in words.
pub(crate) fn surprise(check: &Check) -> String {
    let found = check.verdict.id();
    let mut parts = Vec::new();
    match check.expected {
        Some(expected) if expected != check.verdict => {
            parts.push(format!("expected {}, found {found}", expected.id()));
        }
        Some(_) => {}
        None => parts.push(format!("found {found}, and nothing is pinned")),
    }
    if check.is_served_oddly() {
        let said = |served: bool| if served { "served" } else { "unserved" };
        parts.push(format!(
            "expected {}, found {}",
            said(check.expected_served),
            said(check.served)
        ));
    }
    parts.join("; ")
}

/// One line: who does what, or how it differs.
pub(crate) fn headline(check: &Check) -> &str {
    match (&check.trace, check.verdict) {
        (Some(trace), _) => &trace.headline,
        (None, Verdict::Violated) => "broken",
        (None, Verdict::Vacuous) => "the question was never put",
        (None, Verdict::Inconclusive) => "a limit was reached before the end",
        (None, _) => "no attack within the bounds",
    }
}
