//! Names that must be declared.

use expect_test::expect;

use crate::check;

#[test]
fn unknown_role() {
    check(
        &[(r#"roles = ["authorized-workload"]"#, r#"roles = ["authorised-workload"]"#)],
        expect![[r#"
            error[unknown-role]: no role grant is called `authorised-workload`
              --> case.toml:48:10
               |
            48 | roles = ["authorised-workload"]
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
              --> case.toml:90:8
               |
            90 | role = "authorized-workload"
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
              --> case.toml:31:10
               |
            31 | anchor = "acne"
               |          ^^^^^^
               = help: did you mean `acme`?

            error[unknown-identity]: no identity is called `nobody`
              --> case.toml:38:12
               |
            38 | operator = "nobody"
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
              --> case.toml:45:12
               |
            45 | attester = "server-atester"
               |            ^^^^^^^^^^^^^^^^
               = help: did you mean `server-attester`?

            error[unknown-identity]: no identity is called `mallori`
              --> case.toml:47:12
               |
            47 | deployer = "mallori"
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
              --> case.toml:70:10
               |
            70 | origin = "alise"
               |          ^^^^^^^
               = help: did you mean `alice`?

            error[unknown-role]: no role grant is called `workload`
               --> case.toml:102:8
                |
            102 | role = "workload"
                |        ^^^^^^^^^^
                = help: there is only `authorized-workload`

            error[unknown-context]: no context grant is called `sock`
               --> case.toml:113:11
                |
            113 | context = "sock"
                |           ^^^^^^
                = help: did you mean `soc`?

            error[unknown-pool]: no pool is called `unkown`
               --> case.toml:114:8
                |
            114 | pool = "unkown"
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
              --> case.toml:85:6
               |
            85 | to = "unknwon"
               |      ^^^^^^^^^
               = help: did you mean `unknown`?

            error[unknown-pool]: no pool is called `strangers`
              --> case.toml:86:25
               |
            86 | listeners = ["unknown", "strangers"]
               |                         ^^^^^^^^^^^
               = help: did you mean `stranger`?

            error[no-effect]: these are not two executors of which one hands to the other
               --> case.toml:140:13
                |
            140 | colludes = ["unknown/1", "clerk/1"]
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
              --> case.toml:85:6
               |
            85 | to = "unknown"
               |      ^^^^^^^^^
              ::: case.toml:50:12
               |
            50 | replicas = 0
               |            ^ no replicas here

            error[hop-to-nobody]: the pool `unknown` has no replicas
               --> case.toml:102:8
                |
            102 | pool = "unknown"
                |        ^^^^^^^^^
               ::: case.toml:50:12
                |
             50 | replicas = 0
                |            ^ no replicas here

            error[hop-to-nobody]: the pool `unknown` has no replicas
               --> case.toml:113:8
                |
            113 | pool = "unknown"
                |        ^^^^^^^^^
               ::: case.toml:50:12
                |
             50 | replicas = 0
                |            ^ no replicas here

            error[out-of-range]: there is no `unknown/1`: the pool `unknown` has 0 replicas
               --> case.toml:139:13
                |
            139 | colludes = ["unknown/1", "clerk/1"]
                |             ^^^^^^^^^^^
               ::: case.toml:50:12
                |
             50 | replicas = 0
                |            ^ the number of replicas

            error[out-of-range]: there is no `unknown/1`: the pool `unknown` has 0 replicas
               --> case.toml:140:10
                |
            140 | relays = "unknown/1"
                |          ^^^^^^^^^^^
               ::: case.toml:50:12
                |
             50 | replicas = 0
                |            ^ the number of replicas

            error[out-of-range]: there is no `unknown/2`: the pool `unknown` has 0 replicas
               --> case.toml:141:10
                |
            141 | reuses = "unknown/2"
                |          ^^^^^^^^^^^
               ::: case.toml:50:12
                |
             50 | replicas = 0
                |            ^ the number of replicas

            error[no-effect]: `unknown/2` never dies, so nobody gets its name
               --> case.toml:141:10
                |
            141 | reuses = "unknown/2"
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
              --> case.toml:71:14
               |
            71 | authority = ["reed api", "delete apy"]
               |              ^^^^^^^^^^
               = help: did you mean `read`?

            error[unknown-resource]: no resource is called `apy`
              --> case.toml:71:26
               |
            71 | authority = ["reed api", "delete apy"]
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
              --> case.toml:80:10
               |
            80 | action = "write"
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
              --> case.toml:92:15
               |
            92 | environment = "port-300"
               |               ^^^^^^^^^^
               = help: did you mean `port-3000`?
        "#]],
    );
}

#[test]
fn an_honest_flow_that_the_adversary_starts() {
    check(
        &[("origin = \"alice\"", "origin = \"mallory\"")],
        expect![[r#"
            error[hostile-origin]: the origin of the flow `report` is `mallory`, an identity of the adversary's
              --> case.toml:71:10
               |
            71 | origin = "mallory"
               |          ^^^^^^^^^
              ::: case.toml:18:6
               |
            18 | id = "mallory"
               |      ^^^^^^^^^ the adversary's identity
               = help: let an honest identity start it, or leave the flow out: the adversary creates its own roots unasked
        "#]],
    );
}
