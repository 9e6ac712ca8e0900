//! **Frontier**: which adversaries a cell survives. For each form, property and story: the smallest sets of capabilities that
//! break it, and the largest that it survives.
//!
//! Capabilities are extra moves, so what breaks under a set breaks under every larger one. One search answers for all
//! properties at once; a set is looked at only where some property is not yet decided by one below or above it.

use super::compare::{Comparison, compare};
use super::{Lab, Scope, numbers};
use crate::inquiry::{Answer, Question};
use crate::property;
use crate::suite::{Error, changed, story_capabilities};
use crate::world::capability::{Capabilities, Capability};
use whoacts_model::mechanism::Form;
use whoacts_scenarios::Case;

/// No universe is larger: a lattice of sixty-four sets.
pub const MOST: usize = 6;

/// The frontiers of all cells.
#[derive(Debug, Clone, PartialEq)]
pub struct Frontiers {
    /// The lattice of each story.
    pub universes: Vec<Universe>,
    /// One for each form, property and story; what the story never asks is not there.
    pub cells: Vec<Cell>,
    /// Two forms against each other, where that was asked for.
    pub comparison: Option<Comparison>,
    /// Sets of capabilities that were looked at, of all there are.
    pub looked_at: (usize, usize),
    /// What was looked at.
    pub scope: Scope,
}

/// The capabilities that a story's frontier is about.
#[derive(Debug, Clone, PartialEq)]
pub struct Universe {
    /// The story.
    pub scenario: String,
    /// At most six.
    pub capabilities: Capabilities,
    /// Declared as well, and left out because there is no room.
    pub left_out: Capabilities,
}

/// One form, property and story.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// The form.
    pub form: &'static Form,
    /// The property.
    pub property: &'static str,
    /// The story.
    pub scenario: String,
    /// The smallest sets that break it; none of them contains another.
    pub breaking: Vec<Capabilities>,
    /// The largest sets that it survives; none of them contains another.
    pub surviving: Vec<Capabilities>,
    /// Sets of which a limit was reached before they were decided.
    pub open: Vec<Capabilities>,
    /// Whether some set puts the question at all.
    pub put: bool,
}

/// The universe of a story: what it declares as one, else all capabilities that it names anywhere.
pub fn universe(case: &Case) -> Universe {
    let adversary = &case.scenario.adversary;
    let own = story_capabilities(case);
    let mut declared: Vec<Capability> = own.iter().collect();
    for row in &case.scenario.expectations {
        let changes: Vec<String> = row.adversary.iter().map(|name| name.value.clone()).collect();
        let more = changed(own, &changes).unwrap_or(own);
        let more: Vec<Capability> = more.iter().filter(|c| !declared.contains(c)).collect();
        declared.extend(more);
    }
    let chosen: Vec<Capability> =
        adversary.universe.iter().filter_map(|name| Capability::named(&name.value)).collect();
    let chosen = if chosen.is_empty() { declared.clone() } else { chosen };
    let capabilities: Capabilities = chosen.iter().copied().take(MOST).collect();
    let left_out = declared.into_iter().filter(|c| !capabilities.has(*c)).collect();
    Universe { scenario: case.scenario.id.clone(), capabilities, left_out }
}

/// Finds the frontier of every selected cell, and compares two forms.
///
/// # Errors
/// [`Error::Internal`] where an attack on a frontier is not confirmed.
pub fn frontier(
    lab: &Lab<'_>,
    against: Option<(&'static Form, &'static Form)>,
) -> Result<Frontiers, Error> {
    if !lab.inquiry.options.adversary.is_empty() {
        let text = "a frontier tries every adversary of a story's universe: leave out --adversary";
        return Err(Error::Usage(text.to_owned()));
    }
    let universes: Vec<Universe> = lab.cases.iter().map(universe).collect();
    let mut jobs: Vec<(&Case, &Universe, &'static Form)> = Vec::new();
    for (case, universe) in lab.cases.iter().zip(&universes) {
        jobs.extend(lab.forms.iter().map(|form| (case, universe, *form)));
    }
    let label = |job: &(&Case, &Universe, &'static Form)| {
        format!("{} {}", job.0.scenario.id, job.2.label())
    };
    let found = lab.each(&jobs, label, |(case, universe, form)| {
        Lattice::walk(lab, case, universe.capabilities, form).and_then(|lattice| {
            lattice.confirm()?;
            Ok((lattice.cells(), lattice.looked_at()))
        })
    });
    let (mut cells, mut seen, mut all) = (Vec::new(), 0, 0);
    for (result, (_, universe, _)) in found.into_iter().zip(&jobs) {
        let (more, looked_at) = result?;
        cells.extend(more);
        seen += looked_at;
        all += universe.capabilities.subsets().len();
    }
    let comparison = against.map(|(one, other)| compare(lab, &cells, one, other));
    Ok(Frontiers { universes, cells, comparison, looked_at: (seen, all), scope: lab.scope() })
}

/// The subsets of a universe with what is known of each.
pub struct Lattice<'l, 'a> {
    lab: &'l Lab<'a>,
    case: &'l Case,
    form: &'static Form,
    /// Smallest first.
    sets: Vec<Capabilities>,
    asked: Vec<Option<Answer>>,
    wanted: u64,
}

impl std::fmt::Debug for Lattice<'_, '_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lattice").field("sets", &self.sets.len()).finish_non_exhaustive()
    }
}

/// What is known of a property under a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Breaks,
    Survives,
    Open,
}

impl<'l, 'a> Lattice<'l, 'a> {
    /// Looks at as few sets as decide every property under every set: the whole universe first, which settles what
    /// nothing breaks; then from the smallest upwards.
    ///
    /// # Errors
    /// None yet; a search that is broken says so when its attacks are confirmed.
    pub fn walk(
        lab: &'l Lab<'a>,
        case: &'l Case,
        universe: Capabilities,
        form: &'static Form,
    ) -> Result<Self, Error> {
        let sets = universe.subsets();
        let wanted = lab.asked(case);
        let asked = vec![None; sets.len()];
        let mut lattice = Self { lab, case, form, sets, asked, wanted };
        lattice.look(lattice.sets.len() - 1);
        for at in 0..lattice.sets.len() {
            let decided = |number: usize| lattice.fate(at, number) != Fate::Open;
            if !numbers(wanted).all(decided) {
                lattice.look(at);
            }
        }
        Ok(lattice)
    }

    fn question(&self, at: usize) -> Question<'l> {
        Question::of(self.case, self.form, self.sets[at])
    }

    fn look(&mut self, at: usize) {
        if self.asked[at].is_none() {
            self.asked[at] = Some(self.lab.inquiry.ask(&self.question(at)));
        }
    }

    /// What the sets that were looked at say about this one: broken below is broken here, and what survives above survives.
    fn fate(&self, at: usize, number: usize) -> Fate {
        let here = self.sets[at];
        let seen = || self.sets.iter().zip(&self.asked).filter_map(|(s, a)| a.map(|a| (*s, a)));
        if seen().any(|(set, answer)| set.within(here) && answer.breaks(number)) {
            return Fate::Breaks;
        }
        let survives =
            |(set, a): (Capabilities, Answer)| here.within(set) && a.exhausted && !a.breaks(number);
        if seen().any(survives) { Fate::Survives } else { Fate::Open }
    }

    fn looked_at(&self) -> usize {
        self.asked.iter().flatten().count()
    }

    /// Replays an attack for each smallest breaking set.
    fn confirm(&self) -> Result<(), Error> {
        for at in 0..self.sets.len() {
            let least = numbers(self.wanted)
                .filter(|number| self.breaking(*number).contains(&self.sets[at]))
                .fold(0, |bits, number| bits | 1 << number);
            if least != 0 {
                self.lab.inquiry.attacks(&self.question(at), least)?;
            }
        }
        Ok(())
    }

    fn with_fate(&self, number: usize, fate: Fate) -> Vec<Capabilities> {
        let all = (0..self.sets.len()).filter(|at| self.fate(*at, number) == fate);
        all.map(|at| self.sets[at]).collect()
    }

    fn breaking(&self, number: usize) -> Vec<Capabilities> {
        least(&self.with_fate(number, Fate::Breaks))
    }

    /// The cells of this story and form.
    pub fn cells(&self) -> Vec<Cell> {
        let put =
            |number: usize| self.asked.iter().flatten().any(|answer| answer.put >> number & 1 == 1);
        numbers(self.wanted)
            .map(|number| Cell {
                form: self.form,
                property: property::ALL[number].id,
                scenario: self.case.scenario.id.clone(),
                breaking: self.breaking(number),
                surviving: greatest(&self.with_fate(number, Fate::Survives)),
                open: self.with_fate(number, Fate::Open),
                put: put(number),
            })
            .collect()
    }
}

/// The smallest of some sets.
fn least(sets: &[Capabilities]) -> Vec<Capabilities> {
    let below = |a: &Capabilities| sets.iter().any(|b| b != a && b.within(*a));
    sets.iter().copied().filter(|set| !below(set)).collect()
}

/// The largest of some sets.
fn greatest(sets: &[Capabilities]) -> Vec<Capabilities> {
    let above = |a: &Capabilities| sets.iter().any(|b| b != a && a.within(*b));
    sets.iter().copied().filter(|set| !above(set)).collect()
}
