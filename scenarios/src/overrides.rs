//! `--set KEY=VALUE`: one bound of a scenario, changed from outside its file.

use crate::check;
use crate::error::Error;
use crate::keys::BOUNDS;
use crate::scenario::Scenario;
use crate::shape;
use crate::source::Source;
use crate::span::Spanned;
use crate::suggest;

/// What the command line is called in errors.
const FILE: &str = "--set";
/// The table whose keys can be set.
const PREFIX: &str = "bounds.";

/// Sets one bound, such as `bounds.replicas` to `4`, under the rules of the file.
///
/// The spans of errors lie in the text `KEY=VALUE`; the oracle keeps its own bounds.
/// An error leaves the scenario as it was.
pub fn set(scenario: &mut Scenario, key: &str, value: &str) -> Result<(), Error> {
    let written = format!("{key}={value}");
    let source = Source::new(FILE, &written);
    let key_at = source.span(0..key.len());
    let value_at = source.span(key.len() + 1..written.len());
    let spec = key.strip_prefix(PREFIX).and_then(|name| BOUNDS.key(name)).ok_or_else(|| {
        let known: Vec<String> =
            BOUNDS.keys.iter().map(|key| format!("{PREFIX}{}", key.name)).collect();
        let message = format!("there is nothing called `{}` to set", suggest::shown(key));
        let help = suggest::help(key, known.iter().map(String::as_str));
        Error { help, ..Error::new(key_at, "bad-override", message) }
    })?;
    let number: i64 = value.trim().parse().map_err(|_| {
        let message = format!("`{}` is no whole number", suggest::shown(value));
        Error::new(value_at.clone(), "bad-override", message)
    })?;
    if let Some((code, message)) = shape::count_fault(spec, number) {
        return Err(Error::new(value_at, code, message));
    }
    let bound = Spanned::new(u32::try_from(number).unwrap_or(u32::MAX), value_at);
    replace(scenario, spec.name, bound)
}

/// Puts the bound in place, unless an instance that the scenario names would then not exist.
fn replace(scenario: &mut Scenario, name: &str, bound: Spanned<u32>) -> Result<(), Error> {
    let before = scenario.bounds.clone();
    let bounds = &mut scenario.bounds;
    *match name {
        "replicas" => &mut bounds.replicas,
        "hops" => &mut bounds.hops,
        "executions" => &mut bounds.executions,
        "deliveries" => &mut bounds.deliveries,
        _ => &mut bounds.ticks,
    } = bound;
    match check::targets(scenario, &|_| false).into_iter().next() {
        None => Ok(()),
        Some(error) => {
            scenario.bounds = before;
            Err(error)
        }
    }
}
