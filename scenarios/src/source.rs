//! A file's text, and where each of its lines starts.

use std::ops::Range;
use std::sync::Arc;

use crate::span::Span;

/// The text of one file under the name that the user gave it.
pub(crate) struct Source<'a> {
    file: Arc<str>,
    text: &'a str,
    line_starts: Vec<usize>,
}

impl<'a> Source<'a> {
    pub(crate) fn new(file: &str, text: &'a str) -> Source<'a> {
        let line_starts =
            std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Source { file: Arc::from(file), text, line_starts }
    }

    /// The span of a byte range, moved into the file and onto whole characters.
    pub(crate) fn span(&self, range: Range<usize>) -> Span {
        let start = self.floor(range.start);
        let end = self.floor(range.end).max(start);
        let line = self.line_starts.partition_point(|&line_start| line_start <= start).max(1);
        let line_start = self.line_starts.get(line - 1).copied().unwrap_or(0);
        let col = self.text.get(line_start..start).map_or(0, |before| before.chars().count()) + 1;
        Span { file: self.file.clone(), start, end, line: small(line), col: small(col) }
    }

    fn floor(&self, at: usize) -> usize {
        let at = at.min(self.text.len());
        (0..=at).rev().find(|&at| self.text.is_char_boundary(at)).unwrap_or(0)
    }
}

fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
