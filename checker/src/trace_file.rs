//! Saved traces, `whoacts/trace/1`: moves as data, never as indexes, replayed in a fresh world under Ed25519.

use crate::confirm::confirm;
use crate::lower::{Plan, capabilities, lower};
use crate::outcome::{Bounds, Check, Trace};
use crate::world::World;
use crate::world::capability::Capabilities;
use crate::{property, renamed, suite, tell};
use serde_json::{Value, json};
use whoacts_model::crypto::{Digest, Symbolic};
use whoacts_model::mechanism::{Form, label};
use whoacts_scenarios::Case;

/// The schema of a trace file.
pub const SCHEMA: &str = "whoacts/trace/1";

/// A trace as a file; `Null` for a check without one.
pub fn save(check: &Check, case: &Case) -> Value {
    let Some(trace) = &check.trace else { return Value::Null };
    json!({
        "schema": SCHEMA,
        "id": trace.id,
        "scenario": check.scenario,
        "mechanism": check.mechanism,
        "variant": check.variant,
        "profile": check.profile,
        "policy_sha256": Digest::of(case.policy_text.as_bytes()).hex(),
        "property": check.property,
        "adversary": check.adversary,
        "bounds": bounds_value(&check.bounds),
        "moves": trace.moves,
        "states": trace.steps.iter().map(|step| &step.text).collect::<Vec<_>>(),
    })
}

pub(crate) fn bounds_value(bounds: &Bounds) -> Value {
    json!({
        "replicas": bounds.replicas,
        "hops": bounds.hops,
        "executions": bounds.executions,
        "deliveries": bounds.deliveries,
        "ticks": bounds.ticks,
    })
}

/// A replayed trace.
#[derive(Debug, Clone, PartialEq)]
pub struct Replayed {
    /// The trace, told anew.
    pub trace: Trace,
    /// The property.
    pub property: String,
    /// The scenario.
    pub scenario: String,
    /// The form.
    pub mechanism: String,
    /// Whether the replay ends in the violation.
    pub violated: bool,
    /// Where and why it was refused, if it was.
    pub refused: Option<String>,
    /// The policy is not the one with which the trace was saved.
    pub policy_changed: bool,
}

/// What a trace file means among these cases.
pub(crate) struct Saved<'c> {
    pub(crate) case: &'c Case,
    pub(crate) plan: Plan<'c>,
    /// The property's number.
    pub(crate) property: usize,
    /// The form's name.
    pub(crate) label: String,
}

/// Reads all of a trace file but its moves.
pub(crate) fn read<'c>(value: &Value, cases: &'c [Case]) -> Result<Saved<'c>, String> {
    let text = |key: &str| value.get(key).and_then(Value::as_str);
    let need = |key: &str| text(key).ok_or_else(|| format!("the trace has no text `{key}`"));
    if text("schema") != Some(SCHEMA) {
        return Err(format!("not a trace: expected `\"schema\": \"{SCHEMA}\"`"));
    }
    let scenario = need("scenario")?;
    let case = cases
        .iter()
        .find(|case| case.scenario.id == scenario)
        .ok_or_else(|| format!("no scenario is called `{scenario}` here"))?;
    let variant = text("variant").unwrap_or("common");
    let label = label(need("mechanism")?, variant, text("profile"));
    let form = Form::labelled(&label).ok_or_else(|| format!("no mechanism is called `{label}`"))?;
    let asked = need("property")?;
    let unknown = || format!("no property is called `{asked}`");
    let (property, _) =
        property::named(asked).ok_or_else(|| renamed::property(asked).unwrap_or_else(unknown))?;
    let capabilities = adversary(value, case)?;
    let plan = Plan {
        bounds: bounds_of(value.get("bounds").ok_or("no `bounds`")?)?,
        ..Plan::of(&case.scenario, &case.policy, form, capabilities)
    };
    Ok(Saved { case, plan, property, label })
}

/// The adversary of a trace, judged as that of its story's file.
fn adversary(value: &Value, case: &Case) -> Result<Capabilities, String> {
    let names = value.get("adversary").and_then(Value::as_array).ok_or("no `adversary`")?;
    let names: Option<Vec<String>> =
        names.iter().map(|name| name.as_str().map(str::to_owned)).collect();
    let names = names.ok_or("`adversary` is a list of names")?;
    let faults =
        whoacts_scenarios::check_capabilities(&case.scenario, &names, &suite::vocabulary());
    match faults.first() {
        Some(fault) => Err(suite::said(fault)),
        None => Ok(capabilities(names.iter().map(String::as_str))),
    }
}

/// Replays a saved trace, step by step under Ed25519.
///
/// # Errors
/// What is wrong with the file, or which of its moves no longer exists in its scenario.
pub fn replay(value: &Value, cases: &[Case]) -> Result<Replayed, String> {
    let Saved { case, plan, property: number, label } = read(value, cases)?;
    let world = World::new(lower::<Symbolic>(&plan));
    let indices = find_moves(&world, value.get("moves").and_then(Value::as_array))?;
    let moves: Vec<_> = indices.iter().map(|index| world.moves[*index as usize].what).collect();
    let confirmed = confirm(&plan, &world, &moves, number);
    Ok(Replayed {
        trace: tell::tell(&world, &indices, number, "replayed"),
        property: property::ALL[number].id.to_owned(),
        scenario: case.scenario.id.clone(),
        mechanism: label,
        violated: confirmed.is_ok(),
        refused: confirmed.err(),
        policy_changed: value
            .get("policy_sha256")
            .and_then(Value::as_str)
            .is_some_and(|saved| saved != Digest::of(case.policy_text.as_bytes()).hex()),
    })
}

fn bounds_of(value: &Value) -> Result<Bounds, String> {
    let number = |key: &str| {
        let number = value.get(key).and_then(Value::as_u64);
        number
            .and_then(|number| u32::try_from(number).ok())
            .filter(|number| *number <= 1000)
            .ok_or_else(|| format!("`bounds.{key}`: expected a number of at most 1000"))
    };
    Ok(Bounds {
        replicas: number("replicas")?,
        hops: number("hops")?,
        executions: number("executions")?,
        deliveries: number("deliveries")?,
        ticks: number("ticks")?,
    })
}

/// The moves of this world that a file means: same kind, same actor, same message.
pub(crate) fn find_moves(
    world: &World<Symbolic>,
    moves: Option<&Vec<Value>>,
) -> Result<Vec<u32>, String> {
    let moves = moves.ok_or("the trace has no `moves`")?;
    let all: Vec<Value> =
        (0..world.moves.len() as u32).map(|index| tell::describe(world, index)).collect();
    let same = |one: &Value, other: &Value| {
        ["kind", "actor", "to", "message"].iter().all(|key| one.get(key) == other.get(key))
    };
    moves
        .iter()
        .enumerate()
        .map(|(number, wanted)| {
            all.iter().position(|known| same(known, wanted)).map(|index| index as u32).ok_or_else(
                || {
                    let kind = wanted.get("kind").and_then(Value::as_str).unwrap_or("?");
                    format!("move {} ({kind}) does not exist in this scenario any more", number + 1)
                },
            )
        })
        .collect()
}
