//! Asserts in `cargo test` that stories find what they expect.
//!
//! ```
//! # let stories = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/project/stories");
//! // In a project of your own: `let stories = "stories";`
//! let report = whoacts_assert::stories(stories).mechanisms(["bearer/strong", "continuity/K4"]).check()?;
//! report.assert_as_expected();
//! assert_eq!(report.verdict("stories/report", "continuity/K4", "custody"), Some(Verdict::Exhausted));
//! # use whoacts_assert::Verdict;
//! # Ok::<(), whoacts_assert::Error>(())
//! ```
//!
//! One file, with every mechanism, is a line:
//!
//! ```no_run
//! whoacts_assert::assert_file("stories/report.toml");
//! ```
//!
//! With the feature `proptest`, [`topology`] makes random systems, to ask a question of all of them rather than of one.

#[cfg(feature = "proptest")]
pub mod topology;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use whoacts_checker::suite::{self, Options};
use whoacts_reports::{Look, pretty};
use whoacts_scenarios::{Case, Error as Mistake, Library, check_policy_against};
use whoacts_scenarios::{parse_policy, parse_scenario};

pub use whoacts_checker::outcome::{Check, Outcome, Verdict};

/// The stories in a file, or in a folder and the folders below it.
pub fn stories(path: impl Into<PathBuf>) -> Stories {
    Stories { from: From::Paths(vec![path.into()]), options: Options::default() }
}

/// One story and its policy, as texts.
pub fn story(scenario: impl Into<String>, policy: impl Into<String>) -> Stories {
    let from = From::Texts { scenario: scenario.into(), policy: policy.into() };
    Stories { from, options: Options::default() }
}

/// Runs one file under every mechanism, and says how each result that is not as expected differs.
///
/// # Panics
/// If the file cannot be run, or something in it is not as expected.
#[expect(clippy::panic, reason = "an assertion in somebody's test")]
pub fn assert_file(path: impl AsRef<Path>) {
    match stories(path.as_ref()).check() {
        Ok(report) => report.assert_as_expected(),
        Err(error) => panic!("{error}"),
    }
}

/// Stories that are about to be checked.
#[derive(Debug, Clone)]
pub struct Stories {
    from: From,
    options: Options,
}

#[derive(Debug, Clone)]
enum From {
    Paths(Vec<PathBuf>),
    Texts { scenario: String, policy: String },
}

impl Stories {
    /// Only these mechanisms: `bearer`, `dpop/strong`, `continuity/K4`.
    #[must_use]
    pub fn mechanisms<L: Into<String>>(mut self, labels: impl IntoIterator<Item = L>) -> Self {
        self.options.forms = Some(labels.into_iter().map(Into::into).collect());
        self
    }

    /// Only these properties.
    #[must_use]
    pub fn properties<P: Into<String>>(mut self, ids: impl IntoIterator<Item = P>) -> Self {
        self.options.properties = Some(ids.into_iter().map(Into::into).collect());
        self
    }

    /// Another adversary than the stories' own: `+confuse`, `-inject`.
    #[must_use]
    pub fn adversary<C: Into<String>>(mut self, changes: impl IntoIterator<Item = C>) -> Self {
        self.options.adversary = changes.into_iter().map(Into::into).collect();
        self
    }

    /// Another bound: `("bounds.hops", "4")`.
    #[must_use]
    pub fn set(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.options.set.push((key.into(), value.into()));
        self
    }

    /// Runs them.
    ///
    /// # Errors
    /// What is wrong with the files, with the names that were given, or with the tool.
    pub fn check(&self) -> Result<Report, Error> {
        let vocabulary = suite::vocabulary();
        if let Some(ids) = &self.options.properties
            && let Some(unknown) = ids.iter().find(|id| !vocabulary.properties.contains(id))
        {
            return Err(Error(format!("no property is called `{unknown}`")));
        }
        let (cases, tag) = match &self.from {
            From::Paths(paths) => (Library::load(paths, &vocabulary).map_err(said)?.cases, None),
            From::Texts { scenario, policy } => {
                let case = case(scenario, policy)?;
                let tag = Options::for_case(&case).tag;
                (vec![case], tag)
            }
        };
        let options = Options { tag, ..self.options.clone() };
        let outcome = suite::run(&cases, &options, &|_| (), &AtomicBool::new(false));
        Ok(Report { outcome: outcome.map_err(said)? })
    }
}

/// A case of two texts; places in errors name them `story.toml` and `policy.toml`.
fn case(scenario: &str, policy: &str) -> Result<Case, Error> {
    const FILES: [&str; 2] = ["story.toml", "policy.toml"];
    let vocabulary = suite::vocabulary();
    let read = parse_scenario(FILES[0], "text/story", scenario.as_bytes(), &vocabulary);
    let story = read.map_err(|errors| mistakes(&errors, scenario))?;
    let read = parse_policy(FILES[1], &story.policy.value, policy.as_bytes(), &vocabulary);
    let read = read.and_then(|policy| match check_policy_against(&policy, &story) {
        errors if errors.is_empty() => Ok(policy),
        errors => Err(errors),
    });
    Ok(Case {
        policy: read.map_err(|errors| mistakes(&errors, policy))?,
        scenario: story,
        source_text: scenario.to_owned(),
        policy_text: policy.to_owned(),
        file: FILES[0].to_owned(),
        policy_file: FILES[1].to_owned(),
        verdicts: None,
    })
}

fn mistakes(errors: &[Mistake], text: &str) -> Error {
    Error(errors.iter().map(|error| error.render(text)).collect::<Vec<_>>().join("\n"))
}

fn said(error: impl fmt::Display) -> Error {
    Error(error.to_string())
}

/// Why nothing was checked, as a person is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error(String);

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
impl std::error::Error for Error {}

/// What was found.
#[derive(Debug, Clone)]
pub struct Report {
    /// Every result.
    pub outcome: Outcome,
}

impl Report {
    /// Results that are not as expected.
    pub fn unexpected(&self) -> impl Iterator<Item = &Check> {
        self.outcome.checks.iter().filter(|check| !check.as_expected)
    }

    /// What was found under the story's own adversary, or under the one that was asked for.
    pub fn verdict(&self, scenario: &str, mechanism: &str, property: &str) -> Option<Verdict> {
        self.get(scenario, mechanism, property).map(|check| check.verdict)
    }

    /// The whole result.
    pub fn get(&self, scenario: &str, mechanism: &str, property: &str) -> Option<&Check> {
        self.outcome.checks.iter().find(|check| {
            check.scenario == scenario && check.property == property && check.label() == mechanism
        })
    }

    /// Fails with each attack told in full, if something is not as expected.
    ///
    /// # Panics
    /// If something is not as expected.
    pub fn assert_as_expected(&self) {
        assert!(self.unexpected().next().is_none(), "\n{self}");
    }
}

/// As `whoacts check -q` says it.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let look = Look { detail: whoacts_reports::Detail::Quiet, ..Look::default() };
        f.write_str(&pretty::render(&self.outcome, &look))
    }
}
