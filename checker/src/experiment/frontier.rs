//! **Frontier**: which adversaries a cell survives. For each form, property and story: the smallest sets of capabilities that
//! break it, and the largest that it survives. One search under a set answers for all properties that are open there.

mod compare;
mod lattice;

use super::{Lab, Scope, numbers};
use crate::inquiry::Question;
use crate::property;
use crate::suite::{Error, changed, story_capabilities};
use crate::world::capability::{Capabilities, Capability};
pub use compare::{Comparison, Gain, Order, Row, compare, pair};
pub use lattice::Lattice;
use whoacts_model::mechanism::Form;
use whoacts_scenarios::Case;
use whoacts_scenarios::limits::MAX_UNIVERSE;

/// The frontiers of all cells.
#[derive(Debug, Clone, PartialEq)]
pub struct Frontiers {
    /// The capabilities that each story's frontier is about.
    pub universes: Vec<Universe>,
    /// One for each form, property and story.
    pub cells: Vec<Cell>,
    /// Two forms against each other, where that was asked for.
    pub comparison: Option<Comparison>,
    /// Sets of capabilities that were looked at, of all there are.
    pub looked_at: (usize, usize),
    /// How many attacks were replayed: one for each smallest set and property.
    pub replayed: usize,
    /// What was looked at.
    pub scope: Scope,
}

/// The capabilities that a story's frontier is about.
#[derive(Debug, Clone, PartialEq)]
pub struct Universe {
    /// The story.
    pub scenario: String,
    /// At most [`MAX_UNIVERSE`].
    pub capabilities: Capabilities,
    /// What its adversaries have as well, and the universe has no room for.
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
    /// The smallest sets that break it.
    pub breaking: Vec<Capabilities>,
    /// The largest sets that it survives.
    pub surviving: Vec<Capabilities>,
    /// Sets of which a limit was reached before they were decided.
    pub open: Vec<Capabilities>,
    /// Whether the question came up under some set; if not, it survives for want of an attempt.
    pub put: bool,
}

/// The universe of a story: what it declares as one, else all that some adversary of the story has.
pub fn universe(case: &Case) -> Universe {
    let own = story_capabilities(case);
    let mut all: Vec<Capability> = own.iter().collect();
    for (changes, _) in case.scenario.further() {
        let changes: Vec<String> = changes.iter().map(|name| name.value.clone()).collect();
        let set = changed(own, &changes).unwrap_or(own);
        let further: Vec<Capability> = set.iter().filter(|c| !all.contains(c)).collect();
        all.extend(further);
    }
    let declared = case.scenario.adversary.universe.iter();
    let declared: Vec<Capability> =
        declared.filter_map(|name| Capability::named(&name.value)).collect();
    let chosen = if declared.is_empty() { &all } else { &declared };
    let capabilities: Capabilities = chosen.iter().copied().take(MAX_UNIVERSE).collect();
    let left_out = all.into_iter().filter(|c| !capabilities.has(*c)).collect();
    Universe { scenario: case.scenario.id.clone(), capabilities, left_out }
}

/// Finds the frontier of every selected cell.
///
/// # Errors
/// [`Error::Usage`] where an adversary was asked for; [`Error::Internal`] where an attack of a smallest set is not confirmed,
/// or a larger set breaks less.
pub fn frontier(lab: &Lab<'_>) -> Result<Frontiers, Error> {
    if !lab.options().adversary.is_empty() {
        let text = "a frontier tries every set of a story's capabilities: leave out --adversary";
        return Err(Error::Usage(text.to_owned()));
    }
    let universes: Vec<Universe> = lab.cases.iter().map(universe).collect();
    let mut jobs: Vec<(&Case, Capabilities, &'static Form)> = Vec::new();
    for (case, universe) in lab.cases.iter().zip(&universes) {
        jobs.extend(lab.forms.iter().map(|form| (case, universe.capabilities, *form)));
    }
    let label = |(case, _, form): &(&Case, Capabilities, &'static Form)| {
        format!("{} {}", case.scenario.id, form.label())
    };
    let parts = lab.each(&jobs, label, |(case, universe, form)| part(lab, case, *universe, form));
    let mut all = Frontiers {
        universes,
        cells: Vec::new(),
        comparison: None,
        looked_at: (0, 0),
        replayed: 0,
        scope: lab.scope(),
    };
    for result in parts {
        let part = result?;
        all.cells.extend(part.cells);
        all.looked_at.0 += part.looked_at.0;
        all.looked_at.1 += part.looked_at.1;
        all.replayed += part.replayed;
    }
    Ok(all)
}

/// What one story comes to under one form.
struct Part {
    cells: Vec<Cell>,
    looked_at: (usize, usize),
    replayed: usize,
}

fn part(
    lab: &Lab<'_>,
    case: &Case,
    universe: Capabilities,
    form: &'static Form,
) -> Result<Part, Error> {
    let wanted = lab.asked(case);
    let mut put = 0;
    let lattice = Lattice::walk(universe, wanted, &mut |set, open| {
        let settled = lab.inquiry.settle(&Question::of(case, form, set), open);
        put |= settled.put;
        settled
    })?;
    let cell = |number: usize| Cell {
        form,
        property: property::ALL[number].id,
        scenario: case.scenario.id.clone(),
        breaking: lattice.breaking(number),
        surviving: lattice.surviving(number),
        open: lattice.undecided(number),
        put: put >> number & 1 == 1,
    };
    Ok(Part {
        cells: numbers(wanted).map(cell).collect(),
        looked_at: lattice.looked_at(),
        replayed: replay(lab, case, form, &lattice)?,
    })
}

/// Replays an attack for each smallest set and what it breaks, and counts them.
fn replay(
    lab: &Lab<'_>,
    case: &Case,
    form: &'static Form,
    lattice: &Lattice,
) -> Result<usize, Error> {
    let mut replayed = 0;
    for (set, bits) in lattice.least() {
        let attacks = lab.inquiry.attacks(&Question::of(case, form, set), bits)?;
        if attacks.len() != bits.count_ones() as usize && lab.inquiry.cut() == 0 {
            let (story, form) = (&case.scenario.id, form.label());
            return Err(Error::Internal(format!("an attack is gone ({story} under {form})")));
        }
        replayed += attacks.len();
    }
    Ok(replayed)
}
