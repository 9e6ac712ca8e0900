//! Experiments: many runs, and what they come to together. Cases in, data out.

pub mod ablate;
pub mod conflate;
pub mod diff;
pub mod frontier;
pub mod score;

use crate::inquiry::Inquiry;
use crate::lower::bounds;
use crate::outcome::Bounds;
use crate::property;
use crate::suite::{
    self, Error, Limits, Options, Progress, in_parallel, select, story_capabilities, wanted_forms,
};
use crate::world::capability::{Capabilities, Capability};
use std::sync::atomic::AtomicBool;
use whoacts_model::crypto::Symbolic;
use whoacts_model::guard::GuardSet;
use whoacts_model::mechanism::{Form, forms};
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
        suite::changed(Capabilities::default(), &options.adversary)?;
        let named = options.properties.as_ref();
        let is_wanted = |id: &str| named.is_none_or(|names| names.iter().any(|name| name == id));
        Ok(Self {
            cases: select(cases, options)?,
            forms: wanted_forms(options)?,
            wanted: bits(|property| is_wanted(property.id)),
            inquiry: Inquiry::new(Limits::new(options, interrupted)),
            progress,
        })
    }

    fn options(&self) -> &'a Options {
        self.inquiry.limits.options
    }

    /// The properties of single runs that a story asks, of those that were selected.
    fn asked(&self, case: &Case) -> u64 {
        let asked = &case.scenario.properties;
        let is_asked = |id: &str| asked.is_empty() || asked.iter().any(|name| name.value == id);
        bits(|property| property.pair.is_none() && is_asked(property.id)) & self.wanted
    }

    /// Each story under its own adversary, or the one that was asked for; then, for whatever shows nowhere there, under each
    /// other adversary that the form meets in a story, and without the runtime's duty.
    fn rounds<'c>(&'c self, form: &Form) -> Result<[Vec<Place<'c>>; 2], Error> {
        let mut rounds = [Vec::new(), Vec::new()];
        for case in &self.cases {
            let sets = suite::adversaries(case, form, self.options())?;
            let Some((own, pinned)) = sets.split_first() else { continue };
            rounds[0].push((case, *own));
            rounds[1].extend(pinned.iter().map(|set| (case, *set)));
            let without_duty = story_capabilities(case).with(Capability::Confuse);
            if self.options().adversary.is_empty() && !sets.contains(&without_duty) {
                rounds[1].push((case, without_duty));
            }
        }
        Ok(rounds)
    }

    /// What is looked at: each story with its bounds and its adversary.
    fn scope(&self) -> Scope {
        let stories = self.cases.iter().map(|case| Story {
            scenario: case.scenario.id.clone(),
            bounds: bounds(&case.scenario.bounds),
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
        in_parallel(self.options().threads, items, |item, done| {
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

/// The bits of the properties for which this is true.
fn bits(is_one: impl Fn(&property::Property) -> bool) -> u64 {
    let all = property::ALL.iter().enumerate();
    all.filter(|(_, property)| is_one(property)).fold(0, |bits, (number, _)| bits | 1 << number)
}

/// The numbers of the properties in a set of bits.
fn numbers(bits: u64) -> impl Iterator<Item = usize> {
    (0..property::ALL.len()).filter(move |number| bits >> number & 1 == 1)
}

/// The names of the properties in a set of bits.
fn named(bits: u64) -> Vec<&'static str> {
    numbers(bits).map(|number| property::ALL[number].id).collect()
}

/// The guards for which a form brings evidence.
fn brings(form: &Form) -> GuardSet {
    form.run::<Symbolic>().brings()
}

/// The profiles of the mechanism that brings the most guards, weakest first: the reference model.
pub fn reference() -> Vec<&'static Form> {
    let strongest = forms().max_by_key(|form| brings(form).len());
    let of = strongest.map_or("", |form| form.mechanism);
    forms().filter(|form| form.mechanism == of).collect()
}
