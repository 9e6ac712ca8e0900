//! What the adversary has before it does anything: keys that it controls, constants, and what it receives or reads.

use crate::stage::{C, Traffic};
use std::collections::BTreeSet;
use std::sync::Arc;
use whoacts_checker::world::setting::Setting;
use whoacts_model::attestation::{Attestation, Attested, ContextGrant, Tick};
use whoacts_model::authority::{Authority, Operation};
use whoacts_model::contract::{Facts, Requirement};
use whoacts_model::crypto::{Crypto, Digest, PublicKey, Signed};
use whoacts_model::execution::{Anchored, Link, Offer, Origin, TaskId, Trigger};
use whoacts_model::identity::IdentityId;
use whoacts_model::mechanism::Party;
use whoacts_model::name::{Arguments, VerifierId};
use whoacts_model::presentation::{Cargo, Credential, Parcel, Presentation};

/// What is known, and what there is to choose from.
pub struct Knowledge {
    /// Who signs: each with its attestation. The last one has a key that nobody registered.
    pub parties: Vec<Party<C>>,
    /// All keys, one that nobody has included.
    pub keys: Vec<PublicKey>,
    pub authorities: Vec<Authority>,
    pub operations: Vec<Operation>,
    pub arguments: Vec<Arguments>,
    pub origins: Vec<Origin>,
    pub requirements: Vec<Requirement>,
    pub rests: Vec<BTreeSet<Requirement>>,
    pub ticks: Vec<Tick>,
    pub verifiers: Vec<VerifierId>,
    /// Attestations are no secrets: whoever was attested shows them, and they carry no authority.
    pub attested: Vec<Option<Arc<Attested<C>>>>,
    pub contexts: Vec<Option<Arc<Signed<ContextGrant, C>>>>,
    pub triggers: Vec<Option<Arc<Signed<Trigger, C>>>>,
    pub roots: Vec<Arc<Anchored<C>>>,
    pub offers: Vec<Arc<Offer<C>>>,
    pub links: Vec<Arc<Link<C>>>,
    pub tasks: Vec<TaskId>,
    pub presentations: Vec<(usize, Presentation<C>)>,
    pub parcels: Vec<Parcel<C>>,
    pub credentials: Vec<Credential<C>>,
}

fn push<T: PartialEq>(all: &mut Vec<T>, one: T) {
    if !all.contains(&one) {
        all.push(one);
    }
}

fn fresh(seed: u8) -> Party<C> {
    let key = C::key(&[seed; 32]);
    Party { public: C::public(&key), key, attested: None, previous: None }
}

/// Every subset of a few permissions.
fn subsets(operations: &[Operation]) -> Vec<Authority> {
    let some = |bits: u32| {
        let chosen = operations.iter().enumerate().filter(move |(at, _)| bits >> at & 1 == 1);
        Authority::to(chosen.map(|(_, operation)| operation.clone()))
    };
    (0..1 << operations.len()).map(some).collect()
}

impl Knowledge {
    /// What the adversary of a setting has.
    pub fn of(setting: &Setting<C>, traffic: &Traffic) -> Self {
        let operations: Vec<_> = setting.operations.iter().map(|(op, _)| op.clone()).collect();
        let mut this = Self {
            parties: controlled(setting),
            keys: Vec::new(),
            authorities: subsets(&operations),
            operations,
            arguments: Vec::new(),
            origins: vec![Origin::Identity(IdentityId::new("nobody"))],
            requirements: Vec::new(),
            rests: Vec::new(),
            ticks: (0..=setting.last_tick() + 1).chain([Tick::MAX]).collect(),
            verifiers: setting.verifiers.iter().map(|v| v.id.clone()).collect(),
            attested: vec![None],
            contexts: vec![None],
            triggers: vec![None],
            roots: Vec::new(),
            offers: Vec::new(),
            links: Vec::new(),
            tasks: Vec::new(),
            presentations: Vec::new(),
            parcels: Vec::new(),
            credentials: Vec::new(),
        };
        this.verifiers.push(VerifierId::new("elsewhere"));
        this.constants(setting);
        this.forge_attestations(setting);
        this.requirements(setting);
        this.read(setting, traffic);
        this
    }

    fn constants(&mut self, setting: &Setting<C>) {
        for (_, arguments) in &setting.operations {
            push(&mut self.arguments, arguments.clone());
        }
        self.arguments.push(Arguments::new("something else"));
        for entity in &setting.identities {
            push(&mut self.keys, entity.party.public);
            push(&mut self.origins, Origin::Identity(entity.id.clone()));
        }
        for flow in &setting.flows {
            push(&mut self.origins, flow.start.origin.clone());
            push(&mut self.contexts, flow.start.context.clone());
        }
        for instance in &setting.instances {
            push(&mut self.keys, instance.party.public);
            push(&mut self.attested, instance.party.attested.clone());
            for claim in instance.party.attested.iter().flat_map(|a| &a.facts().roles) {
                push(&mut self.origins, Origin::Role(claim.clone()));
            }
        }
        push(&mut self.keys, self.parties[self.parties.len() - 1].public);
        push(&mut self.keys, fresh(99).public);
    }

    /// Statements about its own keys, copied from true ones and signed by itself or by the attester that it runs.
    fn forge_attestations(&mut self, setting: &Setting<C>) {
        let true_ones: Vec<_> = self.attested.iter().flatten().cloned().collect();
        let own: Vec<_> =
            self.parties.iter().map(|party| (party.public, party.key.clone())).collect();
        let rogue = setting.rogue.as_ref();
        for of in &true_ones {
            for (key, secret) in &own {
                let facts = Attestation { key: *key, ..of.facts().clone() };
                let statement = Signed::new(facts.clone(), secret);
                let grants = of.grants.clone();
                push(
                    &mut self.attested,
                    Some(Arc::new(Attested { statement, grants: grants.clone() })),
                );
                if let Some(rogue) = rogue {
                    for domain in [&facts.domain, &rogue.template.domain] {
                        let facts = Attestation {
                            attester: rogue.template.attester.clone(),
                            domain: domain.clone(),
                            ..facts.clone()
                        };
                        let statement = Signed::new(facts, &rogue.key);
                        let grants = grants.clone();
                        push(&mut self.attested, Some(Arc::new(Attested { statement, grants })));
                    }
                }
            }
        }
    }

    fn requirements(&mut self, setting: &Setting<C>) {
        let hops = setting.flows.iter().flat_map(|flow| &flow.hops);
        let asked: Vec<_> = hops.map(|hop| hop.next.clone()).collect();
        for next in &asked {
            push(&mut self.requirements, next.clone());
            if let Requirement::Facts(facts) = next {
                push(
                    &mut self.requirements,
                    Requirement::Facts(Facts { max_age: Some(0), ..facts.clone() }),
                );
            }
        }
        push(&mut self.requirements, Requirement::anyone());
        for key in &self.keys {
            push(&mut self.requirements, Requirement::Key(*key));
        }
        for attested in self.attested.iter().flatten() {
            let facts = attested.facts();
            let role = facts.roles.first().map(|claim| claim.role.clone());
            let none = Facts::default();
            for asked in [
                Facts { environment: facts.environment.clone(), ..none.clone() },
                Facts { domain: Some(facts.domain.clone()), ..none.clone() },
                Facts { incarnation: Some(facts.subject.clone()), ..none.clone() },
                Facts { role, domain: Some(facts.domain.clone()), ..none },
            ] {
                push(&mut self.requirements, Requirement::Facts(asked));
            }
        }
        self.rests = vec![BTreeSet::new(), asked.iter().cloned().collect()];
        for one in &self.requirements {
            push(&mut self.rests, BTreeSet::from([one.clone()]));
        }
    }

    /// What reaches its workloads, and what it reads at declared places.
    fn read(&mut self, setting: &Setting<C>, traffic: &Traffic) {
        let taken_over: Vec<usize> = setting.taps.taken_over().collect();
        let own = |index: usize| setting.instances[index].adversary || taken_over.contains(&index);
        let receives = |pool: usize| {
            let run =
                (0..setting.instances.len()).any(|i| setting.instances[i].pool == pool && own(i));
            setting.pools[pool].observed || setting.pools[pool].adversary || run
        };
        for (pools, parcel) in &traffic.parcels {
            if pools.iter().any(|pool| receives(*pool)) {
                self.learn_parcel(parcel);
            }
        }
        for (holder, held) in &traffic.held {
            if own(*holder) || setting.pools[setting.instances[*holder].pool].leaks {
                self.learn(held);
            }
        }
        for (by, verifier, shown) in &traffic.asked {
            let at = &setting.verifiers[*verifier];
            let through = taken_over.iter().any(|index| setting.instances[*index].name == *by);
            if at.observed || through {
                self.learn_presentation(*verifier, shown);
            } else if at.leaks {
                self.learn(&shown.credential);
            }
        }
    }

    pub fn learn_parcel(&mut self, parcel: &Parcel<C>) {
        push(&mut self.parcels, parcel.clone());
        push(&mut self.tasks, parcel.errand.task);
        match &parcel.cargo {
            Cargo::Credential(credential) => self.learn(credential),
            Cargo::Offer(chain, offer) => {
                self.learn(&Credential::Chain(chain.clone()));
                push(&mut self.offers, offer.clone());
            }
        }
    }

    pub fn learn_presentation(&mut self, verifier: usize, shown: &Presentation<C>) {
        self.learn(&shown.credential);
        push(&mut self.tasks, shown.request.task);
        push(&mut self.presentations, (verifier, shown.clone()));
    }

    pub fn learn(&mut self, credential: &Credential<C>) {
        push(&mut self.credentials, credential.clone());
        if let Credential::Chain(chain) = credential {
            push(&mut self.roots, chain.root.clone());
            push(&mut self.contexts, chain.root.context.clone());
            push(&mut self.triggers, chain.root.trigger.clone());
            for link in &chain.links {
                push(&mut self.offers, link.offer.clone());
                push(&mut self.links, link.clone());
            }
        }
    }

    /// Digests of records that a hand-off can name as its predecessor.
    pub fn predecessors(&self) -> Vec<Digest> {
        let roots = self.roots.iter().map(|root| root.root.digest());
        let steps = self.links.iter().map(|link| link.step.digest());
        roots.chain(steps).chain([Digest::of(b"nothing")]).collect()
    }
}

/// Whose keys it has.
fn controlled(setting: &Setting<C>) -> Vec<Party<C>> {
    let identities = setting.identities.iter().filter(|entity| entity.adversary);
    let mut parties: Vec<Party<C>> = identities.map(|entity| entity.party.clone()).collect();
    let taken: Vec<usize> = setting.taps.stolen().chain(setting.taps.taken_over()).collect();
    for (index, instance) in setting.instances.iter().enumerate() {
        let shared =
            taken.iter().any(|i| setting.instances[*i].party.public == instance.party.public);
        if instance.adversary || shared || taken.contains(&index) {
            parties.push(instance.party.clone());
        }
    }
    parties.push(fresh(7));
    parties
}
