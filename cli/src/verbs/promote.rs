//! `whoacts promote`: a regression scenario from a trace. It asks one property, under the trace's adversary and bounds, and
//! pins what each mechanism does there today.

use crate::args::PromoteArgs;
use crate::checker::suite::{self, Options};
use crate::exit::{EXPECTED, Failure};
use crate::output::{Target, folder, write};
use crate::session::{Session, shown};
use crate::{library, traces};
use serde_json::Value;
use std::path::{Path, PathBuf};
use whoacts_checker::outcome::{Check, Verdict};
use whoacts_scenarios::{Case, Regression, Row, parse_scenario, regression, shown as shown_path};

pub(crate) fn run(args: &PromoteArgs, session: &Session) -> Result<u8, Failure> {
    let (value, cases) = traces::load(&args.trace, &args.select, session)?;
    let replayed = crate::checker::trace_file::replay(&value, &cases).map_err(Failure::Usage)?;
    if !replayed.violated {
        return Err(Failure::Usage(
            "the trace breaks nothing any more, so there is nothing to keep".into(),
        ));
    }
    let case = cases.iter().find(|case| case.scenario.id == replayed.scenario);
    let case = case.ok_or_else(|| Failure::Internal("the trace's case is gone".into()))?;
    let path = args.output.clone().unwrap_or_else(|| place(case, &replayed.trace.id));
    if path.exists() {
        return Err(Failure::Usage(format!("`{}` is there already", shown_path(&path))));
    }
    let mut wanted = wanted(&value, case, &replayed.property)?;
    let found = find(case, &wanted, session)?;
    wanted.rows = rows(&found, &replayed.mechanism, &replayed.trace.id, &replayed.trace.why);
    let text = regression(&case.source_text, &wanted).map_err(Failure::Usage)?;
    let policy = policy_beside(&path, case)?;
    write(&Target::File(path.clone()), &text)?;
    if let Err(wrong) = library::load(std::slice::from_ref(&path)) {
        // Nothing half done is left behind.
        let _ = std::fs::remove_file(&path);
        return Err(wrong);
    }
    let mut said = format!("wrote {}\n", shown_path(&path));
    said.extend(policy.map(|path| format!("wrote {}\n", shown_path(&path))));
    said.push_str(&format!("\n  whoacts check {}\n", shown_path(&path)));
    write(&Target::Stdout, &shown(said))?;
    Ok(EXPECTED)
}

/// Beside the story that it comes from; in `regressions` where that is built in.
fn place(case: &Case, id: &str) -> PathBuf {
    let stem = case.scenario.id.rsplit('/').next().unwrap_or("story");
    let name = format!("{stem}-{id}.toml");
    let beside = Path::new(&case.file).parent().filter(|_| Path::new(&case.file).is_file());
    beside.unwrap_or(Path::new("regressions")).join(name)
}

/// The story that the trace belongs to, with the trace's adversary and bounds.
fn wanted(value: &Value, case: &Case, property: &str) -> Result<Regression, Failure> {
    const BOUNDS: [&str; 5] = ["replicas", "hops", "executions", "deliveries", "ticks"];
    let bound = |key: &'static str| {
        let number = value["bounds"][key].as_u64().and_then(|number| u32::try_from(number).ok());
        number
            .map(|number| (key, number))
            .ok_or_else(|| Failure::Usage(format!("the trace has no number `bounds.{key}`")))
    };
    let adversary = value["adversary"].as_array().into_iter().flatten();
    let id = value["id"].as_str().unwrap_or_default();
    Ok(Regression {
        title: format!("Regression: {}", case.scenario.title.value),
        source: format!("trace {id} of {}", case.scenario.id),
        property: property.to_owned(),
        adversary: adversary.filter_map(Value::as_str).map(str::to_owned).collect(),
        bounds: BOUNDS.into_iter().map(bound).collect::<Result<_, _>>()?,
        rows: Vec::new(),
    })
}

/// What every mechanism does in it.
fn find(case: &Case, wanted: &Regression, session: &Session) -> Result<Vec<Check>, Failure> {
    let text = regression(&case.source_text, wanted).map_err(Failure::Usage)?;
    let vocabulary = suite::vocabulary();
    let scenario = parse_scenario("promoted.toml", &case.scenario.id, text.as_bytes(), &vocabulary)
        .map_err(|errors| {
            Failure::Files(errors.iter().map(|error| error.render(&text)).collect())
        })?;
    let case = Case { scenario, source_text: text, verdicts: None, ..case.clone() };
    let options = Options::for_case(&case);
    Ok(suite::run(&[case], &options, &|_| (), session.interruptible())?.checks)
}

/// A row for each way in which mechanisms differ from what is expected where nothing is said.
fn rows(found: &[Check], mechanism: &str, id: &str, why: &str) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for check in found {
        let verdict = match check.verdict {
            Verdict::Violated => "violated",
            Verdict::Vacuous => "vacuous",
            Verdict::Inconclusive => continue,
            _ if check.served => continue,
            _ => "holds",
        };
        let label = check.label();
        let because = match label == mechanism {
            true => format!("trace {id}: {why}"),
            false => format!("found under these when the trace {id} was promoted"),
        };
        let same = |row: &&mut Row| {
            row.verdict == verdict && row.served == check.served && row.because == because
        };
        match rows.iter_mut().find(same) {
            Some(row) => row.on.push(label),
            None => rows.push(Row { on: vec![label], verdict, served: check.served, because }),
        }
    }
    rows
}

/// The policy goes along where the new place would not find it.
fn policy_beside(path: &Path, case: &Case) -> Result<Option<PathBuf>, Failure> {
    let is_on_disk = Path::new(&case.policy_file).is_file() && Path::new(&case.file).is_file();
    let home = path.parent().unwrap_or(Path::new(""));
    folder(if home.as_os_str().is_empty() { Path::new(".") } else { home })?;
    let absolute =
        std::fs::canonicalize(if home.as_os_str().is_empty() { Path::new(".") } else { home })
            .unwrap_or_else(|_| home.to_owned());
    let name = format!("policies/{}.toml", *case.scenario.policy);
    let is_found = absolute.ancestors().any(|folder| folder.join(&name).is_file());
    if !is_on_disk || is_found {
        return Ok(None);
    }
    let copy = home.join(name);
    folder(copy.parent().unwrap_or(home))?;
    write(&Target::File(copy.clone()), &case.policy_text)?;
    Ok(Some(copy))
}
