//! Files of verdicts: what the checker found in a story, one line a form, in a file beside the story.
//!
//! The file `log-leak.verdicts` belongs to the story `log-leak.toml`. A program writes it, people review its diff. A new
//! sign is one more [`Cell`]: columns have a fixed width, so that it changes no line in which it does not stand.

mod read;

use std::collections::BTreeSet;
use std::fmt::Write;

use crate::error::{Error, Faulty};
use crate::library::Case;
use crate::scenario::{Expectation, Scenario};
use crate::suggest;
use crate::vocabulary::{Vocabulary, expand_label, written};

/// How a file of verdicts is called: as its story, with this extension.
pub const VERDICTS_EXTENSION: &str = "verdicts";
/// The columns that a form's label takes.
const LABEL: usize = 26;
/// The columns that a verdict takes: `✗12°`, and a space.
const CELL: usize = 6;

/// What was found in one story.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdicts {
    /// The properties that the story asks, in the order of the columns.
    pub properties: Vec<String>,
    /// One for the story's own adversary, and one for each further adversary.
    pub sections: Vec<Section>,
}

/// What was found under one adversary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// What the adversary has more (`+name`) or fewer (`-name`) than the story's own; empty for the story's own.
    pub adversary: Vec<String>,
    /// One for each form.
    pub lines: Vec<Line>,
}

/// What was found under one form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The form's label.
    pub form: String,
    /// A verdict for each property.
    pub cells: Vec<Cell>,
    /// Whether the honest requests succeed.
    pub served: bool,
    /// The states that were explored.
    pub states: u64,
    /// The deepest level.
    pub depth: u32,
    /// The line's number in its file; 0 where it comes from no file.
    pub number: u32,
}

/// One verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell {
    /// `✓`: no state violates.
    Holds,
    /// `✗3`: violated, in so many steps; `✗3°`: by design.
    Violated {
        /// The length of the attack.
        steps: usize,
        /// No adversary moves, and nothing exceeds what was intended.
        by_design: bool,
    },
    /// `–`: the question was never put.
    Vacuous,
    /// `?`: a limit was reached.
    Open,
}

/// Which lines and columns the file of a story has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    /// The properties that the story asks.
    pub properties: Vec<String>,
    /// The changes of each adversary, the story's own first, and the labels of the forms that meet it.
    pub sections: Vec<(Vec<String>, Vec<String>)>,
}

impl Shape {
    /// The shape of a story's file.
    pub fn of(scenario: &Scenario, vocab: &Vocabulary) -> Shape {
        let mut sections: Vec<(Vec<String>, Vec<String>)> =
            vec![(Vec::new(), vocab.labels().collect())];
        for (changes, on) in scenario.further() {
            let changes: Vec<String> = changes.iter().map(|name| name.value.clone()).collect();
            let at = sections.iter().position(|(known, _)| same(known, &changes));
            let at = at.unwrap_or_else(|| {
                sections.push((changes, Vec::new()));
                sections.len() - 1
            });
            let meant: BTreeSet<String> = on
                .iter()
                .filter_map(|label| expand_label(label, vocab))
                .flatten()
                .map(label)
                .collect();
            let (_, forms) = &mut sections[at];
            *forms = vocab
                .labels()
                .filter(|form| on.is_empty() || meant.contains(form) || forms.contains(form))
                .collect();
        }
        let is_asked = |property: &&String| {
            let named = |list: &[crate::span::Spanned<String>]| {
                list.iter().any(|name| name.value == **property)
            };
            match vocab.paired.contains(property) {
                true => named(&scenario.paired),
                false => scenario.properties.is_empty() || named(&scenario.properties),
            }
        };
        Shape { properties: vocab.properties.iter().filter(is_asked).cloned().collect(), sections }
    }
}

/// Whether two lists of changes make one adversary.
fn same(one: &[String], other: &[String]) -> bool {
    one.iter().collect::<BTreeSet<_>>() == other.iter().collect::<BTreeSet<_>>()
}

fn label((mechanism, part): (String, Option<String>)) -> String {
    written(&mechanism, part.as_ref())
}

impl Verdicts {
    /// What the file beside a case says; `None` where there is no such file.
    ///
    /// # Errors
    /// What is wrong with the file, or which expectations of the story it contradicts.
    pub fn of(case: &Case, vocab: &Vocabulary) -> Result<Option<Verdicts>, Faulty> {
        let Some(beside) = &case.verdicts else { return Ok(None) };
        let read = read::verdicts(&beside.file, beside.text.as_bytes(), &case.scenario, vocab);
        let verdicts = read.map_err(|errors| Faulty { text: beside.text.clone(), errors })?;
        let errors = verdicts.contradictions(&case.scenario, &beside.file, vocab);
        if errors.is_empty() {
            return Ok(Some(verdicts));
        }
        Err(Faulty { text: case.source_text.clone(), errors })
    }

    /// The line of a form under the adversary with these changes.
    pub fn line(&self, adversary: &[String], form: &str) -> Option<&Line> {
        let section = self.sections.iter().find(|section| same(&section.adversary, adversary))?;
        section.lines.iter().find(|line| line.form == form)
    }

    /// The verdict of a property in a line.
    pub fn cell(&self, line: &Line, property: &str) -> Option<Cell> {
        let column = self.properties.iter().position(|name| name == property)?;
        line.cells.get(column).copied()
    }

    /// The file's text.
    pub fn text(&self, id: &str) -> String {
        let mut out = head(id) + "\n";
        for section in &self.sections {
            let _ = write!(out, "\n{}\n", name(&section.adversary));
            out.push_str(&columns(&self.properties));
            for line in &section.lines {
                out.push_str(&line.text());
            }
        }
        out
    }

    /// The expectations of the story that this contradicts.
    pub fn contradictions(
        &self,
        scenario: &Scenario,
        file: &str,
        vocab: &Vocabulary,
    ) -> Vec<Error> {
        let rows = scenario.expectations.iter();
        rows.flat_map(|row| self.contradicted(row, file, vocab)).collect()
    }

    fn contradicted(&self, row: &Expectation, file: &str, vocab: &Vocabulary) -> Vec<Error> {
        let changes: Vec<String> = row.adversary.iter().map(|name| name.value.clone()).collect();
        let runs = row.on.iter().filter_map(|on| expand_label(on, vocab)).flatten();
        let mut errors = Vec::new();
        for line in runs.filter_map(|run| self.line(&changes, &label(run))) {
            let place = || match line.number {
                0 => "what was found".to_owned(),
                number => format!("`{file}:{number}`"),
            };
            for (list, word, expected) in [
                (&row.violated, "violated", "✗"),
                (&row.vacuous, "vacuous", "–"),
                (&row.holds, "holds", "✓"),
            ] {
                for property in list {
                    let cell = self.cell(line, property).map(Cell::text).unwrap_or_default();
                    if !cell.starts_with(expected) {
                        let message = format!(
                            "`{}` is said to be `{word}` under `{}`, and {} says {cell}",
                            suggest::shown(property),
                            line.form,
                            place()
                        );
                        errors.push(Error::new(property.span.clone(), "disagrees", message));
                    }
                }
            }
            if let Some(served) = row.served.as_ref().filter(|said| said.value != line.served) {
                let message = format!(
                    "`served = {}` is not what {} says of `{}`",
                    served.value,
                    place(),
                    line.form
                );
                errors.push(Error::new(served.span.clone(), "disagrees", message));
            }
        }
        errors
    }
}

impl Line {
    fn text(&self) -> String {
        let cells: String = self.cells.iter().map(|cell| padded(&cell.text(), CELL)).collect();
        let served = served(self.served);
        format!(
            "{}{cells}{served:9}{:>8} {:>6}\n",
            padded(&self.form, LABEL),
            self.states,
            self.depth
        )
    }
}

impl Cell {
    /// As it stands in a file.
    pub fn text(self) -> String {
        match self {
            Cell::Holds => "✓".to_owned(),
            Cell::Violated { steps, by_design: false } => format!("✗{steps}"),
            Cell::Violated { steps, by_design: true } => format!("✗{steps}°"),
            Cell::Vacuous => "–".to_owned(),
            Cell::Open => "?".to_owned(),
        }
    }

    /// What a sign says; `None` where it is none.
    pub fn read(sign: &str) -> Option<Cell> {
        match sign {
            "✓" => Some(Cell::Holds),
            "–" => Some(Cell::Vacuous),
            "?" => Some(Cell::Open),
            _ => {
                let attack = sign.strip_prefix('✗')?;
                let (number, by_design) = match attack.strip_suffix('°') {
                    Some(number) => (number, true),
                    None => (attack, false),
                };
                let steps = number.parse().ok()?;
                // `+3` and `03` are numbers too, and not as they are written here.
                let cell = Cell::Violated { steps, by_design };
                (cell.text() == sign).then_some(cell)
            }
        }
    }
}

/// The first line.
fn head(id: &str) -> String {
    format!(
        "whoacts/verdicts/1 {id} (found by the checker; rewrite with `whoacts check --bless`, review as a diff)"
    )
}

/// The title of a section.
fn name(adversary: &[String]) -> String {
    match adversary {
        [] => "[own adversary]".to_owned(),
        changes => format!("[{}]", changes.join(", ")),
    }
}

/// The names of the columns: each property on a line of its own, above the column that is its.
fn columns(properties: &[String]) -> String {
    let bars = |count: usize| padded("│", CELL).repeat(count);
    let mut out = String::new();
    for (number, property) in properties.iter().enumerate() {
        let _ = writeln!(out, "{}{}{property}", padded("", LABEL), bars(number));
    }
    let _ = writeln!(
        out,
        "{}{}served     states  depth",
        padded("form", LABEL),
        bars(properties.len())
    );
    out
}

fn served(is_served: bool) -> &'static str {
    if is_served { "served" } else { "unserved" }
}

/// Filled with spaces to a column; what is too long still has a space behind it.
fn padded(text: &str, columns: usize) -> String {
    let missing = columns.saturating_sub(text.chars().count()).max(1);
    format!("{text}{}", " ".repeat(missing))
}
