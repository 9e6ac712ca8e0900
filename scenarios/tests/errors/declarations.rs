//! Names declared twice, and numbers that point past an end.

use expect_test::expect;

use crate::check;

#[test]
fn verifier_out_of_range() {
    check(
        &[("verifier = 2\n[[", "verifier = 3\n[[")],
        expect![[r#"
            error[out-of-range]: `api` has 2 verifiers, so there is no verifier 3
              --> case.toml:72:12
               |
            72 | verifier = 3
               |            ^
              ::: case.toml:55:6
               |
            55 | id = "api"
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
              --> case.toml:16:6
               |
            16 | id = "alice"
               |      ^^^^^^^
              ::: case.toml:11:6
               |
            11 | id = "alice"
               |      ^^^^^^^ first declared here

            error[unknown-resource]: no resource is called `api`
              --> case.toml:31:15
               |
            31 | may_create = ["read api"]
               |               ^^^^^^^^^^
               = help: there is only `unknown`

            error[unknown-resource]: no resource is called `api`
              --> case.toml:38:15
               |
            38 | may_create = ["delete api"]
               |               ^^^^^^^^^^^^
               = help: there is only `unknown`

            error[duplicate-id]: the pool or resource `unknown` is declared twice
              --> case.toml:55:6
               |
            55 | id = "unknown"
               |      ^^^^^^^^^
              ::: case.toml:41:6
               |
            41 | id = "unknown"
               |      ^^^^^^^^^ first declared here

            error[unknown-resource]: no resource is called `api`
              --> case.toml:62:14
               |
            62 | authority = ["read api", "delete api"]
               |              ^^^^^^^^^^
               = help: there is only `unknown`

            error[unknown-resource]: no resource is called `api`
              --> case.toml:62:26
               |
            62 | authority = ["read api", "delete api"]
               |                          ^^^^^^^^^^^^
               = help: there is only `unknown`

            error[unknown-resource]: no resource is called `api`
              --> case.toml:69:10
               |
            69 | action = "read"
               |          ^^^^^^
               = help: there is only `unknown`

            error[unknown-resource]: no resource is called `api`
              --> case.toml:77:14
               |
            77 | authority = ["delete api"]
               |              ^^^^^^^^^^^^
               = help: there is only `unknown`

            error[unknown-resource]: no resource is called `api`
              --> case.toml:93:10
               |
            93 | action = "delete"
               |          ^^^^^^^^
               = help: there is only `unknown`

            error[duplicate-id]: the flow `report` is declared twice
              --> case.toml:96:6
               |
            96 | id = "report"
               |      ^^^^^^^^
              ::: case.toml:60:6
               |
            60 | id = "report"
               |      ^^^^^^^^ first declared here

            error[unknown-resource]: no resource is called `api`
              --> case.toml:98:14
               |
            98 | authority = ["delete api"]
               |              ^^^^^^^^^^^^
               = help: there is only `unknown`

            error[unknown-resource]: no resource is called `api`
               --> case.toml:104:10
                |
            104 | action = "delete"
                |          ^^^^^^^^
                = help: there is only `unknown`

            error[unknown-place]: no pool or resource is called `api`
               --> case.toml:113:24
                |
            113 | observes = ["unknown", "api"]
                |                        ^^^^^
                = help: there are `stranger`, `unknown`

            error[unknown-place]: no pool or resource is called `api`
               --> case.toml:114:10
                |
            114 | leaks = ["api"]
                |          ^^^^^
                = help: there are `stranger`, `unknown`
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
              --> case.toml:83:7
               |
            83 | key = "unknown/0"
               |       ^^^^^^^^^^^
               = help: write `pool/N`, with N from 1

            error[out-of-range]: there is no `unknown/3`: the pool `unknown` has 2 replicas
               --> case.toml:109:10
                |
            109 | target = "unknown/3"
                |          ^^^^^^^^^^^
               ::: case.toml:48:12
                |
             48 | replicas = 2
                |            ^ the number of replicas

            error[bad-target]: `unknown` is no instance
               --> case.toml:117:10
                |
            117 | steals = "unknown"
                |          ^^^^^^^^^
                = help: write `pool/N`, with N from 1

            error[unknown-pool]: no pool is called `unkown`
               --> case.toml:118:11
                |
            118 | hijacks = "unkown/1"
                |           ^^^^^^^^^^
                = help: did you mean `unknown`?
        "#]],
    );
}
