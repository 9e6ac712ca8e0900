//! A table with long heads over narrow columns: each head on a line of its own, with a rule down to its column.
//!
//! ```text
//!              served ┐
//!         custody ┐ │
//! bearer            ✗3 1/1
//! ```

use crate::parts::grid::blocks;
use crate::parts::paint::{Paint, Style};
use crate::parts::text::{pad, width};

/// Rows of short cells.
pub(crate) struct Stairs<'a> {
    /// The head of each column.
    pub(crate) heads: &'a [String],
    /// A name and a cell for each head.
    pub(crate) rows: &'a [(String, Vec<(String, Style)>)],
}

impl Stairs<'_> {
    /// The table, with columns moved into further blocks where they do not fit.
    pub(crate) fn text(&self, columns: usize, paint: Paint) -> String {
        let widths: Vec<usize> = (0..self.heads.len()).map(|at| self.column(at)).collect();
        let names = self.rows.iter().map(|(name, _)| width(name) + 1);
        // A head ends where its column begins, and may not begin before the line.
        let heads = self.heads.iter().map(|head| width(head));
        let name = names.chain(heads).max().unwrap_or(0);
        let blocks = blocks(name, &widths, 1, columns);
        let blocks = blocks.iter().map(|block| self.block(name, &widths, block, paint));
        blocks.collect::<Vec<_>>().join("\n")
    }

    fn column(&self, at: usize) -> usize {
        let cells = self.rows.iter().filter_map(|(_, cells)| cells.get(at));
        cells.map(|(cell, _)| width(cell)).max().unwrap_or(0).max(1)
    }

    fn block(&self, name: usize, widths: &[usize], block: &[usize], paint: Paint) -> String {
        let mut out = String::new();
        // Where the column begins: one space stands before each.
        let place =
            |nth: usize| name + 1 + block[..nth].iter().map(|&at| widths[at] + 1).sum::<usize>();
        for (nth, &at) in block.iter().enumerate().rev() {
            let head = format!("{:>1$} ┐", self.heads[at], place(nth) - 1);
            let rules = block.iter().enumerate().skip(nth + 1);
            let mut line = head;
            for (later, _) in rules {
                line = format!("{}│", pad(&line, place(later)));
            }
            out.push_str(&format!("{}\n", paint.paint(Style::Dim, line)));
        }
        for (title, cells) in self.rows {
            let mut line = pad(title, name);
            for &at in block {
                let (cell, style) = &cells[at];
                line.push_str(&format!(" {}", paint.paint(*style, pad(cell, widths[at]))));
            }
            out.push_str(&format!("{}\n", line.trim_end()));
        }
        out
    }
}
