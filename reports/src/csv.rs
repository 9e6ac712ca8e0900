//! The cells of the matrix as CSV (RFC 4180), one a line, for a spreadsheet or a script.

use crate::matrix::{Cell, cells};
use crate::{Format, Look, Shows};
use whoacts_checker::outcome::Outcome;

/// This format.
pub const FORMAT: Format = Format {
    name: "csv",
    shows: Shows::Matrix,
    about: "one cell a line, RFC 4180",
    module: module_path!(),
    render,
};

/// The names of the columns.
const HEAD: [&str; 14] = [
    "mechanism",
    "variant",
    "profile",
    "adversary",
    "property",
    "verdict",
    "by_design",
    "as_expected",
    "served",
    "hollow",
    "unbroken_everywhere",
    "shortest",
    "scenario",
    "assumptions",
];

/// The table; lines end as RFC 4180 has it.
pub fn render(outcome: &Outcome, _look: &Look<'_>) -> String {
    let head = HEAD.map(str::to_owned).to_vec();
    std::iter::once(head).chain(cells(outcome).iter().map(record)).map(|r| line(&r)).collect()
}

fn record(cell: &Cell<'_>) -> Vec<String> {
    let by = cell.by;
    vec![
        by.mechanism.to_owned(),
        by.variant.to_owned(),
        by.profile.unwrap_or_default().to_owned(),
        cell.varied.join(" "),
        by.property.to_owned(),
        by.verdict.id().to_owned(),
        by.by_design.to_string(),
        cell.as_expected.to_string(),
        cell.served.map(|served| served.to_string()).unwrap_or_default(),
        cell.hollow.to_string(),
        cell.unbroken_everywhere.to_string(),
        by.trace.as_ref().map(|trace| trace.steps.len().to_string()).unwrap_or_default(),
        by.scenario.clone(),
        by.assumptions.join(" "),
    ]
}

fn line(fields: &[String]) -> String {
    let fields: Vec<String> = fields.iter().map(|field| quoted(field)).collect();
    format!("{}\r\n", fields.join(","))
}

/// In quotes where it must be. What a spreadsheet would run as a formula (`+confuse`) is made text by an apostrophe.
fn quoted(field: &str) -> String {
    let field = match field.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => format!("'{field}"),
        false => field.to_owned(),
    };
    match field.contains(['"', ',', '\n', '\r']) {
        true => format!("\"{}\"", field.replace('"', "\"\"")),
        false => field,
    }
}
