//! `whoacts frontier`: which adversaries each cell survives, and two forms compared by that.

use crate::args::{ExperimentArgs, FrontierArgs};
use crate::checker::suite;
use crate::exit::Failure;
use crate::session::Session;
use crate::verbs::experiment::Experiment;
use whoacts_checker::experiment::{Lab, frontier};
use whoacts_reports::experiment::frontier::{markdown, pretty, value};

const FRONTIER: Experiment<frontier::Frontiers> = Experiment {
    run: walk,
    pretty,
    markdown,
    value,
    rows: &[("cells", &["mechanism", "variant", "profile", "property", "scenario"])],
    is_open: |found| found.cells.iter().any(|cell| !cell.open.is_empty()),
};

fn walk(lab: &Lab<'_>, args: &ExperimentArgs) -> Result<frontier::Frontiers, suite::Error> {
    let forms: Vec<_> = args.compare.iter().filter_map(|label| lab.form(label)).collect();
    match (args.compare.as_slice(), forms.as_slice()) {
        ([], _) => frontier::frontier(lab, None),
        ([_, _], [one, other]) => frontier::frontier(lab, Some((one, other))),
        _ => Err(suite::Error::Usage(
            "--compare takes two forms, such as --compare dpop,continuity/K4".to_owned(),
        )),
    }
}

pub(crate) fn run(args: &FrontierArgs, session: &Session) -> Result<u8, Failure> {
    let mut own = args.own.clone();
    own.compare.clone_from(&args.compare);
    // Two forms that are compared are the two that are run, unless others were named.
    if own.select.mechanism.is_empty() && own.select.profile.is_empty() {
        own.select.mechanism.clone_from(&args.compare);
    }
    FRONTIER.conduct(&own, session)
}
