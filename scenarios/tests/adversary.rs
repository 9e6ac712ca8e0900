//! An adversary that is named outside a file is judged as in the file.
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use common::{FULL, MINIMAL, vocabulary};
use whoacts_scenarios::scenario::Scenario;
use whoacts_scenarios::{check_capabilities, check_changes, parse_scenario};

fn story(id: &str, text: &str) -> Scenario {
    parse_scenario("s.toml", id, text.as_bytes(), &vocabulary()).unwrap()
}

/// Code and message of each fault.
fn faults(stories: &[&Scenario], changes: &[&str]) -> Vec<(&'static str, String)> {
    let changes: Vec<String> = changes.iter().map(|&change| change.to_owned()).collect();
    let found = check_changes(stories, &changes, &vocabulary());
    found.into_iter().map(|fault| (fault.code, fault.to_string())).collect()
}

#[test]
fn what_changes_something_and_has_its_place_is_good() {
    let full = story("a/full", FULL);
    for good in [
        &["+steal-key"][..],
        &["-inject"],
        &["+confuse", "-insider", "+clock-skew"],
        &["+revocation-lag"],
        &[],
    ] {
        assert_eq!(faults(&[&full], good), [], "{good:?}");
    }
}

#[test]
fn a_capability_needs_its_place_in_every_story_that_gets_it() {
    let (full, minimal) = (story("a/full", FULL), story("a/minimal", MINIMAL));
    let said =
        "--adversary:1:9: the capability `steal-key` is not told where it applies: in `a/minimal`";
    let wanted = [("capability-without-setting", said.to_owned())];
    assert_eq!(faults(&[&minimal], &["+inject", "+steal-key"]), wanted);
    assert_eq!(faults(&[&full, &minimal], &["+confuse", "+steal-key"]).len(), 1);
    let again = faults(&[&minimal, &minimal, &minimal], &["+steal-key"]);
    assert!(again[0].1.ends_with("in `a/minimal` and in 2 more stories"), "{again:?}");
}

#[test]
fn what_could_do_nothing_anywhere_is_refused() {
    let minimal = story("a/minimal", MINIMAL);
    let said = faults(&[&minimal], &["+forget"]);
    assert_eq!(said[0].0, "no-effect");
    assert!(said[0].1.contains("there is no `restart` here"), "{said:?}");
}

#[test]
fn a_change_changes_something_once() {
    let (full, minimal) = (story("a/full", FULL), story("a/minimal", MINIMAL));
    assert_eq!(faults(&[&full], &["+inject"])[0].0, "no-effect");
    assert_eq!(faults(&[&full], &["-confuse"])[0].0, "no-effect");
    // Of several stories it is enough that one has it not.
    assert_eq!(faults(&[&full, &minimal], &["+inject"]), []);
    assert_eq!(faults(&[&full], &["+confuse", "-confuse"])[0].0, "no-effect");
    assert_eq!(faults(&[&full], &["+confuse", "+confuse"])[0].0, "listed-twice");
    assert_eq!(faults(&[&full], &["confuse"])[0].0, "bad-name");
    assert_eq!(faults(&[&full], &["+confus"])[0].0, "unknown-capability");
}

#[test]
fn a_saved_adversary_is_judged_too() {
    let minimal = story("a/minimal", MINIMAL);
    let judged = |names: &[&str]| {
        let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        let found = check_capabilities(&minimal, &names, &vocabulary());
        found.into_iter().map(|fault| fault.code).collect::<Vec<_>>()
    };
    assert!(judged(&["observe", "inject", "confuse"]).is_empty());
    assert_eq!(judged(&["observ"]), ["unknown-capability"]);
    assert_eq!(judged(&["steal-key", "forget"]), ["capability-without-setting", "no-effect"]);
}
