//! **Ablate**: each guard dropped from the strongest profile. It is *necessary* if an attack returns; *redundant* if one
//! returns only where another guard, which implies it, is dropped with it; *never decisive* if none does. And the reverse,
//! in [`needs`]: which further guards would make each broken cell of a mechanism hold.

mod needs;

use super::{Lab, Place, Scope, brings, reference};
use crate::inquiry::{Answer, Attack, Question};
use crate::suite::Error;
pub use needs::{LARGEST, Need, least_sets};
use std::collections::BTreeSet;
use whoacts_model::guard::{Guard, GuardSet};
use whoacts_model::mechanism::Form;

/// What came of dropping each guard, and of adding guards.
#[derive(Debug, Clone, PartialEq)]
pub struct Ablation {
    /// The profile from which guards are dropped.
    pub profile: String,
    /// One a guard, in the order of the list.
    pub guards: Vec<Dropped>,
    /// What each broken cell would need.
    pub needs: Vec<Need>,
    /// How many stories are too large to be asked for that: they have more than [`LARGEST`] presentations.
    pub too_large: usize,
    /// What was looked at.
    pub scope: Scope,
}

/// What came of dropping one guard.
#[derive(Debug, Clone, PartialEq)]
pub struct Dropped {
    /// The guard.
    pub guard: Guard,
    /// What it is worth here.
    pub status: Status,
    /// For a redundant one, the guards that together imply it: dropped with any of them, it lets an attack return.
    pub implied_by: Vec<Guard>,
    /// Why, in a sentence.
    pub because: String,
    /// The shortest attack that returns: without it alone, or without the guard that implies it as well.
    pub attack: Option<Attack>,
    /// In how many stories the attack was looked for, and the shortest taken.
    pub asked: usize,
    /// For a guard that is masked in the strongest profile: the attack that returns in the weakest profile that has it.
    pub where_it_comes_in: Option<Attack>,
}

/// What a guard is worth in the strongest profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// An attack returns without it.
    Necessary,
    /// An attack returns only without a further guard.
    Redundant,
    /// No attack returns.
    NeverDecisive,
}

impl Status {
    /// Its name in outputs.
    pub fn id(self) -> &'static str {
        match self {
            Self::Necessary => "necessary",
            Self::Redundant => "redundant",
            Self::NeverDecisive => "never-decisive",
        }
    }
}

/// Worlds with at most so many presentations under the strongest profile are asked first, and larger ones only if nothing
/// returns in them: without a guard such as `handed-off`, a large world takes minutes.
const SMALL: usize = 2_500;

/// Drops each guard.
///
/// # Errors
/// [`Error::Internal`] where an attack is not confirmed.
pub fn ablate(lab: &Lab<'_>) -> Result<Ablation, Error> {
    let profiles = reference();
    let Some(strongest) = profiles.last().copied() else {
        return Err(Error::Vacuous("there is no reference model".to_owned()));
    };
    let bench = Bench { lab, rounds: lab.rounds(strongest)?, strongest };
    let guards: Vec<Guard> = brings(strongest).iter().collect();
    let label = |guard: &Guard| format!("without {guard}");
    let dropped = lab.each(&guards, label, |guard| bench.drop_one(*guard, &profiles));
    let (needs, too_large) = needs::needs(lab, strongest);
    Ok(Ablation {
        profile: strongest.label(),
        guards: dropped.into_iter().collect::<Result<_, _>>()?,
        needs,
        too_large,
        scope: lab.scope(),
    })
}

struct Bench<'b, 'a> {
    lab: &'b Lab<'a>,
    /// Each story under its own adversary; then under others.
    rounds: [Vec<Place<'b>>; 2],
    strongest: &'static Form,
}

impl<'b> Bench<'b, '_> {
    fn drop_one(&self, guard: Guard, profiles: &[&'static Form]) -> Result<Dropped, Error> {
        let mut row = Dropped {
            guard,
            status: Status::Necessary,
            implied_by: Vec::new(),
            because: String::new(),
            attack: None,
            asked: 0,
            where_it_comes_in: None,
        };
        let alone = GuardSet::of(&[guard]);
        let (attack, asked) = self.decisive(guard)?;
        if let Some(attack) = attack {
            row.asked = asked;
            row.because = format!("without it {} breaks in {}", attack.property, attack.scenario);
            row.attack = Some(attack);
            return Ok(row);
        }
        row.where_it_comes_in = self.where_it_comes_in(alone, profiles)?;
        row.asked = self.stories();
        let (implied_by, attack) = self.company(guard)?;
        let Some(attack) = attack else {
            row.status = Status::NeverDecisive;
            row.because = "no attack returns without it, alone or with one other".to_owned();
            return Ok(row);
        };
        row.status = Status::Redundant;
        let names: Vec<&str> = implied_by.iter().map(|other| other.id()).collect();
        row.because = format!(
            "implied by {}: dropped together with one of them, it lets {} break in {}",
            names.join(" and "),
            attack.property,
            attack.scenario
        );
        row.implied_by = implied_by;
        row.attack = Some(attack);
        Ok(row)
    }

    fn stories(&self) -> usize {
        self.rounds
            .iter()
            .flatten()
            .map(|(case, _)| &case.scenario.id)
            .collect::<BTreeSet<_>>()
            .len()
    }

    fn ask(&self, form: &'static Form, (case, set): Place<'b>, dropped: GuardSet) -> Answer {
        self.lab.inquiry.ask(&Question::of(case, form, set).without(dropped))
    }

    /// The shortest attack that returns without the guard. It is looked for where the guard alone denies something, in small
    /// worlds under the stories' own adversaries; only if nothing returns there, elsewhere.
    fn decisive(&self, guard: Guard) -> Result<(Option<Attack>, usize), Error> {
        let alone = GuardSet::of(&[guard]);
        let [own, further] = &self.rounds;
        let (small, large): (Vec<Place<'b>>, Vec<Place<'b>>) =
            own.iter().copied().partition(|place| self.is_small(*place));
        let (first, second): (Vec<Place<'b>>, Vec<Place<'b>>) =
            small.into_iter().partition(|place| self.stock(*place).deciding.contains(guard));
        for places in [first, second, large, further.clone()] {
            if let Some(attack) = self.returns(self.strongest, &places, GuardSet::NONE, alone)? {
                return Ok((Some(attack), places.len()));
            }
        }
        Ok((None, 0))
    }

    /// What a place comes to with all guards.
    fn stock(&self, place: Place<'b>) -> Answer {
        self.ask(self.strongest, place, GuardSet::NONE)
    }

    fn is_small(&self, place: Place<'b>) -> bool {
        self.stock(place).presentations <= SMALL
    }

    /// The shortest attack that the form stops without `before` and does not stop without `after` as well.
    fn returns(
        &self,
        form: &'static Form,
        places: &[Place<'b>],
        before: GuardSet,
        after: GuardSet,
    ) -> Result<Option<Attack>, Error> {
        let both = before.union(after);
        let mut best: Option<(Attack, Question<'_>)> = None;
        for place in places {
            let stopped = self.ask(form, *place, before).firm() & self.lab.asked(place.0);
            let question = Question::of(place.0, form, place.1).without(both);
            let below = best.as_ref().map_or(usize::MAX, |(known, _)| known.length());
            if let Some(attack) = self.lab.inquiry.attack(&question, stopped, below)? {
                best = Some((attack, question));
            }
        }
        best.map(|(attack, question)| self.lab.inquiry.shortened(&question, attack)).transpose()
    }

    /// The guards that imply one: without it and any of them an attack returns that is stopped while either is there. With
    /// the shortest attack.
    fn company(&self, guard: Guard) -> Result<(Vec<Guard>, Option<Attack>), Error> {
        let alone = GuardSet::of(&[guard]);
        let mut with = Vec::new();
        let mut best: Option<Attack> = None;
        for other in brings(self.strongest).without(alone).iter() {
            let left = |place: &&Place<'b>| {
                self.ask(self.strongest, **place, alone).deciding.contains(other)
            };
            let small = self.rounds[0].iter().filter(|place| self.is_small(**place));
            let places: Vec<Place<'b>> = small.filter(left).copied().collect();
            if let Some(attack) =
                self.returns(self.strongest, &places, GuardSet::of(&[other]), alone)?
            {
                with.push(other);
                let is_shorter = |known: &Attack| attack.length() < known.length();
                if best.as_ref().is_none_or(is_shorter) {
                    best = Some(attack);
                }
            }
        }
        Ok((with, best))
    }

    /// The attack that returns without the guard in the weakest profile that has it.
    fn where_it_comes_in(
        &self,
        guard: GuardSet,
        profiles: &[&'static Form],
    ) -> Result<Option<Attack>, Error> {
        let has = |form: &&&'static Form| guard.without(brings(form)).is_empty();
        let Some(weakest) = profiles.iter().find(has) else { return Ok(None) };
        self.returns(weakest, &self.rounds[0], GuardSet::NONE, guard)
    }
}
