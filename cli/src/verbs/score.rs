//! `whoacts score`: what the stories notice of systematic mutants.

use crate::args::ExperimentArgs;
use crate::exit::{Failure, UNEXPECTED};
use crate::session::Session;
use crate::verbs::experiment::Experiment;
use whoacts_checker::experiment::score;
use whoacts_reports::experiment::score::{markdown, pretty, value};

const SCORE: Experiment<score::Score> = Experiment {
    run: score::score,
    pretty,
    markdown,
    value,
    rows: &[("survivors", &["where", "change"]), ("killers", &["where", "change"])],
    is_open: |_| false,
};

/// A survivor that nobody explained is an error, and so is the explanation of one that does not survive.
pub(crate) fn run(args: &ExperimentArgs, session: &Session) -> Result<u8, Failure> {
    let (found, code) = SCORE.carry_out(args, session)?;
    Ok(if found.is_unexplained() { UNEXPECTED } else { code })
}
