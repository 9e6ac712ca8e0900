//! Names declared twice, and numbers that point past an end.

use expect_test::expect;

use crate::check;

#[test]
fn verifier_out_of_range() {
    check(
        &[("verifier = 2\n[[", "verifier = 3\n[[")],
        expect![[r#"
            error[out-of-range]: `api` has 2 verifiers, so there is no verifier 3
              --> case.toml:78:12
               |
            78 | verifier = 3
               |            ^
              ::: case.toml:61:6
               |
            61 | id = "api"
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
              --> case.toml:61:6
               |
            61 | id = "unknown"
               |      ^^^^^^^^^
              ::: case.toml:41:6
               |
            41 | id = "unknown"
               |      ^^^^^^^^^ first declared here

            error[unknown-resource]: no resource is called `api`
              --> case.toml:68:14
               |
            68 | authority = ["read api", "delete api"]
               |              ^^^^^^^^^^
               = help: there is only `unknown`

            error[unknown-resource]: no resource is called `api`
              --> case.toml:68:26
               |
            68 | authority = ["read api", "delete api"]
               |                          ^^^^^^^^^^^^
               = help: there is only `unknown`

            error[unknown-resource]: no resource is called `api`
              --> case.toml:75:10
               |
            75 | action = "read"
               |          ^^^^^^
               = help: there is only `unknown`

            error[unknown-resource]: no resource is called `api`
              --> case.toml:83:14
               |
            83 | authority = ["delete api"]
               |              ^^^^^^^^^^^^
               = help: there is only `unknown`

            error[unknown-resource]: no resource is called `api`
               --> case.toml:101:10
                |
            101 | action = "delete"
                |          ^^^^^^^^
                = help: there is only `unknown`

            error[duplicate-id]: the flow `report` is declared twice
               --> case.toml:104:6
                |
            104 | id = "report"
                |      ^^^^^^^^
               ::: case.toml:66:6
                |
             66 | id = "report"
                |      ^^^^^^^^ first declared here

            error[unknown-resource]: no resource is called `api`
               --> case.toml:106:14
                |
            106 | authority = ["delete api"]
                |              ^^^^^^^^^^^^
                = help: there is only `unknown`

            error[unknown-resource]: no resource is called `api`
               --> case.toml:112:10
                |
            112 | action = "delete"
                |          ^^^^^^^^
                = help: there is only `unknown`

            error[unknown-resource]: no resource is called `api`
               --> case.toml:123:10
                |
            123 | target = "api/2"
                |          ^^^^^^^
                = help: there is only `unknown`

            error[unknown-place]: no pool or resource is called `api`
               --> case.toml:127:24
                |
            127 | observes = ["unknown", "api"]
                |                        ^^^^^
                = help: there are `clerk`, `stranger`, `team`, `unknown`

            error[unknown-place]: no pool or resource is called `api`
               --> case.toml:128:10
                |
            128 | leaks = ["api"]
                |          ^^^^^
                = help: there are `clerk`, `stranger`, `team`, `unknown`

            error[unknown-resource]: no resource is called `api`
               --> case.toml:137:9
                |
            137 | skews = "api"
                |         ^^^^^
                = help: there is only `unknown`
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
              --> case.toml:89:7
               |
            89 | key = "unknown/0"
               |       ^^^^^^^^^^^
               = help: write `pool/N`, with N from 1

            error[out-of-range]: there is no `unknown/3`: the pool `unknown` has 2 replicas
               --> case.toml:117:10
                |
            117 | target = "unknown/3"
                |          ^^^^^^^^^^^
               ::: case.toml:48:12
                |
             48 | replicas = 2
                |            ^ the number of replicas

            error[bad-target]: `unknown` is no instance
               --> case.toml:131:10
                |
            131 | steals = "unknown"
                |          ^^^^^^^^^
                = help: write `pool/N`, with N from 1

            error[unknown-pool]: no pool is called `unkown`
               --> case.toml:133:11
                |
            133 | hijacks = "unkown/1"
                |           ^^^^^^^^^^
                = help: did you mean `unknown`?

            error[no-effect]: `unknown/2` never dies, so nobody gets its name
               --> case.toml:136:10
                |
            136 | reuses = "unknown/2"
                |          ^^^^^^^^^^^
                = help: add a `crash` of it to the faults
        "#]],
    );
}
