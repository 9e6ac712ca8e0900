//! Paired properties: what one stage opens, held against what the other one opens.

use super::explored;
use crate::confirm::confirm_pair;
use crate::explore::{self, Ended, explore};
use crate::lower::{Plan, lower};
use crate::outcome::Trace;
use crate::property::Pair;
use crate::tell;
use crate::world::ghost::{Cause, Mint, Who};
use crate::world::moves::Move;
use crate::world::record::Acceptance;
use crate::world::{WATCHED, World};
use std::collections::BTreeSet;
use whoacts_model::crypto::{Crypto, Symbolic};

/// What the two runs of a pair come to.
pub(super) enum Compared {
    /// They open the same.
    Same,
    /// A limit was reached in one of them.
    Limit,
    /// One opens an effect that the other refuses.
    Differs(Box<Trace>),
}

/// An effect, apart from which replica and which execution it is of: who asks, for what, where, and by whose authority.
type Effect = (usize, String, String, String, String, bool);

/// Runs both stages and compares what they open.
///
/// # Errors
/// A difference that does not replay under Ed25519.
pub(super) fn compare(
    plan: &Plan<'_>,
    pair: Pair,
    number: usize,
    limits: &explore::Options<'_>,
) -> Result<Compared, String> {
    let stages = [false, true].map(|second| {
        let mut setting = lower::<Symbolic>(plan);
        pair.vary.apply(&mut setting, second);
        World::new(setting)
    });
    let quiet = explore::Options { traces: 0, stop_when: 0, ..*limits };
    for world in &stages {
        if explored(world, &quiet).ended != Ended::Exhausted {
            return Ok(Compared::Limit);
        }
    }
    let [before, after] = &stages;
    let (old, new) = (opened(before, pair), opened(after, pair));
    let gained = new.difference(&old).next();
    let lost = old.difference(&new).next().filter(|_| pair.both_ways);
    let Some((effect, second)) = gained.map(|e| (e, true)).or(lost.map(|e| (e, false))) else {
        return Ok(Compared::Same);
    };
    let (effect, [before, after]) = (effect.clone(), stages);
    let mut world = if second { after } else { before };
    world.watched = (0..world.accepting.len() as u32)
        .filter(|accept| effect_of(&world, &world.accepting[*accept as usize].record) == effect)
        .collect();
    let run = explore(&world, &explore::Options { traces: 1 << WATCHED, stop_when: 0, ..*limits });
    let found = run.found.iter().find(|found| found.bit == WATCHED);
    let trace = &found.ok_or("an effect that was opened is not found again")?.trace;
    let moves: Vec<Move> = trace.iter().map(|index| world.moves[*index as usize].what).collect();
    let refused = confirm_pair(plan, pair.vary, &world, &moves, second)?;
    let mut told = tell::tell(&world, trace, number, "minimal");
    let about = pair.vary.about();
    told.why = match second {
        true => {
            format!("{about} this is accepted; without, the same moves are refused ({refused})")
        }
        false => format!("{about} the same moves are refused ({refused})"),
    };
    Ok(Compared::Differs(Box::new(told)))
}

fn opened<C: Crypto>(world: &World<C>, pair: Pair) -> BTreeSet<Effect> {
    let reached = world.accepting.iter().filter(|accepting| accepting.reached());
    let records = reached.map(|accepting| &accepting.record).filter(|record| (pair.counts)(record));
    records.map(|record| effect_of(world, record)).collect()
}

fn effect_of<C: Crypto>(world: &World<C>, a: &Acceptance) -> Effect {
    let flow = |execution: usize| world.setting.executions[execution].flow;
    let who = match a.by {
        Who::Identity(index) => format!("identity {index}"),
        Who::Instance(index) => format!("pool {}", a.pool(index)),
        Who::Run(_) | Who::Adversary => "adversary".to_owned(),
    };
    let mint = match a.mint {
        Mint::Execution(execution) => format!("flow {}", flow(execution)),
        Mint::SelfStart(index) => format!("pool {}", a.pool(index)),
        other => format!("{other:?}"),
    };
    let cause = match &a.cause {
        Cause::Execution(execution) => format!("flow {}", flow(*execution)),
        Cause::Adversary(_) => "adversary".to_owned(),
    };
    let asked = format!("{} {} {}", a.effect.action, a.effect.resource, a.arguments);
    (a.verifier, asked, who, mint, cause, a.altered)
}
