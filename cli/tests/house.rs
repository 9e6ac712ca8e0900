//! The rules of the house that no compiler checks: who may know whom, what is in its list, what may be linked, how long
//! a file may be, and that the papers agree with each other.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

// ---- arrows ----

/// Which crates of the workspace each crate may name, in tests and benches too.
const ARROWS: &[(&str, &[&str])] = &[
    ("whoacts-model", &[]),
    ("whoacts-scenarios", &[]),
    ("whoacts-checker", &["whoacts-model", "whoacts-scenarios"]),
    ("whoacts-reports", &["whoacts-checker", "whoacts-scenarios"]),
    ("whoacts", &["whoacts-checker", "whoacts-reports", "whoacts-scenarios"]),
    ("whoacts-assert", &["whoacts-checker", "whoacts-reports", "whoacts-scenarios"]),
    ("whoacts-example-project", &["whoacts-assert"]),
    ("whoacts-benches", &["whoacts-checker", "whoacts-model", "whoacts-scenarios"]),
];

#[test]
fn arrows_run_one_way() {
    let metadata = metadata();
    let members: BTreeMap<&str, BTreeSet<&str>> = packages(&metadata)
        .filter(|package| package["source"].is_null())
        .map(|package| {
            let ours = list(&package["dependencies"]).filter(|d| d["source"].is_null());
            (text(&package["name"]), ours.map(|d| text(&d["name"])).collect())
        })
        .collect();
    let allowed: BTreeMap<&str, &[&str]> = ARROWS.iter().copied().collect();
    assert!(members.keys().eq(allowed.keys()), "every crate has a row: {:?}", members.keys());
    for (name, known) in members {
        let allowed: BTreeSet<&str> = allowed[name].iter().copied().collect();
        let strangers: Vec<_> = known.difference(&allowed).collect();
        assert!(strangers.is_empty(), "{name} knows {strangers:?}");
    }
}

/// The renderers know places in files, and nothing else about them.
#[test]
fn reports_know_of_scenarios_only_their_spans() {
    for (path, source) in sources("reports/src") {
        for (number, line) in source.lines().enumerate() {
            for (at, name) in line.match_indices("whoacts_scenarios") {
                let rest = &line[at + name.len()..];
                assert!(rest.starts_with("::span"), "{path}:{}: {}", number + 1, line.trim());
            }
        }
    }
}

// ---- lists ----

#[test]
fn every_mechanism_file_is_in_its_list() {
    let list = between(&read("model/src/mechanism/mod.rs"), "\nmechanisms! {", "}");
    let listed =
        words(&list).filter_map(|word| word.split("::").next()).map(str::to_owned).collect();
    assert_eq!(modules("model/src/mechanism"), listed);
}

#[test]
fn every_property_file_is_in_its_list() {
    let list = between(&read("checker/src/property/mod.rs"), "\nproperties!(", ")");
    let listed = words(&list).map(str::to_owned).collect();
    assert_eq!(modules("checker/src/property"), listed);
}

#[test]
fn every_lint_file_is_in_its_list() {
    let list = between(&read("checker/src/lint/mod.rs"), "\nlints!(", ")");
    let mut listed: BTreeSet<String> = words(&list).map(str::to_owned).collect();
    // What several of them need.
    listed.insert("run".to_owned());
    assert_eq!(modules("checker/src/lint"), listed);
}

// ---- licences ----

/// Terms under which what we link may come. All are permissive; none asks anything of whoever uses our binary.
const LICENCES: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Of the packages that are used on this machine's kind of system.
#[test]
fn every_dependency_is_under_a_licence_of_the_list() {
    let metadata = metadata();
    let mut seen = 0;
    for package in packages(&metadata) {
        let terms = package["license"].as_str().unwrap_or("none stated");
        assert!(acceptable(terms), "{} is under: {terms}", text(&package["name"]));
        seen += 1;
    }
    assert!(seen > 50, "only {seen} packages were looked at");
}

#[test]
fn licence_expressions_are_read_as_spdx_means_them() {
    for good in [
        "MIT",
        "MIT/Apache-2.0",
        "GPL-3.0-only OR MIT",
        "(MIT OR Apache-2.0) AND Unicode-3.0",
        "Apache-2.0 WITH LLVM-exception OR Apache-2.0 OR MIT",
    ] {
        assert!(acceptable(good), "{good}");
    }
    for bad in [
        "",
        "none stated",
        "GPL-3.0-only",
        "MIT AND GPL-3.0-only",
        "GPL-3.0-only OR MIT AND MPL-2.0",
        "(GPL-3.0-only OR MPL-2.0) AND MIT",
        "Apache-2.0 WITH Classpath-exception-2.0",
        "(MIT",
        "MIT OR",
        "MIT MIT",
    ] {
        assert!(!acceptable(bad), "{bad}");
    }
}

/// Whether an SPDX expression leaves a choice that is in the list.
fn acceptable(terms: &str) -> bool {
    // Before SPDX expressions a slash stood for a choice.
    let spaced = terms.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let mut words: Vec<&str> = spaced.split_whitespace().rev().collect();
    any_of(&mut words) == Some(true) && words.is_empty()
}

/// `a OR b OR …`; `None` where it is no expression.
fn any_of(words: &mut Vec<&str>) -> Option<bool> {
    let mut holds = all_of(words)?;
    while words.last() == Some(&"OR") {
        words.pop();
        holds |= all_of(words)?;
    }
    Some(holds)
}

/// `a AND b AND …`, which binds tighter.
fn all_of(words: &mut Vec<&str>) -> Option<bool> {
    let mut holds = one(words)?;
    while words.last() == Some(&"AND") {
        words.pop();
        holds &= one(words)?;
    }
    Some(holds)
}

/// A licence, with its exception; or an expression in parentheses.
fn one(words: &mut Vec<&str>) -> Option<bool> {
    match words.pop()? {
        "(" => any_of(words).filter(|_| words.pop() == Some(")")),
        ")" | "OR" | "AND" | "WITH" => None,
        name if words.last() == Some(&"WITH") => {
            words.pop();
            Some(LICENCES.contains(&format!("{name} WITH {}", words.pop()?).as_str()))
        }
        name => Some(LICENCES.contains(&name)),
    }
}

// ---- length ----

/// No file of `src` is longer, unless it is named below.
const MAX_LINES: usize = 500;
/// A file that has become shorter than this needs no reason any more.
const NEEDS_A_REASON: usize = 400;

/// Long files, each with what splitting it would cost.
const LONG: &[(&str, &str)] = &[
    ("cli/src/args.rs", "all that can be typed: a list"),
    ("checker/src/tell.rs", "one sentence for each kind of move: a list, read beside `moves.rs`"),
    (
        "checker/src/suite/job.rs",
        "one exploration and all its checks, in the order in which they are made",
    ),
    (
        "scenarios/src/library.rs",
        "stories, policies and verdicts, built in or on the disk, each found as the others are",
    ),
];

#[test]
fn long_files_have_a_reason() {
    let reasons: BTreeMap<&str, &str> = LONG.iter().copied().collect();
    for package in ["model", "scenarios", "checker", "reports", "cli", "assert", "benches"] {
        let sources = sources(&format!("{package}/src"));
        assert!(!sources.is_empty(), "{package} has no sources");
        for (path, source) in sources {
            let lines = source.lines().count();
            let excused = reasons.contains_key(path.as_str());
            assert!(excused || lines <= MAX_LINES, "{path} has {lines} lines and no reason");
            assert!(!excused || lines > NEEDS_A_REASON, "{path} needs no reason any more");
        }
    }
    for (path, reason) in LONG {
        assert!(root().join(path).is_file(), "{path} is not there");
        assert!(!reason.is_empty());
    }
}

// ---- papers ----

#[test]
fn the_readme_credits_and_says_under_which_licence() {
    let readme = read("README.md");
    for said in [
        "Trusting AI Agents, Who Is Acting?",
        "N. Gallo",
        "independent implementation",
        "LICENSE-MIT",
        "LICENSE-APACHE",
        "ARCHITECTURE.md",
        "<!-- table:begin -->",
        "<!-- table:end -->",
    ] {
        assert!(readme.contains(said), "README.md does not say `{said}`");
    }
    for file in ["LICENSE-MIT", "LICENSE-APACHE", "CHANGELOG.md", "ARCHITECTURE.md"] {
        assert!(root().join(file).is_file(), "{file} is not there");
    }
}

/// The story that shows how to write one is one.
#[test]
fn the_story_of_the_readme_can_be_read() {
    let story = between(&read("README.md"), "\n```toml\n", "\n```\n");
    let vocabulary = whoacts_checker::suite::vocabulary();
    let read = whoacts_scenarios::parse_scenario("README.md", "a/b", story.as_bytes(), &vocabulary);
    let errors = read.err().unwrap_or_default();
    let errors: Vec<String> = errors.iter().map(|error| error.render(&story)).collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
}

/// What a person is told to type is what CI types first.
#[test]
fn ci_begins_with_the_command_of_the_readme() {
    let (readme, script) = (read("README.md"), read(".ci/run"));
    let first =
        script.lines().find_map(|line| Some(line.trim()).filter(|l| l.starts_with("cargo ")));
    let first = first.expect("a command").split(" 2>&1").next().expect("a command").trim();
    assert_eq!(first, "cargo test --workspace");
    assert!(readme.lines().any(|line| line.trim() == first), "README.md does not say `{first}`");
}

/// The names in the code map lead somewhere.
#[test]
fn the_code_map_names_what_is_there() {
    let map = between(&read("ARCHITECTURE.md"), "## Code map", "\n## ");
    let mut folder = String::new();
    let mut seen = 0;
    for line in map.lines() {
        let Some(name) = line.strip_prefix("| `").and_then(|rest| rest.split('`').next()) else {
            if let Some(name) = line.strip_prefix("### `").and_then(|rest| rest.split('`').next()) {
                folder = name.to_owned();
                assert!(root().join(name).is_dir(), "ARCHITECTURE.md names `{name}`");
            }
            continue;
        };
        assert!(root().join(&folder).join(name).exists(), "ARCHITECTURE.md names `{folder}{name}`");
        seen += 1;
    }
    assert!(seen > 20, "only {seen} rows were looked at");
}

// ---- looking ----

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_owned()
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// What cargo knows of the workspace and of all that it uses on this kind of system, which is there already: this test
/// was built with it.
fn metadata() -> Value {
    let target = host();
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(root()).args(["metadata", "--format-version", "1", "--locked", "--offline"]);
    let output = cargo.args(["--filter-platform", &target]).output().expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// The triple for which this test was built, near enough: what the compiler calls its host.
fn host() -> String {
    let output = Command::new("rustc").arg("-vV").current_dir(root()).output().expect("rustc runs");
    let said = String::from_utf8(output.stdout).expect("UTF-8");
    said.lines().find_map(|line| line.strip_prefix("host: ")).expect("a host").to_owned()
}

fn packages(metadata: &Value) -> impl Iterator<Item = &Value> {
    list(&metadata["packages"])
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().expect("a list").iter()
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a string")
}

/// Every Rust file below a folder, named from the root of the repository, with its text.
fn sources(folder: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(root().join(folder)).expect("a folder") {
        let entry = entry.expect("an entry");
        let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            found.extend(sources(&path));
        } else if path.ends_with(".rs") {
            let source = read(&path);
            found.push((path, source));
        }
    }
    found.sort();
    found
}

/// The modules in a folder, apart from its `mod.rs`.
fn modules(folder: &str) -> BTreeSet<String> {
    let names = sources(folder).into_iter().map(|(path, _)| {
        path[folder.len() + 1..].trim_end_matches(".rs").split('/').next().map(str::to_owned)
    });
    names.flatten().filter(|name| name != "mod").collect()
}

/// What stands between two marks, the first of each.
fn between(source: &str, open: &str, close: &str) -> String {
    let (_, rest) = source.split_once(open).unwrap_or_else(|| panic!("no `{}`", open.trim()));
    rest.split_once(close).map_or(rest, |(inside, _)| inside).to_owned()
}

/// Names between commas.
fn words(source: &str) -> impl Iterator<Item = &str> {
    source.split(',').map(str::trim).filter(|word| !word.is_empty())
}
