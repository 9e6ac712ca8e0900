//! One line a check, to be searched with `grep`.

use crate::parts::runs::Own;
use crate::parts::text::count;
use crate::{Format, Look, Shows};
use whoacts_checker::outcome::{Check, Outcome};

/// This format.
pub const FORMAT: Format = Format {
    name: "compact",
    shows: Shows::Run,
    about: "one line a check: file:line:col: verdict property mechanism …",
    module: module_path!(),
    render,
};

/// Every check, a line each.
pub fn render(outcome: &Outcome, _look: &Look<'_>) -> String {
    let own = Own::of(outcome);
    outcome.checks.iter().map(|check| line(&own, check)).collect()
}

/// `file:line:col: verdict property mechanism [+capability…] scenario; …`.
fn line(own: &Own<'_>, check: &Check) -> String {
    let words = [check.verdict.id(), check.property, &own.under(check), &check.scenario];
    let facts = facts(check).join(", ");
    format!("{}: {}; {facts}\n", check.span, words.join(" "))
}

fn facts(check: &Check) -> Vec<String> {
    let mut facts = vec![expectation(check)];
    facts.push(served(check).into());
    facts.extend(check.is_hollow().then(|| "hollow".into()));
    match &check.trace {
        Some(trace) => {
            facts.push(count(trace.steps.len() as u64, "step"));
            facts.push(format!("trace {}", trace.id));
        }
        None => facts.push(count(check.stats.states, "state")),
    }
    facts.extend(check.by_design.then(|| "by-design".into()));
    facts.extend(check.stats.limit.clone());
    if !check.assumptions.is_empty() {
        facts.push(format!("rests on {}", check.assumptions.join(" ")));
    }
    facts
}

fn served(check: &Check) -> &'static str {
    match check.reached() {
        Some(true) => "served",
        Some(false) => "unserved",
        None => "served: unknown",
    }
}

fn expectation(check: &Check) -> String {
    match check.expected {
        _ if check.as_expected => "as expected".into(),
        Some(expected) if expected != check.verdict => format!("UNEXPECTED, not {}", expected.id()),
        _ => "UNEXPECTED".into(),
    }
}
