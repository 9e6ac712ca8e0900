//! The matrix as a LaTeX table. It needs no package but `amssymb`, for the tick.

use crate::matrix::sheet;
use crate::{Format, Look, Shows};
use whoacts_checker::outcome::Outcome;

/// This format.
pub const FORMAT: Format = Format {
    name: "latex",
    shows: Shows::Matrix,
    about: "a tabular for a paper; needs amssymb",
    module: module_path!(),
    render,
};

/// The table.
pub fn render(outcome: &Outcome, _look: &Look<'_>) -> String {
    let sheet = sheet(outcome);
    let mut out = String::from("% \\usepackage{amssymb}\n");
    out.push_str(&format!("\\begin{{tabular}}{{l{}}}\n\\hline\n", "c".repeat(sheet.heads.len())));
    out.push_str(&row("", &sheet.heads));
    out.push_str("\\hline\n");
    for (name, cells) in &sheet.rows {
        let name: Vec<String> =
            name.split(' ').map(|word| format!("\\texttt{{{}}}", escaped(word))).collect();
        out.push_str(&row(&name.join(" "), cells));
    }
    out.push_str("\\hline\n\\end{tabular}\n");
    let legend: Vec<String> = sheet.legend.iter().map(|part| escaped(part)).collect();
    out.push_str(&format!("\n\\smallskip\n{{\\footnotesize {}}}\n", legend.join("; ")));
    out
}

/// `name & cell & cell \\`, where the name is set already.
fn row(name: &str, cells: &[String]) -> String {
    let cells: String = cells.iter().map(|cell| format!(" & {}", escaped(cell))).collect();
    format!("{name}{cells} \\\\\n")
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
