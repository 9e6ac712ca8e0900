//! One small world for all tests of the model: Alice starts an execution, an agent hands it to a relay, the relay asks the
//! database to read a row. A [`Plan`] says everything that is signed, so that a test can change one thing and keep the rest.
#![allow(dead_code, reason = "each test file uses its own part")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use whoacts_model::attestation::{Attestation, Attested, AttesterId, ContextGrant, Tick};
use whoacts_model::authority::{Authority, Operation};
use whoacts_model::contract::{Contract, Envelope, Facts, Requirement};
use whoacts_model::crypto::{Crypto, Digest, Ed25519, PublicKey, Signed, Symbolic};
use whoacts_model::decide;
use whoacts_model::evidence::{Evidence, Live};
use whoacts_model::execution::{
    Anchored, Chain, Continuation, HandOff, Link, Offer, Origin, Rekey, Request, Root, TaskId,
    Trigger,
};
use whoacts_model::guard::GuardSet;
use whoacts_model::identifier::{Identifier, Scheme};
use whoacts_model::mechanism::continuity::Continuity;
use whoacts_model::mechanism::{Desk, Mechanism, Party};
use whoacts_model::name::{
    Action, Arguments, Domain, Environment, IdentityId, InstanceName, Nonce, ResourceId, RoleName,
    ServiceId, TriggerSource, VerifierId,
};
use whoacts_model::policy::{Mandates, Trust};
use whoacts_model::presentation::{Credential, Presentation, Proof};
use whoacts_model::role::{RoleClaim, RoleGrant};
use whoacts_model::wire::Object;
use whoacts_model::{Denial, Guard};

/// The time of every decision, unless a test says otherwise.
pub(crate) const NOW: Tick = 5;

/// A provider, and what its messages go through on their way to a verifier.
pub(crate) trait Provider: Crypto {
    fn sent(p: Presentation<Self>) -> Presentation<Self>;
}
impl Provider for Symbolic {
    fn sent(p: Presentation<Self>) -> Presentation<Self> {
        p
    }
}
impl Provider for Ed25519 {
    fn sent(p: Presentation<Self>) -> Presentation<Self> {
        Presentation::from_bytes(&p.to_bytes()).expect("what was encoded decodes")
    }
}

// ---- parties ----

/// Who has this key and shows nothing of itself. Seeds are digests of names, so every run has the same keys.
pub(crate) fn party<C: Crypto>(name: &str) -> Party<C> {
    let key = C::key(Digest::of(name.as_bytes()).as_bytes());
    Party { public: C::public(&key), key, attested: None, previous: None }
}
pub(crate) fn public(name: &str) -> PublicKey {
    party::<Symbolic>(name).public
}

/// `role` as Acme grants it.
pub(crate) fn claim(role: &str) -> RoleClaim {
    claim_of(role, "acme")
}
pub(crate) fn claim_of(role: &str, anchor: &str) -> RoleClaim {
    RoleClaim { role: RoleName::new(role), anchor: IdentityId::new(anchor) }
}

/// What the production attester says of the instance `name`, whose key has the same name.
pub(crate) fn statement(name: &str, roles: &[&str]) -> Attestation {
    Attestation {
        attester: AttesterId::new("attester"),
        subject: Identifier {
            scheme: Scheme::Spiffe,
            name: InstanceName::new(name),
            incarnation: 1,
        },
        key: public(name),
        roles: roles.iter().map(|role| claim(role)).collect(),
        environment: Some(Environment::new("cluster")),
        deployer: Some(IdentityId::new("ops")),
        domain: Domain::new("prod"),
        not_before: 0,
        not_after: 100,
    }
}

/// The grant of `claim` in `domain`, signed by the key `signer`.
pub(crate) fn grant<C: Crypto>(
    claim: &RoleClaim,
    domain: &Domain,
    may_create: Authority,
    signer: &str,
) -> Arc<Signed<RoleGrant, C>> {
    let grant = RoleGrant {
        role: claim.role.clone(),
        anchor: claim.anchor.clone(),
        may_create,
        domain: domain.clone(),
    };
    Arc::new(Signed::new(grant, &party::<C>(signer).key))
}

/// A statement signed by its attester, with a true grant for each role that it states.
pub(crate) fn attested<C: Crypto>(statement: Attestation) -> Arc<Attested<C>> {
    let signer = statement.attester.as_str().to_owned();
    attested_by(statement, &signer)
}
pub(crate) fn attested_by<C: Crypto>(statement: Attestation, signer: &str) -> Arc<Attested<C>> {
    let granted = |claim: &RoleClaim| {
        grant(claim, &statement.domain, can(&["read", "write"]), claim.anchor.as_str())
    };
    let grants = statement.roles.iter().map(granted).collect();
    Arc::new(Attested { statement: Signed::new(statement, &party::<C>(signer).key), grants })
}

/// An attested instance.
pub(crate) fn instance<C: Crypto>(name: &str, roles: &[&str]) -> Party<C> {
    showing(name, statement(name, roles))
}
/// The holder of the key `name`, who shows this statement.
pub(crate) fn showing<C: Crypto>(name: &str, statement: Attestation) -> Party<C> {
    Party { attested: Some(attested(statement)), ..party(name) }
}

// ---- authority and contracts ----

pub(crate) fn operation(action: &str) -> Operation {
    Operation { action: Action::new(action), resource: ResourceId::new("db") }
}
pub(crate) fn can(actions: &[&str]) -> Authority {
    Authority::to(actions.iter().map(|action| operation(action)))
}

/// Attested in that role, in production.
pub(crate) fn role(name: &str) -> Requirement {
    facts(name, |_| {})
}
pub(crate) fn facts(role: &str, more: impl FnOnce(&mut Facts)) -> Requirement {
    let mut facts = Facts {
        role: Some(RoleName::new(role)),
        domain: Some(Domain::new("prod")),
        ..Facts::default()
    };
    more(&mut facts);
    Requirement::Facts(facts)
}

pub(crate) fn below(rest: &[Requirement], not_after: Tick, hops: u32, effects: u32) -> Envelope {
    Envelope { rest: rest.iter().cloned().collect(), not_after, hops, effects }
}

// ---- whom verifiers believe, and what they see ----

pub(crate) fn trust() -> Trust {
    let registry = ["alice", "acme", "ops", "other"];
    let anchors = |role: &str| (RoleName::new(role), BTreeSet::from([IdentityId::new("acme")]));
    let attester = |name: &str, domain: &str| {
        (AttesterId::new(name), (public(name), BTreeSet::from([Domain::new(domain)])))
    };
    Trust {
        identities: registry.iter().map(|id| (IdentityId::new(id), public(id))).collect(),
        attesters: BTreeMap::from([attester("attester", "prod"), attester("elsewhere", "far")]),
        anchors: BTreeMap::from([anchors("agent"), anchors("relay"), anchors("starter")]),
        operators: BTreeMap::from([(
            Environment::new("cluster"),
            BTreeSet::from([IdentityId::new("ops")]),
        )]),
        triggers: BTreeMap::from([(TriggerSource::new("cron"), public("cron"))]),
        issuer: public("issuer"),
        settlement: public("settlement"),
        mandates: Mandates {
            identities: BTreeMap::from([
                (IdentityId::new("alice"), can(&["read", "write"])),
                (IdentityId::new("acme"), can(&["read", "write"])),
            ]),
            roles: BTreeMap::from([(RoleName::new("starter"), can(&["read", "write", "drop"]))]),
            contexts: BTreeMap::from([(
                Environment::new("cluster"),
                can(&["read", "write", "drop"]),
            )]),
        },
        services: ["agent-1", "agent-2", "relay-1", "relay-2"]
            .iter()
            .map(|name| (public(name), ServiceId::new(&name[..5])))
            .collect(),
        standing: BTreeMap::from([
            (ServiceId::new("agent"), can(&["read"])),
            (ServiceId::new("relay"), can(&["read"])),
        ]),
    }
}

pub(crate) fn desk<C: Crypto>() -> Desk<C> {
    let key = |name| party::<C>(name).key;
    Desk { issuer: key("issuer"), settlement: key("settlement"), trust: trust() }
}

pub(crate) fn verifier() -> VerifierId {
    VerifierId::new("db#1")
}

/// A verifier's memory and eyes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Mock {
    pub(crate) now: Tick,
    pub(crate) retired: BTreeSet<PublicKey>,
    pub(crate) revoked: BTreeSet<PublicKey>,
    pub(crate) used: BTreeSet<Digest>,
    pub(crate) effects: BTreeMap<Digest, u32>,
    /// The root that each trigger justified.
    pub(crate) triggered: BTreeMap<Digest, Digest>,
}

impl Mock {
    pub(crate) fn at(now: Tick) -> Self {
        Self { now, ..Self::default() }
    }
}

impl Live for Mock {
    fn now(&self) -> Tick {
        self.now
    }
    fn retired(&self, key: &PublicKey) -> bool {
        self.retired.contains(key)
    }
    fn revoked(&self, key: &PublicKey) -> bool {
        self.revoked.contains(key)
    }
    fn used(&self, request: &Digest) -> bool {
        self.used.contains(request)
    }
    fn effects_below(&self, record: &Digest) -> u32 {
        self.effects.get(record).copied().unwrap_or(0)
    }
    fn triggered_other(&self, trigger: &Digest, root: &Digest) -> bool {
        self.triggered.get(trigger).is_some_and(|used_for| used_for != root)
    }
}

// ---- a plan ----

/// A request before its task is known: action and arguments.
pub(crate) type Wish = (&'static str, &'static str);

/// One hand-off and its continuation.
#[derive(Clone)]
pub(crate) struct Hop<C: Crypto> {
    /// Signs the hand-off, and shows its attestation.
    pub(crate) from: Party<C>,
    pub(crate) authority: Authority,
    pub(crate) contract: Contract,
    pub(crate) task: u32,
    pub(crate) intents: Option<Vec<Wish>>,
    /// Instead of the true predecessor.
    pub(crate) predecessor: Option<Digest>,
    /// Shown instead of what the record names.
    pub(crate) by: Option<Arc<Attested<C>>>,
    /// Answers it.
    pub(crate) to: Party<C>,
    /// Instead of the true hand-off.
    pub(crate) hand_off: Option<Digest>,
    /// New keys, each signed for by the one before; the flag says who signs instead.
    pub(crate) rekeys: Vec<(Party<C>, Option<Party<C>>)>,
}

/// Everything that is signed, shown and believed in one presentation.
#[derive(Clone)]
pub(crate) struct Plan<C: Crypto> {
    pub(crate) origin: Origin,
    /// Signs the root.
    pub(crate) starter: Party<C>,
    pub(crate) authority: Authority,
    pub(crate) envelope: Envelope,
    /// The grant of a context root, and who signs it.
    pub(crate) context: Option<(ContextGrant, &'static str)>,
    /// The trigger, and who signs it.
    pub(crate) trigger: Option<(Trigger, &'static str)>,
    pub(crate) hops: Vec<Hop<C>>,
    pub(crate) request: Wish,
    pub(crate) presenter: Party<C>,
    /// What the proof names.
    pub(crate) audience: VerifierId,
    pub(crate) trust: Trust,
    pub(crate) live: Mock,
    /// Changes the finished message, or what the verifier has seen of it.
    pub(crate) after: Option<fn(&mut Presentation<C>, &mut Mock)>,
}

/// Makes a plan.
pub(crate) type Make<C> = fn() -> Plan<C>;

pub(crate) fn request(root: Digest, (action, arguments): Wish, task: u32) -> Request {
    Request {
        operation: operation(action),
        arguments: Arguments::new(arguments),
        task: TaskId::of(&root, task),
    }
}

/// Alice → agent → relay: every guard of K6 holds.
pub(crate) fn two_hops<C: Crypto>() -> Plan<C> {
    let (alice, agent, relay) =
        (party("alice"), instance("agent-1", &["agent"]), instance("relay-1", &["relay"]));
    let all = [role("agent"), role("relay"), Requirement::Key(public("carol"))];
    Plan {
        origin: Origin::Identity(IdentityId::new("alice")),
        starter: alice.clone(),
        authority: can(&["read", "write"]),
        envelope: below(&all, 30, 2, 3),
        context: None,
        trigger: None,
        hops: vec![
            hop(
                alice,
                agent.clone(),
                role("agent"),
                &["read", "write"],
                below(&all[1..], 20, 1, 2),
            ),
            hop(agent, relay.clone(), role("relay"), &["read"], below(&[], 10, 0, 1)),
        ],
        request: ("read", "row 42"),
        presenter: relay,
        audience: verifier(),
        trust: trust(),
        live: Mock::at(NOW),
        after: None,
    }
}

pub(crate) fn hop<C: Crypto>(
    from: Party<C>,
    to: Party<C>,
    next: Requirement,
    actions: &[&str],
    below: Envelope,
) -> Hop<C> {
    Hop {
        from,
        authority: can(actions),
        contract: Contract { next, below },
        task: 0,
        intents: Some(vec![("read", "row 42")]),
        predecessor: None,
        by: None,
        to,
        hand_off: None,
        rekeys: Vec::new(),
    }
}

/// The same below a root that an attested instance starts in a role of Acme, on a trigger.
pub(crate) fn role_root<C: Crypto>() -> Plan<C> {
    let starter = instance::<C>("starter-1", &["starter"]);
    let mut plan = self_started(starter);
    plan.origin = Origin::Role(claim("starter"));
    plan
}

/// The same below a root that an attested instance starts in an environment of Ops, on a trigger.
pub(crate) fn context_root<C: Crypto>() -> Plan<C> {
    let mut plan = self_started(instance::<C>("starter-1", &[]));
    let (environment, operator) = (Environment::new("cluster"), IdentityId::new("ops"));
    let grant = ContextGrant {
        environment: environment.clone(),
        operator: operator.clone(),
        may_create: can(&["read", "write"]),
        domain: Domain::new("prod"),
    };
    plan.origin = Origin::Context { environment, operator };
    plan.context = Some((grant, "ops"));
    plan
}

fn self_started<C: Crypto>(starter: Party<C>) -> Plan<C> {
    let mut plan = two_hops();
    plan.hops[0].from = starter.clone();
    plan.starter = starter;
    let trigger = Trigger {
        source: TriggerSource::new("cron"),
        authority: plan.authority.digest(),
        serial: 1,
    };
    plan.trigger = Some((trigger, "cron"));
    plan
}

/// The agent hands over to one key, of whom nothing else is asked.
pub(crate) fn bare_key<C: Crypto>() -> Plan<C> {
    let mut plan = two_hops();
    plan.hops[1].contract.next = Requirement::Key(public("carol"));
    plan.hops[1].to = party("carol");
    plan.presenter = party("carol");
    plan
}

/// The same, and that key was replaced twice.
pub(crate) fn rekeyed<C: Crypto>() -> Plan<C> {
    let mut plan = bare_key();
    plan.hops[1].rekeys = vec![(party("carol-2"), None), (party("carol-3"), None)];
    plan.presenter = party("carol-3");
    plan
}

/// The relay was attested anew, for a new key, after it took its step.
pub(crate) fn attested_anew<C: Crypto>() -> Plan<C> {
    let mut plan = two_hops();
    plan.presenter = showing("relay-1-new", anew(|_| {}));
    plan
}
/// A second statement about `relay-1`, for the key `relay-1-new`.
pub(crate) fn anew(change: impl FnOnce(&mut Attestation)) -> Attestation {
    let mut statement =
        Attestation { key: public("relay-1-new"), ..statement("relay-1", &["relay"]) };
    change(&mut statement);
    statement
}

/// The contract asks for nothing, and the executor shows nothing: the article's `unknown`.
pub(crate) fn anonymous<C: Crypto>() -> Plan<C> {
    let mut plan = two_hops();
    plan.envelope.rest.insert(Requirement::anyone());
    plan.hops[0].contract.below.rest.insert(Requirement::anyone());
    plan.hops[1].contract.next = Requirement::anyone();
    plan.hops[1].to = party("unknown");
    plan.presenter = party("unknown");
    plan
}

/// The contract asks for an attestation that is at most so many ticks old.
pub(crate) fn max_age<C: Crypto>(age: Tick) -> Plan<C> {
    let mut plan = two_hops();
    plan.hops[1].contract.next = facts("relay", |facts| facts.max_age = Some(age));
    plan
}

/// The root is the current step: nobody is handed anything.
pub(crate) fn direct<C: Crypto>(mut plan: Plan<C>) -> Plan<C> {
    plan.hops.clear();
    plan.presenter = plan.starter.clone();
    plan
}

impl<C: Crypto> Plan<C> {
    fn anchored(&self) -> Anchored<C> {
        let signed = |(trigger, by): &(Trigger, &'static str)| {
            Arc::new(Signed::<_, C>::new(trigger.clone(), &party::<C>(by).key))
        };
        let trigger = self.trigger.as_ref().map(signed);
        let root = Root {
            execution: 1,
            origin: self.origin.clone(),
            key: self.starter.public,
            authority: self.authority.clone(),
            envelope: self.envelope.clone(),
            trigger: trigger.as_ref().map(|trigger| trigger.digest()),
        };
        let context = self
            .context
            .as_ref()
            .map(|(grant, by)| Arc::new(Signed::<_, C>::new(grant.clone(), &party::<C>(by).key)));
        let root = Signed::new(root, &self.starter.key);
        Anchored { root, attested: self.starter.attested.clone(), context, trigger }
    }

    /// The path, as planned.
    pub(crate) fn chain(&self) -> Chain<C> {
        let root = Arc::new(self.anchored());
        let start = Chain { root, links: Vec::new() };
        self.hops.iter().fold(start, |chain, hop| chain.extended(Arc::new(hop.link(&chain))))
    }

    /// The message, as planned.
    pub(crate) fn presentation(&self) -> Presentation<C> {
        let chain = self.chain();
        let request = request(chain.root.root.digest(), self.request, 0);
        let proof = Proof {
            tip: chain.tip(),
            nonce: Nonce::new("n1"),
            operation: None,
            request: Some(request.digest()),
            audience: Some(self.audience.clone()),
            key: self.presenter.public,
            attestation: self.presenter.attestation(),
        };
        Presentation {
            credential: Credential::Chain(chain),
            request: Arc::new(request),
            connection: Nonce::new("n1"),
            proof: Some(Arc::new(Signed::new(proof, &self.presenter.key))),
            attested: self.presenter.attested.clone(),
            receipt: None,
        }
    }
}

impl<C: Provider> Plan<C> {
    /// What the message proves to a K6 verifier, and what that verifier sees.
    pub(crate) fn evidence(&self) -> (Evidence, Mock) {
        let (mut p, mut live) = (self.presentation(), self.live.clone());
        if let Some(after) = self.after {
            after(&mut p, &mut live);
        }
        let mechanism: &dyn Mechanism<C> = &Continuity { profile: 6 };
        (mechanism.evidence(&C::sent(p), &verifier(), &self.trust), live)
    }
    /// The decision of a verifier that requires these guards.
    pub(crate) fn judge(&self, required: GuardSet) -> Result<(), Denial> {
        let (evidence, live) = self.evidence();
        decide(&evidence, required, &live).map(|_| ())
    }
}

impl<C: Crypto> Hop<C> {
    fn link(&self, chain: &Chain<C>) -> Link<C> {
        let root = chain.root.root.digest();
        let wished =
            |wishes: &Vec<Wish>| wishes.iter().map(|w| request(root, *w, 0).digest()).collect();
        let record = HandOff {
            predecessor: self.predecessor.unwrap_or(chain.tip()),
            authority: self.authority.clone(),
            contract: self.contract.clone(),
            task: TaskId::of(&root, self.task),
            intents: self.intents.as_ref().map(wished),
            signer: self.from.public,
            attestation: self.from.attestation(),
        };
        let record = Signed::new(record, &self.from.key);
        let by = self.by.clone().or_else(|| self.from.attested.clone());
        let step = Continuation {
            hand_off: self.hand_off.unwrap_or(record.digest()),
            key: self.to.public,
            attestation: self.to.attestation(),
        };
        let step = Signed::new(step, &self.to.key);
        let rekeys = self.signed_rekeys(step.digest());
        let offer = Arc::new(Offer { record, by });
        Link { offer, step, attested: self.to.attested.clone(), rekeys }
    }

    fn signed_rekeys(&self, step: Digest) -> Vec<Signed<Rekey, C>> {
        let mut old = self.to.clone();
        let mut signed = Vec::new();
        for (new, instead) in &self.rekeys {
            let rekey = Rekey { step, old: old.public, new: new.public };
            signed.push(Signed::new(rekey, &instead.as_ref().unwrap_or(&old).key));
            old = new.clone();
        }
        signed
    }
}

/// Every guard.
pub(crate) const K6: GuardSet = GuardSet::ALL;

/// Just one guard.
pub(crate) fn only(guard: Guard) -> GuardSet {
    GuardSet::of(&[guard])
}
