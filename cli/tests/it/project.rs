//! A project from its first day: `init`, then what one does with what `check` finds.

use crate::tool::{Folder, Ran, command, ran, whoacts};
use serde_json::Value;

const BOTH: [&str; 2] = ["--mechanism", "bearer/strong,continuity/K4"];

fn within(folder: &Folder, args: &[&str]) -> Ran {
    ran(command(args).current_dir(folder.path()).output().expect("it runs"))
}

fn read(folder: &Folder, name: &str) -> String {
    std::fs::read_to_string(format!("{}/{name}", folder.path())).expect("a file")
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

/// A new project.
fn project(name: &str) -> Folder {
    let folder = Folder::new(name);
    let made = within(&folder, &["init"]);
    assert_eq!(made.code, 0, "{}", made.stderr);
    folder
}

/// The trace of its one attack, saved; the file's name.
fn trace(folder: &Folder) -> String {
    let ran =
        within(folder, &[&["check", "stories", "--save-traces", "traces"], &BOTH[..]].concat());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let files = std::fs::read_dir(format!("{}/traces", folder.path())).expect("the folder");
    let names = files.map(|file| file.expect("a file").file_name().to_string_lossy().into_owned());
    let names: Vec<String> = names.collect();
    let [name] = names.as_slice() else { panic!("{names:?}") };
    format!("traces/{name}")
}

#[test]
fn the_first_check_shows_one_attack_and_one_hold() {
    let folder = project("init");
    let run = [&["check", "stories", "--format", "json"], &BOTH[..]].concat();
    let first = within(&folder, &run);
    assert_eq!(first.code, 0, "{}{}", first.stdout, first.stderr);
    let run = json(&first.stdout);
    let verdicts: Vec<_> =
        run["results"].as_array().expect("results").iter().map(|r| r["verdict"].clone()).collect();
    assert_eq!(verdicts, ["violated", "exhausted"]);
    assert_eq!(within(&folder, &["fmt", "--check"]).code, 0);
    let workflow = read(&folder, ".github/workflows/whoacts.yml");
    assert!(workflow.contains(&format!("arguments: {}", BOTH.join(" "))));
}

#[test]
fn what_init_tells_to_type_works() {
    let folder = Folder::new("init-said");
    let said = whoacts(&["init", folder.path()]).stdout;
    let line =
        said.lines().find_map(|line| line.trim().strip_prefix("whoacts ")).expect("a command");
    let args: Vec<&str> = line.split(' ').collect();
    assert_eq!(within(&folder, &args).code, 0);
}

#[test]
fn init_overwrites_nothing() {
    let folder = Folder::new("init-twice");
    folder.file("stories/policies/team.toml", "mine");
    let again = within(&folder, &["init"]);
    assert_eq!((again.code, again.stdout.as_str()), (2, ""));
    assert!(
        again.stderr.contains("`./stories/policies/team.toml` is there already"),
        "{}",
        again.stderr
    );
    assert_eq!(read(&folder, "stories/policies/team.toml"), "mine");
    assert!(!std::path::Path::new(&format!("{}/stories/report.toml", folder.path())).exists());
}

#[test]
fn a_promoted_trace_is_a_story_that_finds_it_again() {
    let folder = project("promote");
    let file = trace(&folder);
    let promoted = within(&folder, &["promote", &file, "stories"]);
    assert_eq!(promoted.code, 0, "{}{}", promoted.stdout, promoted.stderr);
    let path = promoted
        .stdout
        .lines()
        .next()
        .and_then(|line| line.strip_prefix("wrote "))
        .expect("a file");
    assert!(path.starts_with("stories/report-"), "{path}");
    let text = read(&folder, path);
    assert!(text.contains("title = \"Regression: A report, fetched on Alice's behalf\""), "{text}");
    assert_eq!(within(&folder, &["fmt", "--check"]).code, 0);
    let run = within(&folder, &["check", path, "--format", "json"]);
    assert_eq!(run.code, 0, "every mechanism is pinned: {}{}", run.stdout, run.stderr);
    let old = json(&read(&folder, &file));
    let run = json(&run.stdout);
    let results = run["results"].as_array().expect("results");
    let same = |result: &&Value| result["variant"] == "strong" && result["mechanism"] == "bearer";
    let found = results.iter().find(same).expect("the same mechanism");
    assert_eq!((&found["verdict"], &found["property"]), (&"violated".into(), &old["property"]));
    assert!(
        found["because"].as_str().expect("a reason").contains(old["id"].as_str().expect("an id"))
    );
    let twice = within(&folder, &["promote", &file, "stories"]);
    assert_eq!(twice.code, 2);
    assert!(twice.stderr.contains("is there already"), "{}", twice.stderr);
}

#[test]
fn a_promoted_trace_goes_where_it_is_told_and_takes_its_policy_along() {
    let folder = project("promote-far");
    let file = trace(&folder);
    let far = Folder::new("promote-target");
    let target = format!("{}/kept.toml", far.path());
    let promoted = within(&folder, &["promote", &file, "stories", "-o", &target]);
    assert_eq!(promoted.code, 0, "{}", promoted.stderr);
    assert_eq!(whoacts(&["check", &target]).code, 0);
    assert_eq!(read(&far, "policies/team.toml"), read(&folder, "stories/policies/team.toml"));
}

#[test]
fn a_padded_trace_shrinks_to_what_it_needs() {
    let folder = Folder::new("shrink");
    let run = ["check", "--filter", "article/shared-pool", "--property", "custody", "-q"];
    let run = [&run[..], &["--mechanism", "dpop", "--save-traces", folder.path()]].concat();
    assert_eq!(whoacts(&run).code, 0);
    let files = std::fs::read_dir(folder.path()).expect("the folder").flatten();
    let path = files.map(|file| file.path()).next().expect("a trace");
    let mut file = json(&std::fs::read_to_string(&path).expect("the trace"));
    let length = file["moves"].as_array().expect("moves").len();
    // Another execution begins too, which has nothing to do with the attack.
    let first = file["moves"][0].clone();
    let other: Value = json(&first.to_string().replace("report-1", "report-2"));
    assert_ne!(first, other, "the first move starts an execution");
    file["moves"].as_array_mut().expect("moves").insert(0, other);
    let padded = folder.file("padded.json", file.to_string());
    let small = format!("{}/small.json", folder.path());
    let shrunk = whoacts(&["shrink", &padded, "-o", &small]);
    assert_eq!(shrunk.code, 0, "{}{}", shrunk.stdout, shrunk.stderr);
    // A trace of a reduced search is minimal, and need not be the shortest: more than what was added may go.
    let out = json(&std::fs::read_to_string(&small).expect("the smaller trace"));
    let left = out["moves"].as_array().expect("moves").len();
    assert!(left <= length, "{}", shrunk.stdout);
    let gone = format!("{} of {} moves were not needed", length + 1 - left, length + 1);
    assert!(shrunk.stdout.contains(&gone), "{}", shrunk.stdout);
    let count = |file: &Value, key: &str| file["bounds"][key].as_u64().expect("a number");
    assert!(count(&out, "replicas") < count(&file, "replicas"), "{}", out["bounds"]);
    let set = |file: &Value| file["adversary"].as_array().expect("a list").len();
    assert!(set(&out) < set(&file), "{}", out["adversary"]);
    let again = whoacts(&["replay", &small, "--format", "json"]);
    assert_eq!((again.code, &json(&again.stdout)["violated"]), (0, &Value::Bool(true)));
    let twice = whoacts(&["shrink", &small, "--format", "json"]);
    assert_eq!(json(&twice.stdout), out, "it is as small as it gets");
}

#[test]
fn what_breaks_nothing_is_neither_promoted_nor_shrunk() {
    let folder = project("nothing");
    let file = trace(&folder);
    let mut cut = json(&read(&folder, &file));
    cut["moves"].as_array_mut().expect("moves").pop();
    folder.file("cut.json", cut.to_string());
    for verb in ["promote", "shrink"] {
        let ran = within(&folder, &[verb, "cut.json", "stories"]);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{verb}: {}", ran.stderr);
    }
}

#[test]
fn fmt_changes_what_is_ours_and_keeps_comments() {
    let folder = project("fmt");
    let story = read(&folder, "stories/report.toml");
    let spoilt = story.replace(" = ", "=").replace("[bounds]", "\n\n\n  [bounds] # few\n");
    folder.file("stories/report.toml", &spoilt);
    folder.file("Cargo.toml", "[package]\nname='x'\n");
    let checked = within(&folder, &["fmt", "--check"]);
    assert_eq!((checked.code, checked.stdout.as_str()), (1, "./stories/report.toml\n"));
    assert_eq!(read(&folder, "stories/report.toml"), spoilt, "--check changes nothing");
    assert_eq!(within(&folder, &["fmt"]).code, 0);
    assert_eq!(read(&folder, "stories/report.toml"), story.replace("[bounds]", "[bounds] # few"));
    assert_eq!(within(&folder, &["fmt"]).stdout, "");
    assert_eq!(read(&folder, "Cargo.toml"), "[package]\nname='x'\n");
    folder.file("broken.toml", "schema = \"whoacts/policy/1\"\n[");
    assert_eq!(within(&folder, &["fmt"]).code, 2);
    assert_eq!(within(&folder, &["fmt", "no-such-file.toml"]).code, 2);
}

#[test]
fn schemas_are_there_for_every_name() {
    let names = whoacts(&["schema"]).stdout;
    assert!(names.lines().count() >= 8, "{names}");
    for name in names.lines() {
        let ran = whoacts(&["schema", name]);
        assert_eq!(ran.code, 0, "{name}");
        assert!(json(&ran.stdout)["$schema"].is_string(), "{name}");
    }
    assert_eq!(whoacts(&["schema", "polici"]).code, 2);
}

#[test]
fn packagers_get_completions_and_pages() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ran = whoacts(&["completions", shell]);
        assert_eq!(ran.code, 0, "{shell}");
        assert!(ran.stdout.contains("promote") && ran.stdout.contains("changed-since"), "{shell}");
    }
    let page = whoacts(&["man"]).stdout;
    assert!(page.contains(".TH") && page.contains("check"), "{page}");
    let folder = Folder::new("man");
    assert_eq!(whoacts(&["man", folder.path()]).code, 0);
    assert!(read(&folder, "whoacts-check.1").contains("changed"));
    assert!(read(&folder, "whoacts.1").contains(".TH"));
}
