//! Checks in groups: one scenario under one form and one adversary.

use std::collections::HashMap;
use whoacts_checker::outcome::{Check, Outcome, Verdict};

/// One scenario under one form and one adversary, with all its properties.
pub(crate) struct Run<'a> {
    /// Its checks; never empty.
    pub(crate) checks: Vec<&'a Check>,
    /// How its adversary differs from the scenario's first one: `+confuse`, `-inject`.
    pub(crate) varied: Vec<String>,
}

impl<'a> Run<'a> {
    /// Any of its checks: scenario, form and adversary are the same in all.
    pub(crate) fn first(&self) -> &'a Check {
        self.checks[0]
    }
}

/// The runs in order of appearance.
pub(crate) fn runs(outcome: &Outcome) -> Vec<Run<'_>> {
    let own = Own::of(outcome);
    let mut runs: Vec<Run<'_>> = Vec::new();
    for check in &outcome.checks {
        let same = |run: &&mut Run<'_>| is_one_run(run.first(), check);
        match runs.iter_mut().rev().find(same) {
            Some(run) => run.checks.push(check),
            None => runs.push(Run { checks: vec![check], varied: own.varied(check) }),
        }
    }
    runs
}

fn is_one_run(one: &Check, other: &Check) -> bool {
    one.scenario == other.scenario
        && one.mechanism == other.mechanism
        && one.variant == other.variant
        && one.profile == other.profile
        && one.adversary == other.adversary
}

/// The adversary of each scenario's first check, which is the story's own.
pub(crate) struct Own<'a>(HashMap<&'a str, &'a [String]>);

impl<'a> Own<'a> {
    /// Those of an outcome.
    pub(crate) fn of(outcome: &'a Outcome) -> Self {
        let mut own = HashMap::new();
        for check in &outcome.checks {
            own.entry(check.scenario.as_str()).or_insert(check.adversary.as_slice());
        }
        Self(own)
    }

    /// How the check's adversary differs from the story's own: `+confuse`, `-inject`.
    pub(crate) fn varied(&self, check: &Check) -> Vec<String> {
        let own = self.0.get(check.scenario.as_str()).copied().unwrap_or_default();
        let more = check.adversary.iter().filter(|name| !own.contains(name));
        let less = own.iter().filter(|name| !check.adversary.contains(name));
        let more = more.map(|name| format!("+{name}"));
        more.chain(less.map(|name| format!("-{name}"))).collect()
    }

    /// The form, and how the adversary differs: `continuity/K4 +confuse`.
    pub(crate) fn under(&self, check: &Check) -> String {
        let words = std::iter::once(check.label()).chain(self.varied(check));
        words.collect::<Vec<_>>().join(" ")
    }
}

/// The attack that is told in full: the article's opening if it is there, otherwise the shortest one.
pub fn featured(outcome: &Outcome) -> Option<&Check> {
    let attacks = || {
        outcome
            .checks
            .iter()
            .filter(|check| check.verdict == Verdict::Violated && check.trace.is_some())
    };
    let own = Own::of(outcome);
    let opening = |check: &&Check| {
        check.scenario == "article/shared-pool"
            && check.label() == "bearer"
            && check.property == "custody"
            && own.varied(check).is_empty()
    };
    attacks()
        .find(opening)
        .or_else(|| attacks().min_by_key(|check| (check.by_design, length(check))))
}

/// Steps of the attack.
pub(crate) fn length(check: &Check) -> usize {
    check.trace.as_ref().map_or(0, |trace| trace.steps.len())
}
