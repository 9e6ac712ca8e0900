//! What the four experiments have in common: set up, run, say, compare.

use crate::args::ExperimentArgs;
use crate::checker::suite;
use crate::exit::{EXPECTED, Failure, UNEXPECTED};
use crate::expected::{Rows, differs};
use crate::output::{Target, stderr, write};
use crate::progress::Meter;
use crate::session::{Session, shown};
use crate::verbs::formats;
use crate::{library, select};
use serde_json::Value;
use whoacts_checker::experiment::Lab;
use whoacts_reports::{Look, experiment};

/// How one experiment is run and said.
pub(crate) struct Experiment<T, F = fn(&Lab<'_>) -> Result<T, suite::Error>> {
    /// Runs it.
    pub(crate) run: F,
    /// For people.
    pub(crate) pretty: fn(&T, &Look<'_>) -> String,
    /// As a page.
    pub(crate) markdown: fn(&T, &Look<'_>) -> String,
    /// For machines.
    pub(crate) value: fn(&T, &Look<'_>) -> Value,
    /// The rows that are compared with a stored result.
    pub(crate) rows: Rows,
    /// Whether it says itself that something is open, and so inconclusive. (A search that was cut off is besides.)
    pub(crate) is_open: fn(&T) -> bool,
}

impl<T, F: Fn(&Lab<'_>) -> Result<T, suite::Error>> Experiment<T, F> {
    /// A success when it finishes, unless a stored result says otherwise.
    pub(crate) fn conduct(&self, args: &ExperimentArgs, session: &Session) -> Result<u8, Failure> {
        self.carry_out(args, session).map(|(_, code)| code)
    }

    /// The same, and what was found.
    pub(crate) fn carry_out(
        &self,
        args: &ExperimentArgs,
        session: &Session,
    ) -> Result<(T, u8), Failure> {
        let targets = formats::parse(&args.format, experiment::FORMATS)?;
        let mut options = select::options(&args.select, None)?;
        if let Some(threads) = args.threads {
            options.threads = threads;
        }
        options.max_states = args.max_states;
        options.timeout = args.timeout;
        let cases = library::load(&args.select.paths)?;
        let meter = Meter::new(session.progress);
        let tell = |progress| meter.tell(&progress);
        let lab = Lab::new(&cases, &options, &tell, session.interruptible())?;
        let found = (self.run)(&lab)?;
        let cut = lab.inquiry.cut();
        drop(meter);
        self.say(&found, &targets, session)?;
        let look = session.look(&(), false);
        let unexpected = match &args.expect {
            Some(path) => differs(path, &(self.value)(&found, &look), self.rows)?,
            None => false,
        };
        if cut > 0 {
            stderr(&format!(
                "note: searches that a limit ended: {cut}. What did not break there is open\n"
            ));
        }
        let is_open = cut > 0 || (self.is_open)(&found);
        let code = match (unexpected, is_open) {
            (true, _) => UNEXPECTED,
            (_, true) => crate::exit::INCONCLUSIVE,
            _ => EXPECTED,
        };
        Ok((found, code))
    }

    fn say(
        &self,
        found: &T,
        targets: &[(&'static str, Target)],
        session: &Session,
    ) -> Result<(), Failure> {
        for (name, target) in targets {
            let to_stdout = *target == Target::Stdout;
            let look = session.look(&(), to_stdout);
            let text = match *name {
                "json" => experiment::text(&(self.value)(found, &look)),
                "markdown" => (self.markdown)(found, &look),
                _ if to_stdout => shown((self.pretty)(found, &look)),
                _ => (self.pretty)(found, &look),
            };
            write(target, &text)?;
        }
        Ok(())
    }
}
