//! What a change of policy newly allows and newly denies, over whole executions.
//!
//! A story is played under both policies to the end. What can be accepted in some reachable state under one and in none
//! under the other is a difference, shown by a trace that Ed25519 replayed; a property that breaks under the new policy only
//! is an attack that the change opens. Which edits of the policy make a difference is found by leaving them out, one after the
//! other, and running again.

mod cell;
mod clause;
mod probe;

use crate::outcome::{Bounds, Trace};
use crate::suite::{self, Error, Limits, Options, Progress, in_parallel, wanted_forms};
use cell::Cell;
use std::collections::BTreeSet;
use std::sync::atomic::AtomicBool;
use whoacts_scenarios::span::Span;
use whoacts_scenarios::{Case, PolicyFile};

/// The form under which policies are compared where none is named: the strongest profile that does not ask an origin to
/// name every request beforehand.
pub const REFERENCE: &str = "continuity/K5";

/// How two policies compare, within the bounds of the stories.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// The same executions.
    Equivalent,
    /// The new one allows more, and denies nothing more.
    MorePermissive,
    /// The new one denies more, and allows nothing more.
    LessPermissive,
    /// Each allows something that the other does not.
    Incomparable,
    /// A limit was reached in some run, so that nothing is said.
    Inconclusive,
}

impl Verdict {
    /// Its name in outputs.
    pub fn id(self) -> &'static str {
        match self {
            Self::Equivalent => "equivalent",
            Self::MorePermissive => "more-permissive",
            Self::LessPermissive => "less-permissive",
            Self::Incomparable => "incomparable",
            Self::Inconclusive => "inconclusive",
        }
    }

    fn of(more: bool, less: bool) -> Self {
        match (more, less) {
            (false, false) => Self::Equivalent,
            (true, false) => Self::MorePermissive,
            (false, true) => Self::LessPermissive,
            (true, true) => Self::Incomparable,
        }
    }
}

/// An effect, whoever of its kind has it: replicas of one pool are not told apart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Effect {
    /// Whose authority justifies it: the accountable identity.
    pub root: String,
    /// Who presents: an identity, or a pool.
    pub class: String,
    /// What is done.
    pub action: String,
    /// Where.
    pub resource: String,
    /// The attested environment of whoever presents.
    pub environment: Option<String>,
}

/// An execution that one policy lets through to its effect and the other does not.
#[derive(Debug, Clone, PartialEq)]
pub struct Witness {
    /// The story.
    pub scenario: String,
    /// The form.
    pub mechanism: String,
    /// The effect.
    pub effect: Effect,
    /// The instance that presents in this execution.
    pub actor: String,
    /// The authority is the adversary's own, or an executor of its own presents it.
    pub hostile: bool,
    /// The execution, replayed under Ed25519.
    pub trace: Trace,
    /// What the other policy makes of it.
    pub otherwise: String,
    /// The edits without which there is no difference: indexes into [`Diff::edits`].
    pub edits: Vec<usize>,
}

/// A property that breaks under the new policy and not under the old one.
#[derive(Debug, Clone, PartialEq)]
pub struct Attack {
    /// The story.
    pub scenario: String,
    /// The form.
    pub mechanism: String,
    /// The property.
    pub property: &'static str,
    /// The attested environment of whoever presents.
    pub environment: Option<String>,
    /// The attack, replayed under Ed25519.
    pub trace: Trace,
    /// The edits without which there is no attack: indexes into [`Diff::edits`].
    pub edits: Vec<usize>,
}

/// Something that is so under one policy only: a property that no longer breaks, a good end that is reached or lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// The story.
    pub scenario: String,
    /// The form.
    pub mechanism: String,
    /// The property, or the good end.
    pub what: String,
    /// The edits that make it so: indexes into [`Diff::edits`].
    pub edits: Vec<usize>,
}

/// One clause that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// What the new policy does that the old one does not.
    pub sentence: String,
    /// Where the old policy says it, or would.
    pub old: Option<Span>,
    /// Where the new policy says it, or would.
    pub new: Option<Span>,
    /// The new policy has the clause; else the old one.
    pub added: bool,
}

/// One attested environment under one form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The environment; `None` for whoever has none.
    pub environment: Option<String>,
    /// The form.
    pub mechanism: String,
    /// How many effects the old policy and the new one reach.
    pub reached: (usize, usize),
    /// How many effects are newly allowed.
    pub allowed: usize,
    /// How many effects are newly denied.
    pub denied: usize,
    /// How many properties newly break.
    pub attacks: usize,
}

/// One story under one form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ran {
    /// The story.
    pub scenario: String,
    /// The form.
    pub mechanism: String,
    /// The bounds.
    pub bounds: Bounds,
    /// The adversary.
    pub adversary: Vec<String>,
    /// What it rests on, by name.
    pub assumptions: Vec<&'static str>,
    /// States under the old policy and under the new one.
    pub states: (u64, u64),
    /// No limit was reached.
    pub conclusive: bool,
}

/// What a change comes to.
#[derive(Debug, Clone, PartialEq)]
pub struct Diff {
    /// The old policy: its name and file.
    pub old: (String, String),
    /// The new policy: its name and file.
    pub new: (String, String),
    /// How they compare.
    pub verdict: Verdict,
    /// Newly allowed, fewest moves first.
    pub allowed: Vec<Witness>,
    /// Newly denied, fewest moves first.
    pub denied: Vec<Witness>,
    /// Attacks that the change opens, fewest moves first.
    pub attacks: Vec<Attack>,
    /// Properties that no longer break.
    pub closed: Vec<Turn>,
    /// Properties that some story breaks under both policies alike.
    pub still: BTreeSet<&'static str>,
    /// Good ends that are no longer reached.
    pub unserved: Vec<Turn>,
    /// Good ends that are reached only now.
    pub served: Vec<Turn>,
    /// Clauses that differ.
    pub edits: Vec<Edit>,
    /// By environment and form.
    pub rows: Vec<Row>,
    /// What was run.
    pub runs: Vec<Ran>,
}

impl Diff {
    /// Whether the adversary's own identities or executors gain something.
    pub fn lets_the_adversary_in(&self) -> bool {
        self.allowed.iter().any(|witness| witness.hostile)
    }
    /// The edits that make some difference.
    pub fn decisive(&self) -> Vec<usize> {
        let witnesses = self.allowed.iter().chain(&self.denied).flat_map(|w| &w.edits);
        let turns = self.closed.iter().chain(&self.unserved).chain(&self.served);
        let attacks = self.attacks.iter().flat_map(|attack| &attack.edits);
        let mut all: Vec<usize> =
            witnesses.chain(turns.flat_map(|turn| &turn.edits)).chain(attacks).copied().collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// Compares two policies on the selected stories.
///
/// # Errors
/// [`Error::Usage`] for names that nothing has, [`Error::Vacuous`] when nothing is selected, [`Error::Internal`] when a
/// witness that the search found does not replay under Ed25519.
pub fn diff(
    cases: &[Case],
    old: &PolicyFile,
    new: &PolicyFile,
    options: &Options,
    progress: &(dyn Fn(Progress) + Sync),
    interrupted: &AtomicBool,
) -> Result<Diff, Error> {
    let cases = suite::select(cases, options)?;
    suite::readable([old, new].map(|file| (&file.policy, file.text.as_str())))?;
    let reference = Options { forms: Some(vec![REFERENCE.to_owned()]), ..options.clone() };
    let forms = wanted_forms(if options.forms.is_some() { options } else { &reference })?;
    let edits = clause::edits(&old.policy, &new.policy);
    let limits = Limits::new(options, interrupted);
    let mut cells = Vec::new();
    for case in &cases {
        let own = suite::story_capabilities(case);
        let capabilities = suite::changed(own, &options.adversary)?;
        let (old, new) = (&old.policy, &new.policy);
        let cell = |form| Cell { case, form, capabilities, old, new, edits: &edits, limits };
        cells.extend(forms.iter().copied().map(cell));
    }
    let found = in_parallel(options.threads, &cells, |cell, done| {
        let found = cell.compare();
        let label = format!("{} {}", cell.case.scenario.id, cell.form.label());
        progress(Progress { done, total: cells.len(), label });
        found
    });
    let mut diff = empty(old, new, &edits);
    for found in found {
        found?.into_diff(&mut diff);
    }
    finish(&mut diff);
    Ok(diff)
}

fn empty(old: &PolicyFile, new: &PolicyFile, edits: &[clause::Edit]) -> Diff {
    let shown = |edit: &clause::Edit| Edit {
        sentence: edit.sentence(),
        old: edit.old.clone(),
        new: edit.new.clone(),
        added: edit.added,
    };
    Diff {
        old: (old.policy.name.clone(), old.file.clone()),
        new: (new.policy.name.clone(), new.file.clone()),
        verdict: Verdict::Equivalent,
        allowed: Vec::new(),
        denied: Vec::new(),
        attacks: Vec::new(),
        closed: Vec::new(),
        still: BTreeSet::new(),
        unserved: Vec::new(),
        served: Vec::new(),
        edits: edits.iter().map(shown).collect(),
        rows: Vec::new(),
        runs: Vec::new(),
    }
}

/// Sorts, and says the verdict.
fn finish(diff: &mut Diff) {
    diff.allowed.sort_by_key(|witness| witness.trace.steps.len());
    diff.denied.sort_by_key(|witness| witness.trace.steps.len());
    diff.attacks.sort_by_key(|attack| attack.trace.steps.len());
    let more = !(diff.allowed.is_empty() && diff.attacks.is_empty() && diff.served.is_empty());
    let less = !(diff.denied.is_empty() && diff.closed.is_empty() && diff.unserved.is_empty());
    diff.verdict = Verdict::of(more, less);
    if !diff.runs.iter().all(|run| run.conclusive) {
        diff.verdict = Verdict::Inconclusive;
    }
}
