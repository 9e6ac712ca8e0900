//! An attack told from its beginning: who does what, then the same as lanes, then why it matters.

use crate::parts::attack::{attack, confirmed, lessons, steps};
use crate::parts::lanes::draw;
use crate::parts::paint::Style;
use crate::parts::text::{hang, wrap};
use crate::{Format, Look, Shows, json};
use serde_json::{Value, json};
use whoacts_checker::outcome::{Check, Outcome, Trace, Verdict};

/// This format.
pub const FORMAT: Format = Format {
    name: "pretty",
    shows: Shows::Story,
    about: "attacks in prose and lanes",
    module: module_path!(),
    render,
};

/// The traces for machines.
pub const JSON: Format = Format {
    name: "json",
    shows: Shows::Story,
    about: "whoacts/replay/1, for machines",
    module: module_path!(),
    render: |outcome, _| {
        let attacks = outcome.checks.iter().filter_map(|check| check.trace.as_ref());
        json::text(&Value::Array(attacks.map(json::trace).collect()))
    },
};

/// A trace with what is known about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Tale<'a> {
    /// `family/story`.
    pub scenario: &'a str,
    /// The scenario's title; empty where it is not known.
    pub title: &'a str,
    /// The form's name.
    pub mechanism: &'a str,
    /// The property that breaks.
    pub property: &'a str,
    /// What happens.
    pub trace: &'a Trace,
    /// What came of it, such as `confirmed under Ed25519`.
    pub end: &'a str,
}

/// Every attack of an outcome.
pub fn render(outcome: &Outcome, look: &Look<'_>) -> String {
    let attacks = outcome.checks.iter().filter(|check| check.verdict == Verdict::Violated);
    attacks.map(|check| of_check(check, look)).collect::<Vec<_>>().join("\n")
}

/// The attack of a check; a violation without a trace is told as far as it is known.
pub fn of_check(check: &Check, look: &Look<'_>) -> String {
    let Some(trace) = &check.trace else { return attack(check, look) };
    let tale = Tale {
        scenario: &check.scenario,
        title: &check.title,
        mechanism: &check.label(),
        property: check.property,
        trace,
        end: confirmed(check.confirmed),
    };
    format!("{}{}", body(&tale, look), lessons(check, look))
}

/// A trace on its own.
pub fn tell(tale: &Tale<'_>, look: &Look<'_>) -> String {
    format!("{}{}", body(tale, look), hang("why", &tale.trace.why, look.width))
}

/// `whoacts/replay/1`: what a replay came to.
pub fn value(tale: &Tale<'_>, violated: bool) -> Value {
    json!({
        "schema": "whoacts/replay/1",
        "scenario": tale.scenario,
        "mechanism": tale.mechanism,
        "property": tale.property,
        "violated": violated,
        "crypto": "ed25519",
        "trace": json::trace(tale.trace),
    })
}

/// The steps of a trace as sentences, each followed by what it changed.
pub fn prose(trace: &Trace, look: &Look<'_>) -> String {
    let digits = trace.steps.len().to_string().len();
    let mut out = String::new();
    for (at, step) in trace.steps.iter().enumerate() {
        let number = format!("  {:>digits$}. ", at + 1);
        paragraph(&mut out, &number, &step.text, look.width);
        if !step.changed.is_empty() {
            let changes = step.changed.iter().map(|(what, how)| format!("{what}: {how}"));
            let changes = changes.collect::<Vec<_>>().join("; ");
            let mut lines = String::new();
            paragraph(&mut lines, &" ".repeat(number.len()), &changes, look.width);
            out.push_str(&look.paint.paint(Style::Dim, lines));
        }
    }
    out
}

fn body(tale: &Tale<'_>, look: &Look<'_>) -> String {
    let mut out = format!("{}\n", look.paint.paint(Style::Strong, &tale.trace.headline));
    let title = if tale.title.is_empty() { String::new() } else { format!(": {}", tale.title) };
    out.push_str(&hang("story", &format!("{}{title}", tale.scenario), look.width));
    out.push_str(&hang("mechanism", tale.mechanism, look.width));
    out.push_str(&hang("breaks", tale.property, look.width));
    out.push_str(&hang(
        "trace",
        &format!("{} · {} · {}", tale.trace.id, steps(tale.trace), tale.end),
        look.width,
    ));
    out.push('\n');
    out.push_str(&prose(tale.trace, look));
    out.push('\n');
    out.push_str(&draw(tale.trace, look.width, look.paint));
    out.push('\n');
    out
}

/// A text with a head before its first line, hung below itself.
fn paragraph(out: &mut String, head: &str, text: &str, columns: usize) {
    for (at, line) in wrap(text, columns.saturating_sub(head.len())).iter().enumerate() {
        let before = if at == 0 { head.to_owned() } else { " ".repeat(head.len()) };
        out.push_str(format!("{before}{line}").trim_end());
        out.push('\n');
    }
}
