//! A smaller trace to the same violation: fewer moves, a weaker adversary, narrower bounds; each step confirmed.

use crate::confirm::confirm;
use crate::explore::{self, explore};
use crate::lower::{Plan, lower};
use crate::outcome::{Bounds, Trace};
use crate::property;
use crate::tell;
use crate::trace_file::{Saved, bounds_value, find_moves, read};
use crate::world::World;
use serde_json::{Value, json};
use whoacts_model::crypto::Symbolic;
use whoacts_scenarios::Case;

/// The search for a shorter trace gives up after so many states.
const MAX_STATES: u64 = 200_000;

/// A trace that was made smaller.
#[derive(Debug, Clone, PartialEq)]
pub struct Shrunk {
    /// The trace file.
    pub file: Value,
    /// The trace, told.
    pub trace: Trace,
    /// Moves before.
    pub before: usize,
    /// `family/story`.
    pub scenario: String,
    /// The form's name.
    pub mechanism: String,
    /// The property that it breaks.
    pub property: &'static str,
}

/// Makes a saved trace smaller. What comes out is replayed under Ed25519, and breaks the same property.
///
/// # Errors
/// What is wrong with the file, or that it breaks nothing any more.
pub fn shrink(value: &Value, cases: &[Case]) -> Result<Shrunk, String> {
    let Saved { case, plan, property, label } = read(value, cases)?;
    let mut best = Candidate::of(plan, value.get("moves").and_then(Value::as_array))?;
    let before = best.moves.len();
    best.confirm(property).map_err(|reason| format!("it is no attack any more: {reason}"))?;
    best.search(property);
    best.drop_moves(property);
    let best = weaken(best, property);
    let trace = tell::tell(&best.world, &best.moves, property, "minimal");
    Ok(Shrunk {
        file: file(value, &best, &trace),
        trace,
        before,
        scenario: case.scenario.id.clone(),
        mechanism: label,
        property: property::ALL[property].id,
    })
}

/// The file that was read, with what became smaller.
fn file(value: &Value, best: &Candidate<'_>, trace: &Trace) -> Value {
    let mut file = value.clone();
    file["id"] = json!(trace.id);
    file["adversary"] = json!(best.plan.capabilities.ids());
    file["bounds"] = bounds_value(&best.plan.bounds);
    file["moves"] = json!(trace.moves);
    file["states"] = trace.steps.iter().map(|step| step.text.as_str()).collect();
    file
}

/// A trace in the world that it belongs to.
struct Candidate<'p> {
    plan: Plan<'p>,
    world: World<Symbolic>,
    moves: Vec<u32>,
}

impl<'p> Candidate<'p> {
    fn of(plan: Plan<'p>, moves: Option<&Vec<Value>>) -> Result<Self, String> {
        let world = World::new(lower::<Symbolic>(&plan));
        let moves = find_moves(&world, moves)?;
        Ok(Self { plan, world, moves })
    }

    fn confirm(&self, property: usize) -> Result<(), String> {
        self.confirm_moves(&self.moves, property)
    }

    fn confirm_moves(&self, moves: &[u32], property: usize) -> Result<(), String> {
        let moves: Vec<_> =
            moves.iter().map(|index| self.world.moves[*index as usize].what).collect();
        confirm(&self.plan, &self.world, &moves, property)
    }

    /// Looks for a shorter trace in the same world, level by level.
    fn search(&mut self, property: usize) {
        let Some(depth) = self.moves.len().checked_sub(1) else { return };
        let bit = 1 << property;
        let options = explore::Options {
            max_depth: Some(depth as u32),
            max_states: Some(MAX_STATES),
            stop_when: bit,
            traces: bit,
            ..explore::Options::default()
        };
        let run = explore(&self.world, &options);
        let found = run.found.into_iter().find(|found| found.bit == property as u32);
        if let Some(found) = found.filter(|found| found.trace.len() < self.moves.len())
            && self.confirm_moves(&found.trace, property).is_ok()
        {
            self.moves = found.trace;
        }
    }

    /// Leaves out moves until none can be left out.
    fn drop_moves(&mut self, property: usize) {
        let mut at = self.moves.len();
        while let Some(index) = at.checked_sub(1) {
            let mut fewer = self.moves.clone();
            fewer.remove(index);
            at = index;
            if self.confirm_moves(&fewer, property).is_ok() {
                self.moves = fewer;
                // What was needed before may not be needed now.
                at = self.moves.len();
            }
        }
    }

    /// The same moves on another stage, if they exist there and still break the property.
    fn on(&self, plan: Plan<'p>, property: usize) -> Option<Self> {
        let moves = self.moves.iter().map(|index| tell::describe(&self.world, *index)).collect();
        let other = Self::of(plan, Some(&moves)).ok()?;
        other.confirm(property).ok().map(|()| other)
    }
}

/// Takes away capabilities and narrows bounds, as far as the moves still exist.
fn weaken(mut best: Candidate<'_>, property: usize) -> Candidate<'_> {
    for capability in best.plan.capabilities.iter() {
        let capabilities = best.plan.capabilities.without(capability);
        let plan = Plan { capabilities, ..best.plan };
        best = best.on(plan, property).unwrap_or(best);
    }
    for narrow in NARROWER {
        while let Some(bounds) = narrow(best.plan.bounds) {
            let plan = Plan { bounds, ..best.plan };
            let Some(other) = best.on(plan, property) else { break };
            best = other;
        }
    }
    best
}

/// Each bound, one less where that is possible.
const NARROWER: [fn(Bounds) -> Option<Bounds>; 5] = [
    |b| Some(Bounds { replicas: at_least_one(b.replicas)?, ..b }),
    |b| Some(Bounds { hops: at_least_one(b.hops)?, ..b }),
    |b| Some(Bounds { executions: at_least_one(b.executions)?, ..b }),
    |b| Some(Bounds { deliveries: at_least_one(b.deliveries)?, ..b }),
    |b| Some(Bounds { ticks: b.ticks.checked_sub(1)?, ..b }),
];

fn at_least_one(number: u32) -> Option<u32> {
    number.checked_sub(1).filter(|less| *less > 0)
}
