//! Saved traces: found by file, by id in `traces`, or by running again.

use crate::args::Select;
use crate::checker::{suite, trace_file};
use crate::exit::Failure;
use crate::input;
use crate::output::{Target, write};
use crate::progress::Meter;
use crate::session::Session;
use crate::{library, select};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use whoacts_checker::outcome::{Check, Outcome};
use whoacts_scenarios::{Case, shown as shown_path};

/// Where traces are looked for by id.
const FOLDER: &str = "traces";
/// An id is at least so long where only its beginning is typed.
const SHORTEST: usize = 4;

/// Whether this names a trace and nothing else: a file, or something like an id.
pub(crate) fn looks_like_one(what: &str) -> bool {
    Path::new(what).is_file() || what.ends_with(".json") || is_id(what)
}

fn is_id(what: &str) -> bool {
    what.len() >= SHORTEST && what.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The trace of that file or id, where it is on the disk.
fn find(what: &str) -> Result<Option<Value>, Failure> {
    let path = Path::new(what);
    if path.exists() || what.ends_with(".json") {
        return read(path).map(Some);
    }
    if !is_id(what) {
        return Err(Failure::Usage(format!("`{what}` is neither a file nor the id of a trace")));
    }
    saved(what).map(|path| read(&path)).transpose()
}

fn read(path: &Path) -> Result<Value, Failure> {
    let wrong =
        |reason: String| Failure::Usage(format!("cannot read `{}`: {reason}", shown_path(path)));
    let bytes = input::bytes(path).map_err(wrong)?;
    serde_json::from_slice(&bytes).map_err(|error| wrong(format!("it is not JSON: {error}")))
}

fn reason(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".into(),
        _ => error.to_string().to_lowercase(),
    }
}

/// The first file in `traces` whose name starts with the id.
fn saved(id: &str) -> Option<PathBuf> {
    let files = fs::read_dir(FOLDER).ok()?.flatten().map(|entry| entry.path());
    let is_it = |path: &PathBuf| {
        let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
        path.extension().is_some_and(|kind| kind == "json")
            && stem.is_some_and(|stem| stem.starts_with(id))
    };
    let mut files: Vec<PathBuf> = files.filter(is_it).collect();
    files.sort();
    files.into_iter().next()
}

/// Runs the cases, and saves the trace of that id.
fn run_again(
    id: &str,
    cases: &[Case],
    selected: &Select,
    session: &Session,
) -> Result<Value, Failure> {
    let options = select::options(selected, None)?;
    let meter = Meter::new(session.progress);
    let outcome =
        suite::run(cases, &options, &|progress| meter.tell(&progress), session.interruptible())?;
    drop(meter);
    let traced = outcome
        .checks
        .iter()
        .find(|check| check.trace.as_ref().is_some_and(|trace| trace.id.starts_with(id)));
    let check = traced.ok_or_else(|| {
        Failure::Usage(format!(
            "no attack has the id `{id}`; it may belong to other files or other bounds"
        ))
    })?;
    save(check, cases)
}

fn save(check: &Check, cases: &[Case]) -> Result<Value, Failure> {
    let case = cases.iter().find(|case| case.scenario.id == check.scenario);
    let case =
        case.ok_or_else(|| Failure::Internal(format!("the case `{}` is gone", check.scenario)))?;
    Ok(trace_file::save(check, case))
}

/// Writes the trace of every violation to `<id>.json` in a folder; how many.
pub(crate) fn save_all(outcome: &Outcome, cases: &[Case], folder: &Path) -> Result<usize, Failure> {
    library_folder(folder)?;
    let mut written = std::collections::BTreeSet::new();
    for check in &outcome.checks {
        let Some(trace) = &check.trace else { continue };
        if written.insert(trace.id.clone()) {
            let value = save(check, cases)?;
            write(
                &Target::File(folder.join(format!("{}.json", trace.id))),
                &format!("{value:#}\n"),
            )?;
        }
    }
    Ok(written.len())
}

fn library_folder(folder: &Path) -> Result<(), Failure> {
    fs::create_dir_all(folder).map_err(|error| {
        Failure::Usage(format!("cannot write `{}`: {}", shown_path(folder), reason(&error)))
    })
}

/// The trace, executed again, with the cases that it may belong to.
pub(crate) fn replay(
    what: &str,
    selected: &Select,
    session: &Session,
) -> Result<trace_file::Replayed, Failure> {
    let (value, cases) = load(what, selected, session)?;
    trace_file::replay(&value, &cases).map_err(Failure::Usage)
}

/// The trace as it was saved, with the cases that it may belong to.
pub(crate) fn load(
    what: &str,
    selected: &Select,
    session: &Session,
) -> Result<(Value, Vec<Case>), Failure> {
    let found = find(what)?;
    let cases = library::load(&selected.paths)?;
    let value = found.map_or_else(|| run_again(what, &cases, selected, session), Ok)?;
    Ok((value, cases))
}
