//! "Did you mean", for what was typed.

/// A sentence about an unknown name, with the closest known one or, where they are few, all.
pub(crate) fn unknown<S: AsRef<str>>(kind: &str, name: &str, known: &[S]) -> String {
    let known: Vec<&str> = known.iter().map(AsRef::as_ref).collect();
    let said = format!("no {kind} is called `{}`", shown(name));
    match closest(name, &known) {
        Some(close) => format!("{said}; did you mean `{close}`?"),
        None if known.is_empty() || known.len() > 40 => said,
        None => format!("{said}; there are {}", known.join(", ")),
    }
}

/// The known name that a slip of the keyboard could have made of `name`.
fn closest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let allowed = (name.chars().count() / 3).max(1);
    let distance =
        |known: &str| strsim::damerau_levenshtein(&name.to_lowercase(), &known.to_lowercase());
    let near = known.iter().map(|known| (distance(known), *known));
    near.filter(|(distance, _)| *distance <= allowed).min().map(|(_, known)| known)
}

/// What somebody typed, short and printable.
fn shown(text: &str) -> String {
    text.chars().take(60).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn close_names_are_offered() {
        let known = ["custody", "monotone"];
        assert_eq!(
            unknown("property", "custodyy", &known),
            "no property is called `custodyy`; did you mean `custody`?"
        );
        assert_eq!(
            unknown("property", "x", &known),
            "no property is called `x`; there are custody, monotone"
        );
    }
}
