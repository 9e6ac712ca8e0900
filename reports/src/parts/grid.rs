//! A table of text, cut into blocks that fit.

use crate::parts::paint::{Paint, Style};
use crate::parts::text::{pad, width};

/// Spaces between columns.
const GAP: usize = 2;

/// Rows of cells under column heads; a row with no cells is a rule.
pub(crate) struct Grid {
    /// The head of each column but the first.
    pub(crate) heads: Vec<String>,
    /// A name and a cell for each head.
    pub(crate) rows: Vec<(String, Vec<(String, Style)>)>,
}

impl Grid {
    /// The table, with columns moved into further blocks where they do not fit.
    pub(crate) fn text(&self, columns: usize, paint: Paint) -> String {
        let name = self.rows.iter().map(|(name, _)| width(name)).max().unwrap_or(0);
        let widths: Vec<usize> = (0..self.heads.len()).map(|at| self.column(at)).collect();
        let blocks = blocks(name, &widths, GAP, columns);
        let blocks = blocks.iter().map(|block| self.block(name, &widths, block, paint));
        blocks.collect::<Vec<_>>().join("\n")
    }

    fn column(&self, at: usize) -> usize {
        let cells =
            self.rows.iter().filter_map(|(_, cells)| cells.get(at)).map(|(cell, _)| width(cell));
        cells.chain([width(&self.heads[at])]).max().unwrap_or(0)
    }

    fn block(&self, name: usize, widths: &[usize], block: &[usize], paint: Paint) -> String {
        let head = block.iter().map(|&at| (pad(&self.heads[at], widths[at]), Style::Strong));
        let mut out = line(&pad("", name), head, paint);
        for (title, cells) in &self.rows {
            if cells.is_empty() {
                let rule = name + block.iter().map(|&at| GAP + widths[at]).sum::<usize>();
                out.push_str(&format!("{}\n", paint.paint(Style::Dim, "─".repeat(rule))));
                continue;
            }
            let cells = block.iter().map(|&at| (pad(&cells[at].0, widths[at]), cells[at].1));
            out.push_str(&line(&pad(title, name), cells, paint));
        }
        out
    }
}

/// The columns that stand side by side after a column of names, by their widths.
pub(crate) fn blocks(name: usize, widths: &[usize], gap: usize, columns: usize) -> Vec<Vec<usize>> {
    let mut blocks: Vec<Vec<usize>> = Vec::new();
    let mut used = columns;
    for (at, wide) in widths.iter().enumerate() {
        if used + gap + wide > columns {
            blocks.push(Vec::new());
            used = name;
        }
        used += gap + wide;
        if let Some(block) = blocks.last_mut() {
            block.push(at);
        }
    }
    blocks
}

/// One line; its last cell keeps no spaces at the end.
fn line(name: &str, cells: impl Iterator<Item = (String, Style)>, paint: Paint) -> String {
    let mut cells: Vec<(String, Style)> = cells.collect();
    while cells.last().is_some_and(|(cell, _)| cell.trim().is_empty()) {
        cells.pop();
    }
    let last = cells.len().saturating_sub(1);
    let mut out = if cells.is_empty() { name.trim_end().to_owned() } else { name.to_owned() };
    for (at, (cell, style)) in cells.iter().enumerate() {
        let cell = if at == last { cell.trim_end() } else { cell };
        out.push_str(&" ".repeat(GAP));
        out.push_str(&paint.paint(*style, cell));
    }
    out.push('\n');
    out
}
