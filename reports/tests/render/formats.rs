//! The list of formats.

use std::collections::BTreeSet;
use whoacts_reports::{FORMATS, Look, ascii};

use crate::sample;

#[test]
fn every_renderer_file_is_in_the_list() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
    let files = std::fs::read_dir(folder).expect("the folder is there");
    let names =
        files.map(|file| file.expect("an entry").file_name().to_string_lossy().into_owned());
    let files: BTreeSet<String> = names
        .filter_map(|name| name.strip_suffix(".rs").map(Into::into))
        .filter(|name| name != "lib")
        .collect();
    let listed: BTreeSet<String> = FORMATS
        .iter()
        .filter_map(|format| format.module.rsplit("::").next())
        .map(Into::into)
        .collect();
    // These show no outcome of a run, and list their formats themselves.
    let own = ["diff", "lint"].map(String::from);
    assert!(
        !whoacts_reports::diff::FORMATS.is_empty() && !whoacts_reports::lint::FORMATS.is_empty()
    );
    assert_eq!(files, listed.into_iter().chain(own).collect());
}

#[test]
fn names_are_unique_for_what_they_show() {
    for (at, format) in FORMATS.iter().enumerate() {
        let same = |other: &&whoacts_reports::Format| {
            other.name == format.name && other.shows == format.shows
        };
        assert_eq!(FORMATS.iter().position(|other| same(&other)), Some(at), "{}", format.name);
    }
}

#[test]
fn nothing_is_said_about_nothing_without_a_panic() {
    let empty = whoacts_checker::outcome::Outcome { checks: Vec::new() };
    for format in FORMATS {
        let _ = (format.render)(&empty, &Look { feature: true, ..Look::default() });
    }
}

#[test]
fn ascii_keeps_every_width_and_leaves_no_sign_of_ours() {
    let sources = sample::sources();
    let look = Look { sources: &sources, feature: true, ..Look::default() };
    let told = whoacts_reports::pretty::render(&sample::outcome(), &look);
    let plain = ascii(&told);
    assert!(
        plain.is_ascii(),
        "{:?}",
        plain.chars().filter(|c| !c.is_ascii()).collect::<BTreeSet<_>>()
    );
    let widths = |text: &str| text.lines().map(|line| line.chars().count()).collect::<Vec<_>>();
    assert_eq!(widths(&told), widths(&plain));
}
