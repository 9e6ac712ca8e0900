//! `whoacts explain`: what a name means, or what a trace tells.

use crate::args::ExplainArgs;
use crate::checker::describe::{self, Entry};
use crate::checker::renamed;
use crate::exit::{EXPECTED, Failure};
use crate::output::{Target, write};
use crate::session::{Session, shown};
use crate::suggest::unknown;
use crate::traces;
use crate::verbs::replay;
use whoacts_reports::{Look, Style, wrap};

pub(crate) fn run(args: &ExplainArgs, session: &Session) -> Result<u8, Failure> {
    let look = session.look(&(), true);
    let entries = describe::entries();
    let named: Vec<&Entry> = entries.iter().filter(|entry| is_meant(entry, &args.what)).collect();
    let text = if !named.is_empty() {
        named.iter().map(|entry| entry_text(entry, &look)).collect::<Vec<_>>().join("\n")
    } else if traces::looks_like_one(&args.what) {
        let replayed = traces::replay(&args.what, &args.select, session)?;
        replay::story(&replayed, &look)
    } else {
        if let Some(said) = renamed::property(&args.what) {
            return Err(Failure::Usage(said));
        }
        let names: Vec<&str> = entries.iter().map(|entry| entry.id.as_str()).collect();
        return Err(Failure::Usage(unknown("thing or trace", &args.what, &names)));
    };
    write(&Target::Stdout, &shown(text))?;
    Ok(EXPECTED)
}

/// Whether a name means this entry. What stands before the colon of assumptions means all of them: `ledger`.
fn is_meant(entry: &Entry, name: &str) -> bool {
    let about = || entry.id.split_once(':').map(|(about, _)| about);
    entry.id == name || entry.kind == "assumption" && about() == Some(name)
}

/// A kind and a name, a sentence, and more.
fn entry_text(entry: &Entry, look: &Look<'_>) -> String {
    let mut out = format!("{} {}\n", entry.kind, look.paint.paint(Style::Strong, &entry.id));
    for paragraph in std::iter::once(entry.about.as_str()).chain(entry.more.split("\n\n")) {
        if !paragraph.trim().is_empty() {
            out.push('\n');
            lines(paragraph, look).iter().for_each(|line| out.push_str(&format!("  {line}\n")));
        }
    }
    out
}

/// Prose is wrapped; a list or an indented block keeps its lines.
fn lines(paragraph: &str, look: &Look<'_>) -> Vec<String> {
    let is_laid_out = paragraph.lines().any(|line| line.starts_with([' ', '-', '|', '`']));
    if is_laid_out {
        return paragraph.lines().map(|line| line.trim_end().to_owned()).collect();
    }
    wrap(paragraph, look.width.saturating_sub(2))
}
