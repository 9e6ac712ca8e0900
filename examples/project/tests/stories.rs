//! What this service relies on, as stories: `cargo test` fails when a change of a story or a policy opens an attack.

use proptest::prelude::*;
use whoacts_assert::topology::topologies;
use whoacts_assert::{Verdict, stories};
use whoacts_example_project::MECHANISM;

#[test]
fn every_story_finds_what_it_expects() {
    let report = stories("stories").mechanisms([MECHANISM, "bearer/strong"]).check();
    report.expect("the stories are sound").assert_as_expected();
}

#[test]
fn what_we_use_stops_what_we_used_before_did_not() {
    let report = stories("stories").properties(["custody"]).check().expect("sound stories");
    let verdict = |mechanism| report.verdict("stories/report", mechanism, "custody");
    assert_eq!(verdict("bearer/strong"), Some(Verdict::Violated));
    assert_eq!(verdict(MECHANISM), Some(Verdict::Exhausted));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn it_holds_in_systems_that_nobody_drew(system in topologies(2)) {
        let report = system.stories().mechanisms([MECHANISM]).properties(["custody"]).check();
        let report = report.expect("a sound story");
        prop_assert!(report.outcome.checks.iter().all(|check| check.trace.is_none()), "{}", report);
    }
}
