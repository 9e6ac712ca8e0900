//! What ARCHITECTURE.md says about a new mechanism and a new property is done to a copy of the sources: one file and one
//! line for each, and both are run, listed and explained.
#![allow(clippy::unwrap_used, missing_docs, reason = "a test")]

use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

/// Copies the sources, without what was built and what git keeps.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (path, name) = (entry.path(), entry.file_name());
        if name == "target" || name == ".git" {
            continue;
        }
        match entry.file_type().unwrap().is_dir() {
            true => copy(&path, &to.join(name)),
            false => drop(fs::copy(&path, to.join(name)).unwrap()),
        }
    }
}

/// Each `<!-- kind: path -->` with the code below it.
fn listings(text: &str, kind: &str) -> Vec<(String, String)> {
    let mark = format!("<!-- {kind}: ");
    text.split(&mark)
        .skip(1)
        .map(|part| {
            let (path, rest) = part.split_once(" -->\n```rust\n").unwrap();
            let (code, _) = rest.split_once("```").unwrap();
            (path.to_owned(), code.to_owned())
        })
        .collect()
}

/// Puts a line at the end of the list that a file declares.
fn listed(text: &str, line: &str) -> String {
    let (start, end) = match text.contains("\nmechanisms! {") {
        true => ("\nmechanisms! {", "\n}"),
        false => ("\nproperties!(", "\n);"),
    };
    let from = text.find(start).unwrap();
    let at = from + text[from..].find(end).unwrap();
    format!("{}\n{}{}", &text[..at], line.trim_end(), &text[at..])
}

fn whoacts(folder: &Path, args: &[&str]) -> Output {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["run", "--quiet", "--package", "whoacts", "--"]).args(args);
    // A folder of its own: packages of the same name would be taken for those of the copy.
    cargo.current_dir(folder).env("CARGO_TARGET_DIR", root().join("target/newcomer"));
    cargo.env("WHOACTS_CACHE", "").output().unwrap()
}

#[test]
#[ignore = "builds everything once more"]
fn a_mechanism_and_a_property_take_one_file_and_one_line_each() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("newcomer");
    let _ = fs::remove_dir_all(&folder);
    copy(&root(), &folder);
    let guide = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let (files, lines) = (listings(&guide, "listing"), listings(&guide, "line"));
    assert_eq!((files.len(), lines.len()), (2, 2));
    for (path, code) in files {
        assert!(!folder.join(&path).exists(), "{path} is there already");
        fs::write(folder.join(path), code).unwrap();
    }
    for (path, line) in lines {
        let text = fs::read_to_string(folder.join(&path)).unwrap();
        fs::write(folder.join(path), listed(&text, &line)).unwrap();
    }
    let args = ["check", "--filter", "article/shared-pool", "--property", "no-guests"];
    let ran =
        whoacts(&folder, &[&args[..], &["--mechanism", "eternal", "--format", "json"]].concat());
    let said = String::from_utf8(ran.stderr).unwrap();
    let found: Value = serde_json::from_slice(&ran.stdout).unwrap_or_else(|_| panic!("{said}"));
    let result = &found["results"][0];
    assert_eq!(result["mechanism"], "eternal");
    assert_eq!((&result["verdict"], &result["confirmed"]), (&"violated".into(), &"trace".into()));
    let list = whoacts(&folder, &["list", "--format", "json"]);
    let list: Value = serde_json::from_slice(&list.stdout).unwrap();
    let entries = list["entries"].as_array().unwrap();
    let ids: BTreeSet<&str> = entries.iter().filter_map(|entry| entry["id"].as_str()).collect();
    assert!(ids.contains("eternal") && ids.contains("no-guests"), "{ids:?}");
    fs::remove_dir_all(folder).unwrap();
}
