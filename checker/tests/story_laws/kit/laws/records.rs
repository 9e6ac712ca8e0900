//! What acceptance records say: L14, L15, L23.

use crate::kit::law::{Broken, Law, Put, Question};
use crate::kit::look::{How, Looked, act, world};
use std::collections::{BTreeMap, BTreeSet};
use whoacts_checker::explore::{Ended, Options, explore};
use whoacts_checker::property;
use whoacts_checker::world::World;
use whoacts_checker::world::ghost::{Cause, Mint, When, Who};
use whoacts_checker::world::record::Acceptance;
use whoacts_model::crypto::Symbolic;
use whoacts_model::evidence::Condition;
use whoacts_model::mechanism::Form;

pub(super) const LAWS: [Law; 3] = [
    Law {
        id: "L14-relay",
        says: "what breaks custody or theft-contained breaks it too where an honest executor relays the last step",
        put: relayed_by_somebody_honest,
    },
    Law {
        id: "L15-columns",
        says: "each key and each trigger on which the evidence depends is in the record",
        put: conditions_have_columns,
    },
    Law {
        id: "L23-ghost",
        says: "one honest act has the same ghost columns under every form",
        put: one_act_one_record,
    },
];

/// The world of a question, searched; `None` where a limit is reached.
fn searched(
    q: &Question<'_>,
    files: &crate::kit::files::Files,
    form: &'static Form,
) -> Option<World<Symbolic>> {
    let Looked::Seen(_) = q.desk.usual(files, form) else { return None };
    let world = world(files, form, How::USUAL).ok()?;
    let options = Options { traces: 0, saturate: true, canonical: true, ..Options::default() };
    (explore(&world, &options).ended == Ended::Exhausted).then_some(world)
}

fn broken(q: &Question<'_>, complaint: String) -> Put {
    let sides = [q.files.clone(), q.files.clone()];
    Put::Broken(Box::new(Broken { change: "none: within one world".to_owned(), complaint, sides }))
}

/// Whether a property, asked of this record, may break.
fn breaks(name: &str, record: &Acceptance, always: bool) -> bool {
    let Some((_, property)) = property::named(name) else { return false };
    let mut when = Vec::new();
    (property.judge)(record, &mut when);
    if always { when.contains(&When::Always) } else { !when.is_empty() }
}

fn relayed_by_somebody_honest(q: &Question<'_>) -> Put {
    let Some(world) = searched(q, q.files, q.form) else { return Put::Limit };
    let reached: Vec<&Acceptance> = world
        .accepting
        .iter()
        .filter(|accepting| accepting.reached())
        .map(|accepting| &accepting.record)
        .collect();
    let mut asked = false;
    for after in reached.iter().filter(|record| matches!(record.by, Who::Instance(_))) {
        let Some((last, path)) = after.path.split_last() else { continue };
        let same = reached.iter().filter(|before| {
            before.path == path
                && before.by.hostile()
                && last.by == before.by
                && last.taker == after.by
                && before.mint == after.mint
                && (before.verifier, &before.effect) == (after.verifier, &after.effect)
        });
        for before in same {
            for name in ["custody", "theft-contained"] {
                if breaks(name, before, true) {
                    asked = true;
                    if !breaks(name, after, false) {
                        let (one, other) = (act(&world, before), act(&world, after));
                        return broken(
                            q,
                            format!(
                                "{name} is broken by {one:?}, and not by {other:?}, which an honest executor relayed"
                            ),
                        );
                    }
                }
            }
        }
    }
    if asked { Put::Kept } else { Put::Idle }
}

fn conditions_have_columns(q: &Question<'_>) -> Put {
    let Some(world) = searched(q, q.files, q.form) else { return Put::Limit };
    let mut asked = false;
    for accepting in &world.accepting {
        for (guard, condition) in &accepting.evidence.conditions {
            let there = match condition {
                Condition::Unretired(key) | Condition::Unrevoked(key) => {
                    accepting.record.keys.contains(key)
                }
                _ => continue,
            };
            asked = true;
            if !there {
                let act = act(&world, &accepting.record);
                let whose = match condition {
                    Condition::Unretired(key) | Condition::Unrevoked(key) => accepting
                        .record
                        .owner(key)
                        .map(|owner| world.setting.instances[owner].name.clone()),
                    _ => None,
                };
                return broken(
                    q,
                    format!(
                        "{} depends on a key (of {whose:?}) that is in no column of {act:?}",
                        guard.id()
                    ),
                );
            }
        }
    }
    if asked { Put::Kept } else { Put::Idle }
}

/// What really happened, in words, of each honest act of each flow.
fn honest(world: &World<Symbolic>) -> BTreeMap<(String, bool), BTreeSet<String>> {
    let mut all: BTreeMap<(String, bool), BTreeSet<String>> = BTreeMap::new();
    for accepting in world.accepting.iter().filter(|accepting| accepting.reached()) {
        let a = &accepting.record;
        let Cause::Execution(execution) = a.cause else { continue };
        let standing = a.mint == Mint::Standing;
        let own = a.mint == Mint::Execution(execution) || standing;
        if a.by.hostile() || a.altered || !own || a.meant_for != a.verifier {
            continue;
        }
        let name = |who: &Who| match who {
            Who::Instance(index) | Who::Run(index) => world.setting.instances[*index].name.clone(),
            Who::Identity(index) => world.setting.identities[*index].id.to_string(),
            Who::Adversary => "outside".to_owned(),
        };
        let step = |passage: &whoacts_checker::world::ghost::Passage| {
            let (by, taker) = (name(&passage.by), name(&passage.taker));
            format!("{by} means {:?}, {taker} takes {:?}", passage.meant, passage.authority)
        };
        let flow = &world.setting.flows[world.setting.executions[execution].flow].id;
        let path: Vec<String> = a.path.iter().map(step).collect();
        let path = if standing { String::new() } else { format!("{:?} {path:?}", a.meant) };
        let what = format!(
            "{} {} {} {} at {}: {:?} {path}",
            name(&a.by),
            a.effect.action,
            a.effect.resource,
            a.arguments,
            world.setting.verifiers[a.verifier].id,
            a.true_authority,
        );
        all.entry((flow.clone(), standing)).or_default().insert(what);
    }
    all
}

fn one_act_one_record(q: &Question<'_>) -> Put {
    let files = super::shape::without_adversary(q.files);
    let reference = Form::labelled("continuity/K4").unwrap_or(q.form);
    let worlds = [reference, q.form].map(|form| searched(q, &files, form));
    let [Some(reference), Some(world)] = worlds else { return Put::Limit };
    let (first, second) = (honest(&reference), honest(&world));
    let mut asked = false;
    for ((flow, standing), acts) in second {
        let Some(same) = first.get(&(flow, standing)) else { continue };
        asked = true;
        if let Some(act) = acts.difference(same).next() {
            return broken(q, format!("{act}, where continuity/K4 has {:?}", same.iter().next()));
        }
    }
    if asked { Put::Kept } else { Put::Idle }
}
