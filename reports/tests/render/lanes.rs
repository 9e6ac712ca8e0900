//! Diagrams: two to six lanes, one to thirty steps, at 100 columns.

use crate::sample::{step, trace};
use expect_test::{Expect, expect};
use whoacts_checker::outcome::{Check, Outcome, Step, Trace};
use whoacts_reports::{Detail, Look, pretty};

/// The diagram alone: what stands between the first empty line and the next. Its title keeps `expect!` from
/// taking the diagram's own margin for the code's.
fn diagram(trace: Trace) -> String {
    let checks = vec![Check { trace: Some(trace), ..crate::sample::surprise() }];
    let told =
        pretty::render(&Outcome { checks }, &Look { detail: Detail::Quiet, ..Look::default() });
    format!("diagram\n{}\n", told.split("\n\n").nth(1).unwrap_or_default())
}

fn is(lanes: &[&str], steps: Vec<Step>, expected: Expect) {
    expected.assert_eq(&diagram(trace(lanes, steps)));
}

#[test]
fn two_lanes_and_one_step() {
    is(
        &["alice", "api"],
        vec![step("alice", Some("api"), "reads", "")],
        expect![[r#"
            diagram
                 alice        api
              1    ├── reads ─▶│
        "#]],
    );
}

#[test]
fn one_lane() {
    is(
        &["alice"],
        vec![step("alice", None, "starts by herself", "a root")],
        expect![[r#"
            diagram
                 alice
              1    ● starts by herself    a root
        "#]],
    );
}

#[test]
fn long_labels_and_remarks_are_wrapped() {
    let steps = vec![
        step(
            "alice",
            Some("unknown_01"),
            "hands over a bearer token that says read, write and delete",
            "execution x1 is rooted at alice, who may read and write the database in this environment",
        ),
        step("unknown_01", None, "keeps the token although the task is done", "nothing forbids it"),
        step("unknown_01", Some("api"), "reads", "with the token"),
        step("api", None, "forgets which requests it has already accepted", "its memory was lost"),
    ];
    is(
        &["alice", "unknown_01", "api"],
        steps,
        expect![[r#"
            diagram
                 alice                        unknown_01                       api
              1    │   hands over a bearer token   │                            │     execution x1 is rooted at
                   │   that says read, write and   │                            │     alice, who may read and
                   ├─────────── delete ───────────▶│                            │     write the database in this
                   │                               │                            │     environment
              2    │                               ● keeps the token although   │     nothing forbids it
                   │                               │ the task is done           │
              3    │                               ├────────── reads ──────────▶│     with the token
              4    │                               │  forgets which requests it ●     its memory was lost
                   │                               │       has already accepted │
        "#]],
    );
}

#[test]
fn six_lanes_and_twelve_steps() {
    let lanes =
        ["alice", "workload_01", "workload_02", "mallory", "authorized-relay_01", "downstream-api"];
    let mut steps: Vec<Step> = lanes
        .windows(2)
        .map(|pair| {
            step(pair[0], Some(pair[1]), "hands x1 {read, write}", "narrowed to what is asked")
        })
        .collect();
    steps.extend(lanes.windows(2).rev().map(|pair| step(pair[1], Some(pair[0]), "answers", "")));
    steps.push(step("downstream-api", Some("alice"), "reports everything", "over all lanes"));
    steps.push(step("workload_02", None, "crashes", "and restarts"));
    is(
        &lanes,
        steps,
        expect![[r#"
            diagram
                  alice       workload_01    workload_02      mallory  authorized-relay_01  downstream-api
               1    │   hands x1   │              │              │              │                  │
                    │    {read,    │              │              │              │                  │
                    ├─── write} ──▶│              │              │              │                  │
               2    │              │   hands x1   │              │              │                  │
                    │              │    {read,    │              │              │                  │
                    │              ├─── write} ──▶│              │              │                  │
               3    │              │              │   hands x1   │              │                  │
                    │              │              │    {read,    │              │                  │
                    │              │              ├─── write} ──▶│              │                  │
               4    │              │              │              │   hands x1   │                  │
                    │              │              │              │    {read,    │                  │
                    │              │              │              ├─── write} ──▶│                  │
               5    │              │              │              │              │     hands x1     │
                    │              │              │              │              ├─ {read, write} ─▶│
               6    │              │              │              │              │◀─── answers ─────┤
               7    │              │              │              │◀─ answers ───┤                  │
               8    │              │              │◀─ answers ───┤              │                  │
               9    │              │◀─ answers ───┤              │              │                  │
              10    │◀─ answers ───┤              │              │              │                  │
              11    │◀──────────────────────────── reports everything ─────────────────────────────┤
              12    │              │              ● crashes      │              │                  │
               1  narrowed to what is asked
               2  narrowed to what is asked
               3  narrowed to what is asked
               4  narrowed to what is asked
               5  narrowed to what is asked
              11  over all lanes
              12  and restarts
        "#]],
    );
}

#[test]
fn somebody_without_a_lane_gets_one() {
    is(
        &["alice"],
        vec![step("mallory", Some("alice"), "asks", "")],
        expect![[r#"
            diagram
                 alice     mallory
              1    │◀─ asks ──┤
        "#]],
    );
}

#[test]
fn every_size_fits_a_hundred_columns() {
    for lanes in 2..=6_usize {
        for count in [1, 2, 9, 10, 30] {
            let names: Vec<String> = (0..lanes).map(|lane| format!("workload_{lane:02}")).collect();
            let steps = (0..count).map(|at| {
                let (from, to) = (at % lanes, (at * 3 + 1) % lanes);
                step(
                    &names[from],
                    Some(&names[to]),
                    "hands the task on {read}",
                    "a remark of some length",
                )
            });
            let steps = steps.collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let drawn = diagram(trace(&names, steps));
            for line in drawn.lines() {
                assert!(line.chars().count() <= 100, "{lanes} lanes, {count} steps:\n{drawn}");
            }
            assert!(drawn.lines().count() > count, "{drawn}");
        }
    }
}
