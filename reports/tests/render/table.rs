//! The verdict table.

use crate::sample::{attack, hold, on, outcome};
use expect_test::expect;
use whoacts_checker::outcome::{Check, Outcome, Verdict};
use whoacts_reports::matrix::{self, Sheets};
use whoacts_reports::{Look, Paint};

#[test]
fn as_text() {
    expect![[r#"
                           served ┐
              fresh-attestation ┐ │
                     custody ┐  │ │
                no-mixing ┐  │  │ │
        dpop              ✗5 ·  – 1/1
        continuity/K4     ✓  ?! · 1/1

        under +confuse
                   served ┐
             no-mixing ┐  │
        continuity/K4  ✗5 1/1

        ✗n broken, the shortest attack has n steps · ✓ holds, exhausted within bounds
        · holds, and no run of this table breaks it under any form: nothing here puts it to the test
        ? inconclusive, a limit was reached · – never asked (vacuous) · ! not as expected
        served: stories whose good end is reachable, of all · all rest on A1 (`whoacts explain NAME`)
    "#]]
    .assert_eq(&Sheets::of(&outcome()).text(100, Paint::PLAIN));
}

#[test]
fn in_blocks_where_it_is_narrow() {
    let properties = ["origin-bounded", "no-mixing", "custody", "accountable", "monotone"];
    let names = ["bearer", "audience-bearer"];
    let checks = names.map(|name| properties.map(|p| on(hold(p), name, "common"))).concat();
    expect![[r#"
                     custody ┐
                 no-mixing ┐ │
          origin-bounded ┐ │ │
        bearer           · · ·
        audience-bearer  · · ·

                  monotone ┐
             accountable ┐ │
        bearer           · ·
        audience-bearer  · ·

                  served ┐
        bearer           1/1
        audience-bearer  1/1

        · holds, and no run of this table breaks it under any form: nothing here puts it to the test
        served: stories whose good end is reachable, of all
        all rest on A1 (`whoacts explain NAME`)
    "#]]
    .assert_eq(&Sheets::of(&Outcome { checks }).text(22, Paint::PLAIN));
}

#[test]
fn in_markdown() {
    expect![[r#"
        |  | no-mixing | custody | fresh-attestation | served |
        | --- | :-: | :-: | :-: | :-: |
        | `dpop` | ✗5 | · | – | 1/1 |
        | `continuity/K4` | ✓ | ?! | · | 1/1 |

        Under `+confuse`:

        |  | no-mixing | served |
        | --- | :-: | :-: |
        | `continuity/K4` | ✗5 | 1/1 |

        ✗n broken, the shortest attack has n steps · ✓ holds, exhausted within bounds · · holds, and no run of this table breaks it under any form: nothing here puts it to the test · ? inconclusive, a limit was reached · – never asked (vacuous) · ! not as expected · served: stories whose good end is reachable, of all · all rest on A1 (`whoacts explain NAME`)
    "#]].assert_eq(&Sheets::of(&outcome()).markdown());
}

#[test]
fn for_machines() {
    let look = Look { version: "0.0.0", ..Look::default() };
    let value = matrix::value(&Outcome { checks: vec![attack(), hold("no-mixing")] }, &look);
    expect![[r#"
        {
          "schema": "whoacts/matrix/1",
          "tool": {
            "version": "0.0.0"
          },
          "mechanisms": [
            "dpop",
            "continuity/K4"
          ],
          "properties": [
            "no-mixing"
          ],
          "cells": [
            {
              "mechanism": "dpop",
              "variant": "common",
              "profile": null,
              "property": "no-mixing",
              "varied": [],
              "verdict": "violated",
              "as_expected": true,
              "served": true,
              "hollow": false,
              "unbroken_everywhere": false,
              "assumptions": [
                "A1"
              ],
              "shortest": 5,
              "contrast": null,
              "by_design": false,
              "scenario": "deputy/mixed-lineages"
            },
            {
              "mechanism": "continuity",
              "variant": "reference",
              "profile": "K4",
              "property": "no-mixing",
              "varied": [],
              "verdict": "exhausted",
              "as_expected": true,
              "served": true,
              "hollow": false,
              "unbroken_everywhere": false,
              "assumptions": [
                "A1"
              ],
              "shortest": null,
              "contrast": "bearer is broken in 3 steps",
              "by_design": false,
              "scenario": "deputy/mixed-lineages"
            }
          ],
          "bounds": {
            "hops": 3,
            "replicas": 3,
            "executions": 2,
            "deliveries": 1,
            "ticks": 0
          },
          "adversary": [
            "observe",
            "inject"
          ],
          "assumptions": [
            "A1"
          ],
          "scenarios": [
            {
              "scenario": "deputy/mixed-lineages",
              "bounds": {
                "hops": 3,
                "replicas": 3,
                "executions": 2,
                "deliveries": 1,
                "ticks": 0
              },
              "adversary": [
                "observe",
                "inject"
              ],
              "assumptions": [
                "A1"
              ]
            }
          ]
        }
    "#]]
    .assert_eq(&format!("{value:#}\n"));
}

#[test]
fn the_weakest_scenario_speaks_for_a_cell() {
    let elsewhere = |check: Check, verdict| Check { scenario: "a/b".into(), verdict, ..check };
    let of = |one: Check, other: Check| {
        let outcome = Outcome { checks: vec![one, other] };
        matrix::cells(&outcome).iter().map(|cell| cell.by.verdict).collect::<Vec<_>>()
    };
    let exhausted = || hold("custody");
    assert_eq!(of(exhausted(), elsewhere(exhausted(), Verdict::Violated)), [Verdict::Violated]);
    assert_eq!(
        of(exhausted(), elsewhere(exhausted(), Verdict::Inconclusive)),
        [Verdict::Inconclusive]
    );
    assert_eq!(of(elsewhere(exhausted(), Verdict::Vacuous), exhausted()), [Verdict::Exhausted]);
}

#[test]
fn the_shortest_attack_speaks_and_names_its_scenario() {
    let mut short = attack();
    short.scenario = "article/shared-pool".into();
    if let Some(trace) = &mut short.trace {
        trace.steps.truncate(2);
    }
    let outcome = Outcome { checks: vec![attack(), short] };
    let cells = matrix::cells(&outcome);
    assert_eq!(cells.len(), 1);
    assert_eq!(cells[0].by.scenario, "article/shared-pool");
}
