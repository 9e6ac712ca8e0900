//! What can be typed.

use clap::builder::styling::{AnsiColor, Styles};
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;
use std::time::Duration;

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold());

const EXIT_CODES: &str = "\
Exit codes: 0 as expected · 1 an unexpected result · 2 usage, parse or configuration error · 3 inconclusive ·
4 nothing selected or never put · 5 a stale baseline entry · 70 internal error";

/// Which execution is this step continuing, and under whose authority? A checker for agentic trust models.
#[derive(Debug, Parser)]
#[command(name = "whoacts", version, styles = STYLES, max_term_width = 100, after_help = EXIT_CODES)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

/// Flags of every verb.
#[derive(Debug, Args)]
pub(crate) struct Common {
    /// Say only what is unexpected, and the summary
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Tell every result in full
    #[arg(short, long, global = true)]
    pub(crate) verbose: bool,
    /// Show progress on standard error
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) progress: ProgressKind,
    /// Colour the output (`NO_COLOR` is honoured)
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: ColorKind,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Run the suite: each scenario × mechanism × property; with no PATH, the built-in library
    Check(CheckArgs),
    /// Show properties × mechanisms, each cell a verdict with the length of its shortest attack
    Matrix(MatrixArgs),
    /// Compare two policies: what the change newly allows and denies, and whether it opens an attack
    Diff(DiffArgs),
    /// Drop each guard in turn: necessary (with the attack), redundant (with what implies it), or never decisive
    Ablate(ExperimentArgs),
    /// Merge each pair of concepts in the verifier, and show the shortest attack
    Conflate(ExperimentArgs),
    /// Find the smallest sets of capabilities that break each cell, and the largest that it survives; or compare two
    Frontier(FrontierArgs),
    /// Put the stories to systematic mutants: how many they kill, and why the others survive
    Score(ExperimentArgs),
    /// Find what is probably not meant in policies and stories; with no PATH, in the built-in library
    Lint(LintArgs),
    /// List scenarios, mechanisms, properties, guards, capabilities and error codes
    List(ListArgs),
    /// Explain a property, guard, mechanism, capability or error code; or tell a saved trace as a story
    Explain(ExplainArgs),
    /// Run a saved trace again under Ed25519, step by step
    Replay(ReplayArgs),
    /// Write a small working project: a story, its policy, and a file for CI
    Init(InitArgs),
    /// Write a regression scenario from a trace
    Promote(PromoteArgs),
    /// Find a smaller trace to the same violation
    Shrink(ShrinkArgs),
    /// Format scenario and policy files; comments stay
    Fmt(FmtArgs),
    /// Print a JSON Schema, for editors and for readers of outputs; without a name, the names
    Schema(SchemaArgs),
    /// Print a completion script for a shell
    Completions(CompletionsArgs),
    /// Print the manual page, or write all of them into a folder
    Man(ManArgs),
}

/// `whoacts init`.
#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// The folder
    #[arg(value_name = "DIR", default_value = ".")]
    pub(crate) dir: PathBuf,
}

/// `whoacts promote`.
#[derive(Debug, Args)]
pub(crate) struct PromoteArgs {
    /// A trace's file, or the id that `check` shows
    #[arg(value_name = "TRACE")]
    pub(crate) trace: String,
    #[command(flatten)]
    pub(crate) select: Select,
    /// The scenario's file [default: beside the story that it comes from]
    #[arg(short, long, help_heading = "Output", value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

/// `whoacts shrink`.
#[derive(Debug, Args)]
pub(crate) struct ShrinkArgs {
    /// A trace's file, or the id that `check` shows
    #[arg(value_name = "TRACE")]
    pub(crate) trace: String,
    #[command(flatten)]
    pub(crate) select: Select,
    /// Write the smaller trace to this file
    #[arg(short, long, help_heading = "Output", value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// pretty or json; with `:FILE`, into a file; may be repeated
    #[arg(long, help_heading = "Output", value_name = "FORMAT[:FILE]")]
    pub(crate) format: Vec<String>,
}

/// `whoacts fmt`.
#[derive(Debug, Args)]
pub(crate) struct FmtArgs {
    /// Files, or folders of them; what is no file of ours is left alone
    #[arg(value_name = "PATH", default_value = ".")]
    pub(crate) paths: Vec<PathBuf>,
    /// Change nothing; say which files would change, with exit code 1
    #[arg(long)]
    pub(crate) check: bool,
}

/// `whoacts schema`.
#[derive(Debug, Args)]
pub(crate) struct SchemaArgs {
    /// scenario, policy, baseline, or an output such as run
    #[arg(value_name = "NAME")]
    pub(crate) name: Option<String>,
}

/// `whoacts completions`.
#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// The shell
    pub(crate) shell: clap_complete::Shell,
}

/// `whoacts man`.
#[derive(Debug, Args)]
pub(crate) struct ManArgs {
    /// Write a page for each verb into this folder
    #[arg(value_name = "DIR")]
    pub(crate) dir: Option<PathBuf>,
}

/// `whoacts check`.
#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    pub(crate) select: Select,
    #[command(flatten)]
    pub(crate) search: Search,
    #[command(flatten)]
    pub(crate) reuse: Reuse,
    /// Only scenarios whose file or policy changed since this git revision
    #[arg(long, help_heading = "What to run", value_name = "REV", requires = "paths")]
    pub(crate) changed_since: Option<String>,
    #[command(flatten)]
    pub(crate) accepted: Accepted,
    /// pretty, compact, json, jsonl, junit, sarif, github or markdown; with `:FILE`, into a file; may be repeated
    #[arg(long, help_heading = "Output", value_name = "FORMAT[:FILE]")]
    pub(crate) format: Vec<String>,
    /// Write what was found into the files of verdicts beside the stories; an empty `STORY.verdicts` is filled
    #[arg(long, help_heading = "Output", requires = "paths", conflicts_with_all = ["baseline", "write_baseline"])]
    pub(crate) bless: bool,
    /// With --bless: also write `?` where a limit was reached
    #[arg(long, help_heading = "Output", requires = "bless")]
    pub(crate) bless_inconclusive: bool,
    /// Write each violation's trace to DIR/<id>.json
    #[arg(long, help_heading = "Output", value_name = "DIR")]
    pub(crate) save_traces: Option<PathBuf>,
    /// Say how long it took, in machine formats too
    #[arg(long, help_heading = "Output")]
    pub(crate) timing: bool,
}

/// `whoacts matrix`.
#[derive(Debug, Args)]
pub(crate) struct MatrixArgs {
    #[command(flatten)]
    pub(crate) select: Select,
    #[command(flatten)]
    pub(crate) search: Search,
    #[command(flatten)]
    pub(crate) reuse: Reuse,
    /// pretty, markdown, csv, latex or json; with `:FILE`, into a file; may be repeated
    #[arg(long, help_heading = "Output", value_name = "FORMAT[:FILE]")]
    pub(crate) format: Vec<String>,
    /// Say how long it took, in machine formats too
    #[arg(long, help_heading = "Output")]
    pub(crate) timing: bool,
}

/// `whoacts diff`.
#[derive(Debug, Args)]
pub(crate) struct DiffArgs {
    /// A policy's file, the name of a built-in one, or a scenario that names its policy
    pub(crate) old: PathBuf,
    /// The policy that is to take its place
    pub(crate) new: PathBuf,
    #[command(flatten)]
    pub(crate) select: Select,
    #[command(flatten)]
    pub(crate) search: Search,
    /// Also exit with 1 for this: more-permissive, less-permissive or any (an attack always does, and whatever the
    /// adversary's own identities or executors gain)
    #[arg(long, value_name = "CHANGE")]
    pub(crate) fail_on: Option<FailOn>,
    /// pretty, json or markdown; with `:FILE`, into a file; may be repeated
    #[arg(long, help_heading = "Output", value_name = "FORMAT[:FILE]")]
    pub(crate) format: Vec<String>,
}

/// `--fail-on`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
    /// Anything is newly allowed
    MorePermissive,
    /// Anything is newly denied
    LessPermissive,
    /// Anything is different
    Any,
}

/// An experiment.
#[derive(Debug, Clone, Args)]
pub(crate) struct ExperimentArgs {
    #[command(flatten)]
    pub(crate) select: Select,
    /// Threads; results do not depend on it [default: all cores]
    #[arg(long, help_heading = "How to search", value_name = "N", value_parser = at_least_one)]
    pub(crate) threads: Option<usize>,
    /// Stop a search after so many states, as inconclusive
    #[arg(long, help_heading = "How to search", value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) max_states: Option<u64>,
    /// Stop after so much time, as inconclusive
    #[arg(long, help_heading = "How to search", value_name = "SECONDS", value_parser = seconds)]
    pub(crate) timeout: Option<Duration>,
    /// pretty, markdown or json; with `:FILE`, into a file; may be repeated
    #[arg(long, help_heading = "Output", value_name = "FORMAT[:FILE]")]
    pub(crate) format: Vec<String>,
    /// Compare with a stored JSON result; what differs is said, and the exit code is then 1
    #[arg(long, help_heading = "Output", value_name = "FILE")]
    pub(crate) expect: Option<PathBuf>,
}

/// `whoacts frontier`.
#[derive(Debug, Args)]
pub(crate) struct FrontierArgs {
    #[command(flatten)]
    pub(crate) own: ExperimentArgs,
    /// Compare two mechanisms by what they tolerate, in words: dpop,continuity/K4
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    pub(crate) compare: Vec<String>,
}

/// `whoacts lint`.
#[derive(Debug, Args)]
pub(crate) struct LintArgs {
    /// Scenario files, or folders of them; the built-in library if there is none
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Run only these mechanisms, to see which guards decide: bearer, dpop/strong, continuity/K4
    #[arg(long, value_name = "LABEL", value_delimiter = ',')]
    pub(crate) mechanism: Vec<String>,
    /// Only scenarios whose id contains this
    #[arg(long, value_name = "TEXT")]
    pub(crate) filter: Option<String>,
    /// Threads; results do not depend on it [default: all cores]
    #[arg(long, value_name = "N", value_parser = at_least_one)]
    pub(crate) threads: Option<usize>,
    /// Stop runs after so much time; what they would have found is then left open
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) timeout: Option<Duration>,
    /// pretty, compact or json; with `:FILE`, into a file; may be repeated
    #[arg(long, help_heading = "Output", value_name = "FORMAT[:FILE]")]
    pub(crate) format: Vec<String>,
}

/// `whoacts list`.
#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// Only this kind, such as `property`
    pub(crate) kind: Option<String>,
    /// pretty, compact or json; with `:FILE`, into a file; may be repeated
    #[arg(long, help_heading = "Output", value_name = "FORMAT[:FILE]")]
    pub(crate) format: Vec<String>,
}

/// `whoacts explain`.
#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// A name, a trace's file, or its id
    #[arg(value_name = "ID|TRACE")]
    pub(crate) what: String,
    #[command(flatten)]
    pub(crate) select: Select,
}

/// `whoacts replay`.
#[derive(Debug, Args)]
pub(crate) struct ReplayArgs {
    /// A trace's file, or the id that `check` shows (looked for in `traces`, then found by running again)
    #[arg(value_name = "TRACE")]
    pub(crate) trace: String,
    #[command(flatten)]
    pub(crate) select: Select,
    /// pretty or json; with `:FILE`, into a file; may be repeated
    #[arg(long, help_heading = "Output", value_name = "FORMAT[:FILE]")]
    pub(crate) format: Vec<String>,
}

/// What to run.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "What to run")]
pub(crate) struct Select {
    /// Scenario files, or folders of them; the built-in library if there is none
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Only these mechanisms: bearer, dpop/strong, continuity/K4
    #[arg(long, value_name = "LABEL", value_delimiter = ',')]
    pub(crate) mechanism: Vec<String>,
    /// Only these profiles: K4, K2..K4
    #[arg(long, value_name = "PROFILE", value_delimiter = ',')]
    pub(crate) profile: Vec<String>,
    /// Only these properties
    #[arg(long, value_name = "PROPERTY", value_delimiter = ',')]
    pub(crate) property: Vec<String>,
    /// Only scenarios whose id contains this
    #[arg(long, value_name = "TEXT")]
    pub(crate) filter: Option<String>,
    /// Scenarios with this tag [default: default]
    #[arg(long, value_name = "TAG")]
    pub(crate) tag: Option<String>,
    /// Another adversary than the story's own: +confuse,-inject
    #[arg(long, value_name = "±CAPABILITY", value_delimiter = ',', allow_hyphen_values = true)]
    pub(crate) adversary: Vec<String>,
    /// Another bound: bounds.hops=4; may be repeated
    #[arg(long, value_name = "KEY=VALUE", value_parser = key_value)]
    pub(crate) set: Vec<(String, String)>,
}

/// What is known to be wrong.
#[derive(Debug, Args)]
#[command(next_help_heading = "What to accept")]
pub(crate) struct Accepted {
    /// Accept the results in this file, each with a reason and a last day; a stale entry has exit code 5
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,
    /// Write what is not as expected to this file, beside its entries that are still good
    #[arg(
        long,
        value_name = "FILE",
        requires = "reason",
        requires = "expires",
        conflicts_with = "baseline"
    )]
    pub(crate) write_baseline: Option<PathBuf>,
    /// Why it is accepted
    #[arg(long, value_name = "TEXT", requires = "write_baseline", value_parser = sentence)]
    pub(crate) reason: Option<String>,
    /// The last day on which it is: 2027-01-31
    #[arg(long, value_name = "DATE", requires = "write_baseline", value_parser = date)]
    pub(crate) expires: Option<String>,
}

/// What need not be run.
#[derive(Debug, Args)]
pub(crate) struct Reuse {
    /// Run everything anew, and keep no results (`WHOACTS_CACHE` names the folder where they are kept)
    #[arg(long, help_heading = "How to search")]
    pub(crate) no_cache: bool,
}

/// How to search.
#[derive(Debug, Args)]
#[command(next_help_heading = "How to search")]
pub(crate) struct Search {
    /// The search engine
    #[arg(long, value_name = "ENGINE", default_value = "layered")]
    pub(crate) engine: EngineKind,
    /// Threads; results do not depend on it [default: all cores]
    #[arg(long, value_name = "N", value_parser = at_least_one)]
    pub(crate) threads: Option<usize>,
    /// Stop a search after so many states, as inconclusive
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) max_states: Option<u64>,
    /// Stop after so much time, as inconclusive
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) timeout: Option<Duration>,
    /// Stop a search before it takes more memory, as inconclusive: 2GiB, 500MB
    #[arg(long, value_name = "BYTES", value_parser = bytes)]
    pub(crate) memory: Option<u64>,
    /// Keep whole states instead of 128-bit fingerprints
    #[arg(long)]
    pub(crate) exact: bool,
    /// Explore with symbolic or with real signatures
    #[arg(long, value_name = "PROVIDER", default_value = "symbolic")]
    pub(crate) crypto: CryptoName,
    /// Reductions of the search, separated by commas [default: saturate]
    #[arg(long, value_name = "REDUCTION", value_delimiter = ',')]
    pub(crate) reduce: Vec<ReduceKind>,
    /// List the states from which the good end is no longer reachable (plain search)
    #[arg(long)]
    pub(crate) stuck: bool,
}

/// `--progress`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProgressKind {
    /// A line that is rewritten, if standard error is a terminal
    Auto,
    /// A line now and then
    Plain,
    /// Nothing
    None,
}

/// `--color`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorKind {
    /// If standard output is a terminal
    Auto,
    /// Even into a file
    Always,
    /// Not at all
    Never,
}

/// `--engine`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum EngineKind {
    /// Ours, level by level
    Layered,
    /// The stateright crate, without reductions
    Stateright,
}

/// `--crypto`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CryptoName {
    /// Signatures as terms
    Symbolic,
    /// Real signatures
    Ed25519,
}

/// `--reduce`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReduceKind {
    /// Close what is monotone, branch on the rest
    Saturate,
    /// Keep one state of those that differ by names only
    Symmetry,
    /// Take honest moves at once that only prepare
    Steps,
    /// Plain search: shortest traces
    None,
}

fn key_value(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("write KEY=VALUE, such as bounds.hops=4")?;
    Ok((key.trim().to_owned(), value.trim().to_owned()))
}

fn sentence(text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err("write a reason".into()),
        text => Ok(text.to_owned()),
    }
}

fn date(text: &str) -> Result<String, String> {
    match crate::baseline::is_date(text) {
        true => Ok(text.to_owned()),
        false => Err("write a day such as 2027-01-31".into()),
    }
}

fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) | Err(_) => Err("write a whole number from 1".into()),
        Ok(number) => Ok(number),
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    let number: f64 = text.parse().map_err(|_| "write a number of seconds")?;
    let duration = Duration::try_from_secs_f64(number).ok().filter(|time| !time.is_zero());
    duration.ok_or_else(|| "write a number of seconds above 0".into())
}

/// `1000`, `500MB`, `2GiB`.
fn bytes(text: &str) -> Result<u64, String> {
    const HELP: &str = "write bytes such as 500MB or 2GiB";
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let number: u64 = number.parse().map_err(|_| HELP)?;
    let factor: u64 = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "kb" => 1000,
        "mb" => 1000_u64.pow(2),
        "gb" => 1000_u64.pow(3),
        "k" | "kib" => 1 << 10,
        "m" | "mib" => 1 << 20,
        "g" | "gib" => 1 << 30,
        _ => return Err(HELP.into()),
    };
    number.checked_mul(factor).filter(|&bytes| bytes > 0).ok_or_else(|| HELP.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn bytes_have_units() {
        assert_eq!(bytes("2GiB"), Ok(2 << 30));
        assert_eq!(bytes("500 MB"), Ok(500_000_000));
        assert_eq!(bytes("7"), Ok(7));
        for wrong in ["", "GiB", "0", "-1", "2XB", "99999999999999GiB"] {
            assert!(bytes(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn seconds_are_above_zero() {
        assert_eq!(seconds("1.5"), Ok(Duration::from_millis(1500)));
        for wrong in ["0", "-1", "nan", "inf", "soon"] {
            assert!(seconds(wrong).is_err(), "{wrong}");
        }
    }
}
