//! Numbers and texts.

use expect_test::expect;

use crate::check;

#[test]
fn negative_bounds() {
    check(
        &[("replicas = 3", "replicas = -1"), ("ticks = 7", "ticks = -99999999999999999999")],
        expect![[r#"
            error[no-effect]: a late clock has no effect: time stands still in this story
               --> case.toml:143:9
                |
            143 | skews = "api"
                |         ^^^^^
                = help: set `bounds.ticks`

            error[negative]: `replicas` is -1, and cannot be negative
               --> case.toml:147:12
                |
            147 | replicas = -1
                |            ^^

            error[negative]: `ticks` is -99999999999999999999, and cannot be negative
               --> case.toml:151:9
                |
            151 | ticks = -99999999999999999999
                |         ^^^^^^^^^^^^^^^^^^^^^
        "#]],
    );
}

/// What the story says of a pool depends on how many replicas it has; nothing is concluded from a number that is wrong.
#[test]
fn a_wrong_number_of_replicas_is_told_alone() {
    for wrong in ["-1", "99999999999"] {
        let changes = [("replicas = 2\nfacts", "replicas = WRONG\nfacts"), ("WRONG", wrong)];
        let told = crate::scenario_errors(crate::changed(crate::FULL, &changes).as_bytes());
        assert_eq!(told.matches("error[").count(), 1, "{told}");
        assert!(told.contains("--> case.toml:50:12"), "{told}");
    }
    check(
        &[
            ("replicas = 2\nfacts_from = 1\nfacts_until = 1\n", ""),
            ("replicas = 3\nhops", "replicas = -3\nhops"),
        ],
        expect![[r#"
            error[negative]: `replicas` is -3, and cannot be negative
               --> case.toml:144:12
                |
            144 | replicas = -3
                |            ^^
        "#]],
    );
}

#[test]
fn a_wrong_number_of_verifiers_is_told_alone() {
    check(
        &[("verifiers = 2", "verifiers = -2")],
        expect![[r#"
            error[negative]: `verifiers` is -2, and cannot be negative
              --> case.toml:66:13
               |
            66 | verifiers = -2
               |             ^^

            error[out-of-range]: there is no `api/2`: the resource `api` has 1 verifier
               --> case.toml:128:10
                |
            128 | target = "api/2"
                |          ^^^^^^^
        "#]],
    );
}

#[test]
fn zero_where_one_is_needed() {
    check(
        &[
            ("replicas = 3", "replicas = 0"),
            ("executions = 2\nstarts", "executions = 0\nstarts"),
            ("deliveries = 2", "deliveries = 0"),
            ("verifiers = 2", "verifiers = 0"),
            ("verifier = 2\n[[", "verifier = 0\n[["),
            ("effects = 5", "effects = 0"),
            (r#""bearer" = 1_234"#, r#""bearer" = 0"#),
        ],
        expect![[r#"
            error[zero]: `verifiers` is 0, and at least 1 is needed
              --> case.toml:66:13
               |
            66 | verifiers = 0
               |             ^

            error[zero]: `executions` is 0, and at least 1 is needed
              --> case.toml:72:14
               |
            72 | executions = 0
               |              ^

            error[zero]: `effects` is 0, and at least 1 is needed
              --> case.toml:77:11
               |
            77 | effects = 0
               |           ^

            error[zero]: `verifier` is 0, and at least 1 is needed
              --> case.toml:83:12
               |
            83 | verifier = 0
               |            ^

            error[out-of-range]: there is no `api/2`: the resource `api` has 0 verifiers
               --> case.toml:128:10
                |
            128 | target = "api/2"
                |          ^^^^^^^

            error[zero]: `replicas` is 0, and at least 1 is needed
               --> case.toml:147:12
                |
            147 | replicas = 0
                |            ^

            error[zero]: `deliveries` is 0, and at least 1 is needed
               --> case.toml:150:14
                |
            150 | deliveries = 0
                |              ^

            error[zero]: `bearer` is 0, and at least 1 is needed
               --> case.toml:162:12
                |
            162 | "bearer" = 0
                |            ^
        "#]],
    );
}

#[test]
fn over_a_limit() {
    check(
        &[
            ("replicas = 3", "replicas = 1001"),
            ("hops = 4\nexec", "hops = 33\nexec"),
            ("executions = 2\ndeliveries", "executions = 17\ndeliveries"),
            ("deliveries = 2", "deliveries = 17"),
            ("ticks = 7", "ticks = 0x11"),
            ("depth = 9", "depth = 99999999999999999999"),
        ],
        expect![[r#"
            error[over-limit]: `replicas` is 1001; the limit is 1000
               --> case.toml:147:12
                |
            147 | replicas = 1001
                |            ^^^^

            error[over-limit]: `hops` is 33; the limit is 32
               --> case.toml:148:8
                |
            148 | hops = 33
                |        ^^

            error[over-limit]: `executions` is 17; the limit is 16
               --> case.toml:149:14
                |
            149 | executions = 17
                |              ^^

            error[over-limit]: `deliveries` is 17; the limit is 16
               --> case.toml:150:14
                |
            150 | deliveries = 17
                |              ^^

            error[over-limit]: `ticks` is 0x11; the limit is 16
               --> case.toml:151:9
                |
            151 | ticks = 0x11
                |         ^^^^

            error[over-limit]: `depth` is 99999999999999999999; the limit is 10000
               --> case.toml:159:9
                |
            159 | depth = 99999999999999999999
                |         ^^^^^^^^^^^^^^^^^^^^
        "#]],
    );
}

#[test]
fn texts_that_say_nothing() {
    check(
        &[
            (r#"title = "every key once""#, r#"title = " ""#),
            (r#"id = "mallory""#, r#"id = """#),
            (r#"on = ["bearer"]"#, "on = []"),
        ],
        expect![[r#"
            error[empty]: `title` is empty
             --> case.toml:2:9
              |
            2 | title = " "
              |         ^^^

            error[empty]: `id` is empty
              --> case.toml:17:6
               |
            17 | id = ""
               |      ^^

            error[empty]: `on` is empty
               --> case.toml:178:6
                |
            178 | on = []
                |      ^^
        "#]],
    );
}

#[test]
fn texts_that_cannot_be() {
    check(
        &[
            (r#"source = "this test""#, r#"source = "two\nlines""#),
            (r#"id = "mallory""#, r#"id = "the mallory""#),
            (r#"tags = ["default", "slow"]"#, r#"tags = ["../up"]"#),
            ("\"server-attester\"\ndomain", "\"bell\\u0007\"\ndomain"),
            (r#"may_create = ["read api"]"#, r#"may_create = ["read"]"#),
        ],
        expect![[r#"
            error[bad-text]: `source` must be one line
             --> case.toml:3:10
              |
            3 | source = "two\nlines"
              |          ^^^^^^^^^^^^

            error[bad-name]: `../up` contains more than letters, digits, `-` and `_`
             --> case.toml:7:9
              |
            7 | tags = ["../up"]
              |         ^^^^^^^

            error[bad-name]: `the mallory` is no name: it contains a space
              --> case.toml:17:6
               |
            17 | id = "the mallory"
               |      ^^^^^^^^^^^^^

            error[bad-text]: `id` contains a control character
              --> case.toml:22:6
               |
            22 | id = "bell\u0007"
               |      ^^^^^^^^^^^^

            error[bad-operation]: `read` is no operation
              --> case.toml:33:15
               |
            33 | may_create = ["read"]
               |               ^^^^^^
               = help: write the action and the resource, such as "read api"
        "#]],
    );
}

#[test]
fn words_that_are_not_on_the_list() {
    check(
        &[
            (r#"kind = "agent""#, r#"kind = "agnt""#),
            (r#"scheme = "spiffe""#, r#"scheme = "something""#),
            (r#"kind = "crash""#, r#"kind = "crush""#),
        ],
        expect![[r#"
            error[bad-word]: `kind` cannot be `agnt`
              --> case.toml:44:8
               |
            44 | kind = "agnt"
               |        ^^^^^^
               = help: did you mean `agent`?

            error[bad-word]: `scheme` cannot be `something`
              --> case.toml:49:10
               |
            49 | scheme = "something"
               |          ^^^^^^^^^^^
               = help: expected one of `spiffe`, `did`, `iam`, `x509`, `opaque`

            error[bad-word]: `kind` cannot be `crush`
               --> case.toml:121:8
                |
            121 | kind = "crush"
                |        ^^^^^^^
                = help: did you mean `crash`?

            error[no-effect]: `unknown/2` never dies, so nobody gets its name
               --> case.toml:142:10
                |
            142 | reuses = "unknown/2"
                |          ^^^^^^^^^^^
                = help: add a `crash` of it to the faults
        "#]],
    );
}

#[test]
fn listed_twice() {
    check(
        &[(r#"actions = ["read", "delete"]"#, r#"actions = ["read", "delete", "read"]"#)],
        expect![[r#"
            error[listed-twice]: `read` is listed twice
              --> case.toml:65:30
               |
            65 | actions = ["read", "delete", "read"]
               |                              ^^^^^^
              ::: case.toml:65:12
               |
            65 | actions = ["read", "delete", "read"]
               |            ^^^^^^ first here
        "#]],
    );
}

#[test]
fn longer_than_a_limit() {
    let title = "x".repeat(501);
    let tags = (0..257).map(|n| format!("\"t{n}\"")).collect::<Vec<_>>().join(", ");
    let changes = [
        ("title = \"every key once\"", &*format!("title = \"{title}\"")),
        ("\"default\", \"slow\"", &*tags),
    ];
    check(
        &changes,
        expect![[r#"
        error[too-long]: `title` has 501 characters; the limit is 500
         --> case.toml:2:9
          |
        2 | title = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
          |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

        error[too-long]: `tags` has 257 entries; the limit is 256
         --> case.toml:7:8
          |
        7 | tags = ["t0", "t1", "t2", "t3", "t4", "t5", "t6", "t7", "t8", "t9", "t10", "t11", "t12", "t13", "t14", "t15", "t16", "t1
          |        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    "#]],
    );
}

/// What is not seen, or turns around what is, is refused where it is written out, where it is escaped, and in comments.
#[test]
fn hidden_characters() {
    check(
        &[("\"every key once\"", "\"every \\u202Eyek once\"")],
        expect![[r#"
            error[hidden-character]: the character U+202E is not seen, or moves what stands beside it
             --> case.toml:2:9
              |
            2 | title = "every \u202Eyek once"
              |         ^^^^^^^^^^^^^^^^^^^^^^^
        "#]],
    );
    let raw = crate::changed(crate::FULL, &[("id = \"acme\"", "id = \"acme\" # a\u{200b}")]);
    let told = crate::scenario_errors(raw.as_bytes());
    assert!(told.starts_with("error[hidden-character]: the character U+200B"), "{told}");
    assert_eq!(told.matches("error[").count(), 1, "{told}");
    // The mark of the byte order is no part of the text.
    assert_eq!(crate::scenario_errors(format!("\u{feff}{}", crate::FULL).as_bytes()), "");
}
