//! How each message comes to be: honest work or the adversary's composition, as data without cryptography.
//!
//! A [`Recipe`](CredentialFrom) is the same under every provider; [`Kitchen::credential`] and its siblings follow it with real
//! keys. The symbolic world and the Ed25519 replay make their messages here, and nowhere else.

use super::setting::{Setting, Starter};
use std::collections::BTreeSet;
use std::sync::Arc;
use whoacts_model::attestation::Attested;
use whoacts_model::authority::{Authority, Operation};
use whoacts_model::contract::{Contract, Envelope, Facts, Requirement};
use whoacts_model::crypto::{Crypto, Digest, PublicKey, Signed};
use whoacts_model::execution::{Chain, Origin, Request, TaskId, Trigger};
use whoacts_model::guard::GuardSet;
use whoacts_model::mechanism::{Ask, Next, Party, Refusal, Start, Toward, continuity};
use whoacts_model::name::{Arguments, Nonce, ServiceId};
use whoacts_model::presentation::{
    Attenuated, Cargo, Credential, Delivery, Parcel, Presentation, Proof,
};
use whoacts_model::runtime::Task;
use whoacts_model::token::{Audience, Block, Token};
use whoacts_model::wire::Object;

/// Declares indices into the tables of a universe.
macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);
        impl $name {
            /// As an index.
            pub fn at(self) -> usize { self.0 as usize }
        }
    )*};
}
ids!(
    /// A credential.
    CredentialId,
    /// A message to an executor.
    ParcelId,
    /// A task that somebody honest has.
    TaskIndex,
    /// A message to a verifier.
    PresentationId,
    /// Somebody for whom the adversary can sign.
    SignerId
);

/// Whose key the adversary signs with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SignerKey {
    /// An identity that it owns.
    Identity(usize),
    /// An instance that it runs, or took over: that instance signs.
    Instance(usize),
    /// An instance whose key it stole: somebody else signs.
    Stolen(usize),
}

/// What the adversary shows of itself when it continues a hand-off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shown {
    /// What it has.
    Own,
    /// An attestation with the facts of that instance that it signed itself, for its own key.
    Forged(usize),
    /// The attestation of that instance, copied.
    Copied(usize),
}

/// How the adversary creates a root of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RootPlan {
    /// Within its mandate.
    Mandated,
    /// Everything there is.
    Overreach,
    /// In the name of that identity, signed with its own key.
    ClaimKey(usize),
    /// In the name of that identity and of its key, which it does not have.
    ClaimSignature(usize),
    /// As a self-start in the first role that its attestation states.
    Role,
    /// The same, with a trigger that it signed itself in the name of a source.
    Alleged,
    /// As a self-start on the trigger of that flow, which it has seen.
    Reused(usize),
    /// As a self-start in the environment that its attestation states, in the name of whoever deployed it.
    Context,
    /// As a self-start in that role, by an instance that is not attested in it (index of a flow that does so).
    Pretend(usize),
}

/// How a credential comes to be.
#[derive(Debug, Clone)]
pub enum CredentialFrom {
    /// The root of an honest execution.
    Root(usize),
    /// What the origin of an execution without hops gets for its own consent.
    Begun(usize),
    /// What an honest executor has after taking a parcel.
    Task(TaskIndex),
    /// What travels in an honest parcel, where that is not what its sender holds (a holder restricted it).
    Sent(ParcelId),
    /// What an honest presentation shows, where that is not what its presenter held (an origin redeemed its own consent).
    Put(PresentationId),
    /// What an online party gave an honest executor for the credential of a task, toward that place.
    Converted {
        /// The instance, under the key that it has then.
        by: usize,
        /// The task that it serves.
        serves: TaskIndex,
        /// The task whose credential it shows.
        spends: TaskIndex,
        /// For use where.
        place: Place,
    },
    /// A root of the adversary.
    Own(SignerId, RootPlan),
    /// What an online party gives the adversary for a known credential, toward that place.
    Exchanged {
        /// What it shows.
        base: CredentialId,
        /// Who asks.
        by: SignerId,
        /// For use where.
        place: Place,
    },
    /// What a known token or restricted token says, signed by the adversary: for its own key, or without the restrictions.
    Counterfeit {
        /// What it copies.
        base: CredentialId,
        /// Who signs.
        by: SignerId,
    },
    /// A consent that the adversary's workload received and redeemed (or its own, of that root).
    Redeemed(SignerId, Redeemable),
    /// A hand-off and a continuation below a known credential, both by the adversary.
    Extended {
        /// What it hangs below.
        base: CredentialId,
        /// Who signs the hand-off.
        by: SignerId,
        /// What it says.
        next: Box<Next>,
        /// Who continues.
        taker: SignerId,
    },
    /// A continuation of a known hand-off, by the adversary.
    Continued {
        /// The parcel that carries the hand-off.
        offer: ParcelId,
        /// Who continues.
        taker: SignerId,
        /// What it shows of itself.
        shown: Shown,
    },
    /// What an executor of the adversary gets by taking a known hand-off as an honest one would.
    Taken {
        /// The parcel that carries the hand-off.
        offer: ParcelId,
        /// Who takes it.
        taker: SignerId,
    },
    /// The last link of one known credential behind another.
    Spliced {
        /// The new predecessor.
        base: CredentialId,
        /// Whose last link.
        link: CredentialId,
    },
}

/// Where a credential is used next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// At that hop of that flow; with what its plan hands on there.
    Hop(usize, usize),
    /// At that verifier, for that operation (an index into the setting's).
    Verifier(usize, usize),
}

/// What can be redeemed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Redeemable {
    /// A parcel that the adversary's workload received.
    Parcel(ParcelId),
    /// A consent to the adversary's own account.
    Own(CredentialId),
}

/// How a parcel comes to be.
#[derive(Debug, Clone)]
pub enum ParcelFrom {
    /// The first hand-off of an execution.
    Start(usize),
    /// An honest executor hands on.
    Handed {
        /// The instance, under the key that it has then.
        by: usize,
        /// The task that it serves.
        task: TaskIndex,
        /// The task whose credential it spends; another one only under `confuse`.
        spends: TaskIndex,
    },
    /// The adversary hands over.
    Composed {
        /// What travels, or what the hand-off hangs below.
        base: CredentialId,
        /// Who signs, and the hand-off, for chains.
        offer: Option<(SignerId, Box<Next>)>,
        /// What the executor is to bring about.
        errand: usize,
    },
}

/// How a presentation comes to be.
#[derive(Debug, Clone)]
pub enum PresentationFrom {
    /// An origin without hops asks for itself.
    Start(usize, u32),
    /// An honest executor asks.
    Asked {
        /// The instance, under the key that it has then.
        by: usize,
        /// The task that it serves.
        task: TaskIndex,
        /// The task whose credential it spends.
        spends: TaskIndex,
        /// Which delivery of the task this is, from 1.
        delivery: u32,
    },
    /// The adversary asks.
    Composed {
        /// The credential.
        base: CredentialId,
        /// Who signs, or nobody.
        by: Option<SignerId>,
        /// Index into the setting's operations.
        operation: usize,
        /// Addressed to this verifier.
        verifier: usize,
        /// How the request is bound.
        binding: Binding,
        /// Tells its requests apart.
        number: u32,
    },
    /// A known presentation once more, byte for byte.
    Replayed(PresentationId),
    /// A known presentation with another request under the same proof.
    Altered {
        /// The original.
        original: PresentationId,
        /// Index into the setting's operations.
        operation: usize,
        /// Other arguments than the story's.
        other: bool,
    },
}

/// How the adversary binds its own request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Binding {
    /// As the form does.
    Full,
    /// Leaves the request out of the proof.
    Unbound,
    /// Names another verifier.
    OtherAudience,
    /// Shows the attestation of that instance for its own.
    Borrowed(usize),
}

/// The tables of messages, each with its recipe.
#[derive(Debug, Default)]
pub struct Recipes {
    /// Credentials.
    pub credentials: Vec<CredentialFrom>,
    /// Messages to executors, with the flow and the hop at which they arrive.
    pub parcels: Vec<(ParcelFrom, usize, usize)>,
    /// Tasks: who took which parcel.
    pub tasks: Vec<(usize, ParcelId)>,
    /// Messages to verifiers.
    pub presentations: Vec<PresentationFrom>,
    /// Whom the adversary can sign for.
    pub signers: Vec<SignerKey>,
}

/// Follows recipes under one cryptography. Made messages are kept, in the order of the tables.
pub struct Kitchen<'s, C: Crypto> {
    /// The stage.
    pub setting: &'s Setting<C>,
}

/// Where a cook finds what was made before.
pub trait Pantry<C: Crypto> {
    /// A credential.
    fn credential(&self, id: CredentialId) -> &Credential<C>;
    /// A parcel.
    fn parcel(&self, id: ParcelId) -> &Parcel<C>;
    /// A task.
    fn task(&self, id: TaskIndex) -> &Task<C>;
    /// A presentation.
    fn presentation(&self, id: PresentationId) -> &Presentation<C>;
    /// The recipes.
    fn recipes(&self) -> &Recipes;
}

/// The adversary's roots are numbered from here, so that they never coincide with honest ones.
const OWN: u32 = 1000;
/// The only arguments that no story uses.
pub const OTHER_ARGUMENTS: &str = "something-else";

impl<C: Crypto> Kitchen<'_, C> {
    /// Somebody the adversary signs for.
    pub fn signer(&self, key: SignerKey) -> &Party<C> {
        match key {
            SignerKey::Identity(index) => &self.setting.identities[index].party,
            SignerKey::Instance(index) | SignerKey::Stolen(index) => {
                &self.setting.instances[index].party
            }
        }
    }

    fn starter(&self, execution: usize) -> &Party<C> {
        let flow = &self.setting.flows[self.setting.executions[execution].flow];
        match flow.origin {
            Starter::Identity(index) => &self.setting.identities[index].party,
            Starter::Instance(index) => &self.setting.instances[index].party,
        }
    }

    /// The first task of an execution: its root, and what it is about.
    pub fn start(&self, execution: usize) -> Task<C> {
        let run = &self.setting.executions[execution];
        let flow = &self.setting.flows[run.flow];
        let mechanism = self.setting.deployed.run::<C>();
        Task::start(mechanism, &self.setting.desk, self.starter(execution), &run.start, |task| {
            Request { operation: flow.operation.clone(), arguments: flow.arguments.clone(), task }
        })
    }

    /// What travels from a holder to the hop `hop` of a flow, as the flow means it.
    fn next(&self, flow: usize, hop: usize, held: &Credential<C>, errand: &Request) -> Next {
        let flow = &self.setting.flows[flow];
        let plan = &flow.hops[hop];
        let (authority, below) = match held {
            Credential::Chain(chain) => {
                let mut below = below(chain.envelope());
                if hop == 0 {
                    let (until, effects) = flow.handed;
                    below.not_after = below.not_after.min(until);
                    below.effects = below.effects.min(effects);
                }
                let asked = Authority::to([errand.operation.clone()]);
                let meant = plan.authority.union(&asked);
                let kept = chain.authority().permissions().filter(|permission| {
                    [(*permission).clone()].into_iter().collect::<Authority>().within(&meant)
                });
                (kept.cloned().collect(), below)
            }
            _ => (plan.authority.clone(), flow.start.envelope.clone()),
        };
        Next {
            authority,
            contract: Contract { next: plan.next.clone(), below },
            intents: (!flow.dynamic).then(|| BTreeSet::from([errand.digest()])),
            to: self.service(plan.to),
            keys: self.keys(plan.to),
        }
    }

    /// The keys of a pool's honest replicas (all of them, where the adversary runs it), apart from later lives and later keys.
    pub fn keys(&self, pool: usize) -> Vec<PublicKey> {
        let hostile = self.setting.pools[pool].adversary;
        let listed = self.setting.instances.iter().filter(|instance| {
            instance.pool == pool
                && instance.adversary == hostile
                && instance.after_crash_of.is_none()
                && instance.after_rekey_of.is_none()
        });
        listed.map(|instance| instance.party.public).collect()
    }

    /// The name of a pool as a service.
    pub fn service(&self, pool: usize) -> ServiceId {
        ServiceId::new(&self.setting.pools[pool].id)
    }

    /// What a holder asks an online party for, toward a place. An errand that is not the flow's own needs its own right.
    fn toward(&self, place: Place, errand: Option<&Request>) -> Toward {
        match place {
            Place::Hop(flow, hop) => {
                let plan = &self.setting.flows[flow].hops[hop];
                let asked = errand.map(|errand| Authority::to([errand.operation.clone()]));
                Toward {
                    to: Audience::Service(self.service(plan.to)),
                    verifier: None,
                    authority: plan.authority.union(&asked.unwrap_or_default()),
                }
            }
            Place::Verifier(verifier, operation) => {
                let at = &self.setting.verifiers[verifier];
                Toward {
                    to: Audience::Resource(at.resource.clone()),
                    verifier: Some(at.id.clone()),
                    authority: Authority::to([self.setting.operations[operation].0.clone()]),
                }
            }
        }
    }

    /// Where the executor that serves `errand` at hop `hop` of `flow` uses its credential next.
    pub fn place(&self, flow: usize, hop: usize, errand: &Request) -> Place {
        if hop + 1 < self.setting.flows[flow].hops.len() {
            return Place::Hop(flow, hop + 1);
        }
        let wanted = |(operation, _): &(Operation, Arguments)| *operation == errand.operation;
        let operation = self.setting.operations.iter().position(wanted).unwrap_or(0);
        Place::Verifier(self.verifier_for(flow, errand), operation)
    }

    /// A task with what an online party gives for its credential toward `place`.
    pub fn converted(&self, by: usize, task: &Task<C>, place: Place, errand: &Request) -> Task<C> {
        let mechanism = self.setting.deployed.run::<C>();
        let executor = &self.setting.instances[by].party;
        task.converted(mechanism, &self.setting.desk, executor, &self.toward(place, Some(errand)))
    }

    /// The origin's first parcel, for a flow with hops.
    pub fn first_parcel(&self, execution: usize) -> Parcel<C> {
        let task = self.start(execution);
        let flow = self.setting.executions[execution].flow;
        let next = self.next(flow, 0, task.spill(), task.errand());
        let mechanism = self.setting.deployed.run::<C>();
        task.serve(|continuation| continuation.hand_over(mechanism, self.starter(execution), &next))
    }

    /// An executor takes a parcel.
    ///
    /// # Errors
    /// Why it does not.
    pub fn take(&self, instance: usize, parcel: &Parcel<C>, now: u32) -> Result<Task<C>, Refusal> {
        let executor = &self.setting.instances[instance].party;
        let mechanism = self.setting.deployed.run::<C>();
        let required = self.setting.required_at_hop;
        Task::take(mechanism, &self.setting.desk, executor, parcel, required, now)
    }

    /// Follows a parcel's recipe.
    pub fn parcel(&self, pantry: &impl Pantry<C>, id: ParcelId) -> Parcel<C> {
        let (from, flow, hop) = &pantry.recipes().parcels[id.at()];
        match from {
            ParcelFrom::Start(execution) => self.first_parcel(*execution),
            ParcelFrom::Handed { by, task, spends } => {
                let (served, spent) = (pantry.task(*task), pantry.task(*spends));
                let place = Place::Hop(*flow, *hop);
                let spent = self.converted(*by, spent, place, served.errand());
                let next = self.next(*flow, *hop, spent.spill(), served.errand());
                let mechanism = self.setting.deployed.run::<C>();
                let holder = &self.setting.instances[*by].party;
                served
                    .confused_with(&spent)
                    .serve(|continuation| continuation.hand_over(mechanism, holder, &next))
            }
            ParcelFrom::Composed { base, offer, errand } => {
                self.composed_parcel(pantry, *base, offer.as_ref(), *errand)
            }
        }
    }

    fn composed_parcel(
        &self,
        pantry: &impl Pantry<C>,
        base: CredentialId,
        offer: Option<&(SignerId, Box<Next>)>,
        errand: usize,
    ) -> Parcel<C> {
        let held = pantry.credential(base);
        let errand = Arc::new(self.request(held, errand, false));
        let Some((signer, next)) = offer else {
            let cargo = Cargo::Credential(held.clone());
            let mut parcel = Parcel { cargo, errand, delivery: None };
            parcel.delivery = self.own_delivery(pantry.recipes(), &parcel);
            return parcel;
        };
        let Credential::Chain(chain) = held else {
            return Parcel { cargo: Cargo::Credential(held.clone()), errand, delivery: None };
        };
        let signer = self.signer(pantry.recipes().signers[signer.at()]);
        let record = continuity::hand_off(signer, chain.tip(), errand.task, next);
        let cargo = Cargo::Offer(chain.clone(), Arc::new(record));
        let body = Delivery { cargo: cargo.digest(), errand: errand.digest() };
        let delivery = Some(Arc::new(Signed::new(body, &signer.key)));
        Parcel { cargo, errand, delivery }
    }

    /// The adversary's signature over what it sends, where the mechanism asks for one and it has the key.
    fn own_delivery(
        &self,
        recipes: &Recipes,
        parcel: &Parcel<C>,
    ) -> Option<Arc<Signed<Delivery, C>>> {
        let asked = self.setting.deployed.run::<C>().authenticates(&parcel.cargo);
        let signer = self.own_senders(recipes, parcel).next().filter(|_| asked)?;
        let body = Delivery { cargo: parcel.cargo.digest(), errand: parcel.errand.digest() };
        let key = &self.signer(recipes.signers[signer.at()]).key;
        Some(Arc::new(Signed::new(body, key)))
    }

    /// For whom the adversary can sign, of those whose key authenticates a parcel.
    pub fn own_senders(
        &self,
        recipes: &Recipes,
        parcel: &Parcel<C>,
    ) -> impl Iterator<Item = SignerId> {
        let sender = parcel.sender(&self.setting.desk.trust.identities);
        let owns = move |key: &SignerKey| Some(self.signer(*key).public) == sender;
        let signers = recipes.signers.iter().enumerate().filter(move |(_, key)| owns(key));
        signers.map(|(index, _)| SignerId(index as u32))
    }

    /// A request by the adversary: its task is the one that the credential is for.
    pub fn request(&self, held: &Credential<C>, operation: usize, other: bool) -> Request {
        let (operation, arguments) = self.setting.operations[operation].clone();
        let arguments = if other { Arguments::new(OTHER_ARGUMENTS) } else { arguments };
        Request { operation, arguments, task: task_of(held) }
    }

    /// Follows a credential's recipe.
    pub fn credential(&self, pantry: &impl Pantry<C>, id: CredentialId) -> Credential<C> {
        let signer = |id: &SignerId| self.signer(pantry.recipes().signers[id.at()]);
        match &pantry.recipes().credentials[id.at()] {
            CredentialFrom::Root(execution) => self.start(*execution).spill().clone(),
            CredentialFrom::Begun(execution) => {
                self.begun(*execution).unwrap_or_else(|| self.start(*execution).spill().clone())
            }
            CredentialFrom::Task(task) => pantry.task(*task).spill().clone(),
            CredentialFrom::Put(id) => pantry.presentation(*id).credential.clone(),
            CredentialFrom::Sent(parcel) => match &pantry.parcel(*parcel).cargo {
                Cargo::Credential(credential) => credential.clone(),
                Cargo::Offer(..) => own_nothing(pantry),
            },
            CredentialFrom::Converted { by, serves, spends, place } => {
                let (served, spent) = (pantry.task(*serves), pantry.task(*spends));
                self.converted(*by, spent, *place, served.errand()).spill().clone()
            }
            CredentialFrom::Exchanged { base, by, place } => {
                let held = pantry.credential(*base);
                self.exchanged(signer(by), held, *place).unwrap_or_else(|| held.clone())
            }
            CredentialFrom::Own(by, plan) => {
                self.own_root(pantry.recipes().signers[by.at()], *plan, by.0)
            }
            CredentialFrom::Counterfeit { base, by } => {
                counterfeit(pantry.credential(*base), signer(by))
            }
            CredentialFrom::Redeemed(by, what) => {
                let consent = match what {
                    Redeemable::Own(own) => pantry.credential(*own),
                    Redeemable::Parcel(parcel) => match &pantry.parcel(*parcel).cargo {
                        Cargo::Credential(credential) => credential,
                        Cargo::Offer(..) => return own_nothing(pantry),
                    },
                };
                self.redeemed(signer(by), consent).unwrap_or_else(|| consent.clone())
            }
            CredentialFrom::Extended { base, by, next, taker } => {
                let Credential::Chain(chain) = pantry.credential(*base) else {
                    return pantry.credential(*base).clone();
                };
                let task = task_of(pantry.credential(*base));
                let offer = Arc::new(continuity::hand_off(signer(by), chain.tip(), task, next));
                let link = continuity::continue_offer(signer(taker), &offer);
                Credential::Chain(chain.extended(Arc::new(link)))
            }
            CredentialFrom::Continued { offer, taker, shown } => {
                let Cargo::Offer(chain, offer) = &pantry.parcel(*offer).cargo else {
                    return own_nothing(pantry);
                };
                let taker = Party {
                    attested: self.shown(signer(taker), *shown, &offer.record.body().contract.next),
                    ..signer(taker).clone()
                };
                let link = continuity::continue_offer(&taker, offer);
                Credential::Chain(chain.extended(Arc::new(link)))
            }
            CredentialFrom::Taken { offer, taker } => {
                let parcel = pantry.parcel(*offer);
                self.taken(signer(taker), parcel).unwrap_or_else(|| own_nothing(pantry))
            }
            CredentialFrom::Spliced { base, link } => {
                let (Credential::Chain(base), Credential::Chain(other)) =
                    (pantry.credential(*base), pantry.credential(*link))
                else {
                    return pantry.credential(*base).clone();
                };
                let last = other.links.last().cloned();
                Credential::Chain(last.map_or_else(|| base.clone(), |link| base.extended(link)))
            }
        }
    }

    /// What the adversary gets from an online party for what it holds: as much as there is to be had.
    pub fn exchanged(
        &self,
        by: &Party<C>,
        held: &Credential<C>,
        place: Place,
    ) -> Option<Credential<C>> {
        let toward = Toward { authority: self.everything(), ..self.toward(place, None) };
        self.setting.deployed.run::<C>().convert(&self.setting.desk, by, held, &toward)
    }

    /// What somebody gets by taking a parcel as an honest executor would.
    pub fn taken(&self, by: &Party<C>, parcel: &Parcel<C>) -> Option<Credential<C>> {
        let mechanism = self.setting.deployed.run::<C>();
        mechanism.take(&self.setting.desk, by, parcel, GuardSet::NONE, 0).ok()
    }

    /// What the origin of an execution gets for its own consent, where there is one to be redeemed.
    pub fn begun(&self, execution: usize) -> Option<Credential<C>> {
        self.redeemed(self.starter(execution), self.start(execution).spill())
    }

    /// What somebody gets for what was sent to it and is still to be redeemed.
    pub fn redeemed(&self, by: &Party<C>, sent: &Credential<C>) -> Option<Credential<C>> {
        self.setting.deployed.run::<C>().redeem(&self.setting.desk, by, sent)
    }

    fn shown(&self, of: &Party<C>, shown: Shown, asked: &Requirement) -> Option<Arc<Attested<C>>> {
        match shown {
            Shown::Own => of.attested.clone(),
            Shown::Copied(instance) => self.setting.instances[instance].party.attested.clone(),
            Shown::Forged(instance) => {
                let model = self.setting.instances[instance].party.attested.as_deref()?;
                let mut facts = model.facts().clone();
                facts.key = of.public;
                let key = match &self.setting.rogue {
                    Some(rogue) => {
                        facts.attester = rogue.template.attester.clone();
                        // Where no domain is asked, its own word counts for its own domain.
                        if !matches!(asked, Requirement::Facts(Facts { domain: Some(_), .. })) {
                            facts.domain = rogue.template.domain.clone();
                        }
                        &rogue.key
                    }
                    None => &of.key,
                };
                let statement = Signed::new(facts, key);
                Some(Arc::new(Attested { statement, grants: model.grants.clone() }))
            }
        }
    }

    /// Everything that can be asked for here.
    pub fn everything(&self) -> Authority {
        Authority::to(self.setting.operations.iter().map(|(operation, _)| operation.clone()))
    }

    fn own_root(&self, signer: SignerKey, plan: RootPlan, number: u32) -> Credential<C> {
        let mut party = self.signer(signer).clone();
        let trust = &self.setting.desk.trust;
        let name = |index: usize| Origin::Identity(self.setting.identities[index].id.clone());
        let origin = match (plan, signer) {
            (RootPlan::ClaimKey(of) | RootPlan::ClaimSignature(of), _) => name(of),
            (RootPlan::Pretend(flow) | RootPlan::Reused(flow), _) => {
                self.setting.flows[flow].start.origin.clone()
            }
            (RootPlan::Role | RootPlan::Alleged, _) => party
                .attested
                .as_deref()
                .and_then(|attested| attested.facts().roles.first())
                .map_or_else(|| name(0), |claim| Origin::Role(claim.clone())),
            (RootPlan::Context, _) => {
                party.attested.as_deref().and_then(deployed).unwrap_or(name(0))
            }
            (_, SignerKey::Identity(own)) => name(own),
            (_, SignerKey::Instance(_) | SignerKey::Stolen(_)) => name(0),
        };
        if let RootPlan::ClaimSignature(of) = plan {
            party.public = self.setting.identities[of].party.public;
        }
        let authority = match plan {
            RootPlan::Overreach => self.everything(),
            RootPlan::Reused(flow) => self.setting.flows[flow].start.authority.clone(),
            _ => trust.mandates.of(&origin).cloned().unwrap_or_else(|| self.everything()),
        };
        let envelope = Envelope {
            rest: BTreeSet::from([Requirement::anyone()]),
            not_after: u32::MAX,
            hops: self.setting.bounds.hops,
            effects: 1,
        };
        let seen = match plan {
            RootPlan::Reused(flow) => Some(&self.setting.flows[flow].start),
            _ => None,
        };
        let source = trust.triggers.keys().next().filter(|_| plan == RootPlan::Alleged);
        let made_up = source.map(|source| {
            let (source, serial) = (source.clone(), OWN + number);
            let body = Trigger { source, authority: authority.digest(), serial };
            Arc::new(Signed::new(body, &party.key))
        });
        let start = Start {
            execution: OWN + number,
            origin,
            handed: authority.clone(),
            until: envelope.not_after,
            authority,
            envelope,
            context: seen.and_then(|start| start.context.clone()),
            trigger: made_up.or_else(|| seen.and_then(|start| start.trigger.clone())),
            to: None,
            last: None,
            purpose: None,
            audience: None,
        };
        self.setting.deployed.run::<C>().originate(&self.setting.desk, &party, &start)
    }

    /// The verifier that an errand is put to by somebody who serves hop `hop` of `flow`.
    pub fn verifier_for(&self, flow: usize, errand: &Request) -> usize {
        let flow = &self.setting.flows[flow];
        if flow.operation.resource == errand.operation.resource {
            return flow.verifier;
        }
        let serves = |v: &super::setting::Verifier| v.resource == errand.operation.resource;
        self.setting.verifiers.iter().position(serves).unwrap_or(flow.verifier)
    }

    /// Follows a presentation's recipe.
    pub fn presentation(&self, pantry: &impl Pantry<C>, id: PresentationId) -> Presentation<C> {
        let setting = self.setting;
        let mechanism = setting.deployed.run::<C>();
        match &pantry.recipes().presentations[id.at()] {
            PresentationFrom::Start(execution, delivery) => {
                let run = &setting.executions[*execution];
                let verifier = setting.verifiers[setting.flows[run.flow].verifier].id.clone();
                let nonce = Nonce::new(&format!("{}:{delivery}", run.name));
                let (task, starter) = (self.start(*execution), self.starter(*execution));
                // An origin that asks for itself redeems its own consent first.
                if let Some(held) = self.begun(*execution) {
                    let ask = Ask { request: task.errand().clone(), verifier, nonce };
                    return mechanism.present(&setting.desk, starter, &held, &ask);
                }
                task.serve(|c| c.act(mechanism, &setting.desk, starter, verifier, nonce))
            }
            PresentationFrom::Asked { by, task, spends, delivery } => {
                let (served, spent) = (pantry.task(*task), pantry.task(*spends));
                let (_, parcel) = pantry.recipes().tasks[task.at()];
                let (_, flow, hop) = pantry.recipes().parcels[parcel.at()];
                let verifier = self.verifier_for(flow, served.errand());
                let verifier = setting.verifiers[verifier].id.clone();
                let place = self.place(flow, hop, served.errand());
                let spent = self.converted(*by, spent, place, served.errand());
                let holder = &setting.instances[*by];
                let nonce = Nonce::new(&format!("{}:{}:{delivery}", holder.name, task.0));
                served
                    .confused_with(&spent)
                    .serve(|c| c.act(mechanism, &setting.desk, &holder.party, verifier, nonce))
            }
            PresentationFrom::Composed { base, by, operation, verifier, binding, number } => {
                let held = pantry.credential(*base);
                let request = Arc::new(self.request(held, *operation, false));
                let by = by.map(|by| self.signer(pantry.recipes().signers[by.at()]));
                self.composed(held, by, request, *verifier, *binding, *number)
            }
            PresentationFrom::Replayed(original) => pantry.presentation(*original).clone(),
            PresentationFrom::Altered { original, operation, other } => {
                let mut altered = pantry.presentation(*original).clone();
                let (operation, arguments) = setting.operations[*operation].clone();
                let arguments = if *other { Arguments::new(OTHER_ARGUMENTS) } else { arguments };
                let task = altered.request.task;
                altered.request = Arc::new(Request { operation, arguments, task });
                altered
            }
        }
    }

    fn composed(
        &self,
        held: &Credential<C>,
        by: Option<&Party<C>>,
        request: Arc<Request>,
        verifier: usize,
        binding: Binding,
        number: u32,
    ) -> Presentation<C> {
        let setting = self.setting;
        let nonce = Nonce::new(&format!("adversary:{number}"));
        let verifier_id = setting.verifiers[verifier].id.clone();
        let ask = Ask { request, verifier: verifier_id, nonce };
        let mechanism = setting.deployed.run::<C>();
        let party = by.unwrap_or(&setting.identities[0].party); // the proof is taken away again
        let mut made = mechanism.present(&setting.desk, party, held, &ask);
        if by.is_none() {
            made.proof = None;
            made.attested = None;
        }
        if let (Some(proof), Some(by)) = (&made.proof, by) {
            let mut body: Proof = proof.body().clone();
            match binding {
                Binding::Full => return made,
                Binding::Unbound => body.request = None,
                Binding::Borrowed(of) => {
                    let shown = setting.instances[of].party.attested.clone();
                    body.attestation = shown.as_deref().map(Attested::digest);
                    made.attested = shown;
                }
                Binding::OtherAudience => {
                    let other = (verifier + 1) % setting.verifiers.len();
                    body.audience = Some(setting.verifiers[other].id.clone());
                }
            }
            made.proof = Some(Arc::new(Signed::new(body, &by.key)));
        }
        made
    }
}

/// The origin that an attestation would make, if whoever deployed a workload answered for it.
fn deployed<C: Crypto>(attested: &Attested<C>) -> Option<Origin> {
    let facts = attested.facts();
    let environment = facts.environment.clone()?;
    Some(Origin::Context { environment, operator: facts.deployer.clone()? })
}

fn own_nothing<C: Crypto>(pantry: &impl Pantry<C>) -> Credential<C> {
    pantry.credential(CredentialId(0)).clone()
}

/// What a credential says, as somebody who may not say so signs it: a token for the key that signs, a restricted token with one
/// block in place of its restrictions.
fn counterfeit<C: Crypto>(of: &Credential<C>, by: &Party<C>) -> Credential<C> {
    match of {
        Credential::Token(token) => {
            let token = Token { confirmation: Some(by.public), ..token.body().clone() };
            Credential::Token(Arc::new(Signed::new(token, &by.key)))
        }
        Credential::Attenuated(held) => {
            let block = Block {
                parent: held.token.digest(),
                scope: held.token.body().scope.clone(),
                service: None,
                key: None,
                sealed: false,
            };
            let blocks = vec![Arc::new(Signed::new(block, &by.key))];
            let token = held.token.clone();
            Credential::Attenuated(Arc::new(Attenuated { token, blocks, discharge: None }))
        }
        other => other.clone(),
    }
}

/// What holds below the next hand-off: one hop fewer, the rest unchanged.
fn below(envelope: &Envelope) -> Envelope {
    Envelope { hops: envelope.hops.saturating_sub(1), ..envelope.clone() }
}

/// The task that a credential is for.
pub fn task_of<C: Crypto>(held: &Credential<C>) -> TaskId {
    match held {
        Credential::Chain(Chain { root, links }) => links
            .last()
            .map_or_else(|| TaskId::of(&root.root.digest(), 0), |l| l.offer.record.body().task),
        other => TaskId::of(&other.tip(), 0),
    }
}

/// Names the bytes of a credential, path and all.
pub fn name_of<C: Crypto>(held: &Credential<C>) -> Digest {
    match held {
        Credential::Chain(chain) => chain.path(),
        other => other.tip(),
    }
}
