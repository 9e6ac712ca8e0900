//! `whoacts score`: what the stories notice of systematic mutants.

use crate::args::ExperimentArgs;
use crate::exit::Failure;
use crate::session::Session;
use crate::verbs::experiment::Experiment;
use whoacts_checker::experiment::score;
use whoacts_reports::experiment::score::{markdown, pretty, value};

const SCORE: Experiment<score::Score> = Experiment {
    run: |lab, _| score::score(lab),
    pretty,
    markdown,
    value,
    rows: &[("survivors", &["where", "change"]), ("killers", &["where", "change"])],
    is_open: |_| false,
};

pub(crate) fn run(args: &ExperimentArgs, session: &Session) -> Result<u8, Failure> {
    SCORE.conduct(args, session)
}
