//! What a run found, as the files of verdicts beside its stories say it: compared with them, or written in their place.

use crate::lower::capabilities;
use crate::outcome::{Check, Outcome, Verdict};
use crate::suite::{Engine, Error, Options, Reductions, changed, story_capabilities, vocabulary};
use std::collections::BTreeMap;
use std::fmt::Write;
use whoacts_scenarios::verdicts::{Cell, Line, Section, Shape, Verdicts};
use whoacts_scenarios::{Case, LoadError, Vocabulary};

/// Lines around a difference.
const CONTEXT: usize = 1;

/// The file of verdicts of one story, before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rewritten {
    /// The story.
    pub scenario: String,
    /// The file.
    pub file: String,
    /// Its text.
    pub before: String,
    /// Its text, were it to say what was found.
    pub after: String,
    /// Runs in which a limit was reached: `dpop custody`.
    pub open: Vec<String>,
}

/// The files that say something else than was found. What was accepted is no difference, nor is what a limit left open.
///
/// A run that was searched in another way than [`is_comparable`] says is compared with nothing.
///
/// # Errors
/// [`Error::Files`] for a file that cannot be read.
pub fn differences(
    cases: &[Case],
    outcome: &Outcome,
    options: &Options,
) -> Result<Vec<Rewritten>, Error> {
    if !is_comparable(options) {
        return Ok(Vec::new());
    }
    let all = rewritten(cases, outcome, Purpose::Compare)?;
    Ok(all.into_iter().filter(|file| file.before != file.after).collect())
}

/// What the files of these stories come to, changed or not. What was not run stays as it is.
///
/// # Errors
/// [`Error::Usage`] for a search of which files say nothing, or for a file that lacks what was not run;
/// [`Error::Files`] where a story expects something else than was found.
pub fn bless(
    cases: &[Case],
    outcome: &Outcome,
    options: &Options,
) -> Result<Vec<Rewritten>, Error> {
    if !is_comparable(options) {
        return Err(Error::Usage(
            "files say what is found within a story's own bounds by the default search: bless without --set, \
             --adversary, --engine and --reduce"
                .to_owned(),
        ));
    }
    rewritten(cases, outcome, Purpose::Bless)
}

/// Whether a run finds the states and the attacks that files of verdicts speak of.
pub fn is_comparable(options: &Options) -> bool {
    options.engine == Engine::Layered
        && options.reductions == Reductions::default()
        && options.set.is_empty()
        && options.adversary.is_empty()
}

#[derive(Clone, Copy, PartialEq)]
enum Purpose {
    Compare,
    Bless,
}

fn rewritten(cases: &[Case], outcome: &Outcome, purpose: Purpose) -> Result<Vec<Rewritten>, Error> {
    let vocabulary = vocabulary();
    let mut found: BTreeMap<&str, Vec<&Check>> = BTreeMap::new();
    for check in &outcome.checks {
        found.entry(&check.scenario).or_default().push(check);
    }
    let with_file = cases.iter().filter_map(|case| {
        let checks = found.get(case.scenario.id.as_str())?;
        Some((case, case.verdicts.as_ref()?, checks))
    });
    let (mut files, mut faulty) = (Vec::new(), Vec::new());
    for (case, beside, checks) in with_file {
        let before = match (Verdicts::of(case, &vocabulary), purpose) {
            (Ok(before), _) => before,
            // Whatever is wrong with a file, it is written anew.
            (Err(_), Purpose::Bless) => None,
            (Err(fault), Purpose::Compare) => {
                faulty.push(fault);
                continue;
            }
        };
        let draft = Draft { case, before, checks, purpose };
        let after = draft.verdicts(&vocabulary)?;
        let errors = after.contradictions(&case.scenario, &beside.file, &vocabulary);
        if purpose == Purpose::Bless && !errors.is_empty() {
            faulty.push(whoacts_scenarios::Faulty { text: case.source_text.clone(), errors });
        }
        let id = &case.scenario.id;
        files.push(Rewritten {
            scenario: id.clone(),
            file: beside.file.clone(),
            before: beside.text.replace("\r\n", "\n"),
            after: after.text(id),
            open: draft.open(),
        });
    }
    if faulty.is_empty() {
        return Ok(files);
    }
    Err(Error::Files(LoadError::Parse(faulty).to_string()))
}

/// A file that is being written.
struct Draft<'d> {
    case: &'d Case,
    before: Option<Verdicts>,
    checks: &'d [&'d Check],
    purpose: Purpose,
}

impl Draft<'_> {
    fn verdicts(&self, vocabulary: &Vocabulary) -> Result<Verdicts, Error> {
        let shape = Shape::of(&self.case.scenario, vocabulary);
        let own = story_capabilities(self.case);
        let mut sections = Vec::new();
        for (adversary, forms) in shape.sections {
            let set = changed(own, &adversary)?;
            let mut runs: BTreeMap<String, Vec<&Check>> = BTreeMap::new();
            for check in self.checks {
                if capabilities(check.adversary.iter().map(String::as_str)) == set {
                    runs.entry(check.label()).or_default().push(check);
                }
            }
            let lines = forms.iter().map(|form| {
                let before = self.before.as_ref().and_then(|before| before.line(&adversary, form));
                let checks = runs.get(form).map(Vec::as_slice).unwrap_or_default();
                self.line(form, &shape.properties, before, checks)
            });
            let lines = lines.collect::<Result<_, _>>()?;
            sections.push(Section { adversary, lines });
        }
        Ok(Verdicts { properties: shape.properties, sections })
    }

    fn line(
        &self,
        form: &str,
        properties: &[String],
        before: Option<&Line>,
        checks: &[&Check],
    ) -> Result<Line, Error> {
        let known = |at: usize| before.and_then(|line| line.cells.get(at).copied());
        let cells = properties.iter().enumerate().map(|(at, property)| {
            let check = checks.iter().find(|check| check.property == property);
            let new = check.filter(|check| self.counts(check)).map(|check| cell(check));
            new.or_else(|| known(at)).ok_or_else(|| self.incomplete(form, property))
        });
        let cells = cells.collect::<Result<_, _>>()?;
        // A run is one search: all that was found in it has the same counts.
        let counted = checks.iter().all(|check| self.counts(check));
        let run = checks.first().filter(|_| counted);
        let (served, states, depth) = match (run, before) {
            (Some(run), _) => (run.served, run.stats.states, run.stats.depth),
            (None, Some(before)) => (before.served, before.states, before.depth),
            (None, None) => return Err(self.incomplete(form, "served")),
        };
        Ok(Line { form: form.to_owned(), cells, served, states, depth, number: 0 })
    }

    /// Whether a check says what a file should say.
    fn counts(&self, check: &Check) -> bool {
        match self.purpose {
            Purpose::Bless => true,
            Purpose::Compare => {
                let accepted = check.as_expected
                    && (check.expected != Some(check.verdict)
                        || check.served != check.expected_served);
                !accepted && check.verdict != Verdict::Inconclusive && check.stats.limit.is_none()
            }
        }
    }

    fn incomplete(&self, form: &str, what: &str) -> Error {
        Error::Usage(format!(
            "the verdicts of `{}` lack `{what}` under `{form}`, which was not run: bless without --mechanism, --profile \
             and --property",
            self.case.scenario.id
        ))
    }

    fn open(&self) -> Vec<String> {
        let is_open =
            |check: &&&Check| check.verdict == Verdict::Inconclusive || check.stats.limit.is_some();
        let open = self.checks.iter().filter(is_open);
        open.map(|check| format!("{} {}", check.label(), check.property)).collect()
    }
}

fn cell(check: &Check) -> Cell {
    match check.verdict {
        Verdict::Violated => Cell::Violated {
            steps: check.trace.as_ref().map_or(0, |trace| trace.steps.len()),
            by_design: check.by_design,
        },
        Verdict::Vacuous => Cell::Vacuous,
        Verdict::Inconclusive => Cell::Open,
        Verdict::Proved | Verdict::Exhausted | Verdict::Sampled => Cell::Holds,
    }
}

impl Rewritten {
    /// A unified diff from what the file says to what was found; each hunk names the section that it lies in.
    pub fn diff(&self) -> String {
        let before: Vec<&str> = self.before.lines().collect();
        let after: Vec<&str> = self.after.lines().collect();
        let mut out = format!("--- {0}\n+++ {0} (found)\n", self.file);
        if before.len() != after.len() {
            // Another form, property or adversary: every line may have moved.
            let _ = writeln!(out, "@@ -1,{} +1,{} @@", before.len(), after.len());
            before.iter().for_each(|line| out.push_str(&format!("-{line}\n")));
            after.iter().for_each(|line| out.push_str(&format!("+{line}\n")));
            return out;
        }
        for (start, end) in hunks(&before, &after) {
            let length = end - start;
            let section = before[..=start].iter().rev().find(|line| line.starts_with('['));
            let section = section.map(|title| format!(" {title}")).unwrap_or_default();
            let _ = writeln!(out, "@@ -{0},{length} +{0},{length} @@{section}", start + 1);
            let mut at = start;
            while at < end {
                if before[at] == after[at] {
                    let _ = writeln!(out, " {}", before[at]);
                    at += 1;
                    continue;
                }
                let run = (at..end).take_while(|line| before[*line] != after[*line]).count();
                before[at..at + run].iter().for_each(|line| out.push_str(&format!("-{line}\n")));
                after[at..at + run].iter().for_each(|line| out.push_str(&format!("+{line}\n")));
                at += run;
            }
        }
        out
    }

    /// How many lines differ.
    pub fn changed(&self) -> usize {
        let (before, after) = (self.before.lines().count(), self.after.lines().count());
        let pairs = self.before.lines().zip(self.after.lines());
        pairs.filter(|(before, after)| before != after).count() + before.abs_diff(after)
    }
}

/// Where two texts of equally many lines differ, with the lines around each difference.
fn hunks(before: &[&str], after: &[&str]) -> Vec<(usize, usize)> {
    let mut hunks: Vec<(usize, usize)> = Vec::new();
    let differ = (0..before.len()).filter(|at| before[*at] != after[*at]);
    for at in differ {
        let (start, end) = (at.saturating_sub(CONTEXT), (at + CONTEXT + 1).min(before.len()));
        match hunks.last_mut() {
            Some((_, last)) if start <= *last => *last = end,
            _ => hunks.push((start, end)),
        }
    }
    hunks
}
