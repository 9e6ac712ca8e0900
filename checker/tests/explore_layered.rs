//! The layered search: counts, shortest traces, limits, and the same result whatever the threads.

#![expect(clippy::unwrap_used, reason = "a test that fails")]

mod explore_systems;

use explore_systems::{Replicas, Rules, TwoPhase};
use std::hash::{Hash, Hasher};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use whoacts_checker::explore::{
    Ended, Limit, LimitKind, Options, Progress, Run, System, explore, replay,
};

fn two_phase(managers: u32, opts: &Options<'_>) -> Run<u8> {
    explore(&TwoPhase { managers }, opts)
}

fn lengths<M>(run: &Run<M>) -> Vec<(u32, usize)> {
    run.found.iter().map(|found| (found.bit, found.trace.len())).collect()
}

/// Unique states, and generated ones with the initial one, as TLC, SPIN, Rumur and Stateright count them.
#[test]
fn two_phase_commit_has_the_known_counts() {
    let known = [
        (1, 12, 20, 4),
        (2, 56, 154, 7),
        (3, 288, 1_146, 10),
        (4, 1_568, 8_258, 13),
        (5, 8_832, 58_146, 16),
        (6, 50_816, 402_306, 19),
        (7, 296_448, 2_744_706, 22),
        (8, 1_745_408, 18_507_778, 25),
    ];
    for (managers, unique, generated, depth) in known {
        let run = two_phase(managers, &Options::default());
        assert_eq!(run.ended, Ended::Exhausted);
        assert_eq!(
            (run.states, run.steps + 1, run.depth),
            (unique, generated, depth),
            "{managers}"
        );
        assert_eq!(run.seen, 0b11);
        // All choose to abort; all prepare, are received, the decision is taken and heard.
        let n = managers as usize;
        assert_eq!(lengths(&run), [(0, n), (1, 3 * n + 1)]);
    }
}

#[test]
fn symmetry_leaves_one_state_of_each_class() {
    for (managers, classes) in [(8, 1_461), (9, 2_232)] {
        let run = two_phase(managers, &Options { canonical: true, ..Options::default() });
        assert_eq!((run.states, &run.ended), (classes, &Ended::Exhausted));
        let n = managers as usize;
        assert_eq!(lengths(&run), [(0, n), (1, 3 * n + 1)]);
        for found in &run.found {
            let (_, seen) = replay(&TwoPhase { managers }, &found.trace).unwrap();
            assert_ne!(seen >> found.bit & 1, 0);
        }
    }
}

#[test]
fn threads_change_nothing() {
    for opts in [
        Options::default(),
        Options { exact: true, ..Options::default() },
        Options { canonical: true, ..Options::default() },
        Options { max_states: Some(100_000), ..Options::default() },
        Options { max_bytes: Some(3_000_000), ..Options::default() },
        Options { max_depth: Some(11), ..Options::default() },
        Options { stop_when: 1, ..Options::default() },
    ] {
        let one = two_phase(7, &opts);
        for threads in [2, 8] {
            assert_eq!(two_phase(7, &Options { threads, ..opts }), one);
        }
    }
}

#[test]
fn threads_change_nothing_in_a_saturated_search() {
    let sys = Replicas { count: 10 };
    for canonical in [false, true] {
        let opts = Options { saturate: true, canonical, ..Options::default() };
        let one = explore(&sys, &opts);
        for threads in [2, 8] {
            assert_eq!(explore(&sys, &Options { threads, ..opts }), one);
        }
    }
}

#[test]
fn whole_states_and_fingerprints_agree() {
    let prints = two_phase(6, &Options::default());
    let exact = two_phase(6, &Options { exact: true, ..Options::default() });
    assert_eq!(exact.collision_bound, None);
    assert_eq!(prints.collision_bound, Some(50_816_f64.powi(2) / 2_f64.powi(129)));
    assert_eq!(Run { collision_bound: None, ..prints }, exact);
}

#[test]
fn a_depth_limit_covers_just_that_depth() {
    let all = two_phase(4, &Options::default());
    for depth in 0..=all.depth {
        let run = two_phase(4, &Options { max_depth: Some(depth), ..Options::default() });
        let limit = Limit { kind: LimitKind::Depth, covered: depth };
        assert_eq!((run.depth, run.ended), (depth, Ended::Limit(limit)));
        assert_eq!(
            run.found.len(),
            all.found.iter().filter(|f| f.trace.len() <= depth as usize).count()
        );
    }
    let run = two_phase(4, &Options { max_depth: Some(all.depth + 1), ..Options::default() });
    assert_eq!(run, all);
}

#[test]
fn a_state_limit_is_never_exhaustion() {
    for max in [0, 1, 2, 10, 100, 1_000, 8_831] {
        let run = two_phase(5, &Options { max_states: Some(max), ..Options::default() });
        let Ended::Limit(limit) = run.ended else { panic!("{max}: {:?}", run.ended) };
        assert_eq!(limit.kind, LimitKind::States);
        assert!(run.states > max && run.states <= max + max / 4 + 16, "{max}: {}", run.states);
        assert!(limit.covered <= run.depth);
    }
    let run = two_phase(5, &Options { max_states: Some(8_832), ..Options::default() });
    assert_eq!((run.states, run.ended), (8_832, Ended::Exhausted));
}

#[test]
fn other_limits_end_the_search_too() {
    let kind = |opts: Options<'_>| match two_phase(8, &opts).ended {
        Ended::Limit(limit) => limit.kind,
        other => panic!("{other:?}"),
    };
    for threads in [1, 2] {
        let opts = Options { threads, ..Options::default() };
        let began = std::time::Instant::now();
        let deadline = Some(Duration::from_millis(50));
        assert_eq!(kind(Options { deadline, ..opts }), LimitKind::Time);
        assert!(began.elapsed() < Duration::from_secs(5));
        assert_eq!(kind(Options { deadline: Some(Duration::ZERO), ..opts }), LimitKind::Time);
        assert_eq!(kind(Options { max_bytes: Some(1_000_000), ..opts }), LimitKind::Bytes);
        let flag = AtomicBool::new(true);
        assert_eq!(kind(Options { interrupted: Some(&flag), ..opts }), LimitKind::Interrupted);
    }
}

#[test]
fn progress_is_told_and_may_interrupt() {
    let (flag, told) = (AtomicBool::new(false), Mutex::new(Vec::new()));
    let progress = |progress: Progress| {
        told.lock().unwrap().push(progress);
        flag.store(true, Ordering::Relaxed);
    };
    let opts =
        Options { progress: Some(&progress), interrupted: Some(&flag), ..Options::default() };
    let run = two_phase(9, &opts);
    let Ended::Limit(limit) = run.ended else { panic!("{:?}", run.ended) };
    let told = told.lock().unwrap();
    assert_eq!((limit.kind, told.len()), (LimitKind::Interrupted, 1));
    assert_eq!(
        (told[0].states, told[0].steps, told[0].depth),
        (run.states, run.steps, limit.covered)
    );
}

#[test]
fn a_search_stops_after_the_level_that_shows_the_last_finding() {
    let run = two_phase(3, &Options { stop_when: 0b01, ..Options::default() });
    assert_eq!(run.ended, Ended::Stopped);
    assert_eq!(run.depth, 3);
    let run = two_phase(3, &Options { stop_when: 0b11, ..Options::default() });
    assert_eq!((run.ended, run.depth), (Ended::Stopped, 10));
    let run = two_phase(3, &Options { stop_when: 1 << 5, ..Options::default() });
    assert_eq!(run.ended, Ended::Exhausted);
}

#[test]
fn a_system_without_moves_is_one_state() {
    let run = explore(&Rules { rules: Vec::new() }, &Options::default());
    assert_eq!((run.states, run.steps, run.depth, run.ended), (1, 0, 0, Ended::Exhausted));
}

/// Counts with a state whose hash says nothing.
struct Unhashed {
    to: u16,
}

#[derive(Clone, PartialEq, Eq)]
struct Count(u16);

impl Hash for Count {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

impl System for Unhashed {
    type State = Count;
    type Move = u16;

    fn initial(&self) -> Count {
        Count(0)
    }

    fn moves(&self, _: &Count, out: &mut Vec<u16>) {
        out.extend([0, 1]);
    }

    fn next(&self, state: &Count, mv: u16) -> Count {
        Count((state.0 + mv).min(self.to))
    }

    fn findings(&self, state: &Count, mv: u16) -> u64 {
        // A self-loop shows it.
        u64::from(state.0 == self.to && mv == 0)
    }
}

#[test]
fn whole_states_do_not_depend_on_the_hash() {
    let opts = Options { exact: true, ..Options::default() };
    let run = explore(&Unhashed { to: 10 }, &opts);
    assert_eq!((run.states, run.steps, run.depth), (11, 22, 10));
    assert_eq!(run.found[0].trace, [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0]);
    // Far enough for every short cut to be taken.
    assert_eq!(explore(&Unhashed { to: 9_000 }, &opts).states, 9_001);
    assert_eq!(
        explore(&Unhashed { to: 10 }, &Options::default()).states,
        1,
        "as is to be expected"
    );
}

/// The same, with a fingerprint of its own that says nothing either.
struct Unprinted(Unhashed);

impl System for Unprinted {
    type State = Count;
    type Move = u16;

    fn initial(&self) -> Count {
        self.0.initial()
    }

    fn moves(&self, state: &Count, out: &mut Vec<u16>) {
        self.0.moves(state, out);
    }

    fn next(&self, state: &Count, mv: u16) -> Count {
        self.0.next(state, mv)
    }

    fn fingerprint(&self, _: &Count) -> Option<u128> {
        Some(7)
    }

    fn findings(&self, state: &Count, mv: u16) -> u64 {
        self.0.findings(state, mv)
    }
}

#[test]
fn whole_states_do_not_depend_on_the_systems_own_fingerprint() {
    let opts = Options { exact: true, ..Options::default() };
    let run = explore(&Unprinted(Unhashed { to: 10 }), &opts);
    assert_eq!((run.states, run.steps, run.depth), (11, 22, 10));
    assert_eq!(explore(&Unprinted(Unhashed { to: 10 }), &Options::default()).states, 1);
}

/// Each state leads to a thousand others, and there is no end to it.
struct Bushy;

impl System for Bushy {
    type State = [u64; 16];
    type Move = u16;

    fn initial(&self) -> [u64; 16] {
        [0; 16]
    }

    fn moves(&self, _: &[u64; 16], out: &mut Vec<u16>) {
        out.extend(1..=1_000);
    }

    fn next(&self, state: &[u64; 16], mv: u16) -> [u64; 16] {
        let mut next = *state;
        next[0] = next[0] * 1_000 + u64::from(mv);
        next
    }

    fn findings(&self, _: &[u64; 16], _: u16) -> u64 {
        0
    }
}

#[test]
fn a_byte_limit_holds_where_one_batch_would_exceed_it() {
    let max_bytes = 64 << 20;
    for threads in [1, 2] {
        let opts = Options { max_bytes: Some(max_bytes), threads, ..Options::default() };
        let run = explore(&Bushy, &opts);
        let Ended::Limit(limit) = run.ended else { panic!("it does not end") };
        assert_eq!((limit.kind, limit.covered), (LimitKind::Bytes, 1));
        // Every state waits, and 28 bytes are kept of each.
        let bytes = run.states * (16 * 8 + 28);
        assert!((max_bytes..max_bytes * 5 / 4).contains(&bytes), "{bytes} bytes");
    }
}

/// Says of a move that it is enabled, and lists it never; and the other way round.
struct Liar;

impl System for Liar {
    type State = bool;
    type Move = bool;

    fn initial(&self) -> bool {
        false
    }

    fn moves(&self, _: &bool, out: &mut Vec<bool>) {
        out.push(true);
    }

    fn next(&self, _: &bool, mv: bool) -> bool {
        mv
    }

    fn findings(&self, _: &bool, _: bool) -> u64 {
        1
    }

    fn enabled(&self, _: &bool, mv: bool) -> bool {
        !mv
    }
}

#[test]
fn a_trace_that_does_not_replay_breaks_the_run() {
    let run = explore(&Liar, &Options::default());
    assert!(matches!(run.ended, Ended::Broken(_)), "{:?}", run.ended);
    assert!(run.found.is_empty());
}
