//! The acceptance record, the same for every mechanism: what a verifier would accept, beside what really happened.
//! Properties read only this.

use super::ghost::{Cause, Mint, Passage, When, Who};
use super::setting::{Fault, Setting, Starter};
use super::universe::{PresentationInfo, Universe};
use whoacts_model::attestation::Tick;
use whoacts_model::authority::{Authority, Operation};
use whoacts_model::contract::Requirement;
use whoacts_model::crypto::{Crypto, Digest, PublicKey};
use whoacts_model::evidence::{Actor, Evidence};
use whoacts_model::execution::Origin;
use whoacts_model::identity::IdentityId;
use whoacts_model::name::Arguments;
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
    /// The request is not the one under which the presenter put the proof.
    pub altered: bool,
    /// Whether the credential names the key of its bearer at each step (or is passed on as it is).
    pub names_keys: bool,
    /// The real cause.
    pub cause: Cause,
    /// The authority of the true root.
    pub true_authority: Authority,
    /// Who created the authority that justifies the effect.
    pub mint: Mint,
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
    /// For each step that relied on attested facts: the instance that owns the step's key, whether the facts that it showed
    /// are its own, and from when until when they are true.
    pub facts: Vec<(PublicKey, bool, (Tick, Tick))>,
    /// Every key on the path, the presenter's included.
    pub keys: Vec<PublicKey>,
    /// What the story meant for the execution that justifies the effect: deadline, hops, effects.
    pub meant: Option<(Tick, u32, u32)>,
    /// Pools of each instance, so that a property can ask for classes.
    pub pools: std::sync::Arc<[usize]>,
    /// The owner of each key: an instance.
    pub owners: std::sync::Arc<[(PublicKey, usize)]>,
    /// Which instances the adversary runs.
    pub run: std::sync::Arc<[bool]>,
    /// Pools that serve tasks of others.
    pub intermediates: std::sync::Arc<[usize]>,
    /// Whether keys may be revoked here, and retired.
    pub faults: (bool, bool),
}

impl Acceptance {
    /// The instance that owns a key.
    pub fn owner(&self, key: &PublicKey) -> Option<usize> {
        self.owners.iter().find(|(owned, _)| owned == key).map(|(_, instance)| *instance)
    }
    /// Whether several instances have this key.
    pub fn shared(&self, key: &PublicKey) -> bool {
        self.owners.iter().filter(|(owned, _)| owned == key).nth(1).is_some()
    }
    /// Whether somebody acts through the instance that took the step before, which was taken over since.
    pub fn took_over(taker: Option<Who>, by: Who) -> bool {
        matches!((taker, by), (Some(Who::Instance(taker)), Who::Run(by)) if taker == by)
    }
    /// Whether somebody honest really asked for exactly this, here.
    pub fn honestly_asked(&self) -> bool {
        !self.by.hostile()
    }
    /// When a hand-off that nobody honest made is a violation, given when using the step before is one. A holder's key
    /// (renewed, perhaps, since it took the step) excuses what is signed with it once the adversary controls that key.
    pub fn excuse(&self, passage: &Passage, before: Option<When>) -> Option<When> {
        match (before, passage.signed) {
            (Some(_), Some(key)) if passage.by_holder => Some(When::UnlessControlled(key)),
            (before, _) => before,
        }
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
    /// Whether the taker of a passage is among those that the delegator meant. A step under a key counts for the instance
    /// that owns the key.
    pub fn in_class(&self, passage: &Passage) -> bool {
        use super::ghost::Meant;
        let instance = passage.answered.and_then(|key| self.owner(&key)).or(match passage.taker {
            Who::Instance(index) | Who::Run(index) => Some(index),
            _ => None,
        });
        match passage.meant {
            Meant::Anyone => true,
            Meant::Nobody => false,
            Meant::Pool(pool) => instance.is_some_and(|instance| self.pools[instance] == pool),
        }
    }
}

/// What all acceptances of a world share.
#[derive(Debug, Clone)]
pub struct Shared {
    pools: std::sync::Arc<[usize]>,
    owners: std::sync::Arc<[(PublicKey, usize)]>,
    run: std::sync::Arc<[bool]>,
    intermediates: std::sync::Arc<[usize]>,
    faults: (bool, bool),
}

impl Shared {
    /// Reads it off the stage.
    pub fn of<C: Crypto>(setting: &Setting<C>) -> Self {
        let instances = &setting.instances;
        let mut intermediates: Vec<usize> =
            setting.flows.iter().flat_map(|flow| flow.hops.iter().map(|hop| hop.to)).collect();
        intermediates.sort_unstable();
        intermediates.dedup();
        Self {
            pools: instances.iter().map(|instance| instance.pool).collect(),
            owners: instances.iter().enumerate().map(|(i, x)| (x.party.public, i)).collect(),
            run: instances.iter().map(|instance| instance.adversary).collect(),
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
    let (carried, facts, mut keys) = chain_columns(setting, &made.credential);
    keys.extend(proof.map(|proof| proof.body().key));
    let altered = p
        .original
        .is_some_and(|original| universe.presentations[original.at()].made.request != made.request);
    Acceptance {
        verifier,
        meant_for: p.verifier,
        effect: made.request.operation.clone(),
        arguments: made.request.arguments.clone(),
        by,
        proof_by: proof.map(|_| p.proof_by),
        proof_key: proof.map(|proof| proof.body().key),
        altered,
        names_keys: matches!(made.credential, Credential::Chain(_)),
        true_authority: match &cause {
            Cause::Execution(e) => setting.executions[*e].start.authority.clone(),
            Cause::Adversary(own) => own.clone(),
        },
        cause,
        mint,
        path: credential.path.clone(),
        carried,
        anchored: anchored(setting, mint, &made.credential, evidence),
        anchor: (
            evidence.anchor.clone(),
            true_anchor(setting, mint, by, &made.credential, evidence),
        ),
        trigger: fired(setting, &made.credential),
        actor: evidence.actor.as_ref().map(|actor| instance_of(setting, actor)),
        facts,
        keys,
        meant: match mint {
            Mint::Execution(e) => {
                let flow = &setting.flows[setting.executions[e].flow];
                Some((flow.deadline, flow.max_hops, flow.effects))
            }
            _ => None,
        },
        pools: shared.pools.clone(),
        owners: shared.owners.clone(),
        run: shared.run.clone(),
        intermediates: shared.intermediates.clone(),
        faults: shared.faults,
    }
}

/// What a chain carries: the authority of each record, the facts that were relied on, the keys.
type Columns = (Vec<Authority>, Vec<(PublicKey, bool, (Tick, Tick))>, Vec<PublicKey>);

fn chain_columns<C: Crypto>(setting: &Setting<C>, credential: &Credential<C>) -> Columns {
    let chain = match credential {
        Credential::Chain(chain) => chain,
        Credential::Token(token) => {
            let key = token.body().confirmation;
            return (vec![token.body().scope.clone()], Vec::new(), key.into_iter().collect());
        }
        Credential::Attenuated(held) => {
            let root = held.token.body().scope.clone();
            let below = held.blocks.iter().map(|block| block.body().scope.clone());
            let keys = held.blocks.iter().filter_map(|block| block.body().key).collect();
            return ([root].into_iter().chain(below).collect(), Vec::new(), keys);
        }
        Credential::Consent(_) | Credential::Ambient(_) => return Default::default(),
    };
    let mut carried = vec![chain.root.root.body().authority.clone()];
    let mut keys = vec![chain.root.root.body().key];
    let mut facts = Vec::new();
    for link in &chain.links {
        let record = link.offer.record.body();
        carried.push(record.authority.clone());
        keys.extend([record.signer, link.step.body().key]);
        let asked = match &record.contract.next {
            Requirement::Facts(asked) if !asked.is_empty() => asked,
            _ => continue,
        };
        let key = link.step.body().key;
        let owner = setting.owner(&key).map(|owner| &setting.instances[owner]);
        let own = owner.and_then(|owner| owner.party.attested.as_deref());
        let relayed = owner.is_some_and(|owner| owner.relayed);
        let truly = !relayed && own.is_some_and(|own| asked.stated_by(own.facts()));
        let true_at = owner.map_or((0, 0), |owner| (owner.facts_from, owner.facts_until));
        facts.push((key, truly, true_at));
    }
    (carried, facts, keys)
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
