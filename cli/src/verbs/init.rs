//! `whoacts init`: a small project that works, to be changed into one's own.

use crate::args::InitArgs;
use crate::exit::{EXPECTED, Failure};
use crate::output::{Target, folder, write};
use crate::session::{Session, shown};
use std::path::PathBuf;
use whoacts_scenarios::shown as shown_path;

/// What is written, by its place.
const FILES: &[(&str, &str)] = &[
    ("stories/report.toml", include_str!("../../templates/stories/report.toml")),
    ("stories/policies/team.toml", include_str!("../../templates/stories/policies/team.toml")),
    (
        ".github/workflows/whoacts.yml",
        include_str!("../../templates/.github/workflows/whoacts.yml"),
    ),
];

/// What to type next.
const NEXT: &str = "\
Now, in that folder:

  whoacts check stories --mechanism bearer/strong,continuity/K4

It shows one attack, on a bearer token, and one hold, of chained hand-offs. Then change the story into yours.
";

/// Writes every file, or none where one of them is there already.
pub(crate) fn run(args: &InitArgs, _session: &Session) -> Result<u8, Failure> {
    let places: Vec<(PathBuf, &str)> =
        FILES.iter().map(|(path, text)| (args.dir.join(path), *text)).collect();
    let there: Vec<String> = places
        .iter()
        .filter(|(path, _)| path.symlink_metadata().is_ok())
        .map(|(path, _)| format!("`{}`", shown_path(path)))
        .collect();
    if !there.is_empty() {
        return Err(Failure::Usage(format!(
            "{} is there already, and nothing is overwritten; choose another folder",
            there.join(" and ")
        )));
    }
    let mut said = String::new();
    for (path, text) in places {
        folder(path.parent().unwrap_or(&args.dir))?;
        write(&Target::File(path.clone()), text)?;
        said.push_str(&format!("wrote {}\n", shown_path(&path)));
    }
    write(&Target::Stdout, &shown(format!("{said}\n{NEXT}")))?;
    Ok(EXPECTED)
}
