//! Files of verdicts: written by `check --bless`, compared by `check`, read by both.

use crate::tool::{Folder, Ran, command, ran, whoacts};
use serde_json::Value;

const REPORT: &str = include_str!("../../templates/stories/report.toml");
const TEAM: &str = include_str!("../../templates/stories/policies/team.toml");
const FILE: &str = "stories/report.verdicts";

/// A small story with an empty file of verdicts beside it.
fn place(name: &str) -> Folder {
    let folder = Folder::new(name);
    folder.file("stories/report.toml", REPORT);
    folder.file("stories/policies/team.toml", TEAM);
    folder.file(FILE, "");
    folder
}

fn within(folder: &Folder, args: &[&str]) -> Ran {
    ran(command(args).current_dir(folder.path()).output().expect("it runs"))
}

fn bless(folder: &Folder, more: &[&str]) -> Ran {
    within(folder, &[&["check", "stories", "--bless", "--format", "compact"], more].concat())
}

fn read(folder: &Folder) -> String {
    std::fs::read_to_string(format!("{}/{FILE}", folder.path())).expect("the file")
}

#[test]
fn blessing_writes_what_is_found_and_nothing_the_second_time() {
    let folder = place("bless");
    let empty = within(&folder, &["check", "stories"]);
    assert_eq!(empty.code, 2);
    assert!(empty.stderr.contains("--> stories/report.verdicts:1:1"), "{}", empty.stderr);
    assert!(empty.stderr.contains("whoacts check --bless"), "{}", empty.stderr);

    let first = bless(&folder, &[]);
    assert_eq!(first.code, 0, "{}{}", first.stdout, first.stderr);
    assert!(first.stderr.starts_with("wrote stories/report.verdicts: "), "{}", first.stderr);
    let written = read(&folder);
    assert!(written.starts_with("whoacts/verdicts/1 stories/report "), "{written}");
    assert!(written.lines().filter(|line| line.contains(" served ")).count() > 30, "{written}");
    let second = bless(&folder, &["--threads", "2"]);
    assert_eq!((second.code, second.stderr.as_str()), (0, ""));
    assert_eq!(read(&folder), written);

    let check = within(&folder, &["check", "stories", "--format", "json"]);
    assert_eq!((check.code, check.stderr.as_str()), (0, ""));
    let run: Value = serde_json::from_str(&check.stdout).expect("JSON");
    assert_eq!(run["summary"]["as_expected"], run["summary"]["checks"]);
    for result in run["results"].as_array().expect("results") {
        assert_eq!(result["expected"], result["verdict"], "{result}");
        assert_eq!(result["expected_served"], result["served"], "{result}");
    }
    // A reason comes from the story where it gives one, and else from the table.
    let because = |variant: &str| {
        let mut results = run["results"].as_array().expect("results").iter();
        let is_it = |r: &&Value| r["mechanism"] == "bearer" && r["variant"] == variant;
        results.find(is_it).expect("a result")["because"].as_str().expect("a reason").to_owned()
    };
    assert!(because("strong").contains("however short its life"), "{}", because("strong"));
    assert!(
        because("common").ends_with("(no `holder`, no `handed-off`)."),
        "{}",
        because("common")
    );
}

#[test]
fn a_turned_verdict_is_one_sign_in_a_diff_and_exit_code_1() {
    let folder = place("bless-turned");
    bless(&folder, &[]);
    let written = read(&folder);
    let line = written.lines().find(|line| line.starts_with("continuity/K6 ")).expect("a line");
    let other = line.replacen('✓', "–", 1);
    folder.file(FILE, written.replace(line, &other));

    let check = within(&folder, &["check", "stories"]);
    assert_eq!(check.code, 1, "{}{}", check.stdout, check.stderr);
    let diff = format!("-{other}\n+{line}\n");
    assert!(check.stdout.contains(&diff), "{}", check.stdout);
    assert!(check.stdout.contains("--- stories/report.verdicts\n+++ stories/report.verdicts"));
    assert!(check.stdout.contains("@@ [own adversary]"), "{}", check.stdout);
    let json = within(&folder, &["check", "stories", "--format", "json"]);
    assert_eq!(json.code, 1);
    assert!(json.stderr.contains(&diff), "{}", json.stderr);
    let run: Value = serde_json::from_str(&json.stdout).expect("JSON and nothing else");
    let odd: Vec<&Value> = run["results"]
        .as_array()
        .expect("results")
        .iter()
        .filter(|result| result["as_expected"] == false)
        .collect();
    assert_eq!(odd.len(), 1);
    assert_eq!((&odd[0]["expected"], &odd[0]["profile"]), (&"vacuous".into(), &"K6".into()));

    let blessed = bless(&folder, &[]);
    assert_eq!(blessed.stderr, "wrote stories/report.verdicts: 1 line changed\n");
    assert_eq!(read(&folder), written);
}

/// Counts drift before verdicts do.
#[test]
fn another_length_or_count_is_a_difference_under_the_default_search_only() {
    let folder = place("bless-count");
    bless(&folder, &[]);
    let written = read(&folder);
    let line = written.lines().find(|line| line.starts_with("bearer/strong ")).expect("a line");
    let (before, number) = line.rsplit_once(' ').expect("the depth");
    let other = format!("{before} {}", (number.parse::<u32>().expect("a number") + 1) % 10);
    folder.file(FILE, written.replace(line, &other));
    let search: [&[&str]; 2] = [&[], &["--reduce", "saturate,symmetry"]];
    let codes = search.map(|more| {
        let own = ["check", "stories", "--mechanism", "bearer/strong"];
        within(&folder, &[&own, more].concat()).code
    });
    assert_eq!(codes, [1, 0]);
    let elsewhere = within(&folder, &["check", "stories", "--mechanism", "dpop"]);
    assert_eq!(elsewhere.code, 0, "{}", elsewhere.stdout);
}

#[test]
fn what_was_not_run_stays_and_must_be_there() {
    let folder = place("bless-part");
    let part = bless(&folder, &["--mechanism", "dpop"]);
    assert_eq!(part.code, 2, "{}", part.stderr);
    assert!(part.stderr.contains("bless without --mechanism"), "{}", part.stderr);
    bless(&folder, &[]);
    let written = read(&folder);
    let turned: String = written
        .lines()
        .map(|line| match line.starts_with("continuity/") {
            true => format!("{}\n", line.replacen('✓', "–", 1)),
            false => format!("{line}\n"),
        })
        .collect();
    folder.file(FILE, &turned);
    bless(&folder, &["--mechanism", "continuity/K0..K5"]);
    let differ = written
        .lines()
        .zip(read(&folder).lines().map(str::to_owned).collect::<Vec<_>>())
        .filter(|(one, other)| one != other)
        .count();
    assert_eq!(differ, 1, "K6 was not run");
}

#[test]
fn a_limit_is_blessed_only_where_that_is_asked_for() {
    let folder = place("bless-limit");
    bless(&folder, &[]);
    let written = read(&folder);
    let refused = bless(&folder, &["--max-states", "1"]);
    assert_eq!(refused.code, 3, "{}", refused.stderr);
    assert!(refused.stderr.contains("nothing is written"), "{}", refused.stderr);
    assert_eq!(read(&folder), written);
    let cut = within(&folder, &["check", "stories", "--max-states", "1"]);
    assert_eq!(cut.code, 3, "what is open is no difference: {}", cut.stdout);
    let asked = bless(&folder, &["--max-states", "1", "--bless-inconclusive"]);
    assert_eq!(asked.code, 0, "{}", asked.stderr);
    assert!(read(&folder).contains('?'));
    assert_eq!(within(&folder, &["check", "stories", "--max-states", "1"]).code, 0);
    assert_eq!(within(&folder, &["check", "stories"]).code, 1);
}

#[test]
fn a_story_and_its_file_agree_or_nothing_runs() {
    let folder = place("bless-disagree");
    bless(&folder, &[]);
    folder.file("stories/report.toml", REPORT.replace("violated =", "vacuous ="));
    let check = within(&folder, &["check", "stories"]);
    assert_eq!(check.code, 2, "{}", check.stderr);
    assert!(check.stderr.contains("error[disagrees]"), "{}", check.stderr);
    assert!(check.stderr.contains("stories/report.verdicts:"), "{}", check.stderr);
    let before = read(&folder);
    let refused = bless(&folder, &[]);
    assert_eq!(refused.code, 2, "a story is not overruled");
    assert!(refused.stderr.contains("and what was found says ✗"), "{}", refused.stderr);
    assert_eq!(read(&folder), before);
}

#[test]
fn what_cannot_be_blessed() {
    let folder = place("bless-not");
    std::fs::remove_file(format!("{}/{FILE}", folder.path())).expect("to remove it");
    let none = bless(&folder, &[]);
    assert_eq!(none.code, 2);
    assert!(none.stderr.contains("no story here has a file of verdicts"), "{}", none.stderr);
    folder.file(FILE, "");
    let other = bless(&folder, &["--set", "bounds.replicas=1"]);
    assert_eq!(other.code, 2, "{}", other.stderr);
    assert!(read(&folder).is_empty());
    assert_eq!(whoacts(&["check", "--bless"]).code, 2, "the built-in library is no file");
}

/// What is known already is judged by the file as it is now.
#[test]
fn a_result_that_was_kept_is_judged_anew() {
    let folder = place("bless-cache");
    let cached = |args: &[&str]| {
        let mut command = command(args);
        command.current_dir(folder.path()).env("WHOACTS_CACHE", format!("{}/cache", folder.path()));
        ran(command.output().expect("it runs"))
    };
    assert_eq!(cached(&["check", "stories", "--bless"]).code, 0);
    assert_eq!(cached(&["check", "stories"]).code, 0);
    let written = read(&folder);
    let line = written.lines().find(|line| line.starts_with("continuity/K4 ")).expect("a line");
    folder.file(FILE, written.replace(line, &line.replace(" served ", " unserved ")));
    let broken = cached(&["check", "stories"]);
    assert_eq!(broken.code, 2, "columns have moved: {}", broken.stderr);
    folder.file(FILE, written.replace(line, &line.replace(" served   ", " unserved ")));
    let turned = cached(&["check", "stories", "--mechanism", "continuity/K4"]);
    assert_eq!(turned.code, 1, "{}{}", turned.stdout, turned.stderr);
}
