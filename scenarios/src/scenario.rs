//! What a scenario file says, as plain data. No name here belongs to the trust model.
//!
//! Every value that a person wrote keeps its place in the file, so that an error or a report found
//! much later can still point at it. References between the tables (a hop to a pool, a grant to its
//! anchor) are checked by the parser and stay names here; nobody after the parser needs to check again.

use crate::span::Spanned;

/// One story: a system, its honest traffic, its adversary, the bounds, and what is expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scenario {
    /// `family/story`, derived from the file's place in the library.
    pub id: String,
    /// One line that a person recognises the story by.
    pub title: Spanned<String>,
    /// Where the story comes from: a paper, an RFC section, an incident.
    pub source: Spanned<String>,
    /// The story in prose.
    pub story: Spanned<String>,
    /// Suite tags; `default` is added where none is given.
    pub tags: Vec<Spanned<String>>,
    /// The name of the policy file, without `.toml`.
    pub policy: Spanned<String>,
    /// Accountable entities.
    pub identities: Vec<Identity>,
    /// Grants that say what the bearer of a role may create.
    pub roles: Vec<RoleGrant>,
    /// Grants that say what an attested environment may create.
    pub contexts: Vec<ContextGrant>,
    /// Attesters and the domain that each speaks for.
    pub attesters: Vec<Attester>,
    /// Pools of interchangeable executors.
    pub pools: Vec<Pool>,
    /// Resources and their verifiers.
    pub resources: Vec<Resource>,
    /// Honest executions.
    pub flows: Vec<Flow>,
    /// What may go wrong without an adversary.
    pub faults: Vec<Fault>,
    /// The adversary of the story.
    pub adversary: Adversary,
    /// The bounds within which a verdict is given.
    pub bounds: Bounds,
    /// The (smaller) bounds at which the independent engine is compared with ours.
    pub oracle: Oracle,
    /// The properties that the story asks; empty means all.
    pub properties: Vec<Spanned<String>>,
    /// The properties of pairs of runs that the story asks.
    pub paired: Vec<Spanned<String>>,
    /// Further adversaries under which the story is run.
    pub also: Vec<Also>,
    /// What is expected, and why.
    pub expectations: Vec<Expectation>,
}

impl Scenario {
    /// What the story's further adversaries have more (`+name`) or fewer (`-name`), wherever it is written.
    pub fn changes(&self) -> impl Iterator<Item = &Spanned<String>> {
        self.further().flat_map(|(changes, _)| changes)
    }

    /// The story's further adversaries with the labels of the forms that meet them; no label is every form.
    pub fn further(&self) -> impl Iterator<Item = (&[Spanned<String>], &[Spanned<String>])> {
        let also = self.also.iter().map(|also| (&also.adversary[..], &also.on[..]));
        let rows = self.expectations.iter().filter(|row| !row.adversary.is_empty());
        also.chain(rows.map(|row| (&row.adversary[..], &row.on[..])))
    }
}

/// An accountable entity: a person, an organisation, an operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Unique name.
    pub id: Spanned<String>,
    /// What kind of entity; prose for reports.
    pub kind: String,
    /// Controlled by the adversary from the start.
    pub adversary: bool,
    /// No verifier knows it: nobody lists its name and key.
    pub unlisted: bool,
}

/// `RoleGrant`: a named mandate, signed by the identity that anchors it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleGrant {
    /// Unique name of this grant; pools refer to it.
    pub id: Spanned<String>,
    /// The role's name; two anchors may grant the same name. Defaults to `id`.
    pub name: Spanned<String>,
    /// The identity that anchors it.
    pub anchor: Spanned<String>,
    /// The domain in which it is granted.
    pub domain: Spanned<String>,
    /// What its bearer may create.
    pub may_create: Vec<Operation>,
}

/// `ContextGrant`: what workloads of an environment may create, signed by its operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContextGrant {
    /// Unique name of this grant.
    pub id: Spanned<String>,
    /// The attested environment.
    pub environment: Spanned<String>,
    /// The accountable identity that operates it.
    pub operator: Spanned<String>,
    /// The domain in which it is granted.
    pub domain: Spanned<String>,
    /// What a workload there may create.
    pub may_create: Vec<Operation>,
}

/// A signer of attestations, trusted for one domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attester {
    /// Unique name.
    pub id: Spanned<String>,
    /// The domain it speaks for.
    pub domain: Spanned<String>,
}

/// A pool of interchangeable executors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pool {
    /// Unique name; its instances are `<id>_01`, `<id>_02`, ….
    pub id: Spanned<String>,
    /// `agent`, `microservice`, `function`, `daemon`: changes nothing but the prose.
    pub kind: Spanned<String>,
    /// Who attests its instances; `None` means nobody does.
    pub attester: Option<Spanned<String>>,
    /// The attested environment (a deployment, a cluster, a port).
    pub environment: Option<Spanned<String>>,
    /// The identity that deployed it, if it is known.
    pub deployer: Option<Spanned<String>>,
    /// Role grants (by `id`) that its instances carry.
    pub roles: Vec<Spanned<String>>,
    /// Identifier scheme: `spiffe`, `did`, `iam`, `x509`, `opaque`.
    pub scheme: Spanned<String>,
    /// Number of replicas, where it differs from `bounds.replicas`.
    pub replicas: Option<Spanned<u32>>,
    /// Run by the adversary from the start.
    pub adversary: bool,
    /// All replicas share one key.
    pub shared_key: bool,
    /// The first tick at which the attested facts are true (`None`: the first). They are attested beforehand.
    pub facts_from: Option<Spanned<u32>>,
    /// The last tick at which the attested facts are true and attested (`None`: for ever).
    pub facts_until: Option<Spanned<u32>>,
}

/// A resource with its verifiers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// Unique name.
    pub id: Spanned<String>,
    /// The actions that it knows.
    pub actions: Vec<Spanned<String>>,
    /// How many verifiers serve it (they have different audiences); at least one.
    pub verifiers: Spanned<u32>,
}

/// One (action, resource) pair, written `"action resource"`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// The action.
    pub action: String,
    /// The resource.
    pub resource: String,
    /// Where it was written.
    pub span: crate::span::Span,
}

/// One honest execution: an origin, hops, and the request at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flow {
    /// Unique name.
    pub id: Spanned<String>,
    /// Who starts it.
    pub origin: Origin,
    /// The authority created at the root.
    pub authority: Vec<Operation>,
    /// How many concurrent executions of it run, where that differs from `bounds.executions`.
    pub executions: Option<Spanned<u32>>,
    /// The first tick at which it starts (`None`: the first).
    pub starts: Option<Spanned<u32>>,
    /// The last tick at which it may have effects (`None`: no deadline).
    pub deadline: Option<Spanned<u32>>,
    /// How many hops the contract allows, where that differs from the number of hops below.
    pub max_hops: Option<Spanned<u32>>,
    /// How many accepted effects may hang below the root; 1 by default.
    pub effects: Spanned<u32>,
    /// Where the first hand-off allows less than the root.
    pub handed: Handed,
    /// The executors choose their requests at run time, so the origin cannot name them beforehand.
    pub dynamic: bool,
    /// The flow exceeds what it may do and must be refused: it is no part of the good end.
    pub refused: bool,
    /// The hops, in order; empty where the origin itself makes the request.
    pub hops: Vec<Hop>,
    /// The request that the last hop makes.
    pub request: Request,
}

/// What the first hand-off of a flow narrows. All `None` narrows nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Handed {
    /// The last tick at which it may have effects.
    pub deadline: Option<Spanned<u32>>,
    /// How many accepted effects may hang below it.
    pub effects: Option<Spanned<u32>>,
}

/// Who creates the authority of an execution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// `origin = "alice"`: signed with that identity's key.
    Identity(Spanned<String>),
    /// `origin = { role = "monitor", pool = "agent", trigger = "scanner" }`: an attested instance with a role.
    Role {
        /// The role grant's `id`.
        role: Spanned<String>,
        /// The pool whose instance starts.
        pool: Spanned<String>,
        /// The trigger source, if a trigger is brought.
        trigger: Option<Spanned<String>>,
    },
    /// `origin = { context = "soc", pool = "agent", trigger = "scanner" }`: an instance of an attested context.
    Context {
        /// The context grant's `id`.
        context: Spanned<String>,
        /// The pool whose instance starts.
        pool: Spanned<String>,
        /// The trigger source, if a trigger is brought.
        trigger: Option<Spanned<String>>,
    },
}

/// One hand-off of a flow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hop {
    /// The pool that is meant.
    pub to: Spanned<String>,
    /// Pools that really receive what is sent there; `[to]` by default.
    pub listeners: Vec<Spanned<String>>,
    /// What the successor must be.
    pub class: Class,
    /// The sender accepts anybody: it asked for no facts and means no one in particular.
    pub anyone: bool,
    /// The authority handed on; the previous one by default.
    pub authority: Option<Vec<Operation>>,
    /// Where this hop stands in the file.
    pub span: crate::span::Span,
}

/// What a hand-off asks of its successor. All `None` asks for nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Class {
    /// An attested role, by *name*.
    pub role: Option<Spanned<String>>,
    /// An attested domain.
    pub domain: Option<Spanned<String>>,
    /// An attested environment.
    pub environment: Option<Spanned<String>>,
    /// The attestation may be at most so many ticks old.
    pub max_age: Option<Spanned<u32>>,
    /// One named instance, `pool/N`, by its bare key.
    pub key: Option<Spanned<String>>,
}

/// The request at the end of a flow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// What is asked for.
    pub operation: Operation,
    /// The argument, as text.
    pub arguments: Spanned<String>,
    /// Which verifier of the resource is addressed, from 1.
    pub verifier: Spanned<u32>,
}

/// Something that may go wrong by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// `crash`, `rekey`, `revoke`, `restart`.
    pub kind: Spanned<String>,
    /// The instance, `pool/N` with N from 1; of a restart the verifier, `resource/N`.
    pub target: Spanned<String>,
}

/// The adversary: its capabilities, and where each of them applies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adversary {
    /// Capability names.
    pub capabilities: Vec<Spanned<String>>,
    /// `observe`: pools and resources whose inbound TLS terminates where the adversary reads.
    pub observes: Vec<Spanned<String>>,
    /// `log-leak`: pools and resources whose stored credentials leak.
    pub leaks: Vec<Spanned<String>>,
    /// `insider`: the pool that the adversary legitimately runs.
    pub insider: Option<Spanned<String>>,
    /// `pool-member`: the pool in which the adversary runs one more replica.
    pub member_of: Option<Spanned<String>>,
    /// `steal-key`: the instance (`pool/N`) whose key is stolen.
    pub steals: Option<Spanned<String>>,
    /// `steal-pool-key`: the pool whose one key is stolen.
    pub steals_pool: Option<Spanned<String>>,
    /// `hijack-executor`: the instance (`pool/N`) that turns malicious.
    pub hijacks: Option<Spanned<String>>,
    /// `collude`: the two consecutive instances (`pool/N`) that turn malicious.
    pub colludes: Vec<Spanned<String>>,
    /// `relay-attestation`: the instance (`pool/N`) as which the adversary's key is attested.
    pub relays: Option<Spanned<String>>,
    /// `reuse-identifier`: the instance (`pool/N`) whose name the adversary gets once it is dead.
    pub reuses: Option<Spanned<String>>,
    /// `clock-skew`: the resource whose verifiers' clocks run late.
    pub skews: Option<Spanned<String>>,
    /// `rogue-attester`: the attester that the adversary runs.
    pub attester: Option<Spanned<String>>,
    /// The capabilities whose every subset is tried for the story's frontier: at most six. Where there are none, all that the
    /// story names anywhere.
    pub universe: Vec<Spanned<String>>,
}

/// Bounds of an exploration. All are printed with every verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounds {
    /// Replicas in each pool.
    pub replicas: Spanned<u32>,
    /// Hand-offs below a root, the adversary's included.
    pub hops: Spanned<u32>,
    /// Concurrent executions of each flow.
    pub executions: Spanned<u32>,
    /// Deliveries of one message to one replica (each gives a request of its own).
    pub deliveries: Spanned<u32>,
    /// Clock ticks.
    pub ticks: Spanned<u32>,
}

/// Bounds of the comparison with the independent engine, reductions off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Oracle {
    /// Bounds, each defaulting to the story's own.
    pub bounds: Bounds,
    /// Capabilities, defaulting to the story's own.
    pub capabilities: Vec<Spanned<String>>,
    /// The depth down to which both engines search (`None`: all).
    pub depth: Option<Spanned<u32>>,
    /// Pinned unreduced counts: mechanism label → unique states.
    pub states: Vec<(Spanned<String>, Spanned<u64>)>,
}

/// A further adversary: the story is run under it as well as under its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Also {
    /// Additional (`+name`) or removed (`-name`) capabilities.
    pub adversary: Vec<Spanned<String>>,
    /// Labels of the forms that meet it; empty for every form.
    pub on: Vec<Spanned<String>>,
    /// Where it starts.
    pub span: crate::span::Span,
}

/// A pinned result with its reason. Several may apply to one run; each property is said at most once.
/// What no expectation mentions is expected to hold, exhausted and served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expectation {
    /// Mechanism labels: `bearer`, `dpop/strong`, `continuity/K4`, `continuity/K4..K6`.
    pub on: Vec<Spanned<String>>,
    /// Additional (`+name`) or removed (`-name`) capabilities; empty for the story's own adversary.
    pub adversary: Vec<Spanned<String>>,
    /// Properties that break.
    pub violated: Vec<Spanned<String>>,
    /// Properties that were never put, with the unreachable antecedent in `because`.
    pub vacuous: Vec<Spanned<String>>,
    /// Properties that hold (said to give a reason; it is the default).
    pub holds: Vec<Spanned<String>>,
    /// Whether the good end is reachable.
    pub served: Option<Spanned<bool>>,
    /// Why; names a guard.
    pub because: Spanned<String>,
    /// Where the row starts.
    pub span: crate::span::Span,
}

/// A policy: a file of its own, `policies/<name>.toml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Its name.
    pub name: String,
    /// One line about it.
    pub title: Spanned<String>,
    /// What each kind of root may create.
    pub mandates: Vec<Mandate>,
    /// Which identities are trusted to anchor which role name.
    pub anchors: Vec<Anchor>,
    /// Which identities are trusted to operate which environment.
    pub operators: Vec<Operator>,
    /// Which attester is trusted for which domain.
    pub attesters: Vec<Trusted>,
    /// Trigger sources trusted for role and context roots.
    pub triggers: Vec<Spanned<String>>,
    /// Guards that a resource requires (guard names; `"all"` alone means every guard).
    pub resource: Vec<Spanned<String>>,
    /// Guards that an executor requires before it continues.
    pub hop: Vec<Spanned<String>>,
    /// Whether memory and ledger are `shared` or `local` to each verifier.
    pub memory: Spanned<String>,
    /// Resources that also ask a Cedar policy of their own.
    pub resources: Vec<crate::cedar::ResourcePolicy>,
}

/// What one root may create.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mandate {
    /// `identity`, `role` or `context`.
    pub kind: MandateKind,
    /// The identity's `id`, the role's *name* or the environment.
    pub root: Spanned<String>,
    /// The operations.
    pub may_create: Vec<Operation>,
    /// Where the mandate starts.
    pub span: crate::span::Span,
}

/// The three kinds of root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MandateKind {
    /// An identity.
    Identity,
    /// A role.
    Role,
    /// An attested context.
    Context,
}

/// Trust in an anchor for one role name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    /// The role's name.
    pub role: Spanned<String>,
    /// Trusted identities.
    pub identities: Vec<Spanned<String>>,
}

/// Trust in the operators of one environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operator {
    /// The environment.
    pub environment: Spanned<String>,
    /// Trusted identities.
    pub identities: Vec<Spanned<String>>,
}

/// Trust in an attester for one domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trusted {
    /// The attester.
    pub attester: Spanned<String>,
    /// The domain for which its word counts.
    pub domain: Spanned<String>,
}
