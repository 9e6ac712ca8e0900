//! Loading many files, from the disk and from the binary.
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::{MINIMAL, POLICY, policy_with, vocabulary};
use expect_test::expect;
use whoacts_scenarios::{
    Library, LoadError, PolicyFile, check_policy_against, parse_policy, parse_scenario,
};

/// A fresh folder with these files.
fn folder(name: &str, files: &[(&str, &str)]) -> PathBuf {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("library").join(name);
    let _ = fs::remove_dir_all(&root);
    fs::create_dir_all(&root).unwrap();
    for (file, text) in files {
        let path = root.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    root
}

fn load(root: &Path) -> Result<Library, LoadError> {
    Library::load(&[root.to_path_buf()], &vocabulary())
}

/// What went wrong, without the folder's own place.
fn failure(root: &Path) -> String {
    let shown = load(root).unwrap_err().to_string();
    shown.replace(&format!("{}", root.display()), "…")
}

#[test]
fn a_folder_is_searched_and_policies_are_near() {
    let near = policy_with("every key once", "near");
    let root = folder(
        "tree",
        &[
            ("cases/b/two.toml", MINIMAL),
            ("cases/a/one.toml", MINIMAL),
            ("cases/a/policies/p.toml", &near),
            ("cases/a/policies/api.cedar", ""),
            ("cases/a/policies/entities.json", "[]"),
            ("policies/p.toml", POLICY),
            ("policies/api.cedar", ""),
            ("policies/entities.json", "[]"),
            ("Cargo.toml", "[package]"),
            ("cases/a/notes.txt", "schema = \"whoacts/scenario/1\""),
            (".hidden/a.toml", "schema = \"whoacts/scenario/1\""),
        ],
    );
    let library = load(&root).unwrap();
    let rows: Vec<(&str, &str)> =
        library.cases.iter().map(|c| (c.scenario.id.as_str(), c.policy.title.as_str())).collect();
    assert_eq!(rows, [("a/one", "near"), ("b/two", "every key once")]);
    let case = library.get("b/two").unwrap();
    assert_eq!(case.source_text, MINIMAL);
    assert_eq!(case.policy_text, POLICY);
    assert_eq!(case.file, root.join("cases/b/two.toml").display().to_string());
    assert_eq!(case.policy_file, root.join("policies/p.toml").display().to_string());
    assert_eq!(&*case.policy.title.span.file, case.policy_file);
}

#[test]
fn a_file_named_twice_is_one_case() {
    let root = folder(
        "twice",
        &[
            ("a/one.toml", MINIMAL),
            ("policies/p.toml", POLICY),
            ("policies/api.cedar", ""),
            ("policies/entities.json", "[]"),
        ],
    );
    let paths = [root.clone(), root.join("a/one.toml"), root.join("a/../a")];
    assert_eq!(Library::load(&paths, &vocabulary()).unwrap().cases.len(), 1);
}

#[test]
fn an_empty_folder_has_nothing() {
    let root = folder("empty", &[]);
    assert!(matches!(load(&root), Err(LoadError::NothingFound(_))));
    expect!["there is no scenario in `…`"].assert_eq(&failure(&root));
    assert!(matches!(Library::load(&[], &vocabulary()), Err(LoadError::NothingFound(_))));
}

#[test]
fn a_place_that_is_not_there() {
    let root = folder("nowhere", &[]).join("x.toml");
    assert!(matches!(load(&root), Err(LoadError::Io { .. })));
    expect!["cannot read `…`: there is no such file or folder"].assert_eq(&failure(&root));
}

#[test]
fn all_faulty_files_are_reported() {
    let root = folder(
        "faulty",
        &[
            ("a/one.toml", &MINIMAL.replace("\"p\"", "\"pp\"")),
            ("a/two.toml", &MINIMAL.replace("to = \"app\"", "to = \"ap\"")),
            ("a/three.toml", &MINIMAL.replace("scenario/1", "scenaro/1")),
            ("a/four.toml", &MINIMAL.replace("\"p\"", "\"q\"")),
            ("a/five.toml", &MINIMAL.replace("\"p\"", "\"q\"")),
            ("b/a/one.toml", MINIMAL),
            ("policies/p.toml", POLICY),
            ("policies/q.toml", &policy_with("local", "locale")),
        ],
    );
    expect![[r#"
        error[bad-word]: `memory` cannot be `locale`
         --> …/policies/q.toml:3:10
          |
        3 | memory = "locale"
          |          ^^^^^^^^
          = help: did you mean `local`?

        error[unknown-policy]: no policy is called `pp`
         --> …/a/one.toml:5:10
          |
        5 | policy = "pp"
          |          ^^^^
          = help: did you mean `p`?

        error[bad-word]: `schema` cannot be `whoacts/scenaro/1`
         --> …/a/three.toml:1:10
          |
        1 | schema = "whoacts/scenaro/1"
          |          ^^^^^^^^^^^^^^^^^^^
          = help: did you mean `whoacts/scenario/1`?

        error[unknown-pool]: no pool is called `ap`
          --> …/a/two.toml:19:6
           |
        19 | to = "ap"
           |      ^^^^
           = help: did you mean `app`?

        error[duplicate-id]: the scenario `a/one` is also in `…/a/one.toml`
         --> …/b/a/one.toml:2:9
          |
        2 | title = "alice asks"
          |         ^^^^^^^^^^^^
          = help: an id is the folder's name and the file's; rename one of them"#]]
    .assert_eq(&failure(&root));
}

#[test]
fn a_faulty_policy_is_reported_once() {
    let root = folder(
        "policy",
        &[
            ("a/one.toml", MINIMAL),
            ("a/two.toml", MINIMAL),
            ("policies/p.toml", &policy_with("\"holder\"", "\"older\"")),
        ],
    );
    expect![[r#"
        error[unknown-guard]: no guard is called `older`
         --> …/policies/p.toml:7:8
          |
        7 | hop = ["older", "handed-off"]
          |        ^^^^^^^
          = help: did you mean `holder`?"#]]
    .assert_eq(&failure(&root));
}

#[test]
fn only_slips_of_a_shared_policy_are_reported() {
    let story = parse_scenario("m.toml", "a/b", MINIMAL.as_bytes(), &vocabulary()).unwrap();
    let slips = |from, to| {
        let text = policy_with(from, to);
        let policy = parse_policy("policy.toml", "p", text.as_bytes(), &vocabulary()).unwrap();
        common::rendered(check_policy_against(&policy, &story), text.as_bytes())
    };
    assert_eq!(slips("alice", "bob"), "");
    assert_eq!(slips("identity = \"alice\"", "identity = \"alice1\""), "");
    expect![[r#"
        error[near-miss]: no identity is called `alise`
         --> policy.toml:9:12
          |
        9 | identity = "alise"
          |            ^^^^^^^
          = help: did you mean `alice`?
    "#]]
    .assert_eq(&slips("alice", "alise"));
}

#[test]
fn a_policy_is_replaced_whole() {
    let root = folder(
        "replace",
        &[
            ("a/one.toml", MINIMAL),
            ("policies/p.toml", POLICY),
            ("policies/api.cedar", ""),
            ("policies/entities.json", "[]"),
            ("policies/other.toml", &policy_with("local", "shared")),
            ("policies/slip.toml", &policy_with("alice", "alicia")),
        ],
    );
    let mut case = load(&root).unwrap().cases.remove(0);
    let slip = PolicyFile::load(&root.join("policies/slip.toml"), &vocabulary()).unwrap();
    assert_eq!(case.replace_policy(&slip).unwrap_err()[0].code, "near-miss");
    let other = PolicyFile::load(&root.join("policies/other.toml"), &vocabulary()).unwrap();
    case.replace_policy(&other).unwrap();
    assert_eq!(case.policy.memory.value, "shared");
    assert_eq!(case.scenario.policy.value, "other");
    assert_eq!(case.policy_text, other.text);
}

#[test]
fn every_built_in_policy_has_its_file() {
    let count =
        fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("policies")).map_or(0, |files| {
            files.flatten().filter(|f| f.path().extension().is_some_and(|e| e == "toml")).count()
        });
    assert_eq!(PolicyFile::builtin_names().count(), count);
}

// ---- the library of this repository ----

/// The files below `cases` of one kind, without their extension.
fn cases(kind: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let inside = |folder: &Path| -> Vec<PathBuf> {
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
    };
    let files = inside(&root).into_iter().flat_map(|family| inside(&family));
    let mut found: Vec<PathBuf> =
        files.filter(|file| file.extension().is_some_and(|extension| extension == kind)).collect();
    found.iter_mut().for_each(|file| assert!(file.set_extension("")));
    found.sort();
    found
}

#[test]
fn every_story_has_its_verdicts_and_every_file_of_verdicts_its_story() {
    assert!(!cases("toml").is_empty());
    assert_eq!(cases("toml"), cases("verdicts"));
}

/// A story is what a person writes and reads: about eighty lines, and none that a program wrote.
#[test]
fn stories_are_short() {
    let texts: Vec<String> = cases("toml")
        .iter()
        .map(|file| fs::read_to_string(file.with_extension("toml")).unwrap())
        .collect();
    let said = |text: &str| text.lines().filter(|line| !line.trim().is_empty()).count();
    let lines: usize = texts.iter().map(|text| said(text)).sum();
    assert!(lines <= 80 * texts.len(), "{lines} lines in {} stories", texts.len());
    assert!(texts.iter().all(|text| said(text) <= 120));
    // What a tool should know is a key.
    assert!(texts.iter().all(|text| !text.contains("# also:") && !text.contains("# ---")));
}

#[test]
fn a_file_of_verdicts_is_found_beside_its_story() {
    let root = folder(
        "beside",
        &[
            ("a/one.toml", MINIMAL),
            ("a/one.verdicts", "anything"),
            ("a/two.toml", MINIMAL),
            ("policies/p.toml", POLICY),
            ("policies/api.cedar", ""),
            ("policies/entities.json", "[]"),
        ],
    );
    let cases = load(&root).unwrap().cases;
    let beside = cases[0].verdicts.as_ref().unwrap();
    assert_eq!(beside.text, "anything");
    assert_eq!(beside.file, root.join("a/one.verdicts").display().to_string());
    assert_eq!(cases[1].verdicts, None);
}

#[test]
fn what_is_not_looked_at_is_listed_and_nothing_else() {
    let quoted = MINIMAL.replacen("schema = ", "\"schema\" = ", 1);
    let triple = MINIMAL.replacen("\"whoacts/scenario/1\"", "\"\"\"whoacts/scenario/1\"\"\"", 1);
    let marked = format!("\u{feff}{MINIMAL}");
    let silent = MINIMAL.replacen("schema = \"whoacts/scenario/1\"\n", "", 1);
    let root = folder(
        "skipped",
        &[
            ("a/UPPER.TOML", MINIMAL),
            ("a/marked.toml", &marked),
            ("a/quoted.toml", &quoted),
            ("a/triple.toml", &triple),
            ("a/silent.toml", &silent),
            ("a/known.toml", "schema = \"whoacts/baseline/1\""),
            ("policies/p.toml", POLICY),
            ("policies/api.cedar", ""),
            ("policies/entities.json", "[]"),
        ],
    );
    #[cfg(unix)]
    std::os::unix::fs::symlink(root.join("a"), root.join("linked")).unwrap();
    let library = load(&root).unwrap();
    let ids: Vec<&str> = library.cases.iter().map(|case| case.scenario.id.as_str()).collect();
    assert_eq!(ids, ["a/UPPER", "a/marked", "a/quoted", "a/triple"]);
    let skipped = library.skipped.iter();
    let skipped: Vec<String> =
        skipped.map(|one| one.file.replace(root.to_str().unwrap(), "…")).collect();
    let wanted: &[&str] =
        if cfg!(unix) { &["…/a/silent.toml", "…/linked"] } else { &["…/a/silent.toml"] };
    assert_eq!(skipped, wanted);
}

/// A file that nearly says that it is a story is judged as one, and not passed over for a slip.
#[test]
fn a_misspelt_story_is_an_error() {
    for (name, from, to) in
        [("key", "schema = ", "shema = "), ("kind", "whoacts/scenario/1", "whoacts/stroy/1")]
    {
        let root = folder(name, &[("a/one.toml", &MINIMAL.replacen(from, to, 1))]);
        assert!(matches!(load(&root), Err(LoadError::Parse(_))), "{name}");
    }
}

/// A line break in a name begins no line of an output.
#[cfg(unix)]
#[test]
fn names_of_files_are_escaped() {
    let root = folder("odd", &[("a\n::error/x\u{202e}.toml", MINIMAL)]);
    fs::write(root.join("p.toml"), "schema").unwrap();
    let said = failure(&root);
    assert!(said.contains("a\\u{a}::error/x\\u{202e}.toml"), "{said}");
    assert!(!said.contains("\n::error"), "{said}");
}

#[cfg(unix)]
#[test]
fn what_is_no_regular_file_is_not_read() {
    let zero = Library::load(&[PathBuf::from("/dev/zero")], &vocabulary()).unwrap_err();
    assert_eq!(zero.to_string(), "cannot read `/dev/zero`: it is no regular file");
    let root = folder("pipe", &[]);
    let pipe = root.join("pipe.toml");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    if made.is_ok_and(|status| status.success()) {
        let said = Library::load(&[pipe], &vocabulary()).unwrap_err().to_string();
        assert!(said.ends_with("it is no regular file"), "{said}");
    }
}

#[test]
fn cedar_files_lie_below_and_are_not_nested_for_ever() {
    let deep = format!(
        "permit(principal, action, resource) when {{ {}true{} }};",
        "(".repeat(1000),
        ")".repeat(1000)
    );
    for (name, policy, cedar, wanted) in [
        (
            "outside",
            policy_with("\"api.cedar\"", "\"../api.cedar\""),
            "",
            "leads out of the policy's folder",
        ),
        (
            "absolute",
            policy_with("\"api.cedar\"", "\"/api.cedar\""),
            "",
            "leads out of the policy's folder",
        ),
        ("nested", POLICY.to_owned(), deep.as_str(), "it is nested more than 64 deep"),
        ("hidden", POLICY.to_owned(), "// a\u{202e}b", "U+202E"),
    ] {
        let root = folder(
            name,
            &[
                ("a/one.toml", MINIMAL),
                ("policies/p.toml", &policy),
                ("policies/api.cedar", cedar),
                ("policies/entities.json", "[]"),
            ],
        );
        let said = failure(&root);
        assert!(said.contains(wanted), "{name}: {said}");
    }
}
