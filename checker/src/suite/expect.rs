//! What a scenario expects of a run.

use super::{changed, story_capabilities};
use crate::outcome::Verdict;
use crate::world::capability::Capabilities;
use std::sync::LazyLock;
use whoacts_model::mechanism::Form;
use whoacts_scenarios::scenario::Expectation;
use whoacts_scenarios::span::Span;
use whoacts_scenarios::{Case, Vocabulary, expand_label};

/// The rows that speak of one form under one adversary.
pub(super) struct Expected<'a> {
    case: &'a Case,
    rows: Vec<&'a Expectation>,
}

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

fn names(row: &Expectation, form: &Form) -> bool {
    static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(super::vocabulary);
    row.on.iter().any(|label| expand(label, &VOCABULARY).contains(&form))
}

fn adversary_of(row: &Expectation, own: Capabilities) -> Capabilities {
    let changes: Vec<String> = row.adversary.iter().map(|change| change.value.clone()).collect();
    changed(own, &changes).unwrap_or(own)
}

impl<'a> Expected<'a> {
    /// The story's own adversary, and each other that some row asks for.
    pub(super) fn adversaries(case: &Case, form: &Form, own: Capabilities) -> Vec<Capabilities> {
        let mut sets = vec![own];
        for row in &case.scenario.expectations {
            let set = adversary_of(row, own);
            if !sets.contains(&set) && names(row, form) {
                sets.push(set);
            }
        }
        sets
    }

    pub(super) fn of(case: &'a Case, form: &Form, capabilities: Capabilities) -> Self {
        let own = story_capabilities(case);
        let rows = case
            .scenario
            .expectations
            .iter()
            .filter(|row| adversary_of(row, own) == capabilities && names(row, form))
            .collect();
        Self { case, rows }
    }

    fn row(&self, property: &str) -> Option<(&'a Expectation, Verdict)> {
        let says = |list: &[whoacts_scenarios::span::Spanned<String>]| {
            list.iter().any(|name| name.value == property)
        };
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

    /// What is expected of a property: what a row says, else that it holds, where the scenario expects anything at all.
    pub(super) fn verdict(&self, property: &str) -> Option<Verdict> {
        let expects = !self.case.scenario.expectations.is_empty();
        self.row(property).map(|(_, verdict)| verdict).or(expects.then_some(Verdict::Exhausted))
    }

    pub(super) fn because(&self, property: &str) -> Option<String> {
        self.row(property).map(|(row, _)| row.because.value.clone())
    }

    pub(super) fn served(&self) -> bool {
        self.rows.iter().find_map(|row| row.served.as_ref()).is_none_or(|served| served.value)
    }

    /// Where the scenario asks.
    pub(super) fn span(&self, property: &str) -> Span {
        self.row(property).map_or_else(
            || {
                let capabilities = &self.case.scenario.adversary.capabilities;
                capabilities.first().map_or_else(
                    || self.case.scenario.title.span.clone(),
                    |first| first.span.clone(),
                )
            },
            |(row, _)| row.span.clone(),
        )
    }
}
