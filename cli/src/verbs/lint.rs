//! `whoacts lint`: what is probably not meant in policies and stories.

use crate::args::{LintArgs, Select};
use crate::exit::{EXPECTED, Failure, UNEXPECTED};
use crate::output::{Target, write};
use crate::progress::Meter;
use crate::session::{Session, shown};
use crate::verbs::formats;
use crate::{library, select};
use whoacts_checker::lint::lint;
use whoacts_reports::lint::{FORMATS, render};

pub(crate) fn run(args: &LintArgs, session: &Session) -> Result<u8, Failure> {
    let targets = formats::parse(&args.format, FORMATS)?;
    let selected = Select {
        paths: args.paths.clone(),
        mechanism: args.mechanism.clone(),
        profile: Vec::new(),
        property: Vec::new(),
        tag: None,
        filter: args.filter.clone(),
        adversary: Vec::new(),
        set: Vec::new(),
    };
    let mut options = select::options(&selected, None)?;
    options.threads = args.threads.unwrap_or(options.threads);
    options.timeout = args.timeout;
    let cases = library::load(&args.paths)?;
    let meter = Meter::new(session.progress);
    let found = lint(&cases, &options, &|progress| meter.tell(&progress), session.interruptible())?;
    drop(meter);
    let is_meant = |id: &str| args.filter.as_ref().is_none_or(|filter| id.contains(filter));
    let stories = cases.iter().filter(|case| is_meant(&case.scenario.id)).count();
    let sources = library::sources(&cases);
    for (name, target) in targets {
        let to_stdout = target == Target::Stdout;
        let text = render(&found, stories, name, &session.look(&sources, to_stdout));
        write(&target, &if name == "pretty" && to_stdout { shown(text) } else { text })?;
    }
    Ok(if found.is_empty() { EXPECTED } else { UNEXPECTED })
}
