//! Two forms compared by what they tolerate, in words.

use super::Cell;
use crate::experiment::{Lab, brings};
use crate::inquiry::Question;
use crate::property;
use crate::suite::Error;
use crate::world::capability::Capabilities;
use whoacts_model::guard::{Guard, GuardSet};
use whoacts_model::mechanism::Form;

/// Two forms, property by property.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The two.
    pub forms: [String; 2],
    /// One a property that some story puts to one of them.
    pub rows: Vec<Row>,
}

/// One property in all stories.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The property.
    pub property: &'static str,
    /// How the first stands to the second.
    pub order: Order,
    /// In how many stories it shows, of how many that put the question.
    pub stories: (usize, usize),
    /// What the first survives, and the second does not.
    pub first: Option<Gain>,
    /// What the second survives, and the first does not.
    pub second: Option<Gain>,
    /// The sentence.
    pub text: String,
}

/// Something that only one of them survives.
#[derive(Debug, Clone, PartialEq)]
pub struct Gain {
    /// The one.
    pub form: String,
    /// In how many stories there is such a set.
    pub stories: usize,
    /// One of them: where the fewest capabilities show it.
    pub scenario: String,
    /// The set, which breaks the other.
    pub survives: Capabilities,
    /// Guards on which it depends there.
    pub guards: Vec<&'static str>,
    /// Why.
    pub because: String,
}

/// How one form stands to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Both survive the same sets, in every story.
    Equal,
    /// It survives all that the other does, and more.
    More,
    /// The other survives all that it does, and more.
    Less,
    /// Each survives something that the other does not.
    Incomparable,
}

impl Order {
    /// Its name in outputs.
    pub fn id(self) -> &'static str {
        match self {
            Self::Equal => "equal",
            Self::More => "more",
            Self::Less => "less",
            Self::Incomparable => "incomparable",
        }
    }
}

/// The two forms that are to be compared, if any are.
///
/// # Errors
/// [`Error::Usage`] where they are not two, or not forms.
pub fn pair(labels: &[String]) -> Result<Option<[&'static Form; 2]>, Error> {
    let form = |label: &String| {
        Form::labelled(label).ok_or_else(|| {
            Error::Usage(format!("`{label}` is not one form: write dpop/strong, or continuity/K4"))
        })
    };
    match labels {
        [] => Ok(None),
        [one, other] => Ok(Some([form(one)?, form(other)?])),
        _ => Err(Error::Usage("two are compared: --compare dpop,continuity/K4".to_owned())),
    }
}

/// Compares two forms by their cells.
pub fn compare(lab: &Lab<'_>, cells: &[Cell], [one, other]: [&'static Form; 2]) -> Comparison {
    let row = |property: &&property::Property| {
        let of = |form: &'static Form| {
            cells.iter().filter(move |cell| cell.form == form && cell.property == property.id)
        };
        let pairs = of(one).filter_map(|cell| {
            let other = of(other).find(|other| other.scenario == cell.scenario)?;
            (cell.put || other.put).then_some((cell, other))
        });
        let pairs: Vec<(&Cell, &Cell)> = pairs.collect();
        (!pairs.is_empty()).then(|| row(lab, &pairs, one, other))
    };
    let rows = property::ALL.iter().filter_map(row).collect();
    Comparison { forms: [one.label(), other.label()], rows }
}

fn row(lab: &Lab<'_>, pairs: &[(&Cell, &Cell)], one: &'static Form, other: &'static Form) -> Row {
    let turned: Vec<(&Cell, &Cell)> = pairs.iter().map(|(one, other)| (*other, *one)).collect();
    let (first, second) = (gain(lab, pairs, one, other), gain(lab, &turned, other, one));
    let order = match (&first, &second) {
        (None, None) => Order::Equal,
        (Some(_), None) => Order::More,
        (None, Some(_)) => Order::Less,
        (Some(_), Some(_)) => Order::Incomparable,
    };
    let differs = pairs
        .iter()
        .filter(|(one, other)| smallest(one, other).is_some() || smallest(other, one).is_some());
    let stories = (differs.count(), pairs.len());
    let property = pairs.first().map_or("", |(cell, _)| cell.property);
    let text = text([&one.label(), &other.label()], [&first, &second], pairs.len());
    Row { property, order, stories, first, second, text }
}

/// A smallest set that one survives and that breaks the other.
fn smallest(survivor: &Cell, broken: &Cell) -> Option<Capabilities> {
    let survives = |set: &Capabilities| survivor.surviving.iter().any(|top| set.within(*top));
    let sets = broken.breaking.iter().copied().filter(survives);
    sets.min_by_key(|set| (set.iter().count(), *set))
}

/// What the first of each pair survives and the second does not.
fn gain(
    lab: &Lab<'_>,
    pairs: &[(&Cell, &Cell)],
    survivor: &'static Form,
    broken: &'static Form,
) -> Option<Gain> {
    let found = pairs.iter().filter_map(|(one, other)| Some((*one, smallest(one, other)?)));
    let found: Vec<(&Cell, Capabilities)> = found.collect();
    let (cell, set) = found.iter().min_by_key(|(_, set)| (set.iter().count(), *set)).copied()?;
    let (guards, because) = because(lab, cell, set, brings(survivor), brings(broken));
    Some(Gain {
        form: survivor.label(),
        stories: found.len(),
        scenario: cell.scenario.clone(),
        survives: set,
        guards: guards.iter().map(Guard::id).collect(),
        because,
    })
}

/// The guards on which a cell depends under a set, and what the other form lacks.
fn because(
    lab: &Lab<'_>,
    cell: &Cell,
    set: Capabilities,
    own: GuardSet,
    others: GuardSet,
) -> (GuardSet, String) {
    let case = lab.cases.iter().find(|case| case.scenario.id == cell.scenario);
    let (Some(case), Some((number, _))) = (case, property::named(cell.property)) else {
        return (GuardSet::NONE, String::new());
    };
    let question = Question::of(case, cell.form, set);
    let depends = |guards: GuardSet| lab.inquiry.ask(&question.without(guards)).breaks(number);
    let alone = |guards: GuardSet| -> GuardSet {
        guards.iter().filter(|guard| depends(GuardSet::of(&[*guard]))).collect()
    };
    let further = own.without(others);
    let decisive = alone(further);
    if !decisive.is_empty() {
        return (
            decisive,
            format!("it has evidence for {}, and the other has none", ticked(decisive)),
        );
    }
    if !further.is_empty() && depends(further) {
        return (
            further,
            format!("it has evidence for {}, of which any one will do", ticked(further)),
        );
    }
    let decisive = alone(own);
    if !decisive.is_empty() {
        return (decisive, format!("its evidence for {} is worth more", ticked(decisive)));
    }
    (GuardSet::NONE, "what travels differs, not a guard".to_owned())
}

fn ticked(guards: GuardSet) -> String {
    let names: Vec<String> = guards.iter().map(|guard| format!("`{}`", guard.id())).collect();
    names.join(", ")
}

fn text([one, other]: [&str; 2], gains: [&Option<Gain>; 2], all: usize) -> String {
    let shown = |gain: &Gain| {
        format!(
            "in {} it survives {{{}}}, because {}",
            gain.scenario,
            gain.survives.ids().join(", "),
            gain.because
        )
    };
    let more = |gain: &Gain, than: &str| {
        let (form, count) = (&gain.form, gain.stories);
        let shown = shown(gain);
        format!("{form} tolerates strictly more than {than}, in {count} of {all} stories: {shown}")
    };
    match gains {
        [None, None] => format!("both tolerate the same in all {all} stories"),
        [Some(gain), None] => more(gain, other),
        [None, Some(gain)] => more(gain, one),
        [Some(first), Some(second)] => format!(
            "each tolerates what the other does not: {one} in {} of {all} stories ({}), {other} in {} ({})",
            first.stories,
            shown(first),
            second.stories,
            shown(second)
        ),
    }
}
