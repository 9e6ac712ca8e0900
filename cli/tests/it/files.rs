//! Files that are wrong.

use crate::tool::{Folder, whoacts};

#[test]
fn an_empty_folder_has_code_4() {
    let folder = Folder::new("empty");
    let ran = whoacts(&["check", folder.path()]);
    assert_eq!((ran.code, ran.stdout.as_str()), (4, ""));
    assert!(ran.stderr.starts_with("error: there is no scenario in `"), "{}", ran.stderr);
}

#[test]
fn what_is_no_scenario_is_told_with_its_place() {
    let folder = Folder::new("wrong");
    let files = [
        ("not-utf8.toml", b"schema = \"\xff\"".to_vec()),
        ("no-toml.toml", b"schema = = 1".to_vec()),
        ("large.toml", vec![b'#'; 2 * 1024 * 1024]),
        ("unknown-key.toml", b"schema = \"whoacts/scenario/1\"\ntitel = \"x\"\n".to_vec()),
    ];
    for (name, bytes) in files {
        let path = folder.file(name, bytes);
        let ran = whoacts(&["check", &path]);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{name}: {}", ran.stderr);
        assert!(ran.stderr.contains(&format!("--> {path}:")), "{name}: {}", ran.stderr);
    }
}

#[test]
fn a_saved_trace_that_is_none_has_code_2() {
    let folder = Folder::new("traces");
    for (name, text) in
        [("empty.json", ""), ("list.json", "[]"), ("other.json", "{\"schema\": \"x\"}")]
    {
        let path = folder.file(name, text);
        let ran = whoacts(&["replay", &path]);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{name}: {}", ran.stderr);
    }
}
