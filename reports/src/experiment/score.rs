//! What the stories notice.

use super::{entry, framed, within};
use crate::Look;
use crate::parts::paint::Style;
use crate::parts::text::pad;
use serde_json::{Value, json};
use whoacts_checker::experiment::score::{Fate, Mutant, Score};

/// `whoacts/score/1`.
pub fn value(score: &Score, look: &Look<'_>) -> Value {
    let survivors: Vec<Value> = score.survivors().map(survivor).collect();
    let results = json!({
        "mutants": score.mutants.len(),
        "killed": score.killed(),
        "nowhere": score.nowhere,
        "survivors": survivors,
        "killers": score.mutants.iter().filter_map(killer).collect::<Vec<_>>(),
    });
    framed("whoacts/score/1", &score.scope, look, results)
}

fn survivor(mutant: &Mutant) -> Value {
    let why = match &mutant.fate {
        Fate::Survived(Some((kind, why))) => Some((kind.id(), *why)),
        _ => None,
    };
    json!({
        "where": mutant.place(),
        "change": mutant.mutation.to_string(),
        "kind": why.map(|(kind, _)| kind),
        "why": why.map(|(_, why)| why),
    })
}

fn killer(mutant: &Mutant) -> Option<Value> {
    let Fate::Killed(killer) = &mutant.fate else { return None };
    Some(json!({
        "where": mutant.place(),
        "change": mutant.mutation.to_string(),
        "scenario": killer.scenario,
        "mechanism": killer.form,
        "adversary": killer.adversary,
        "how": killer.how,
    }))
}

/// `98.4 %`, cut off and never rounded up.
fn share(score: &Score) -> String {
    let all = score.mutants.len().max(1);
    let tenths = score.killed() * 1000 / all;
    format!("{}.{} %", tenths / 10, tenths % 10)
}

fn short(score: &Score) -> String {
    format!(
        "{} of {} mutants are killed, {}; {} further changes make no difference anywhere",
        score.killed(),
        score.mutants.len(),
        share(score),
        score.nowhere
    )
}

fn why(mutant: &Mutant) -> String {
    match &mutant.fate {
        Fate::Survived(Some((kind, why))) => format!("{}: {why}", kind.id()),
        _ => "unexplained".to_owned(),
    }
}

/// For a terminal.
pub fn pretty(score: &Score, look: &Look<'_>) -> String {
    let mut out = format!("{}\n", look.paint.paint(Style::Strong, short(score)));
    for mutant in score.survivors() {
        let name = format!("{}: {}", mutant.place(), mutant.mutation);
        out.push_str(&format!("\n  {}\n", look.paint.paint(Style::Warn, name)));
        out.push_str(&entry("survives", &why(mutant), look));
    }
    out.push('\n');
    for (story, count) in by_story(score) {
        out.push_str(&format!("  {} kills {count} first\n", pad(&story, 42)));
    }
    out.push('\n');
    out.push_str(&entry("within", &within(&score.scope), look));
    out
}

/// How many mutants each story was the first to kill.
fn by_story(score: &Score) -> Vec<(String, usize)> {
    let mut counts: Vec<(String, usize)> = Vec::new();
    for mutant in &score.mutants {
        let Fate::Killed(killer) = &mutant.fate else { continue };
        match counts.iter_mut().find(|(story, _)| *story == killer.scenario) {
            Some((_, count)) => *count += 1,
            None => counts.push((killer.scenario.clone(), 1)),
        }
    }
    counts.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    counts
}

/// A page.
pub fn markdown(score: &Score, _: &Look<'_>) -> String {
    let mut out =
        format!("# What the stories notice\n\n{}.\n\n{}\n", short(score), within(&score.scope));
    out.push_str("\n## Survivors\n\n| where | change | why |\n| --- | --- | --- |\n");
    for mutant in score.survivors() {
        out.push_str(&format!("| {} | {} | {} |\n", mutant.place(), mutant.mutation, why(mutant)));
    }
    out.push_str("\n## Killed\n\n| where | change | by |\n| --- | --- | --- |\n");
    for mutant in &score.mutants {
        if let Fate::Killed(killer) = &mutant.fate {
            out.push_str(&format!(
                "| {} | {} | {} under {}: {} |\n",
                mutant.place(),
                mutant.mutation,
                killer.scenario,
                killer.form,
                killer.how
            ));
        }
    }
    out
}
