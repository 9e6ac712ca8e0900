//! Files of verdicts: what was found is written into them, or compared with them.

use crate::checker::suite::{Expectations, Options};
use crate::checker::verdicts::{self, Rewritten};
use crate::exit::Failure;
use crate::output::{Target, stderr, write};
use std::path::PathBuf;
use whoacts_checker::outcome::Outcome;
use whoacts_scenarios::{Beside, Case};

/// Takes the files of verdicts away from the cases: what is written anew need not be right before.
pub(crate) fn set_aside(cases: &mut [Case]) -> Result<Vec<Option<Beside>>, Failure> {
    let files: Vec<Option<Beside>> = cases.iter_mut().map(|case| case.verdicts.take()).collect();
    if files.iter().any(Option::is_some) {
        return Ok(files);
    }
    Err(Failure::Usage(
        "no story here has a file of verdicts beside it; make an empty `STORY.verdicts` beside `STORY.toml` to have it \
         written"
            .to_owned(),
    ))
}

/// Gives the files back to their cases, writes into them what was found, and joins to what was found that it is expected.
pub(crate) fn bless(
    cases: &mut [Case],
    files: Vec<Option<Beside>>,
    outcome: &mut Outcome,
    options: &Options,
    is_open_welcome: bool,
) -> Result<(), Failure> {
    for (case, beside) in cases.iter_mut().zip(files) {
        case.verdicts = beside;
    }
    let written = verdicts::bless(cases, outcome, options)?;
    let open: Vec<String> = written
        .iter()
        .flat_map(|file| file.open.iter().map(|run| format!("{} {run}", file.scenario)))
        .collect();
    if !is_open_welcome && !open.is_empty() {
        return Err(Failure::Inconclusive(refused(&open)));
    }
    for file in &written {
        keep(file)?;
        let case = cases.iter_mut().find(|case| case.scenario.id == file.scenario);
        if let Some(beside) = case.and_then(|case| case.verdicts.as_mut()) {
            beside.text.clone_from(&file.after);
        }
    }
    let expectations = Expectations::read(&*cases)?;
    outcome.checks.iter_mut().for_each(|check| expectations.judge(check));
    Ok(())
}

fn keep(file: &Rewritten) -> Result<(), Failure> {
    if file.before == file.after {
        return Ok(());
    }
    write(&Target::File(PathBuf::from(&file.file)), &file.after)?;
    let lines = match file.changed() {
        1 => "1 line".to_owned(),
        count => format!("{count} lines"),
    };
    stderr(&format!("wrote {}: {lines} changed\n", file.file));
    Ok(())
}

fn refused(open: &[String]) -> String {
    const SHOWN: usize = 5;
    let shown = open.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    let more = match open.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!(
        "nothing is written: a limit was reached in {shown}{more}; raise it, or write `?` with --bless-inconclusive"
    )
}
