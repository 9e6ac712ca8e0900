//! Mechanisms against properties: each cell a verdict with the length of its shortest attack.
//!
//! A cell speaks for all scenarios: broken if one breaks it, else as weak as the weakest. The good end is an axis of
//! its own, the last column. What was run under another adversary than the story's own is a table of its own.

mod sheet;

use crate::parts::paint::Style;
use crate::parts::runs::{Own, length};
use crate::{Format, Look, Shows, json};
use serde_json::{Value, json};
pub use sheet::Sheets;
use std::cmp::Reverse;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use whoacts_checker::outcome::{Bounds, Check, Contrast, Outcome, Radius, Verdict};

/// The table as text.
pub const PRETTY: Format = Format {
    name: "pretty",
    shows: Shows::Matrix,
    about: "a table for a terminal",
    module: module_path!(),
    render: |outcome, look| Sheets::of(outcome).text(look.width, look.paint),
};

/// The table in Markdown.
pub const MARKDOWN: Format = Format {
    name: "markdown",
    shows: Shows::Matrix,
    about: "a table for a README",
    module: module_path!(),
    render: |outcome, _| Sheets::of(outcome).markdown(),
};

/// The cells for machines.
pub const JSON: Format = Format {
    name: "json",
    shows: Shows::Matrix,
    about: "whoacts/matrix/1, for machines",
    module: module_path!(),
    render: |outcome, look| json::text(&value(outcome, look)),
};

/// One mechanism asked about one property, in all scenarios.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell<'a> {
    /// The form's name.
    pub label: String,
    /// How the adversary differs from the stories' own.
    pub varied: Vec<String>,
    /// The check that decides the cell.
    pub by: &'a Check,
    /// Whether every check is as expected.
    pub as_expected: bool,
    /// Whether every scenario is served; `None` where a limit left that open.
    pub served: Option<bool>,
    /// It holds, and in no run that asked was the honest work possible.
    pub hollow: bool,
    /// No run of this table breaks the property under any form.
    pub unbroken_everywhere: bool,
    /// Where it holds: an attack that the same adversary lands elsewhere in one of the stories, if there is one.
    pub contrast: Option<&'a Contrast>,
}

/// The cells, in order of appearance.
pub fn cells(outcome: &Outcome) -> Vec<Cell<'_>> {
    let (own, broken) = (Own::of(outcome), Broken::of(outcome));
    let mut places: HashMap<(String, &str), usize> = HashMap::new();
    let mut cells: Vec<Cell<'_>> = Vec::new();
    for check in &outcome.checks {
        match places.entry((own.under(check), check.property)) {
            Entry::Occupied(place) => cells[*place.get()].add(check),
            Entry::Vacant(place) => {
                place.insert(cells.len());
                cells.push(Cell {
                    label: check.label(),
                    varied: own.varied(check),
                    by: check,
                    as_expected: check.as_expected,
                    served: check.reached(),
                    hollow: is_barren(check),
                    unbroken_everywhere: !broken.is_so(&own, check),
                    contrast: check.contrast.as_ref(),
                });
            }
        }
    }
    cells.iter_mut().for_each(|cell| cell.hollow &= cell.by.holds());
    cells
}

/// Whether a run says nothing of honest work: it was impossible, or the question was not put.
fn is_barren(check: &Check) -> bool {
    check.reached() == Some(false) || check.verdict == Verdict::Vacuous
}

/// The columns in which something is broken: how the adversary differs from the stories' own, and the property.
pub(crate) struct Broken<'a>(HashSet<(Vec<String>, &'a str)>);

impl<'a> Broken<'a> {
    /// Those of an outcome.
    pub(crate) fn of(outcome: &'a Outcome) -> Self {
        let own = Own::of(outcome);
        let broken = outcome.checks.iter().filter(|check| check.verdict == Verdict::Violated);
        Self(broken.map(|check| (own.varied(check), check.property)).collect())
    }
    /// Whether something is broken in the column of this check.
    pub(crate) fn is_so(&self, own: &Own<'_>, check: &Check) -> bool {
        self.0.contains(&(own.varied(check), check.property))
    }
}

impl<'a> Cell<'a> {
    fn add(&mut self, check: &'a Check) {
        if rank(check) < rank(self.by) {
            self.by = check;
        }
        self.as_expected &= check.as_expected;
        self.served = match (self.served, check.reached()) {
            (Some(one), Some(other)) => Some(one && other),
            (Some(false), _) | (_, Some(false)) => Some(false),
            _ => None,
        };
        self.hollow &= is_barren(check);
        self.contrast = self.contrast.max(check.contrast.as_ref());
    }

    /// `✗3`, `✓`, `(✓)`, `·`, `?`, `–`.
    fn sign(&self) -> (String, Style) {
        let unexpected = if self.as_expected { "" } else { "!" };
        let (sign, style) = match self.by.verdict {
            Verdict::Violated => {
                let design = if self.by.by_design { "°" } else { "" };
                (format!("✗{}{design}", length(self.by)), Style::Attack)
            }
            Verdict::Inconclusive => ("?".into(), Style::Warn),
            Verdict::Vacuous => ("–".into(), Style::Dim),
            _ if self.unbroken_everywhere => ("·".into(), Style::Dim),
            _ if self.hollow => (format!("({})", hold(self.by)), Style::Warn),
            // What is stolen carries further than its instance: that is no plain hold.
            _ => match self.by.radius {
                None | Some(Radius::Instance) => (hold(self.by).into(), Style::Good),
                Some(radius) => (format!("{} {radius}", hold(self.by)), Style::Warn),
            },
        };
        let style = if self.as_expected { style } else { Style::Error };
        (format!("{sign}{unexpected}"), style)
    }
}

/// The sign of a hold.
fn hold(check: &Check) -> &'static str {
    match check.verdict {
        Verdict::Proved => "✓✓",
        Verdict::Sampled => "~",
        _ => "✓",
    }
}

/// The check with the smallest rank speaks for the cell.
fn rank(check: &Check) -> (usize, bool, usize, Reverse<Option<Radius>>) {
    let order = [
        Verdict::Violated,
        Verdict::Inconclusive,
        Verdict::Sampled,
        Verdict::Exhausted,
        Verdict::Proved,
        Verdict::Vacuous,
    ];
    let verdict = order.iter().position(|verdict| *verdict == check.verdict).unwrap_or(0);
    (verdict, check.by_design, length(check), Reverse(check.radius))
}

/// `whoacts/matrix/1`.
pub fn value(outcome: &Outcome, look: &Look<'_>) -> Value {
    let cells = cells(outcome);
    let properties = unique(cells.iter().map(|cell| cell.by.property.to_owned()));
    let stories = Own::of(outcome);
    let own: Vec<&Check> =
        outcome.checks.iter().filter(|check| stories.varied(check).is_empty()).collect();
    let mut value = json!({
        "schema": "whoacts/matrix/1",
        "tool": { "version": look.version },
        "mechanisms": unique(cells.iter().map(|cell| cell.label.clone())),
        "properties": properties,
        "cells": cells.iter().map(cell_value).collect::<Vec<_>>(),
        "bounds": least(&own).as_ref().map(json::bounds),
        "adversary": common(&own),
        "assumptions": unique(own.iter().flat_map(|check| check.assumptions.iter().map(|id| (*id).to_owned()))),
        "scenarios": scenarios(&own),
    });
    if let Some(time) = look.timing {
        value["timing"] = json!({ "seconds": time.as_secs_f64() });
    }
    value
}

fn cell_value(cell: &Cell<'_>) -> Value {
    let by = cell.by;
    json!({
        "mechanism": by.mechanism,
        "variant": by.variant,
        "profile": by.profile,
        "property": by.property,
        "varied": cell.varied,
        "verdict": by.verdict.id(),
        "as_expected": cell.as_expected,
        "served": cell.served,
        "hollow": cell.hollow,
        "unbroken_everywhere": cell.unbroken_everywhere,
        "assumptions": by.assumptions,
        "shortest": by.trace.as_ref().map(|trace| trace.steps.len()),
        "contrast": cell.contrast.filter(|_| by.verdict == Verdict::Exhausted).map(ToString::to_string),
        "by_design": by.by_design,
        "scenario": by.scenario,
    })
}

/// The exact bounds, adversary and assumptions of each story.
fn scenarios(own: &[&Check]) -> Vec<Value> {
    let mut seen: Vec<&str> = Vec::new();
    let mut out = Vec::new();
    for check in own {
        if !seen.contains(&check.scenario.as_str()) {
            seen.push(&check.scenario);
            out.push(json!({
                "scenario": check.scenario,
                "bounds": json::bounds(&check.bounds),
                "adversary": check.adversary,
                "assumptions": check.assumptions,
            }));
        }
    }
    out
}

/// The bounds that every check reaches.
fn least(checks: &[&Check]) -> Option<Bounds> {
    checks.iter().map(|check| check.bounds).reduce(|one, other| Bounds {
        replicas: one.replicas.min(other.replicas),
        hops: one.hops.min(other.hops),
        executions: one.executions.min(other.executions),
        deliveries: one.deliveries.min(other.deliveries),
        ticks: one.ticks.min(other.ticks),
    })
}

/// The capabilities that every check grants.
fn common(checks: &[&Check]) -> Vec<String> {
    let first = checks.first().map_or(&[] as &[String], |check| &check.adversary);
    let everywhere = |name: &&String| checks.iter().all(|check| check.adversary.contains(name));
    first.iter().filter(everywhere).cloned().collect()
}

fn unique(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    names.for_each(|name| {
        if !out.contains(&name) {
            out.push(name)
        }
    });
    out
}
