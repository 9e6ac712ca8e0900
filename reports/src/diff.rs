//! What a change of policy comes to: for people, for machines, and for a comment on the change.

mod markdown;
mod pretty;

use crate::{Look, json};
use serde_json::{Map, Value, json};
use whoacts_checker::experiment::diff::{Attack, Diff, Edit, Ran, Row, Turn, Verdict, Witness};

pub use markdown::markdown;
pub use pretty::pretty;

/// The names of the formats, the first of which is the default.
pub const FORMATS: &[&str] = &["pretty", "json", "markdown"];

/// Says it in the format of that name.
pub fn render(diff: &Diff, name: &str, look: &Look<'_>) -> String {
    match name {
        "json" => json::text(&value(diff, look)),
        "markdown" => markdown(diff),
        _ => pretty(diff, look),
    }
}

/// `whoacts/diff/1`.
pub fn value(diff: &Diff, look: &Look<'_>) -> Value {
    let witness = |w: &Witness| witness(diff, w);
    let turn = |t: &Turn| turn(diff, t);
    let by_story = |what: fn(&Ran) -> Value| -> Map<String, Value> {
        diff.runs.iter().map(|run| (run.scenario.clone(), what(run))).collect()
    };
    let mut assumptions: Vec<&str> = Vec::new();
    for id in diff.runs.iter().flat_map(|run| &run.assumptions) {
        if !assumptions.contains(id) {
            assumptions.push(id);
        }
    }
    json!({
        "schema": "whoacts/diff/1",
        "tool": { "version": look.version },
        "old": { "policy": diff.old.0, "file": diff.old.1 },
        "new": { "policy": diff.new.0, "file": diff.new.1 },
        "verdict": diff.verdict.id(),
        "allowed": diff.allowed.iter().map(witness).collect::<Vec<_>>(),
        "denied": diff.denied.iter().map(witness).collect::<Vec<_>>(),
        "attacks": diff.attacks.iter().map(|a| attack(diff, a)).collect::<Vec<_>>(),
        "closed": diff.closed.iter().map(turn).collect::<Vec<_>>(),
        "still": diff.still.iter().collect::<Vec<_>>(),
        "unserved": diff.unserved.iter().map(turn).collect::<Vec<_>>(),
        "served": diff.served.iter().map(turn).collect::<Vec<_>>(),
        "environments": diff.rows.iter().map(row).collect::<Vec<_>>(),
        "edits": diff.edits.iter().enumerate().map(|(at, e)| edit(diff, at, e)).collect::<Vec<_>>(),
        "bounds": by_story(|run| json::bounds(&run.bounds)),
        "adversary": by_story(|run| json!(run.adversary)),
        "assumptions": assumptions,
        "runs": diff.runs.iter().map(run).collect::<Vec<_>>(),
    })
}

/// The contract's four keys first.
fn witness(diff: &Diff, witness: &Witness) -> Value {
    json!({
        "scenario": witness.scenario,
        "request": {
            "root": witness.effect.root,
            "actor": witness.actor,
            "action": witness.effect.action,
            "resource": witness.effect.resource,
        },
        "moves": witness.trace.moves,
        "confirmed": "ed25519",
        "mechanism": witness.mechanism,
        "class": witness.effect.class,
        "environment": witness.effect.environment,
        "hostile": witness.hostile,
        "length": witness.trace.steps.len(),
        "steps": witness.trace.steps.iter().map(|step| &step.text).collect::<Vec<_>>(),
        "otherwise": witness.otherwise,
        "lines": lines(diff, &witness.edits),
    })
}

fn attack(diff: &Diff, attack: &Attack) -> Value {
    json!({
        "property": attack.property,
        "length": attack.trace.steps.len(),
        "trace": json::trace(&attack.trace),
        "confirmed": "ed25519",
        "scenario": attack.scenario,
        "mechanism": attack.mechanism,
        "environment": attack.environment,
        "lines": lines(diff, &attack.edits),
    })
}

fn turn(diff: &Diff, turn: &Turn) -> Value {
    json!({
        "scenario": turn.scenario,
        "mechanism": turn.mechanism,
        "what": turn.what,
        "lines": lines(diff, &turn.edits),
    })
}

/// The places of the edits that are responsible.
fn lines(diff: &Diff, edits: &[usize]) -> Vec<Value> {
    let line = |edit: &Edit| json!({ "change": edit.sentence, "old": place(edit, false), "new": place(edit, true) });
    edits.iter().filter_map(|at| diff.edits.get(*at)).map(line).collect()
}

fn edit(diff: &Diff, at: usize, edit: &Edit) -> Value {
    json!({
        "change": edit.sentence,
        "added": edit.added,
        "decisive": diff.decisive().contains(&at),
        "old": place(edit, false),
        "new": place(edit, true),
    })
}

fn place(edit: &Edit, new: bool) -> Value {
    let span = if new { &edit.new } else { &edit.old };
    span.as_ref().map_or(Value::Null, json::span)
}

fn row(row: &Row) -> Value {
    json!({
        "environment": row.environment,
        "mechanism": row.mechanism,
        "reached": { "old": row.reached.0, "new": row.reached.1 },
        "allowed": row.allowed,
        "denied": row.denied,
        "attacks": row.attacks,
    })
}

fn run(run: &Ran) -> Value {
    json!({
        "scenario": run.scenario,
        "mechanism": run.mechanism,
        "states": { "old": run.states.0, "new": run.states.1 },
        "conclusive": run.conclusive,
    })
}

/// How the two policies are called: by their names, or as the old and the new one where they have the same.
fn names(diff: &Diff) -> (String, String) {
    let (old, new) = (&diff.old.0, &diff.new.0);
    match old == new {
        true => (format!("the old `{old}`"), format!("the new `{new}`")),
        false => (format!("`{old}`"), format!("`{new}`")),
    }
}

/// What the verdict means, in a sentence.
fn sentence(diff: &Diff) -> String {
    let (old, new) = names(diff);
    if diff.verdict == Verdict::Inconclusive {
        return "a limit was reached, so nothing is said".to_owned();
    }
    let hostile = diff.lets_the_adversary_in();
    let allowed = match (diff.allowed.is_empty(), hostile) {
        (true, _) => None,
        (false, false) => Some(format!("allows executions that {old} denies")),
        (false, true) => {
            Some(format!("allows executions that {old} denies, the adversary's own among them"))
        }
    };
    let denied = match (diff.denied.is_empty(), allowed.is_some()) {
        (true, _) => None,
        (false, true) => Some("denies others".to_owned()),
        (false, false) => Some(format!("denies executions that {old} allows")),
    };
    let said = |there: bool, what: &str| there.then(|| what.to_owned());
    let served = said(!diff.served.is_empty(), "serves what was not served");
    let unserved = said(!diff.unserved.is_empty(), "no longer serves what was served");
    let closed = said(!diff.closed.is_empty(), "keeps properties that were broken");
    let opens = match diff.attacks.len() {
        0 => None,
        1 => Some("opens an attack".to_owned()),
        many => Some(format!("opens {many} attacks")),
    };
    let all = [allowed, denied, served, unserved, closed, opens];
    let all: Vec<String> = all.into_iter().flatten().collect();
    match all.as_slice() {
        [] => format!("{new} allows the same executions as {old}"),
        [only] => format!("{new} {only}"),
        [first @ .., last] => format!("{new} {}, and {last}", first.join(", ")),
    }
}

/// The stories, the forms and the bounds within which it is so.
fn within(diff: &Diff) -> String {
    let mut stories: Vec<&str> = diff.runs.iter().map(|run| run.scenario.as_str()).collect();
    stories.dedup();
    let mut forms: Vec<&str> = diff.runs.iter().map(|run| run.mechanism.as_str()).collect();
    forms.sort_unstable();
    forms.dedup();
    let named = match stories.as_slice() {
        few if few.len() <= 3 => few.join(", "),
        many => format!("{} stories", many.len()),
    };
    let bounds = diff.runs.first().map(|run| run.bounds);
    let bounds = bounds.filter(|first| diff.runs.iter().all(|run| run.bounds == *first));
    let bounds = bounds.map_or_else(
        || "each story's own bounds".to_owned(),
        |b| {
            format!(
                "replicas {}, hops {}, executions {}, deliveries {}, ticks {}",
                b.replicas, b.hops, b.executions, b.deliveries, b.ticks
            )
        },
    );
    format!("{named} · {} · {bounds} · each story's own adversary", forms.join(", "))
}

/// `alice → worker: read ledger`.
fn request(witness: &Witness) -> String {
    let effect = &witness.effect;
    let whose = if witness.hostile { " (the adversary's own)" } else { "" };
    format!("{} → {}: {} {}{whose}", effect.root, effect.class, effect.action, effect.resource)
}
