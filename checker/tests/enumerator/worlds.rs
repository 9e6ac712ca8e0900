//! Tiny worlds: at most two pools of one replica, two hops, one execution, two operations.

/// A world: its name, the story, the adversaries under which it is asked, and how its policy keeps memory.
pub struct Tiny {
    pub name: &'static str,
    pub story: String,
    pub policy: String,
    pub adversaries: &'static [&'static [&'static str]],
}

const CAST: &str = r#"
schema = "whoacts/scenario/1"
title = "A tiny world"
source = "the enumerator"
story = "Small enough to try everything."
policy = "p"
[[identity]]
id = "alice"
[[identity]]
id = "mallory"
adversary = true
[[attester]]
id = "att"
domain = "d"
[[resource]]
id = "bank"
actions = ["pay", "read"]
verifiers = 1
"#;

const POOL_A: &str = r#"
[[pool]]
id = "a"
attester = "att"
environment = "e"
"#;
const POOL_B: &str = r#"
[[pool]]
id = "b"
attester = "att"
environment = "f"
"#;
const POOL_M: &str = r#"
[[pool]]
id = "m"
attester = "att"
environment = "x"
adversary = true
"#;

const POLICY: &str = r#"
schema = "whoacts/policy/1"
title = "p"
memory = "shared"
triggers = ["clock"]
[require]
resource = ["all"]
hop = ["all"]
[[mandate]]
identity = "alice"
may_create = ["pay bank", "read bank"]
[[mandate]]
identity = "mallory"
may_create = ["read bank"]
[[attester]]
id = "att"
domain = "d"
"#;

const ROLE: &str = r#"
[[role]]
id = "r"
anchor = "alice"
domain = "d"
may_create = ["pay bank"]
[[role]]
id = "q"
anchor = "mallory"
domain = "d"
may_create = ["pay bank", "read bank"]
"#;
const STARTS_BY_ROLE: &str = r#"
[[flow]]
id = "f"
origin = { role = "r", pool = "a", trigger = "clock" }
authority = ["pay bank"]
request = { action = "pay", resource = "bank", arguments = "bill" }
[[flow.hop]]
to = "b"
class = { environment = "f", domain = "d" }
"#;
const ROLE_POLICY: &str = r#"
[[mandate]]
role = "r"
may_create = ["pay bank"]
[[mandate]]
role = "q"
may_create = ["read bank"]
[[anchor]]
role = "r"
identities = ["alice"]
[[anchor]]
role = "q"
identities = ["mallory"]
"#;

fn bounds(hops: u32, ticks: u32) -> String {
    format!(
        "[bounds]\nreplicas = 1\nhops = {hops}\nexecutions = 1\ndeliveries = 1\nticks = {ticks}\n"
    )
}

fn flow(extra: &str, hops: &str) -> String {
    format!(
        "[[flow]]\nid = \"f\"\norigin = \"alice\"\nauthority = [\"pay bank\", \"read bank\"]\n{extra}\nrequest = {{ action = \"pay\", resource = \"bank\", arguments = \"bill\" }}\n{hops}"
    )
}

const TO_A: &str = "[[flow.hop]]\nto = \"a\"\nclass = { environment = \"e\", domain = \"d\" }\n";
const TO_B: &str = "[[flow.hop]]\nto = \"b\"\nauthority = [\"pay bank\"]\nclass = { environment = \"f\", domain = \"d\" }\n";
const TO_A_KEY: &str = "[[flow.hop]]\nto = \"a\"\nclass = { key = \"a/1\" }\n";
const TO_ANYONE: &str = "[[flow.hop]]\nto = \"a\"\n";

const ADVERSARY_A: &str = r#"
[adversary]
capabilities = ["observe", "log-leak", "insider", "steal-key", "hijack-executor"]
observes = ["a", "bank"]
leaks = ["a"]
insider = "m"
steals = "a/1"
hijacks = "a/1"
"#;
const ADVERSARY_B: &str = r#"
[adversary]
capabilities = ["observe", "log-leak", "insider", "steal-key", "hijack-executor"]
observes = ["b"]
leaks = ["b"]
insider = "m"
steals = "b/1"
hijacks = "a/1"
"#;

const FEW: &[&[&str]] = &[&["observe", "insider"]];

/// Every tiny world.
pub fn all() -> Vec<Tiny> {
    let a = format!("{CAST}{POOL_A}{POOL_M}");
    let b = format!("{CAST}{POOL_A}{POOL_B}{POOL_M}");
    let world = |name, story, adversaries| Tiny { name, story, policy: POLICY.into(), adversaries };
    vec![
        world(
            "one-hop",
            format!("{a}{}{ADVERSARY_A}{}", flow("", TO_A), bounds(1, 0)),
            &[
                &["observe"],
                &[],
                &["insider"],
                &["log-leak"],
                &["observe", "insider"],
                &["observe", "steal-key"],
                &["hijack-executor"],
            ],
        ),
        world(
            "two-hops",
            format!("{b}{}{ADVERSARY_B}{}", flow("", &format!("{TO_A}{TO_B}")), bounds(2, 0)),
            &[&["observe", "insider"], &["hijack-executor"], &["log-leak", "steal-key"]],
        ),
        world(
            "revoked",
            format!(
                "{a}{}[[fault]]\nkind = \"revoke\"\ntarget = \"a/1\"\n{ADVERSARY_A}{}",
                flow("", TO_A),
                bounds(1, 0)
            ),
            FEW,
        ),
        world(
            "rekeyed",
            format!(
                "{a}{}[[fault]]\nkind = \"rekey\"\ntarget = \"a/1\"\n{ADVERSARY_A}{}",
                flow("", TO_A_KEY),
                bounds(1, 0)
            ),
            &[&["observe", "insider"], &["log-leak", "steal-key"]],
        ),
        world(
            "expires",
            format!("{a}{}{ADVERSARY_A}{}", flow("deadline = 0", TO_A), bounds(1, 1)),
            FEW,
        ),
        world(
            "two-effects",
            format!(
                "{a}{}{ADVERSARY_A}{}",
                flow("effects = 2\nhanded = { effects = 1 }", TO_A),
                bounds(1, 0)
            ),
            FEW,
        ),
        Tiny {
            policy: format!("{POLICY}{ROLE_POLICY}"),
            ..world(
                "by-role",
                format!(
                    "{CAST}{ROLE}{}{POOL_B}{}{STARTS_BY_ROLE}{ADVERSARY_B}{}",
                    POOL_A.replace("environment", "roles = [\"r\"]\nenvironment"),
                    POOL_M.replace("environment", "roles = [\"q\"]\nenvironment"),
                    bounds(1, 0)
                ),
                &[&["observe", "insider"], &["hijack-executor"]],
            )
        },
        Tiny {
            policy: POLICY.replace("\"shared\"", "\"local\""),
            ..world(
                "two-verifiers",
                format!(
                    "{}{POOL_A}{POOL_M}{}{ADVERSARY_A}{}",
                    CAST.replace("verifiers = 1", "verifiers = 2"),
                    flow("", TO_A),
                    bounds(1, 0)
                ),
                FEW,
            )
        },
        world(
            "anyone",
            format!("{a}{}{ADVERSARY_A}{}", flow("", TO_ANYONE), bounds(1, 0)),
            &[&["observe"]],
        ),
    ]
}
