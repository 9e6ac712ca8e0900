//! Words, widths and lists.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Columns that a text takes.
pub(crate) fn width(text: &str) -> usize {
    text.width()
}

/// The text, filled with spaces on the right.
pub(crate) fn pad(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(text))))
}

/// Lines of at most `columns`, broken between words; a longer word is cut.
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace().flat_map(|word| cut(word, columns.max(1))) {
        let last = lines.last_mut().expect_line();
        if last.is_empty() {
            *last = word;
        } else if width(last) + 1 + width(&word) <= columns {
            last.push(' ');
            last.push_str(&word);
        } else {
            lines.push(word);
        }
    }
    lines
}

/// The pieces of a word that is too long for a line.
fn cut(word: &str, columns: usize) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut used = 0;
    for c in word.chars() {
        let wide = c.width().unwrap_or(0);
        if used + wide > columns && used > 0 {
            pieces.push(String::new());
            used = 0;
        }
        used += wide;
        pieces.last_mut().expect_line().push(c);
    }
    pieces
}

trait ExpectLine<T> {
    fn expect_line(self) -> T;
}

impl<T> ExpectLine<T> for Option<T> {
    #[expect(
        clippy::expect_used,
        reason = "INVARIANT: these lists start with one line and only grow"
    )]
    fn expect_line(self) -> T {
        self.expect("one line")
    }
}

/// `  key         text…`, with the text wrapped and hung below itself.
pub(crate) fn hang(key: &str, text: &str, columns: usize) -> String {
    const KEY: usize = 14;
    let lines = wrap(text, columns.saturating_sub(KEY).max(20));
    let mut out = String::new();
    for (at, line) in lines.iter().enumerate() {
        let head = if at == 0 { format!("  {key}") } else { String::new() };
        out.push_str(format!("{}{line}", pad(&head, KEY)).trim_end());
        out.push('\n');
    }
    out
}

/// `1 step`, `2 steps`.
pub(crate) fn count(number: impl Into<u64>, one: &str) -> String {
    match number.into() {
        1 => format!("1 {one}"),
        many => format!("{} {}", thousands(many), plural(one)),
    }
}

fn plural(one: &str) -> String {
    match one.strip_suffix('y') {
        Some(stem) => format!("{stem}ies"),
        None => format!("{one}s"),
    }
}

/// `27,500,000`.
pub(crate) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `{observe, inject}`.
pub(crate) fn set<T: AsRef<str>>(items: &[T]) -> String {
    format!("{{{}}}", join(items))
}

/// `observe, inject`.
pub(crate) fn join<T: AsRef<str>>(items: &[T]) -> String {
    items.iter().map(AsRef::as_ref).collect::<Vec<&str>>().join(", ")
}

/// The same text for a terminal that shows ASCII only. Every sign keeps its width.
pub fn ascii(text: &str) -> String {
    text.chars().map(plain).collect()
}

fn plain(c: char) -> char {
    match c {
        '│' | '├' | '┤' | '┐' => '|',
        '─' => '-',
        '▶' => '>',
        '◀' => '<',
        '●' => '*',
        '·' | '–' => '-',
        '…' => '.',
        '✓' => '+',
        '✗' | '×' => 'x',
        '°' => 'd',
        '≤' => '<',
        '⊆' => '<',
        '’' => '\'',
        '“' | '”' => '"',
        c => c,
    }
}
