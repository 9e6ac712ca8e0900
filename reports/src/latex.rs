//! The matrix as a LaTeX table. It needs `amssymb`, for the tick, and `graphicx`, for upright heads.

use crate::matrix::Sheets;
use crate::{Format, Look, Shows};
use whoacts_checker::outcome::Outcome;

/// This format.
pub const FORMAT: Format = Format {
    name: "latex",
    shows: Shows::Matrix,
    about: "tabulars for a paper; needs amssymb and graphicx",
    module: module_path!(),
    render,
};

/// The tables.
pub fn render(outcome: &Outcome, _look: &Look<'_>) -> String {
    let sheets = Sheets::of(outcome);
    let mut out = String::from("% \\usepackage{amssymb,graphicx}\n");
    for sheet in &sheets.all {
        if !sheet.under.is_empty() {
            let names: Vec<String> = sheet.under.iter().map(|name| typewriter(name)).collect();
            out.push_str(&format!("\n\\medskip\nUnder {}:\n\n", names.join(" ")));
        }
        let columns = "c".repeat(sheet.heads.len());
        out.push_str(&format!("\\begin{{tabular}}{{l{columns}}}\n\\hline\n"));
        let heads =
            sheet.heads.iter().map(|head| format!("\\rotatebox{{90}}{{{}}}", typewriter(head)));
        out.push_str(&row("", heads));
        out.push_str("\\hline\n");
        for (name, cells) in &sheet.rows {
            out.push_str(&row(&typewriter(name), cells.iter().map(|(sign, _)| escaped(sign))));
        }
        out.push_str("\\hline\n\\end{tabular}\n");
    }
    let legend: Vec<String> = sheets.legend.iter().map(|part| escaped(part)).collect();
    out + &format!("\n\\smallskip\n{{\\footnotesize {}}}\n", legend.join("; "))
}

/// `name & cell & cell \\`, all set already.
fn row(name: &str, cells: impl Iterator<Item = String>) -> String {
    let cells: String = cells.map(|cell| format!(" & {cell}")).collect();
    format!("{name}{cells} \\\\\n")
}

fn typewriter(text: &str) -> String {
    format!("\\texttt{{{}}}", escaped(text))
}

fn escaped(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '✓' => "$\\checkmark$".to_owned(),
            '✗' | '×' => "$\\times$".to_owned(),
            '°' => "$^\\circ$".to_owned(),
            '–' => "--".to_owned(),
            '…' => "\\dots{}".to_owned(),
            '·' => "$\\cdot$".to_owned(),
            '\\' => "\\textbackslash{}".to_owned(),
            '~' => "\\textasciitilde{}".to_owned(),
            '^' => "\\textasciicircum{}".to_owned(),
            '&' | '%' | '$' | '#' | '_' | '{' | '}' => format!("\\{c}"),
            c => c.to_string(),
        })
        .collect()
}
