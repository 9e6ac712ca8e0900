//! Expectations.

use expect_test::expect;

use crate::check;

#[test]
fn labels() {
    check(
        &[
            (
                r#"["bearer", "dpop", "continuity/K0..K3"]"#,
                r#"["bearr", "dpop/storng", "continuity/K3..K0", "continuity/K0..K9"]"#,
            ),
            (r#""continuity/K4" = 5678"#, r#""continuity" = 5678"#),
        ],
        expect![[r#"
            error[bad-label]: `continuity` names 7 runs, and a count is for one
               --> case.toml:163:1
                |
            163 | "continuity" = 5678
                | ^^^^^^^^^^^^

            error[unknown-mechanism]: no mechanism is called `bearr`
               --> case.toml:166:7
                |
            166 | on = ["bearr", "dpop/storng", "continuity/K3..K0", "continuity/K0..K9"]
                |       ^^^^^^^
                = help: did you mean `bearer`?

            error[unknown-mechanism]: `dpop` has no variant or profile `storng`
               --> case.toml:166:16
                |
            166 | on = ["bearr", "dpop/storng", "continuity/K3..K0", "continuity/K0..K9"]
                |                ^^^^^^^^^^^^^
                = help: did you mean `strong`?

            error[bad-label]: `continuity/K3..K0` is empty
               --> case.toml:166:31
                |
            166 | on = ["bearr", "dpop/storng", "continuity/K3..K0", "continuity/K0..K9"]
                |                               ^^^^^^^^^^^^^^^^^^^
                = help: write the weaker profile first: `continuity/K0..K3`

            error[unknown-mechanism]: `continuity` has no variant or profile `K9`
               --> case.toml:166:52
                |
            166 | on = ["bearr", "dpop/storng", "continuity/K3..K0", "continuity/K0..K9"]
                |                                                    ^^^^^^^^^^^^^^^^^^^
                = help: there are `K0`, `K1`, `K2`, `K3`, `K4`, `K5`, `K6`
        "#]],
    );
}

#[test]
fn properties() {
    check(
        &[
            (r#"violated = ["custody"]"#, r#"violated = ["custodi", "served"]"#),
            (r#"properties = ["custody", "no-mixing"]"#, r#"properties = ["custody", "no-mixin"]"#),
        ],
        expect![[r#"
            error[unknown-property]: no property is called `no-mixin`
             --> case.toml:8:26
              |
            8 | properties = ["custody", "no-mixin"]
              |                          ^^^^^^^^^^
              = help: did you mean `no-mixing`?

            error[unknown-property]: no property is called `custodi`
               --> case.toml:168:13
                |
            168 | violated = ["custodi", "served"]
                |             ^^^^^^^^^
                = help: did you mean `custody`?
        "#]],
    );
}

#[test]
fn one_property_twice_for_one_run() {
    check(
        &[
            ("adversary = [\"+steal-key\", \"-observe\", \"+rogue-attester\"]\n", ""),
            ("steals = \"unknown/1\"\n", ""),
            ("attester = \"rogue\"\n", ""),
            (r#"on = ["bearer"]"#, "on = [\"bearer/common\", \"continuity\"]\nserved = false"),
        ],
        expect![[r#"
            error[said-twice]: `served` is said twice for `bearer`
               --> case.toml:176:10
                |
            176 | served = false
                |          ^^^^^
               ::: case.toml:167:10
                |
            167 | served = true
                |          ^^^^ first here

            error[said-twice]: `no-mixing` is said twice for `bearer`
               --> case.toml:177:12
                |
            177 | vacuous = ["no-mixing"]
                |            ^^^^^^^^^^^
               ::: case.toml:166:10
                |
            166 | holds = ["no-mixing"]
                |          ^^^^^^^^^^^ first here
        "#]],
    );
}

#[test]
fn one_property_twice_in_one_row() {
    check(
        &[(r#"holds = ["no-mixing"]"#, r#"holds = ["custody"]"#)],
        expect![[r#"
            error[said-twice]: `custody` is said twice for `bearer`
               --> case.toml:169:10
                |
            169 | holds = ["custody"]
                |          ^^^^^^^^^
               ::: case.toml:168:13
                |
            168 | violated = ["custody"]
                |             ^^^^^^^^^ first here
        "#]],
    );
}

#[test]
fn expectation_that_says_nothing() {
    check(
        &[("vacuous = [\"no-mixing\"]\n", "")],
        expect![[r#"
            error[no-effect]: the expectation says nothing
               --> case.toml:177:1
                |
            177 | [[expect]]
                | ^^^^^^^^^^
                = help: write `violated`, `vacuous`, `holds` or `served`
        "#]],
    );
}

#[test]
fn further_adversaries() {
    check(
        &[
            (
                r#"adversary = ["+confuse", "-inject"]"#,
                r#"adversary = ["+confsue", "+observe", "inject"]"#,
            ),
            (r#"on = ["continuity/K4..K6", "bearer"]"#, r#"on = ["continuty/K4"]"#),
        ],
        expect![[r#"
            error[unknown-capability]: no capability is called `confsue`
               --> case.toml:182:14
                |
            182 | adversary = ["+confsue", "+observe", "inject"]
                |              ^^^^^^^^^^
                = help: did you mean `confuse`?

            error[no-effect]: the adversary has `observe` anyway
               --> case.toml:182:26
                |
            182 | adversary = ["+confsue", "+observe", "inject"]
                |                          ^^^^^^^^^^

            error[bad-name]: `inject` does not say whether it comes or goes
               --> case.toml:182:38
                |
            182 | adversary = ["+confsue", "+observe", "inject"]
                |                                      ^^^^^^^^
                = help: write `+name` to add a capability, `-name` to take one away

            error[unknown-mechanism]: no mechanism is called `continuty`
               --> case.toml:183:7
                |
            183 | on = ["continuty/K4"]
                |       ^^^^^^^^^^^^^^
                = help: did you mean `continuity`?
        "#]],
    );
}

#[test]
fn an_adversary_twice() {
    let again = "[[also]]\nadversary = [\"-inject\", \"+confuse\"]\n[[also]]\n";
    check(
        &[("[[also]]\n", again)],
        expect![[r#"
        error[said-twice]: this adversary is there already
           --> case.toml:183:1
            |
        183 | [[also]]
            | ^^^^^^^^
           ::: case.toml:181:1
            |
        181 | [[also]]
            | ^^^^^^^^ first here
            = help: name all of its mechanisms in one `on`
    "#]],
    );
}

#[test]
fn a_further_adversary_with_nothing_in_it() {
    check(
        &[(r#"adversary = ["+confuse", "-inject"]"#, "adversary = []")],
        expect![[r#"
        error[empty]: `adversary` is empty
           --> case.toml:182:13
            |
        182 | adversary = []
            |             ^^
    "#]],
    );
}

#[test]
fn a_property_that_is_called_otherwise_now() {
    check(
        &[(
            "properties = [\"custody\", \"no-mixing\"]",
            "properties = [\"agreement\", \"no-mixing\"]",
        )],
        expect![[r#"
            error[unknown-property]: the property `agreement` is called `custody` now
             --> case.toml:8:15
              |
            8 | properties = ["agreement", "no-mixing"]
              |               ^^^^^^^^^^^
              = help: write `custody`
        "#]],
    );
}
