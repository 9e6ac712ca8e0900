//! Names that must be declared.

use expect_test::expect;

use crate::check;

#[test]
fn unknown_role() {
    check(
        &[(r#"roles = ["authorized-workload"]"#, r#"roles = ["authorised-workload"]"#)],
        expect![[r#"
            error[unknown-role]: no role grant is called `authorised-workload`
              --> case.toml:47:10
               |
            47 | roles = ["authorised-workload"]
               |          ^^^^^^^^^^^^^^^^^^^^^
               = help: did you mean `authorized-workload`?
        "#]],
    );
}

#[test]
fn unknown_role_name_in_a_class() {
    check(
        &[("role = \"workload\"\n", "role = \"authorized-workload\"\n")],
        expect![[r#"
            error[unknown-role]: no role is called `authorized-workload`
              --> case.toml:86:8
               |
            86 | role = "authorized-workload"
               |        ^^^^^^^^^^^^^^^^^^^^^
               = help: there is only `workload`
        "#]],
    );
}

#[test]
fn grant_by_an_undeclared_identity() {
    check(
        &[
            (r#"anchor = "acme""#, r#"anchor = "acne""#),
            (r#"operator = "acme""#, r#"operator = "nobody""#),
        ],
        expect![[r#"
            error[unknown-identity]: no identity is called `acne`
              --> case.toml:30:10
               |
            30 | anchor = "acne"
               |          ^^^^^^
               = help: did you mean `acme`?

            error[unknown-identity]: no identity is called `nobody`
              --> case.toml:37:12
               |
            37 | operator = "nobody"
               |            ^^^^^^^^
               = help: there are `acme`, `alice`, `mallory`
        "#]],
    );
}

#[test]
fn unknown_names_in_a_pool() {
    check(
        &[
            (r#"attester = "server-attester""#, r#"attester = "server-atester""#),
            (r#"deployer = "acme""#, r#"deployer = "mallori""#),
        ],
        expect![[r#"
            error[unknown-attester]: no attester is called `server-atester`
              --> case.toml:44:12
               |
            44 | attester = "server-atester"
               |            ^^^^^^^^^^^^^^^^
               = help: did you mean `server-attester`?

            error[unknown-identity]: no identity is called `mallori`
              --> case.toml:46:12
               |
            46 | deployer = "mallori"
               |            ^^^^^^^^^
               = help: did you mean `mallory`?
        "#]],
    );
}

#[test]
fn unknown_origins() {
    check(
        &[
            (r#"origin = "alice""#, r#"origin = "alise""#),
            ("role = \"authorized-workload\"\npool", "role = \"workload\"\npool"),
            ("context = \"soc\"\npool = \"unknown\"", "context = \"sock\"\npool = \"unkown\""),
        ],
        expect![[r#"
            error[unknown-identity]: no identity is called `alise`
              --> case.toml:68:10
               |
            68 | origin = "alise"
               |          ^^^^^^^
               = help: did you mean `alice`?

            error[unknown-role]: no role grant is called `workload`
              --> case.toml:98:8
               |
            98 | role = "workload"
               |        ^^^^^^^^^^
               = help: there is only `authorized-workload`

            error[unknown-context]: no context grant is called `sock`
               --> case.toml:109:11
                |
            109 | context = "sock"
                |           ^^^^^^
                = help: did you mean `soc`?

            error[unknown-pool]: no pool is called `unkown`
               --> case.toml:110:8
                |
            110 | pool = "unkown"
                |        ^^^^^^^^
                = help: did you mean `unknown`?
        "#]],
    );
}

#[test]
fn hop_to_nobody() {
    check(
        &[
            (r#"to = "unknown""#, r#"to = "unknwon""#),
            (r#"listeners = ["unknown", "stranger"]"#, r#"listeners = ["unknown", "strangers"]"#),
        ],
        expect![[r#"
            error[unknown-pool]: no pool is called `unknwon`
              --> case.toml:81:6
               |
            81 | to = "unknwon"
               |      ^^^^^^^^^
               = help: did you mean `unknown`?

            error[unknown-pool]: no pool is called `strangers`
              --> case.toml:82:25
               |
            82 | listeners = ["unknown", "strangers"]
               |                         ^^^^^^^^^^^
               = help: did you mean `stranger`?

            error[no-effect]: these are not two executors of which one hands to the other
               --> case.toml:136:13
                |
            136 | colludes = ["unknown/1", "clerk/1"]
                |             ^^^^^^^^^^^
                = help: name two instances whose pools are consecutive hops of a flow
        "#]],
    );
}

#[test]
fn hop_to_an_empty_pool() {
    check(
        &[
            ("replicas = 2\nfacts", "replicas = 0\nfacts"),
            (r#"target = "unknown/2""#, r#"target = "stranger/1""#),
            (r#"steals = "unknown/1""#, r#"steals = "stranger/1""#),
            (r#"hijacks = "unknown/1""#, r#"hijacks = "stranger/1""#),
            ("key = \"unknown/1\"\n", ""),
        ],
        expect![[r#"
            error[hop-to-nobody]: the pool `unknown` has no replicas
              --> case.toml:81:6
               |
            81 | to = "unknown"
               |      ^^^^^^^^^
              ::: case.toml:49:12
               |
            49 | replicas = 0
               |            ^ no replicas here

            error[hop-to-nobody]: the pool `unknown` has no replicas
              --> case.toml:98:8
               |
            98 | pool = "unknown"
               |        ^^^^^^^^^
              ::: case.toml:49:12
               |
            49 | replicas = 0
               |            ^ no replicas here

            error[hop-to-nobody]: the pool `unknown` has no replicas
               --> case.toml:109:8
                |
            109 | pool = "unknown"
                |        ^^^^^^^^^
               ::: case.toml:49:12
                |
             49 | replicas = 0
                |            ^ no replicas here

            error[out-of-range]: there is no `unknown/1`: the pool `unknown` has 0 replicas
               --> case.toml:135:13
                |
            135 | colludes = ["unknown/1", "clerk/1"]
                |             ^^^^^^^^^^^
               ::: case.toml:49:12
                |
             49 | replicas = 0
                |            ^ the number of replicas

            error[out-of-range]: there is no `unknown/1`: the pool `unknown` has 0 replicas
               --> case.toml:136:10
                |
            136 | relays = "unknown/1"
                |          ^^^^^^^^^^^
               ::: case.toml:49:12
                |
             49 | replicas = 0
                |            ^ the number of replicas

            error[out-of-range]: there is no `unknown/2`: the pool `unknown` has 0 replicas
               --> case.toml:137:10
                |
            137 | reuses = "unknown/2"
                |          ^^^^^^^^^^^
               ::: case.toml:49:12
                |
             49 | replicas = 0
                |            ^ the number of replicas

            error[no-effect]: `unknown/2` never dies, so nobody gets its name
               --> case.toml:137:10
                |
            137 | reuses = "unknown/2"
                |          ^^^^^^^^^^^
                = help: add a `crash` of it to the faults
        "#]],
    );
}

#[test]
fn unknown_operations() {
    check(
        &[(
            r#"authority = ["read api", "delete api"]"#,
            r#"authority = ["reed api", "delete apy"]"#,
        )],
        expect![[r#"
            error[unknown-action]: the resource `api` has no action `reed`
              --> case.toml:69:14
               |
            69 | authority = ["reed api", "delete apy"]
               |              ^^^^^^^^^^
               = help: did you mean `read`?

            error[unknown-resource]: no resource is called `apy`
              --> case.toml:69:26
               |
            69 | authority = ["reed api", "delete apy"]
               |                          ^^^^^^^^^^^^
               = help: did you mean `api`?
        "#]],
    );
}

#[test]
fn request_for_an_action_that_the_resource_lacks() {
    check(
        &[("action = \"read\"\n", "action = \"write\"\n")],
        expect![[r#"
            error[unknown-action]: the resource `api` has no action `write`
              --> case.toml:76:10
               |
            76 | action = "write"
               |          ^^^^^^^
               = help: there are `read`, `delete`
        "#]],
    );
}

#[test]
fn facts_that_are_nearly_declared() {
    check(
        &[("environment = \"port-3000\"\nmax", "environment = \"port-300\"\nmax")],
        expect![[r#"
            error[near-miss]: nothing in this file has the environment `port-300`
              --> case.toml:88:15
               |
            88 | environment = "port-300"
               |               ^^^^^^^^^^
               = help: did you mean `port-3000`?
        "#]],
    );
}
