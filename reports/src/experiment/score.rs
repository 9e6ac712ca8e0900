//! What the stories notice.

use super::{entry, framed};
use crate::Look;
use crate::parts::paint::Style;
use crate::parts::text::pad;
use serde_json::{Value, json};
use whoacts_checker::experiment::score::mutants::{Mutant, Scope};
use whoacts_checker::experiment::score::{Fate, Killer, Score};

/// `whoacts/score/1`.
pub fn value(score: &Score, look: &Look<'_>) -> Value {
    let (killed, mutants) = score.killed();
    let survivors = score.survivors().map(|(mutant, why)| {
        json!({
            "where": mutant.place(),
            "change": mutant.change(),
            "why": why,
        })
    });
    let parts = parts(score).into_iter().map(
        |(part, killed, mutants)| json!({ "part": part, "mutants": mutants, "killed": killed }),
    );
    let results = json!({
        "mutants": mutants,
        "killed": killed,
        "equivalent": score.equivalent().map(|(mutant, why)| json!({
            "where": mutant.place(),
            "change": mutant.change(),
            "why": why,
        })).collect::<Vec<_>>(),
        "parts": parts.collect::<Vec<_>>(),
        "survivors": survivors.collect::<Vec<_>>(),
        "not_surviving": score.stale,
        "no_mutants": same(score).map(|m| json!({ "where": m.place(), "change": m.change() })).collect::<Vec<_>>(),
        "killers": killers(score).map(|(mutant, killer)| json!({
            "where": mutant.place(),
            "change": mutant.change(),
            "scenario": killer.scenario,
            "mechanism": killer.form,
            "adversary": killer.adversary,
            "how": killer.how,
        })).collect::<Vec<_>>(),
    });
    framed("whoacts/score/1", &score.scope, look, results)
}

fn killers(score: &Score) -> impl Iterator<Item = (&Mutant, &Killer)> {
    score.mutants.iter().filter_map(|(mutant, fate)| match fate {
        Fate::Killed(killer) => Some((mutant, killer)),
        _ => None,
    })
}

/// Changes that turn out to change nothing.
fn same(score: &Score) -> impl Iterator<Item = &Mutant> {
    let same = score.mutants.iter().filter(|(_, fate)| *fate == Fate::Same);
    same.map(|(mutant, _)| mutant)
}

/// For each part of what is changed: how many were killed, of how many.
fn parts(score: &Score) -> [(&'static str, usize, usize); 3] {
    let of = |is: fn(&Scope) -> bool| {
        let own = || score.counted().filter(move |(mutant, _)| is(&mutant.scope));
        let killed = own().filter(|(_, fate)| matches!(fate, Fate::Killed(_))).count();
        (killed, own().count())
    };
    let (verifier, mechanisms, moves) = (
        of(|scope| *scope == Scope::Verifier),
        of(|scope| matches!(scope, Scope::Mechanism(_))),
        of(|scope| *scope == Scope::Moves),
    );
    [
        ("verifier", verifier.0, verifier.1),
        ("translations", mechanisms.0, mechanisms.1),
        ("move rules", moves.0, moves.1),
    ]
}

/// `98.4 %`, cut off and never rounded up.
fn share(killed: usize, all: usize) -> String {
    let tenths = killed * 1000 / all.max(1);
    format!("{}.{} %", tenths / 10, tenths % 10)
}

fn short(score: &Score) -> String {
    let (killed, all) = score.killed();
    let parts = parts(score).map(|(part, killed, all)| format!("{killed} of {all} of the {part}"));
    let equivalent = score.equivalent().count();
    format!(
        "{killed} of {all} mutants are killed, {}: {}. {equivalent} more are equivalent to the original, each by an argument that \
         a test checks; with them it would be {killed} of {}, {}. {} further changes change nothing: two forms share a hook, or \
         a mechanism has no such condition.",
        share(killed, all),
        parts.join(", "),
        all + equivalent,
        share(killed, all + equivalent),
        same(score).count()
    )
}

/// Why a survivor survives.
fn reasons(score: &Score) -> Vec<(&Mutant, String)> {
    let said = score.survivors();
    let said = said.map(|(mutant, why)| (mutant, why.unwrap_or("unexplained").to_owned()));
    said.collect()
}

/// How many mutants each story was the first to kill.
fn by_story(score: &Score) -> Vec<(&str, usize)> {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for (_, killer) in killers(score) {
        match counts.iter_mut().find(|(story, _)| *story == killer.scenario) {
            Some((_, count)) => *count += 1,
            None => counts.push((&killer.scenario, 1)),
        }
    }
    counts.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(other.0)));
    counts
}

/// Within what it holds.
fn within(score: &Score) -> String {
    format!(
        "A mutant is killed if a pinned verdict, `served`, or the finding that nobody is named (beside `accountable`) comes out \
         otherwise in one of {} stories, under the story's own adversary or another that it pins; of those that would, the first \
         is named, cheap stories first. A rule that several kinds of moves share is one rule, and has each fault once. Verdicts of \
         paired properties are not looked at. A faulty run that outgrows its limit kills by what it breaks, and by nothing else.",
        score.scope.stories.len()
    )
}

/// For a terminal.
pub fn pretty(score: &Score, look: &Look<'_>) -> String {
    let mut out = format!("{}\n", look.paint.paint(Style::Strong, "what the stories notice"));
    out.push_str(&entry("score", &short(score), look));
    for (mutant, why) in reasons(score) {
        out.push_str(&format!("\n  {}\n", look.paint.paint(Style::Warn, mutant)));
        out.push_str(&entry("survives", &why, look));
    }
    for (mutant, why) in score.equivalent() {
        out.push_str(&format!("\n  {}\n", look.paint.paint(Style::Dim, mutant)));
        out.push_str(&entry("same", why, look));
    }
    for mutant in &score.stale {
        let said = format!("{mutant}: explained or called equivalent, and it is killed");
        out.push_str(&format!("\n  {}\n", look.paint.paint(Style::Error, said)));
    }
    out.push('\n');
    for (story, count) in by_story(score) {
        out.push_str(&format!("  {} kills {count}\n", pad(story, 42)));
    }
    out.push('\n');
    out.push_str(&entry("within", &within(score), look));
    out
}

/// A page.
pub fn markdown(score: &Score, _: &Look<'_>) -> String {
    let mut out = format!("# What the stories notice\n\n{}\n\n{}\n", short(score), within(score));
    out.push_str("\n## Survivors\n\n| where | change | why |\n| --- | --- | --- |\n");
    for (mutant, why) in reasons(score) {
        out.push_str(&format!("| {} | {} | {why} |\n", mutant.place(), mutant.change()));
    }
    out.push_str(
        "\n## Equivalent, and not counted\n\n| where | change | why |\n| --- | --- | --- |\n",
    );
    for (mutant, why) in score.equivalent() {
        out.push_str(&format!("| {} | {} | {why} |\n", mutant.place(), mutant.change()));
    }
    out.push_str("\n## Which story kills\n\n| story | mutants that it is the first to kill |\n| --- | --- |\n");
    for (story, count) in by_story(score) {
        out.push_str(&format!("| {story} | {count} |\n"));
    }
    out.push_str("\n## Killed\n\n| where | change | by |\n| --- | --- | --- |\n");
    for (mutant, killer) in killers(score) {
        let Killer { scenario, form, how, .. } = killer;
        let (place, change) = (mutant.place(), mutant.change());
        out.push_str(&format!("| {place} | {change} | {scenario} under {form}: {how} |\n"));
    }
    out
}
