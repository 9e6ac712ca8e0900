//! The acceptance record, the same for every mechanism: what a verifier would accept, beside what really happened.
//! Properties read only this.

mod columns;
pub(crate) mod hands;

use super::ghost::{Cause, Declared, Meant, Mint, Passage, Who};
use super::setting::{Fault, Flow, Setting, Starter};
use super::universe::{PresentationInfo, Universe};
use columns::Columns;
pub use columns::{Relied, bound_key};
pub(super) use columns::{relied_on, root_key};
use std::sync::Arc;
use whoacts_model::attestation::Tick;
use whoacts_model::authority::{Authority, Operation};
use whoacts_model::crypto::{Crypto, Digest, PublicKey};
use whoacts_model::evidence::{Actor, Evidence};
use whoacts_model::execution::Origin;
use whoacts_model::identity::IdentityId;
use whoacts_model::name::{Arguments, ResourceId};
use whoacts_model::presentation::{Credential, Presentation};

/// One presentation as one verifier would accept it, with its ground truth.
#[derive(Debug, Clone, PartialEq)]
pub struct Acceptance {
    /// The verifier that accepts, and the one that the presenter meant.
    pub verifier: usize,
    /// The one that the presenter meant.
    pub meant_for: usize,
    /// What is executed.
    pub effect: Operation,
    /// With what.
    pub arguments: Arguments,
    /// Who really presents.
    pub by: Who,
    /// Who really made the proof; `None` where nothing is signed.
    pub proof_by: Option<Who>,
    /// The key that signed the proof.
    pub proof_key: Option<PublicKey>,
    /// Who really sent what the acceptance rests on: the presenter, or the honest sender of what was recorded.
    pub sender: Who,
    /// The request is not the one that its sender sent.
    pub altered: bool,
    /// The adversary delivers it once more, as it was sent.
    pub recorded: bool,
    /// The real cause.
    pub cause: Cause,
    /// The authority of the true root.
    pub true_authority: Authority,
    /// Who created the authority that justifies the effect.
    pub mint: Mint,
    /// The party that started the execution that justifies the effect, if one did.
    pub origin: Option<Who>,
    /// The key to which the root is bound.
    pub root_key: Option<PublicKey>,
    /// The delegations on the path.
    pub path: Vec<Passage>,
    /// The authority that each record on the path carries, the root's first.
    pub carried: Vec<Authority>,
    /// Whether the root really leads to its anchor and stays within that anchor's mandate.
    pub anchored: bool,
    /// Who is accountable: as reconstructed, and really.
    pub anchor: (Option<IdentityId>, Option<IdentityId>),
    /// The trigger of its root, where a source really fired it.
    pub trigger: Option<Digest>,
    /// The instance that acts, as reconstructed: `None` unattributed, `Some(None)` somebody unknown.
    pub actor: Option<Option<usize>>,
    /// The actor is named as a service, which is true of any of its replicas.
    pub of_service: bool,
    /// The attested facts that were relied on, whatever carried them.
    pub facts: Vec<Relied>,
    /// Every key on the path, the presenter's included.
    pub keys: Vec<PublicKey>,
    /// What the story meant for the execution that justifies the effect: deadline, hops, effects.
    pub meant: Option<(Tick, u32, u32)>,
    /// What honest parties declared of the records above the effect, and how many effects each.
    pub declared: Vec<(Declared, u32)>,
    /// What does not differ from acceptance to acceptance.
    pub shared: Shared,
}

impl Acceptance {
    /// The pool of an instance.
    pub fn pool(&self, instance: usize) -> usize {
        self.shared.pools[instance]
    }
    /// Whether the adversary runs an instance from the start.
    pub fn is_run(&self, instance: usize) -> bool {
        self.shared.run[instance]
    }
    /// Whether a pool serves tasks of others.
    pub fn is_intermediate(&self, pool: usize) -> bool {
        self.shared.intermediates.contains(&pool)
    }
    /// The instance that owns a key.
    pub fn owner(&self, key: &PublicKey) -> Option<usize> {
        self.shared.owners.iter().find(|(owned, _)| owned == key).map(|(_, instance)| *instance)
    }
    /// The key of an instance.
    pub fn key_of(&self, instance: usize) -> Option<PublicKey> {
        self.shared.owners.iter().find(|(_, owner)| *owner == instance).map(|(key, _)| *key)
    }
    /// Whether several instances have this key.
    pub fn is_shared(&self, key: &PublicKey) -> bool {
        self.shared.owners.iter().filter(|(owned, _)| owned == key).nth(1).is_some()
    }
    /// Whether two instances are one incarnation, under one key or another.
    pub fn same_life(&self, one: usize, other: usize) -> bool {
        self.shared.lives[one] == self.shared.lives[other]
    }
    /// Whether somebody honest really asked for exactly this, here.
    pub fn honestly_asked(&self) -> bool {
        !self.by.hostile()
    }
    /// The honest execution that the effect counts for in what verifiers and the checker remember.
    pub fn remembered(&self) -> Option<usize> {
        match (self.mint, &self.cause) {
            (Mint::Standing, Cause::Execution(execution)) => Some(*execution),
            _ => self.execution(),
        }
    }
    /// The honest execution whose authority justifies the effect.
    pub fn execution(&self) -> Option<usize> {
        match self.mint {
            Mint::Execution(execution) => Some(execution),
            _ => None,
        }
    }
    /// The adversary's own affair: it asks, in the name of an identity of its own that answers for it, and no honest record
    /// of another execution lies on the path. Who has custody of that, and what it buys, is nobody else's concern.
    pub fn own_affair(&self) -> bool {
        let own = matches!(self.mint, Mint::Own | Mint::Overreach);
        let anothers = |passage: &Passage| !passage.by.hostile() && passage.meant == Meant::Nobody;
        own && matches!(self.cause, Cause::Adversary(_)) && !self.path.iter().any(anothers)
    }
    /// The instance that took a step: the owner of the key that it is bound to, or whoever took it.
    pub fn took(&self, passage: &Passage) -> Option<usize> {
        passage.answered.and_then(|key| self.owner(&key)).or(match passage.taker {
            Who::Instance(index) | Who::Run(index) => Some(index),
            _ => None,
        })
    }
    /// Whether the taker of a passage is among those that the delegator meant.
    pub fn in_class(&self, passage: &Passage) -> bool {
        match passage.meant {
            Meant::Anyone => true,
            Meant::Nobody => false,
            Meant::Pool(pool) => self.took(passage).is_some_and(|taker| self.pool(taker) == pool),
        }
    }
    /// Whether the taker of a passage really is what the story asks of whoever takes it, meant or not. Where nothing is asked
    /// nobody satisfies it.
    pub fn satisfies(&self, passage: &Passage) -> bool {
        let Meant::Pool(pool) = passage.meant else { return false };
        self.took(passage).is_some_and(|taker| self.shared.satisfying[pool].contains(&taker))
    }
}

/// What all acceptances of a world share.
#[derive(Debug, Clone, PartialEq)]
pub struct Shared {
    /// The pool of each instance.
    pools: Arc<[usize]>,
    /// The owners of each key: instances.
    owners: Arc<[(PublicKey, usize)]>,
    /// Which instances the adversary runs.
    run: Arc<[bool]>,
    /// The first instance of the incarnation that each is.
    lives: Arc<[usize]>,
    /// For each pool the instances that satisfy what the story asks of whoever takes a hand-off to it.
    satisfying: Arc<[Vec<usize>]>,
    /// Pools that serve tasks of others.
    intermediates: Arc<[usize]>,
    /// Whether keys may be revoked here, and retired.
    pub faults: (bool, bool),
}

impl Shared {
    /// Reads it off the stage.
    pub fn of<C: Crypto>(setting: &Setting<C>) -> Self {
        let instances = &setting.instances;
        let hops = || setting.flows.iter().flat_map(|flow| &flow.hops);
        let mut intermediates: Vec<usize> = hops().map(|hop| hop.to).collect();
        intermediates.sort_unstable();
        intermediates.dedup();
        let first = |mut life: usize| {
            while let Some(before) = instances[life].after_rekey_of {
                life = before;
            }
            life
        };
        let satisfying = (0..setting.pools.len()).map(|pool| {
            let asked = || hops().filter(|hop| hop.to == pool).map(|hop| &hop.next);
            let is = |index: &usize| asked().any(|class| columns::is_truly(setting, *index, class));
            (0..instances.len()).filter(is).collect()
        });
        Self {
            pools: instances.iter().map(|instance| instance.pool).collect(),
            owners: instances.iter().enumerate().map(|(i, x)| (x.party.public, i)).collect(),
            run: instances.iter().map(|instance| instance.adversary).collect(),
            lives: (0..instances.len()).map(first).collect(),
            satisfying: satisfying.collect(),
            intermediates: intermediates.into(),
            faults: (
                setting.faults.iter().any(|fault| matches!(fault, Fault::Revoke(_))),
                setting.faults.iter().any(|fault| matches!(fault, Fault::Rekey(_))),
            ),
        }
    }
}

/// Draws up the record of `made`, the presentation of row `p`. The ground truth is the row's; what is on the wire is
/// `made`, under whichever cryptography it was made.
pub fn record<C: Crypto, D: Crypto>(
    setting: &Setting<C>,
    universe: &Universe<D>,
    shared: &Shared,
    p: &PresentationInfo<D>,
    made: &Presentation<C>,
    verifier: usize,
    evidence: &Evidence,
) -> Acceptance {
    let credential = &universe.credentials[p.base.at()];
    let mint = match made.credential {
        Credential::Ambient(_) => Mint::Standing,
        _ => credential.mint,
    };
    let redirected = verifier != p.verifier && p.support.is_none();
    let by = if redirected { Who::Adversary } else { p.by };
    let cause = if redirected { Cause::Adversary(Authority::default()) } else { p.cause.clone() };
    let proof = made.proof.as_deref();
    let Columns { carried, facts, keys } = Columns::of(setting, made);
    let original = p.original.map(|original| &universe.presentations[original.at()].made);
    let altered = original.is_some_and(|original| original.request != made.request);
    let execution = match mint {
        Mint::Execution(execution) => Some(execution),
        _ => None,
    };
    let flow = execution.map(|execution| &setting.flows[setting.executions[execution].flow]);
    let origin = flow.map(|flow| started(setting, flow.origin));
    let counted = match (mint, &cause) {
        (Mint::Standing, Cause::Execution(execution)) => Some(*execution),
        _ => execution,
    };
    Acceptance {
        verifier,
        meant_for: p.verifier,
        effect: made.request.operation.clone(),
        arguments: made.request.arguments.clone(),
        by,
        proof_by: proof.map(|_| p.proof_by),
        proof_key: proof.map(|proof| proof.body().key),
        sender: p.proof_by,
        altered,
        recorded: original.is_some() && !altered,
        true_authority: match &cause {
            Cause::Execution(e) => setting.executions[*e].start.authority.clone(),
            Cause::Adversary(own) => own.clone(),
        },
        cause,
        mint,
        origin,
        root_key: root_key(&made.credential, credential.path.is_empty()),
        path: credential.path.clone(),
        carried,
        anchored: anchored(setting, mint, &made.credential, evidence),
        anchor: (
            evidence.anchor.clone(),
            true_anchor(setting, mint, by, &made.credential, evidence),
        ),
        trigger: fired(setting, &made.credential),
        actor: evidence.actor.as_ref().map(|actor| instance_of(setting, actor)),
        of_service: matches!(evidence.actor, Some(Actor::Service(_))),
        facts,
        keys,
        meant: flow.map(|flow| (flow.deadline, flow.max_hops, flow.effects)),
        declared: counted.map_or_else(Vec::new, |execution| {
            let flow = &setting.flows[setting.executions[execution].flow];
            let given = |first: &Passage| first.by == started(setting, flow.origin);
            let given = credential.path.first().is_some_and(given);
            declared(execution, flow, given, &made.request.operation.resource)
        }),
        shared: shared.clone(),
    }
}

/// Who starts a flow.
fn started<C: Crypto>(setting: &Setting<C>, starter: Starter) -> Who {
    match starter {
        Starter::Identity(index) if setting.identities[index].adversary => Who::Adversary,
        Starter::Identity(index) => Who::Identity(index),
        Starter::Instance(index) if setting.instances[index].adversary => Who::Run(index),
        Starter::Instance(index) => Who::Instance(index),
    }
}

/// What was declared of what lies above an effect: the root, and the hand-off by which the origin gave it away, if it did.
fn declared<C: Crypto>(
    execution: usize,
    flow: &Flow<C>,
    given: bool,
    resource: &ResourceId,
) -> Vec<(Declared, u32)> {
    let of = |handed| Declared { execution, handed, resource: resource.clone() };
    let (_, handed) = flow.handed;
    let below = given.then(|| (of(true), handed.min(flow.effects)));
    [(of(false), flow.effects)].into_iter().chain(below).collect()
}

/// Whether the root really leads to its anchor and stays within the mandate that policy gives that anchor.
fn anchored<C: Crypto>(
    setting: &Setting<C>,
    mint: Mint,
    credential: &Credential<C>,
    evidence: &Evidence,
) -> bool {
    let trust = &setting.desk.trust;
    let created = match credential {
        Credential::Chain(chain) => &chain.root.root.body().authority,
        _ => &evidence.authority,
    };
    let origin = match (mint, credential) {
        (Mint::Execution(e), _) => setting.executions[e].start.origin.clone(),
        (Mint::Own | Mint::SelfStart(_), Credential::Chain(chain)) => {
            chain.root.root.body().origin.clone()
        }
        // The access list is the resource's own statement.
        (Mint::Own | Mint::Standing, _) => return true,
        _ => return false,
    };
    let trusted = match &origin {
        Origin::Role(claim) => {
            trust.anchors.get(&claim.role).is_some_and(|anchors| anchors.contains(&claim.anchor))
        }
        Origin::Context { environment, operator } => {
            trust.operators.get(environment).is_some_and(|trusted| trusted.contains(operator))
        }
        Origin::Identity(id) => trust.identities.contains_key(id),
    };
    let within = |mandate: Option<&Authority>| mandate.is_some_and(|m| created.within(m));
    let token = !matches!(credential, Credential::Chain(_));
    let by_subject = evidence.anchor.as_ref().map(|a| trust.mandates.identities.get(a));
    trusted && (within(trust.mandates.of(&origin)) || token && by_subject.is_some_and(&within))
}

/// The trigger on which a root rests, if it is one that justifies an honest execution.
fn fired<C: Crypto>(setting: &Setting<C>, credential: &Credential<C>) -> Option<Digest> {
    let Credential::Chain(chain) = credential else { return None };
    let genuine = |trigger: &Digest| {
        let starts = setting.flows.iter().filter_map(|flow| flow.start.trigger.as_deref());
        starts.map(|fired| fired.digest()).any(|fired| fired == *trigger)
    };
    chain.root.root.body().trigger.filter(genuine)
}

fn true_anchor<C: Crypto>(
    setting: &Setting<C>,
    mint: Mint,
    by: Who,
    credential: &Credential<C>,
    evidence: &Evidence,
) -> Option<IdentityId> {
    match mint {
        // For a service that uses its own identity whoever deployed it answers.
        Mint::Standing if matches!(credential, Credential::Ambient(_)) => match by {
            Who::Instance(index) | Who::Run(index) => {
                let attested = setting.instances[index].party.attested.as_deref()?;
                attested.facts().deployer.clone()
            }
            _ => evidence.anchor.clone(),
        },
        Mint::Execution(e) => Some(match &setting.executions[e].start.origin {
            Origin::Identity(id) => id.clone(),
            Origin::Role(claim) => claim.anchor.clone(),
            Origin::Context { operator, .. } => operator.clone(),
        }),
        Mint::Own | Mint::Overreach | Mint::SelfStart(_) | Mint::Standing => {
            evidence.anchor.clone()
        }
        Mint::Forged => None,
    }
}

fn instance_of<C: Crypto>(setting: &Setting<C>, actor: &Actor) -> Option<usize> {
    match actor {
        Actor::Key(key) => setting.owner(key),
        Actor::Service(service) => {
            let pool = setting.pools.iter().position(|pool| pool.id == service.as_str());
            setting.instances.iter().position(|instance| Some(instance.pool) == pool)
        }
        Actor::Incarnation(subject) => setting.instances.iter().position(|instance| {
            instance.party.attested.as_deref().is_some_and(|a| a.facts().subject == *subject)
        }),
    }
}

/// The identity or instance that starts a flow, for texts.
pub fn starter_name<C: Crypto>(setting: &Setting<C>, flow: usize) -> String {
    match setting.flows[flow].origin {
        Starter::Identity(index) => setting.identities[index].id.to_string(),
        Starter::Instance(index) => setting.instances[index].name.clone(),
    }
}
