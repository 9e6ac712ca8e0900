//! The matrix in words and signs: a table for the stories' own adversaries, and one for each other adversary.

use super::{Cell, cells, unique};
use crate::parts::paint::{Paint, Style};
use crate::parts::runs::runs;
use crate::parts::stairs::Stairs;
use crate::parts::text::{count, join, width};
use std::collections::HashMap;
use whoacts_checker::outcome::Outcome;

/// What the signs mean, as far as they occur.
const SIGNS: &[(&str, &str)] = &[
    ("✗", "✗n broken, the shortest attack has n steps"),
    ("°", "° by design: no adversary moves"),
    ("✓✓", "✓✓ proved"),
    ("✓", "✓ holds, exhausted within bounds"),
    ("(", "(✓) holds where the honest work is impossible: every run that asked is unserved"),
    (
        "·",
        "· holds, and no run of this table breaks it under any form: nothing here puts it to the test",
    ),
    ("~", "~ holds as far as sampled"),
    ("?", "? inconclusive, a limit was reached"),
    ("–", "– never asked (vacuous)"),
    ("!", "! not as expected"),
];

/// What is the same for one adversary: a row for each form, a column for each property, and how many stories are served.
pub(crate) struct Sheet {
    /// How the adversary differs from the story's own; nothing for the first table.
    pub(crate) under: Vec<String>,
    /// The properties, and `served`.
    pub(crate) heads: Vec<String>,
    /// A form, and its signs.
    pub(crate) rows: Vec<(String, Vec<(String, Style)>)>,
}

/// All tables of an outcome, the one for the stories' own adversaries first.
pub struct Sheets {
    pub(crate) all: Vec<Sheet>,
    /// What the signs mean.
    pub(crate) legend: Vec<String>,
}

impl Sheets {
    /// The tables of an outcome.
    pub fn of(outcome: &Outcome) -> Self {
        let cells = cells(outcome);
        let mut under: Vec<&Vec<String>> = Vec::new();
        for cell in &cells {
            if !under.contains(&&cell.varied) {
                under.push(&cell.varied);
            }
        }
        under.sort();
        let served = served(outcome);
        let all = under.into_iter().map(|under| sheet(&cells, under, &served)).collect();
        Self { all, legend: legend(&cells).into_iter().chain(rests_on(outcome)).collect() }
    }

    /// Only the first table; the others are told of in the legend.
    #[must_use]
    pub fn first(mut self) -> Self {
        let more = self.all.len().saturating_sub(1);
        if more > 0 {
            let more = count(more as u64, "table");
            self.legend.push(format!("{more} more under other adversaries: `whoacts matrix`"));
        }
        self.all.truncate(1);
        self
    }

    /// The tables as text, in blocks where one is too wide.
    pub fn text(&self, columns: usize, paint: Paint) -> String {
        let mut out = String::new();
        for sheet in &self.all {
            if !sheet.under.is_empty() {
                out.push_str(
                    &paint.paint(Style::Strong, format!("under {}\n", sheet.under.join(" "))),
                );
            }
            out.push_str(&Stairs { heads: &sheet.heads, rows: &sheet.rows }.text(columns, paint));
            out.push('\n');
        }
        out + &paint.paint(Style::Dim, packed(&self.legend, columns))
    }

    /// The tables in Markdown, with their legend.
    pub fn markdown(&self) -> String {
        let cell = |text: &str| text.replace('|', "\\|");
        let line = |name: &str, cells: Vec<String>| format!("| {name} | {} |\n", cells.join(" | "));
        let mut out = String::new();
        for sheet in &self.all {
            if !sheet.under.is_empty() {
                let names: Vec<_> = sheet.under.iter().map(|name| format!("`{name}`")).collect();
                out.push_str(&format!("Under {}:\n\n", names.join(" ")));
            }
            out.push_str(&line("", sheet.heads.iter().map(|head| cell(head)).collect()));
            out.push_str(&line("---", vec![":-:".into(); sheet.heads.len()]));
            for (form, cells) in &sheet.rows {
                let signs = cells.iter().map(|(sign, _)| cell(sign)).collect();
                out.push_str(&line(&format!("`{form}`"), signs));
            }
            out.push('\n');
        }
        format!("{out}{}\n", self.legend.join(" · "))
    }
}

/// Of each form under each adversary: how many scenarios are served, of how many, and whether a limit left some open.
type Served = HashMap<(String, Vec<String>), (usize, usize, bool)>;

fn served(outcome: &Outcome) -> Served {
    let mut served = Served::new();
    for run in runs(outcome) {
        let key = (run.first().label(), run.varied.clone());
        let (good, all, open) = served.entry(key).or_default();
        *good += usize::from(run.first().served);
        *all += 1;
        *open |= run.first().reached().is_none();
    }
    served
}

fn sheet(cells: &[Cell<'_>], under: &[String], served: &Served) -> Sheet {
    let here: Vec<&Cell<'_>> = cells.iter().filter(|cell| cell.varied == under).collect();
    let properties = unique(here.iter().map(|cell| cell.by.property.to_owned()));
    let forms = unique(here.iter().map(|cell| cell.label.clone()));
    let row = |form: String| {
        let of = |property: &String| {
            let is_it = |cell: &&&Cell<'_>| cell.label == form && cell.by.property == *property;
            here.iter().find(is_it).map_or((String::new(), Style::Dim), |cell| cell.sign())
        };
        let mut signs: Vec<(String, Style)> = properties.iter().map(of).collect();
        let key = (form, under.to_vec());
        let (good, all, open) = served.get(&key).copied().unwrap_or_default();
        let style = if good == all { Style::Good } else { Style::Warn };
        signs.push((format!("{good}/{all}{}", if open { "?" } else { "" }), style));
        (key.0, signs)
    };
    let rows = forms.into_iter().map(row).collect();
    let heads = properties.iter().cloned().chain(["served".to_owned()]).collect();
    Sheet { under: under.to_vec(), heads, rows }
}

/// The signs that occur, and what else needs saying.
fn legend(cells: &[Cell<'_>]) -> Vec<String> {
    let mut signs: Vec<String> = cells.iter().map(|cell| cell.sign().0).collect();
    // A limit leaves open whether the rest is served, too.
    signs.extend(cells.iter().any(|cell| cell.served.is_none()).then(|| "?".to_owned()));
    let occurs = |sign: &str| match sign {
        "✓" => signs.iter().any(|one| one.trim_end_matches('!') == "✓"),
        sign => signs.iter().any(|one| one.contains(sign)),
    };
    let known =
        SIGNS.iter().filter(|(sign, _)| occurs(sign)).map(|(_, meaning)| (*meaning).to_owned());
    known.chain(["served: stories whose good end is reachable, of all".to_owned()]).collect()
}

/// What the verdicts rest on and nothing here checks: what is common to all, then what some rest on besides.
fn rests_on(outcome: &Outcome) -> Option<String> {
    let checks = || outcome.checks.iter();
    let ids =
        unique(checks().flat_map(|check| check.assumptions.iter().map(|id| (*id).to_owned())));
    let everywhere = |id: &String| checks().all(|check| check.assumptions.contains(&id.as_str()));
    let (all, some): (Vec<String>, Vec<String>) = ids.into_iter().partition(everywhere);
    let all = (!all.is_empty()).then(|| format!("all rest on {}", join(&all)));
    let some = (!some.is_empty()).then(|| format!("some rest on {}", join(&some)));
    let said: Vec<String> = all.into_iter().chain(some).collect();
    (!said.is_empty()).then(|| format!("{} (`whoacts explain NAME`)", said.join("; ")))
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
