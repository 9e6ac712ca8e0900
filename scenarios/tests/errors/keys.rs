//! Keys and types.

use expect_test::expect;

use crate::check;

#[test]
fn unknown_keys() {
    check(
        &[
            (r#"deployer = "acme""#, r#"deploier = "acme""#),
            ("[bounds]\n", "[bounds]\nzzzzzz = 1\n"),
        ],
        expect![[r#"
            error[unknown-key]: a pool has no key `deploier`
              --> case.toml:47:1
               |
            47 | deploier = "acme"
               | ^^^^^^^^
               = help: did you mean `deployer`?

            error[unknown-key]: `[bounds]` has no key `zzzzzz`
               --> case.toml:147:1
                |
            147 | zzzzzz = 1
                | ^^^^^^
                = help: its keys are `replicas`, `hops`, `executions`, `deliveries`, `ticks`
        "#]],
    );
}

#[test]
fn missing_keys() {
    check(
        &[
            ("anchor = \"acme\"\n", ""),
            ("title = \"every key once\"\n", ""),
            ("[[flow]]\nid = \"alert\"\n", "[[flow]]\n"),
            ("id = \"soc\"\n", ""),
        ],
        expect![[r#"
            error[missing-key]: the scenario lacks the key `title`
             --> case.toml:1:1
              |
            1 | schema = "whoacts/scenario/1"
              | ^
              = help: write `title = …`: one line that a person recognises the story by

            error[missing-key]: a role lacks the key `anchor`
              --> case.toml:27:1
               |
            27 | [[role]]
               | ^^^^^^^^
               = help: write `anchor = …`: the identity that anchors it

            error[missing-key]: a context lacks the key `id`
              --> case.toml:33:1
               |
            33 | [[context]]
               | ^^^^^^^^^^^
               = help: write `id = …`: unique name of this grant

            error[missing-key]: a flow lacks the key `id`
              --> case.toml:95:1
               |
            95 | [[flow]]
               | ^^^^^^^^
               = help: write `id = …`: unique name
        "#]],
    );
}

#[test]
fn one_key_of_several() {
    check(
        &[
            ("role = \"authorized-workload\"\npool", "pool"),
            ("context = \"soc\"\n", "context = \"soc\"\nrole = \"authorized-workload\"\n"),
        ],
        expect![[r#"
            error[missing-key]: an origin lacks one of the keys `role`, `context`
               --> case.toml:101:1
                |
            101 | [flow.origin]
                | ^^^^^^^^^^^^^
                = help: write exactly one of them

            error[conflicting-keys]: an origin has the keys `role`, `context`
               --> case.toml:111:1
                |
            111 | [flow.origin]
                | ^^^^^^^^^^^^^
                = help: write exactly one of them
        "#]],
    );
}

#[test]
fn wrong_types() {
    check(
        &[
            (r#"title = "every key once""#, "title = 3"),
            (r#"tags = ["default", "slow"]"#, r#"tags = "default""#),
            ("dynamic = true", r#"dynamic = "yes""#),
            ("deadline = 3", "deadline = 1.5"),
            ("[bounds]", "[[bounds]]"),
            ("max_hops = 4", "max_hops = 1979-05-27"),
            (r#"origin = "alice""#, r#"origin = ["alice"]"#),
            (r#"target = "unknown/2""#, "target = {}"),
            (r#""bearer" = 1_234"#, r#""bearer" = "many""#),
        ],
        expect![[r#"
            error[wrong-type]: `title`: expected a string, found an integer
             --> case.toml:2:9
              |
            2 | title = 3
              |         ^

            error[wrong-type]: `tags`: expected a list, found a string
             --> case.toml:7:8
              |
            7 | tags = "default"
              |        ^^^^^^^^^
              = help: write `tags = ["default"]`

            error[wrong-type]: `origin`: expected a string or a table, found a list
              --> case.toml:70:10
               |
            70 | origin = ["alice"]
               |          ^^^^^^^^^

            error[wrong-type]: `deadline`: expected an integer, found a float
              --> case.toml:74:12
               |
            74 | deadline = 1.5
               |            ^^^

            error[wrong-type]: `max_hops`: expected an integer, found a date
              --> case.toml:76:12
               |
            76 | max_hops = 1979-05-27
               |            ^^^^^^^^^^

            error[wrong-type]: `dynamic`: expected a boolean, found a string
              --> case.toml:78:11
               |
            78 | dynamic = "yes"
               |           ^^^^^

            error[wrong-type]: `target`: expected a string, found a table
               --> case.toml:122:10
                |
            122 | target = {}
                |          ^^

            error[wrong-type]: `bounds`: expected a table, found a list
               --> case.toml:146:1
                |
            146 | [[bounds]]
                | ^^^^^^^^^^
                = help: write `[bounds]`

            error[wrong-type]: `bearer`: expected an integer, found a string
               --> case.toml:162:12
                |
            162 | "bearer" = "many"
                |            ^^^^^^
        "#]],
    );
}

#[test]
fn one_table_where_many_are_meant() {
    check(
        &[("[[fault]]", "[fault]")],
        expect![[r#"
            error[syntax]: the key `fault` is written twice
               --> case.toml:123:3
                |
            123 | [[fault]]
                |   ^^^^^

            error[syntax]: the key `fault` is written twice
               --> case.toml:126:3
                |
            126 | [[fault]]
                |   ^^^^^
        "#]],
    );
}

/// A required key that is misspelt is not missing as well.
#[test]
fn misspelt_required_keys_are_told_alone() {
    check(
        &[
            ("title =", "titel ="),
            ("[[role]]\nid", "[[role]]\nidd"),
            ("role = \"authorized-workload\"\npool", "rolle = \"authorized-workload\"\npool"),
            ("[adversary]", "[advresary]"),
        ],
        expect![[r#"
            error[unknown-key]: the scenario has no key `titel`
             --> case.toml:2:1
              |
            2 | titel = "every key once"
              | ^^^^^
              = help: did you mean `title`?

            error[unknown-key]: a role has no key `idd`
              --> case.toml:29:1
               |
            29 | idd = "authorized-workload"
               | ^^^
               = help: did you mean `id`?

            error[unknown-key]: an origin has no key `rolle`
               --> case.toml:102:1
                |
            102 | rolle = "authorized-workload"
                | ^^^^^
                = help: did you mean `role`?

            error[unknown-key]: the scenario has no key `advresary`
               --> case.toml:130:2
                |
            130 | [advresary]
                |  ^^^^^^^^^
                = help: did you mean `adversary`?
        "#]],
    );
}

/// Each of two slips in one table is told with what was meant.
#[test]
fn two_misspelt_keys_of_one_table() {
    check(
        &[
            ("anchor = \"acme\"\n", "anchro = \"acme\"\n"),
            ("name = \"workload\"\n", "nam = \"workload\"\n"),
        ],
        expect![[r#"
            error[unknown-key]: a role has no key `nam`
              --> case.toml:30:1
               |
            30 | nam = "workload"
               | ^^^
               = help: did you mean `name`?

            error[unknown-key]: a role has no key `anchro`
              --> case.toml:31:1
               |
            31 | anchro = "acme"
               | ^^^^^^
               = help: did you mean `anchor`?
        "#]],
    );
}
