//! The adversary.

use expect_test::expect;

use crate::check;

#[test]
fn unknown_capabilities() {
    check(
        &[
            (r#"["observe", "inject""#, r#"["observ", "inject""#),
            (r#""-observe""#, r#""-observ""#),
            (r#"capabilities = ["observe"]"#, r#"capabilities = ["obs"]"#),
        ],
        expect![[r#"
            error[unknown-capability]: no capability is called `observ`
               --> case.toml:131:17
                |
            131 | capabilities = ["observ", "inject", "log-leak", "insider", "pool-member", "hijack-executor", "forget"]
                |                 ^^^^^^^^
                = help: did you mean `observe`?

            error[no-effect]: the adversary never has `observe`
               --> case.toml:132:13
                |
            132 | universe = ["observe", "inject", "log-leak"]
                |             ^^^^^^^^^
                = help: add it to `capabilities`, or write `[[also]]` with it

            error[unknown-capability]: no capability is called `obs`
               --> case.toml:160:17
                |
            160 | capabilities = ["obs"]
                |                 ^^^^^
                = help: did you mean `observe`?

            error[unknown-capability]: no capability is called `observ`
               --> case.toml:167:28
                |
            167 | adversary = ["+steal-key", "-observ", "+rogue-attester"]
                |                            ^^^^^^^^^
                = help: did you mean `observe`?
        "#]],
    );
}

#[test]
fn capability_without_its_setting() {
    check(
        &[("insider = \"stranger\"\n", ""), ("steals = \"unknown/1\"\n", "")],
        expect![[r#"
            error[capability-without-setting]: the capability `insider` is not told where it applies
               --> case.toml:131:50
                |
            131 | capabilities = ["observe", "inject", "log-leak", "insider", "pool-member", "hijack-executor", "forget"]
                |                                                  ^^^^^^^^^
                = help: set `insider` in `[adversary]`

            error[capability-without-setting]: the capability `steal-key` is not told where it applies
               --> case.toml:165:14
                |
            165 | adversary = ["+steal-key", "-observe", "+rogue-attester"]
                |              ^^^^^^^^^^^^
                = help: set `steals` in `[adversary]`
        "#]],
    );
}

#[test]
fn setting_without_its_capability() {
    check(
        &[
            (r#", "hijack-executor", "forget"]"#, r#", "forget"]"#),
            (r#", "+rogue-attester"]"#, "]"),
        ],
        expect![[r#"
            error[setting-without-capability]: `hijacks` has no effect: the adversary never has the capability `hijack-executor`
               --> case.toml:139:11
                |
            139 | hijacks = "unknown/1"
                |           ^^^^^^^^^^^
                = help: add it to `capabilities`, or write `[[also]]` with it

            error[setting-without-capability]: `attester` has no effect: the adversary never has the capability `rogue-attester`
               --> case.toml:144:12
                |
            144 | attester = "rogue"
                |            ^^^^^^^
                = help: add it to `capabilities`, or write `[[also]]` with it
        "#]],
    );
}

#[test]
fn changes_of_the_adversary_without_effect() {
    check(
        &[(
            r#""+steal-key", "-observe""#,
            r#""+steal-key", "+inject", "-confuse", "confuse", "+""#,
        )],
        expect![[r#"
            error[no-effect]: the adversary has `inject` anyway
               --> case.toml:167:28
                |
            167 | adversary = ["+steal-key", "+inject", "-confuse", "confuse", "+", "+rogue-attester"]
                |                            ^^^^^^^^^

            error[no-effect]: the adversary does not have `confuse` anyway
               --> case.toml:167:39
                |
            167 | adversary = ["+steal-key", "+inject", "-confuse", "confuse", "+", "+rogue-attester"]
                |                                       ^^^^^^^^^^

            error[bad-name]: `confuse` does not say whether it comes or goes
               --> case.toml:167:51
                |
            167 | adversary = ["+steal-key", "+inject", "-confuse", "confuse", "+", "+rogue-attester"]
                |                                                   ^^^^^^^^^
                = help: write `+name` to add a capability, `-name` to take one away

            error[bad-name]: `+` does not say whether it comes or goes
               --> case.toml:167:62
                |
            167 | adversary = ["+steal-key", "+inject", "-confuse", "confuse", "+", "+rogue-attester"]
                |                                                              ^^^
                = help: write `+name` to add a capability, `-name` to take one away
        "#]],
    );
}

#[test]
fn unknown_places_of_the_adversary() {
    check(
        &[
            (r#"observes = ["unknown", "api"]"#, r#"observes = ["unknwon", "apy"]"#),
            (r#"leaks = ["api"]"#, r#"leaks = ["alice"]"#),
            (r#"member_of = "unknown""#, r#"member_of = "api""#),
            (r#"attester = "rogue""#, r#"attester = "rouge""#),
        ],
        expect![[r#"
            error[unknown-place]: no pool or resource is called `unknwon`
               --> case.toml:133:13
                |
            133 | observes = ["unknwon", "apy"]
                |             ^^^^^^^^^
                = help: did you mean `unknown`?

            error[unknown-place]: no pool or resource is called `apy`
               --> case.toml:133:24
                |
            133 | observes = ["unknwon", "apy"]
                |                        ^^^^^
                = help: did you mean `api`?

            error[unknown-place]: no pool or resource is called `alice`
               --> case.toml:134:10
                |
            134 | leaks = ["alice"]
                |          ^^^^^^^
                = help: there are `api`, `clerk`, `stranger`, `team`, `unknown`

            error[unknown-pool]: no pool is called `api`
               --> case.toml:136:13
                |
            136 | member_of = "api"
                |             ^^^^^
                = help: there are `clerk`, `stranger`, `team`, `unknown`

            error[unknown-attester]: no attester is called `rouge`
               --> case.toml:144:12
                |
            144 | attester = "rouge"
                |            ^^^^^^^
                = help: did you mean `rogue`?
        "#]],
    );
}
