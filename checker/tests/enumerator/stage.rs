//! What a tiny world is made of: names, owners of keys, constants, and what honest traffic says.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use whoacts_checker::world::setting::{Execution, Fault, Flow, Setting, Starter};
use whoacts_model::attestation::Tick;
use whoacts_model::authority::{Authority, Operation};
use whoacts_model::contract::{Contract, Envelope};
use whoacts_model::crypto::{Digest, PublicKey, Signed, Symbolic};
use whoacts_model::execution::{Request, TaskId};
use whoacts_model::guard::{Guard, GuardSet};
use whoacts_model::identifier::Identifier;
use whoacts_model::identity::IdentityId;
use whoacts_model::mechanism::{Ask, Mechanism, Next, Party, Toward};
use whoacts_model::name::{Arguments, Nonce};
use whoacts_model::presentation::{Cargo, Credential, Delivery, Parcel, Presentation};
use whoacts_model::runtime::Task;
use whoacts_model::token::Audience;
use whoacts_model::wire::Object;

pub type C = Symbolic;

/// The names of a world, for classes.
pub struct Stage {
    pub honest: BTreeMap<Digest, String>,
    pub verifiers: Vec<String>,
    pub last: Tick,
    /// Whether the form has somebody sign what an execution begins with.
    pub signed: bool,
    pub revocable: BTreeSet<PublicKey>,
    pub retirable: BTreeSet<PublicKey>,
    owners: BTreeMap<PublicKey, String>,
    subjects: Vec<(Identifier, String)>,
    identities: BTreeSet<IdentityId>,
    arguments: BTreeSet<Arguments>,
}

impl Stage {
    /// The names of a setting.
    pub fn of(setting: &Setting<C>, traffic: &Traffic) -> Self {
        let mut owners = BTreeMap::new();
        for instance in &setting.instances {
            owners.entry(instance.party.public).or_insert_with(|| instance.name.clone());
        }
        for identity in &setting.identities {
            owners.entry(identity.party.public).or_insert_with(|| identity.id.to_string());
        }
        let key = |index: &usize| setting.instances[*index].party.public;
        let faults = |of: fn(&Fault) -> Option<usize>| -> BTreeSet<PublicKey> {
            setting.faults.iter().filter_map(of).map(|index| key(&index)).collect()
        };
        Self {
            honest: traffic.names.clone(),
            verifiers: setting.verifiers.iter().map(|v| v.id.to_string()).collect(),
            last: setting.last_tick(),
            signed: mechanism(setting).brings().contains(Guard::RootSigned),
            revocable: faults(|fault| if let Fault::Revoke(i) = fault { Some(*i) } else { None }),
            retirable: faults(|fault| if let Fault::Rekey(i) = fault { Some(*i) } else { None }),
            owners,
            subjects: setting
                .instances
                .iter()
                .filter_map(|i| {
                    Some((i.party.attested.as_deref()?.facts().subject.clone(), i.name.clone()))
                })
                .collect(),
            identities: setting.identities.iter().map(|entity| entity.id.clone()).collect(),
            arguments: setting
                .operations
                .iter()
                .map(|(_, arguments)| arguments.clone())
                .chain(setting.flows.iter().map(|flow| flow.arguments.clone()))
                .collect(),
        }
    }
    /// Whose key it is.
    pub fn owner(&self, key: &PublicKey) -> String {
        self.owners.get(key).cloned().unwrap_or_else(|| "a fresh key".into())
    }
    /// Which incarnation it is: those that no instance has are all one.
    pub fn subject(&self, subject: &Identifier) -> String {
        let known = self.subjects.iter().find(|(known, _)| known == subject);
        known.map_or_else(|| "a fresh name".into(), |(_, name)| name.clone())
    }
    /// Which identity it is: those that nobody declared are all one.
    pub fn identity(&self, id: &IdentityId) -> String {
        if self.identities.contains(id) { id.to_string() } else { "a fresh identity".into() }
    }
    /// An operation with its arguments: those that no story uses are all one.
    pub fn what(&self, operation: &Operation, arguments: &Arguments) -> String {
        if std::env::var("WHOACTS_MASK").is_ok() {
            return format!("{}", operation.action);
        }
        let arguments =
            if self.arguments.contains(arguments) { arguments.as_str() } else { "(fresh)" };
        format!("{} {} {arguments:?}", operation.action, operation.resource)
    }
}

/// What honest traffic says, and what each party holds in the end.
#[derive(Default)]
pub struct Traffic {
    pub names: BTreeMap<Digest, String>,
    /// What each execution begins with.
    pub roots: Vec<Credential<C>>,
    /// Parcels, with the pools where they arrive.
    pub parcels: Vec<(Vec<usize>, Parcel<C>)>,
    /// What an instance holds after it took an honest parcel.
    pub held: Vec<(usize, Credential<C>)>,
    /// Presentations, by whom, and at which verifier.
    pub asked: Vec<(String, usize, Presentation<C>)>,
}

/// The mechanism of a setting.
pub fn mechanism(setting: &Setting<C>) -> &'static dyn Mechanism<C> {
    setting.form.run::<C>()
}

/// What the sender of hop `at` of a flow asks of it.
pub fn next(
    setting: &Setting<C>,
    flow: &Flow<C>,
    at: usize,
    intents: Option<BTreeSet<Digest>>,
) -> Next {
    let hop = &flow.hops[at];
    let pool = &setting.pools[hop.to];
    let (until, effects) = flow.handed;
    Next {
        authority: hop.authority.clone(),
        contract: Contract {
            next: hop.next.clone(),
            below: Envelope {
                rest: flow.start.envelope.rest.clone(),
                not_after: until,
                hops: flow.max_hops.saturating_sub(at as u32 + 1),
                effects,
            },
        },
        intents,
        to: whoacts_model::name::ServiceId::new(&pool.id),
        keys: setting
            .instances
            .iter()
            .filter(|instance| instance.pool == hop.to && instance.after_crash_of.is_none())
            .filter(|instance| instance.after_rekey_of.is_none())
            .map(|instance| instance.party.public)
            .collect(),
    }
}

/// The parties that are one instance: it, and the lives that go on with its tasks under another key.
fn heirs(setting: &Setting<C>, index: usize) -> Vec<usize> {
    let later = setting.instances.iter().enumerate();
    let later =
        later.filter(|(_, instance)| instance.after_rekey_of == Some(index)).map(|(at, _)| at);
    std::iter::once(index).chain(later).collect()
}

impl Traffic {
    /// Everything that honest parties say on their own, whatever happens first.
    pub fn of(setting: &Setting<C>) -> Self {
        let mut this = Self::default();
        for execution in &setting.executions {
            this.execution(setting, execution);
        }
        this
    }

    fn execution(&mut self, setting: &Setting<C>, execution: &Execution<C>) {
        let flow = &setting.flows[execution.flow];
        let (by, origin) = match flow.origin {
            Starter::Identity(index) => {
                (setting.identities[index].id.to_string(), &setting.identities[index].party)
            }
            Starter::Instance(index) => {
                (setting.instances[index].name.clone(), &setting.instances[index].party)
            }
        };
        let root = mechanism(setting).originate(&setting.desk, origin, &execution.start);
        self.name(&root, &execution.name);
        self.roots.push(root.clone());
        let (task, nonce) = (task_of(&root), execution.name.clone());
        let errand =
            Request { operation: flow.operation.clone(), arguments: flow.arguments.clone(), task };
        if let Some(trigger) = execution.start.trigger.as_deref() {
            self.names.insert(trigger.digest(), format!("trigger of {}", execution.name));
        }
        self.step(setting, flow, 0, (&by, origin), &root, &Arc::new(errand), &nonce);
    }

    #[expect(clippy::too_many_arguments, reason = "what a holder knows of its task")]
    fn step(
        &mut self,
        setting: &Setting<C>,
        flow: &Flow<C>,
        at: usize,
        (by, party): (&str, &Party<C>),
        held: &Credential<C>,
        errand: &Arc<Request>,
        nonce: &str,
    ) {
        let Some(hop) = flow.hops.get(at) else {
            let shown = ask(setting, party, held, errand, flow.verifier, nonce);
            self.asked.push((by.to_owned(), flow.verifier, shown));
            return;
        };
        let intents = (!flow.dynamic).then(|| BTreeSet::from([errand.digest()]));
        let next = next(setting, flow, at, intents);
        let parcel = hand(setting, party, held, errand, &next);
        if let Cargo::Offer(_, offer) = &parcel.cargo {
            self.names
                .insert(offer.record.digest(), format!("hand-off {} of {by} for {nonce}", at + 1));
        }
        self.parcels.push((hop.listeners.clone(), parcel.clone()));
        let listening = |i: usize| hop.listeners.contains(&setting.instances[i].pool);
        for index in (0..setting.instances.len()).filter(|i| listening(*i)) {
            let instance = &setting.instances[index];
            if instance.adversary || instance.after_rekey_of.is_some() {
                continue;
            }
            let Some((taken, _)) = take(setting, &instance.party, &parcel) else { continue };
            for heir in heirs(setting, index) {
                self.held.push((heir, taken.clone()));
                let instance = &setting.instances[heir];
                let by = (instance.name.as_str(), &instance.party);
                self.step(setting, flow, at + 1, by, &taken, errand, nonce);
            }
        }
    }

    fn name(&mut self, root: &Credential<C>, name: &str) {
        let digest = match root {
            Credential::Chain(chain) => chain.root.root.digest(),
            other => other.tip(),
        };
        self.names.insert(digest, format!("root of {name}"));
    }
}

/// The task of whoever starts with this.
pub fn task_of(root: &Credential<C>) -> TaskId {
    TaskId::of(&root.tip(), 0)
}

/// What an honest sender sends.
pub fn hand(
    setting: &Setting<C>,
    party: &Party<C>,
    held: &Credential<C>,
    errand: &Arc<Request>,
    next: &Next,
) -> Parcel<C> {
    let way = mechanism(setting);
    let toward = Toward {
        to: Audience::Service(next.to.clone()),
        verifier: None,
        authority: next.authority.clone(),
    };
    let held = way.convert(&setting.desk, party, held, &toward).unwrap_or_else(|| held.clone());
    let cargo = way.hand_over(party, &held, errand.task, next);
    let delivery = way.authenticates(&cargo).then(|| deliver(party, &cargo, errand));
    Parcel { cargo, errand: errand.clone(), delivery }
}

/// A sender's signature over cargo and errand.
pub fn deliver(party: &Party<C>, cargo: &Cargo<C>, errand: &Request) -> Arc<Signed<Delivery, C>> {
    let body = Delivery { cargo: cargo.digest(), errand: errand.digest() };
    Arc::new(Signed::new(body, &party.key))
}

/// What an honest executor makes of a parcel, with the one guard, if any, that must not be asked for.
pub fn take(
    setting: &Setting<C>,
    party: &Party<C>,
    parcel: &Parcel<C>,
) -> Option<(Credential<C>, GuardSet)> {
    let way = mechanism(setting);
    let required = setting.required_at_hop;
    let at = |dropped: GuardSet| {
        let asked = required.without(dropped);
        let now = |now| Task::take(way, &setting.desk, party, parcel, asked, now).ok();
        let taken = (0..=setting.last_tick()).find_map(now)?;
        Some((taken.spill().clone(), dropped))
    };
    let one = || required.iter().find_map(|guard| at(GuardSet::of(&[guard])));
    at(GuardSet::NONE).or_else(one)
}

/// How a holder asks.
pub fn ask(
    setting: &Setting<C>,
    party: &Party<C>,
    held: &Credential<C>,
    request: &Arc<Request>,
    verifier: usize,
    nonce: &str,
) -> Presentation<C> {
    let way = mechanism(setting);
    let at = &setting.verifiers[verifier];
    let toward = Toward {
        to: Audience::Resource(at.resource.clone()),
        verifier: Some(at.id.clone()),
        authority: Authority::to([request.operation.clone()]),
    };
    let held = way.convert(&setting.desk, party, held, &toward).unwrap_or_else(|| held.clone());
    let ask = Ask { request: request.clone(), verifier: at.id.clone(), nonce: Nonce::new(nonce) };
    way.present(&setting.desk, party, &held, &ask)
}
