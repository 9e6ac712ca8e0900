//! Experiments: the article's claims put to the test, and the suite's own strength measured. Cases in, data out.

pub mod ablate;
pub mod compare;
pub mod conflate;
pub mod frontier;
pub mod score;
pub mod survivors;

use crate::inquiry::Inquiry;
use crate::outcome::Bounds;
use crate::suite::expect::Expected;
use crate::suite::{
    Error, Options, Progress, changed, in_parallel, select, story_capabilities, wanted_forms,
};
use crate::world::capability::{Capabilities, Capability};
use crate::{property, suite};
use std::sync::atomic::AtomicBool;
use whoacts_model::mechanism::Form;
use whoacts_scenarios::Case;

/// What an experiment works with: stories, forms, properties, and somebody to ask.
pub struct Lab<'a> {
    /// The stories.
    pub cases: Vec<Case>,
    /// The forms that were selected.
    pub forms: Vec<&'static Form>,
    /// The properties that were selected, by bit.
    wanted: u64,
    /// Answers questions.
    pub inquiry: Inquiry<'a>,
    threads: usize,
    progress: &'a (dyn Fn(Progress) + Sync),
}

impl std::fmt::Debug for Lab<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lab").field("forms", &self.forms.len()).finish_non_exhaustive()
    }
}

impl<'a> Lab<'a> {
    /// Sets up.
    ///
    /// # Errors
    /// [`Error::Usage`] for names that nothing has, [`Error::Vacuous`] when nothing is selected.
    pub fn new(
        cases: &[Case],
        options: &'a Options,
        progress: &'a (dyn Fn(Progress) + Sync),
        interrupted: &'a AtomicBool,
    ) -> Result<Self, Error> {
        changed(Capabilities::default(), &options.adversary)?;
        let named = options.properties.as_ref();
        let is_wanted = |id: &str| named.is_none_or(|names| names.iter().any(|name| name == id));
        let all = property::ALL.iter().enumerate();
        Ok(Self {
            cases: select(cases, options)?,
            forms: wanted_forms(options)?,
            wanted: all.filter(|(_, p)| is_wanted(p.id)).fold(0, |bits, (n, _)| bits | 1 << n),
            inquiry: Inquiry::new(options, interrupted),
            threads: options.threads,
            progress,
        })
    }

    /// The selected form with that label.
    pub fn form(&self, label: &str) -> Option<&'static Form> {
        self.forms.iter().copied().find(|form| form.label() == label)
    }

    /// The properties that a story asks, of those that were selected.
    fn asked(&self, case: &Case) -> u64 {
        let asked = &case.scenario.properties;
        let is_asked = |id: &str| asked.is_empty() || asked.iter().any(|name| name.value == id);
        let all = property::ALL.iter().enumerate();
        all.filter(|(_, p)| is_asked(p.id)).fold(0, |bits, (n, _)| bits | 1 << n) & self.wanted
    }

    /// The adversaries under which a story pins what it expects of a form, its own first; or the one that was asked for.
    fn adversaries(&self, case: &Case, form: &Form) -> Vec<Capabilities> {
        let own = story_capabilities(case);
        match changed(own, &self.inquiry.options.adversary) {
            Ok(other) if other != own => vec![other],
            _ => Expected::adversaries(case, form, own),
        }
    }

    /// Each story under each of these, and without the runtime's duty: whatever a guard does may only show there.
    fn places<'c>(&'c self, form: &Form) -> Vec<Place<'c>> {
        let mut places: Vec<Place<'c>> = Vec::new();
        for case in &self.cases {
            let mut sets = self.adversaries(case, form);
            if self.inquiry.options.adversary.is_empty() {
                let without_duty = story_capabilities(case).with(Capability::Confuse);
                sets.extend((!sets.contains(&without_duty)).then_some(without_duty));
            }
            places.extend(sets.into_iter().map(|set| (case, set)));
        }
        places
    }

    /// What is looked at: each story with its bounds and its adversary.
    fn scope(&self) -> Scope {
        let stories = self.cases.iter().map(|case| Story {
            scenario: case.scenario.id.clone(),
            bounds: crate::lower::bounds(&case.scenario.bounds),
            adversary: story_capabilities(case).ids(),
        });
        Scope { stories: stories.collect() }
    }

    /// Does `work` for each item, several at a time, and says how far it is.
    fn each<T: Sync, R: Send>(
        &self,
        items: &[T],
        label: impl Fn(&T) -> String + Sync,
        work: impl Fn(&T) -> R + Sync,
    ) -> Vec<R> {
        in_parallel(self.threads, items, |item, done| {
            let result = work(item);
            (self.progress)(Progress { done, total: items.len(), label: label(item) });
            result
        })
    }
}

/// A story under an adversary.
type Place<'c> = (&'c Case, Capabilities);

/// Within what a result holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Scope {
    /// The stories that were looked at.
    pub stories: Vec<Story>,
}

/// A story that was looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct Story {
    /// `family/story`.
    pub scenario: String,
    /// Its bounds.
    pub bounds: Bounds,
    /// Its own adversary.
    pub adversary: Vec<String>,
}

/// The numbers of the properties in a set of bits.
fn numbers(bits: u64) -> impl Iterator<Item = usize> {
    (0..property::ALL.len()).filter(move |number| bits >> number & 1 == 1)
}

/// The names of the properties in a set of bits.
fn named(bits: u64) -> Vec<&'static str> {
    numbers(bits).map(|number| property::ALL[number].id).collect()
}

/// The profiles of the mechanism that brings the most guards, weakest first: the reference model.
pub fn reference() -> Vec<&'static Form> {
    use whoacts_model::crypto::Symbolic;
    let brings = |form: &&'static Form| form.run::<Symbolic>().brings().len();
    let strongest = suite::all_forms().max_by_key(brings);
    let of = strongest.map_or("", |form| form.mechanism);
    suite::all_forms().filter(|form| form.mechanism == of).collect()
}
