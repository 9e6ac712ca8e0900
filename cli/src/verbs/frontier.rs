//! `whoacts frontier`: which adversaries each cell survives, and two forms compared by that.

use crate::args::FrontierArgs;
use crate::exit::Failure;
use crate::session::Session;
use crate::verbs::experiment::Experiment;
use whoacts_checker::experiment::{Lab, frontier};
use whoacts_reports::experiment::frontier::{markdown, pretty, value};

pub(crate) fn run(args: &FrontierArgs, session: &Session) -> Result<u8, Failure> {
    let mut own = args.own.clone();
    let compared = frontier::pair(&args.compare)?;
    // The two that are compared are run, unless others were named.
    if own.select.mechanism.is_empty() && own.select.profile.is_empty() {
        own.select.mechanism.extend(compared.iter().flatten().map(|form| form.label()));
    }
    let experiment = Experiment {
        run: |lab: &Lab<'_>| {
            let mut found = frontier::frontier(lab)?;
            found.comparison = compared.map(|pair| frontier::compare(lab, &found.cells, pair));
            Ok(found)
        },
        pretty,
        markdown,
        value,
        rows: &[("cells", &["mechanism", "variant", "profile", "property", "scenario"])],
        is_open: |found| found.cells.iter().any(|cell| !cell.open.is_empty()),
    };
    experiment.conduct(&own, session)
}
