//! `--format FORMAT[:FILE]`, as often as wanted.

use crate::exit::Failure;
use crate::output::Target;
use crate::suggest::unknown;
use whoacts_scenarios::shown as shown_path;

/// The formats with their targets; `pretty` to standard output where none is given.
pub(crate) fn parse(
    given: &[String],
    known: &[&'static str],
) -> Result<Vec<(&'static str, Target)>, Failure> {
    if given.is_empty() {
        return Ok(vec![("pretty", Target::Stdout)]);
    }
    let parsed: Vec<_> = given.iter().map(|text| one(text, known)).collect::<Result<_, _>>()?;
    for (at, (name, target)) in parsed.iter().enumerate() {
        if parsed[..at].iter().any(|(_, other)| other == target) {
            let place = match target {
                Target::Stdout => "standard output".to_owned(),
                Target::File(path) => format!("`{}`", shown_path(path)),
            };
            return Err(Failure::Usage(format!(
                "two formats go to {place}; write `--format {name}:FILE`"
            )));
        }
    }
    Ok(parsed)
}

fn one(text: &str, known: &[&'static str]) -> Result<(&'static str, Target), Failure> {
    let (name, target) = match text.split_once(':') {
        Some((_, "")) => {
            return Err(Failure::Usage(format!("`{text}` names no file after the colon")));
        }
        Some((name, file)) => (name, Target::File(file.into())),
        None => (text, Target::Stdout),
    };
    let name = known.iter().find(|known| **known == name);
    let name = name.ok_or_else(|| {
        Failure::Usage(unknown("format", text.split(':').next().unwrap_or(text), known))
    })?;
    Ok((name, target))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(given: &[&str]) -> Result<Vec<(&'static str, Target)>, Failure> {
        let given: Vec<String> = given.iter().map(|&text| text.to_owned()).collect();
        parse(&given, &["pretty", "json"])
    }

    #[test]
    fn a_file_may_follow() {
        let file = Target::File("a:b.json".into());
        assert_eq!(
            of(&["pretty", "json:a:b.json"]),
            Ok(vec![("pretty", Target::Stdout), ("json", file)])
        );
        assert_eq!(of(&[]), Ok(vec![("pretty", Target::Stdout)]));
    }

    #[test]
    fn mistakes_are_told() {
        let said = |given: &[&str]| of(given).expect_err("a mistake").to_string();
        assert_eq!(said(&["jsn"]), "error: no format is called `jsn`; did you mean `json`?");
        assert_eq!(said(&["json:"]), "error: `json:` names no file after the colon");
        assert_eq!(
            said(&["json", "pretty"]),
            "error: two formats go to standard output; write `--format pretty:FILE`"
        );
    }
}
