//! Why forms have their verdicts: one table, `reasons.rows`, by form, verdict, property, adversary and story.
//!
//! A reason is a clause. It is joined to a verdict of a story with a file of verdicts when the verdict is said; stories
//! that have none say their own reasons, in `[[expect]]`.

use std::sync::LazyLock;

/// The table of reasons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reasons(Vec<Reason>);

/// One line of the table. A star at the end of a name stands for anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// Labels of forms.
    pub forms: Vec<String>,
    /// `violated`, `holds`, `vacuous`, or `unserved`.
    pub verdict: String,
    /// The property; `served` for `unserved`.
    pub property: String,
    /// The adversary's changes, joined by commas; `-` for the story's own.
    pub adversary: String,
    /// The story.
    pub story: String,
    /// The reason, without a capital and a full stop.
    pub clause: String,
    /// Its line in the file.
    pub line: usize,
}

/// What a reason is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Key<'k> {
    /// The form's label.
    pub form: &'k str,
    /// `violated`, `holds`, `vacuous`, or `unserved`.
    pub verdict: &'k str,
    /// The property; `served` for `unserved`.
    pub property: &'k str,
    /// The adversary's changes; empty for the story's own.
    pub adversary: &'k [String],
    /// The story.
    pub story: &'k str,
}

impl Reasons {
    /// The built-in table.
    pub fn builtin() -> &'static Reasons {
        #[expect(clippy::expect_used, reason = "INVARIANT: a test reads these very bytes")]
        static TABLE: LazyLock<Reasons> = LazyLock::new(|| {
            Reasons::parse(include_str!("../reasons.rows")).expect("a table of six columns")
        });
        &TABLE
    }

    /// Reads a table.
    ///
    /// # Errors
    /// The line that is none, and what is wrong with it.
    pub fn parse(text: &str) -> Result<Reasons, String> {
        let lines = text.lines().enumerate();
        let said = lines.filter(|(_, line)| !line.starts_with('#') && !line.trim().is_empty());
        said.map(|(at, line)| {
            reason(line, at + 1).ok_or_else(|| {
                format!("reasons.rows:{}: expected six columns, none of them empty", at + 1)
            })
        })
        .collect::<Result<_, _>>()
        .map(Reasons)
    }

    /// Every line, in order.
    pub fn lines(&self) -> &[Reason] {
        &self.0
    }

    /// The first line that fits.
    pub fn get(&self, key: Key<'_>) -> Option<&Reason> {
        let adversary = match key.adversary {
            [] => "-".to_owned(),
            changes => changes.join(","),
        };
        self.0.iter().find(|reason| {
            reason.verdict == key.verdict
                && fits(&reason.property, key.property)
                && fits(&reason.story, key.story)
                && fits(&reason.adversary, &adversary)
                && reason.forms.iter().any(|pattern| fits(pattern, key.form))
        })
    }
}

impl Reason {
    /// The clause as a sentence.
    pub fn sentence(&self) -> String {
        let mut letters = self.clause.chars();
        let first = letters.next().into_iter().flat_map(char::to_uppercase);
        first.chain(letters).chain(['.']).collect()
    }
}

fn reason(text: &str, line: usize) -> Option<Reason> {
    let columns: Vec<&str> = text.splitn(6, '|').map(str::trim).collect();
    let [forms, verdict, property, adversary, story, clause] = columns[..] else { return None };
    let forms: Vec<String> = forms.split(',').map(|form| form.trim().to_owned()).collect();
    let texts = [verdict, property, adversary, story, clause];
    if texts.iter().any(|text| text.is_empty()) || forms.iter().any(String::is_empty) {
        return None;
    }
    let [verdict, property, adversary, story, clause] = texts.map(str::to_owned);
    Some(Reason { forms, verdict, property, adversary, story, clause, line })
}

/// Whether a name is the pattern, or begins with what stands before its star.
fn fits(pattern: &str, name: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == name, |start| name.starts_with(start))
}
