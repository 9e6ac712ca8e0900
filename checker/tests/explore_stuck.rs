//! Stuck states on small graphs, and Stateright on two-phase commit.

mod explore_systems;

use explore_systems::{Edges, TwoPhase};
use std::sync::Arc;
use std::time::Duration;
use whoacts_checker::explore::{Ended, LimitKind, Options, explore, oracle, stuck};

/// 0 → 1 → 2 (good), 1 → 3 ⇄ 4, 0 → 5 → 3.
fn graph() -> Edges {
    let edges = vec![vec![1, 5], vec![2, 3], vec![2], vec![4], vec![3], vec![3]];
    Edges { edges, good: vec![2] }
}

#[test]
fn stuck_states_are_those_that_cannot_reach_a_good_one() {
    for exact in [false, true] {
        let report = stuck(&graph(), &Options { exact, ..Options::default() });
        assert_eq!((report.states, report.stuck_states), (6, 3));
        assert_eq!(report.first, Some(vec![5]), "5 is shallower than 3 and 4");
        assert_eq!(report.ended, Ended::Exhausted);
    }
}

#[test]
fn nothing_is_stuck_where_all_roads_lead_to_the_good_end() {
    let edges = vec![vec![1, 2], vec![2], vec![0, 3], vec![]];
    let report = stuck(&Edges { edges, good: vec![3] }, &Options::default());
    assert_eq!((report.stuck_states, report.first), (0, None));
}

#[test]
fn everything_is_stuck_where_nothing_is_good() {
    let report = stuck(&Edges { edges: vec![vec![1], vec![]], good: vec![] }, &Options::default());
    assert_eq!((report.stuck_states, report.first), (2, Some(vec![])));
}

#[test]
fn under_a_limit_only_what_is_certain_counts() {
    let limited = |opts: Options<'_>| {
        let report = stuck(&graph(), &opts);
        let Ended::Limit(limit) = report.ended else { panic!("{:?}", report.ended) };
        (limit.kind, limit.covered, report.stuck_states)
    };
    let opts = Options::default();
    assert_eq!(limited(Options { max_states: Some(1), ..opts }), (LimitKind::States, 1, 0));
    assert_eq!(limited(Options { max_depth: Some(2), ..opts }), (LimitKind::Depth, 2, 0));
    assert_eq!(limited(Options { max_depth: Some(3), ..opts }), (LimitKind::Depth, 3, 0));
    assert_eq!(limited(Options { max_bytes: Some(10), ..opts }).0, LimitKind::Bytes);
    assert_eq!(limited(Options { deadline: Some(Duration::ZERO), ..opts }).0, LimitKind::Time);
    // A dead end that was looked at is stuck, whatever else there is.
    let line = Edges { edges: vec![vec![1, 2], vec![], vec![3], vec![]], good: vec![3] };
    let report = stuck(&line, &Options { max_depth: Some(2), ..opts });
    assert_eq!((report.stuck_states, report.first), (1, Some(vec![1])));
}

#[test]
fn two_phase_commit_gets_stuck_by_an_abort() {
    let report = stuck(&TwoPhase { managers: 3 }, &Options::default());
    assert_eq!((report.states, report.ended), (288, Ended::Exhausted));
    // The transaction manager may abort at once.
    assert_eq!(report.first, Some(vec![1 << 4]));
}

#[test]
fn stateright_agrees_on_two_phase_commit() {
    for managers in 1..=6 {
        let sys = Arc::new(TwoPhase { managers });
        for max_depth in [None, Some(0), Some(1), Some(5)] {
            let opts = Options { max_depth, ..Options::default() };
            let (ours, theirs) = (explore(&*sys, &opts), oracle(&sys, &opts));
            assert_eq!(
                (ours.states, ours.steps, ours.depth, ours.seen, ours.ended),
                (theirs.unique_states, theirs.steps, theirs.max_depth, theirs.seen, theirs.ended),
            );
            let lengths = ours.found.iter().map(|found| (found.bit, found.trace.len()));
            assert!(lengths.eq(theirs.found.iter().map(|found| (found.bit, found.trace.len()))));
        }
    }
}

#[test]
fn stateright_heeds_limits() {
    let sys = Arc::new(TwoPhase { managers: 7 });
    let kind = |opts: Options<'_>| match oracle(&sys, &opts).ended {
        Ended::Limit(limit) => limit.kind,
        other => panic!("{other:?}"),
    };
    let opts = Options::default();
    assert_eq!(kind(Options { max_states: Some(1_000), ..opts }), LimitKind::States);
    assert_eq!(kind(Options { deadline: Some(Duration::ZERO), ..opts }), LimitKind::Time);
}
