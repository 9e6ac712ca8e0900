//! Paths: every chain of known and made records, root first.
//!
//! A record that the adversary makes is one that an honest party would make in its place, with up to so many fields set to
//! any constant of the world. A prefix goes on only if the guards that its extension cannot mend leave it acceptable where at
//! most one guard is not asked for. Of prefixes that agree in everything that a later record or a decision can read, one goes
//! on: authority, envelope, who may hold it, intents, conditions, what fails, and whose records they are.

use crate::adversary::{Adversary, Limits};
use crate::fields::{Fields, field, product};
use crate::stage::{C, task_of};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use whoacts_model::attestation::Attested;
use whoacts_model::contract::{Contract, Envelope, Requirement};
use whoacts_model::crypto::{Digest, PublicKey, Signed};
use whoacts_model::evidence::Condition;
use whoacts_model::execution::{
    Anchored, Chain, Continuation, HandOff, Link, Offer, Origin, Rekey, Request, Root, TaskId,
};
use whoacts_model::guard::{Guard, GuardSet};
use whoacts_model::mechanism::{Next, Party, Start};
use whoacts_model::name::ServiceId;
use whoacts_model::presentation::{Cargo, Credential};
use whoacts_model::wire::Object;

/// A path, and in how many fields it differs from what an honest party would have made.
#[derive(Clone)]
pub struct Path {
    pub chain: Chain<C>,
    pub set: usize,
    /// The guards that fail for every presentation of it.
    pub flaws: GuardSet,
    /// What a decision about it can tell apart.
    pub shown: Digest,
}

/// A root before it is signed.
#[derive(Clone)]
struct RootDraft {
    root: Root,
    signer: usize,
    attested: Option<Arc<Attested<C>>>,
    context: Option<Arc<Signed<whoacts_model::attestation::ContextGrant, C>>>,
    trigger: Option<Arc<Signed<whoacts_model::execution::Trigger, C>>>,
}

/// A hand-off before it is signed.
#[derive(Clone)]
struct OfferDraft {
    record: HandOff,
    signer: usize,
    by: Option<Arc<Attested<C>>>,
}

/// An answer before it is signed, with moves to other keys.
#[derive(Clone)]
struct StepDraft {
    step: Continuation,
    signer: usize,
    attested: Option<Arc<Attested<C>>>,
    moves: Vec<(usize, PublicKey)>,
}

const OF_ROOT: GuardSet = GuardSet::of(&[
    Guard::RootSigned,
    Guard::RootAnchored,
    Guard::RootMandated,
    Guard::RootGuarded,
]);
/// What no request can mend of a credential that is no chain.
pub const OF_CREDENTIAL: GuardSet = OF_ROOT.with(Guard::Linked);
const OF_OFFER: GuardSet = GuardSet::of(&[Guard::HandedOff, Guard::Attenuated]);
/// What no request can mend.
const OF_PATH: GuardSet =
    OF_ROOT.union(Guard::LINK).with(Guard::PrefixVerified).with(Guard::WithinHops);

impl Adversary<'_> {
    /// Every path, shortest first.
    pub fn paths(&self, limits: Limits) -> Vec<Path> {
        let (mut seen, mut all) = (HashMap::new(), Vec::new());
        for (anchored, set) in self.roots(limits) {
            self.keep(Chain { root: anchored, links: Vec::new() }, set, &mut seen, &mut all);
        }
        let mut at = 0;
        while at < all.len() {
            let path = all[at].clone();
            at += 1;
            if path.chain.links.len() >= limits.links || self.extension(&path).len() > 1 {
                continue;
            }
            for (offer, set) in self.offers(&path, limits) {
                for (link, set) in self.answers(&path.chain, &offer, set, limits) {
                    self.keep(path.chain.extended(Arc::new(link)), set, &mut seen, &mut all);
                }
            }
        }
        all
    }

    fn keep(
        &self,
        chain: Chain<C>,
        set: usize,
        seen: &mut HashMap<Digest, usize>,
        all: &mut Vec<Path>,
    ) {
        let flaws = self.flaws(&chain);
        if flaws.len() > 1 {
            return;
        }
        let shown = self.told_apart(&chain, flaws);
        let same = Digest::of(format!("{shown:?}{:?}", chain.envelope()).as_bytes());
        let best = seen.entry(same).or_insert(usize::MAX);
        if set < *best {
            *best = set;
            all.push(Path { chain, set, flaws, shown });
        }
    }

    /// The guards of the path that fail for whoever presents it.
    pub fn flaws(&self, chain: &Chain<C>) -> GuardSet {
        let held = self.evidence_of(&Credential::Chain(chain.clone())).held;
        self.required.intersection(OF_PATH).without(held)
    }

    /// The guards that fail for every extension of it.
    fn extension(&self, path: &Path) -> GuardSet {
        let mut lasting = path.flaws.intersection(OF_ROOT.with(Guard::WithinHops));
        if !path.flaws.without(OF_ROOT.with(Guard::WithinHops)).is_empty() {
            let prefix = if self.required.contains(Guard::PrefixVerified) {
                Guard::PrefixVerified
            } else {
                Guard::Linked
            };
            lasting = lasting.with(prefix);
        }
        lasting
    }

    /// What decisions can tell apart; a later record also reads the envelope.
    pub fn told_apart(&self, chain: &Chain<C>, flaws: GuardSet) -> Digest {
        let root = &chain.root;
        let top = root.root.body();
        let last = chain.links.last().map(|link| {
            let record = link.offer.record.body();
            let keys: Vec<_> = link.rekeys.iter().map(|rekey| rekey.body().new).collect();
            let honest = self.stage.honest.contains_key(&link.offer.record.digest());
            let shown = link.attested.as_deref().map(Attested::digest);
            let task = honest.then_some(record.task);
            format!(
                "{:?}{:?}{:?}{keys:?}{shown:?}{task:?}",
                record.contract.next,
                record.intents,
                link.step.body().key
            )
        });
        let names: Vec<_> = chain
            .links
            .iter()
            .map(|link| {
                let record = &link.offer.record;
                let name = self.stage.honest.get(&record.digest());
                format!(
                    "{name:?}{}{}",
                    self.stage.owner(&record.body().signer),
                    self.stage.owner(&link.step.body().key)
                )
            })
            .collect();
        let conditions = self.evidence_of(&Credential::Chain(chain.clone())).conditions;
        let conditions: BTreeSet<String> = conditions
            .iter()
            .filter_map(|(_, condition)| match condition {
                Condition::Below(record, limit) => {
                    let name = self.stage.honest.get(record);
                    (*limit == 0 || name.is_some()).then(|| format!("{name:?}{limit}"))
                }
                Condition::Unused(_) => None,
                other => Some(format!("{other:?}")),
            })
            .collect();
        let origin = match &top.origin {
            Origin::Identity(_) => format!("{:?}", top.key),
            _ => format!("{:?}", root.attested.as_deref().map(Attested::digest)),
        };
        let known = self.stage.honest.get(&root.root.digest());
        Digest::of(
            format!(
                "{flaws:?}{last:?}{names:?}{conditions:?}{origin}{:?}{known:?}{:?}{:?}",
                top.origin,
                self.stage.owner(&top.key),
                chain.authority()
            )
            .as_bytes(),
        )
    }

    fn roots(&self, limits: Limits) -> Vec<(Arc<Anchored<C>>, usize)> {
        let know = &self.know;
        let mut all: Vec<_> = know.roots.iter().map(|root| (root.clone(), 0)).collect();
        let attested = know.attested.clone();
        let digests: Vec<Option<Digest>> =
            know.triggers.iter().map(|t| t.as_deref().map(Signed::digest)).collect();
        let fields: Fields<RootDraft> = vec![
            field(&[7u32], |d: &mut RootDraft, v| d.root.execution = v),
            field(&know.origins, |d: &mut RootDraft, v| d.root.origin = v),
            field(&know.keys, |d: &mut RootDraft, v| d.root.key = v),
            field(&know.authorities, |d: &mut RootDraft, v| d.root.authority = v),
            field(&know.rests, |d: &mut RootDraft, v| d.root.envelope.rest = v),
            field(&know.ticks, |d: &mut RootDraft, v| d.root.envelope.not_after = v),
            field(&[0, 1, 2, 3], |d: &mut RootDraft, v| d.root.envelope.hops = v),
            field(&[0, 1, 2, 3], |d: &mut RootDraft, v| d.root.envelope.effects = v),
            field(&digests, |d: &mut RootDraft, v| d.root.trigger = v),
            field(&(0..know.parties.len()).collect::<Vec<_>>(), |d: &mut RootDraft, v| {
                d.signer = v
            }),
            field(&attested, |d: &mut RootDraft, v| d.attested = v),
            field(&know.contexts, |d: &mut RootDraft, v| d.context = v),
            field(&know.triggers, |d: &mut RootDraft, v| d.trigger = v),
        ];
        let anyone = BTreeSet::from([Requirement::anyone()]);
        let mut drafts = Vec::new();
        for (signer, party) in know.parties.iter().enumerate() {
            for origin in &know.origins {
                for authority in &know.authorities {
                    for rest in [&know.rests[1], &anyone] {
                        drafts.extend(self.root_draft(signer, party, origin, authority, rest));
                    }
                }
            }
        }
        for draft in drafts {
            product(&draft, &fields, limits.fields, &mut |draft, set| {
                let root = Signed::new(draft.root.clone(), &know.parties[draft.signer].key);
                let (attested, context) = (draft.attested.clone(), draft.context.clone());
                all.push((
                    Arc::new(Anchored { root, attested, context, trigger: draft.trigger.clone() }),
                    set,
                ));
            });
        }
        all
    }

    /// A root as the mechanism makes it for that party: in its own name, or in another's.
    fn root_draft(
        &self,
        signer: usize,
        party: &Party<C>,
        origin: &Origin,
        authority: &whoacts_model::authority::Authority,
        rest: &BTreeSet<Requirement>,
    ) -> Option<RootDraft> {
        let flow = self.setting.flows.first()?;
        let start = Start {
            execution: 9,
            origin: origin.clone(),
            authority: authority.clone(),
            handed: authority.clone(),
            envelope: Envelope { rest: rest.clone(), not_after: u32::MAX, hops: 3, effects: 3 },
            trigger: None,
            ..flow.start.clone()
        };
        let Credential::Chain(chain) = self.way.originate(&self.setting.desk, party, &start) else {
            return None;
        };
        let made = &chain.root;
        Some(RootDraft {
            root: made.root.body().clone(),
            signer,
            attested: made.attested.clone(),
            context: made.context.clone(),
            trigger: made.trigger.clone(),
        })
    }

    fn offers(&self, path: &Path, limits: Limits) -> Vec<(Arc<Offer<C>>, usize)> {
        let know = &self.know;
        let tip = path.chain.tip();
        let mut all: Vec<(Arc<Offer<C>>, usize)> = know
            .offers
            .iter()
            .map(|offer| {
                (offer.clone(), path.set + usize::from(offer.record.body().predecessor != tip))
            })
            .filter(|(_, set)| *set <= limits.fields)
            .collect();
        let fields = self.offer_fields();
        let most = limits.fields.saturating_sub(path.set);
        let mut seen = HashSet::new();
        for draft in self.offer_drafts(path) {
            product(&draft, &fields, most, &mut |draft, set| {
                let record = Signed::new(draft.record.clone(), &know.parties[draft.signer].key);
                if seen.insert((
                    record.digest(),
                    draft.signer,
                    draft.by.as_deref().map(Attested::digest),
                )) {
                    let offer = Arc::new(Offer { record, by: draft.by.clone() });
                    if self.worth(path, &offer) {
                        all.push((offer, path.set + set));
                    }
                }
            });
        }
        all
    }

    /// Hand-offs below a path that are worth showing to an honest executor: known ones, and natural ones.
    pub fn deliverable(&self, path: &Path) -> Vec<Arc<Offer<C>>> {
        let natural = Limits { links: 0, fields: path.set, shown: 0 };
        self.offers(path, natural).into_iter().map(|(offer, _)| offer).collect()
    }

    /// Whether what fails for every answer to it leaves one guard at most.
    fn worth(&self, path: &Path, offer: &Arc<Offer<C>>) -> bool {
        let party = &self.know.parties[0];
        let link = whoacts_model::mechanism::continuity::continue_offer(party, offer);
        let flaws = self.flaws(&path.chain.extended(Arc::new(link)));
        self.extension(path).union(flaws.intersection(OF_OFFER.union(OF_ROOT))).len() <= 1
    }

    fn offer_drafts(&self, path: &Path) -> Vec<OfferDraft> {
        let parent = path.chain.envelope();
        let mut wanted: BTreeSet<_> = parent.rest.clone();
        let keys = self.know.keys.iter().map(|key| Requirement::Key(*key));
        wanted.extend(keys.filter(|next| parent.admits(next)));
        let task = self.task(&path.chain);
        let mut drafts = Vec::new();
        for (signer, party) in self.know.parties.iter().enumerate() {
            let whole = &self.know.authorities[self.know.authorities.len() - 1];
            let authorities = BTreeSet::from([path.chain.authority(), whole]);
            let choices =
                wanted.iter().flat_map(|next| authorities.iter().map(move |of| (next, *of)));
            for (next, authority) in choices {
                let next = Next {
                    authority: authority.clone(),
                    contract: Contract {
                        next: next.clone(),
                        below: Envelope { hops: parent.hops.saturating_sub(1), ..parent.clone() },
                    },
                    intents: Some(self.all_intents(task)),
                    to: ServiceId::new("a"),
                    keys: Vec::new(),
                };
                let held = Credential::Chain(path.chain.clone());
                let Cargo::Offer(_, offer) = self.way.hand_over(party, &held, task, &next) else {
                    continue;
                };
                let mut record = offer.record.body().clone();
                record.contract.next = next.contract.next;
                if drafts.iter().all(|draft: &OfferDraft| draft.record != record) {
                    drafts.push(OfferDraft { record, signer, by: offer.by.clone() });
                }
            }
        }
        drafts
    }

    /// The task of whoever holds the path.
    pub fn task(&self, chain: &Chain<C>) -> TaskId {
        let last = chain.links.last().map(|link| link.offer.record.body().task);
        last.unwrap_or_else(|| task_of(&Credential::Chain(chain.clone())))
    }

    fn all_intents(&self, task: TaskId) -> BTreeSet<Digest> {
        let know = &self.know;
        let one = |operation: &whoacts_model::authority::Operation,
                   arguments: &whoacts_model::name::Arguments| {
            Request { operation: operation.clone(), arguments: arguments.clone(), task }.digest()
        };
        know.operations
            .iter()
            .flat_map(|op| know.arguments.iter().map(move |a| one(op, a)))
            .collect()
    }

    fn offer_fields(&self) -> Fields<OfferDraft> {
        let know = &self.know;
        let parties: Vec<usize> = (0..know.parties.len()).collect();
        let shown: Vec<_> =
            know.attested.iter().map(|a| a.as_deref().map(Attested::digest)).collect();
        let mut tasks = know.tasks.clone();
        tasks.push(TaskId::of(&Digest::of(b"nothing"), 0));
        let mut intents = vec![None, Some(BTreeSet::new())];
        intents.extend(know.tasks.iter().map(|task| Some(self.all_intents(*task))));
        vec![
            field(&know.predecessors(), |d: &mut OfferDraft, v| d.record.predecessor = v),
            field(&know.authorities, |d: &mut OfferDraft, v| d.record.authority = v),
            field(&know.requirements, |d: &mut OfferDraft, v| d.record.contract.next = v),
            field(&know.rests, |d: &mut OfferDraft, v| d.record.contract.below.rest = v),
            field(&know.ticks, |d: &mut OfferDraft, v| d.record.contract.below.not_after = v),
            field(&[0, 1, 2, 3], |d: &mut OfferDraft, v| d.record.contract.below.hops = v),
            field(&[0, 1, 2, 3], |d: &mut OfferDraft, v| d.record.contract.below.effects = v),
            field(&tasks, |d: &mut OfferDraft, v| d.record.task = v),
            field(&intents, |d: &mut OfferDraft, v| d.record.intents = v),
            field(&know.keys, |d: &mut OfferDraft, v| d.record.signer = v),
            field(&shown, |d: &mut OfferDraft, v| d.record.attestation = v),
            field(&parties, |d: &mut OfferDraft, v| d.signer = v),
            field(&know.attested, |d: &mut OfferDraft, v| d.by = v),
        ]
    }

    fn answers(
        &self,
        prefix: &Chain<C>,
        offer: &Arc<Offer<C>>,
        set: usize,
        limits: Limits,
    ) -> Vec<(Link<C>, usize)> {
        let know = &self.know;
        let mut all = Vec::new();
        for known in &know.links {
            let other = usize::from(known.step.body().hand_off != offer.record.digest());
            if set + other <= limits.fields {
                let offer = offer.clone();
                all.push((Link { offer, ..(**known).clone() }, set + other));
            }
        }
        let fields = self.step_fields();
        let most = limits.fields.saturating_sub(set);
        for (signer, face) in self.faces() {
            let made = whoacts_model::mechanism::continuity::continue_offer(&face, offer);
            let draft = StepDraft {
                step: made.step.body().clone(),
                signer,
                attested: made.attested.clone(),
                moves: Vec::new(),
            };
            product(&draft, &fields, most, &mut |draft, more| {
                let link = self.link(offer, draft);
                let flaws = self.flaws(&prefix.extended(Arc::new(link.clone())));
                if flaws.len() <= 1 {
                    all.push((link, set + more));
                }
            });
        }
        all
    }

    /// Its parties, each with every attestation that anybody signed for its key.
    pub fn faces(&self) -> Vec<(usize, Party<C>)> {
        let mut all = Vec::new();
        for (signer, party) in self.know.parties.iter().enumerate() {
            all.push((signer, party.clone()));
            for attested in self.know.attested.iter().flatten() {
                if attested.facts().key == party.public && party.attested.as_ref() != Some(attested)
                {
                    all.push((signer, Party { attested: Some(attested.clone()), ..party.clone() }));
                }
            }
        }
        all
    }

    fn link(&self, offer: &Arc<Offer<C>>, draft: &StepDraft) -> Link<C> {
        let parties = &self.know.parties;
        let step = Signed::new(draft.step.clone(), &parties[draft.signer].key);
        let mut old = draft.step.key;
        let mut rekeys = Vec::new();
        for (signer, new) in &draft.moves {
            let body = Rekey { step: step.digest(), old, new: *new };
            rekeys.push(Signed::new(body, &parties[*signer].key));
            old = *new;
        }
        Link { offer: offer.clone(), step, attested: draft.attested.clone(), rekeys }
    }

    fn step_fields(&self) -> Fields<StepDraft> {
        let know = &self.know;
        let parties: Vec<usize> = (0..know.parties.len()).collect();
        let shown: Vec<_> =
            know.attested.iter().map(|a| a.as_deref().map(Attested::digest)).collect();
        let moves: Vec<_> = parties
            .iter()
            .flat_map(|signer| know.keys.iter().map(move |key| vec![(*signer, *key)]))
            .collect();
        vec![
            field(&[Digest::of(b"nothing")], |d: &mut StepDraft, v| d.step.hand_off = v),
            field(&know.keys, |d: &mut StepDraft, v| d.step.key = v),
            field(&shown, |d: &mut StepDraft, v| d.step.attestation = v),
            field(&parties, |d: &mut StepDraft, v| d.signer = v),
            field(&know.attested, |d: &mut StepDraft, v| d.attested = v),
            field(&moves, |d: &mut StepDraft, v| d.moves = v),
        ]
    }
}
