//! `whoacts/run/1`: a run for machines. The keys are a contract; the same outcome gives the same bytes.

use crate::matrix::Broken;
use crate::parts::hold::probability;
use crate::parts::runs::Own;
use crate::{Format, Look, Shows};
use serde_json::{Map, Value, json};
use whoacts_checker::outcome::{
    Bounds, Check, Confirmed, Outcome, Stats, Step, StoppedBy, Trace, Verdict,
};

/// This format.
pub const FORMAT: Format = Format {
    name: "json",
    shows: Shows::Run,
    about: "whoacts/run/1, for machines",
    module: module_path!(),
    render,
};

/// The run as JSON, with a line break at its end.
pub fn render(outcome: &Outcome, look: &Look<'_>) -> String {
    text(&value(outcome, look))
}

/// The run as a value.
pub fn value(outcome: &Outcome, look: &Look<'_>) -> Value {
    let (own, broken) = (Own::of(outcome), Broken::of(outcome));
    let results = outcome.checks.iter().map(|check| result(check, broken.is_so(&own, check)));
    let results: Vec<Value> = results.collect();
    let mut run = json!({
        "schema": "whoacts/run/1",
        "tool": { "version": look.version },
        "seed": format!("0x{:016x}", look.seed),
        "results": results,
        "summary": summary(outcome),
    });
    if let Some(time) = look.timing {
        run["timing"] = json!({ "seconds": time.as_secs_f64() });
    }
    run
}

/// Any value, laid out for people too.
pub(crate) fn text(value: &Value) -> String {
    format!("{value:#}\n")
}

/// `broken`: whether anything breaks the property under the same adversary, here or under another form.
fn result(check: &Check, broken: bool) -> Value {
    json!({
        "scenario": check.scenario,
        "title": check.title,
        "mechanism": check.mechanism,
        "variant": check.variant,
        "profile": check.profile,
        "property": check.property,
        "verdict": check.verdict.id(),
        "expected": check.expected.map(Verdict::id),
        "because": check.because,
        "as_expected": check.as_expected,
        "served": check.reached(),
        "hollow": check.is_hollow(),
        "unbroken_everywhere": !broken,
        "expected_served": check.expected_served,
        "assumptions": check.assumptions,
        "by_design": check.by_design,
        "influenced": check.influenced,
        "radius": check.radius.map(|radius| radius.to_string()),
        "bounds": bounds(&check.bounds),
        "adversary": check.adversary,
        "stats": stats(&check.stats),
        "guards": guards(check),
        "confirmed": check.confirmed.map(confirmed),
        "trace": check.trace.as_ref().map(trace),
        "needs": check.needs,
        "stuck": check.stuck,
        "stopped_by": check.stopped_by.iter().map(stopped_by).collect::<Vec<_>>(),
        "not_covered": check.not_covered,
        "witness": check.witness,
        "contrast": check.contrast.as_ref().map(ToString::to_string),
        "notes": check.notes,
        "span": span(&check.span),
        "policy_span": check.policy_span.as_ref().map(span),
    })
}

/// The bounds, key by key.
pub(crate) fn bounds(bounds: &Bounds) -> Value {
    json!({
        "hops": bounds.hops,
        "replicas": bounds.replicas,
        "executions": bounds.executions,
        "deliveries": bounds.deliveries,
        "ticks": bounds.ticks,
    })
}

fn stats(stats: &Stats) -> Value {
    json!({
        "engine": stats.engine,
        "crypto": stats.crypto,
        "reductions": stats.reductions,
        "states": stats.states,
        "steps": stats.steps,
        "depth": stats.depth,
        "collision_bound": stats.collision_bound.map(probability),
        "presentations": stats.presentations,
        "limit": stats.limit,
    })
}

fn guards(check: &Check) -> Value {
    let entry = |guard: &whoacts_checker::outcome::GuardUse| {
        (guard.guard.to_owned(), json!({ "held": guard.held, "denied": guard.denied }))
    };
    Value::Object(check.guards.iter().map(entry).collect())
}

fn confirmed(how: Confirmed) -> &'static str {
    match how {
        Confirmed::Trace => "trace",
        Confirmed::Pair => "pair",
    }
}

/// A trace with its steps and its moves.
pub(crate) fn trace(trace: &Trace) -> Value {
    json!({
        "id": trace.id,
        "length": trace.steps.len(),
        "quality": trace.quality,
        "headline": trace.headline,
        "why": trace.why,
        "lanes": trace.lanes,
        "steps": trace.steps.iter().map(step).collect::<Vec<_>>(),
        "moves": trace.moves,
    })
}

fn step(step: &Step) -> Value {
    let changed = step.changed.iter().map(|(what, how)| (what.clone(), Value::from(how.as_str())));
    json!({
        "actor": step.actor,
        "to": step.to,
        "move": step.kind,
        "text": step.text,
        "label": step.label,
        "remark": step.remark,
        "changed": changed.collect::<Map<_, _>>(),
        "guards": step.guards,
    })
}

fn stopped_by(stop: &StoppedBy) -> Value {
    json!({
        "guard": stop.guards.first(),
        "guards": stop.guards,
        "served": stop.served,
        "under": stop.under,
    })
}

/// A place.
pub(crate) fn span(span: &whoacts_scenarios::span::Span) -> Value {
    json!({ "file": &*span.file, "line": span.line, "col": span.col })
}

fn summary(outcome: &Outcome) -> Value {
    let mut summary = Map::new();
    summary.insert("checks".into(), outcome.checks.len().into());
    let as_expected = outcome.checks.iter().filter(|check| check.as_expected).count();
    summary.insert("as_expected".into(), as_expected.into());
    for verdict in Verdict::ALL {
        let count = outcome.checks.iter().filter(|check| check.verdict == verdict).count();
        summary.insert(verdict.id().into(), count.into());
    }
    Value::Object(summary)
}
