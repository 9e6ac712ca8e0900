//! `whoacts check`: runs the suite and says what came of it.

use crate::args::{CheckArgs, Reuse, Search, Select};
use crate::checker::{suite, verdicts};
use crate::exit::{self, Failure};
use crate::output::{Target, append, stderr, write};
use crate::progress::Meter;
use crate::session::{Session, shown};
use crate::verbs::formats;
use crate::{baseline, bless, cache, changed, library, select, traces};
use std::path::Path;
use std::time::{Duration, Instant};
use whoacts_checker::outcome::Outcome;
use whoacts_reports::{Detail, Look, Shows};
use whoacts_scenarios::{Case, Library};

pub(crate) fn run(args: &CheckArgs, session: &Session) -> Result<u8, Failure> {
    let targets = targets(&args.format, Shows::Run)?;
    let known = args.accepted.baseline.as_deref().map(baseline::read).transpose()?;
    let library = library::all(&args.select.paths)?;
    // Before anything is left out: a mistake is one whether or not something changed.
    let options = select::options(&args.select, Some(&args.search))?;
    suite::judge(&library.cases, &options)?;
    let looked_at = looked_at(&library, &options);
    let mut cases = match &args.changed_since {
        Some(revision) => changed::since(revision, library.cases)?,
        None => library.cases,
    };
    let nothing_changed = cases.is_empty();
    let files = match args.bless && !nothing_changed {
        true => Some(bless::set_aside(&mut cases)?),
        false => None,
    };
    let mut ran = match nothing_changed {
        true => Ran { cases, outcome: Outcome { checks: Vec::new() }, time: Duration::ZERO },
        false => run_on(cases, &args.reuse, &args.select, &args.search, session)?,
    };
    if let Some(files) = files {
        let (cases, outcome) = (&mut ran.cases, &mut ran.outcome);
        bless::bless(cases, files, outcome, &options, args.bless_inconclusive)?;
    }
    let stale = accept(args, known, &mut ran)?;
    if let Some(folder) = &args.save_traces {
        traces::save_all(&ran.outcome, &ran.cases, folder)?;
    }
    say(&ran, &args.select, args.timing, Shows::Run, &targets, session)?;
    let differences = verdicts::differences(&ran.cases, &ran.outcome, &options)?;
    let is_for_people = targets.contains(&("pretty", Target::Stdout));
    for file in &differences {
        match is_for_people {
            true => write(&Target::Stdout, &format!("\n{}", file.diff()))?,
            false => stderr(&file.diff()),
        }
    }
    stale.iter().for_each(|entry| stderr(&format!("stale baseline entry: {entry}\n")));
    if let (Some(said), true) = (looked_at, session.detail > Detail::Quiet) {
        stderr(&format!("{said}\n"));
    }
    if nothing_changed {
        stderr("nothing that is checked here has changed\n");
        return Ok(exit::EXPECTED);
    }
    let stale = if stale.is_empty() { exit::EXPECTED } else { exit::STALE };
    let differs = if differences.is_empty() { exit::EXPECTED } else { exit::UNEXPECTED };
    Ok(exit::worst(&[exit::code(&ran.outcome), stale, differs]))
}

/// `12 stories, 2 files skipped: …, 1 not selected`, where something was not looked at.
fn looked_at(library: &Library, options: &suite::Options) -> Option<String> {
    let stories = library.cases.len();
    let left = library.cases.iter().filter(|case| !options.selects(case)).count();
    let said = library::skipped(&library.skipped);
    let is_whole = left == 0 && library.skipped.is_empty();
    (!is_whole).then(|| format!("{stories} stories, {left} not selected, {said}"))
}

/// Accepts what a baseline says, or writes one; the complaints about stale entries.
fn accept(
    args: &CheckArgs,
    known: Option<Vec<baseline::Entry>>,
    ran: &mut Ran,
) -> Result<Vec<String>, Failure> {
    let accepted = &args.accepted;
    let (Some(path), Some(reason), Some(expires)) =
        (&accepted.write_baseline, &accepted.reason, &accepted.expires)
    else {
        let known = known.unwrap_or_default();
        return Ok(baseline::apply(known, &mut ran.outcome, &ran.cases).stale);
    };
    let known = if path.exists() { baseline::read(path)? } else { Vec::new() };
    let kept = baseline::apply(known, &mut ran.outcome, &ran.cases);
    let new = baseline::accept(&ran.outcome, &ran.cases, reason, expires);
    let entries: Vec<baseline::Entry> =
        kept.idle.into_iter().chain(kept.used).chain(new.iter().cloned()).collect();
    write(&Target::File(path.clone()), &baseline::text(&entries))?;
    Ok(baseline::apply(new, &mut ran.outcome, &ran.cases).stale)
}

/// A finished run with what it was run on.
pub(crate) struct Ran {
    pub(crate) cases: Vec<Case>,
    pub(crate) outcome: Outcome,
    pub(crate) time: Duration,
}

/// Runs what was selected, as far as it is not known already.
pub(crate) fn execute_with(
    reuse: &Reuse,
    selected: &Select,
    search: &Search,
    session: &Session,
) -> Result<Ran, Failure> {
    run_on(library::load(&selected.paths)?, reuse, selected, search, session)
}

/// Runs these cases, as far as they are not known already.
fn run_on(
    cases: Vec<Case>,
    reuse: &Reuse,
    selected: &Select,
    search: &Search,
    session: &Session,
) -> Result<Ran, Failure> {
    let options = select::options(selected, Some(search))?;
    let start = Instant::now();
    let meter = Meter::new(session.progress);
    let (tell, stop) = (|progress| meter.tell(&progress), session.interruptible());
    let cache = if reuse.no_cache { None } else { cache::Cache::open() };
    let outcome = match cache {
        Some(cache) => cache::run(&cache, &cases, &options, &tell, stop)?,
        None => suite::run(&cases, &options, &tell, stop)?,
    };
    Ok(Ran { cases, outcome, time: start.elapsed() })
}

/// The formats that were asked for, with where they go.
pub(crate) fn targets(
    given: &[String],
    shows: Shows,
) -> Result<Vec<(&'static str, Target)>, Failure> {
    let known: Vec<&str> = whoacts_reports::formats(shows).map(|format| format.name).collect();
    formats::parse(given, &known)
}

/// Renders a run in each format.
pub(crate) fn say(
    ran: &Ran,
    selected: &Select,
    timing: bool,
    shows: Shows,
    targets: &[(&'static str, Target)],
    session: &Session,
) -> Result<(), Failure> {
    let sources = library::sources(&ran.cases);
    let again = select::again(selected);
    for (name, target) in targets {
        let to_stdout = *target == Target::Stdout;
        let look = Look {
            feature: selected.paths.is_empty(),
            again: &again,
            timing: timing.then_some(ran.time),
            ..session.look(&sources, to_stdout)
        };
        let Some(format) = whoacts_reports::format(shows, name) else { continue };
        let text = (format.render)(&ran.outcome, &look);
        let is_for_people = *name == "pretty" && to_stdout;
        write(target, &if is_for_people { shown(text) } else { text })?;
        if *name == "github" {
            summarise(&ran.outcome, &look)?;
        }
    }
    Ok(())
}

/// The job summary, where GitHub Actions says where it wants one.
fn summarise(outcome: &Outcome, look: &Look<'_>) -> Result<(), Failure> {
    let Some(path) = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()) else {
        return Ok(());
    };
    append(Path::new(&path), &whoacts_reports::markdown::render(outcome, look))
}
