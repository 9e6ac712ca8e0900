//! The classes that the product accepts.

use crate::class::{Class, Shown};
use crate::stage::{C, Stage};
use std::collections::BTreeSet;
use whoacts_checker::explore::{Options, explore};
use whoacts_checker::world::World;
use whoacts_checker::world::ghost::Who;
use whoacts_checker::world::moves::Move;
use whoacts_model::presentation::Credential;

/// Everything that some reachable state of the product's world accepts.
pub fn classes(world: &World<C>, stage: &Stage) -> BTreeSet<Class> {
    explore(world, &Options { saturate: true, traces: 0, ..Options::PLAIN });
    let accepts = world.moves.iter().filter_map(|ground| match ground.what {
        Move::Accept(id, _) | Move::Afresh(id, _) => {
            Some((id, &world.accepting[ground.accept? as usize]))
        }
        _ => None,
    });
    accepts
        .filter(|(_, accepting)| accepting.reached())
        .filter_map(|(id, accepting)| {
            // Only a chain names the key of its bearer at each step.
            let made = &world.universe.presentations[id.at()].made;
            let chain = matches!(made.credential, Credential::Chain(_));
            let record = &accepting.record;
            let mut keys = if chain { record.keys.clone() } else { Vec::new() };
            if chain && record.proof_key.is_some() {
                keys.pop();
            }
            let takers = keys.get(1..).unwrap_or_default().chunks(2).filter_map(<[_]>::last);
            let steps = takers
                .zip(record.path.iter())
                .map(|(taker, passage)| {
                    let by = (!passage.by.hostile()).then(|| presenter(world, passage.by));
                    (by, *taker)
                })
                .collect();
            let shown = Shown {
                by: presenter(world, record.by),
                verifier: record.verifier,
                operation: &record.effect,
                arguments: &record.arguments,
                root: keys.first().copied(),
                steps,
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
