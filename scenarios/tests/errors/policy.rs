//! Policies.

use expect_test::expect;

use crate::check_policy;

#[test]
fn guards() {
    check_policy(
        &[
            (r#"resource = ["all"]"#, r#"resource = ["all", "holder"]"#),
            (r#"hop = ["holder", "handed-off"]"#, r#"hop = ["houlder"]"#),
        ],
        expect![[r#"
            error[no-effect]: `all` already requires every guard
             --> policy.toml:6:13
              |
            6 | resource = ["all", "holder"]
              |             ^^^^^
              = help: write `all` alone, or the guards without it

            error[unknown-guard]: no guard is called `houlder`
             --> policy.toml:7:8
              |
            7 | hop = ["houlder"]
              |        ^^^^^^^^^
              = help: did you mean `holder`?
        "#]],
    );
}

#[test]
fn granted_twice() {
    check_policy(
        &[
            (
                "role = \"workload\"\nmay_create = [\"delete api\"]",
                "identity = \"alice\"\nmay_create = []",
            ),
            (
                "[[attester]]",
                "[[anchor]]\nrole = \"workload\"\nidentities = [\"bob\"]\n[[attester]]",
            ),
            (
                "[[operator]]",
                "[[operator]]\nenvironment = \"soc-cluster\"\nidentities = [\"bob\"]\n[[operator]]",
            ),
        ],
        expect![[r#"
            error[duplicate-id]: the mandate of the identity `alice` is declared twice
              --> policy.toml:12:12
               |
            12 | identity = "alice"
               |            ^^^^^^^
              ::: policy.toml:9:12
               |
             9 | identity = "alice"
               |            ^^^^^^^ first declared here

            error[duplicate-id]: the anchor of the role `workload` is declared twice
              --> policy.toml:21:8
               |
            21 | role = "workload"
               |        ^^^^^^^^^^
              ::: policy.toml:18:8
               |
            18 | role = "workload"
               |        ^^^^^^^^^^ first declared here

            error[duplicate-id]: the operator of the environment `soc-cluster` is declared twice
              --> policy.toml:30:15
               |
            30 | environment = "soc-cluster"
               |               ^^^^^^^^^^^^^
              ::: policy.toml:27:15
               |
            27 | environment = "soc-cluster"
               |               ^^^^^^^^^^^^^ first declared here
        "#]],
    );
}

#[test]
fn policy_keys() {
    check_policy(
        &[
            ("context = \"soc-cluster\"\n", ""),
            ("identity = \"alice\"\n", "identity = \"alice\"\nrole = \"x\"\n"),
            (r#"memory = "local""#, r#"memory = "locale""#),
            ("triggers", "trigger"),
        ],
        expect![[r#"
            error[bad-word]: `memory` cannot be `locale`
             --> policy.toml:3:10
              |
            3 | memory = "locale"
              |          ^^^^^^^^
              = help: did you mean `local`?

            error[unknown-key]: the policy has no key `trigger`
             --> policy.toml:4:1
              |
            4 | trigger = ["scanner"]
              | ^^^^^^^
              = help: did you mean `triggers`?

            error[conflicting-keys]: a mandate has the keys `identity`, `role`
             --> policy.toml:8:1
              |
            8 | [[mandate]]
              | ^^^^^^^^^^^
              = help: write exactly one of them

            error[missing-key]: a mandate lacks one of the keys `identity`, `role`, `context`
              --> policy.toml:15:1
               |
            15 | [[mandate]]
               | ^^^^^^^^^^^
               = help: write exactly one of them
        "#]],
    );
}
