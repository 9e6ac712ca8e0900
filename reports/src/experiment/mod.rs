//! Says what an experiment found: for people, as a page, and for machines. One experiment a file.

pub mod ablate;
pub mod conflate;
pub mod frontier;
pub mod score;

use crate::parts::text::{hang, join};
use crate::{Look, json};
use serde_json::{Value, json};
use whoacts_checker::experiment::{Scope, Story};
use whoacts_checker::inquiry::Attack;
use whoacts_checker::outcome::Bounds;

/// The formats of every experiment.
pub const FORMATS: &[&str] = &["pretty", "markdown", "json"];

/// A list with more rows is written a row a line.
const LONG: usize = 500;

/// A value as a text for a file.
pub fn text(value: &Value) -> String {
    let is_long = |value: &Value| value.as_array().is_some_and(|rows| rows.len() > LONG);
    match value.as_object() {
        Some(keys) if keys.values().any(is_long) => {
            let lines = keys.iter().map(|(key, value)| match value.as_array() {
                Some(rows) if !rows.is_empty() => {
                    let rows: Vec<String> = rows.iter().map(|row| format!("    {row}")).collect();
                    format!("  \"{key}\": [\n{}\n  ]", rows.join(",\n"))
                }
                _ => format!("  \"{key}\": {value}"),
            });
            format!("{{\n{}\n}}\n", lines.collect::<Vec<_>>().join(",\n"))
        }
        _ => json::text(value),
    }
}

/// What every experiment carries beside its results: bounds, adversary and assumptions of all stories, then of each.
fn framed(schema: &str, scope: &Scope, look: &Look<'_>, results: Value) -> Value {
    let mut value = json!({
        "schema": schema,
        "tool": { "version": look.version },
    });
    if let (Value::Object(all), Value::Object(more)) = (&mut value, results) {
        all.extend(more);
    }
    value["bounds"] = least(&scope.stories).as_ref().map(json::bounds).into();
    value["adversary"] = common(&scope.stories).into();
    value["assumptions"] = json!(["A1"]);
    let story = |story: &Story| {
        json!({
            "scenario": story.scenario,
            "bounds": json::bounds(&story.bounds),
            "adversary": story.adversary,
        })
    };
    value["scenarios"] = scope.stories.iter().map(story).collect::<Vec<_>>().into();
    value
}

/// The bounds that every story reaches.
fn least(stories: &[Story]) -> Option<Bounds> {
    stories.iter().map(|story| story.bounds).reduce(|one, other| Bounds {
        replicas: one.replicas.min(other.replicas),
        hops: one.hops.min(other.hops),
        executions: one.executions.min(other.executions),
        deliveries: one.deliveries.min(other.deliveries),
        ticks: one.ticks.min(other.ticks),
    })
}

/// The capabilities that every story grants.
fn common(stories: &[Story]) -> Vec<String> {
    let first = stories.first().map_or(&[] as &[String], |story| &story.adversary);
    let everywhere = |name: &&String| stories.iter().all(|story| story.adversary.contains(name));
    first.iter().filter(everywhere).cloned().collect()
}

/// An attack with its steps as sentences.
fn attack(attack: &Attack) -> Value {
    let steps: Vec<&str> = attack.trace.steps.iter().map(|step| step.text.as_str()).collect();
    json!({
        "scenario": attack.scenario,
        "property": attack.property,
        "length": attack.length(),
        "mechanism": attack.form,
        "adversary": attack.adversary,
        "bounds": json::bounds(&attack.bounds),
        "quality": attack.trace.quality,
        "by_design": attack.by_design,
        "confirmed": "trace",
        "trace": { "id": attack.trace.id, "headline": attack.trace.headline, "steps": steps },
    })
}

/// `custody in article/shared-pool, 3 moves, shortest`.
fn brief(attack: &Attack) -> String {
    let moves = if attack.length() == 1 { "move" } else { "moves" };
    format!(
        "{} in {}, {} {moves}, {}",
        attack.property,
        attack.scenario,
        attack.length(),
        attack.trace.quality
    )
}

/// The steps of an attack as a numbered list in Markdown.
fn numbered(attack: &Attack) -> String {
    let steps = attack.trace.steps.iter().enumerate();
    steps.map(|(at, step)| format!("{}. {}\n", at + 1, step.text)).collect()
}

/// `` `a`, `b` ``.
fn ticked<T: AsRef<str>>(names: &[T]) -> String {
    let ticked: Vec<String> = names.iter().map(|name| format!("`{}`", name.as_ref())).collect();
    join(&ticked)
}

/// A key and a text below a heading.
fn entry(key: &str, said: &str, look: &Look<'_>) -> String {
    hang(key, said, look.width)
}

/// Within what all of it holds, in a sentence.
fn within(scope: &Scope) -> String {
    let bounds = least(&scope.stories).map_or_else(String::new, |b| {
        format!(
            ", each with at least {} replicas, {} hops, {} executions",
            b.replicas, b.hops, b.executions
        )
    });
    let count = scope.stories.len();
    let adversary = common(&scope.stories);
    let least = match adversary.is_empty() {
        true => String::new(),
        false => format!(" (at least {})", ticked(&adversary)),
    };
    format!(
        "Within the bounds of {count} stories{bounds}, each under its own adversary{least}; what shows nowhere there is also \
         looked for under the other adversaries that a story pins, and without the runtime duty (assumption A1). Every attack \
         was replayed under Ed25519."
    )
}
