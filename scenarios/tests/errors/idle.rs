//! Capabilities that could do nothing where they are told to apply.

use expect_test::expect;

use crate::check;

#[test]
fn a_pool_key_that_nobody_shares() {
    check(
        &[("shared_key = true\n", "")],
        expect![[r#"
            error[no-effect]: the replicas of `team` share no key
               --> case.toml:137:15
                |
            137 | steals_pool = "team"
                |               ^^^^^^
                = help: set `shared_key` in that pool
        "#]],
    );
}

#[test]
fn the_key_of_one_replica_of_many() {
    check(
        &[("steals = \"unknown/1\"", "steals = \"team/1\"")],
        expect![[r#"
            error[no-effect]: the key of `team/1` is that of its whole pool
               --> case.toml:137:10
                |
            137 | steals = "team/1"
                |          ^^^^^^^^
                = help: take a pool without `shared_key`, or the capability `steal-pool-key`
        "#]],
    );
}

#[test]
fn colluding_executors_that_never_meet() {
    check(
        &[("colludes = [\"unknown/1\", \"clerk/1\"]", "colludes = [\"clerk/1\", \"unknown/1\"]")],
        expect![[r#"
            error[no-effect]: these are not two executors of which one hands to the other
               --> case.toml:140:13
                |
            140 | colludes = ["clerk/1", "unknown/1"]
                |             ^^^^^^^^^
                = help: name two instances whose pools are consecutive hops of a flow
        "#]],
    );
    check(
        &[("colludes = [\"unknown/1\", \"clerk/1\"]", "colludes = [\"unknown/1\"]")],
        expect![[r#"
            error[no-effect]: these are not two executors of which one hands to the other
               --> case.toml:140:13
                |
            140 | colludes = ["unknown/1"]
                |             ^^^^^^^^^^^
                = help: name two instances whose pools are consecutive hops of a flow
        "#]],
    );
}

#[test]
fn nobody_vouches_for_what_is_relayed() {
    check(
        &[("relays = \"unknown/1\"", "relays = \"team/1\"")],
        expect![[r#"
            error[no-effect]: nobody attests `team/1`
               --> case.toml:141:10
                |
            141 | relays = "team/1"
                |          ^^^^^^^^
                = help: give its pool an `attester`
        "#]],
    );
}

#[test]
fn the_name_of_somebody_who_lives() {
    check(
        &[("reuses = \"unknown/2\"", "reuses = \"unknown/1\"")],
        expect![[r#"
            error[no-effect]: `unknown/1` never dies, so nobody gets its name
               --> case.toml:142:10
                |
            142 | reuses = "unknown/1"
                |          ^^^^^^^^^^^
                = help: add a `crash` of it to the faults
        "#]],
    );
}

#[test]
fn a_late_clock_where_time_stands_still() {
    check(
        &[("ticks = 7", "ticks = 0")],
        expect![[r#"
            error[no-effect]: a late clock has no effect: time stands still in this story
               --> case.toml:143:9
                |
            143 | skews = "api"
                |         ^^^^^
                = help: set `bounds.ticks`
        "#]],
    );
}

#[test]
fn nothing_is_revoked_and_nobody_restarts() {
    check(
        &[
            ("kind = \"revoke\"", "kind = \"crash\""),
            ("kind = \"restart\"\ntarget = \"api/2\"", "kind = \"crash\"\ntarget = \"clerk/1\""),
        ],
        expect![[r#"
            error[no-effect]: `forget` has no effect: there is no `restart` here
               --> case.toml:131:95
                |
            131 | capabilities = ["observe", "inject", "log-leak", "insider", "pool-member", "hijack-executor", "forget"]
                |                                                                                               ^^^^^^^^
                = help: add a `restart` to the faults

            error[no-effect]: `revocation-lag` has no effect: there is no `revoke` here
               --> case.toml:174:103
                |
            174 | adversary = ["+steal-pool-key", "+collude", "+relay-attestation", "+reuse-identifier", "+clock-skew", "+revocation-lag"]
                |                                                                                                       ^^^^^^^^^^^^^^^^^
                = help: add a `revoke` to the faults
        "#]],
    );
}

#[test]
fn a_restart_that_loses_nothing() {
    check(
        &[(", \"forget\"]", "]")],
        expect![[r#"
            error[no-effect]: a restart has no effect: nobody loses its memory
               --> case.toml:128:10
                |
            128 | target = "api/2"
                |          ^^^^^^^
                = help: add the capability `forget`
        "#]],
    );
}

#[test]
fn a_new_key_for_one_replica_of_many() {
    check(
        &[("kind = \"revoke\"\ntarget = \"clerk/1\"", "kind = \"rekey\"\ntarget = \"team/1\"")],
        expect![[r#"
            error[no-effect]: `team/1` has no key of its own to move away from
               --> case.toml:125:10
                |
            125 | target = "team/1"
                |          ^^^^^^^^
                = help: take a pool without `shared_key`

            error[no-effect]: `revocation-lag` has no effect: there is no `revoke` here
               --> case.toml:174:103
                |
            174 | adversary = ["+steal-pool-key", "+collude", "+relay-attestation", "+reuse-identifier", "+clock-skew", "+revocation-lag"]
                |                                                                                                       ^^^^^^^^^^^^^^^^^
                = help: add a `revoke` to the faults
        "#]],
    );
}

#[test]
fn settings_of_capabilities_that_nobody_has() {
    check(
        &[(
            "\"+steal-pool-key\", \"+collude\", \"+relay-attestation\", \"+reuse-identifier\", \"+clock-skew\", \"+revocation-lag\"",
            "\"+revocation-lag\"",
        )],
        expect![[r#"
            error[setting-without-capability]: `steals_pool` has no effect: the adversary never has the capability `steal-pool-key`
               --> case.toml:138:15
                |
            138 | steals_pool = "team"
                |               ^^^^^^
                = help: add it to `capabilities`, or write `[[also]]` with it

            error[setting-without-capability]: `colludes` has no effect: the adversary never has the capability `collude`
               --> case.toml:140:13
                |
            140 | colludes = ["unknown/1", "clerk/1"]
                |             ^^^^^^^^^^^
                = help: add it to `capabilities`, or write `[[also]]` with it

            error[setting-without-capability]: `relays` has no effect: the adversary never has the capability `relay-attestation`
               --> case.toml:141:10
                |
            141 | relays = "unknown/1"
                |          ^^^^^^^^^^^
                = help: add it to `capabilities`, or write `[[also]]` with it

            error[setting-without-capability]: `reuses` has no effect: the adversary never has the capability `reuse-identifier`
               --> case.toml:142:10
                |
            142 | reuses = "unknown/2"
                |          ^^^^^^^^^^^
                = help: add it to `capabilities`, or write `[[also]]` with it

            error[setting-without-capability]: `skews` has no effect: the adversary never has the capability `clock-skew`
               --> case.toml:143:9
                |
            143 | skews = "api"
                |         ^^^^^
                = help: add it to `capabilities`, or write `[[also]]` with it
        "#]],
    );
}

#[test]
fn places_of_the_new_capabilities() {
    check(
        &[
            ("steals_pool = \"team\"", "steals_pool = \"teem\""),
            ("skews = \"api\"", "skews = \"unknown\""),
            ("relays = \"unknown/1\"", "relays = \"unknown\""),
            ("target = \"api/2\"", "target = \"api/3\""),
        ],
        expect![[r#"
            error[out-of-range]: there is no `api/3`: the resource `api` has 2 verifiers
               --> case.toml:128:10
                |
            128 | target = "api/3"
                |          ^^^^^^^

            error[unknown-pool]: no pool is called `teem`
               --> case.toml:138:15
                |
            138 | steals_pool = "teem"
                |               ^^^^^^
                = help: did you mean `team`?

            error[bad-target]: `unknown` is no instance
               --> case.toml:141:10
                |
            141 | relays = "unknown"
                |          ^^^^^^^^^
                = help: write `pool/N`, with N from 1

            error[unknown-resource]: no resource is called `unknown`
               --> case.toml:143:9
                |
            143 | skews = "unknown"
                |         ^^^^^^^^^
                = help: there is only `api`
        "#]],
    );
    check(
        &[("target = \"api/2\"", "target = \"apy/1\"")],
        expect![[r#"
            error[unknown-resource]: no resource is called `apy`
               --> case.toml:128:10
                |
            128 | target = "apy/1"
                |          ^^^^^^^
                = help: did you mean `api`?
        "#]],
    );
    check(
        &[("target = \"api/2\"", "target = \"api\"")],
        expect![[r#"
            error[bad-target]: `api` is no verifier
               --> case.toml:128:10
                |
            128 | target = "api"
                |          ^^^^^
                = help: write `resource/N`, with N from 1
        "#]],
    );
}
