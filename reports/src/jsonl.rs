//! `whoacts/run-lines/1`: one JSON object a line, to be read while it is written: the run, each result, the summary.

use crate::{Format, Look, Shows, json};
use serde_json::{Value, json};
use whoacts_checker::outcome::Outcome;

/// This format.
pub const FORMAT: Format = Format {
    name: "jsonl",
    shows: Shows::Run,
    about: "whoacts/run-lines/1, one JSON object a line",
    module: module_path!(),
    render,
};

/// The lines. Each object says in `kind` what it is.
pub fn render(outcome: &Outcome, look: &Look<'_>) -> String {
    let Value::Object(mut run) = json::value(outcome, look) else { return String::new() };
    let results = run.remove("results").unwrap_or_default();
    let summary = run.remove("summary").unwrap_or_default();
    run["schema"] = "whoacts/run-lines/1".into();
    let head = kind("run", Value::Object(run));
    let results = results.as_array().into_iter().flatten().cloned();
    let lines = std::iter::once(head)
        .chain(results.map(|result| kind("result", result)))
        .chain(std::iter::once(kind("summary", summary)));
    lines.map(|line| format!("{line}\n")).collect()
}

fn kind(kind: &str, value: Value) -> Value {
    let mut line = json!({ "kind": kind });
    if let (Value::Object(line), Value::Object(value)) = (&mut line, value) {
        line.extend(value);
    }
    line
}
