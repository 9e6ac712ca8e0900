//! A run as Markdown: for a job summary of GitHub Actions, or a comment. It stays under 900 KiB, since GitHub takes 1 MiB.

use crate::parts::attack::facts;
use crate::parts::mermaid::sequence;
use crate::parts::rank::{headline, surprise, unexpected};
use crate::parts::runs::{Own, featured};
use crate::parts::text::{count, join};
use crate::{Format, Look, Shows, matrix};
use whoacts_checker::outcome::{Check, Outcome, Verdict};

/// Bytes of the whole text.
const MAX_BYTES: usize = 900 << 10;
/// Attacks with all steps and a diagram.
const IN_FULL: usize = 20;

/// This format.
pub const FORMAT: Format = Format {
    name: "markdown",
    shows: Shows::Run,
    about: "a summary with the table and the attacks, under 900 KiB",
    module: module_path!(),
    render,
};

/// The run as Markdown.
pub fn render(outcome: &Outcome, look: &Look<'_>) -> String {
    let (own, worst) = (Own::of(outcome), unexpected(outcome));
    let mut page = Page::new();
    page.add(&title(outcome, worst.len()));
    page.add(&verdicts(outcome));
    if !worst.is_empty() {
        page.add("### Not as expected\n\n");
    }
    for (at, check) in worst.iter().enumerate() {
        let block = if at < IN_FULL { full(&own, check, look) } else { line(&own, check) };
        if !page.add(&block) {
            page.end(&format!("\n… and {} more, which do not fit here.\n", worst.len() - at));
            return page.text;
        }
    }
    if let (true, Some(check)) = (worst.is_empty(), featured(outcome)) {
        page.add(&format!(
            "<details><summary>One attack, as expected</summary>\n\n{}</details>\n\n",
            full(&own, check, look)
        ));
    }
    if !outcome.checks.is_empty() {
        let table = matrix::Sheets::of(outcome).markdown();
        page.add(&format!(
            "<details><summary>Mechanisms × properties</summary>\n\n{table}\n</details>\n"
        ));
    }
    page.text
}

/// A text that does not grow past its limit.
struct Page {
    text: String,
}

impl Page {
    /// What is kept for the last line.
    const RESERVE: usize = 1024;

    fn new() -> Self {
        Self { text: String::new() }
    }

    /// Whether the block still fitted.
    fn add(&mut self, block: &str) -> bool {
        let fits = self.text.len() + block.len() <= MAX_BYTES - Self::RESERVE;
        if fits {
            self.text.push_str(block);
        }
        fits
    }

    fn end(&mut self, line: &str) {
        self.text.push_str(line);
    }
}

fn title(outcome: &Outcome, unexpected: usize) -> String {
    let checks = count(outcome.checks.len() as u64, "check");
    match unexpected {
        0 => format!("## whoacts: {checks}, all as expected\n\n"),
        many => format!("## whoacts: {checks}, {many} not as expected\n\n"),
    }
}

fn verdicts(outcome: &Outcome) -> String {
    let mut rows = String::new();
    for verdict in Verdict::ALL {
        let of = || outcome.checks.iter().filter(|check| check.verdict == verdict);
        if of().next().is_some() {
            let odd = of().filter(|check| !check.as_expected).count();
            rows.push_str(&format!("| {} | {} | {odd} |\n", verdict.id(), of().count()));
        }
    }
    format!("| verdict | checks | unexpected |\n| --- | --: | --: |\n{rows}\n")
}

fn line(own: &Own<'_>, check: &Check) -> String {
    format!("- {}: {}\n", name(own, check), plain(&surprise(check)))
}

fn name(own: &Own<'_>, check: &Check) -> String {
    format!("`{}` in `{}` under `{}`", check.property, code(&check.scenario), own.under(check))
}

fn full(own: &Own<'_>, check: &Check, look: &Look<'_>) -> String {
    let mut out = format!(
        "#### {}\n\n{}: {}. `{}`\n\n",
        plain(headline(check)),
        name(own, check),
        plain(&surprise_or_because(check)),
        code(&check.span.to_string()),
    );
    let Some(trace) = &check.trace else { return out };
    out.push_str(&format!("{}\n\n", plain(&facts(check))));
    out.push_str(&format!("```mermaid\n{}```\n\n", sequence(trace)));
    let steps = trace.steps.iter().enumerate().take(100);
    steps.for_each(|(at, step)| out.push_str(&format!("{}. {}\n", at + 1, plain(&step.text))));
    out.push_str(&format!("\n**Why**: {}.", plain(trace.why.trim_end_matches('.'))));
    if !check.needs.is_empty() {
        let sets: Vec<String> =
            check.needs.iter().map(|one| format!("{{{}}}", join(one))).collect();
        out.push_str(&format!(" **Needs** adversary {}.", plain(&sets.join(" or "))));
    }
    if !check.assumptions.is_empty() {
        out.push_str(&format!(" **Rests on** {}.", plain(&join(&check.assumptions))));
    }
    if let Some(span) = &check.policy_span {
        out.push_str(&format!(" **Let through by** `{}`.", code(&span.to_string())));
    }
    out.push_str(&format!("\n\n```sh\n{}\n```\n\n", look.again.replace("{id}", &trace.id)));
    out
}

fn surprise_or_because(check: &Check) -> String {
    let said = if check.as_expected {
        check.because.as_deref().unwrap_or("as expected").trim().to_owned()
    } else {
        surprise(check)
    };
    said.trim_end_matches('.').to_owned()
}

/// Prose, in which nothing of what a file says can become markup; backquotes stay, since our sentences use them.
fn plain(text: &str) -> String {
    let mut out = String::new();
    for c in text.split_whitespace().collect::<Vec<_>>().join(" ").chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '|' | '*' | '[' | ']' | '\\' => out.extend(['\\', c]),
            c => out.push(c),
        }
    }
    out
}

/// The inside of a code span.
fn code(text: &str) -> String {
    text.replace('`', "'")
}
