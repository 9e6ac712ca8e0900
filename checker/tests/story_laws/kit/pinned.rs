//! What is put in CI: which stories and which laws, and how what fails is written down.

use super::files::{self, Files};
use super::findings::{Tally, drawn, of_story};
use super::{generate, laws};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use whoacts_scenarios::Library;

/// How many random stories.
pub const STORIES: u64 = 50;
/// How many laws are put to each.
const LAWS: usize = 2;
/// The laws that are put to the library, one to each case: those that change nothing but the text.
const CHEAP: [&str; 6] =
    ["L7-flow", "L8-order", "L8-names", "L9-left-out", "L12-constant", "L28-shift"];
/// One form of each family.
const FAMILIES: [&str; 6] = [
    "bearer",
    "dpop/strong",
    "exchange-dpop/strong",
    "macaroon",
    "open-continuity",
    "continuity/K4",
];

/// Does work for each number on all cores.
pub fn spread(numbers: std::ops::Range<u64>, work: impl Fn(u64) -> Tally + Sync) -> Tally {
    let (next, all) = (AtomicU64::new(numbers.start), Mutex::new(BTreeMap::new()));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    if at >= numbers.end {
                        break;
                    }
                    let tally = work(at);
                    all.lock().unwrap().insert(at, tally);
                }
            });
        }
    });
    let mut sum = Tally::default();
    all.into_inner().unwrap().into_values().for_each(|tally| sum.add(tally));
    sum
}

/// Random stories, two laws each.
pub fn random() -> Tally {
    let all = laws::all();
    spread(0..STORIES, |seed| {
        let files = generate::story(seed);
        of_story(&format!("seed {seed}"), &files, &drawn(seed, &all, LAWS), (Some(seed), None))
    })
}

/// The cases of the library, by their ids.
pub fn library() -> Vec<(String, Files)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../scenarios/cases");
    let library = Library::load(&[folder.into()], files::vocabulary()).unwrap();
    let stories = library.cases.iter();
    stories.filter_map(|case| Some((case.scenario.id.clone(), Files::of(case)?))).collect()
}

/// The library, one cheap law each.
pub fn cheap(stories: &[(String, Files)]) -> Tally {
    let all = laws::all();
    spread(0..stories.len() as u64, |at| {
        let (id, files) = &stories[at as usize];
        let cheap = CHEAP[at as usize % CHEAP.len()];
        let laws: Vec<_> = all.iter().filter(|law| law.id == cheap).copied().collect();
        let mut sum = Tally::default();
        for form in FAMILIES {
            sum.add(of_story(id, files, &laws, (Some(at), Some(form))));
        }
        sum
    })
}

/// What fails, a line for each law and story, with the forms.
pub fn lines(tally: &Tally) -> String {
    let mut forms: BTreeMap<(&str, &str), Vec<String>> = BTreeMap::new();
    for failure in &tally.failures {
        let key = (failure.law.id, failure.story.as_str());
        forms.entry(key).or_default().push(failure.form.label());
    }
    let mut text = String::new();
    for ((law, story), forms) in forms {
        writeln!(text, "{law} · {story} · {}", forms.join(" ")).unwrap();
    }
    text
}
