//! `pretty`, `compact`, `json` and stories.

use crate::sample::{attack, hold, outcome, sources, surprise};
use expect_test::{Expect, expect};
use whoacts_checker::outcome::{Check, Outcome, Verdict};
use whoacts_reports::{Detail, Look, Paint, compact, json, pretty, story};

fn pretty_is(checks: Vec<Check>, detail: Detail, feature: bool, expected: Expect) {
    let sources = sources();
    let look = Look { sources: &sources, detail, feature, ..Look::default() };
    expected.assert_eq(&pretty::render(&Outcome { checks }, &look));
}

#[test]
fn an_unexpected_violation() {
    pretty_is(
        vec![surprise()],
        Detail::Quiet,
        false,
        expect![[r#"
            error[no-mixing]: `relay_01` spends authority it does not continue
              --> scenarios/cases/deputy/mixed-lineages.toml:3:1
               |
             3 | violated = ["no-mixing"]
               | ^^^^^^^^^^^^^^^^^^^^^^^^ expected exhausted here, found violated
              ::: scenarios/policies/strict.toml:2:13
               |
             2 | resource = ["all"]
               |             ^^^^^ what is required here let it through
              5 steps, shortest · mechanism dpop · replicas 3 · confirmed under Ed25519

                 alice  mallory      relay_01      api
              1    ├── hands x1 {read} ─▶│          │     x1 rooted at alice
              2    │       ├── request ─▶│          │     x2, carries no authority
              3    │       │             ● crashes  │
              4    │       │             ├── read ─▶│     presents the token of x1
              5    │       │◀─────── answer ────────┤     what alice may read

              why         nothing in the evidence ties step 3 to the execution that began at step 2
              needs       adversary {inject, confuse}; no smaller set suffices
              stopped by  no guard that dpop can bring evidence for; under continuity: intent-bound (served
                          here)
              assumes     A1
              again       whoacts replay 7c1e09ab

            1 check in 1 run: 1 result not as expected · 1 violated
        "#]],
    );
}

#[test]
fn a_whole_run() {
    pretty_is(
        outcome().checks,
        Detail::Normal,
        true,
        expect![[r#"
            deputy/mixed-lineages  One executor serves two executions
              ✓ dpop                    served    1 broken: no-mixing 5 · 1 exhausted · 1 never asked · 1,234
                                                  states
              ✗ continuity/K4           served    2 exhausted · 1 inconclusive · 1,234 states
              ✓ continuity/K4 +confuse  served    1 broken: no-mixing 5 · 1,234 states

            inconclusive[custody]: a limit was reached under continuity/K4
              --> scenarios/cases/deputy/mixed-lineages.toml:2:1
               |
             2 | [[expect]]
               | ^^^^^^^^^^ expected exhausted here, found inconclusive
              within      3 replicas, 3 hops, 2 executions, 1 delivery, 0 ticks
              explored    1,234 states, 5,678 steps, depth 9, 41 presentations · layered, symbolic, saturate ·
                          collision ≤ 3e-33
              limit       1,000,000 states, covered to depth 6
              asked by    relay_01 reads db for alice
              elsewhere   bearer is broken in 3 steps
              adversary   {observe, inject}
              guards      holder (12 held, 3 denied by it alone); not decisive here: linked
              assumes     A1
              not covered steal-key, confuse

                               served ┐
                  fresh-attestation ┐ │
                         custody ┐  │ │
                    no-mixing ┐  │  │ │
            dpop              ✗5 ·  – 1/1
            continuity/K4     ✓  ?! · 1/1

            ✗n broken, the shortest attack has n steps · ✓ holds, exhausted within bounds
            · holds, and no run of this table breaks it under any form: nothing here puts it to the test
            ? inconclusive, a limit was reached · – never asked (vacuous) · ! not as expected
            served: stories whose good end is reachable, of all · all rest on A1 (`whoacts explain NAME`)
            1 table more under other adversaries: `whoacts matrix`

            One attack, told in full:

            attack[no-mixing]: `relay_01` spends authority it does not continue
              --> scenarios/cases/deputy/mixed-lineages.toml:3:1
               |
             3 | violated = ["no-mixing"]
               | ^^^^^^^^^^^^^^^^^^^^^^^^ expected here
              ::: scenarios/policies/strict.toml:2:13
               |
             2 | resource = ["all"]
               |             ^^^^^ what is required here let it through
              5 steps, shortest · mechanism dpop · replicas 3 · confirmed under Ed25519

                 alice  mallory      relay_01      api
              1    ├── hands x1 {read} ─▶│          │     x1 rooted at alice
              2    │       ├── request ─▶│          │     x2, carries no authority
              3    │       │             ● crashes  │
              4    │       │             ├── read ─▶│     presents the token of x1
              5    │       │◀─────── answer ────────┤     what alice may read

              why         nothing in the evidence ties step 3 to the execution that began at step 2
              because     possession proves a key, not a cause; `intent-bound` is what is missing
              needs       adversary {inject, confuse}; no smaller set suffices
              stopped by  no guard that dpop can bring evidence for; under continuity: intent-bound (served
                          here)
              assumes     A1
              again       whoacts replay 7c1e09ab

            7 checks in 3 runs: 1 result not as expected · 3 exhausted · 2 violated · 1 inconclusive · 1 vacuous
        "#]],
    );
}

#[test]
fn a_hold_in_full() {
    pretty_is(
        vec![hold("custody")],
        Detail::Verbose,
        false,
        expect![[r#"
            deputy/mixed-lineages  One executor serves two executions
              ✓ continuity/K4  served    1 exhausted · 1,234 states

            holds[custody]: every state within bounds explored, none breaks it under continuity/K4
              within      3 replicas, 3 hops, 2 executions, 1 delivery, 0 ticks
              explored    1,234 states, 5,678 steps, depth 9, 41 presentations · layered, symbolic, saturate ·
                          collision ≤ 3e-33
              asked by    relay_01 reads db for alice
              elsewhere   bearer is broken in 3 steps
              adversary   {observe, inject}
              guards      holder (12 held, 3 denied by it alone); not decisive here: linked
              assumes     A1
              not covered steal-key, confuse

                      served ┐
                   custody ┐ │
            continuity/K4  · 1/1

            · holds, and no run of this table breaks it under any form: nothing here puts it to the test
            served: stories whose good end is reachable, of all · all rest on A1 (`whoacts explain NAME`)

            1 check in 1 run: all as expected · 1 exhausted
        "#]],
    );
}

#[test]
fn a_hold_where_an_attack_was_expected() {
    let check = Check { expected: Some(Verdict::Violated), as_expected: false, ..hold("custody") };
    pretty_is(
        vec![check],
        Detail::Quiet,
        false,
        expect![[r#"
            error[custody]: every state within bounds explored, none breaks it under continuity/K4
              --> scenarios/cases/deputy/mixed-lineages.toml:2:1
               |
             2 | [[expect]]
               | ^^^^^^^^^^ expected violated here, found exhausted
              within      3 replicas, 3 hops, 2 executions, 1 delivery, 0 ticks
              explored    1,234 states, 5,678 steps, depth 9, 41 presentations · layered, symbolic, saturate ·
                          collision ≤ 3e-33
              asked by    relay_01 reads db for alice
              elsewhere   bearer is broken in 3 steps
              adversary   {observe, inject}
              guards      holder (12 held, 3 denied by it alone); not decisive here: linked
              assumes     A1
              not covered steal-key, confuse

            1 check in 1 run: 1 result not as expected · 1 exhausted
        "#]],
    );
}

#[test]
fn a_good_end_that_is_missing_is_told_once_a_run() {
    let unserved = |property| Check { served: false, as_expected: false, ..hold(property) };
    pretty_is(
        vec![unserved("custody"), unserved("monotone")],
        Detail::Quiet,
        false,
        expect![[r#"
        error[served]: expected to be served; the good end is not reachable under continuity/K4
          --> scenarios/cases/deputy/mixed-lineages.toml:2:1
           |
         2 | [[expect]]
           | ^^^^^^^^^^ expected to be served; the good end is not reachable

        2 checks in 1 run: 2 results not as expected · 2 exhausted
    "#]],
    );
}

#[test]
fn lines_for_grep() {
    expect![[r#"
        scenarios/cases/deputy/mixed-lineages.toml:3:1: violated no-mixing dpop deputy/mixed-lineages; as expected, served, 5 steps, trace 7c1e09ab, rests on A1
        scenarios/cases/deputy/mixed-lineages.toml:2:1: exhausted custody dpop deputy/mixed-lineages; as expected, served, 1,234 states, rests on A1
        scenarios/cases/deputy/mixed-lineages.toml:2:1: vacuous fresh-attestation dpop deputy/mixed-lineages; as expected, served, 1,234 states, rests on A1
        scenarios/cases/deputy/mixed-lineages.toml:2:1: exhausted no-mixing continuity/K4 deputy/mixed-lineages; as expected, served, 1,234 states, rests on A1
        scenarios/cases/deputy/mixed-lineages.toml:2:1: inconclusive custody continuity/K4 deputy/mixed-lineages; UNEXPECTED, not exhausted, served, 1,234 states, 1,000,000 states, covered to depth 6, rests on A1
        scenarios/cases/deputy/mixed-lineages.toml:2:1: exhausted fresh-attestation continuity/K4 deputy/mixed-lineages; as expected, unserved, hollow, 1,234 states, rests on A1
        scenarios/cases/deputy/mixed-lineages.toml:3:1: violated no-mixing continuity/K4 +confuse deputy/mixed-lineages; as expected, served, 5 steps, trace 7c1e09ab, rests on A1
    "#]].assert_eq(&compact::render(&outcome(), &Look::default()));
}

#[test]
fn a_run_for_machines() {
    let outcome = Outcome { checks: vec![attack()] };
    expect![[r#"
        {
          "schema": "whoacts/run/1",
          "tool": {
            "version": "0.0.0"
          },
          "seed": "0x0000000000000000",
          "results": [
            {
              "scenario": "deputy/mixed-lineages",
              "title": "One executor serves two executions",
              "mechanism": "dpop",
              "variant": "common",
              "profile": null,
              "property": "no-mixing",
              "verdict": "violated",
              "expected": "violated",
              "because": "possession proves a key, not a cause; `intent-bound` is what is missing",
              "as_expected": true,
              "served": true,
              "hollow": false,
              "unbroken_everywhere": false,
              "expected_served": true,
              "assumptions": [
                "A1"
              ],
              "by_design": false,
              "influenced": [],
              "radius": null,
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
              "stats": {
                "engine": "layered",
                "crypto": "symbolic",
                "reductions": [
                  "saturate"
                ],
                "states": 1234,
                "steps": 5678,
                "depth": 9,
                "collision_bound": "3e-33",
                "presentations": 41,
                "limit": null
              },
              "guards": {
                "holder": {
                  "held": 12,
                  "denied": 3
                },
                "linked": {
                  "held": 40,
                  "denied": 0
                }
              },
              "confirmed": "trace",
              "trace": {
                "id": "7c1e09ab",
                "length": 5,
                "quality": "shortest",
                "headline": "`relay_01` spends authority it does not continue",
                "why": "nothing in the evidence ties step 3 to the execution that began at step 2",
                "lanes": [
                  "alice",
                  "mallory",
                  "relay_01",
                  "api"
                ],
                "steps": [
                  {
                    "actor": "alice",
                    "to": "relay_01",
                    "move": "send",
                    "text": "alice hands x1 {read}.",
                    "label": "hands x1 {read}",
                    "remark": "x1 rooted at alice",
                    "changed": {
                      "knows": "hands x1 {read}"
                    },
                    "guards": [
                      "holder"
                    ]
                  },
                  {
                    "actor": "mallory",
                    "to": "relay_01",
                    "move": "send",
                    "text": "mallory request.",
                    "label": "request",
                    "remark": "x2, carries no authority",
                    "changed": {
                      "knows": "request"
                    },
                    "guards": [
                      "holder"
                    ]
                  },
                  {
                    "actor": "relay_01",
                    "to": null,
                    "move": "send",
                    "text": "relay_01 crashes.",
                    "label": "crashes",
                    "remark": "",
                    "changed": {
                      "knows": "crashes"
                    },
                    "guards": [
                      "holder"
                    ]
                  },
                  {
                    "actor": "relay_01",
                    "to": "api",
                    "move": "send",
                    "text": "relay_01 read.",
                    "label": "read",
                    "remark": "presents the token of x1",
                    "changed": {
                      "knows": "read"
                    },
                    "guards": [
                      "holder"
                    ]
                  },
                  {
                    "actor": "api",
                    "to": "mallory",
                    "move": "send",
                    "text": "api answer.",
                    "label": "answer",
                    "remark": "what alice may read",
                    "changed": {
                      "knows": "answer"
                    },
                    "guards": [
                      "holder"
                    ]
                  }
                ],
                "moves": [
                  {
                    "actor": "alice"
                  },
                  {
                    "actor": "mallory"
                  },
                  {
                    "actor": "relay_01"
                  },
                  {
                    "actor": "relay_01"
                  },
                  {
                    "actor": "api"
                  }
                ]
              },
              "needs": [
                [
                  "inject",
                  "confuse"
                ]
              ],
              "stuck": [],
              "stopped_by": [
                {
                  "guard": "intent-bound",
                  "guards": [
                    "intent-bound"
                  ],
                  "served": true,
                  "under": "continuity"
                }
              ],
              "not_covered": [
                "steal-key",
                "confuse"
              ],
              "witness": null,
              "contrast": null,
              "notes": [],
              "span": {
                "file": "scenarios/cases/deputy/mixed-lineages.toml",
                "line": 3,
                "col": 1
              },
              "policy_span": {
                "file": "scenarios/policies/strict.toml",
                "line": 2,
                "col": 13
              }
            }
          ],
          "summary": {
            "checks": 1,
            "as_expected": 1,
            "proved": 0,
            "exhausted": 0,
            "sampled": 0,
            "violated": 1,
            "inconclusive": 0,
            "vacuous": 0
          }
        }
    "#]]
    .assert_eq(&json::render(&outcome, &Look { version: "0.0.0", ..Look::default() }));
}

#[test]
fn times_are_said_only_on_demand() {
    let look = Look { timing: Some(std::time::Duration::from_millis(1500)), ..Look::default() };
    let run = json::value(&outcome(), &look);
    assert_eq!(run["timing"]["seconds"], 1.5);
    assert_eq!(json::value(&outcome(), &Look::default()).get("timing"), None);
}

#[test]
fn a_story() {
    expect![[r#"
        `relay_01` spends authority it does not continue
          story       deputy/mixed-lineages: One executor serves two executions
          mechanism   dpop
          breaks      no-mixing
          trace       7c1e09ab · 5 steps, shortest · confirmed under Ed25519

          1. alice hands x1 {read}.
             knows: hands x1 {read}
          2. mallory request.
             knows: request
          3. relay_01 crashes.
             knows: crashes
          4. relay_01 read.
             knows: read
          5. api answer.
             knows: answer

             alice  mallory      relay_01      api
          1    ├── hands x1 {read} ─▶│          │     x1 rooted at alice
          2    │       ├── request ─▶│          │     x2, carries no authority
          3    │       │             ● crashes  │
          4    │       │             ├── read ─▶│     presents the token of x1
          5    │       │◀─────── answer ────────┤     what alice may read

          why         nothing in the evidence ties step 3 to the execution that began at step 2
          because     possession proves a key, not a cause; `intent-bound` is what is missing
          needs       adversary {inject, confuse}; no smaller set suffices
          stopped by  no guard that dpop can bring evidence for; under continuity: intent-bound (served
                      here)
          assumes     A1
          again       whoacts replay 7c1e09ab
    "#]].assert_eq(&story::of_check(&attack(), &Look::default()));
}

#[test]
fn colour_changes_nothing_but_codes() {
    let sources = sources();
    let plain =
        Look { sources: &sources, feature: true, detail: Detail::Verbose, ..Look::default() };
    let painted = pretty::render(&outcome(), &Look { paint: Paint::new(true), ..plain });
    assert!(painted.contains("\u{1b}["));
    assert_eq!(strip(&painted), pretty::render(&outcome(), &plain));
}

/// Without `ESC [ … m`.
fn strip(text: &str) -> String {
    let mut pieces = text.split("\u{1b}[");
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |out, piece| out + piece.split_once('m').map_or("", |(_, rest)| rest))
}
