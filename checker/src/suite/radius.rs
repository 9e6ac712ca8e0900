//! How far a theft carries: the radius that a verdict about `theft-contained` comes with.

use crate::outcome::{Radius, Verdict};
use crate::property;
use crate::world::World;
use crate::world::ghost::{Mint, Who};
use crate::world::record::Acceptance;
use crate::world::record::hands::taken_with_shared_key;
use whoacts_model::crypto::Crypto;

/// How far what was stolen carried, among the effects that some search came upon.
pub(super) fn radius<C: Crypto>(
    world: &World<C>,
    number: usize,
    verdict: Verdict,
) -> Option<Radius> {
    if property::ALL[number].id != "theft-contained" {
        return None;
    }
    let reached = || world.accepting.iter().filter(|accepting| accepting.reached());
    match verdict {
        Verdict::Exhausted => Some(match steps_by_stolen_key(reached().map(|one| &one.record)) {
            0 => Radius::Instance,
            steps => Radius::Class(steps),
        }),
        Verdict::Violated => {
            let breaks = reached().filter(|one| one.may_violate() >> number & 1 == 1);
            let by_service = |record: &Acceptance| {
                record.mint == Mint::Standing
                    || record.path.iter().any(|step| taken_with_shared_key(record, step))
            };
            let mut breaks = breaks.map(|one| &one.record);
            Some(if breaks.all(by_service) { Radius::Service } else { Radius::Everything })
        }
        _ => None,
    }
}

/// How many hand-offs a stolen key took that other instances might have taken as well.
fn steps_by_stolen_key<'a>(records: impl Iterator<Item = &'a Acceptance>) -> usize {
    let mut steps = Vec::new();
    for record in records {
        for (place, step) in record.path.iter().enumerate() {
            let owned = step.answered.is_some_and(|key| record.owner(&key).is_some());
            let key = (record.execution(), place, step.meant.clone());
            if step.taker == Who::Adversary && owned && !steps.contains(&key) {
                steps.push(key);
            }
        }
    }
    steps.len()
}
