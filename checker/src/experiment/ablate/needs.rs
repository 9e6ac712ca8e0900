//! What a mechanism would need: the smallest sets of further guards with which the *reference* verifier, asked for the
//! mechanism's own guards and these, holds a property in every story in which the mechanism breaks it, under the story's own
//! adversary.
//!
//! The reference verifier answers, since a mechanism has no evidence for further guards. In stories in which the mechanism holds
//! by itself nothing is needed, and a further guard takes nothing away.

use super::super::{Lab, brings, numbers, reference};
use crate::inquiry::{Question, Settled};
use crate::property;
use crate::suite::story_capabilities;
use std::collections::BTreeMap;
use whoacts_model::guard::GuardSet;
use whoacts_model::mechanism::Form;
use whoacts_scenarios::Case;

/// What a broken cell would need.
#[derive(Debug, Clone, PartialEq)]
pub struct Need {
    /// The form that breaks.
    pub form: &'static Form,
    /// The property.
    pub property: &'static str,
    /// The stories in which it breaks, and in which some set helps.
    pub scenarios: Vec<String>,
    /// The stories in which it breaks, and in which not even all guards of the reference help.
    pub beyond: Vec<String>,
    /// Each smallest set: an antichain. The empty one says that the mechanism's own guards, with the reference's evidence for
    /// them, are enough. None, if nothing helps anywhere.
    pub sets: Vec<GuardSet>,
}

/// The smallest sets for one story: form, property, sets.
type InStory = Vec<(&'static Form, usize, Vec<GuardSet>)>;

/// Stories whose worlds have more presentations under the weakest profile are not asked: with most guards gone, and they go by
/// the hundred, such a world takes minutes.
pub const LARGEST: usize = 350;

/// What each broken cell of each selected form would need, and how many stories are too large to be asked.
pub(super) fn needs(lab: &Lab<'_>, strongest: &'static Form) -> (Vec<Need>, usize) {
    let all = brings(strongest);
    let weakest = reference().first().copied().unwrap_or(strongest);
    let is_small = |case: &&Case| {
        let question = Question::of(case, weakest, story_capabilities(case));
        lab.inquiry.ask(&question).presentations <= LARGEST
    };
    let cases: Vec<&Case> = lab.cases.iter().filter(is_small).collect();
    let weaker: Vec<&'static Form> =
        lab.forms.iter().copied().filter(|form| brings(form).intersection(all) != all).collect();
    // One story is one thread's work from beginning to end: what is inferred there does not depend on who else is at work.
    let label = |case: &&Case| format!("what would help in {}", case.scenario.id);
    let found: Vec<InStory> =
        lab.each(&cases, label, |case| in_story(lab, strongest, case, &weaker));
    let mut needs: BTreeMap<(usize, usize), Need> = BTreeMap::new();
    for (case, in_story) in cases.iter().zip(found) {
        for (form, number, sets) in in_story {
            let rank = weaker.iter().position(|weak| *weak == form).unwrap_or_default();
            let id = case.scenario.id.clone();
            let need = needs.entry((rank, number)).or_insert_with(|| Need {
                form,
                property: property::ALL[number].id,
                scenarios: Vec::new(),
                beyond: Vec::new(),
                sets: Vec::new(),
            });
            if sets.is_empty() {
                need.beyond.push(id);
                continue;
            }
            need.sets = if need.scenarios.is_empty() { sets } else { both(&need.sets, &sets) };
            need.scenarios.push(id);
        }
    }
    (needs.into_values().collect(), lab.cases.len() - cases.len())
}

fn in_story(
    lab: &Lab<'_>,
    strongest: &'static Form,
    case: &Case,
    weaker: &[&'static Form],
) -> InStory {
    let all = brings(strongest);
    let capabilities = story_capabilities(case);
    let mut lattice = Lattice { lab, strongest, case, all, known: Vec::new() };
    let mut found = InStory::new();
    let mut cells: BTreeMap<(usize, GuardSet), Vec<GuardSet>> = BTreeMap::new();
    for form in weaker {
        let answer = lab.inquiry.ask(&Question::of(case, form, capabilities));
        for number in numbers(answer.broken & lab.asked(case)) {
            let own = brings(form).intersection(all);
            let sets = cells.entry((number, own)).or_insert_with(|| {
                least_sets(all.without(own), &mut |more| lattice.holds(own.union(more), number))
            });
            found.push((form, number, sets.clone()));
        }
    }
    found
}

/// What is known of one story: which properties break when the reference verifier asks for these guards only.
struct Lattice<'l, 'a> {
    lab: &'l Lab<'a>,
    strongest: &'static Form,
    case: &'l Case,
    all: GuardSet,
    /// Guards that were asked for, what broke then, and what did not.
    known: Vec<(GuardSet, u64, u64)>,
}

impl Lattice<'_, '_> {
    /// More guards only stop more: so much is inferred, and the rest is asked.
    fn holds(&mut self, kept: GuardSet, number: usize) -> bool {
        let within = |a: GuardSet, b: GuardSet| a.without(b).is_empty();
        let bit = 1 << number;
        for (asked, broken, firm) in &self.known {
            if firm & bit != 0 && within(*asked, kept) {
                return true;
            }
            if broken & bit != 0 && within(kept, *asked) {
                return false;
            }
        }
        let question = Question::of(self.case, self.strongest, story_capabilities(self.case));
        let question = question.without(self.all.without(kept));
        let Settled { broken, firm, .. } = self.lab.inquiry.settle(&question, bit);
        self.known.push((kept, broken, firm));
        firm & bit != 0
    }
}

/// Every smallest set of `guards` for which `holds`, which is monotone; none, if not even all of them do.
///
/// Each set that is known must be missed somewhere by one that is not: so all ways to leave out one guard of each known set
/// are tried, until each of them fails.
pub fn least_sets(guards: GuardSet, holds: &mut impl FnMut(GuardSet) -> bool) -> Vec<GuardSet> {
    let mut known: Vec<GuardSet> = Vec::new();
    if !holds(guards) {
        return known;
    }
    while let Some(seed) =
        hitting(&known).into_iter().map(|out| guards.without(out)).find(|seed| holds(*seed))
    {
        let least = shrunk(GuardSet::NONE, seed, holds);
        known.push(least);
    }
    sorted(known)
}

/// A smallest part of `seed` for which `holds`, beside `sure`; halves are left out before single guards are.
fn shrunk(sure: GuardSet, seed: GuardSet, holds: &mut impl FnMut(GuardSet) -> bool) -> GuardSet {
    if holds(sure) {
        return GuardSet::NONE;
    }
    if seed.len() <= 1 {
        return seed;
    }
    let half = seed.len() as usize / 2;
    let first: GuardSet = seed.iter().take(half).collect();
    let second = seed.without(first);
    let of_second = shrunk(sure.union(first), second, holds);
    of_second.union(shrunk(sure.union(of_second), first, holds))
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
        hitting = smallest(next);
    }
    hitting
}

/// The smallest sets that contain one of each.
fn both(one: &[GuardSet], other: &[GuardSet]) -> Vec<GuardSet> {
    let pairs = one.iter().flat_map(|a| other.iter().map(|b| a.union(*b)));
    sorted(smallest(pairs.collect()))
}

/// Those of which none of the others is a part.
fn smallest(mut sets: Vec<GuardSet>) -> Vec<GuardSet> {
    sets.sort();
    sets.dedup();
    let within = |a: GuardSet, b: GuardSet| a != b && a.without(b).is_empty();
    sets.iter().copied().filter(|a| !sets.iter().any(|b| within(*b, *a))).collect()
}

fn sorted(mut sets: Vec<GuardSet>) -> Vec<GuardSet> {
    sets.sort();
    sets.sort_by_key(|set| set.len());
    sets
}
