//! `whoacts ablate`: each guard dropped in turn, and what each mechanism would need.

use crate::args::ExperimentArgs;
use crate::exit::Failure;
use crate::session::Session;
use crate::verbs::experiment::Experiment;
use whoacts_checker::experiment::ablate;
use whoacts_reports::experiment::ablate::{markdown, pretty, value};

const ABLATE: Experiment<ablate::Ablation> = Experiment {
    run: ablate::ablate,
    pretty,
    markdown,
    value,
    rows: &[("guards", &["guard"]), ("needs", &["mechanism", "variant", "profile", "property"])],
    is_open: |_| false,
};

pub(crate) fn run(args: &ExperimentArgs, session: &Session) -> Result<u8, Failure> {
    ABLATE.conduct(args, session)
}
