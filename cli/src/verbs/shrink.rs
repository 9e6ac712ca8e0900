//! `whoacts shrink`: a smaller trace to the same violation, replayed under Ed25519.

use crate::args::ShrinkArgs;
use crate::checker::shrink::{Shrunk, shrink};
use crate::exit::{EXPECTED, Failure};
use crate::output::{Target, folder, write};
use crate::session::{Session, shown};
use crate::traces;
use crate::verbs::formats;
use whoacts_reports::story::{self, Tale};

pub(crate) fn run(args: &ShrinkArgs, session: &Session) -> Result<u8, Failure> {
    let targets = formats::parse(&args.format, &["pretty", "json"])?;
    let (value, cases) = traces::load(&args.trace, &args.select, session)?;
    let shrunk = shrink(&value, &cases).map_err(Failure::Usage)?;
    let file = format!("{:#}\n", shrunk.file);
    if let Some(path) = &args.output {
        if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            folder(parent)?;
        }
        write(&Target::File(path.clone()), &file)?;
    }
    for (name, target) in targets {
        let look = session.look(&(), target == Target::Stdout);
        let text = match name {
            "json" => file.clone(),
            _ if target == Target::Stdout => {
                shown(story::tell(&tale(&shrunk, &end(&shrunk)), &look))
            }
            _ => story::tell(&tale(&shrunk, &end(&shrunk)), &look),
        };
        write(&target, &text)?;
    }
    Ok(EXPECTED)
}

fn end(shrunk: &Shrunk) -> String {
    let after = shrunk.trace.steps.len();
    match shrunk.before.saturating_sub(after) {
        0 => "replayed under Ed25519; it was as short already".into(),
        fewer => {
            format!("replayed under Ed25519; {fewer} of {} moves were not needed", shrunk.before)
        }
    }
}

fn tale<'s>(shrunk: &'s Shrunk, end: &'s str) -> Tale<'s> {
    Tale {
        scenario: &shrunk.scenario,
        title: "",
        mechanism: &shrunk.mechanism,
        property: shrunk.property,
        trace: &shrunk.trace,
        end,
    }
}
