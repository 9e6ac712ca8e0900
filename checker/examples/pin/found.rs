//! What the checker finds in a story.

use crate::story::Story;
use std::sync::atomic::AtomicBool;
use whoacts_checker::outcome::{Check, Verdict};
use whoacts_checker::suite::{Options, run};

pub(crate) struct Found {
    checks: Vec<Check>,
    own: Vec<String>,
}

/// One form under one adversary.
pub(crate) struct Run<'f> {
    pub(crate) form: String,
    pub(crate) mechanism: &'static str,
    pub(crate) profile: Option<&'static str>,
    pub(crate) served: bool,
    pub(crate) checks: Vec<&'f Check>,
}

impl Found {
    pub(crate) fn of(story: &Story) -> Result<Self, String> {
        let case = std::slice::from_ref(&story.case);
        let outcome = run(case, &Options::for_case(&story.case), &|_| {}, &AtomicBool::new(false))
            .map_err(|error| error.to_string())?;
        let own = &story.case.scenario.adversary.capabilities;
        let own = own.iter().map(|name| name.value.clone()).collect();
        Ok(Self { checks: outcome.checks, own })
    }

    /// The runs under the story's adversary with these changes, in the order of the forms.
    pub(crate) fn under(&self, changes: &[String]) -> Vec<Run<'_>> {
        let mut wanted = self.own.clone();
        for change in changes {
            match change.split_at(1) {
                ("+", name) => wanted.push(name.to_owned()),
                (_, name) => wanted.retain(|own| own != name),
            }
        }
        wanted.sort();
        let mut runs: Vec<Run<'_>> = Vec::new();
        for check in &self.checks {
            let mut adversary = check.adversary.clone();
            adversary.sort();
            if adversary != wanted {
                continue;
            }
            let form = check.label();
            if runs.last().is_none_or(|last| last.form != form) {
                runs.push(Run {
                    form,
                    mechanism: check.mechanism,
                    profile: check.profile,
                    served: check.served,
                    checks: Vec::new(),
                });
            }
            if let Some(last) = runs.last_mut() {
                last.checks.push(check);
            }
        }
        runs
    }

    pub(crate) fn summary(&self) -> String {
        let count = |verdict| self.checks.iter().filter(|check| check.verdict == verdict).count();
        let unsure = count(Verdict::Inconclusive);
        let states: u64 = self.checks.iter().map(|check| check.stats.states).max().unwrap_or(0);
        format!(
            "{} violated, {unsure} inconclusive, at most {states} states",
            count(Verdict::Violated)
        )
    }
}
