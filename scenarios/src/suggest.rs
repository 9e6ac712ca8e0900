//! "Did you mean": the closest known name, only where it is close.

use crate::hidden::is_hidden;
use crate::limits::MAX_NAME;

/// How many candidates are listed where none is close.
const LISTED: usize = 8;

/// The known name closest to `name`, where a slip of the keyboard explains the difference,
/// or one that it begins.
pub(crate) fn closest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = name.chars().count();
    if length > MAX_NAME {
        return None;
    }
    let allowed = (length / 3).max(1);
    let name = name.to_lowercase();
    let known: Vec<&str> = known.into_iter().collect();
    let slip = known
        .iter()
        .copied()
        .filter(|known| known.chars().count().abs_diff(length) <= allowed)
        .map(|known| (strsim::damerau_levenshtein(&name, &known.to_lowercase()), known))
        .filter(|&(distance, _)| distance <= allowed && distance < length.max(2))
        .min()
        .map(|(_, known)| known);
    let is_start = |known: &&&str| length >= 3 && known.to_lowercase().starts_with(&name);
    slip.or_else(|| known.iter().find(is_start).copied())
}

/// A help line for an unknown name: the closest one, or all where they are few.
pub(crate) fn help<'a>(
    name: &str,
    known: impl IntoIterator<Item = &'a str> + Clone,
) -> Option<String> {
    let close = closest(name, known.clone());
    let known: Vec<String> = known.into_iter().map(|known| format!("`{}`", shown(known))).collect();
    let is_few = known.len() <= LISTED;
    match (close, known.as_slice()) {
        (Some(close), _) if !(is_few && same_but_digits(close, name)) => {
            Some(format!("did you mean `{}`?", shown(close)))
        }
        (_, []) => None,
        (_, [only]) => Some(format!("there is only {only}")),
        _ => is_few.then(|| format!("there are {}", known.join(", "))),
    }
}

/// `alice_1` and `alice_2` are two names, not a slip.
pub(crate) fn same_but_digits(one: &str, other: &str) -> bool {
    let letters = |name: &str| name.replace(|c: char| c.is_ascii_digit(), "");
    letters(one) == letters(other)
}

/// A sentence inside another one: lower case at its start, no full stop.
pub(crate) fn lowered(sentence: &str) -> String {
    let mut chars = sentence.trim_end_matches('.').chars();
    chars.next().into_iter().flat_map(char::to_lowercase).chain(chars).collect()
}

/// `1 replica`, `2 replicas`.
pub(crate) fn counted(number: u32, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// What somebody wrote, shortened so that it fits into a message.
pub(crate) fn shown(text: &str) -> String {
    const SHOWN: usize = 60;
    let odd = |c: char| c.is_control() || is_hidden(c);
    let clean: String =
        text.chars().take(SHOWN).map(|c| if odd(c) { '\u{fffd}' } else { c }).collect();
    if text.chars().nth(SHOWN).is_some() { format!("{clean}…") } else { clean }
}
