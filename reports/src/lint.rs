//! What lints found: each with its place, why it matters, and what would be right.

use crate::parts::excerpt::excerpt;
use crate::parts::paint::Style;
use crate::parts::text::{count, hang};
use crate::{Detail, Look, json};
use serde_json::{Value, json};
use whoacts_checker::lint::{Finding, named};

/// The names of the formats, the first of which is the default.
pub const FORMATS: &[&str] = &["pretty", "compact", "json"];

/// Says it in the format of that name; `stories` is how many were looked at.
pub fn render(found: &[Finding], stories: usize, name: &str, look: &Look<'_>) -> String {
    match name {
        "json" => json::text(&value(found, stories, look)),
        "compact" => found.iter().map(line).collect(),
        _ => pretty(found, stories, look),
    }
}

/// `whoacts/lint/1`.
pub fn value(found: &[Finding], stories: usize, look: &Look<'_>) -> Value {
    let finding = |finding: &Finding| {
        let also = finding.also.as_ref();
        json!({
            "code": finding.code,
            "message": finding.message,
            "why": named(finding.code).map(|lint| lint.why),
            "help": finding.help,
            "span": json::span(&finding.span),
            "also": also.map(|(span, note)| json!({ "span": json::span(span), "note": note })),
        })
    };
    json!({
        "schema": "whoacts/lint/1",
        "tool": { "version": look.version },
        "stories": stories,
        "findings": found.iter().map(finding).collect::<Vec<_>>(),
    })
}

/// `file:line:col: warning[code]: message`.
fn line(finding: &Finding) -> String {
    format!("{}: warning[{}]: {}\n", finding.span, finding.code, finding.message)
}

fn pretty(found: &[Finding], stories: usize, look: &Look<'_>) -> String {
    let mut explained = std::collections::BTreeSet::new();
    let mut parts: Vec<String> =
        found.iter().map(|one| told(one, explained.insert(one.code), look)).collect();
    let stories = count(stories as u64, "story");
    parts.push(match found.len() {
        0 => format!("nothing found in {stories}\n"),
        some => format!("{} in {stories}\n", count(some as u64, "finding")),
    });
    parts.join("\n")
}

/// The reason is said where a code comes up first, or everywhere with `-v`.
fn told(finding: &Finding, is_first: bool, look: &Look<'_>) -> String {
    let head = look.paint.paint(Style::Warn, format!("warning[{}]", finding.code));
    let mut out = format!("{head}: {}\n", look.paint.paint(Style::Strong, &finding.message));
    let lines = [&finding.span].into_iter().chain(finding.also.iter().map(|(span, _)| span));
    let gutter = lines.map(|span| span.line).max().unwrap_or(0).to_string().len() + 1;
    excerpt(&mut out, &finding.span, "", "-->", gutter, look.sources, look.paint);
    if let Some((span, note)) = &finding.also {
        excerpt(&mut out, span, note, ":::", gutter, look.sources, look.paint);
    }
    let reasons = match look.detail {
        Detail::Quiet => false,
        Detail::Normal => is_first,
        Detail::Verbose => true,
    };
    if let Some(lint) = named(finding.code).filter(|_| reasons) {
        out.push_str(&hang("why", lint.why, look.width));
    }
    if reasons {
        out.push_str(&hang("instead", &finding.help, look.width));
    }
    out
}
