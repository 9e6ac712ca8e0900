//! A run for people: a line for each run, what is unexpected in full, the verdict table, and one attack told.

use crate::parts::attack::{attack, last_word};
use crate::parts::excerpt::places;
use crate::parts::hold::{hold, served};
use crate::parts::paint::Style;
use crate::parts::runs::{Run, length, runs};
use crate::parts::text::{count, hang, pad, width, wrap};
use crate::{Detail, Format, Look, Shows, matrix};
use whoacts_checker::outcome::{Check, Outcome, Verdict};

/// This format.
pub const FORMAT: Format = Format {
    name: "pretty",
    shows: Shows::Run,
    about: "for people: what broke and how, and the verdict table",
    module: module_path!(),
    render,
};

/// Runs that get a line of their own; of more, a line is written for each scenario.
const LISTED: usize = 60;
/// Unexpected results told in full; of more, only the number is said.
const TOLD: usize = 20;

/// The whole run.
pub fn render(outcome: &Outcome, look: &Look<'_>) -> String {
    let runs = runs(outcome);
    let mut parts = Vec::new();
    if look.detail > Detail::Quiet {
        match runs.len() > LISTED && look.detail < Detail::Verbose {
            true => parts.push(in_short(&runs, look)),
            false => parts.extend(overview(&runs, look)),
        }
    }
    if look.detail == Detail::Verbose {
        parts.extend(
            outcome
                .checks
                .iter()
                .filter(|check| !is_surprise(check))
                .map(|check| in_full(check, look)),
        );
    }
    parts.extend(surprises(outcome, &runs, look));
    if look.detail > Detail::Quiet && !outcome.checks.is_empty() {
        parts.push(matrix::Sheets::of(outcome).first().text(look.width, look.paint));
    }
    if look.feature && look.detail > Detail::Quiet {
        parts.extend(
            last_word(outcome, look).map(|told| format!("One attack, told in full:\n\n{told}")),
        );
    }
    parts.push(summary(outcome, &runs, look));
    parts.join("\n")
}

fn in_full(check: &Check, look: &Look<'_>) -> String {
    if check.verdict == Verdict::Violated { attack(check, look) } else { hold(check, look) }
}

/// Each scenario with a line for each of its runs.
fn overview(runs: &[Run<'_>], look: &Look<'_>) -> Vec<String> {
    let name = |run: &Run<'_>| [&[run.first().label()], run.varied.as_slice()].concat().join(" ");
    let wide = runs.iter().map(|run| width(&name(run))).max().unwrap_or(0);
    let mut parts: Vec<(&str, String)> = Vec::new();
    for run in runs {
        let first = run.first();
        if parts.last().is_none_or(|(scenario, _)| *scenario != first.scenario) {
            let scenario = look.paint.paint(Style::Strong, &first.scenario);
            parts.push((&first.scenario, format!("{scenario}  {}\n", first.title)));
        }
        if let Some((_, part)) = parts.last_mut() {
            part.push_str(&run_line(run, &pad(&name(run), wide), look));
        }
    }
    parts.into_iter().map(|(_, part)| part).collect()
}

/// `✓ article/shared-pool  161 broken, 300 hold, 190 never asked · served in 30 of 53 runs`.
fn in_short(runs: &[Run<'_>], look: &Look<'_>) -> String {
    let wide = runs.iter().map(|run| width(&run.first().scenario)).max().unwrap_or(0);
    let mut out = String::new();
    for group in runs.chunk_by(|one, other| one.first().scenario == other.first().scenario) {
        let checks = || group.iter().flat_map(|run| &run.checks);
        let of = |verdict| checks().filter(|check| check.verdict == verdict).count();
        let parts = [
            (of(Verdict::Violated), "broken"),
            (of(Verdict::Proved) + of(Verdict::Exhausted) + of(Verdict::Sampled), "hold"),
            (of(Verdict::Inconclusive), "inconclusive"),
            (of(Verdict::Vacuous), "never asked"),
        ];
        let parts = parts.iter().filter(|(number, _)| *number > 0);
        let found: Vec<String> = parts.map(|(number, what)| format!("{number} {what}")).collect();
        let served = group.iter().filter(|run| run.first().served).count();
        let surprises = checks().filter(|check| !check.as_expected).count();
        let mark = mark(surprises == 0, look);
        let odd =
            if surprises > 0 { format!(" · {surprises} not as expected") } else { String::new() };
        let name = pad(&group[0].first().scenario, wide);
        out.push_str(&format!(
            "{mark} {name}  {} · served in {served} of {}{odd}\n",
            found.join(", "),
            count(group.len() as u64, "run"),
        ));
    }
    out
}

fn mark(expected: bool, look: &Look<'_>) -> String {
    match expected {
        true => look.paint.paint(Style::Good, "✓"),
        false => look.paint.paint(Style::Error, "✗"),
    }
}

/// `  ✓ bearer  served    2 broken: custody 3, theft-contained 2 · 9 hold · 1 never asked · 577 states`.
fn run_line(run: &Run<'_>, name: &str, look: &Look<'_>) -> String {
    let mark = mark(run.checks.iter().all(|check| check.as_expected), look);
    let served = match run.first().reached() {
        Some(true) => "served  ".to_owned(),
        Some(false) => look.paint.paint(Style::Warn, "unserved"),
        None => look.paint.paint(Style::Warn, "unknown "),
    };
    let states = run.checks.iter().map(|check| check.stats.states).max().unwrap_or(0);
    let mut found = tally(run);
    found.push(count(states, "state"));
    let before = 4 + width(name) + 12;
    let found = wrap(&found.join(" · "), look.width.saturating_sub(before).max(30));
    let found = found.join(&format!("\n{}", " ".repeat(before)));
    format!("  {mark} {name}  {served}  {found}\n")
}

fn tally(run: &Run<'_>) -> Vec<String> {
    let of = |verdict: Verdict| run.checks.iter().filter(move |check| check.verdict == verdict);
    let mut found = Vec::new();
    for (by_design, what) in [(false, "broken"), (true, "by design")] {
        let broken = of(Verdict::Violated).filter(|check| check.by_design == by_design);
        let broken: Vec<String> = broken.map(|check| one_attack(check)).collect();
        if !broken.is_empty() {
            found.push(format!("{} {what}: {}", broken.len(), broken.join(", ")));
        }
    }
    let rest = [
        (Verdict::Proved, "proved"),
        (Verdict::Exhausted, "exhausted"),
        (Verdict::Sampled, "sampled"),
        (Verdict::Inconclusive, "inconclusive"),
        (Verdict::Vacuous, "never asked"),
    ];
    for (verdict, what) in rest {
        let number = of(verdict).count();
        if number > 0 {
            found.push(format!("{number} {what}"));
        }
    }
    found
}

/// `custody 3`: the property and the length of the attack.
fn one_attack(check: &Check) -> String {
    let mark = if check.as_expected { "" } else { "!" };
    format!("{} {}{mark}", check.property, length(check))
}

/// Whether the verdict itself is not what was expected (or is open), the good end aside.
fn is_surprise(check: &Check) -> bool {
    let only_served =
        check.is_served_oddly() && check.expected.map_or(check.holds(), |one| one == check.verdict);
    let is_open = check.verdict == Verdict::Inconclusive && check.expected != Some(check.verdict);
    (!check.as_expected && !only_served) || is_open
}

/// What is not as expected, in full; the good end once a run.
fn surprises(outcome: &Outcome, runs: &[Run<'_>], look: &Look<'_>) -> Vec<String> {
    let unserved = runs.iter().filter_map(|run| unserved(run, look));
    let checks = outcome.checks.iter().filter(|check| is_surprise(check));
    let mut all: Vec<String> = unserved.chain(checks.map(|check| in_full(check, look))).collect();
    if all.len() > TOLD && look.detail < Detail::Verbose {
        let more = count((all.len() - TOLD) as u64, "unexpected result");
        all.truncate(TOLD);
        all.push(format!("… and {more} more; -v tells all\n"));
    }
    all
}

/// A run whose good end is not as expected.
fn unserved(run: &Run<'_>, look: &Look<'_>) -> Option<String> {
    let differs = |check: &&&Check| !check.as_expected && check.is_served_oddly();
    let check = run.checks.iter().find(differs)?;
    let head = look.paint.paint(Style::Error, "error[served]");
    let places = places(check, &served(check), look.sources, look.paint);
    let why = check.notes.iter().filter(|note| note.starts_with("this story cannot happen"));
    let why: String = why.map(|note| hang("why", note, look.width)).collect();
    Some(format!("{head}: {} under {}\n{places}{why}", served(check), check.label()))
}

/// `840 checks in 70 runs: all as expected · 120 violated …`.
fn summary(outcome: &Outcome, runs: &[Run<'_>], look: &Look<'_>) -> String {
    let checks = count(outcome.checks.len() as u64, "check");
    let unexpected = outcome.checks.iter().filter(|check| !check.as_expected).count() as u64;
    let (style, verdict) = match unexpected {
        0 => (Style::Good, "all as expected".to_owned()),
        some => (Style::Error, format!("{} not as expected", count(some, "result"))),
    };
    let mut found = vec![look.paint.paint(style, verdict)];
    for verdict in Verdict::ALL {
        let number = outcome.checks.iter().filter(|check| check.verdict == verdict).count();
        if number > 0 {
            found.push(format!("{number} {}", verdict.id()));
        }
    }
    if let Some(time) = look.timing {
        found.push(format!("{:.2} s", time.as_secs_f64()));
    }
    format!("{checks} in {}: {}\n", count(runs.len() as u64, "run"), found.join(" · "))
}
