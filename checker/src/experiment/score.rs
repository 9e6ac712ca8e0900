//! **Score**: the library put to systematic mutants of the verifier, of each mechanism's translation and of the move rules. A
//! mutant is *killed* if a pinned verdict of a story comes out otherwise, or `served` does; what survives is a story that
//! nobody wrote yet, or a change that nobody can see.

pub mod equivalent;
pub mod mutants;
mod survivors;

use super::{Lab, Scope, numbers};
use crate::inquiry::{Answer, Question};
use crate::property;
use crate::suite::{self, Error};
use crate::world::capability::Capabilities;
use crate::world::deployed::Change;
use crate::world::mutation::rule::Rule;
use equivalent::Equivalent;
use mutants::{Alteration, Mutant, Scope as Where};
use std::collections::{BTreeMap, BTreeSet};
use survivors::SURVIVORS;
use whoacts_model::mechanism::Form;
use whoacts_scenarios::Case;

/// What became of all mutants.
#[derive(Debug, Clone, PartialEq)]
pub struct Score {
    /// Each mutant, and what became of it.
    pub mutants: Vec<(Mutant, Fate)>,
    /// Explanations of mutants that do not survive, or do not exist.
    pub stale: Vec<String>,
    /// What was looked at.
    pub scope: Scope,
}

/// What became of a mutant.
#[derive(Debug, Clone, PartialEq)]
pub enum Fate {
    /// A check is not as it was.
    Killed(Killer),
    /// Every check is as it was; why, where somebody said so.
    Survived(Option<&'static str>),
    /// It does the same as the original on everything that it is given, by what it is: it is no mutant.
    Same,
    /// It is different, and no presentation could tell; why.
    Equivalent(&'static str),
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

impl Score {
    /// Those that count.
    pub fn counted(&self) -> impl Iterator<Item = &(Mutant, Fate)> {
        let none = |fate: &Fate| matches!(fate, Fate::Same | Fate::Equivalent(_));
        self.mutants.iter().filter(move |(_, fate)| !none(fate))
    }
    /// Those of which a claim says that nothing could tell them, and why.
    pub fn equivalent(&self) -> impl Iterator<Item = (&Mutant, &'static str)> {
        self.mutants.iter().filter_map(|(mutant, fate)| match fate {
            Fate::Equivalent(why) => Some((mutant, *why)),
            _ => None,
        })
    }
    /// How many were killed, of how many.
    pub fn killed(&self) -> (usize, usize) {
        let killed = self.mutants.iter().filter(|(_, fate)| matches!(fate, Fate::Killed(_)));
        (killed.count(), self.counted().count())
    }
    /// Those that survived, each with the reason where there is one.
    pub fn survivors(&self) -> impl Iterator<Item = (&Mutant, Option<&'static str>)> {
        self.mutants.iter().filter_map(|(mutant, fate)| match fate {
            Fate::Survived(why) => Some((mutant, *why)),
            _ => None,
        })
    }
    /// Whether something survives that nobody explained, or something is explained that does not survive.
    pub fn is_unexplained(&self) -> bool {
        !self.stale.is_empty() || self.survivors().any(|(_, why)| why.is_none())
    }
}

/// One run of the library, as it is without any change.
struct Run<'c> {
    case: &'c Case,
    form: &'static Form,
    capabilities: Capabilities,
    was: Answer,
    rules: BTreeSet<Rule>,
}

/// What a change does to a run.
enum Difference {
    /// Nothing that it could change is there.
    Untouched,
    /// It changes something, and no check.
    Unseen,
    /// It changes a check.
    Seen(String),
}

/// Puts every mutant to the stories.
///
/// # Errors
/// [`Error::Usage`] for an adversary that nothing has.
pub fn score(lab: &Lab<'_>) -> Result<Score, Error> {
    let runs = runs(lab)?;
    let rules = runs.iter().flat_map(|run| run.rules.iter().copied()).collect();
    let (moves, others): (Vec<Mutant>, _) =
        mutants::all(&lab.forms, &rules).into_iter().partition(|m| m.rule().is_some());
    let fates = lab.each(&others, Mutant::to_string, |mutant| fate(lab, &runs, mutant));
    let mut mutants: Vec<(Mutant, Fate)> = others.into_iter().zip(fates).collect();
    mutants.extend(faulty_moves(lab, &runs, moves));
    Ok(Score { stale: stale(&mutants), mutants, scope: lab.scope() })
}

/// So many runs are put to the faulty rules at a time, at any number of threads.
const BATCH: usize = 32;

/// A world is built once for all faults in the rules of its moves; those that were killed are not tried in later runs.
fn faulty_moves(lab: &Lab<'_>, runs: &[Run<'_>], mutants: Vec<Mutant>) -> Vec<(Mutant, Fate)> {
    let mut killers: BTreeMap<Rule, Killer> = BTreeMap::new();
    for batch in runs.chunks(BATCH) {
        let label = |run: &Run<'_>| format!("moves in {}", run.case.scenario.id);
        let seen = lab.each(batch, label, |run| {
            let living = run.rules.iter().filter(|rule| !killers.contains_key(rule));
            let found = lab.inquiry.without_rules(&run.question(), living, run.most());
            let seen =
                found.into_iter().filter_map(|(rule, is)| Some((rule, seen(lab, run, &is)?)));
            seen.collect::<Vec<_>>()
        });
        for (run, seen) in batch.iter().zip(seen) {
            for (rule, how) in seen {
                killers.entry(rule).or_insert_with(|| run.killer(how));
            }
        }
    }
    let fate = |mutant: &Mutant| match mutant.rule().and_then(|rule| killers.remove(&rule)) {
        Some(killer) => Fate::Killed(killer),
        None => survived(mutant),
    };
    let fates: Vec<Fate> = mutants.iter().map(fate).collect();
    mutants.into_iter().zip(fates).collect()
}

/// The library as it is, cheapest runs first.
fn runs<'c>(lab: &'c Lab<'_>) -> Result<Vec<Run<'c>>, Error> {
    let mut places = Vec::new();
    for case in &lab.cases {
        for form in &lab.forms {
            let sets = suite::adversaries(case, form, lab.options())?;
            places.extend(sets.into_iter().map(|set| Question::of(case, form, set)));
        }
    }
    let label = |q: &Question<'_>| format!("{} {}", q.case.scenario.id, q.form.label());
    let found = lab.each(&places, label, |question| lab.inquiry.survey(question));
    let runs = places.into_iter().zip(found).map(|(question, (was, rules))| {
        let Question { case, form, capabilities, .. } = question;
        Run { case, form, capabilities, was, rules }
    });
    let mut runs: Vec<Run<'_>> = runs.collect();
    runs.sort_by_key(|run| run.was.states * (run.was.presentations as u64 + 1));
    Ok(runs)
}

/// Tries the runs in which the changed thing decides something, then the others, cheap ones first.
fn fate(lab: &Lab<'_>, runs: &[Run<'_>], mutant: &Mutant) -> Fate {
    let mut concerned: Vec<&Run<'_>> = runs.iter().filter(|run| concerns(mutant, run)).collect();
    let guard = mutant.guard();
    concerned.sort_by_key(|run| guard.is_none_or(|guard| !run.was.deciding.contains(guard)));
    let mut touched = false;
    for run in concerned {
        match difference(lab, run, mutant) {
            Difference::Untouched => {}
            Difference::Unseen => touched = true,
            Difference::Seen(how) => return Fate::Killed(run.killer(how)),
        }
    }
    if touched || !mutant.may_be_same() { survived(mutant) } else { Fate::Same }
}

fn concerns(mutant: &Mutant, run: &Run<'_>) -> bool {
    let there = match mutant.scope {
        Where::Mechanism(id) => run.form.mechanism == id,
        Where::Verifier => CHAINS.contains(&run.form.mechanism),
        Where::Moves => false,
    };
    there && mutant.loosens().is_none_or(|guard| run.was.deciding.contains(guard))
}

/// Mechanisms whose credentials are chains: those that the reference verifier judges.
const CHAINS: &[&str] = &["capability-chain", "open-continuity", "continuity"];

/// A faulty run is given up at so many times the states of the right one, and some.
const MORE: (u64, u64) = (8, 2_000);

impl<'c> Run<'c> {
    fn question(&self) -> Question<'c> {
        Question::of(self.case, self.form, self.capabilities)
    }
    /// A faulty run keeps no more states.
    fn most(&self) -> u64 {
        self.was.states * MORE.0 + MORE.1
    }
    fn killer(&self, how: String) -> Killer {
        Killer {
            scenario: self.case.scenario.id.clone(),
            form: self.form.label(),
            adversary: self.capabilities.ids(),
            how,
        }
    }
}

fn difference(lab: &Lab<'_>, run: &Run<'_>, mutant: &Mutant) -> Difference {
    let question = match mutant.alteration {
        Alteration::Unasked(guard) => run.question().without([guard].into_iter().collect()),
        Alteration::Mutation(mutation) => run.question().with(Change::Mutation(mutation)),
        Alteration::Rule(_) => return Difference::Untouched,
    };
    let Some(is) = lab.inquiry.touched(&question, run.most()) else {
        return Difference::Untouched;
    };
    seen(lab, run, &is).map_or(Difference::Unseen, Difference::Seen)
}

/// The first check that is not as it was.
fn seen(lab: &Lab<'_>, run: &Run<'_>, is: &Answer) -> Option<String> {
    for number in numbers(lab.asked(run.case)) {
        let (was, now) = (verdict(&run.was, number), verdict(is, number));
        // A limit that was reached says nothing.
        if was != now && now != "inconclusive" {
            return Some(format!("{}: {was}, now {now}", property::ALL[number].id));
        }
    }
    // Who is named is said beside the verdict about `accountable`.
    let asks = |(number, _)| lab.asked(run.case) >> number & 1 == 1;
    let named = property::named("accountable").is_some_and(asks);
    let names = [
        ("is accountable", run.was.unnamed.0, is.unnamed.0),
        ("acts", run.was.unnamed.1, is.unnamed.1),
    ];
    if let Some((who, was, _)) = names.into_iter().find(|(_, was, now)| named && was != now) {
        return Some(match was {
            false => format!("accountable: now nothing says who {who}"),
            true => format!("accountable: now a name where nothing said who {who}"),
        });
    }
    let differs = run.was.served != is.served && (is.served || is.exhausted);
    let how = if is.served { "served, which was not expected" } else { "no longer served" };
    differs.then(|| how.to_owned())
}

fn verdict(answer: &Answer, number: usize) -> &'static str {
    match (answer.breaks(number), answer.exhausted, answer.put >> number & 1 == 1) {
        (true, ..) => "violated",
        (_, false, _) => "inconclusive",
        (_, _, true) => "exhausted",
        (_, _, false) => "vacuous",
    }
}

fn survived(mutant: &Mutant) -> Fate {
    if let Some(row) = Equivalent::of(mutant) {
        return Fate::Equivalent(row.why);
    }
    let row = SURVIVORS.iter().find(|row| row.is_about(mutant));
    Fate::Survived(row.map(|row| row.why))
}

/// What is explained, or called equivalent, although it does not survive.
fn stale(mutants: &[(Mutant, Fate)]) -> Vec<String> {
    let gone = mutants.iter().filter(|(mutant, fate)| {
        let explained = SURVIVORS.iter().any(|row| row.is_about(mutant));
        match fate {
            Fate::Survived(_) => false,
            Fate::Equivalent(_) => explained,
            Fate::Killed(_) | Fate::Same => explained || Equivalent::of(mutant).is_some(),
        }
    });
    gone.map(|(mutant, _)| mutant.to_string()).collect()
}
