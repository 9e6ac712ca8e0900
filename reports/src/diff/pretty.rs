//! For people: attacks with their line and lanes, then what is allowed and denied, a line each.

use super::{names, request, sentence, within};
use crate::parts::attack::steps;
use crate::parts::excerpt::excerpt;
use crate::parts::grid::Grid;
use crate::parts::lanes::draw;
use crate::parts::paint::Style;
use crate::parts::text::{count, hang, wrap};
use crate::story::prose;
use crate::{Detail, Look};
use whoacts_checker::experiment::diff::{Attack, Diff, Turn, Verdict, Witness};

/// Attacks told in full, and witnesses listed; of more, only the number is said.
const ATTACKS: usize = 3;
const LISTED: usize = 20;

/// The whole comparison.
pub fn pretty(diff: &Diff, look: &Look<'_>) -> String {
    let mut parts = vec![head(diff, look)];
    let told = if look.detail == Detail::Verbose { usize::MAX } else { ATTACKS };
    parts.extend(diff.attacks.iter().take(told).map(|attack| tell(diff, attack, look)));
    if diff.attacks.len() > told {
        let more = count((diff.attacks.len() - told) as u64, "attack");
        parts.push(format!("… and {more} more; -v tells all\n"));
    }
    if look.detail > Detail::Quiet {
        parts.extend(listed("newly allowed", &diff.allowed, diff, look));
        parts.extend(listed("newly denied", &diff.denied, diff, look));
        parts.extend(turns("no longer served", &diff.unserved, diff, look));
        parts.extend(turns("served only now", &diff.served, diff, look));
        parts.extend(turns("no longer broken", &diff.closed, diff, look));
        parts.push(table(diff, look));
        parts.extend(still(diff, look));
        parts.extend(idle(diff, look));
    }
    parts.push(hang("within", &within(diff), look.width));
    parts.join("\n")
}

/// What neither policy keeps from breaking: no difference between them, and no all-clear.
fn still(diff: &Diff, look: &Look<'_>) -> Option<String> {
    let broken: Vec<&str> = diff.still.iter().copied().collect();
    (!broken.is_empty()).then(|| hang("broken under both", &broken.join(", "), look.width))
}

fn head(diff: &Diff, look: &Look<'_>) -> String {
    let style = match diff.verdict {
        _ if !diff.attacks.is_empty() => Style::Error,
        Verdict::Equivalent => Style::Good,
        _ => Style::Warn,
    };
    let verdict = look.paint.paint(style, diff.verdict.id());
    format!("{verdict}: {}\n", look.paint.paint(Style::Strong, sentence(diff)))
}

fn tell(diff: &Diff, attack: &Attack, look: &Look<'_>) -> String {
    let head = look.paint.paint(Style::Error, format!("error[{}]", attack.property));
    let what = look.paint.paint(Style::Strong, &attack.trace.headline);
    let facts = format!(
        "{} · {} · mechanism {} · confirmed under Ed25519",
        steps(&attack.trace),
        attack.scenario,
        attack.mechanism
    );
    format!(
        "{head}: {what}\n{}  {facts}\n\n{}\n{}",
        places(diff, &attack.edits, look),
        draw(&attack.trace, look.width, look.paint),
        hang("why", &attack.trace.why, look.width)
    )
}

/// The responsible lines, in the file where each is said, with a caret.
fn places(diff: &Diff, edits: &[usize], look: &Look<'_>) -> String {
    let edits: Vec<_> = edits.iter().filter_map(|at| diff.edits.get(*at)).collect();
    let lines = |edit: &&whoacts_checker::experiment::diff::Edit| {
        let both = if edit.added { [&edit.new, &edit.old] } else { [&edit.old, &edit.new] };
        both.map(|span| span.as_ref().map_or(0, |span| span.line)).into_iter().max().unwrap_or(0)
    };
    let gutter = edits.iter().map(lines).max().unwrap_or(0).to_string().len() + 1;
    let mut out = String::new();
    for edit in edits {
        let (named, other, note) = if edit.added {
            (&edit.new, &edit.old, "before")
        } else {
            (&edit.old, &edit.new, "now")
        };
        // What was taken away is shown where it stood, and where it is missing.
        for (at, (span, note)) in
            [(named, edit.sentence.as_str()), (other, note)].iter().enumerate()
        {
            let arrow = if at == 0 { "-->" } else { ":::" };
            if let Some(span) = span {
                excerpt(&mut out, span, note, arrow, gutter, look.sources, look.paint);
            }
        }
    }
    out
}

fn listed(title: &str, all: &[Witness], diff: &Diff, look: &Look<'_>) -> Option<String> {
    let first = all.first()?;
    let verbose = look.detail == Detail::Verbose;
    let mut out = format!("{}\n", look.paint.paint(Style::Strong, title));
    let (old, new) = names(diff);
    let other = if title == "newly allowed" { &old } else { &new };
    for (at, witness) in all.iter().take(if verbose { usize::MAX } else { LISTED }).enumerate() {
        out.push_str(&line(witness, other, look));
        if at == 0 || verbose {
            out.push_str(&prose(&witness.trace, look));
        }
        if verbose || at > 0 && witness.edits != first.edits || at == 0 && is_new(diff, first) {
            out.push_str(&places(diff, &witness.edits, look));
        }
    }
    if !verbose && all.len() > LISTED {
        out.push_str(&format!("  … and {} more; -v tells all\n", all.len() - LISTED));
    }
    Some(out)
}

/// Whether its lines were not shown with an attack.
fn is_new(diff: &Diff, witness: &Witness) -> bool {
    !diff.attacks.iter().take(ATTACKS).any(|attack| attack.edits == witness.edits)
}

fn line(witness: &Witness, other: &str, look: &Look<'_>) -> String {
    let text = format!(
        "{} · {} · {} under {}; under {other} {}",
        request(witness),
        count(witness.trace.steps.len() as u64, "step"),
        witness.scenario,
        witness.mechanism,
        witness.otherwise
    );
    let lines = wrap(&text, look.width.saturating_sub(4));
    lines
        .iter()
        .enumerate()
        .map(|(at, line)| if at == 0 { format!("  {line}\n") } else { format!("    {line}\n") })
        .collect()
}

fn turns(title: &str, turns: &[Turn], diff: &Diff, look: &Look<'_>) -> Option<String> {
    let first = turns.first()?;
    let mut out = format!("{}\n", look.paint.paint(Style::Strong, title));
    for turn in turns.iter().take(LISTED) {
        out.push_str(&format!("  {} · {} under {}\n", turn.what, turn.scenario, turn.mechanism));
    }
    let shown = diff.allowed.first().into_iter().chain(diff.denied.first());
    if !shown.map(|witness| &witness.edits).any(|edits| *edits == first.edits) {
        out.push_str(&places(diff, &first.edits, look));
    }
    Some(out)
}

/// Attested environments under forms.
fn table(diff: &Diff, look: &Look<'_>) -> String {
    let heads = ["mechanism", "before", "after", "newly allowed", "newly denied", "attacks"];
    let rows = diff.rows.iter().map(|row| {
        let number = |number: usize, style| {
            (number.to_string(), if number == 0 { Style::Dim } else { style })
        };
        let cells = vec![
            (row.mechanism.clone(), Style::Dim),
            number(row.reached.0, Style::Dim),
            number(row.reached.1, Style::Dim),
            number(row.allowed, Style::Warn),
            number(row.denied, Style::Warn),
            number(row.attacks, Style::Error),
        ];
        (row.environment.clone().unwrap_or_else(|| "no environment".to_owned()), cells)
    });
    let grid = Grid { heads: heads.map(str::to_owned).to_vec(), rows: rows.collect() };
    let title = look.paint.paint(Style::Strong, "accepted effects, by attested environment");
    format!("{title}\n{}", grid.text(look.width, look.paint))
}

/// Edits that make no difference here.
fn idle(diff: &Diff, look: &Look<'_>) -> Option<String> {
    let decisive = diff.decisive();
    let idle: Vec<_> =
        diff.edits.iter().enumerate().filter(|(at, _)| !decisive.contains(at)).collect();
    if idle.is_empty() {
        return None;
    }
    let mut out = format!("{}\n", look.paint.paint(Style::Strong, "makes no difference here"));
    for (_, edit) in idle {
        let place = edit.new.as_ref().filter(|_| edit.added).or(edit.old.as_ref());
        let place = place.map(ToString::to_string).unwrap_or_default();
        out.push_str(&format!("  {} ({place})\n", edit.sentence));
    }
    Some(out)
}
