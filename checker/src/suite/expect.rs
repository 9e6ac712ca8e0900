//! What is expected of a run, and why: what a story says, or the file of verdicts beside it.

use super::{Error, Task, changed, story_capabilities};
use crate::lower::capabilities;
use crate::outcome::{Check, Verdict};
use crate::world::capability::Capabilities;
use std::collections::BTreeMap;
use std::sync::LazyLock;
use whoacts_model::mechanism::Form;
use whoacts_scenarios::reasons::{Key, Reasons};
use whoacts_scenarios::scenario::Expectation;
use whoacts_scenarios::span::{Span, Spanned};
use whoacts_scenarios::verdicts::{Cell, Line, Verdicts};
use whoacts_scenarios::{Case, LoadError, Vocabulary, expand_label};

static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(super::vocabulary);

/// The forms that a label names.
pub(super) fn expand(label: &str, vocabulary: &Vocabulary) -> Vec<&'static Form> {
    let named = expand_label(label, vocabulary).unwrap_or_default();
    named
        .into_iter()
        .filter_map(|(mechanism, part)| {
            let label =
                part.map_or_else(|| mechanism.clone(), |part| format!("{mechanism}/{part}"));
            Form::labelled(&label)
        })
        .collect()
}

fn names(on: &[Spanned<String>], form: &Form) -> bool {
    on.iter().any(|label| expand(label, &VOCABULARY).contains(&form))
}

/// The story's own adversary with these changes.
fn with_changes(changes: &[Spanned<String>], own: Capabilities) -> Capabilities {
    let changes: Vec<String> = changes.iter().map(|change| change.value.clone()).collect();
    changed(own, &changes).unwrap_or(own)
}

/// The story's own adversary, and each other that this form meets in it.
pub(super) fn adversaries(case: &Case, form: &Form) -> Vec<Capabilities> {
    let own = story_capabilities(case);
    let mut sets = vec![own];
    for (changes, on) in case.scenario.further() {
        let set = with_changes(changes, own);
        if !sets.contains(&set) && (on.is_empty() || names(on, form)) {
            sets.push(set);
        }
    }
    sets
}

/// What is expected in each of some stories.
#[derive(Debug)]
pub struct Expectations<'c>(BTreeMap<&'c str, Story<'c>>);

#[derive(Debug)]
struct Story<'c> {
    case: &'c Case,
    verdicts: Option<Verdicts>,
}

/// What is known of one form under one adversary.
struct Expected<'e> {
    story: &'e Story<'e>,
    rows: Vec<&'e Expectation>,
    /// The changes that make this adversary, as the file of verdicts writes them, and its line for the form.
    line: Option<(&'e [String], &'e Line)>,
}

impl<'c> Expectations<'c> {
    /// Reads the files of verdicts beside the stories.
    ///
    /// # Errors
    /// [`Error::Files`] for a file that is not what was written for its story, or that its story contradicts.
    pub fn read(cases: impl IntoIterator<Item = &'c Case>) -> Result<Self, Error> {
        let (mut stories, mut faulty) = (BTreeMap::new(), Vec::new());
        for case in cases {
            match Verdicts::of(case, &VOCABULARY) {
                Ok(verdicts) => {
                    stories.insert(case.scenario.id.as_str(), Story { case, verdicts });
                }
                Err(fault) => faulty.push(fault),
            }
        }
        if faulty.is_empty() {
            return Ok(Self(stories));
        }
        Err(Error::Files(LoadError::Parse(faulty).to_string()))
    }

    /// Whether the honest work is expected to be possible in a run.
    pub(super) fn serves(&self, task: &Task<'_>) -> bool {
        let story = self.0.get(task.case.scenario.id.as_str());
        story.is_none_or(|story| Expected::of(story, task.form, task.capabilities).served())
    }

    /// Joins to a check what was expected of it, why, and whether it is so.
    pub fn judge(&self, check: &mut Check) {
        let set = capabilities(check.adversary.iter().map(String::as_str));
        self.judge_under(set, check);
    }

    /// The same where the run itself had fewer capabilities than the adversary that it stands for.
    pub(super) fn judge_under(&self, set: Capabilities, check: &mut Check) {
        let Some(story) = self.0.get(check.scenario.as_str()) else { return };
        let Some(form) = Form::labelled(&check.label()) else { return };
        let expected = Expected::of(story, form, set);
        let settled = !matches!(check.verdict, Verdict::Violated | Verdict::Inconclusive);
        check.expected = expected.verdict(check.property);
        check.expected_served = expected.served();
        let good = check.expected.map_or(settled, |wanted| wanted == check.verdict);
        check.as_expected = good && !check.is_served_oddly();
        check.because = expected.because(check);
        check.span = expected.span(check.property, set);
    }
}

impl<'e> Expected<'e> {
    fn of(story: &'e Story<'e>, form: &Form, set: Capabilities) -> Self {
        let own = story_capabilities(story.case);
        let rows = story.case.scenario.expectations.iter();
        let rows = rows
            .filter(|row| with_changes(&row.adversary, own) == set && names(&row.on, form))
            .collect();
        let sections = story.verdicts.iter().flat_map(|verdicts| &verdicts.sections);
        let mut sections = sections.filter(|section| changed(own, &section.adversary) == Ok(set));
        let line = sections.next().and_then(|section| {
            let line = section.lines.iter().find(|line| line.form == form.label())?;
            Some((&section.adversary[..], line))
        });
        Self { story, rows, line }
    }

    fn row(&self, property: &str) -> Option<(&'e Expectation, Verdict)> {
        let says = |list: &[Spanned<String>]| list.iter().any(|name| name.value == property);
        self.rows.iter().find_map(|row| {
            let verdict = if says(&row.violated) {
                Verdict::Violated
            } else if says(&row.vacuous) {
                Verdict::Vacuous
            } else if says(&row.holds) {
                Verdict::Exhausted
            } else {
                return None;
            };
            Some((*row, verdict))
        })
    }

    /// What is expected of a property: what the file of verdicts says, or a row; where the story has rows and no file, what
    /// no row mentions is expected to hold.
    fn verdict(&self, property: &str) -> Option<Verdict> {
        let said = self.row(property).map(|(_, verdict)| verdict);
        match &self.story.verdicts {
            Some(verdicts) => {
                self.line.and_then(|(_, line)| verdicts.cell(line, property)).map(of_cell).or(said)
            }
            None if self.story.case.scenario.expectations.is_empty() => None,
            None => said.or(Some(Verdict::Exhausted)),
        }
    }

    fn served(&self) -> bool {
        if let Some((_, line)) = self.line {
            return line.served;
        }
        self.rows.iter().find_map(|row| row.served.as_ref()).is_none_or(|served| served.value)
    }

    /// What a row says of the property; else what the table of reasons says of what the file expects.
    fn because(&self, check: &Check) -> Option<String> {
        if let Some((row, _)) = self.row(check.property) {
            return Some(row.because.value.clone());
        }
        let (adversary, line) = self.line?;
        let reason = |verdict, property| {
            let (form, story) = (line.form.as_str(), check.scenario.as_str());
            let key = Key { form, verdict, property, adversary, story };
            Reasons::builtin().get(key)
        };
        let verdict = match check.expected? {
            Verdict::Violated => reason("violated", check.property),
            Verdict::Vacuous => reason("vacuous", check.property),
            Verdict::Exhausted => reason("holds", check.property),
            _ => None,
        };
        let unserved = if line.served { None } else { reason("unserved", "served") };
        let unserved = unserved.map(|reason| format!("Not served: {}.", reason.clause));
        let said: Vec<String> =
            verdict.map(|reason| reason.sentence()).into_iter().chain(unserved).collect();
        (!said.is_empty()).then(|| said.join(" "))
    }

    /// Where the scenario asks: the row, the further adversary, or the story's own.
    fn span(&self, property: &str, set: Capabilities) -> Span {
        if let Some((row, _)) = self.row(property) {
            return row.span.clone();
        }
        let scenario = &self.story.case.scenario;
        let own = story_capabilities(self.story.case);
        let also = scenario.also.iter().find(|also| with_changes(&also.adversary, own) == set);
        let first = scenario.adversary.capabilities.first();
        also.map(|also| &also.span)
            .or(first.map(|first| &first.span))
            .unwrap_or(&scenario.title.span)
            .clone()
    }
}

/// The verdict that a sign stands for.
fn of_cell(cell: Cell) -> Verdict {
    match cell {
        Cell::Holds => Verdict::Exhausted,
        Cell::Violated { .. } => Verdict::Violated,
        Cell::Vacuous => Verdict::Vacuous,
        Cell::Open => Verdict::Inconclusive,
    }
}
