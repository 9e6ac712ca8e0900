//! `whoacts conflate`: each pair of concepts merged.

use crate::args::ExperimentArgs;
use crate::exit::Failure;
use crate::session::Session;
use crate::verbs::experiment::Experiment;
use whoacts_checker::experiment::conflate;
use whoacts_reports::experiment::conflate::{markdown, pretty, value};

const CONFLATE: Experiment<conflate::Conflations> = Experiment {
    run: conflate::conflate,
    pretty,
    markdown,
    value,
    rows: &[("pairs", &["pair"])],
    is_open: |_| false,
};

pub(crate) fn run(args: &ExperimentArgs, session: &Session) -> Result<u8, Failure> {
    CONFLATE.conduct(args, session)
}
