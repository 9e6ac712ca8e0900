//! The classes that the product accepts.

use crate::class::{Class, Shown};
use crate::stage::{C, Stage};
use std::collections::BTreeSet;
use whoacts_checker::explore::{Options, explore};
use whoacts_checker::world::World;
use whoacts_checker::world::ghost::Who;

/// Everything that some reachable state of the product's world accepts.
pub fn classes(world: &World<C>, stage: &Stage) -> BTreeSet<Class> {
    explore(world, &Options { saturate: true, traces: 0, ..Options::PLAIN });
    let reached = world.accepting.iter().filter(|accepting| accepting.reached());
    reached
        .filter_map(|accepting| {
            let record = &accepting.record;
            let mut keys = record.keys.clone();
            if record.proof_key.is_some() {
                keys.pop();
            }
            let shown = Shown {
                by: presenter(world, record.by),
                verifier: record.verifier,
                operation: &record.effect,
                arguments: &record.arguments,
                keys,
                proof: record
                    .proof_key
                    .map(|key| (key, record.proof_by.is_some_and(|who| !who.hostile()))),
            };
            Class::of(stage, &shown, &accepting.evidence, world.setting.required)
        })
        .collect()
}

fn presenter(world: &World<C>, who: Who) -> String {
    match who {
        Who::Identity(index) => world.setting.identities[index].id.to_string(),
        Who::Instance(index) => world.setting.instances[index].name.clone(),
        Who::Adversary | Who::Run(_) => "the adversary".into(),
    }
}
