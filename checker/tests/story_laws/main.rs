//! Laws over files, put to random small stories and to the library, under every form. What fails today is pinned by name in
//! `pinned.txt` and `pinned_library.txt`, a line for each law and story with the forms under which it fails; a pin that no longer
//! fails makes the test fail, as a new failure does, so that at the end none is left. `UPDATE_EXPECT=1` writes them anew: read
//! what has changed before it is committed. The long run, which makes what fails small, is `examples/laws.rs`.

#![allow(clippy::unwrap_used, clippy::panic)]

mod kit;

use expect_test::expect_file;
use kit::files::{self, Files};
use kit::findings::{Tally, drawn, of_story};
use kit::{generate, laws};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use whoacts_scenarios::Library;

/// How many random stories.
const STORIES: u64 = 50;
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
    "capability-chain",
    "continuity/K4",
];

/// Does work for each number on all cores.
fn spread(most: u64, work: impl Fn(u64) -> Tally + Sync) -> Tally {
    let (next, all) = (AtomicU64::new(0), Mutex::new(BTreeMap::new()));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    if at >= most {
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

/// What fails, a line for each law and story, with the forms.
fn lines(tally: &Tally) -> String {
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

#[test]
fn random_stories_keep_the_laws_but_for_what_is_pinned() {
    let all = laws::all();
    let tally = spread(STORIES, |seed| {
        let files = generate::story(seed);
        of_story(&format!("seed {seed}"), &files, &drawn(seed, &all, LAWS), (Some(seed), None))
    });
    let asked: u64 = tally.laws.values().map(|counts| counts.kept).sum();
    let (refused, large) = (tally.refused, tally.large);
    assert!(refused * 10 <= STORIES, "{refused} of {STORIES} stories are refused");
    assert!(large * 3 <= STORIES, "{large} of {STORIES} stories are too large");
    assert!(asked >= 500, "only {asked} questions could have lost something");
    expect_file!["pinned.txt"].assert_eq(&lines(&tally));
}

#[test]
fn the_library_keeps_the_cheap_laws_but_for_what_is_pinned() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../scenarios/cases");
    let library = Library::load(&[folder.into()], files::vocabulary()).unwrap();
    let stories: Vec<_> = library
        .cases
        .iter()
        .filter_map(|case| Some((case.scenario.id.clone(), Files::of(case)?)))
        .collect();
    assert!(stories.len() * 10 >= library.cases.len() * 9, "only {} stories", stories.len());
    let all = laws::all();
    let tally = spread(stories.len() as u64, |at| {
        let (id, files) = &stories[at as usize];
        let cheap = CHEAP[at as usize % CHEAP.len()];
        let laws: Vec<_> = all.iter().filter(|law| law.id == cheap).copied().collect();
        let mut sum = Tally::default();
        for form in FAMILIES {
            sum.add(of_story(id, files, &laws, (Some(at), Some(form))));
        }
        sum
    });
    let asked: u64 = tally.laws.values().map(|counts| counts.kept).sum();
    assert!(asked as usize >= stories.len(), "only {asked} questions could have lost something");
    expect_file!["pinned_library.txt"].assert_eq(&lines(&tally));
}
