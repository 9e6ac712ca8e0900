//! **Score**: the library against systematic mutants of the verifier, of each mechanism's translation and of the move rules.
//! A mutant is *killed* if some check of some story is no longer as it was; what survives is a story that nobody wrote yet,
//! or a change that nobody can see.

use super::survivors::{Kind, SURVIVORS};
use super::{Lab, Scope};
use crate::inquiry::{Answer, Question};
use crate::property;
use crate::suite::Error;
use crate::world::World;
use crate::world::capability::Capabilities;
use crate::world::deployed::Change;
use crate::world::mutation::{MoveFault, Mutation, faults};
use std::collections::BTreeSet;
use whoacts_model::crypto::Symbolic;
use whoacts_model::guard::GuardSet;
use whoacts_model::mechanism::Form;
use whoacts_scenarios::Case;

/// What became of all mutants.
#[derive(Debug, Clone, PartialEq)]
pub struct Score {
    /// Each mutant that makes a difference somewhere.
    pub mutants: Vec<Mutant>,
    /// Changes that make no difference anywhere, so that they are no mutants.
    pub nowhere: usize,
    /// What was looked at.
    pub scope: Scope,
}

/// One mutant.
#[derive(Debug, Clone, PartialEq)]
pub struct Mutant {
    /// The mechanism that is changed; none where a move rule is.
    pub mechanism: Option<&'static str>,
    /// The change.
    pub mutation: Mutation,
    /// What became of it.
    pub fate: Fate,
}

/// What became of a mutant.
#[derive(Debug, Clone, PartialEq)]
pub enum Fate {
    /// A check is not as it was.
    Killed(Killer),
    /// Every check is as it was; why, where somebody said so.
    Survived(Option<(Kind, &'static str)>),
}

/// The first check found that is not as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Killer {
    /// The story.
    pub scenario: String,
    /// The form.
    pub form: String,
    /// The adversary.
    pub adversary: Vec<String>,
    /// What is different.
    pub how: String,
}

impl Mutant {
    /// The mechanism and the place in it.
    pub fn place(&self) -> String {
        let place = self.mutation.place();
        self.mechanism.map_or(place.clone(), |mechanism| format!("{mechanism}: {place}"))
    }
    /// Whether a check is not as it was.
    pub fn is_killed(&self) -> bool {
        matches!(self.fate, Fate::Killed(_))
    }
}

impl Score {
    /// How many were killed.
    pub fn killed(&self) -> usize {
        self.mutants.iter().filter(|mutant| mutant.is_killed()).count()
    }
    /// Those that were not.
    pub fn survivors(&self) -> impl Iterator<Item = &Mutant> {
        self.mutants.iter().filter(|mutant| !mutant.is_killed())
    }
    /// Lines of the list of survivors whose mutants did not survive, of those that were run.
    pub fn stale(&self) -> Vec<String> {
        let rows = SURVIVORS.iter().filter(|(mechanism, place, change, ..)| {
            self.mutants.iter().any(|mutant| {
                mutant.is_killed()
                    && mutant.mechanism == *mechanism
                    && mutant.mutation.place() == *place
                    && mutant.mutation.to_string() == *change
            })
        });
        rows.map(|(_, place, change, ..)| format!("{place}: {change}")).collect()
    }
}

/// One run of the library, as it is without any change.
struct Run<'c> {
    case: &'c Case,
    form: &'static Form,
    capabilities: Capabilities,
    was: Answer,
}

/// Puts every mutant to the stories.
///
/// # Errors
/// [`Error::Internal`] where the library itself does not hold together.
pub fn score(lab: &Lab<'_>) -> Result<Score, Error> {
    let bench = Bench::new(lab);
    let mutants = bench.mutants();
    let label = |(mechanism, mutation): &(Option<&'static str>, Mutation)| {
        format!("{} {mutation}", mechanism.unwrap_or("world"))
    };
    let fates =
        lab.each(&mutants, label, |(mechanism, mutation)| bench.fate(*mechanism, *mutation));
    let nowhere = fates.iter().filter(|fate| fate.is_none()).count();
    let mutants = mutants
        .into_iter()
        .zip(fates)
        .filter_map(|((mechanism, mutation), fate)| {
            Some(Mutant { mechanism, mutation, fate: fate? })
        })
        .collect();
    Ok(Score { mutants, nowhere, scope: lab.scope() })
}

/// Whether a killer that is known still kills its mutant: what a test can ask without trying all stories.
pub fn still_kills(lab: &Lab<'_>, mutant: &Mutant, killer: &Killer) -> bool {
    let case = lab.cases.iter().find(|case| case.scenario.id == killer.scenario);
    let (Some(case), Some(form)) = (case, Form::labelled(&killer.form)) else { return false };
    let names = killer.adversary.iter().map(String::as_str);
    let capabilities = crate::lower::capabilities(names);
    let was = lab.inquiry.ask(&Question::of(case, form, capabilities));
    let run = Run { case, form, capabilities, was };
    matches!(difference(lab, &run, mutant.mutation), Difference::Seen(how) if how == killer.how)
}

/// Every mutant of the selected forms, without running any.
pub fn all_mutants(lab: &Lab<'_>) -> Vec<(Option<&'static str>, Mutation)> {
    Bench::new(lab).mutants()
}

struct Bench<'b, 'a> {
    lab: &'b Lab<'a>,
    /// Cheapest first.
    runs: Vec<Run<'b>>,
    rules: BTreeSet<MoveFault>,
}

/// What a change does to a run.
enum Difference {
    /// It changes nothing that it could.
    Untouched,
    /// It changes something, and no check.
    Unseen,
    /// It changes a check.
    Seen(String),
}

impl<'b, 'a> Bench<'b, 'a> {
    fn new(lab: &'b Lab<'a>) -> Self {
        let mut places: Vec<(&Case, &'static Form, Capabilities)> = Vec::new();
        for case in &lab.cases {
            for form in lab.forms.iter().copied() {
                let sets = lab.adversaries(case, form).into_iter();
                places.extend(sets.map(|set| (case, form, set)));
            }
        }
        let label = |(case, form, _): &(&Case, &'static Form, Capabilities)| {
            format!("{} {}", case.scenario.id, form.label())
        };
        let seen = lab.each(&places, label, |(case, form, capabilities)| {
            let question = Question::of(case, form, *capabilities);
            let (world, run): (World<Symbolic>, _) =
                lab.inquiry.search(&question.plan(), Change::None, 0, 0);
            let was = Answer::of(&world, &run);
            lab.inquiry.know(&question, was);
            (was, world.rules, world.universe.presentations.len())
        });
        let mut rules = BTreeSet::new();
        let mut runs: Vec<(u64, Run<'b>)> = Vec::new();
        for ((case, form, capabilities), (was, more, size)) in places.into_iter().zip(seen) {
            rules.extend(more);
            let cost = (was.states + 1) * (size as u64 + 1);
            runs.push((cost, Run { case, form, capabilities, was }));
        }
        runs.sort_by_key(|(cost, _)| *cost);
        Self { lab, runs: runs.into_iter().map(|(_, run)| run).collect(), rules }
    }

    fn mutants(&self) -> Vec<(Option<&'static str>, Mutation)> {
        let mut mechanisms: Vec<&'static str> = Vec::new();
        for form in &self.lab.forms {
            if !mechanisms.contains(&form.mechanism) {
                mechanisms.push(form.mechanism);
            }
        }
        let mut all = Vec::new();
        for mechanism in mechanisms {
            let own = self.lab.forms.iter().filter(|form| form.mechanism == mechanism);
            let brings =
                own.fold(GuardSet::NONE, |all, form| all.union(form.run::<Symbolic>().brings()));
            all.extend(faults(brings).into_iter().map(|fault| (Some(mechanism), fault)));
        }
        all.extend(self.rules.iter().map(|rule| (None, Mutation::Move(*rule))));
        all
    }

    /// `None` for a change that makes no difference anywhere.
    fn fate(&self, mechanism: Option<&'static str>, mutation: Mutation) -> Option<Fate> {
        let mut touched = false;
        for run in self.concerned(mechanism) {
            match difference(self.lab, run, mutation) {
                Difference::Untouched => {}
                Difference::Unseen => touched = true,
                Difference::Seen(how) => {
                    return Some(Fate::Killed(Killer {
                        scenario: run.case.scenario.id.clone(),
                        form: run.form.label(),
                        adversary: run.capabilities.ids(),
                        how,
                    }));
                }
            }
        }
        touched.then(|| Fate::Survived(explained(mechanism, mutation)))
    }

    fn concerned(&self, mechanism: Option<&'static str>) -> impl Iterator<Item = &Run<'b>> {
        self.runs.iter().filter(move |run| mechanism.is_none_or(|id| run.form.mechanism == id))
    }
}

fn difference(lab: &Lab<'_>, run: &Run<'_>, mutation: Mutation) -> Difference {
    let question = Question::of(run.case, run.form, run.capabilities);
    let question = question.with(Change::Mutation(mutation));
    let now = lab.inquiry.ask(&question);
    let asked = lab.asked(run.case);
    let verdicts = (0..property::ALL.len()).filter(|number| asked >> number & 1 == 1);
    for number in verdicts {
        let (was, is) = (verdict(&run.was, number), verdict(&now, number));
        if was != is {
            return Difference::Seen(format!("{}: {was}, now {is}", property::ALL[number].id));
        }
    }
    if run.was.served != now.served {
        let how = if now.served { "served, against expectation" } else { "no longer served" };
        return Difference::Seen(how.to_owned());
    }
    if !now.touched {
        return Difference::Untouched;
    }
    // What a wrong rule finds, the replay does not confirm.
    let replays = matches!(mutation, Mutation::Move(_)) && now.broken & asked != 0;
    if replays && lab.inquiry.attacks(&question, now.broken & asked).is_err() {
        return Difference::Seen("an attack is not confirmed under Ed25519".to_owned());
    }
    Difference::Unseen
}

fn verdict(answer: &Answer, number: usize) -> &'static str {
    match (answer.breaks(number), answer.exhausted, answer.put >> number & 1 == 1) {
        (true, ..) => "violated",
        (_, false, _) => "inconclusive",
        (_, _, true) => "exhausted",
        (_, _, false) => "vacuous",
    }
}

fn explained(mechanism: Option<&str>, mutation: Mutation) -> Option<(Kind, &'static str)> {
    let place = mutation.place();
    let row = SURVIVORS.iter().find(|(of, at, change, ..)| {
        *of == mechanism && *at == place && *change == mutation.to_string()
    });
    row.map(|(.., kind, why)| (*kind, *why))
}
