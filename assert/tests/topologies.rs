//! Random systems are stories, and ask real questions.
#![allow(missing_docs, reason = "a test")]

use proptest::prelude::*;
use whoacts_assert::Verdict;
use whoacts_assert::topology::{Hop, Topology, topologies};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Within the runtime's duty nobody continues what was not handed over, and honest work is served.
    #[test]
    fn chained_hand_offs_hold_in_every_system(system in topologies(3)) {
        let report = system.stories().mechanisms(["continuity/K4"]).properties(["custody", "theft-contained"]).check();
        let report = report.map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(report.outcome.checks.len(), 2);
        for check in &report.outcome.checks {
            prop_assert_eq!(check.verdict, Verdict::Exhausted);
            prop_assert!(check.served);
        }
    }

    /// A bearer token is open to whoever is listening, and to nobody else.
    #[test]
    fn a_bearer_token_breaks_where_somebody_listens(system in topologies(3)) {
        let report = system.stories().mechanisms(["bearer/strong"]).properties(["custody"]).check();
        let report = report.map_err(|error| TestCaseError::fail(error.to_string()))?;
        let heard = system.resource_observed || system.hops.iter().any(|hop| hop.overheard || hop.observed);
        let broken = report.outcome.checks[0].verdict == Verdict::Violated;
        prop_assert_eq!(broken, heard, "{}", report);
    }
}

#[test]
fn a_mistake_is_told_with_its_place() {
    let hop = Hop { overheard: true, observed: true, pinned: true };
    let system = Topology { hops: vec![hop], replicas: 1, inject: true, resource_observed: false };
    let text = system.scenario().replace("origin = \"alice\"", "origin = \"alise\"");
    let error = whoacts_assert::story(text, whoacts_assert::topology::POLICY).check();
    let said = error.expect_err("a mistake").to_string();
    assert!(said.contains("story.toml:") && said.contains("alice"), "{said}");
}
