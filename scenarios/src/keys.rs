//! The syntax of both files as one list: each table, its keys, what a key takes, and a sentence about it.
//!
//! The parser accepts what is listed here and nothing else, and the JSON Schema is written from it, so the two
//! cannot drift apart. A new key is one line here and one line where it is lowered.

use crate::limits::{
    MAX_DELIVERIES, MAX_DEPTH, MAX_EFFECTS, MAX_EXECUTIONS, MAX_HOPS, MAX_LINE, MAX_PROSE,
    MAX_REPLICAS, MAX_TICKS, MAX_VERIFIERS,
};

/// One table of a file.
#[derive(Debug)]
pub struct Table {
    /// What it is called in errors.
    pub name: &'static str,
    /// What it describes.
    pub doc: &'static str,
    /// Its keys.
    pub keys: &'static [Key],
    /// Keys of which exactly one must be there; empty where there is no such rule.
    pub one_of: &'static [&'static str],
}

/// One key of a table.
#[derive(Debug)]
pub struct Key {
    /// The key.
    pub name: &'static str,
    /// What it takes.
    pub shape: Shape,
    /// Whether it must be there (a list of tables must then have a row).
    pub required: bool,
    /// What it says.
    pub doc: &'static str,
}

/// What a key takes.
#[derive(Debug)]
pub enum Shape {
    /// A name: no spaces, no control characters.
    Name,
    /// A name that can be a file's: letters, digits, `-`, `_`.
    Slug,
    /// One of a few words.
    Word(&'static [&'static str]),
    /// Text of one line, with a limit on its characters; may be empty where the flag says so.
    Line(usize, bool),
    /// Text of several lines, with a limit on its characters.
    Prose(usize),
    /// `"action resource"`.
    Operation,
    /// `true` or `false`.
    Flag,
    /// A whole number, with its least and its greatest value.
    Count(u32, u32),
    /// A list of distinct values, with the least number of them.
    List(&'static Shape, usize),
    /// A table of its own.
    Table(&'static Table),
    /// Any number of tables.
    Tables(&'static Table),
    /// A name, or a table.
    NameOr(&'static Table),
    /// Any names, each with a whole number from 1.
    Counts,
}

impl Table {
    /// The key of that name.
    pub fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys.iter().find(|key| key.name == name)
    }
}

const fn must(name: &'static str, shape: Shape, doc: &'static str) -> Key {
    Key { name, shape, required: true, doc }
}

const fn may(name: &'static str, shape: Shape, doc: &'static str) -> Key {
    Key { name, shape, required: false, doc }
}

const fn table(name: &'static str, doc: &'static str, keys: &'static [Key]) -> Table {
    Table { name, doc, keys, one_of: &[] }
}

const LINE: Shape = Shape::Line(MAX_LINE, false);
const NAMES: Shape = Shape::List(&Shape::Name, 0);
const SLUGS: Shape = Shape::List(&Shape::Slug, 0);
const SOME_NAMES: Shape = Shape::List(&Shape::Name, 1);
const OPERATIONS: Shape = Shape::List(&Shape::Operation, 0);
const TICK: Shape = Shape::Count(0, MAX_TICKS);

/// The `schema` value of a scenario file.
pub const SCENARIO_SCHEMA: &str = "whoacts/scenario/1";
/// The `schema` value of a policy file.
pub const POLICY_SCHEMA: &str = "whoacts/policy/1";

/// A scenario file.
pub static SCENARIO: Table = table(
    "the scenario",
    "One story: a system, its honest traffic, its adversary, the bounds, and what is expected.",
    &[
        must("schema", Shape::Word(&[SCENARIO_SCHEMA]), "The kind and version of this file."),
        must("title", LINE, "One line that a person recognises the story by."),
        must("source", LINE, "Where the story comes from: a paper, an RFC section, an incident."),
        must("story", Shape::Prose(MAX_PROSE), "The story in prose."),
        must("policy", Shape::Slug, "The name of the policy file, without `.toml`."),
        may("tags", SLUGS, "Suite tags; `default` where none is given."),
        may("properties", NAMES, "The properties that the story asks; all where none is given."),
        may("paired", NAMES, "Properties of pairs of runs that the story asks; none by default."),
        must("identity", Shape::Tables(&IDENTITY), "Accountable entities."),
        may("attester", Shape::Tables(&ATTESTER), "Signers of attestations."),
        may("role", Shape::Tables(&ROLE), "Grants of what the bearer of a role may create."),
        may("context", Shape::Tables(&CONTEXT), "Grants of what an environment may create."),
        may("pool", Shape::Tables(&POOL), "Pools of interchangeable executors."),
        must("resource", Shape::Tables(&RESOURCE), "Resources and their verifiers."),
        must("flow", Shape::Tables(&FLOW), "Honest executions."),
        may("fault", Shape::Tables(&FAULT), "What may go wrong without an adversary."),
        must("adversary", Shape::Table(&ADVERSARY), "The adversary of the story."),
        must("bounds", Shape::Table(&BOUNDS), "The bounds within which a verdict is given."),
        may("oracle", Shape::Table(&ORACLE), "Bounds of the comparison of two engines."),
        may("also", Shape::Tables(&ALSO), "Further adversaries under which the story is run."),
        may("expect", Shape::Tables(&EXPECT), "What is expected, and why."),
    ],
);

/// `[[identity]]`
pub static IDENTITY: Table = table(
    "an identity",
    "An accountable entity: a person, an organisation, an operator.",
    &[
        must("id", Shape::Name, "Unique name."),
        may("kind", LINE, "What kind of entity, for reports; `entity` by default."),
        may("adversary", Shape::Flag, "Controlled by the adversary from the start."),
        may("unlisted", Shape::Flag, "No verifier knows it: nobody lists its name and key."),
    ],
);

/// `[[attester]]`, in both files.
pub static ATTESTER: Table = table(
    "an attester",
    "A signer of attestations, and the domain that it speaks for.",
    &[
        must("id", Shape::Name, "Its name."),
        must("domain", Shape::Name, "The domain for which its word counts."),
    ],
);

/// `[[role]]`
pub static ROLE: Table = table(
    "a role",
    "A named mandate, signed by the identity that anchors it.",
    &[
        must("id", Shape::Name, "Unique name of this grant; pools refer to it."),
        may("name", Shape::Name, "The role's name, which two anchors may share; `id` by default."),
        must("anchor", Shape::Name, "The identity that anchors it."),
        must("domain", Shape::Name, "The domain in which it is granted."),
        must("may_create", OPERATIONS, "What its bearer may create."),
    ],
);

/// `[[context]]`
pub static CONTEXT: Table = table(
    "a context",
    "What workloads of an attested environment may create, signed by its operator.",
    &[
        must("id", Shape::Name, "Unique name of this grant."),
        must("environment", Shape::Name, "The attested environment."),
        must("operator", Shape::Name, "The accountable identity that operates it."),
        must("domain", Shape::Name, "The domain in which it is granted."),
        must("may_create", OPERATIONS, "What a workload there may create."),
    ],
);

/// `[[pool]]`
pub static POOL: Table = table(
    "a pool",
    "Interchangeable executors.",
    &[
        must("id", Shape::Name, "Unique name; its instances are `<id>_01`, `<id>_02`, …."),
        may(
            "kind",
            Shape::Word(&["agent", "microservice", "function", "daemon"]),
            "For the prose only; `microservice` by default.",
        ),
        may("attester", Shape::Name, "Who attests its instances; nobody by default."),
        may("environment", Shape::Name, "The attested environment."),
        may("deployer", Shape::Name, "The identity that deployed it, if it is known."),
        may("roles", NAMES, "Role grants, by `id`, that its instances carry."),
        may(
            "scheme",
            Shape::Word(&["spiffe", "did", "iam", "x509", "opaque"]),
            "How its instances are named; `opaque` by default.",
        ),
        may("replicas", Shape::Count(0, MAX_REPLICAS), "Replicas, if not `bounds.replicas`."),
        may("adversary", Shape::Flag, "Run by the adversary from the start."),
        may("shared_key", Shape::Flag, "All its replicas share one key."),
        may("facts_from", TICK, "The first tick at which its facts are true; 0 by default."),
        may("facts_until", TICK, "The last tick at which its facts are true and attested."),
    ],
);

/// `[[resource]]`
pub static RESOURCE: Table = table(
    "a resource",
    "A resource with its verifiers.",
    &[
        must("id", Shape::Name, "Unique name."),
        must("actions", SOME_NAMES, "The actions that it knows."),
        may("verifiers", Shape::Count(1, MAX_VERIFIERS), "How many serve it; 1 by default."),
    ],
);

/// `[[flow]]`
pub static FLOW: Table = table(
    "a flow",
    "One honest execution: an origin, hops, and the request at its end.",
    &[
        must("id", Shape::Name, "Unique name."),
        must("origin", Shape::NameOr(&ORIGIN), "The identity that starts it, or a table."),
        must("authority", OPERATIONS, "The authority created at the root."),
        may("executions", Shape::Count(1, MAX_EXECUTIONS), "If not `bounds.executions`."),
        may("starts", TICK, "The first tick at which it starts; 0 by default."),
        may("deadline", TICK, "The last tick at which it may have effects."),
        may("max_hops", Shape::Count(0, MAX_HOPS), "Hops that the contract allows, if not these."),
        may("effects", Shape::Count(1, MAX_EFFECTS), "Accepted effects; 1 by default."),
        may("dynamic", Shape::Flag, "The executors choose their requests at run time."),
        may(
            "refused",
            Shape::Flag,
            "The flow exceeds what it may do and must be refused: it is no part of the good end.",
        ),
        may(
            "handed",
            Shape::Table(&HANDED),
            "What the first hand-off narrows; nothing by default.",
        ),
        must("request", Shape::Table(&REQUEST), "The request that the last hop makes."),
        may("hop", Shape::Tables(&HOP), "The hops, in order."),
    ],
);

/// `origin = { … }` of a flow.
pub static ORIGIN: Table = Table {
    name: "an origin",
    doc: "A root that an attested instance creates, by its role or by its context.",
    keys: &[
        may("role", Shape::Name, "The role grant's `id`."),
        may("context", Shape::Name, "The context grant's `id`."),
        must("pool", Shape::Name, "The pool whose instance starts."),
        may("trigger", Shape::Name, "The trigger source, if a trigger is brought."),
    ],
    one_of: &["role", "context"],
};

/// `handed = { … }` of a flow.
pub static HANDED: Table = table(
    "what is handed on",
    "A first hand-off that allows less than its root.",
    &[
        may("deadline", TICK, "The last tick at which it may have effects."),
        may("effects", Shape::Count(1, MAX_EFFECTS), "Accepted effects below it."),
    ],
);

/// `request = { … }` of a flow.
pub static REQUEST: Table = table(
    "a request",
    "What the last hop asks for.",
    &[
        must("action", Shape::Name, "The action."),
        must("resource", Shape::Name, "The resource."),
        may("arguments", Shape::Line(MAX_LINE, true), "The argument, as text; none by default."),
        may("verifier", Shape::Count(1, MAX_VERIFIERS), "Which verifier; 1 by default."),
    ],
);

/// `[[flow.hop]]`
pub static HOP: Table = table(
    "a hop",
    "One hand-off.",
    &[
        must("to", Shape::Name, "The pool that is meant."),
        may("listeners", SOME_NAMES, "Pools that really receive it; `[to]` by default."),
        may("class", Shape::Table(&CLASS), "What the successor must be; anything by default."),
        may("anyone", Shape::Flag, "The sender accepts anybody and means no one in particular."),
        may("authority", OPERATIONS, "The authority handed on; the previous one by default."),
    ],
);

/// `class = { … }` of a hop.
pub static CLASS: Table = table(
    "a class",
    "What a hand-off asks of its successor.",
    &[
        may("role", Shape::Name, "An attested role, by name."),
        may("domain", Shape::Name, "An attested domain."),
        may("environment", Shape::Name, "An attested environment."),
        may("max_age", TICK, "The attestation may be at most so many ticks old."),
        may("key", Shape::Name, "One named instance, `pool/N`, by its bare key."),
    ],
);

/// `[[fault]]`
pub static FAULT: Table = table(
    "a fault",
    "Something that may go wrong by itself.",
    &[
        must("kind", Shape::Word(&["crash", "rekey", "revoke", "restart"]), "What goes wrong."),
        must("target", Shape::Name, "The instance, `pool/N`; for `restart` `resource/N`."),
    ],
);

/// `[adversary]`
pub static ADVERSARY: Table = table(
    "`[adversary]`",
    "Its capabilities, and where each of them applies.",
    &[
        must("capabilities", NAMES, "Capability names."),
        may("observes", NAMES, "`observe`: pools and resources where it reads."),
        may("leaks", NAMES, "`log-leak`: pools and resources whose credentials leak."),
        may("insider", Shape::Name, "`insider`: the pool that it legitimately runs."),
        may("member_of", Shape::Name, "`pool-member`: the pool in which it runs a replica."),
        may("steals", Shape::Name, "`steal-key`: the instance, `pool/N`."),
        may("steals_pool", Shape::Name, "`steal-pool-key`: the pool, which shares one key."),
        may("hijacks", Shape::Name, "`hijack-executor`: the instance, `pool/N`."),
        may("colludes", SOME_NAMES, "`collude`: two instances, `pool/N`, one after the other."),
        may(
            "relays",
            Shape::Name,
            "`relay-attestation`: the instance, `pool/N`, that is vouched for.",
        ),
        may(
            "reuses",
            Shape::Name,
            "`reuse-identifier`: the instance, `pool/N`, whose name it gets.",
        ),
        may("skews", Shape::Name, "`clock-skew`: the resource whose clocks run late, by one tick."),
        may("attester", Shape::Name, "`rogue-attester`: the attester that it runs."),
        may("universe", NAMES, "The capabilities of its frontier: six at most."),
    ],
);

/// `[bounds]`
pub static BOUNDS: Table = table(
    "`[bounds]`",
    "Bounds of an exploration; all are printed with every verdict.",
    &[
        must("replicas", Shape::Count(1, MAX_REPLICAS), "Replicas in each pool."),
        must("hops", Shape::Count(0, MAX_HOPS), "Hand-offs below a root."),
        must("executions", Shape::Count(1, MAX_EXECUTIONS), "Executions of each flow."),
        must("deliveries", Shape::Count(1, MAX_DELIVERIES), "Deliveries to one replica."),
        must("ticks", TICK, "Clock ticks."),
    ],
);

/// `[oracle]`
pub static ORACLE: Table = table(
    "`[oracle]`",
    "Bounds of the comparison with the independent engine; each defaults to the story's own.",
    &[
        may("replicas", Shape::Count(1, MAX_REPLICAS), "Replicas in each pool."),
        may("hops", Shape::Count(0, MAX_HOPS), "Hand-offs below a root."),
        may("executions", Shape::Count(1, MAX_EXECUTIONS), "Executions of each flow."),
        may("deliveries", Shape::Count(1, MAX_DELIVERIES), "Deliveries to one replica."),
        may("ticks", TICK, "Clock ticks."),
        may("depth", Shape::Count(1, MAX_DEPTH), "How deep both search; all by default."),
        may("capabilities", NAMES, "Capabilities, if not the story's own."),
        may("states", Shape::Counts, "Mechanism labels with their pinned numbers of states."),
    ],
);

/// `[[also]]`
pub static ALSO: Table = table(
    "a further adversary",
    "An adversary under which the story is run as well as under its own.",
    &[
        must("adversary", SOME_NAMES, "Capabilities added (`+name`) and taken away (`-name`)."),
        may("on", SOME_NAMES, "Mechanism labels such as `continuity/K4..K6`; all by default."),
    ],
);

/// `[[expect]]`
pub static EXPECT: Table = table(
    "an expectation",
    "A pinned result with its reason; what none mentions is expected to hold, and to be served.",
    &[
        must("on", SOME_NAMES, "Mechanism labels: `bearer`, `dpop/strong`, `continuity/K4..K6`."),
        may("adversary", NAMES, "Capabilities added (`+name`) and taken away (`-name`)."),
        may("violated", NAMES, "Properties that break."),
        may("vacuous", NAMES, "Properties that are never put."),
        may("holds", NAMES, "Properties that hold, said to give a reason."),
        may("served", Shape::Flag, "Whether the good end is reachable."),
        must("because", Shape::Prose(MAX_PROSE), "Why; names a guard."),
    ],
);

/// A policy file.
pub static POLICY: Table = table(
    "the policy",
    "What each kind of root may create, whom to trust, and which guards are required.",
    &[
        must("schema", Shape::Word(&[POLICY_SCHEMA]), "The kind and version of this file."),
        must("title", LINE, "One line about it."),
        must("memory", Shape::Word(&["shared", "local"]), "The scope of memory and ledger."),
        may("triggers", NAMES, "Trigger sources trusted for role and context roots."),
        must("require", Shape::Table(&REQUIRE), "The guards that are required."),
        may("mandate", Shape::Tables(&MANDATE), "What each root may create."),
        may("anchor", Shape::Tables(&ANCHOR), "Who is trusted to anchor which role."),
        may("operator", Shape::Tables(&OPERATOR), "Who is trusted to operate which environment."),
        may("attester", Shape::Tables(&ATTESTER), "Which attester is trusted for which domain."),
        may("resource", Shape::Tables(&OWN), "Resources that also ask a Cedar policy."),
    ],
);

/// `[[resource]]` of a policy.
pub static OWN: Table = table(
    "a resource",
    "A resource that also asks a Cedar policy, with the accountable root as its principal.",
    &[
        must("id", Shape::Name, "The resource."),
        must("cedar", LINE, "The Cedar file, named from where this policy lies."),
        may("entities", LINE, "A file with Cedar entities in JSON: groups, attributes."),
        may("principal", Shape::Name, "The type of principals; `Identity` by default."),
        may("type", Shape::Name, "The type of the resource; `Resource` by default."),
    ],
);

/// `[require]` of a policy.
pub static REQUIRE: Table = table(
    "`[require]`",
    "Guard names, or `all` alone for every guard.",
    &[
        must("resource", NAMES, "Guards that a resource requires."),
        must("hop", NAMES, "Guards that an executor requires before it continues."),
    ],
);

/// `[[mandate]]` of a policy.
pub static MANDATE: Table = Table {
    name: "a mandate",
    doc: "What one root may create.",
    keys: &[
        may("identity", Shape::Name, "The identity's `id`."),
        may("role", Shape::Name, "The role's name."),
        may("context", Shape::Name, "The environment."),
        must("may_create", OPERATIONS, "The operations."),
    ],
    one_of: &["identity", "role", "context"],
};

/// `[[anchor]]` of a policy.
pub static ANCHOR: Table = table(
    "an anchor",
    "Trust in identities that anchor one role name.",
    &[
        must("role", Shape::Name, "The role's name."),
        must("identities", SOME_NAMES, "Trusted identities."),
    ],
);

/// `[[operator]]` of a policy.
pub static OPERATOR: Table = table(
    "an operator",
    "Trust in identities that operate one environment.",
    &[
        must("environment", Shape::Name, "The attested environment."),
        must("identities", SOME_NAMES, "Trusted identities."),
    ],
);
