//! Two forms compared by what they tolerate, in words.

use super::Lab;
use super::frontier::Cell;
use crate::inquiry::Question;
use crate::property;
use crate::world::capability::Capabilities;
use whoacts_model::crypto::Symbolic;
use whoacts_model::guard::{Guard, GuardSet};
use whoacts_model::mechanism::Form;

/// Two forms, property by property.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The two.
    pub forms: [String; 2],
    /// One a property that puts them apart, or does not.
    pub rows: Vec<Row>,
}

/// One property in all stories.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The property.
    pub property: &'static str,
    /// How the second stands to the first.
    pub order: Order,
    /// How many stories say so, of how many that ask both.
    pub stories: (usize, usize),
    /// The story in which it shows with the fewest capabilities, and the set that only one of them survives.
    pub shown_in: Option<(String, Capabilities)>,
    /// Guards without which the tolerant one no longer survives that set.
    pub guards: Vec<&'static str>,
    /// The sentence.
    pub text: String,
}

/// How one form stands to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Both survive the same sets, in every story.
    Equal,
    /// The second survives all that the first does, and more.
    More,
    /// The first survives all that the second does, and more.
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

/// Compares two forms by their frontiers.
pub fn compare(
    lab: &Lab<'_>,
    cells: &[Cell],
    one: &'static Form,
    other: &'static Form,
) -> Comparison {
    let rows = property::ALL.iter().filter_map(|property| {
        let of = |form: &Form| -> Vec<&Cell> {
            let is_here = |c: &&Cell| c.form.label() == form.label() && c.property == property.id;
            cells.iter().filter(is_here).collect()
        };
        let pairs: Vec<(&Cell, &Cell)> = of(one).into_iter().zip(of(other)).collect();
        let asked = |pair: &&(&Cell, &Cell)| pair.0.put || pair.1.put;
        let pairs: Vec<(&Cell, &Cell)> = pairs.iter().filter(asked).copied().collect();
        (!pairs.is_empty()).then(|| row(lab, property.id, &pairs, one, other))
    });
    Comparison { forms: [one.label(), other.label()], rows: rows.collect() }
}

/// Sets that `cell` survives and `other` does not: a smallest one.
fn beyond(cell: &Cell, other: &Cell) -> Option<Capabilities> {
    let survives = |set: &Capabilities| cell.surviving.iter().any(|top| set.within(*top));
    other.breaking.iter().copied().filter(survives).min_by_key(|set| (set.iter().count(), *set))
}

fn row(
    lab: &Lab<'_>,
    property: &'static str,
    pairs: &[(&Cell, &Cell)],
    one: &'static Form,
    other: &'static Form,
) -> Row {
    type Gain<'c> = (&'c Cell, Capabilities);
    let gains = |swap: bool| -> Vec<Gain<'_>> {
        pairs
            .iter()
            .filter_map(|pair| {
                let (weak, strong) = if swap { (pair.1, pair.0) } else { (pair.0, pair.1) };
                beyond(strong, weak).map(|set| (strong, set))
            })
            .collect()
    };
    let (more, less) = (gains(false), gains(true));
    let order = match (more.is_empty(), less.is_empty()) {
        (true, true) => Order::Equal,
        (false, true) => Order::More,
        (true, false) => Order::Less,
        (false, false) => Order::Incomparable,
    };
    let (tolerant, strict, shown) = match order {
        Order::Less => (one, other, &less),
        _ => (other, one, &more),
    };
    let best = shown.iter().min_by_key(|(_, set)| (set.iter().count(), *set)).copied();
    let guards = best.map_or_else(Vec::new, |(cell, set)| {
        because(lab, property, &cell.scenario, set, tolerant, strict)
    });
    let shown_in = best.map(|(cell, set)| (cell.scenario.clone(), set));
    let stories = (shown.len(), pairs.len());
    let text = sentence(order, tolerant, strict, stories, shown_in.as_ref(), &guards);
    Row { property, order, stories, shown_in, guards, text }
}

/// Guards that the tolerant form brings and the other does not, and without one of which it breaks as well.
fn because(
    lab: &Lab<'_>,
    property: &str,
    scenario: &str,
    set: Capabilities,
    tolerant: &'static Form,
    strict: &'static Form,
) -> Vec<&'static str> {
    let brings = |form: &'static Form| form.run::<Symbolic>().brings();
    let further = brings(tolerant).without(brings(strict));
    let case = lab.cases.iter().find(|case| case.scenario.id == scenario);
    let (Some(case), Some((number, _))) = (case, property::named(property)) else {
        return Vec::new();
    };
    let question = Question::of(case, tolerant, set);
    let decides =
        |guard: &Guard| lab.inquiry.ask(&question.without(GuardSet::of(&[*guard]))).breaks(number);
    let alone: Vec<&'static str> = further.iter().filter(decides).map(Guard::id).collect();
    if alone.is_empty() { further.iter().map(Guard::id).collect() } else { alone }
}

fn sentence(
    order: Order,
    tolerant: &Form,
    strict: &Form,
    (stories, all): (usize, usize),
    shown_in: Option<&(String, Capabilities)>,
    guards: &[&str],
) -> String {
    let (tolerant, strict) = (tolerant.label(), strict.label());
    let Some((scenario, set)) = shown_in else {
        return format!("{tolerant} and {strict} tolerate the same in all {all} stories that ask");
    };
    let ticked = guards.iter().map(|guard| format!("`{guard}`")).collect::<Vec<_>>().join(", ");
    let because = match guards.is_empty() {
        true => "the difference is in what is signed, not in a further guard".to_owned(),
        false => format!("it has evidence for {ticked}"),
    };
    let how = match order {
        Order::Incomparable => "tolerates what the other does not, and the other way round",
        _ => "tolerates strictly more",
    };
    format!(
        "{tolerant} {how} than {strict}, in {stories} of {all} stories, because {because}: in {scenario} it survives {{{}}}",
        set.ids().join(", ")
    )
}
