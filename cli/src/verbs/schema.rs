//! `whoacts schema`: JSON Schemas, for editors and for whoever reads our outputs.

use crate::args::SchemaArgs;
use crate::exit::{EXPECTED, Failure};
use crate::output::{Target, write};
use crate::suggest::unknown;

/// Prints the schema of that name; without a name, the names.
pub(crate) fn run(args: &SchemaArgs) -> Result<u8, Failure> {
    let text = match &args.name {
        Some(name) => named(name)?,
        None => names().iter().map(|name| format!("{name}\n")).collect(),
    };
    write(&Target::Stdout, &text)?;
    Ok(EXPECTED)
}

/// Files that people write come first.
fn names() -> Vec<&'static str> {
    let outputs = whoacts_reports::SCHEMAS.iter().map(|(name, _)| stem(name));
    ["scenario", "policy", "baseline"].into_iter().chain(outputs).collect()
}

/// `run/1` → `run`.
fn stem(name: &'static str) -> &'static str {
    name.split('/').next().unwrap_or(name)
}

fn named(name: &str) -> Result<String, Failure> {
    let output = whoacts_reports::SCHEMAS.iter().find(|(known, _)| stem(known) == name);
    match (name, output) {
        ("scenario", _) => Ok(format!("{:#}\n", whoacts_scenarios::schema::scenario())),
        ("policy", _) => Ok(format!("{:#}\n", whoacts_scenarios::schema::policy())),
        ("baseline", _) => Ok(include_str!("../../templates/baseline.schema.json").to_owned()),
        (_, Some((_, text))) => Ok((*text).to_owned()),
        _ => Err(Failure::Usage(unknown("schema", name, &names()))),
    }
}
