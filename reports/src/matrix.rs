//! Properties against mechanisms: each cell a verdict with the length of its shortest attack.
//!
//! A cell speaks for all scenarios: broken if one breaks it, else as weak as the weakest. The good end is an axis of
//! its own, the last row. What was run under another adversary than the story's own stands below, by itself.

use crate::parts::grid::Grid;
use crate::parts::paint::{Paint, Style};
use crate::parts::runs::{label, length, varied};
use crate::parts::text::{join, width};
use crate::{Format, Look, Shows, json};
use serde_json::{Value, json};
use whoacts_checker::outcome::{Bounds, Check, Outcome, Verdict};

/// The table as text.
pub const PRETTY: Format = Format {
    name: "pretty",
    shows: Shows::Matrix,
    about: "a table for a terminal",
    module: module_path!(),
    render: |outcome, look| text(outcome, look.width, look.paint),
};

/// The table in Markdown.
pub const MARKDOWN: Format = Format {
    name: "markdown",
    shows: Shows::Matrix,
    about: "a table for a README",
    module: module_path!(),
    render: |outcome, _| markdown(outcome),
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
    /// Whether every scenario is served.
    pub served: bool,
}

/// The cells, in order of appearance.
pub fn cells(outcome: &Outcome) -> Vec<Cell<'_>> {
    let mut cells: Vec<Cell<'_>> = Vec::new();
    for check in &outcome.checks {
        let (label, varied) = (label(check), varied(outcome, check));
        let same = |cell: &&mut Cell<'_>| {
            cell.by.property == check.property && cell.label == label && cell.varied == varied
        };
        match cells.iter_mut().find(same) {
            Some(cell) => cell.add(check),
            None => cells.push(Cell {
                label,
                varied,
                by: check,
                as_expected: check.as_expected,
                served: check.served,
            }),
        }
    }
    cells
}

impl<'a> Cell<'a> {
    fn add(&mut self, check: &'a Check) {
        if rank(check) < rank(self.by) {
            self.by = check;
        }
        self.as_expected &= check.as_expected;
        self.served &= check.served;
    }

    /// `✗3`, `✓`, `?`, `–`.
    fn sign(&self) -> (String, Style) {
        let unexpected = if self.as_expected { "" } else { "!" };
        let (sign, style) = match self.by.verdict {
            Verdict::Violated => {
                let design = if self.by.by_design { "°" } else { "" };
                (format!("✗{}{design}", length(self.by)), Style::Attack)
            }
            Verdict::Inconclusive => ("?".into(), Style::Warn),
            Verdict::Sampled => ("~".into(), Style::Good),
            Verdict::Exhausted => ("✓".into(), Style::Good),
            Verdict::Proved => ("✓✓".into(), Style::Good),
            Verdict::Vacuous => ("–".into(), Style::Dim),
        };
        let style = if self.as_expected { style } else { Style::Error };
        (format!("{sign}{unexpected}"), style)
    }
}

/// The check with the smallest rank speaks for the cell.
fn rank(check: &Check) -> (usize, bool, usize) {
    let order = [
        Verdict::Violated,
        Verdict::Inconclusive,
        Verdict::Sampled,
        Verdict::Exhausted,
        Verdict::Proved,
        Verdict::Vacuous,
    ];
    let verdict = order.iter().position(|verdict| *verdict == check.verdict).unwrap_or(0);
    (verdict, check.by_design, length(check))
}

/// What the signs mean, as far as they occur.
const SIGNS: &[(&str, &str)] = &[
    ("✗", "✗n broken, the shortest attack has n steps"),
    ("°", "° by design: no adversary moves"),
    ("✓✓", "✓✓ proved"),
    ("✓", "✓ holds, exhausted within bounds"),
    ("~", "~ holds as far as sampled"),
    ("?", "? inconclusive, a limit was reached"),
    ("–", "– never asked (vacuous)"),
    ("!", "! not as expected"),
];

/// The table as text, in blocks where it is too wide.
pub fn text(outcome: &Outcome, columns: usize, paint: Paint) -> String {
    let table = Table::new(outcome);
    let heads = table.forms.iter().map(|form| table.head(form)).collect();
    let mut rows: Vec<_> = table.own.iter().map(|row| table.row(row)).collect();
    rows.push((String::new(), Vec::new()));
    rows.push(table.served(outcome));
    if !table.varied.is_empty() {
        rows.push((String::new(), Vec::new()));
        rows.extend(table.varied.iter().map(|row| table.row(row)));
    }
    let grid = Grid { heads, rows };
    let legend: String = packed(&table.legend(), columns);
    format!("{}\n{}", grid.text(columns, paint), paint.paint(Style::Dim, legend))
}

/// Parts in lines, none of them broken.
fn packed(parts: &[String], columns: usize) -> String {
    let mut lines: Vec<String> = Vec::new();
    for part in parts {
        match lines.last_mut().filter(|line| width(line) + 3 + width(part) <= columns) {
            Some(line) => line.push_str(&format!(" · {part}")),
            None => lines.push(part.clone()),
        }
    }
    lines.iter().map(|line| format!("{line}\n")).collect()
}

/// The table in Markdown, with its legend.
pub fn markdown(outcome: &Outcome) -> String {
    let sheet = sheet(outcome);
    let cell = |text: &str| text.replace('|', "\\|");
    let line = |name: &str, cells: Vec<String>| format!("| {name} | {} |\n", cells.join(" | "));
    let mut out = line("", sheet.heads.iter().map(|head| cell(head)).collect());
    out.push_str(&line("---", vec![":-:".into(); sheet.heads.len()]));
    for (name, cells) in &sheet.rows {
        let name = name.split(' ').map(|word| format!("`{word}`")).collect::<Vec<_>>().join(" ");
        out.push_str(&line(&name, cells.iter().map(|text| cell(text)).collect()));
    }
    format!("{out}\n{}\n", sheet.legend.join(" · "))
}

/// The table in words and signs, for whatever sets it.
pub(crate) struct Sheet {
    /// The forms.
    pub(crate) heads: Vec<String>,
    /// A property, with how the adversary differs, and its signs; `served` stands below the stories' own.
    pub(crate) rows: Vec<(String, Vec<String>)>,
    /// What the signs mean.
    pub(crate) legend: Vec<String>,
}

/// The table of an outcome.
pub(crate) fn sheet(outcome: &Outcome) -> Sheet {
    let table = Table::new(outcome);
    let rows = table.own.iter().chain(&table.varied);
    let mut rows: Vec<_> = rows.map(|row| table.row(row)).collect();
    rows.insert(table.own.len(), table.served(outcome));
    let signs = |cells: Vec<(String, Style)>| cells.into_iter().map(|(sign, _)| sign).collect();
    Sheet {
        heads: table.forms.iter().map(|form| table.head(form)).collect(),
        rows: rows.into_iter().map(|(name, cells)| (name, signs(cells))).collect(),
        legend: table.legend(),
    }
}

/// `whoacts/matrix/1`.
pub fn value(outcome: &Outcome, look: &Look<'_>) -> Value {
    let cells = cells(outcome);
    let properties = unique(cells.iter().map(|cell| cell.by.property.to_owned()));
    let own: Vec<&Check> =
        outcome.checks.iter().filter(|check| varied(outcome, check).is_empty()).collect();
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
        "shortest": by.trace.as_ref().map(|trace| trace.steps.len()),
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

/// A row: a property, and how the adversary differs.
type Row = (String, Vec<String>);

/// The cells with the order of rows and columns.
struct Table<'a> {
    cells: Vec<Cell<'a>>,
    forms: Vec<String>,
    own: Vec<Row>,
    varied: Vec<Row>,
}

impl<'a> Table<'a> {
    fn new(outcome: &'a Outcome) -> Self {
        let cells = cells(outcome);
        let mut rows: Vec<Row> = Vec::new();
        for cell in &cells {
            let row = (cell.by.property.to_owned(), cell.varied.clone());
            if !rows.contains(&row) {
                rows.push(row);
            }
        }
        let (own, mut varied): (Vec<Row>, Vec<Row>) =
            rows.into_iter().partition(|row| row.1.is_empty());
        varied.sort_by(|one, other| one.1.cmp(&other.1));
        let forms = unique(cells.iter().map(|cell| cell.label.clone()));
        Self { cells, forms, own, varied }
    }

    /// `K4` where only one mechanism has profiles, so that it cannot be mistaken.
    fn head(&self, form: &str) -> String {
        let with_profile = self.cells.iter().filter(|cell| cell.by.profile.is_some());
        let mechanisms = unique(with_profile.map(|cell| cell.by.mechanism.to_owned()));
        match (mechanisms.as_slice(), form.split_once('/')) {
            ([only], Some((mechanism, profile))) if only == mechanism => profile.to_owned(),
            _ => form.to_owned(),
        }
    }

    fn row(&self, row: &Row) -> (String, Vec<(String, Style)>) {
        let cell = |form: &String| {
            let is_here = |cell: &&Cell<'_>| {
                cell.label == *form && cell.by.property == row.0 && cell.varied == row.1
            };
            self.cells.iter().find(is_here).map_or((String::new(), Style::Dim), Cell::sign)
        };
        let name = std::iter::once(row.0.as_str()).chain(row.1.iter().map(String::as_str));
        (name.collect::<Vec<_>>().join(" "), self.forms.iter().map(cell).collect())
    }

    /// In how many scenarios the good end is reachable.
    fn served(&self, outcome: &Outcome) -> (String, Vec<(String, Style)>) {
        let cell = |form: &String| {
            let mut seen: Vec<&str> = Vec::new();
            let mut served = 0;
            for check in outcome.checks.iter().filter(|check| label(check) == *form) {
                if !seen.contains(&check.scenario.as_str()) && varied(outcome, check).is_empty() {
                    seen.push(&check.scenario);
                    served += usize::from(check.served);
                }
            }
            let style = if served == seen.len() { Style::Good } else { Style::Warn };
            (format!("{served}/{}", seen.len()), style)
        };
        ("served".into(), self.forms.iter().map(cell).collect())
    }

    /// The signs that occur, and what else needs saying.
    fn legend(&self) -> Vec<String> {
        let signs: Vec<String> = self.cells.iter().map(|cell| cell.sign().0).collect();
        let occurs = |sign: &str| match sign {
            "✓" => signs.iter().any(|one| one.trim_end_matches('!') == "✓"),
            sign => signs.iter().any(|one| one.contains(sign)),
        };
        let known =
            SIGNS.iter().filter(|(sign, _)| occurs(sign)).map(|(_, meaning)| (*meaning).to_owned());
        let mut parts: Vec<String> = known.collect();
        parts.push("served: scenarios whose good end is reachable, of all".into());
        if !self.varied.is_empty() {
            let kinds = unique(self.varied.iter().flat_map(|row| row.1.iter().cloned()));
            parts.push(format!("{}: under another adversary than the story's own", join(&kinds)));
        }
        let profiles = self.cells.iter().any(|cell| self.head(&cell.label) != cell.label);
        if let Some(cell) =
            self.cells.iter().find(|cell| cell.by.profile.is_some()).filter(|_| profiles)
        {
            parts.push(format!("K… are profiles of {}", cell.by.mechanism));
        }
        parts
    }
}
