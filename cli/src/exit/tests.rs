use super::*;
use whoacts_checker::outcome::{Bounds, Stats};
use whoacts_scenarios::span::Span;

fn check(verdict: Verdict, expected: Verdict, served: bool) -> Check {
    Check {
        scenario: "a/b".into(),
        title: String::new(),
        mechanism: "bearer",
        variant: "common",
        profile: None,
        property: "custody",
        verdict,
        expected: Some(expected),
        because: None,
        as_expected: verdict == expected && served,
        served,
        expected_served: true,
        assumptions: Vec::new(),
        by_design: false,
        influenced: Vec::new(),
        radius: None,
        bounds: Bounds { replicas: 1, hops: 1, executions: 1, deliveries: 1, ticks: 0 },
        adversary: Vec::new(),
        stats: Stats {
            engine: "layered",
            crypto: "symbolic",
            reductions: Vec::new(),
            states: 1,
            steps: 0,
            depth: 0,
            collision_bound: None,
            presentations: 0,
            limit: None,
        },
        guards: Vec::new(),
        confirmed: None,
        trace: None,
        needs: Vec::new(),
        stuck: Vec::new(),
        stopped_by: Vec::new(),
        not_covered: Vec::new(),
        witness: None,
        contrast: None,
        notes: Vec::new(),
        span: Span::default(),
        policy_span: None,
    }
}

fn of(checks: &[(Verdict, Verdict, bool)]) -> u8 {
    let checks = checks.iter().map(|&(verdict, expected, served)| check(verdict, expected, served));
    code(&Outcome { checks: checks.collect() })
}

const GOOD: (Verdict, Verdict, bool) = (Verdict::Exhausted, Verdict::Exhausted, true);
const ATTACK: (Verdict, Verdict, bool) = (Verdict::Violated, Verdict::Violated, true);
const BROKEN: (Verdict, Verdict, bool) = (Verdict::Violated, Verdict::Exhausted, true);
const VOID: (Verdict, Verdict, bool) = (Verdict::Vacuous, Verdict::Exhausted, true);
const OPEN: (Verdict, Verdict, bool) = (Verdict::Inconclusive, Verdict::Exhausted, true);
const UNSERVED: (Verdict, Verdict, bool) = (Verdict::Exhausted, Verdict::Exhausted, false);

#[test]
fn each_alone() {
    assert_eq!(of(&[GOOD, ATTACK]), EXPECTED);
    assert_eq!(of(&[BROKEN]), UNEXPECTED);
    assert_eq!(of(&[(Verdict::Exhausted, Verdict::Violated, true)]), UNEXPECTED);
    assert_eq!(of(&[UNSERVED]), UNEXPECTED);
    assert_eq!(of(&[VOID]), VACUOUS);
    assert_eq!(of(&[(Verdict::Vacuous, Verdict::Vacuous, true)]), EXPECTED);
    assert_eq!(of(&[(Verdict::Exhausted, Verdict::Vacuous, true)]), UNEXPECTED);
    assert_eq!(of(&[OPEN]), INCONCLUSIVE);
    assert_eq!(of(&[]), VACUOUS);
}

#[test]
fn the_most_urgent_wins() {
    assert_eq!(of(&[GOOD, OPEN, VOID, BROKEN]), UNEXPECTED);
    assert_eq!(of(&[GOOD, OPEN, VOID]), VACUOUS);
    assert_eq!(of(&[GOOD, OPEN]), INCONCLUSIVE);
}

#[test]
fn failures_have_codes() {
    assert_eq!(Failure::Usage(String::new()).code(), USAGE);
    assert_eq!(Failure::Files(String::new()).code(), USAGE);
    assert_eq!(Failure::Vacuous(String::new()).code(), VACUOUS);
    assert_eq!(Failure::Internal(String::new()).code(), INTERNAL);
}
