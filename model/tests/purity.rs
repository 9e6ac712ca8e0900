//! The model is pure: no I/O, no clock, no randomness, no threads. Time and nonces are arguments.
#![expect(clippy::disallowed_methods, reason = "a test about files; the ban is for `src`")]

use std::fs;
use std::path::{Path, PathBuf};

/// What may not be named anywhere in `model/src`.
const BANNED: &[&str] = &[
    "std::time",
    "std::fs",
    "std::io",
    "std::net",
    "std::env",
    "std::thread",
    "std::process",
    "std::sync::Mutex",
    "std::sync::RwLock",
    "std::sync::atomic",
    "SystemTime",
    "Instant",
    "rand::",
    "rand_core",
    "getrandom",
    "OsRng",
    "thread_rng",
    "static mut",
    "println!",
    "print!",
    "eprintln!",
    "eprint!",
    "dbg!",
    "include_str!",
    "include_bytes!",
    "env!",
];

/// The first thing that `line` names and may not.
fn banned(line: &str) -> Option<&'static str> {
    BANNED.iter().copied().find(|word| {
        line.match_indices(word).any(|(at, _)| {
            // A word starts there: `operand::x` names no `rand::`.
            !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_')
        })
    })
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[test]
fn the_sources_name_nothing_impure() {
    let sources = sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    assert!(sources.len() > 20, "the scan sees the sources: {sources:?}");
    for path in sources {
        let text = fs::read_to_string(&path).expect("a source file");
        for (number, line) in text.lines().enumerate() {
            if let Some(word) = banned(line) {
                panic!("{}:{}: `{word}`: {}", path.display(), number + 1, line.trim());
            }
        }
    }
}

#[test]
fn the_scan_finds_what_it_looks_for() {
    assert_eq!(banned("use std::time::SystemTime;"), Some("std::time"));
    assert_eq!(banned("    let x: u8 = rand::random();"), Some("rand::"));
    assert_eq!(banned("println!(\"{x}\")"), Some("println!"));
    assert_eq!(banned("let operand::X = y; // no randomness"), None);
}

/// Purity also depends on what is linked: two crates, neither with a default feature that reads the world.
#[test]
fn the_dependencies_are_two() {
    let manifest = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml"))
        .expect("the manifest");
    let table = manifest.split("[dependencies]").nth(1).expect("the table");
    let names: Vec<_> = table
        .lines()
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .filter_map(|line| line.split(['.', ' ', '=']).next())
        .filter(|name| !name.is_empty())
        .collect();
    assert_eq!(names, ["ed25519-dalek", "sha2"]);
}
