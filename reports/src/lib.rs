//! Says what a run found. Renderers take an [`Outcome`] and give text; none prints, reads or measures anything.
//!
//! One renderer a file, one line a format in [`FORMATS`]. To add one: write `src/<name>.rs` with a `FORMAT`, and add
//! its line. What several renderers need is in `parts`.

pub mod compact;
pub mod csv;
pub mod diff;
pub mod experiment;
pub mod github;
pub mod json;
pub mod jsonl;
pub mod junit;
pub mod latex;
pub mod lint;
pub mod markdown;
pub mod matrix;
mod parts;
pub mod pretty;
pub mod sarif;
pub mod story;

use std::collections::BTreeMap;
use std::time::Duration;
use whoacts_checker::outcome::Outcome;

pub use parts::paint::{Paint, Style};
pub use parts::runs::featured;
pub use parts::text::{ascii, wrap};

/// Every format, in the order of help.
pub const FORMATS: &[Format] = &[
    pretty::FORMAT,
    compact::FORMAT,
    json::FORMAT,
    jsonl::FORMAT,
    junit::FORMAT,
    sarif::FORMAT,
    github::FORMAT,
    markdown::FORMAT,
    matrix::PRETTY,
    matrix::MARKDOWN,
    csv::FORMAT,
    latex::FORMAT,
    matrix::JSON,
    story::FORMAT,
    story::JSON,
];

/// JSON Schemas of what is written for machines, by the name in their `schema` key without `whoacts/`.
pub const SCHEMAS: &[(&str, &str)] = &[
    ("run/1", include_str!("../schemas/run-1.json")),
    ("run-lines/1", include_str!("../schemas/run-lines-1.json")),
    ("matrix/1", include_str!("../schemas/matrix-1.json")),
    ("replay/1", include_str!("../schemas/replay-1.json")),
    ("trace/1", include_str!("../schemas/trace-1.json")),
    ("list/1", include_str!("../schemas/list-1.json")),
];

/// One way of saying an outcome.
#[derive(Debug, Clone, Copy)]
pub struct Format {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it shows.
    pub shows: Shows,
    /// One line about it.
    pub about: &'static str,
    /// The module that it lives in.
    pub module: &'static str,
    /// Renders an outcome.
    pub render: fn(&Outcome, &Look<'_>) -> String,
}

/// What a format shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shows {
    /// Every check of a run.
    Run,
    /// Mechanisms against properties.
    Matrix,
    /// Attacks, told one by one.
    Story,
}

/// The format of that name among those that show the same thing.
pub fn format(shows: Shows, name: &str) -> Option<&'static Format> {
    formats(shows).find(|format| format.name == name)
}

/// The formats that show one thing.
pub fn formats(shows: Shows) -> impl Iterator<Item = &'static Format> {
    FORMATS.iter().filter(move |format| format.shows == shows)
}

/// How to look, and what the outcome does not know itself.
#[derive(Clone, Copy)]
pub struct Look<'a> {
    /// The texts that carets point into.
    pub sources: &'a dyn Sources,
    /// Columns to use.
    pub width: usize,
    /// Colour, or none.
    pub paint: Paint,
    /// How much to say.
    pub detail: Detail,
    /// End with one attack told in full.
    pub feature: bool,
    /// The command that runs a trace again; `{id}` stands for the trace.
    pub again: &'a str,
    /// The version of the tool.
    pub version: &'a str,
    /// The seed of the run.
    pub seed: u64,
    /// How long the run took, where that is to be said.
    pub timing: Option<Duration>,
}

impl Default for Look<'_> {
    fn default() -> Self {
        Self {
            sources: &(),
            width: 100,
            paint: Paint::PLAIN,
            detail: Detail::Normal,
            feature: false,
            again: "whoacts replay {id}",
            version: env!("CARGO_PKG_VERSION"),
            seed: 0,
            timing: None,
        }
    }
}

/// How much to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Detail {
    /// What is unexpected, and the summary.
    Quiet,
    /// A line for each run, too.
    Normal,
    /// Every check in full.
    Verbose,
}

/// Gives the text of a file by the name that spans use.
pub trait Sources {
    /// The text, if it is known.
    fn text(&self, file: &str) -> Option<&str>;
}

/// No texts: places are named, not shown.
impl Sources for () {
    fn text(&self, _file: &str) -> Option<&str> {
        None
    }
}

/// Texts by name.
impl Sources for BTreeMap<String, String> {
    fn text(&self, file: &str) -> Option<&str> {
        self.get(file).map(String::as_str)
    }
}
