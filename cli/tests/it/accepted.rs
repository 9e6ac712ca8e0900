//! Baselines, and stories that changed since a revision.

use crate::tool::{Folder, Ran, command, ran};
use std::process::Command;

fn within(folder: &Folder, args: &[&str]) -> Ran {
    ran(command(args).current_dir(folder.path()).output().expect("it runs"))
}

fn read(folder: &Folder, name: &str) -> String {
    std::fs::read_to_string(format!("{}/{name}", folder.path())).expect("a file")
}

/// A project that is red: nobody pinned that a bearer token is open to attack.
fn red(name: &str) -> Folder {
    let folder = Folder::new(name);
    assert_eq!(within(&folder, &["init"]).code, 0);
    let story = read(&folder, "stories/report.toml");
    let (before, _) = story.split_once("[[expect]]").expect("it expects something");
    let other = "[[expect]]\non = [\"dpop\"]\nviolated = [\"custody\"]\nbecause = \"x\"\n";
    folder.file("stories/report.toml", format!("{before}{other}"));
    folder
}

const CHECK: [&str; 4] = ["check", "stories", "--mechanism", "bearer/strong,continuity/K4"];

fn check(folder: &Folder, more: &[&str]) -> Ran {
    within(folder, &[&CHECK, more].concat())
}

fn accept(folder: &Folder, expires: &str) -> Ran {
    check(
        folder,
        &["--write-baseline", "known.toml", "--reason", "until we move", "--expires", expires],
    )
}

#[test]
fn a_baseline_accepts_with_a_reason_until_a_day() {
    let folder = red("baseline");
    assert_eq!(check(&folder, &[]).code, 1);
    let written = accept(&folder, "2999-12-31");
    assert_eq!(written.code, 0, "{}{}", written.stdout, written.stderr);
    let green = check(&folder, &["--baseline", "known.toml", "--format", "json"]);
    assert_eq!((green.code, green.stderr.as_str()), (0, ""));
    assert!(green.stdout.contains("accepted until 2999-12-31: until we move"), "{}", green.stdout);
    assert_eq!(check(&folder, &[]).code, 1, "without it nothing is accepted");
    let table: toml::Table = read(&folder, "known.toml").parse().expect("TOML");
    crate::outputs::valid("baseline", &serde_json::to_value(table).expect("JSON"));
    let all = within(&folder, &["check", "stories", "--baseline", "known.toml"]);
    assert_eq!(all.code, 1, "it accepts one result, not the others");
    assert_eq!(accept(&folder, "2999-12-31").code, 0, "it may be written again");
    assert_eq!(read(&folder, "known.toml").matches("[[accept]]").count(), 1);
}

#[test]
fn a_stale_entry_has_code_5() {
    let folder = red("baseline-stale");
    accept(&folder, "2999-12-31");
    let story = read(&folder, "stories/report.toml");
    // The attack is pinned in the story now, so the entry is one too many.
    let pinned = story.replace("on = [\"dpop\"]", "on = [\"bearer/strong\"]");
    folder.file("stories/report.toml", &pinned);
    let void = check(&folder, &["--baseline", "known.toml"]);
    assert_eq!(void.code, 5, "{}", void.stderr);
    assert_eq!(
        void.stderr,
        "stale baseline entry: `custody` under bearer/strong in stories/report: it is void, since its story, a policy or the bounds changed\n"
    );
    let other = ["check", "stories", "--mechanism", "continuity/K4", "--baseline", "known.toml"];
    assert_eq!(within(&folder, &other).code, 0, "what is not asked is not judged");
}

#[test]
fn an_entry_is_void_when_story_or_policy_change_and_after_its_day() {
    for (name, file) in [("story", "stories/report.toml"), ("policy", "stories/policies/team.toml")]
    {
        let folder = red(&format!("baseline-{name}"));
        accept(&folder, "2999-12-31");
        folder.file(file, format!("{}\n# a remark\n", read(&folder, file)));
        let ran = check(&folder, &["--baseline", "known.toml"]);
        assert_eq!(ran.code, 1, "the attack counts again: {}", ran.stderr);
        assert!(
            ran.stderr.contains("it is void, since its story, a policy or the bounds changed"),
            "{}",
            ran.stderr
        );
    }
    let folder = red("baseline-expired");
    let late = accept(&folder, "2001-01-31");
    assert_eq!(late.code, 1, "{}", late.stderr);
    let ran = check(&folder, &["--baseline", "known.toml"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("it expired on 2001-01-31"), "{}", ran.stderr);
}

#[test]
fn a_baseline_needs_a_reason_and_a_day() {
    let folder = red("baseline-wrong");
    for wrong in [
        &["--write-baseline", "known.toml"][..],
        &["--write-baseline", "known.toml", "--reason", "x"],
        &["--write-baseline", "known.toml", "--reason", " ", "--expires", "2999-12-31"],
        &["--write-baseline", "known.toml", "--reason", "x", "--expires", "soon"],
        &["--reason", "x"],
        &["--baseline", "no-such-file.toml"],
    ] {
        assert_eq!(check(&folder, wrong).code, 2, "{wrong:?}");
    }
    accept(&folder, "2999-12-31");
    let text = read(&folder, "known.toml");
    folder.file("known.toml", text.replace("reason = \"until we move\"\n", ""));
    let ran = check(&folder, &["--baseline", "known.toml"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("entry 1: it has no text `reason`"), "{}", ran.stderr);
}

fn git(folder: &Folder, args: &[&str]) {
    let mut git = Command::new("git");
    git.args([
        "-c",
        "user.name=a",
        "-c",
        "user.email=a@example.com",
        "-c",
        "init.defaultBranch=main",
    ]);
    let output = git.args(args).current_dir(folder.path()).output().expect("git runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn only_what_changed_since_a_revision_is_checked() {
    let folder = Folder::new("changed");
    assert_eq!(within(&folder, &["init"]).code, 0);
    let story = read(&folder, "stories/report.toml");
    folder.file("stories/second.toml", story.replace("policy = \"team\"", "policy = \"other\""));
    folder.file("stories/policies/other.toml", read(&folder, "stories/policies/team.toml"));
    git(&folder, &["init", "-q"]);
    git(&folder, &["add", "."]);
    git(&folder, &["commit", "-qm", "one"]);
    let stories = || {
        let run = check(&folder, &["--changed-since", "HEAD", "--format", "json"]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        let run: serde_json::Value = serde_json::from_str(&run.stdout).expect("JSON");
        let results = run["results"].as_array().expect("results").iter();
        let mut names: Vec<String> =
            results.map(|r| r["scenario"].as_str().expect("a name").to_owned()).collect();
        names.dedup();
        names
    };
    assert!(stories().is_empty());
    folder.file("README.md", "nothing to do with it");
    assert!(stories().is_empty());
    folder.file("stories/report.toml", format!("{story}\n# changed\n"));
    assert_eq!(stories(), ["stories/report"]);
    git(&folder, &["commit", "-qam", "two"]);
    assert!(stories().is_empty());
    let policy = read(&folder, "stories/policies/other.toml");
    folder.file("stories/policies/other.toml", format!("{policy}\n# changed\n"));
    assert_eq!(stories(), ["stories/second"], "its policy changed");
    folder.file("stories/third story.toml", &story);
    assert_eq!(stories(), ["stories/second", "stories/third story"], "git does not know it yet");
    let since_one = check(&folder, &["--changed-since", "HEAD~1", "--format", "compact"]);
    assert!(since_one.stdout.contains("stories/report.toml"), "{}", since_one.stdout);
}

#[test]
fn a_revision_that_is_none_has_code_2() {
    let folder = Folder::new("changed-wrong");
    assert_eq!(within(&folder, &["init"]).code, 0);
    git(&folder, &["init", "-q"]);
    for revision in ["no-such-revision", "--output=x", ""] {
        let ran = check(&folder, &["--changed-since", revision]);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{revision}: {}", ran.stderr);
    }
    assert_eq!(within(&folder, &["check", "--changed-since", "HEAD"]).code, 2, "built-in stories");
}
