//! Errors for the person who wrote the file.

use std::fmt;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use crate::hidden::{escaped, is_hidden};
use crate::limits::MAX_ERRORS;
use crate::source::Source;
use crate::span::Span;

/// One thing that is wrong with a file: where, what, and what would be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// Where it is.
    pub span: Span,
    /// A stable name for this kind of error, from [`CODES`].
    pub code: &'static str,
    /// What is wrong, in one line.
    pub message: String,
    /// What would be right, where that is known.
    pub help: Option<String>,
    /// Other places that have to do with it.
    pub also: Vec<(Span, String)>,
}

/// Every error code with a sentence about it, in alphabetical order.
pub const CODES: &[(&str, &str)] = &[
    ("bad-cedar", "A Cedar policy or its entities cannot be read."),
    ("bad-label", "A mechanism label is malformed, or names several runs where one is meant."),
    ("bad-name", "A name contains a space, a control character, or a character it may not have."),
    ("bad-operation", "An operation is written \"action resource\": two words."),
    ("bad-override", "An override names no key that can be set, or no number."),
    ("bad-target", "An instance is written `pool/N`, with N from 1."),
    ("bad-text", "A text contains a control character, or a line break where one line is meant."),
    ("bad-verdicts", "A file of verdicts is not what `check --bless` writes for its story."),
    ("bad-word", "A key takes one of a few words, and this is none of them."),
    ("capability-without-setting", "A capability needs to be told where it applies."),
    ("conflicting-keys", "Two keys of which a table may have only one."),
    ("disagrees", "An expectation of a story is not what the file of verdicts beside it says."),
    ("duplicate-id", "Two declarations of one kind have the same name."),
    ("empty", "A text or a list that must say something says nothing."),
    ("file-too-large", "The file has more bytes than the limit."),
    (
        "hidden-character",
        "A character that is not seen, or that changes the order in which others are.",
    ),
    ("hop-to-nobody", "A hop leads to a pool that has no replicas."),
    ("hostile-origin", "The origin of an honest flow is an identity of the adversary's."),
    ("listed-twice", "A list contains a value twice."),
    ("missing-key", "A table lacks a key that it must have."),
    ("near-miss", "A name matches nothing, and nearly matches something that nothing else names."),
    ("negative", "A number is below zero."),
    ("no-cedar", "This build cannot evaluate Cedar policies: build it with `--features cedar`."),
    ("no-effect", "An assumption that changes nothing: it is not what the author meant."),
    ("not-asked", "An expectation about a property that the story does not ask."),
    ("not-utf8", "The file is not UTF-8 text."),
    ("out-of-range", "A number points past the last verifier or replica."),
    ("over-limit", "A number is over its limit."),
    (
        "said-twice",
        "Two expectations speak of one property in one run, or two tables of one adversary.",
    ),
    ("setting-without-capability", "A setting of a capability that the adversary never has."),
    ("syntax", "The file is not TOML."),
    ("too-long", "A text or a list is longer than its limit."),
    ("too-many-errors", "The file has more errors than are shown."),
    ("unknown-action", "The resource does not know this action."),
    ("unknown-attester", "No attester of this name is declared."),
    ("unknown-capability", "There is no such capability of an adversary."),
    ("unknown-context", "No context grant of this name is declared."),
    ("unknown-guard", "There is no such guard."),
    ("unknown-identity", "No identity of this name is declared."),
    ("unknown-key", "The table has no such key."),
    ("unknown-mechanism", "There is no such mechanism, variant or profile."),
    ("unknown-place", "No pool and no resource of this name is declared."),
    ("unknown-policy", "There is no policy file of this name."),
    ("unknown-pool", "No pool of this name is declared."),
    ("unknown-property", "There is no such property."),
    ("unknown-resource", "No resource of this name is declared."),
    ("unknown-role", "No role of this name is declared."),
    ("wrong-type", "A value has another type than its key takes."),
    ("zero", "A number is 0 where at least 1 is needed."),
];

impl Error {
    /// An error with nothing but its place and message.
    pub fn new(span: Span, code: &'static str, message: impl Into<String>) -> Error {
        Error { span, code, message: message.into(), help: None, also: Vec::new() }
    }

    /// The same, with what would be right.
    pub fn with_help(mut self, help: impl Into<String>) -> Error {
        self.help = Some(help.into());
        self
    }

    /// The same, with another place that has to do with it.
    pub fn with_place(mut self, span: Span, note: impl Into<String>) -> Error {
        self.also.push((span, note.into()));
        self
    }

    /// Several lines: the message, the place with a caret, the other places, and the help.
    pub fn render(&self, source: &str) -> String {
        let mut out = format!("error[{}]: {}\n", self.code, self.message);
        let gutter = std::iter::once(&self.span)
            .chain(self.also.iter().map(|(span, _)| span))
            .map(|span| span.line.to_string().len())
            .max()
            .unwrap_or(1);
        excerpt(&mut out, "-->", &self.span, "", source, gutter);
        for (span, note) in &self.also {
            excerpt(&mut out, ":::", span, note, source, gutter);
        }
        if let Some(help) = &self.help {
            let _ = writeln!(out, "{:gutter$} = help: {help}", "");
        }
        out
    }

    /// Whether the file's structure is broken, so that its names are not worth checking.
    pub(crate) fn is_structural(&self) -> bool {
        matches!(
            self.code,
            "syntax" | "missing-key" | "wrong-type" | "conflicting-keys" | "unknown-key"
        )
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.span, self.message)
    }
}

impl std::error::Error for Error {}

/// One place: its name, its line, and carets below what is meant.
fn excerpt(out: &mut String, arrow: &str, span: &Span, note: &str, source: &str, gutter: usize) {
    let _ = writeln!(out, "{:gutter$}{arrow} {span}", "");
    let _ = writeln!(out, "{:gutter$} |", "");
    let (line, before, carets) = window(span, source);
    let _ = writeln!(out, "{:>gutter$} | {line}", span.line);
    let underline = format!("{}{} {note}", " ".repeat(before), "^".repeat(carets));
    let _ = writeln!(out, "{:gutter$} | {}", "", underline.trim_end());
}

/// The part of the line that is shown, the characters in it before the span, and those in the span.
fn window(span: &Span, source: &str) -> (String, usize, usize) {
    /// Lines longer than this are cut on both sides of the span.
    const WIDTH: usize = 120;
    let col = span.col.saturating_sub(1) as usize;
    let line = source.split('\n').nth(span.line.saturating_sub(1) as usize).unwrap_or("");
    let line = line.strip_suffix('\r').unwrap_or(line);
    let skipped = if line.chars().nth(WIDTH).is_some() { col.saturating_sub(WIDTH / 3) } else { 0 };
    let shown: String = line.chars().skip(skipped).take(WIDTH).map(printable).collect();
    let before = (col - skipped).min(shown.chars().count());
    let inside = source.get(span.start..span.end).unwrap_or("");
    let inside = inside.split('\n').next().unwrap_or("").trim_end().chars().count();
    let room = shown.chars().count() - before;
    (shown, before, inside.clamp(1, room.max(1)))
}

/// Tabs and control characters would move the caret, or worse.
fn printable(c: char) -> char {
    match c {
        '\t' => ' ',
        c if c.is_control() || is_hidden(c) => '\u{fffd}',
        c => c,
    }
}

/// A path as outputs name it: a line break in a name begins no line of theirs.
pub fn shown(path: &Path) -> String {
    escaped(&path.display().to_string())
}

/// One file with its errors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Faulty {
    /// The file's text (bytes that are not UTF-8 replaced), to render the errors with.
    pub text: String,
    /// Its errors, in the order of the file.
    pub errors: Vec<Error>,
}

/// Why no library came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LoadError {
    /// Files that are wrong.
    Parse(Vec<Faulty>),
    /// There is no scenario in any of these places.
    NothingFound(Vec<PathBuf>),
    /// A file or folder cannot be read.
    Io {
        /// Which one.
        path: PathBuf,
        /// Why.
        reason: String,
    },
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LoadError::Parse(files) => {
                let errors = files
                    .iter()
                    .flat_map(|file| file.errors.iter().map(|error| error.render(&file.text)));
                f.write_str(errors.collect::<Vec<_>>().join("\n").trim_end())
            }
            LoadError::NothingFound(places) if places.is_empty() => {
                f.write_str("there are no scenarios")
            }
            LoadError::NothingFound(places) => {
                let places: Vec<String> =
                    places.iter().map(|place| format!("`{}`", shown(place))).collect();
                write!(f, "there is no scenario in {}", places.join(", "))
            }
            LoadError::Io { path, reason } => {
                write!(f, "cannot read `{}`: {reason}", shown(path))
            }
        }
    }
}

impl std::error::Error for LoadError {}

/// The errors of one file, up to a limit.
pub(crate) struct Errors<'a> {
    pub(crate) source: &'a Source<'a>,
    list: Vec<Error>,
    full: bool,
}

impl<'a> Errors<'a> {
    pub(crate) fn new(source: &'a Source<'a>) -> Errors<'a> {
        Errors { source, list: Vec::new(), full: false }
    }

    /// Adds the error, which is made only while there is room for it.
    pub(crate) fn add(&mut self, error: impl FnOnce(&Source<'_>) -> Error) {
        if self.list.len() < MAX_ERRORS {
            self.list.push(error(self.source));
        } else {
            self.full = true;
        }
    }

    /// Adds an error that is there already, unless it points to a place that is wrong itself: then it only follows from that.
    pub(crate) fn push(&mut self, error: Error) {
        if !error.also.iter().any(|(span, _)| self.are_at(span)) {
            self.add(|_| error);
        }
    }

    /// Whether something was found at this very place, so that nothing should be concluded from what stands there.
    pub(crate) fn are_at(&self, span: &Span) -> bool {
        self.list.iter().any(|error| error.span == *span)
    }

    /// Whether anything was found.
    pub(crate) fn any(&self) -> bool {
        !self.list.is_empty()
    }

    /// Whether anything was found that makes the names not worth checking.
    pub(crate) fn are_structural(&self) -> bool {
        self.list.iter().any(Error::is_structural)
    }

    /// Whether nothing was found.
    pub(crate) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The errors in the order of the file.
    pub(crate) fn into_list(mut self) -> Vec<Error> {
        self.list.sort_by_key(|error| (error.span.start, error.span.end));
        if self.full
            && let Some(last) = self.list.last().map(|error| error.span.clone())
        {
            let message = format!("more errors follow; only {MAX_ERRORS} are shown");
            self.list.push(Error::new(last, "too-many-errors", message));
        }
        self.list
    }
}
