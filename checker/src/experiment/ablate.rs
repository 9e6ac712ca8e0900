//! **Ablate**: each guard dropped from the strongest profile. It is *necessary* if an attack returns; *redundant* if one returns
//! only where other guards, which imply it, are dropped with it; *never decisive* if none does. And the reverse: which
//! further guards would make each broken cell of a mechanism hold.

use super::{Lab, Place, Scope, numbers, reference};
use crate::inquiry::{Attack, Question};
use crate::property;
use crate::suite::{Error, story_capabilities};
use whoacts_model::crypto::Symbolic;
use whoacts_model::guard::{Guard, GuardSet};
use whoacts_model::mechanism::Form;
use whoacts_scenarios::Case;

/// What came of dropping each guard, and of adding guards.
#[derive(Debug, Clone, PartialEq)]
pub struct Ablation {
    /// The profile from which guards are dropped.
    pub profile: String,
    /// One a guard, in the order of the list.
    pub guards: Vec<Dropped>,
    /// What each broken cell would need.
    pub needs: Vec<Need>,
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
    /// The guards that must be dropped with it, for a redundant one.
    pub implied_by: Vec<Guard>,
    /// Why, in a sentence.
    pub because: String,
    /// The shortest attack that returns: without it alone, or without the guards that imply it as well.
    pub attack: Option<Attack>,
    /// For a guard that is masked in the strongest profile: the attack that returns in the weakest profile that has it.
    pub where_it_comes_in: Option<Attack>,
}

/// What a guard is worth in the strongest profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// An attack returns without it.
    Necessary,
    /// An attack returns only without further guards.
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

/// What a broken cell would need.
#[derive(Debug, Clone, PartialEq)]
pub struct Need {
    /// The form that breaks.
    pub form: &'static Form,
    /// The property.
    pub property: &'static str,
    /// The stories in which it breaks.
    pub scenarios: Vec<String>,
    /// Each smallest set of further guards with which the reference verifier, asked for the form's own guards and these,
    /// holds in all of them.
    pub sets: Vec<GuardSet>,
}

/// Drops each guard.
///
/// # Errors
/// [`Error::Internal`] where an attack is not confirmed.
pub fn ablate(lab: &Lab<'_>) -> Result<Ablation, Error> {
    let profiles = reference();
    let Some(strongest) = profiles.last().copied() else {
        return Err(Error::Vacuous("there is no reference model".to_owned()));
    };
    let places = lab.places(strongest);
    let guards: Vec<Guard> = strongest.run::<Symbolic>().brings().iter().collect();
    let bench = Bench { lab, strongest, places: &places };
    let label = |guard: &Guard| format!("without {guard}");
    let dropped = lab.each(&guards, label, |guard| bench.drop_one(*guard, &profiles));
    Ok(Ablation {
        profile: strongest.label(),
        guards: dropped.into_iter().collect::<Result<_, _>>()?,
        needs: needs(lab, strongest),
        scope: lab.scope(),
    })
}

struct Bench<'b, 'a> {
    lab: &'b Lab<'a>,
    strongest: &'static Form,
    places: &'b [Place<'b>],
}

impl<'b> Bench<'b, '_> {
    fn drop_one(&self, guard: Guard, profiles: &[&'static Form]) -> Result<Dropped, Error> {
        let alone = GuardSet::of(&[guard]);
        if let Some(attack) = self.returns(self.strongest, GuardSet::NONE, alone)? {
            let because = format!(
                "without it {} breaks in {}, in {} moves",
                attack.property,
                attack.scenario,
                attack.length()
            );
            return Ok(Dropped {
                guard,
                status: Status::Necessary,
                implied_by: Vec::new(),
                because,
                attack: Some(attack),
                where_it_comes_in: None,
            });
        }
        let where_it_comes_in = self.where_it_comes_in(guard, profiles)?;
        match self.company(guard)? {
            Some((with, attack)) => {
                let names: Vec<&str> = with.iter().map(Guard::id).collect();
                Ok(Dropped {
                    guard,
                    status: Status::Redundant,
                    implied_by: with.iter().collect(),
                    because: format!(
                        "implied by {}: only without both does {} break in {}",
                        names.join(" and "),
                        attack.property,
                        attack.scenario
                    ),
                    attack: Some(attack),
                    where_it_comes_in,
                })
            }
            None => Ok(Dropped {
                guard,
                status: Status::NeverDecisive,
                implied_by: Vec::new(),
                because: "no attack returns without it, alone or with one other".to_owned(),
                attack: None,
                where_it_comes_in,
            }),
        }
    }

    /// The shortest attack that the form stops without `before` and does not stop without `after` as well.
    fn returns(
        &self,
        form: &'static Form,
        before: GuardSet,
        after: GuardSet,
    ) -> Result<Option<Attack>, Error> {
        let both = before.union(after);
        let mut best: Option<(Attack, Question<'_>)> = None;
        for (case, capabilities) in self.places {
            let question = Question::of(case, form, *capabilities);
            let inquiry = &self.lab.inquiry;
            let new = inquiry.ask(&question.without(both)).broken
                & !inquiry.ask(&question.without(before)).broken
                & self.lab.asked(case);
            if new == 0 {
                continue;
            }
            for attack in inquiry.attacks(&question.without(both), new)? {
                if best.as_ref().is_none_or(|(known, _)| attack.length() < known.length()) {
                    best = Some((attack, question.without(both)));
                }
            }
        }
        // Guards that go together are tried by the hundred: there the irreducible attack is good enough.
        let alone = before.is_empty();
        best.map(|(attack, question)| match alone {
            true => self.lab.inquiry.shortened(&question, attack),
            false => Ok(attack),
        })
        .transpose()
    }

    /// The guard that implies one: the company without which an attack returns that is stopped while either of the two is
    /// there. Of several, the one with the shortest attack.
    fn company(&self, guard: Guard) -> Result<Option<(GuardSet, Attack)>, Error> {
        let others = self.strongest.run::<Symbolic>().brings().without(GuardSet::of(&[guard]));
        let alone = GuardSet::of(&[guard]);
        let singles = others.iter().map(|other| GuardSet::of(&[other]));
        let mut best: Option<(GuardSet, Attack)> = None;
        for with in singles {
            if let Some(attack) = self.returns(self.strongest, with, alone)?
                && best.as_ref().is_none_or(|(_, known)| attack.length() < known.length())
            {
                best = Some((with, attack));
            }
        }
        Ok(best)
    }

    /// The attack that returns without the guard in the weakest profile that has it.
    fn where_it_comes_in(
        &self,
        guard: Guard,
        profiles: &[&'static Form],
    ) -> Result<Option<Attack>, Error> {
        let has = |form: &&&'static Form| form.run::<Symbolic>().brings().contains(guard);
        let Some(weakest) = profiles.iter().find(has) else { return Ok(None) };
        self.returns(weakest, GuardSet::NONE, GuardSet::of(&[guard]))
    }
}

/// What each broken cell of each selected form would need, under each story's own adversary.
fn needs(lab: &Lab<'_>, strongest: &'static Form) -> Vec<Need> {
    let brings = |form: &'static Form| form.run::<Symbolic>().brings();
    let all = brings(strongest);
    let weaker: Vec<&'static Form> =
        lab.forms.iter().copied().filter(|form| brings(form) != all).collect();
    let found = lab.each(
        &weaker,
        |form| format!("what {} would need", form.label()),
        |form| {
            let broken: Vec<(&Case, u64)> = lab
                .cases
                .iter()
                .map(|case| {
                    let own = story_capabilities(case);
                    let answer = lab.inquiry.ask(&Question::of(case, form, own));
                    (case, answer.broken & lab.asked(case))
                })
                .collect();
            let some = broken.iter().fold(0, |all, (_, bits)| all | bits);
            let need = |number: usize| {
                let cases: Vec<&Case> = broken
                    .iter()
                    .filter(|(_, bits)| bits >> number & 1 == 1)
                    .map(|(case, _)| *case)
                    .collect();
                let own = brings(form).intersection(all);
                let holds = |more: GuardSet| {
                    let dropped = all.without(own.union(more));
                    cases.iter().all(|case| {
                        let question = Question::of(case, strongest, story_capabilities(case));
                        let answer = lab.inquiry.ask(&question.without(dropped));
                        answer.exhausted && !answer.breaks(number)
                    })
                };
                Need {
                    form,
                    property: property::ALL[number].id,
                    scenarios: cases.iter().map(|case| case.scenario.id.clone()).collect(),
                    sets: least_sets(all.without(own), &holds),
                }
            };
            numbers(some).map(need).collect::<Vec<_>>()
        },
    );
    found.into_iter().flatten().collect()
}

/// Every smallest set of `guards` for which `holds`; `holds` is monotone. None, if not even all of them do.
///
/// Each set that is known must be missed somewhere by one that is not: so all ways to leave out one guard of each known set
/// are tried, until each of them fails.
pub fn least_sets(guards: GuardSet, holds: &impl Fn(GuardSet) -> bool) -> Vec<GuardSet> {
    let mut known: Vec<GuardSet> = Vec::new();
    if !holds(guards) {
        return known;
    }
    while let Some(seed) =
        hitting(&known).into_iter().map(|out| guards.without(out)).find(|seed| holds(*seed))
    {
        let least = seed.iter().fold(seed, |set, guard| {
            let fewer = set.without(GuardSet::of(&[guard]));
            if holds(fewer) { fewer } else { set }
        });
        known.push(least);
    }
    known.sort();
    known.sort_by_key(|set| set.len());
    known
}

/// Every smallest set that has a guard in common with each of these.
fn hitting(sets: &[GuardSet]) -> Vec<GuardSet> {
    let mut hitting = vec![GuardSet::NONE];
    for set in sets {
        let mut next: Vec<GuardSet> = Vec::new();
        for partial in hitting {
            if partial.intersection(*set).is_empty() {
                next.extend(set.iter().map(|guard| partial.with(guard)));
            } else {
                next.push(partial);
            }
        }
        next.sort();
        next.dedup();
        let within = |a: GuardSet, b: GuardSet| a != b && a.without(b).is_empty();
        hitting = next.iter().copied().filter(|a| !next.iter().any(|b| within(*b, *a))).collect();
    }
    hitting
}
