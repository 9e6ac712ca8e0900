//! Follows recipes: the symbolic world and the Ed25519 replay make their messages here, and nowhere else.

mod adversary;

use super::recipe::{
    CredentialFrom, CredentialId, ParcelFrom, ParcelId, Place, PresentationFrom, PresentationId,
    Recipes, Redeemable, SignerId, SignerKey, TaskIndex,
};
use super::setting::{Setting, Starter};
pub(super) use adversary::deployed;
use adversary::{counterfeit, forged};
use std::collections::BTreeSet;
use std::sync::Arc;
use whoacts_model::authority::{Authority, Operation};
use whoacts_model::contract::{Contract, Envelope};
use whoacts_model::crypto::{Crypto, Digest, PublicKey};
use whoacts_model::execution::{Chain, Request, TaskId};
use whoacts_model::mechanism::{Ask, Next, Party, Refusal, Toward, continuity};
use whoacts_model::name::{Arguments, Nonce, ServiceId};
use whoacts_model::presentation::{Cargo, Credential, Parcel, Presentation};
use whoacts_model::runtime::Task;
use whoacts_model::token::Audience;
use whoacts_model::wire::Object;

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

impl<C: Crypto> Kitchen<'_, C> {
    /// Somebody the adversary signs for.
    pub fn signer(&self, key: SignerKey) -> &Party<C> {
        match key {
            SignerKey::Identity(index) => &self.setting.identities[index].party,
            SignerKey::Outsider => &self.setting.outsider,
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
        self.asked_at(flow, errand)
    }

    /// Where an executor that serves `errand` in `flow` asks, if it is to ask by itself.
    pub fn asked_at(&self, flow: usize, errand: &Request) -> Place {
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
    pub fn parcel(
        &self,
        pantry: &impl Pantry<C>,
        (from, flow, hop): &(ParcelFrom, usize, usize),
    ) -> Parcel<C> {
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
            ParcelFrom::Resent { parcel, errand } => {
                let mut parcel = pantry.parcel(*parcel).clone();
                if let Some(errand) = errand {
                    let (operation, arguments) = self.setting.operations[*errand].clone();
                    let task = parcel.errand.task;
                    parcel.errand = Arc::new(Request { operation, arguments, task });
                    parcel.delivery = None;
                }
                parcel
            }
        }
    }

    /// A request by the adversary: its task is the one that the credential is for.
    pub fn request(&self, held: &Credential<C>, operation: usize, other: bool) -> Request {
        let (operation, arguments) = self.setting.operations[operation].clone();
        let arguments = if other { self.setting.unused.clone() } else { arguments };
        Request { operation, arguments, task: task_of(held) }
    }

    /// Follows a credential's recipe.
    pub fn credential(&self, pantry: &impl Pantry<C>, from: &CredentialFrom) -> Credential<C> {
        let signer = |id: &SignerId| self.signer(pantry.recipes().signers[id.at()]);
        match from {
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
                self.own_root(pantry.recipes().signers[by.at()], plan, by.0)
            }
            CredentialFrom::Forged { by, token } => forged(signer(by), token),
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
            CredentialFrom::Moved { base, offer, taker } => {
                let Credential::Chain(chain) = pantry.credential(*base) else {
                    return pantry.credential(*base).clone();
                };
                let Cargo::Offer(_, offer) = &pantry.parcel(*offer).cargo else {
                    return own_nothing(pantry);
                };
                let link = continuity::continue_offer(signer(taker), offer);
                Credential::Chain(chain.extended(Arc::new(link)))
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

    /// What the origin of an execution gets for its own consent, where there is one to be redeemed.
    pub fn begun(&self, execution: usize) -> Option<Credential<C>> {
        self.redeemed(self.starter(execution), self.start(execution).spill())
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
    pub fn presentation(
        &self,
        pantry: &impl Pantry<C>,
        from: &PresentationFrom,
    ) -> Presentation<C> {
        let setting = self.setting;
        let mechanism = setting.deployed.run::<C>();
        match from {
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
                let (_, flow, _) = pantry.recipes().parcels[parcel.at()];
                let verifier = self.verifier_for(flow, served.errand());
                let verifier = setting.verifiers[verifier].id.clone();
                let place = self.asked_at(flow, served.errand());
                let spent = self.converted(*by, spent, place, served.errand());
                let holder = &setting.instances[*by];
                // What it asks with other authority is another request.
                let spent_for =
                    if spends == task { String::new() } else { format!("/{}", spends.0) };
                let nonce = format!("{}:{}{spent_for}:{delivery}", holder.name, task.0);
                let nonce = Nonce::new(&nonce);
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
            PresentationFrom::Replayed(original, _) => pantry.presentation(*original).clone(),
            PresentationFrom::Altered { original, operation, other } => {
                let mut altered = pantry.presentation(*original).clone();
                let (operation, arguments) = setting.operations[*operation].clone();
                let arguments = if *other { setting.unused.clone() } else { arguments };
                let task = altered.request.task;
                altered.request = Arc::new(Request { operation, arguments, task });
                altered
            }
        }
    }
}

fn own_nothing<C: Crypto>(pantry: &impl Pantry<C>) -> Credential<C> {
    pantry.credential(CredentialId(0)).clone()
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
        // A discharge goes along with what it discharges.
        Credential::Attenuated(held) => match &held.discharge {
            Some(word) => {
                let both = [*held.tip().as_bytes(), *word.digest().as_bytes()].concat();
                Digest::of(&both)
            }
            None => held.tip(),
        },
        other => other.tip(),
    }
}
