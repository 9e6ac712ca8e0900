//! Runs scenarios: which runs there are, what each finds, what was expected, and what would have stopped it.

mod blocked;
mod expect;
mod job;
mod pair;
mod radius;

use crate::explore::{self, Ended, Run, explore};
use crate::lower::capabilities;
use crate::outcome::{Check, Outcome};
use crate::world::capability::{Capabilities, Capability};
use crate::world::{self, World};
use crate::{cedar, property, renamed};
pub use expect::Expectations;
use job::{Contrasts, Jobs};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use whoacts_model::crypto::Crypto;
use whoacts_model::guard::Guard;
use whoacts_model::mechanism::{Form, forms};
use whoacts_scenarios::scenario::Policy;
use whoacts_scenarios::{Case, LoadError, MechanismName, Vocabulary};

/// Which engine searches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Engine {
    /// Our own search.
    #[default]
    Layered,
    /// stateright, as an oracle: at each story's oracle bounds, without reductions.
    Stateright,
}

/// Which cryptography the world is explored with. Attacks are confirmed under Ed25519 in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CryptoKind {
    /// Perfect signatures.
    #[default]
    Symbolic,
    /// Real ones.
    Ed25519,
}

/// Which reductions are in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reductions {
    /// Close the monotone part of each state, forget used-up ledgers.
    pub saturate: bool,
    /// Keep one state of those that arrangements of replicas, executions and principals lead to.
    pub symmetry: bool,
    /// Take honest moves at once that only prepare.
    pub steps: bool,
}

impl Reductions {
    /// Plain search.
    pub const NONE: Self = Self { saturate: false, symmetry: false, steps: false };

    /// The names of those in force.
    pub(crate) fn names(self) -> impl Iterator<Item = &'static str> {
        let all = [(self.saturate, "saturate"), (self.symmetry, "symmetry"), (self.steps, "steps")];
        all.into_iter().filter_map(|(there, name)| there.then_some(name))
    }
}

impl Default for Reductions {
    /// Saturation alone: what it leaves is so little that to look for symmetry in it costs more than it spares.
    fn default() -> Self {
        Self { saturate: true, ..Self::NONE }
    }
}

/// What to run, and how.
#[derive(Debug, Clone)]
pub struct Options {
    /// Labels of mechanisms, forms or profiles; `None` is all.
    pub forms: Option<Vec<String>>,
    /// Properties; `None` is what each story asks.
    pub properties: Option<Vec<String>>,
    /// A part of the scenario's id.
    pub filter: Option<String>,
    /// The tag of the stories that are meant; `None` is `default`.
    pub tag: Option<String>,
    /// `+name` and `-name`: another adversary than the story's.
    pub adversary: Vec<String>,
    /// `bounds.…` overrides.
    pub set: Vec<(String, String)>,
    /// The engine.
    pub engine: Engine,
    /// The reductions.
    pub reductions: Reductions,
    /// How many runs at a time.
    pub threads: usize,
    /// No run keeps more states.
    pub max_states: Option<u64>,
    /// The suite takes no longer.
    pub timeout: Option<Duration>,
    /// No run keeps more bytes (an estimate).
    pub memory: Option<u64>,
    /// Compare whole states, not fingerprints.
    pub exact: bool,
    /// The cryptography of the exploration.
    pub crypto: CryptoKind,
    /// Also list states from which the good end is out of reach (plain search).
    pub stuck: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            forms: None,
            properties: None,
            filter: None,
            tag: None,
            adversary: Vec::new(),
            set: Vec::new(),
            engine: Engine::default(),
            reductions: Reductions::default(),
            threads: std::thread::available_parallelism().map_or(1, usize::from),
            max_states: None,
            timeout: None,
            memory: None,
            exact: false,
            crypto: CryptoKind::default(),
            stuck: false,
        }
    }
}

/// Why a suite cannot be run, or its result not believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    /// The selection makes no sense.
    Usage(String),
    /// Files are wrong; the errors are rendered already.
    Files(String),
    /// Nothing is selected.
    Vacuous(String),
    /// A candidate was not confirmed, or an engine found itself inconsistent.
    Internal(String),
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Usage(text) | Self::Files(text) | Self::Vacuous(text) | Self::Internal(text) => {
                f.write_str(text)
            }
        }
    }
}
impl std::error::Error for Error {}

/// How far a suite is.
#[derive(Debug, Clone)]
pub struct Progress {
    /// Runs that ended.
    pub done: usize,
    /// Runs in all.
    pub total: usize,
    /// The run that just ended.
    pub label: String,
}

/// The names that scenario files may use.
pub fn vocabulary() -> Vocabulary {
    let mut mechanisms: Vec<MechanismName> = Vec::new();
    for form in forms() {
        if mechanisms.last().is_none_or(|last| last.id != form.mechanism) {
            let id = form.mechanism.to_owned();
            mechanisms.push(MechanismName { id, ..MechanismName::default() });
        }
        if let Some(last) = mechanisms.last_mut() {
            match form.profile {
                Some(profile) => last.profiles.push(profile.to_owned()),
                None => last.variants.push(form.variant.to_owned()),
            }
        }
    }
    Vocabulary {
        mechanisms,
        properties: property::ALL.iter().map(|property| property.id.to_owned()).collect(),
        capabilities: Capability::ALL.iter().map(|c| c.id().to_owned()).collect(),
        guards: Guard::ALL.iter().map(|guard| guard.id().to_owned()).collect(),
        paired: property::ALL
            .iter()
            .filter(|property| property.pair.is_some())
            .map(|property| property.id.to_owned())
            .collect(),
        renamed: renamed::PROPERTIES
            .iter()
            .map(|(old, new)| ((*old).into(), (*new).into()))
            .collect(),
    }
}

/// One exploration: a case under a form and an adversary.
#[derive(Debug, Clone, Copy)]
struct Task<'a> {
    case: &'a Case,
    form: &'static Form,
    capabilities: Capabilities,
}

/// Runs the selected cases.
///
/// # Errors
/// [`Error::Usage`] for names that nothing has, [`Error::Files`] for a file of verdicts that is wrong,
/// [`Error::Vacuous`] when nothing is selected, [`Error::Internal`] when an
/// attack that the search found does not replay under Ed25519.
pub fn run(
    cases: &[Case],
    options: &Options,
    progress: &(dyn Fn(Progress) + Sync),
    interrupted: &AtomicBool,
) -> Result<Outcome, Error> {
    let cases = select(cases, options)?;
    let expectations = Expectations::read(&cases)?;
    let tasks = plan(&cases, options)?;
    let jobs = Jobs::new(Limits::new(options, interrupted).shared(tasks.len()), &expectations);
    let drafts = in_parallel(options.threads, &tasks, |task, done| {
        let drafts = jobs.checks(task);
        let label = format!("{} {}", task.case.scenario.id, task.form.label());
        progress(Progress { done, total: tasks.len(), label });
        drafts
    });
    let drafts = drafts.into_iter().collect::<Result<Vec<_>, Error>>()?;
    let to_explain: Vec<_> = tasks.iter().zip(drafts).collect();
    let contrasts = Contrasts::among(&to_explain);
    // The attacks of one run ask the same further questions, so that one worker has them all. Runs of one story share
    // some as well: one after another come runs of different stories, so that nobody waits for somebody else's answer.
    let mut order: Vec<usize> = (0..to_explain.len()).collect();
    order.sort_by_key(|at| to_explain[*at].0.form.label());
    let explained = in_parallel(options.threads, &order, |at, _| {
        let (task, drafts) = &to_explain[*at];
        let explained = drafts.iter().map(|draft| {
            let mut check = jobs.explain(task, draft.clone(), &contrasts);
            expectations.judge_under(task.capabilities, &mut check);
            check
        });
        explained.collect::<Vec<_>>()
    });
    let mut explained: Vec<(usize, Vec<Check>)> = order.into_iter().zip(explained).collect();
    explained.sort_by_key(|(at, _)| *at);
    let checks: Vec<Check> = explained.into_iter().flat_map(|(_, checks)| checks).collect();
    if checks.is_empty() {
        return Err(Error::Vacuous("nothing was selected: no check was run".to_owned()));
    }
    Ok(Outcome { checks })
}

/// Does `work` for each item, several at a time; results in the order of the items. `work` is told how many are done.
pub(crate) fn in_parallel<T: Sync, R: Send>(
    threads: usize,
    items: &[T],
    work: impl Fn(&T, usize) -> R + Sync,
) -> Vec<R> {
    let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let results = Mutex::new(Vec::with_capacity(items.len()));
    let worker = || {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(index) else { break };
            let result = work(item, done.fetch_add(1, Ordering::Relaxed) + 1);
            results.lock().unwrap_or_else(PoisonError::into_inner).push((index, result));
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads.clamp(1, items.len().max(1)) {
            scope.spawn(worker);
        }
        worker();
    });
    let mut results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}

/// The cases that the options select, with their overrides.
pub(crate) fn select(cases: &[Case], options: &Options) -> Result<Vec<Case>, Error> {
    let mut selected: Vec<Case> =
        cases.iter().filter(|case| options.selects(case)).cloned().collect();
    for case in &mut selected {
        for (key, value) in &options.set {
            whoacts_scenarios::set(&mut case.scenario, key, value)
                .map_err(|error| Error::Usage(error.to_string()))?;
        }
    }
    if selected.is_empty() {
        return Err(Error::Vacuous(format!("no scenario is selected{}", options.hint(cases))));
    }
    changes(&selected, options)?;
    let mut policies = BTreeMap::new();
    for case in &selected {
        policies.insert(&case.policy_file, (&case.policy, case.policy_text.as_str()));
    }
    readable(policies.into_values())?;
    Ok(selected)
}

/// Judges what was typed for all of these cases, and runs nothing.
///
/// # Errors
/// [`Error::Usage`] for what makes no sense for them, [`Error::Vacuous`] where it selects nothing.
pub fn judge(cases: &[Case], options: &Options) -> Result<(), Error> {
    wanted_forms(options)?;
    select(cases, options).map(drop)
}

/// Refuses another adversary that the stories could not have, by the same judge as that of their files.
fn changes(cases: &[Case], options: &Options) -> Result<(), Error> {
    let stories: Vec<_> = cases.iter().map(|case| &case.scenario).collect();
    let faults = whoacts_scenarios::check_changes(&stories, &options.adversary, &vocabulary());
    faults.first().map_or(Ok(()), |fault| Err(Error::Usage(said(fault))))
}

/// A fault of what was typed, in one line.
pub(crate) fn said(fault: &whoacts_scenarios::Error) -> String {
    let help = fault.help.as_ref().map(|help| format!("; {help}"));
    format!("{fault}{}", help.unwrap_or_default())
}

/// Refuses Cedar policies that cannot be read.
pub(crate) fn readable<'a>(
    policies: impl IntoIterator<Item = (&'a Policy, &'a str)>,
) -> Result<(), Error> {
    let faulty: Vec<_> =
        policies.into_iter().flat_map(|(policy, text)| cedar::check(policy, text)).collect();
    if faulty.is_empty() {
        return Ok(());
    }
    Err(Error::Files(LoadError::Parse(faulty).to_string()))
}

/// Every exploration, in the order of the report: cases, forms, adversaries.
fn plan<'a>(cases: &'a [Case], options: &Options) -> Result<Vec<Task<'a>>, Error> {
    let wanted = wanted_forms(options)?;
    let mut tasks = Vec::new();
    for case in cases {
        for form in &wanted {
            let sets = adversaries(case, form, options)?;
            tasks.extend(sets.into_iter().map(|capabilities| Task { case, form, capabilities }));
        }
    }
    Ok(tasks)
}

pub(crate) fn wanted_forms(options: &Options) -> Result<Vec<&'static Form>, Error> {
    let Some(labels) = &options.forms else { return Ok(forms().collect()) };
    let vocabulary = vocabulary();
    let mut wanted: Vec<&'static Form> = Vec::new();
    for label in labels {
        let expanded = expect::expand(label, &vocabulary);
        if expanded.is_empty() {
            return Err(Error::Usage(format!("no mechanism is called `{label}`")));
        }
        wanted.extend(expanded);
    }
    // `dpop` names both of its variants here, as it does in reports.
    Ok(forms()
        .filter(|form| {
            wanted.iter().any(|w| w.label() == form.label())
                || labels.iter().any(|label| label == form.mechanism)
        })
        .collect())
}

/// The adversaries that a form meets in a story, its own first; or the one that was asked for.
pub(crate) fn adversaries(
    case: &Case,
    form: &Form,
    options: &Options,
) -> Result<Vec<Capabilities>, Error> {
    if options.adversary.is_empty() {
        return Ok(expect::adversaries(case, form));
    }
    Ok(vec![changed(story_capabilities(case), &options.adversary)?])
}

/// The adversary of a story.
pub fn story_capabilities(case: &Case) -> Capabilities {
    capabilities(case.scenario.adversary.capabilities.iter().map(|name| name.value.as_str()))
}

/// An adversary with some capabilities more or fewer.
pub(crate) fn changed(own: Capabilities, changes: &[String]) -> Result<Capabilities, Error> {
    let mut set = own;
    for change in changes {
        let (sign, name) = change.split_at(change.len().min(1));
        let capability = Capability::named(name)
            .ok_or_else(|| Error::Usage(format!("no capability is called `{name}`")))?;
        set = match sign {
            "+" => set.with(capability),
            "-" => set.without(capability),
            _ => return Err(Error::Usage(format!("`{change}`: expected `+` or `-` in front"))),
        };
    }
    Ok(set)
}

impl Options {
    /// Those that select a case, whatever its tags.
    pub fn for_case(case: &Case) -> Self {
        let tag = case.scenario.tags.first().map(|tag| tag.value.clone());
        Self { tag, ..Self::default() }
    }

    /// Whether a case is meant.
    pub fn selects(&self, case: &Case) -> bool {
        let tag = self.tag.as_deref().unwrap_or("default");
        self.names(case) && case.scenario.tags.iter().any(|own| own.value == tag)
    }

    fn names(&self, case: &Case) -> bool {
        self.filter.as_ref().is_none_or(|part| case.scenario.id.contains(part.as_str()))
    }

    /// What to try where the tag selects nothing.
    fn hint(&self, cases: &[Case]) -> String {
        let named = cases.iter().filter(|case| self.names(case));
        let tags = named.flat_map(|case| &case.scenario.tags).map(|tag| tag.value.as_str());
        let tags: BTreeSet<String> = tags.map(|tag| format!("--tag {tag}")).collect();
        if tags.is_empty() {
            return String::new();
        }
        format!(" by its tag; try {}", tags.into_iter().collect::<Vec<_>>().join(" or "))
    }
}

/// How far each search of a run may go.
#[derive(Clone, Copy)]
pub(crate) struct Limits<'a> {
    pub(crate) options: &'a Options,
    interrupted: &'a AtomicBool,
    /// Threads for one search.
    threads: usize,
    /// When the time is over that was given to the run as a whole.
    until: Option<Instant>,
}

impl<'a> Limits<'a> {
    /// From now on.
    pub(crate) fn new(options: &'a Options, interrupted: &'a AtomicBool) -> Self {
        let until = options.timeout.and_then(|limit| Instant::now().checked_add(limit));
        Self { options, interrupted, threads: 1, until }
    }

    /// With as many threads for one search as so many searches at a time leave over.
    fn shared(self, searches: usize) -> Self {
        Self { threads: (self.options.threads / searches.max(1)).max(1), ..self }
    }

    /// For a search that stops when these findings are seen, and keeps traces of those.
    pub(crate) fn search(&self, stop_when: u64, traces: u64) -> explore::Options<'a> {
        let Reductions { saturate, symmetry, steps } = match self.options.reductions {
            // Further questions need no traces: where anything is reduced they are as quick as they can be.
            asked if traces == 0 && asked != Reductions::NONE => Reductions::default(),
            asked => asked,
        };
        explore::Options {
            threads: self.threads,
            max_states: self.options.max_states,
            deadline: self.until.map(|end| end.saturating_duration_since(Instant::now())),
            max_bytes: self.options.memory,
            exact: self.options.exact,
            saturate,
            steps,
            canonical: saturate || symmetry,
            stop_when,
            traces,
            interrupted: Some(self.interrupted),
            ..explore::Options::default()
        }
    }
}

/// Searches a world. One whose universe was cut off is never searched to its end.
pub(crate) fn explored<C: Crypto>(world: &World<C>, options: &explore::Options<'_>) -> Run<u32> {
    let mut run = explore(world, options);
    if world.universe.truncated && run.ended == Ended::Exhausted {
        let kind = explore::LimitKind::States;
        run.ended = Ended::Limit(explore::Limit { kind, covered: run.depth });
    }
    run
}

/// The bits of the findings that are properties.
pub(crate) const PROPERTIES: u64 = (1 << world::PUT) - 1;
