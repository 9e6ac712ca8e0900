//! JUnit XML: one suite a scenario, one case a cell of its matrix (form, adversary, property).

use crate::parts::attack::facts;
use crate::parts::rank::{headline, surprise};
use crate::parts::runs::Own;
use crate::{Format, Look, Shows};
use whoacts_checker::outcome::{Check, Outcome, Verdict};

/// This format.
pub const FORMAT: Format = Format {
    name: "junit",
    shows: Shows::Run,
    about: "JUnit XML, one case a cell of the matrix",
    module: module_path!(),
    render,
};

/// The run as XML.
pub fn render(outcome: &Outcome, look: &Look<'_>) -> String {
    let time = look.timing.map(|time| format!(" time=\"{:.3}\"", time.as_secs_f64()));
    let checks: Vec<&Check> = outcome.checks.iter().collect();
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    out.push_str(&format!(
        "<testsuites name=\"whoacts\"{}{}>\n",
        counts(&checks),
        time.unwrap_or_default()
    ));
    let own = Own::of(outcome);
    for suite in suites(outcome) {
        let name = attribute(&suite[0].scenario);
        out.push_str(&format!("  <testsuite name=\"{name}\"{}>\n", counts(&suite)));
        suite.iter().for_each(|check| out.push_str(&case(&own, check)));
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

/// The checks of each scenario, in order; none of the groups is empty.
fn suites(outcome: &Outcome) -> Vec<Vec<&Check>> {
    let mut suites: Vec<Vec<&Check>> = Vec::new();
    for check in &outcome.checks {
        match suites.iter_mut().rev().find(|suite| suite[0].scenario == check.scenario) {
            Some(suite) => suite.push(check),
            None => suites.push(vec![check]),
        }
    }
    suites
}

/// What a case came to.
#[derive(PartialEq)]
enum Came {
    Passed,
    Skipped,
    Failed,
    Error,
}

/// What limits cut short is an error, not a failure; what was expected never to be put is skipped.
fn came(check: &Check) -> Came {
    match (check.as_expected, check.verdict) {
        (false, Verdict::Inconclusive) => Came::Error,
        (false, _) => Came::Failed,
        (true, Verdict::Vacuous) => Came::Skipped,
        (true, _) => Came::Passed,
    }
}

fn counts(checks: &[&Check]) -> String {
    let of = |kind: Came| checks.iter().filter(|check| came(check) == kind).count();
    format!(
        " tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\"",
        checks.len(),
        of(Came::Failed),
        of(Came::Error),
        of(Came::Skipped)
    )
}

fn case(own: &Own<'_>, check: &Check) -> String {
    let form = own.under(check);
    let head = format!(
        "    <testcase classname=\"{}\" name=\"{}\" file=\"{}\" line=\"{}\"",
        attribute(&format!("{}.{form}", check.scenario)),
        attribute(check.property),
        attribute(&check.span.file),
        check.span.line,
    );
    let element = match came(check) {
        Came::Passed if check.verdict == Verdict::Violated => "system-out",
        Came::Passed => return format!("{head}/>\n"),
        Came::Skipped => "skipped",
        Came::Failed => "failure",
        Came::Error => "error",
    };
    let inside = match element {
        "system-out" => format!("<system-out>{}</system-out>", content(headline(check))),
        "skipped" => {
            let because = check.because.as_deref().unwrap_or("the question was never put");
            format!("<skipped message=\"{}\"/>", attribute(because))
        }
        element => format!(
            "<{element} type=\"{}\" message=\"{}\">{}</{element}>",
            check.verdict.id(),
            attribute(&surprise(check)),
            content(&details(check))
        ),
    };
    format!("{head}>\n      {inside}\n    </testcase>\n")
}

/// Place, facts and steps, in lines.
fn details(check: &Check) -> String {
    let mut lines = vec![format!("{}: {}", check.span, headline(check)), facts(check)];
    if let Some(trace) = &check.trace {
        lines.push(format!("trace {}", trace.id));
        let steps = trace.steps.iter().enumerate();
        lines.extend(steps.map(|(at, step)| format!("{}. {}", at + 1, step.text)));
        lines.push(format!("why: {}", trace.why));
    }
    lines.extend(check.stats.limit.as_ref().map(|limit| format!("limit: {limit}")));
    lines.join("\n")
}

/// Text between tags.
fn content(text: &str) -> String {
    text.chars().map(|c| escaped(c, false)).collect()
}

/// Text between quotes, where a line break has to be written as a reference to survive.
fn attribute(text: &str) -> String {
    text.trim().chars().map(|c| escaped(c, true)).collect()
}

fn escaped(c: char, quoted: bool) -> String {
    match c {
        '&' => "&amp;".into(),
        '<' => "&lt;".into(),
        '>' => "&gt;".into(),
        '"' if quoted => "&quot;".into(),
        '\n' | '\t' | '\r' if quoted => format!("&#{};", u32::from(c)),
        '\n' | '\t' => c.to_string(),
        // XML 1.0 has no way to write these.
        '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => '\u{fffd}'.to_string(),
        c => c.to_string(),
    }
}
