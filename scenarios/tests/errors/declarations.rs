//! Names declared twice, and numbers that point past an end.

use expect_test::expect;

use crate::check;

#[test]
fn verifier_out_of_range() {
    check(
        &[("verifier = 2\n[[", "verifier = 3\n[[")],
        expect![[r#"
            error[out-of-range]: `api` has 2 verifiers, so there is no verifier 3
              --> case.toml:83:12
               |
            83 | verifier = 3
               |            ^
              ::: case.toml:64:6
               |
            64 | id = "api"
               |      ^^^^^ the resource
        "#]],
    );
}

#[test]
fn duplicate_ids() {
    check(
        &[
            (r#"id = "mallory""#, r#"id = "alice""#),
            (r#"id = "sweep""#, r#"id = "report""#),
            (r#"id = "api""#, r#"id = "unknown""#),
        ],
        expect![[r#"
            error[duplicate-id]: the identity `alice` is declared twice
              --> case.toml:17:6
               |
            17 | id = "alice"
               |      ^^^^^^^
              ::: case.toml:12:6
               |
            12 | id = "alice"
               |      ^^^^^^^ first declared here

            error[duplicate-id]: the pool or resource `unknown` is declared twice
              --> case.toml:64:6
               |
            64 | id = "unknown"
               |      ^^^^^^^^^
              ::: case.toml:43:6
               |
            43 | id = "unknown"
               |      ^^^^^^^^^ first declared here

            error[duplicate-id]: the flow `report` is declared twice
               --> case.toml:109:6
                |
            109 | id = "report"
                |      ^^^^^^^^
               ::: case.toml:69:6
                |
             69 | id = "report"
                |      ^^^^^^^^ first declared here
        "#]],
    );
}

#[test]
fn targets() {
    check(
        &[
            (r#"target = "unknown/2""#, r#"target = "unknown/3""#),
            (r#"steals = "unknown/1""#, r#"steals = "unknown""#),
            (r#"hijacks = "unknown/1""#, r#"hijacks = "unkown/1""#),
            (r#"key = "unknown/1""#, r#"key = "unknown/0""#),
        ],
        expect![[r#"
            error[bad-target]: `unknown/0` is no instance
              --> case.toml:94:7
               |
            94 | key = "unknown/0"
               |       ^^^^^^^^^^^
               = help: write `pool/N`, with N from 1

            error[out-of-range]: there is no `unknown/3`: the pool `unknown` has 2 replicas
               --> case.toml:122:10
                |
            122 | target = "unknown/3"
                |          ^^^^^^^^^^^
               ::: case.toml:50:12
                |
             50 | replicas = 2
                |            ^ the number of replicas

            error[bad-target]: `unknown` is no instance
               --> case.toml:137:10
                |
            137 | steals = "unknown"
                |          ^^^^^^^^^
                = help: write `pool/N`, with N from 1

            error[unknown-pool]: no pool is called `unkown`
               --> case.toml:139:11
                |
            139 | hijacks = "unkown/1"
                |           ^^^^^^^^^^
                = help: did you mean `unknown`?

            error[no-effect]: `unknown/2` never dies, so nobody gets its name
               --> case.toml:142:10
                |
            142 | reuses = "unknown/2"
                |          ^^^^^^^^^^^
                = help: add a `crash` of it to the faults
        "#]],
    );
}

/// Whoever mistypes a declaration is told of that, not of everything that refers to it.
#[test]
fn a_wrong_declaration_is_told_alone() {
    check(
        &[
            ("id = \"acme\"", "id = \"the acme\""),
            ("[[pool]]\nid = \"unknown\"", "[[pool]]\nid = \"\""),
            ("actions = [\"read\", \"delete\"]", "actions = [\"re ad\", \"delete\"]"),
            ("environment = \"soc-cluster\"", "environment = \"port 300\""),
        ],
        expect![[r#"
            error[bad-name]: `the acme` is no name: it contains a space
              --> case.toml:15:6
               |
            15 | id = "the acme"
               |      ^^^^^^^^^^

            error[bad-name]: `port 300` is no name: it contains a space
              --> case.toml:37:15
               |
            37 | environment = "port 300"
               |               ^^^^^^^^^^

            error[empty]: `id` is empty
              --> case.toml:43:6
               |
            43 | id = ""
               |      ^^

            error[bad-name]: `re ad` is no name: it contains a space
              --> case.toml:65:12
               |
            65 | actions = ["re ad", "delete"]
               |            ^^^^^^^
        "#]],
    );
}

/// What is wrong elsewhere is told in the same pass.
#[test]
fn a_wrong_declaration_hides_no_error_of_another_kind() {
    check(
        &[("id = \"acme\"", "id = \"the acme\""), ("to = \"unknown\"", "to = \"unknwon\"")],
        expect![[r#"
            error[bad-name]: `the acme` is no name: it contains a space
              --> case.toml:15:6
               |
            15 | id = "the acme"
               |      ^^^^^^^^^^

            error[unknown-pool]: no pool is called `unknwon`
              --> case.toml:85:6
               |
            85 | to = "unknwon"
               |      ^^^^^^^^^
               = help: did you mean `unknown`?

            error[no-effect]: these are not two executors of which one hands to the other
               --> case.toml:140:13
                |
            140 | colludes = ["unknown/1", "clerk/1"]
                |             ^^^^^^^^^^^
                = help: name two instances whose pools are consecutive hops of a flow
        "#]],
    );
}
