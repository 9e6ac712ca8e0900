//! For a comment on the change.

use super::{request, sentence, within};
use whoacts_checker::experiment::diff::{Diff, Edit, Turn, Witness};
use whoacts_checker::outcome::Trace;

/// The whole comparison, in Markdown.
pub fn markdown(diff: &Diff) -> String {
    let mut out = format!("### {}\n\n{}.\n", diff.verdict.id(), sentence(diff));
    for attack in &diff.attacks {
        out.push_str(&format!("\n#### `{}`: {}\n\n", attack.property, attack.trace.headline));
        out.push_str(&format!(
            "In {} under {}, confirmed under Ed25519. {}.\n\n",
            attack.scenario, attack.mechanism, attack.trace.why
        ));
        out.push_str(&steps(&attack.trace));
        out.push_str(&lines(diff, &attack.edits));
    }
    witnesses(&mut out, "Newly allowed", &diff.allowed, diff);
    witnesses(&mut out, "Newly denied", &diff.denied, diff);
    turns(&mut out, "No longer served", &diff.unserved, diff);
    turns(&mut out, "Served only now", &diff.served, diff);
    turns(&mut out, "No longer broken", &diff.closed, diff);
    if !diff.still.is_empty() {
        let broken: Vec<String> = diff.still.iter().map(|id| format!("`{id}`")).collect();
        out.push_str(&format!("\nBroken under both: {}\n", broken.join(", ")));
    }
    out.push_str("\n#### By attested environment\n\n");
    out.push_str(
        "| environment | mechanism | before | after | newly allowed | newly denied | attacks |\n",
    );
    out.push_str("| --- | --- | --: | --: | --: | --: | --: |\n");
    for row in &diff.rows {
        out.push_str(&format!(
            "| {} | {} | {} | {} | {} | {} | {} |\n",
            cell(row.environment.as_deref().unwrap_or("none")),
            row.mechanism,
            row.reached.0,
            row.reached.1,
            row.allowed,
            row.denied,
            row.attacks
        ));
    }
    out.push_str(&format!("\nWithin: {}.\n", within(diff)));
    out
}

fn steps(trace: &Trace) -> String {
    let step = |(at, step): (usize, &whoacts_checker::outcome::Step)| {
        format!("{}. {}\n", at + 1, step.text)
    };
    trace.steps.iter().enumerate().map(step).collect()
}

/// The responsible lines.
fn lines(diff: &Diff, edits: &[usize]) -> String {
    let edits: Vec<&Edit> = edits.iter().filter_map(|at| diff.edits.get(*at)).collect();
    if edits.is_empty() {
        return String::new();
    }
    let lines = edits.iter().map(|edit| format!("- {}: {}\n", place(edit), edit.sentence));
    format!("\nResponsible:\n\n{}", lines.collect::<String>())
}

fn place(edit: &Edit) -> String {
    let span = edit.new.as_ref().filter(|_| edit.added).or(edit.old.as_ref());
    span.map_or_else(String::new, |span| format!("`{span}`"))
}

fn witnesses(out: &mut String, title: &str, all: &[Witness], diff: &Diff) {
    if all.is_empty() {
        return;
    }
    out.push_str(&format!(
        "\n#### {title}\n\n| request | steps | story | mechanism | the other policy | lines |\n"
    ));
    out.push_str("| --- | --: | --- | --- | --- | --- |\n");
    for witness in all {
        let edits = witness.edits.iter().filter_map(|at| diff.edits.get(*at));
        out.push_str(&format!(
            "| {} | {} | {} | {} | {} | {} |\n",
            cell(&request(witness)),
            witness.trace.steps.len(),
            witness.scenario,
            witness.mechanism,
            cell(&witness.otherwise),
            edits.map(place).collect::<Vec<_>>().join(", ")
        ));
    }
}

fn turns(out: &mut String, title: &str, turns: &[Turn], diff: &Diff) {
    if turns.is_empty() {
        return;
    }
    out.push_str(&format!("\n#### {title}\n\n"));
    for turn in turns {
        let edits = turn.edits.iter().filter_map(|at| diff.edits.get(*at));
        let places = edits.map(place).collect::<Vec<_>>().join(", ");
        out.push_str(&format!(
            "- {} in {} under {} ({places})\n",
            turn.what, turn.scenario, turn.mechanism
        ));
    }
}

/// A bar would end the cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
