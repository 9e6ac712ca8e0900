//! SARIF 2.1.0, for code scanning: what is not as expected, then the attacks that are, each with its steps as a flow.
//!
//! GitHub takes 5,000 results a run and a file of 10 MB, and shows 1,000 steps a flow. What does not fit is left out from
//! the end, where the expected is, and said in a notification.

use crate::parts::fingerprint::fingerprint;
use crate::parts::rank::{headline, surprise, unexpected};
use crate::parts::runs::Own;
use crate::parts::text::{count, thousands};
use crate::{Format, Look, Shows};
use serde_json::{Value, json};
use whoacts_checker::outcome::{Check, Outcome, Step, Trace, Verdict};
use whoacts_checker::property;

/// A byte range of a file with its line and column.
type Span = whoacts_scenarios::span::Span;

/// Results that GitHub takes.
const MAX_RESULTS: usize = 5_000;
/// Steps that GitHub shows.
const MAX_STEPS: usize = 1_000;
/// Bytes of all results together, before compression; GitHub takes 10 MB after it.
const MAX_BYTES: usize = 9 << 20;
/// Where the tool comes from.
const HOME: &str = "https://github.com/whoacts/whoacts";

/// This format.
pub const FORMAT: Format = Format {
    name: "sarif",
    shows: Shows::Run,
    about: "SARIF 2.1.0, for code scanning",
    module: module_path!(),
    render,
};

/// The run as one line of JSON.
pub fn render(outcome: &Outcome, look: &Look<'_>) -> String {
    format!("{}\n", value(outcome, look))
}

/// The run as a value.
pub fn value(outcome: &Outcome, look: &Look<'_>) -> Value {
    let worth_telling = worth_telling(outcome);
    let results = within_limits(&Own::of(outcome), &worth_telling);
    let left_out = worth_telling.len() - results.len();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "whoacts",
                "version": look.version,
                "semanticVersion": look.version,
                "informationUri": HOME,
                "rules": property::ALL.iter().map(|property| rule(property)).collect::<Vec<_>>(),
            } },
            "invocations": [{
                "executionSuccessful": true,
                "toolExecutionNotifications": notifications(outcome, left_out),
            }],
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

/// What is unexpected, the worst first; then the attacks that were expected.
fn worth_telling(outcome: &Outcome) -> Vec<&Check> {
    let expected =
        outcome.checks.iter().filter(|c| c.as_expected && c.verdict == Verdict::Violated);
    unexpected(outcome).into_iter().chain(expected).collect()
}

/// As many as fit. The steps go first: a result without them still says what and where.
fn within_limits(own: &Own<'_>, checks: &[&Check]) -> Vec<Value> {
    let (mut results, mut bytes) = (Vec::new(), 0);
    for check in checks.iter().take(MAX_RESULTS) {
        let mut one = result(own, check);
        // Half of the room is kept for results without steps.
        if bytes + size(&one) > MAX_BYTES / 2 {
            one.as_object_mut().and_then(|one| one.remove("codeFlows"));
        }
        bytes += size(&one);
        if bytes > MAX_BYTES {
            break;
        }
        results.push(one);
    }
    results
}

fn size(value: &Value) -> usize {
    value.to_string().len() + 1
}

fn rule(property: &property::Property) -> Value {
    json!({
        "id": property.id,
        "shortDescription": { "text": property.sentence },
        "fullDescription": { "text": format!("{}. Why: {}", property.sentence, property.why) },
        "help": {
            "text": format!(
                "{}.\n\nWhy: {}.\n\nBroken by: {}.\n\nwhoacts explain {}",
                property.sentence, property.why, property.broken_by, property.id
            ),
            "markdown": format!(
                "{}.\n\n**Why**: {}.\n\n**Broken by**: {}.\n\n`whoacts explain {}`",
                property.sentence, property.why, property.broken_by, property.id
            ),
        },
        "defaultConfiguration": { "level": "error" },
        "properties": { "tags": ["security"], "precision": "very-high", "security-severity": "8.0" },
    })
}

fn notifications(outcome: &Outcome, left_out: usize) -> Vec<Value> {
    let open = outcome.checks.iter().filter(|c| c.verdict == Verdict::Inconclusive).count();
    let mut said = Vec::new();
    if open > 0 {
        said.push(format!("{} reached a limit and decided nothing", count(open as u64, "check")));
    }
    if left_out > 0 {
        said.push(format!(
            "{} more results are left out, since code scanning takes {} and 10 MB; the JSON has all of them",
            thousands(left_out as u64),
            thousands(MAX_RESULTS as u64),
        ));
    }
    said.iter().map(|text| json!({ "level": "warning", "message": { "text": text } })).collect()
}

fn result(own: &Own<'_>, check: &Check) -> Value {
    let rule = property::named(check.property).map(|(number, _)| number);
    let digest = fingerprint(check);
    let mut result = json!({
        "ruleId": check.property,
        "ruleIndex": rule.map_or(-1, |number| number as i64),
        "kind": "fail",
        "level": level(check),
        "message": { "text": message(own, check) },
        "locations": [{ "physicalLocation": place(&check.span) }],
        // Code scanning reads the first; the second says whose it is.
        "partialFingerprints": { "primaryLocationLineHash": digest, "whoacts/v1": digest },
        "properties": {
            "scenario": check.scenario,
            "mechanism": check.label(),
            "adversary": check.adversary,
            "verdict": check.verdict.id(),
            "expected": check.expected.map(Verdict::id),
            "served": check.reached(),
            "trace": check.trace.as_ref().map(|trace| &trace.id),
        },
    });
    if let Some(span) = &check.policy_span {
        result["relatedLocations"] = json!([{
            "id": 1,
            "message": { "text": "what is required here let it through" },
            "physicalLocation": place(span),
        }]);
    }
    if let Some(trace) = &check.trace {
        result["codeFlows"] = json!([flow(check, trace)]);
    }
    if check.as_expected {
        let because = check.because.as_deref().unwrap_or("expected in the scenario's file");
        result["suppressions"] = json!([
            { "kind": "inSource", "status": "accepted", "justification": because }
        ]);
    }
    result
}

/// A pinned attack is a note; an attack that nobody pinned is an error.
fn level(check: &Check) -> &'static str {
    match (check.as_expected, check.verdict) {
        (true, _) => "note",
        (false, Verdict::Violated) => "error",
        (false, _) => "warning",
    }
}

fn message(own: &Own<'_>, check: &Check) -> String {
    let under = own.under(check);
    let mut text = format!("{} under {under}: {}", check.scenario, headline(check));
    if let Some(trace) = &check.trace {
        text.push_str(&format!(". {}", trace.why));
    }
    if !check.as_expected {
        text.push_str(&format!(" ({})", surprise(check)));
    }
    text
}

fn flow(check: &Check, trace: &Trace) -> Value {
    let steps = &trace.steps;
    let place = place(&check.span);
    let told = |(number, step): (usize, &Step)| location(&place, number + 1, step);
    let locations: Vec<Value> = if steps.len() <= MAX_STEPS {
        steps.iter().enumerate().map(told).collect()
    } else {
        // The beginning and the end tell an attack; one entry stands for what lies between.
        let (first, last) = (MAX_STEPS / 2, MAX_STEPS / 2 - 1);
        let between = steps.len() - first - last;
        let gap = json!({ "location": {
            "physicalLocation": place,
            "message": { "text": format!("… {} …", count(between as u64, "step")) },
        } });
        let all = || steps.iter().enumerate();
        let end = all().skip(steps.len() - last).map(told);
        all().take(first).map(told).chain(std::iter::once(gap)).chain(end).collect()
    };
    json!({
        "message": { "text": trace.headline },
        "threadFlows": [{ "locations": locations }],
    })
}

fn location(place: &Value, number: usize, step: &Step) -> Value {
    json!({
        "executionOrder": number,
        "importance": "essential",
        "location": { "physicalLocation": place, "message": { "text": step.text } },
    })
}

fn place(span: &Span) -> Value {
    json!({
        "artifactLocation": { "uri": uri(&span.file) },
        "region": { "startLine": span.line.max(1), "startColumn": span.col.max(1) },
    })
}

/// A file's name as a relative reference, or as a `file` URI where it is absolute.
fn uri(file: &str) -> String {
    let file = file.replace('\\', "/");
    let file = file.strip_prefix("./").unwrap_or(&file);
    let is_drive = file.as_bytes().get(1) == Some(&b':');
    let encoded: String = file
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b'~' => {
                char::from(byte).to_string()
            }
            byte => format!("%{byte:02X}"),
        })
        .collect();
    match (encoded.starts_with('/'), is_drive) {
        (true, _) => format!("file://{encoded}"),
        (_, true) => format!("file:///{}", encoded.replacen("%3A", ":", 1)),
        _ => encoded,
    }
}
