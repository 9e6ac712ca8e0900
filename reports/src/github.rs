//! Workflow commands of GitHub Actions, which become annotations beside the lines of a change. GitHub shows ten a step:
//! the nine worst get one each, and the tenth says how many more there are. The job summary is `markdown`.

use crate::parts::rank::{headline, surprise, unexpected};
use crate::parts::runs::Own;
use crate::parts::text::count;
use crate::{Format, Look, Shows};
use whoacts_checker::outcome::{Check, Outcome, Verdict};

/// Annotations with a place.
const WORST: usize = 9;

/// This format.
pub const FORMAT: Format = Format {
    name: "github",
    shows: Shows::Run,
    about: "annotations for GitHub Actions, and a job summary where GitHub asks for one",
    module: module_path!(),
    render,
};

/// The commands, and a line for the log.
pub fn render(outcome: &Outcome, look: &Look<'_>) -> String {
    let worst = unexpected(outcome);
    let own = Own::of(outcome);
    let mut out: String =
        worst.iter().take(WORST).map(|check| annotation(&own, check, look)).collect();
    if worst.len() > WORST {
        let more = worst.len() - WORST;
        out.push_str(&format!(
            "::error title=whoacts::{} more, see the job summary\n",
            count(more as u64, "unexpected result")
        ));
    }
    let checks = count(outcome.checks.len() as u64, "check");
    out.push_str(&match worst.len() {
        0 => format!("whoacts: {checks}, all as expected\n"),
        many => format!("whoacts: {checks}, {many} not as expected\n"),
    });
    out
}

fn annotation(own: &Own<'_>, check: &Check, look: &Look<'_>) -> String {
    let level = if check.verdict == Verdict::Violated { "error" } else { "warning" };
    let title = format!("{} under {}", check.property, own.under(check));
    format!(
        "::{level} file={},line={},col={},title={}::{}\n",
        property(&check.span.file),
        check.span.line,
        check.span.col,
        property(&title),
        data(&message(check, look)),
    )
}

fn message(check: &Check, look: &Look<'_>) -> String {
    let mut lines = vec![format!("{} ({})", headline(check), surprise(check))];
    if let Some(trace) = &check.trace {
        let steps = trace.steps.iter().enumerate().take(20);
        lines.extend(steps.map(|(at, step)| format!("{}. {}", at + 1, step.text)));
        lines.push(format!("why: {}", trace.why));
    }
    if let Some(span) = &check.policy_span {
        lines.push(format!("let through by {span}"));
    }
    if let Some(trace) = &check.trace {
        lines.push(format!("again: {}", look.again.replace("{id}", &trace.id)));
    }
    lines.join("\n")
}

/// Escapes of the part behind the second colons.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes of a value between commas.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
