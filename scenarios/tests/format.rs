//! Formatting changes white space and nothing else.

use expect_test::expect;
use proptest::prelude::*;
use std::path::{Path, PathBuf};
use whoacts_scenarios::format;

fn files(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, out);
        } else if path.extension().is_some_and(|kind| kind == "toml") {
            out.push(path);
        }
    }
}

fn ours() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for folder in ["cases", "policies", "tests/common"] {
        files(&root.join(folder), &mut found);
    }
    found
        .into_iter()
        .map(|path| (path.clone(), std::fs::read_to_string(path).expect("a file")))
        .collect()
}

fn comments(text: &str) -> usize {
    text.matches('#').count()
}

#[test]
fn the_look_is_this() {
    let text = "\n\n# head\nschema='whoacts/policy/1'   \n\n\n\n  title = \"#1\"# why\n[require]\n\n  resource=[ 'all' ,\n]\n  hop = [\n # first\n 'a', # behind\n 'b'\n # last\n]\n# about the mandate\n[[mandate]]\nidentity=\"alice\"\nx={a=1,b=[1,2]}\n[[mandate]]#next\n\n\n# the end   ";
    expect![[r##"
        # head
        schema = 'whoacts/policy/1'

        title = "#1" # why

        [require]
        resource = ['all']
        hop = [
            # first
            'a', # behind
            'b',
            # last
        ]

        # about the mandate
        [[mandate]]
        identity = "alice"
        x = { a = 1, b = [1, 2] }

        [[mandate]] #next

        # the end
    "##]]
    .assert_eq(&format(text).expect("TOML"));
}

#[test]
fn a_wide_list_has_an_item_a_line() {
    let names: Vec<String> = (0..20).map(|n| format!("\"guard-{n}\"")).collect();
    let out = format(&format!("resource = [{}]\n", names.join(","))).expect("TOML");
    assert_eq!(out.lines().count(), 22);
    assert!(out.contains("\n    \"guard-7\",\n"));
}

#[test]
fn our_own_files_have_this_look() {
    let shipped = |path: &Path| !path.to_string_lossy().contains("tests/common");
    for (path, text) in ours().into_iter().filter(|(path, _)| shipped(path)) {
        let out = format(&text).expect("TOML");
        assert!(out == text, "{}: run `whoacts fmt`", path.display());
    }
}

#[test]
fn what_is_no_toml_is_an_error() {
    assert!(format("a = = 1").is_err());
    assert_eq!(format("").as_deref(), Ok("\n"));
}

proptest! {
    /// Spaces and empty lines thrown into our own files come out again, and nothing else does.
    #[test]
    fn white_space_comes_out_again(which in 0_usize..100, gaps in prop::collection::vec((0_usize..400, 0_usize..5), 0..12)) {
        let all = ours();
        let (_, text) = &all[which % all.len()];
        let mut inside = false;
        let spoilt: String = text.lines().enumerate().map(|(number, line)| {
            let quotes = line.matches("\"\"\"").count();
            let was_inside = inside;
            inside ^= quotes % 2 == 1;
            let gap = gaps.iter().find(|(at, _)| *at == number && !was_inside && !inside);
            match gap {
                Some((_, 0)) => format!("\n\n\n{line}\n"),
                Some((_, 1)) => format!("   {line}   \n"),
                Some((_, 2)) => format!("\t{}\r\n", line.replacen(" = ", "=", 1)),
                Some((_, 3)) => format!("# a remark\n{line}\n"),
                Some(_) => format!("{}\n", line.replacen(" = ", "   =  ", 1)),
                None => format!("{line}\n"),
            }
        }).collect();
        let once = format(&spoilt).expect("TOML");
        prop_assert_eq!(format(&once).expect("TOML"), once.clone());
        prop_assert_eq!(comments(&spoilt), comments(&once));
        let read = |text: &str| text.parse::<toml::Table>().expect("TOML");
        prop_assert_eq!(read(&spoilt), read(&once));
    }
}
