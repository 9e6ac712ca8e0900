//! Whole runs of the built-in library, narrowed where that is enough.

use crate::tool::{Folder, command, ran, whoacts};
use serde_json::Value;
use std::process::Stdio;

/// One story, two forms: small and with an attack.
const SMALL: [&str; 5] =
    ["check", "--filter", "article/shared-pool", "--mechanism", "bearer,continuity/K4"];

fn small(more: &[&str]) -> crate::tool::Ran {
    whoacts(&[&SMALL, more].concat())
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON and nothing else")
}

#[test]
fn all_is_as_expected_and_ends_with_one_attack() {
    let ran = small(&[]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains("One attack, told in full"), "{}", ran.stdout);
    assert!(
        ran.stdout.trim_end().lines().last().is_some_and(|line| line.contains("all as expected"))
    );
    assert_eq!(ran.stderr, "");
}

#[test]
fn json_is_the_same_for_any_number_of_threads() {
    let one = small(&["--format", "json", "--threads", "1"]);
    let two = small(&["--format", "json", "--threads", "2"]);
    assert_eq!((one.code, two.code), (0, 0), "{}", one.stderr);
    assert_eq!(one.stdout, two.stdout);
    let run = json(&one.stdout);
    assert_eq!(run["schema"], "whoacts/run/1");
    for result in run["results"].as_array().expect("results") {
        let is_attack = result["verdict"] == "violated";
        assert_eq!(result["confirmed"].is_string(), is_attack, "{result}");
    }
}

#[test]
fn files_are_written_beside_standard_output() {
    let folder = Folder::new("formats");
    let target = format!("json:{}/run.json", folder.path());
    let ran = small(&["--format", "compact", "--format", &target]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(
        ran.stdout
            .lines()
            .all(|line| line.starts_with("scenarios/cases/article/shared-pool.toml:"))
    );
    let written = std::fs::read_to_string(format!("{}/run.json", folder.path())).expect("the file");
    assert_eq!(json(&written)["schema"], "whoacts/run/1");
}

#[test]
fn a_reader_that_stops_early_is_no_error() {
    let mut child =
        command(&SMALL).args(["--format", "json"]).stdout(Stdio::piped()).spawn().expect("it runs");
    drop(child.stdout.take());
    let ran = ran(child.wait_with_output().expect("it ends"));
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_said() {
    let ran = small(&["--format", "json:/dev/full"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("no space left on the device"), "{}", ran.stderr);
}

#[test]
fn a_limit_is_inconclusive() {
    let ran = small(&["--max-states", "1", "--reduce", "none"]);
    assert_eq!(ran.code, 3, "{}{}", ran.stdout, ran.stderr);
}

#[test]
fn nothing_selected_has_code_4() {
    let ran = whoacts(&["check", "--filter", "no/such/story"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (4, ""), "{}", ran.stderr);
}

#[test]
fn typing_errors_get_a_suggestion() {
    for (args, close) in [
        (["check", "--property", "custdoy"], "custody"),
        (["check", "--mechanism", "baerer"], "bearer"),
        (["check", "--mechanism", "continuity/K9"], "continuity/K"),
        (["check", "--adversary", "+injekt"], "inject"),
        (["explain", "custdoy", "-q"], "custody"),
        (["list", "propertie", "-q"], "property"),
    ] {
        let ran = whoacts(&args);
        assert_eq!(ran.code, 2, "{args:?}: {}", ran.stderr);
        assert!(ran.stderr.contains("did you mean `"), "{args:?}: {}", ran.stderr);
        assert!(ran.stderr.contains(close), "{args:?}: {}", ran.stderr);
    }
}

#[test]
fn a_profile_needs_a_mechanism_that_has_some() {
    let ran = whoacts(&["check", "--mechanism", "bearer", "--profile", "K4"]);
    assert_eq!(ran.code, 2, "{}", ran.stderr);
}

#[test]
fn a_saved_attack_is_replayed_and_explained() {
    let folder = Folder::new("saved");
    let ran = small(&["--save-traces", folder.path(), "-q"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let files = std::fs::read_dir(folder.path()).expect("the folder").flatten();
    let files: Vec<String> = files.map(|file| file.path().display().to_string()).collect();
    assert!(!files.is_empty());
    for file in &files {
        let again = whoacts(&["replay", file]);
        assert_eq!(again.code, 0, "{file}: {}{}", again.stdout, again.stderr);
        assert!(again.stdout.contains("replayed under Ed25519"), "{}", again.stdout);
        assert_eq!(whoacts(&["explain", file]).code, 0, "{file}");
        let machine = whoacts(&["replay", file, "--format", "json"]);
        assert_eq!(json(&machine.stdout)["violated"], true);
    }
}

#[test]
fn an_id_is_found_by_running_again() {
    let run = json(&small(&["--format", "json", "--property", "custody"]).stdout);
    let id = run["results"][0]["trace"]["id"].as_str().expect("an attack").to_owned();
    let ran = whoacts(&["replay", &id, "--filter", "article/shared-pool"]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
}

#[test]
fn the_matrix_has_its_shapes() {
    let args = |format| {
        whoacts(&[
            "matrix",
            "--filter",
            "article/shared-pool",
            "--mechanism",
            "bearer",
            "--format",
            format,
        ])
    };
    assert_eq!(json(&args("json").stdout)["schema"], "whoacts/matrix/1");
    assert!(args("markdown").stdout.contains("\n| `bearer` | "));
    assert!(args("pretty").stdout.contains("custody"));
}

#[test]
fn everything_listed_is_explained() {
    let listed = json(&whoacts(&["list", "--format", "json"]).stdout);
    let entries = listed["entries"].as_array().expect("entries").clone();
    assert!(!entries.is_empty());
    for entry in entries {
        let id = entry["id"].as_str().expect("an id");
        let ran = whoacts(&["explain", id]);
        assert_eq!(ran.code, 0, "{id}: {}", ran.stderr);
        assert!(ran.stdout.contains(id), "{id}");
    }
}

#[test]
fn colour_is_given_on_demand_only() {
    assert!(!small(&[]).stdout.contains('\u{1b}'));
    assert!(small(&["--color", "always"]).stdout.contains('\u{1b}'));
    assert!(!small(&["--color", "never"]).stdout.contains('\u{1b}'));
}

#[test]
fn progress_goes_to_standard_error() {
    let ran = small(&["--progress", "plain", "--format", "json"]);
    assert!(ran.stderr.contains("[1/") || ran.stderr.contains("/"), "{}", ran.stderr);
    json(&ran.stdout);
}
