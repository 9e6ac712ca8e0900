//! `whoacts replay`: a saved trace, executed again under Ed25519.

use crate::args::ReplayArgs;
use crate::checker::trace_file::Replayed;
use crate::exit::{EXPECTED, Failure, UNEXPECTED};
use crate::output::{Target, write};
use crate::session::{Session, shown};
use crate::traces;
use crate::verbs::formats;
use whoacts_reports::Look;
use whoacts_reports::story::{self, Tale};

pub(crate) fn run(args: &ReplayArgs, session: &Session) -> Result<u8, Failure> {
    let targets = formats::parse(&args.format, &["pretty", "json"])?;
    let replayed = traces::replay(&args.trace, &args.select, session)?;
    for (name, target) in targets {
        let look = session.look(&(), target == Target::Stdout);
        let text = match name {
            "json" => format!("{:#}\n", story::value(&tale(&replayed), replayed.violated)),
            _ if target == Target::Stdout => shown(story(&replayed, &look)),
            _ => story(&replayed, &look),
        };
        write(&target, &text)?;
    }
    Ok(if replayed.violated { EXPECTED } else { UNEXPECTED })
}

/// The replayed trace, told.
pub(crate) fn story(replayed: &Replayed, look: &Look<'_>) -> String {
    story::tell(&tale(replayed), look)
}

fn tale(replayed: &Replayed) -> Tale<'_> {
    let end = match replayed.violated {
        true => "replayed under Ed25519: it breaks the property again",
        false => "replayed under Ed25519: the property no longer breaks",
    };
    Tale {
        scenario: &replayed.scenario,
        title: "",
        mechanism: &replayed.mechanism,
        property: &replayed.property,
        trace: &replayed.trace,
        end,
    }
}
