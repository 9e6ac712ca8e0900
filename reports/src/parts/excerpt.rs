//! A place in a file, with the line and carets below what is meant.

use crate::Sources;
use crate::parts::paint::{Paint, Style};
use std::fmt::Write;
use whoacts_checker::outcome::Check;

/// A byte range of a file with its line and column.
type Span = whoacts_scenarios::span::Span;

/// Lines longer than this are cut on both sides of the span.
const WIDTH: usize = 90;

/// The check, and the policy line that let it through.
pub(crate) fn places(check: &Check, note: &str, sources: &dyn Sources, paint: Paint) -> String {
    let policy =
        check.policy_span.as_ref().map(|span| (span, "what is required here let it through"));
    let places: Vec<(&Span, &str)> = std::iter::once((&check.span, note)).chain(policy).collect();
    let gutter = places.iter().map(|(span, _)| span.line.to_string().len()).max().unwrap_or(1) + 1;
    let mut out = String::new();
    for (at, (span, note)) in places.iter().enumerate() {
        let arrow = if at == 0 { "-->" } else { ":::" };
        excerpt(&mut out, span, note, arrow, gutter, sources, paint);
    }
    out
}

/// One place: the line with carets below what is meant, and a note beside them.
pub(crate) fn excerpt(
    out: &mut String,
    span: &Span,
    note: &str,
    arrow: &str,
    gutter: usize,
    sources: &dyn Sources,
    paint: Paint,
) {
    let _ = writeln!(out, "{:gutter$}{} {span}", "", paint.paint(Style::Place, arrow));
    let Some(shown) = sources.text(&span.file).and_then(|text| window(span, text)) else { return };
    let bar = paint.paint(Style::Place, "|");
    let number = paint.paint(Style::Place, format!("{:>gutter$}", span.line));
    let carets = paint.paint(Style::Attack, "^".repeat(shown.carets));
    let fits = shown.before + shown.carets + note.chars().count() < WIDTH;
    let note = paint.paint(Style::Attack, note);
    let _ = writeln!(out, "{:gutter$} {bar}", "");
    let _ = writeln!(out, "{number} {bar} {}", shown.line);
    let before = " ".repeat(shown.before);
    let apart = if note.is_empty() {
        String::new()
    } else if fits {
        " ".to_owned()
    } else {
        format!("\n{:gutter$} {bar} {before}", "")
    };
    let _ = writeln!(out, "{:gutter$} {bar} {before}{carets}{apart}{note}", "");
}

/// The part of a line that is shown.
struct Window {
    line: String,
    before: usize,
    carets: usize,
}

fn window(span: &Span, text: &str) -> Option<Window> {
    let line = text.lines().nth((span.line as usize).checked_sub(1)?)?;
    let col = (span.col as usize).saturating_sub(1);
    let skipped = if line.chars().nth(WIDTH).is_some() { col.saturating_sub(WIDTH / 3) } else { 0 };
    let shown: String = line.chars().skip(skipped).take(WIDTH).map(printable).collect();
    let length = shown.chars().count();
    let before = (col - skipped).min(length);
    let meant = text.get(span.start..span.end).unwrap_or("");
    let meant = meant.lines().next().unwrap_or("").trim_end().chars().count();
    let carets = meant.clamp(1, (length - before).max(1));
    Some(Window { line: shown.trim_end().to_owned(), before, carets })
}

/// Tabs and control characters would move the carets, or worse.
fn printable(c: char) -> char {
    match c {
        '\t' => ' ',
        c if c.is_control() => '\u{fffd}',
        c => c,
    }
}
