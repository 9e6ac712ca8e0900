//! Characters that are not seen, or that change the order in which others are seen: what a file says must be what it shows.

use crate::error::{Error, Errors};

/// Where such characters stand in Unicode.
const HIDDEN: [(char, char); 16] = [
    ('\u{ad}', '\u{ad}'),
    ('\u{34f}', '\u{34f}'),
    ('\u{61c}', '\u{61c}'),
    ('\u{115f}', '\u{1160}'),
    ('\u{17b4}', '\u{17b5}'),
    ('\u{180b}', '\u{180f}'),
    ('\u{200b}', '\u{200f}'),
    ('\u{2028}', '\u{202e}'),
    ('\u{2060}', '\u{206f}'),
    ('\u{3164}', '\u{3164}'),
    ('\u{fe00}', '\u{fe0f}'),
    ('\u{feff}', '\u{feff}'),
    ('\u{ffa0}', '\u{ffa0}'),
    ('\u{fff9}', '\u{fffb}'),
    ('\u{1bca0}', '\u{1bca3}'),
    ('\u{e0000}', '\u{e0fff}'),
];

/// Whether a character is invisible, or moves what stands beside it (bidirectional controls).
pub fn is_hidden(c: char) -> bool {
    HIDDEN.iter().any(|&(first, last)| (first..=last).contains(&c))
}

/// The text with every character escaped that a terminal or a log would not show as it is: controls, and hidden ones.
pub fn escaped(text: &str) -> String {
    let odd = |c: char| c.is_control() || is_hidden(c);
    text.chars()
        .map(|c| if odd(c) { c.escape_unicode().to_string() } else { c.to_string() })
        .collect()
}

/// Reports each hidden character of a file, comments included. A mark of the byte order at its start is none.
pub(crate) fn check(text: &str, errors: &mut Errors<'_>) {
    let after_mark = text.strip_prefix('\u{feff}').map_or(0, |rest| text.len() - rest.len());
    for (at, c) in text.char_indices().filter(|&(at, c)| at >= after_mark && is_hidden(c)) {
        errors.add(|source| {
            let span = source.span(at..at + c.len_utf8());
            Error::new(span, "hidden-character", fault(c)).with_help("take it out")
        });
    }
}

/// What is wrong with a text that contains such a character.
pub(crate) fn fault(c: char) -> String {
    format!("the character U+{:04X} is not seen, or moves what stands beside it", u32::from(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_seen_is_escaped_and_what_is_seen_stays() {
        assert_eq!(escaped("a\nb\u{202e}c\u{200b}"), "a\\u{a}b\\u{202e}c\\u{200b}");
        assert_eq!(escaped("café – 日本語 ✓ 🙂"), "café – 日本語 ✓ 🙂");
    }

    #[test]
    fn the_table_is_in_order() {
        assert!(HIDDEN.windows(2).all(|pair| pair[0].1 < pair[1].0));
        assert!(HIDDEN.iter().all(|(first, last)| first <= last));
    }
}
