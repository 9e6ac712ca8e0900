//! Puts laws to stories, under all forms, and keeps count.

use super::files::Files;
use super::law::{Broken, Law, Put, Question};
use super::look::{Desk, Looked};
use super::random::Random;
use std::collections::BTreeMap;
use whoacts_model::mechanism::{Form, forms};

/// A law that fails.
#[derive(Debug, Clone)]
pub struct Failure {
    /// The law.
    pub law: Law,
    /// The story: a seed, or a name.
    pub story: String,
    /// Under which form.
    pub form: &'static Form,
    /// How.
    pub broken: Broken,
}

/// How often a law was kept, had nothing to ask, met a limit, was put to refused files, or failed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// It held, and something could have been lost.
    pub kept: u64,
    /// There was nothing to ask.
    pub idle: u64,
    /// A limit was reached.
    pub limit: u64,
    /// A changed file is refused.
    pub refused: u64,
    /// It failed.
    pub broken: u64,
}

/// What putting laws to stories came to.
#[derive(Debug, Default)]
pub struct Tally {
    /// For each law.
    pub laws: BTreeMap<&'static str, Counts>,
    /// Stories that the product refuses.
    pub refused: u64,
    /// Stories that are too large to be put to laws.
    pub large: u64,
    /// Looks at stories as they are that met a limit, and all of them.
    pub looks: (u64, u64),
    /// Worlds that were built.
    pub worlds: u64,
    /// Why changed files are refused, by law, one reason each.
    pub reasons: BTreeMap<&'static str, String>,
    /// What failed.
    pub failures: Vec<Failure>,
}

impl Tally {
    /// Both together.
    pub fn add(&mut self, other: Self) {
        for (law, counts) in other.laws {
            let all = self.laws.entry(law).or_default();
            all.kept += counts.kept;
            all.idle += counts.idle;
            all.limit += counts.limit;
            all.refused += counts.refused;
            all.broken += counts.broken;
        }
        self.refused += other.refused;
        self.large += other.large;
        self.looks.0 += other.looks.0;
        self.looks.1 += other.looks.1;
        self.worlds += other.worlds;
        self.reasons.extend(other.reasons);
        self.failures.extend(other.failures);
    }
}

/// The laws that a seed draws.
pub fn drawn(seed: u64, all: &[Law], count: usize) -> Vec<Law> {
    let mut left = all.to_vec();
    Random::new(seed ^ 0x001a_7705).shuffle(&mut left);
    left.truncate(count);
    left
}

/// Looks at a story under every form, or under one alone, and puts laws to it.
pub fn of_story(
    story: &str,
    files: &Files,
    laws: &[Law],
    (pick, only): (Option<u64>, Option<&str>),
) -> Tally {
    let mut tally = Tally::default();
    if files.case().is_err() {
        tally.refused = 1;
        return tally;
    }
    let desk = Desk::default();
    if !desk.small(files) {
        tally.large = 1;
        return tally;
    }
    for form in forms().filter(|form| only.is_none_or(|only| form.label() == only)) {
        desk.clear();
        tally.looks.1 += 1;
        match desk.usual(files, form) {
            Looked::Seen(_) => {}
            _ => tally.looks.0 += 1,
        }
        for law in laws {
            let put = (law.put)(&Question { desk: &desk, files, form, pick });
            let counts = tally.laws.entry(law.id).or_default();
            match put {
                Put::Kept => counts.kept += 1,
                Put::Idle => counts.idle += 1,
                Put::Limit => counts.limit += 1,
                Put::Refused(why) => {
                    counts.refused += 1;
                    tally.reasons.insert(law.id, why);
                }
                Put::Broken(broken) => {
                    counts.broken += 1;
                    let (law, story) = (*law, story.to_owned());
                    tally.failures.push(Failure { law, story, form, broken: *broken });
                }
            }
        }
    }
    tally.worlds = desk.worlds.get();
    tally
}
