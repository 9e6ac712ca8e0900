//! What machines read, as the binary writes it: valid, and the same bytes at any number of threads.

use crate::tool::{Folder, command, ran, whoacts};
use boon::{Compiler, Schemas};
use serde_json::Value;

const STORY: [&str; 5] =
    ["--filter", "article/shared-pool", "--mechanism", "bearer/strong,continuity/K4", "-q"];
const OF_CHECK: [&str; 8] =
    ["pretty", "compact", "json", "jsonl", "junit", "sarif", "github", "markdown"];
const OF_MATRIX: [&str; 5] = ["pretty", "markdown", "csv", "latex", "json"];

pub(crate) fn valid(name: &str, value: &Value) {
    let schema = serde_json::from_str(&whoacts(&["schema", name]).stdout).expect("a schema");
    let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
    compiler.add_resource("memory:schema", schema).expect("a schema");
    let index = compiler.compile("memory:schema", &mut schemas).expect("a sound schema");
    if let Err(error) = schemas.validate(value, index) {
        panic!("{name}: {error:#}");
    }
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

/// Everything that a verb can write, in one run.
fn written(test: &str, verb: &str, formats: &[&str], threads: &str) -> Vec<String> {
    let folder = Folder::new(&format!("outputs-{test}-{verb}-{threads}"));
    let place = |format: &str| format!("{}/{format}", folder.path());
    let wanted: Vec<String> =
        formats.iter().map(|format| format!("--format={format}:{}", place(format))).collect();
    let wanted: Vec<&str> = wanted.iter().map(String::as_str).collect();
    let args = [&[verb, "--threads", threads][..], &STORY, &wanted].concat();
    let ran = whoacts(&args);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, ""), "{}", ran.stderr);
    formats.iter().map(|format| std::fs::read_to_string(place(format)).expect("a file")).collect()
}

#[test]
fn every_format_is_the_same_at_one_thread_and_at_two() {
    for (verb, formats) in [("check", &OF_CHECK[..]), ("matrix", &OF_MATRIX)] {
        let (one, two) = (written("same", verb, formats, "1"), written("same", verb, formats, "2"));
        for (at, format) in formats.iter().enumerate() {
            assert!(one[at] == two[at], "{verb} {format}");
            assert!(!one[at].is_empty(), "{verb} {format}");
        }
    }
}

#[test]
fn outputs_are_what_the_schemas_say() {
    let files = written("valid", "check", &["json", "jsonl"], "2");
    valid("run", &json(&files[0]));
    files[1].lines().for_each(|line| valid("run-lines", &json(line)));
    valid("matrix", &json(&written("valid", "matrix", &["json"], "2")[0]));
    valid("list", &json(&whoacts(&["list", "--format", "json"]).stdout));
    let folder = Folder::new("outputs-traces");
    let save = ["check", "--save-traces", folder.path(), "--format", "compact"];
    assert_eq!(whoacts(&[&save, &STORY[..]].concat()).code, 0);
    let traces: Vec<_> = std::fs::read_dir(folder.path()).expect("a folder").flatten().collect();
    assert!(!traces.is_empty());
    for trace in &traces {
        valid("trace", &json(&std::fs::read_to_string(trace.path()).expect("a file")));
    }
    let path = traces[0].path().display().to_string();
    valid("replay", &json(&whoacts(&["replay", &path, "--format", "json"]).stdout));
}

#[test]
fn github_gets_its_summary_where_it_asks_for_one() {
    let folder = Folder::new("outputs-summary");
    let summary = folder.file("summary.md", "before\n");
    let mut check = command(&["check", "--format", "github"]);
    check.args(STORY).env("GITHUB_STEP_SUMMARY", &summary);
    let ran = ran(check.output().expect("it runs"));
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stdout.starts_with("whoacts: "), "{}", ran.stdout);
    let text = std::fs::read_to_string(summary).expect("the summary");
    assert!(text.starts_with("before\n## whoacts: "), "{text}");
    assert!(text.contains("```mermaid\nsequenceDiagram\n"), "{text}");
}
