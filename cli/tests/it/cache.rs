//! Results that are kept: the same bytes, much sooner, and never for anything that changed.

use crate::tool::{Folder, Ran, ran};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

const STORY: &str = include_str!("../../../scenarios/cases/article/shared-pool.toml");
const VERDICTS: &str = include_str!("../../../scenarios/cases/article/shared-pool.verdicts");
const POLICY: &str = include_str!("../../../scenarios/policies/shared-server.toml");

const REPORT: &str = include_str!("../../templates/stories/report.toml");
const TEAM: &str = include_str!("../../templates/stories/policies/team.toml");

/// A story with its policy, a cache, and the program.
struct Place {
    folder: Folder,
    program: PathBuf,
}

impl Place {
    fn new(name: &str) -> Self {
        let folder = Folder::new(name);
        folder.file("stories/article/shared-pool.toml", STORY);
        folder.file("stories/article/shared-pool.verdicts", VERDICTS);
        folder.file("stories/policies/shared-server.toml", POLICY);
        Self { folder, program: env!("CARGO_BIN_EXE_whoacts").into() }
    }

    /// With the story of `init`, which is small enough for every flag.
    fn small(name: &str) -> Self {
        let folder = Folder::new(name);
        folder.file("stories/report.toml", REPORT);
        folder.file("stories/policies/team.toml", TEAM);
        Self { folder, program: env!("CARGO_BIN_EXE_whoacts").into() }
    }

    fn run(&self, more: &[&str]) -> Ran {
        let mut command = Command::new(&self.program);
        command.args(["check", "stories", "--format", "json"]).args(more);
        command.current_dir(self.folder.path()).env("WHOACTS_CACHE", self.cache());
        ran(command.output().expect("it runs"))
    }

    fn cache(&self) -> PathBuf {
        Path::new(self.folder.path()).join("cache")
    }

    fn entries(&self) -> Vec<PathBuf> {
        let folders = std::fs::read_dir(self.cache()).into_iter().flatten().flatten();
        let files = folders.flat_map(|folder| std::fs::read_dir(folder.path()).expect("a folder"));
        files.map(|file| file.expect("an entry").path()).collect()
    }

    /// Runs, and says whether something was found anew and kept.
    fn misses(&self, more: &[&str]) -> bool {
        let before = self.entries().len();
        let ran = self.run(&[&SMALL, more].concat());
        assert!([0, 1].contains(&ran.code), "{more:?}: {}", ran.stderr);
        self.entries().len() > before
    }
}

const SMALL: [&str; 2] = ["--mechanism", "bearer"];

#[test]
fn an_unchanged_second_run_gives_the_same_bytes_at_least_twenty_times_sooner() {
    let place = Place::new("cache-speed");
    let timed = || {
        let start = Instant::now();
        let ran = place.run(&["--threads", "1"]);
        (start.elapsed(), ran)
    };
    let (first, one) = timed();
    let again = (0..3).map(|_| timed()).min_by_key(|(time, _)| *time);
    let (second, two) = again.expect("three runs");
    assert_eq!((one.code, &one.stdout, &one.stderr), (two.code, &two.stdout, &two.stderr));
    assert_eq!(one.stdout, place.run(&["--no-cache", "--threads", "2"]).stdout);
    assert!(first >= second * 20, "{first:?}, then {second:?}");
}

#[test]
fn every_kind_of_input_that_changes_is_a_miss() {
    let mut place = Place::small("cache-inputs");
    assert!(place.misses(&[]));
    for same in [&[][..], &["--threads", "1"], &["--timeout", "500"], &["--filter", "report"]] {
        assert!(!place.misses(same), "{same:?} changes no result");
    }
    for flags in [
        &["--property", "monotone"][..],
        &["--adversary=+confuse"],
        &["--adversary=-inject"],
        &["--set", "bounds.executions=2"],
        &["--max-states", "1000000"],
        &["--memory", "2GiB"],
        &["--exact"],
        &["--mechanism", "dpop"],
    ] {
        assert!(place.misses(flags), "{flags:?}");
        assert!(!place.misses(flags), "{flags:?} again");
    }
    place.folder.file("stories/report.toml", format!("{REPORT}\n# a remark\n"));
    assert!(place.misses(&[]), "the scenario changed");
    place.folder.file("stories/report.toml", REPORT);
    assert!(!place.misses(&[]), "the scenario is as it was");
    place.folder.file("stories/policies/team.toml", format!("{TEAM}\n# a remark\n"));
    assert!(place.misses(&[]), "the policy changed");
    place.folder.file("stories/policies/team.toml", TEAM);
    assert!(!place.misses(&[]), "the policy is as it was");
    // Bytes behind the end of a program change nothing but what it is.
    let mut program = std::fs::read(&place.program).expect("the program");
    program.push(0);
    let other = place.folder.file("other-whoacts", program);
    std::fs::set_permissions(&other, std::fs::metadata(&place.program).expect("it").permissions())
        .expect("to make it run");
    place.program = other.into();
    assert!(place.misses(&[]), "the program changed");
    assert!(!place.misses(&[]), "the other program is known too");
}

#[test]
fn no_cache_neither_reads_nor_keeps() {
    let place = Place::new("cache-none");
    assert!(!place.misses(&["--no-cache"]));
    assert!(place.misses(&[]));
}

#[test]
fn spoilt_entries_are_as_if_they_were_not_there() {
    let place = Place::new("cache-spoilt");
    let good = place.run(&SMALL);
    let entries = place.entries();
    let [entry] = entries.as_slice() else { panic!("{entries:?}") };
    let text = std::fs::read_to_string(entry).expect("the entry");
    let other = text.replacen("\"violated\"", "\"exhausted\"", 1);
    assert_ne!(text, other);
    for spoilt in ["", "x", "\n", &text[..text.len() / 2], other.as_str(), &format!("{text} ")] {
        std::fs::write(entry, spoilt).expect("to spoil it");
        let again = place.run(&SMALL);
        assert_eq!((again.code, &again.stdout), (good.code, &good.stdout));
        assert_eq!(std::fs::read_to_string(entry).expect("the entry"), text, "it is written anew");
    }
}

#[test]
fn what_a_limit_cut_short_is_not_kept() {
    let place = Place::new("cache-limits");
    let cut = place.run(&["--mechanism", "bearer", "--timeout", "0.000001"]);
    assert_ne!(cut.code, 0, "{}", cut.stderr);
    let few = place.run(&["--mechanism", "bearer", "--reduce", "none", "--max-states", "1"]);
    assert_eq!(few.code, 3, "{}", few.stderr);
    assert!(place.entries().is_empty());
}

#[test]
fn only_the_story_that_changed_is_run_again() {
    let place = Place::new("cache-stories");
    place.folder.file("stories/other.toml", STORY);
    place.run(&SMALL);
    assert_eq!(place.entries().len(), 2);
    place.folder.file("stories/other.toml", format!("{STORY}\n"));
    let mixed = place.run(&SMALL);
    assert_eq!(place.entries().len(), 3);
    assert_eq!(mixed.stdout, place.run(&["--mechanism", "bearer", "--no-cache"]).stdout);
}

#[test]
fn a_cache_that_cannot_be_written_costs_only_time() {
    let place = Place::new("cache-blocked");
    std::fs::write(place.cache(), "a file, not a folder").expect("a file");
    assert_eq!(place.run(&SMALL).code, 0);
}
