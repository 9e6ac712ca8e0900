//! Groups of equal results, with their reasons.

use crate::found::{Found, Run};
use crate::reasons::Reasons;
use crate::story::Story;
use std::collections::BTreeMap;
use whoacts_checker::outcome::Verdict;
use whoacts_checker::property;

/// One `[[expect]]` row.
#[derive(Debug, Clone, Default)]
pub(crate) struct Row {
    pub(crate) on: Vec<String>,
    pub(crate) adversary: Vec<String>,
    pub(crate) violated: Vec<String>,
    pub(crate) vacuous: Vec<String>,
    pub(crate) holds: Vec<String>,
    pub(crate) served: bool,
    pub(crate) because: String,
}

impl Row {
    fn says_the_same(&self, other: &Self) -> bool {
        let lists = |row: &Self| {
            let one = (row.on.clone(), row.adversary.clone(), row.served);
            (one, row.violated.clone(), row.vacuous.clone(), row.holds.clone())
        };
        lists(self) == lists(other)
    }

    /// As it stands in the file.
    pub(crate) fn text(&self) -> String {
        let mut text = format!("[[expect]]\non = {}\n", list(&self.on));
        for (key, names) in [
            ("adversary", &self.adversary),
            ("violated", &self.violated),
            ("vacuous", &self.vacuous),
            ("holds", &self.holds),
        ] {
            if !names.is_empty() {
                text += &format!("{key} = {}\n", list(names));
            }
        }
        if !self.served {
            text += "served = false\n";
        }
        text + &format!("because = \"\"\"\n{}\n\"\"\"\n", self.because.trim())
    }
}

fn list(names: &[String]) -> String {
    format!("[{}]", names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", "))
}

/// Every row of a story, in the order of the file.
pub(crate) fn rows(story: &Story, found: &Found, reasons: &Reasons, kept: &[Row]) -> Vec<Row> {
    let mut sets: Vec<Vec<String>> = vec![Vec::new()];
    for (changes, _) in &story.also {
        if !sets.contains(changes) {
            sets.push(changes.clone());
        }
    }
    let mut all = Vec::new();
    for changes in sets {
        let runs = found.under(&changes);
        let mut mechanisms: Vec<&str> = runs.iter().map(|run| run.mechanism).collect();
        mechanisms.dedup();
        for mechanism in mechanisms {
            let runs: Vec<&Run<'_>> = runs.iter().filter(|r| r.mechanism == mechanism).collect();
            let group = Group { runs, changes: &changes, story: &story.id, reasons };
            all.extend(group.rows());
        }
    }
    for row in &mut all {
        let before = kept.iter().find(|was| was.says_the_same(row));
        if let Some(before) = before.filter(|before| !before.because.contains("TODO")) {
            row.because.clone_from(&before.because);
        }
    }
    all
}

/// The forms of one mechanism under one adversary.
struct Group<'g> {
    runs: Vec<&'g Run<'g>>,
    changes: &'g [String],
    story: &'g str,
    reasons: &'g Reasons,
}

impl Group<'_> {
    fn rows(&self) -> Vec<Row> {
        let unserved: Vec<usize> =
            (0..self.runs.len()).filter(|index| !self.runs[*index].served).collect();
        let mut rows = Vec::new();
        let mut said = unserved.is_empty();
        for (forms, properties) in self.equal("violated", |v| v == Verdict::Violated) {
            let with_served = !said && forms == unserved;
            said |= with_served;
            rows.push(self.row("violated", &forms, properties, !with_served));
        }
        if !said {
            rows.push(self.row("violated", &unserved, Vec::new(), false));
        }
        for (forms, properties) in self.equal("vacuous", |v| v == Verdict::Vacuous) {
            rows.push(self.row("vacuous", &forms, properties, true));
        }
        for (forms, properties) in self.equal("holds", |v| v == Verdict::Exhausted) {
            rows.push(self.row("holds", &forms, properties, true));
        }
        rows
    }

    /// Properties with the same verdict on the same forms, in the order of the first form. That something holds is said
    /// only where there is a reason to give, or where nothing else asks for the run. What a guard would keep out and what
    /// none would stand in rows of their own: a row says of all that it lists which guards are missing.
    fn equal(&self, verdict: &str, is: impl Fn(Verdict) -> bool) -> Vec<(Vec<usize>, Vec<&str>)> {
        let mut groups: BTreeMap<(Vec<usize>, bool), Vec<&str>> = BTreeMap::new();
        for property in property::ALL.iter().map(|property| property.id) {
            let forms: Vec<usize> = (0..self.runs.len())
                .filter(|index| {
                    let mut checks = self.runs[*index].checks.iter();
                    checks.any(|c| c.property == property && is(c.verdict))
                        && (verdict != "holds" || self.worth_saying(*index, property))
                })
                .collect();
            let (missing, rest): (Vec<usize>, Vec<usize>) =
                forms.iter().partition(|index| self.misses_a_guard(**index, verdict, property));
            for (forms, misses) in [(rest, false), (missing, true)] {
                if !forms.is_empty() {
                    groups.entry((forms, misses)).or_default().push(property);
                }
            }
        }
        groups.into_iter().map(|((forms, _), properties)| (forms, properties)).collect()
    }

    fn misses_a_guard(&self, index: usize, verdict: &str, property: &str) -> bool {
        let reason = self.reason(index, verdict, property);
        verdict == "violated" && reason.is_some_and(|(text, _)| text.contains("no `"))
    }

    fn worth_saying(&self, index: usize, property: &str) -> bool {
        let run = self.runs[index];
        let reason = self.reason(index, "holds", property);
        let told = run.checks.iter().any(|check| check.verdict != Verdict::Exhausted);
        let silent = !self.changes.is_empty() && !told && run.served;
        reason.is_some_and(|(_, own)| own || !self.changes.is_empty())
            || silent && property == "custody"
    }

    fn reason(&self, index: usize, verdict: &str, property: &str) -> Option<(&'static str, bool)> {
        let adversary = self.changes.join(",");
        let adversary = if adversary.is_empty() { "-" } else { &adversary };
        self.reasons.get((&self.runs[index].form, verdict, property), adversary, self.story)
    }

    fn row(&self, verdict: &str, forms: &[usize], properties: Vec<&str>, served: bool) -> Row {
        let mut texts: Vec<String> = Vec::new();
        let mut add = |property: &str, verdict: &str| {
            for index in forms {
                let form = &self.runs[*index].form;
                let text = self.reason(*index, verdict, property).map_or_else(
                    || format!("TODO {form} {verdict} {property} {}", self.changes.join(",")),
                    |(text, _)| text.to_owned(),
                );
                if !texts.contains(&text) {
                    texts.push(text);
                }
            }
        };
        for property in &properties {
            add(property, verdict);
        }
        let mut because = sentence(&texts.join("; "));
        if !served {
            texts.clear();
            for index in forms {
                let form = &self.runs[*index].form;
                let text = self
                    .reason(*index, "unserved", "served")
                    .map_or_else(|| format!("TODO {form} unserved"), |(text, _)| text.to_owned());
                if !texts.contains(&text) {
                    texts.push(text);
                }
            }
            because = format!("{because} Not served: {}.", texts.join("; "));
        }
        let names = |wanted: &str| {
            let own = properties.iter().filter(|_| verdict == wanted);
            own.map(|property| (*property).to_owned()).collect()
        };
        Row {
            on: labels(&forms.iter().map(|index| self.runs[*index]).collect::<Vec<_>>()),
            adversary: self.changes.to_vec(),
            violated: names("violated"),
            vacuous: names("vacuous"),
            holds: names("holds"),
            served,
            because: because.trim().to_owned(),
        }
    }
}

/// With a capital and a full stop.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map_or_else(String::new, |first| format!("{}{}.", first.to_uppercase(), letters.as_str()))
}

/// The labels of forms; profiles in a row become a range.
fn labels(runs: &[&Run<'_>]) -> Vec<String> {
    let number = |run: &Run<'_>| run.profile.and_then(|profile| profile[1..].parse::<u32>().ok());
    let mut ranges: Vec<(&Run<'_>, &Run<'_>)> = Vec::new();
    for run in runs {
        match ranges.last_mut() {
            Some((_, last))
                if number(run).is_some() && number(run) == number(last).map(|n| n + 1) =>
            {
                *last = run;
            }
            _ => ranges.push((run, run)),
        }
    }
    let written = |(first, last): &(&Run<'_>, &Run<'_>)| match last.profile {
        Some(profile) if first.form != last.form => format!("{}..{profile}", first.form),
        _ => first.form.clone(),
    };
    ranges.iter().map(written).collect()
}
