//! `whoacts matrix`: properties against mechanisms.

use crate::args::MatrixArgs;
use crate::exit::{EXPECTED, Failure, INCONCLUSIVE};
use crate::session::Session;
use crate::verbs::check::{execute_with, say, targets};
use whoacts_checker::outcome::Verdict;
use whoacts_reports::Shows;

/// An experiment: it is a success when it finishes, whatever it finds.
pub(crate) fn run(args: &MatrixArgs, session: &Session) -> Result<u8, Failure> {
    let targets = targets(&args.format, Shows::Matrix)?;
    let ran = execute_with(&args.reuse, &args.select, &args.search, session)?;
    say(&ran, &args.select, args.timing, Shows::Matrix, &targets, session)?;
    let is_open = ran.outcome.checks.iter().any(|check| check.verdict == Verdict::Inconclusive);
    Ok(if is_open { INCONCLUSIVE } else { EXPECTED })
}
