//! A line of text that is drawn at columns.

use unicode_width::UnicodeWidthChar;

/// One line; a wide sign fills two cells, the second of which is `None`.
pub(crate) struct Line {
    cells: Vec<Option<char>>,
}

impl Line {
    /// Spaces, with a bar at each of these columns.
    pub(crate) fn with_bars(columns: &[usize]) -> Self {
        let mut line = Self { cells: Vec::new() };
        columns.iter().for_each(|&column| line.put(column, "│"));
        line
    }

    /// Writes over what is at and after `column`.
    pub(crate) fn put(&mut self, column: usize, text: &str) {
        let mut at = column;
        for c in text.chars() {
            let wide = c.width().unwrap_or(0);
            if wide == 0 {
                continue;
            }
            if self.cells.len() < at + wide {
                self.cells.resize(at + wide, Some(' '));
            }
            self.cells[at] = Some(c);
            self.cells[at + 1..at + wide].fill(None);
            at += wide;
        }
    }

    /// The text without spaces at its end.
    pub(crate) fn text(&self) -> String {
        let text: String = self.cells.iter().flatten().collect();
        text.trim_end().to_owned()
    }
}
