//! The closure by rounds: paths, presentations, deliveries to honest executors, and what these say in reaction.

use crate::chains::Path;
use crate::class::{Class, Shown};
use crate::fields::{Fields, field, product};
use crate::knowledge::Knowledge;
use crate::stage::{self, C, Stage, Traffic};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;
use whoacts_checker::world::setting::Setting;
use whoacts_model::attestation::Attested;
use whoacts_model::crypto::{Digest, PublicKey, Signed};
use whoacts_model::evidence::Evidence;
use whoacts_model::execution::{Request, TaskId};
use whoacts_model::guard::GuardSet;
use whoacts_model::mechanism::{Ask, Mechanism};
use whoacts_model::name::{Nonce, VerifierId};
use whoacts_model::presentation::{Cargo, Credential, Parcel, Presentation, Proof};
use whoacts_model::wire::Object;

/// How much is tried.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Steps on a path.
    pub links: usize,
    /// Fields in which the records of a path differ from what an honest party would have made.
    pub fields: usize,
    /// The same of a presentation.
    pub shown: usize,
}

/// The adversary of one world under one form.
pub struct Adversary<'s> {
    pub setting: &'s Setting<C>,
    pub stage: &'s Stage,
    pub way: &'static dyn Mechanism<C>,
    /// The guards that are asked for where the policy leaves none out.
    pub required: GuardSet,
    pub know: Knowledge,
    /// What is accepted, with the one guard, if any, that must not be asked for.
    pub found: BTreeMap<Class, BTreeSet<GuardSet>>,
    /// Proofs that somebody honest made and that it has read.
    recorded: BTreeSet<Digest>,
    /// Hand-offs that somebody honest made in reaction, and who.
    said: BTreeMap<Digest, String>,
    /// A request that stands for any.
    dummy: Arc<Request>,
    /// What it has read of reactions, so that equal ones are read once.
    heard: HashSet<Digest>,
    /// Whether a verifier takes earlier links on a settlement's word.
    settled: bool,
    /// Presentations judged.
    pub judged: u64,
}

/// A presentation before it is signed.
#[derive(Clone)]
struct Draft {
    request: Request,
    proof: Option<(Proof, usize)>,
    known: Option<Arc<Signed<Proof, C>>>,
    attested: Option<Arc<Attested<C>>>,
    bare: bool,
}

impl<'s> Adversary<'s> {
    /// An adversary that has done nothing yet.
    pub fn new(setting: &'s Setting<C>, stage: &'s Stage, traffic: &Traffic) -> Self {
        let know = Knowledge::of(setting, traffic);
        let dummy = Request {
            operation: know.operations[0].clone(),
            arguments: know.arguments[0].clone(),
            task: TaskId::of(&Digest::of(b"nothing"), 0),
        };
        Self {
            setting,
            stage,
            way: stage::mechanism(setting),
            required: setting.required,
            know,
            said: BTreeMap::new(),
            dummy: Arc::new(dummy),
            found: BTreeMap::new(),
            recorded: BTreeSet::new(),
            heard: HashSet::new(),
            settled: [
                "continuity/K0",
                "continuity/K1",
                "open-continuity",
                "open-continuity/strong",
            ]
            .contains(&setting.form.label().as_str()),
            judged: 0,
        }
    }

    /// Everything that can be accepted: of honest traffic, and of what the adversary brings about.
    pub fn run(&mut self, traffic: &Traffic, limits: Limits) {
        for (by, verifier, shown) in &traffic.asked {
            self.judge(by, *verifier, shown);
        }
        let known = self.know.presentations.iter();
        self.recorded =
            known.filter_map(|(_, shown)| shown.proof.as_deref().map(Signed::digest)).collect();
        if !matches!(traffic.roots.first(), Some(Credential::Chain(_))) {
            return self.run_tokens(limits);
        }
        for round in 0..3 {
            let before = (self.know.presentations.len(), self.know.credentials.len());
            let paths = self.paths(limits);
            if std::env::var("WHOACTS_TALK").is_ok() {
                let of =
                    |links| paths.iter().filter(|path| path.chain.links.len() == links).count();
                eprintln!(
                    "round {round}: {} roots, {} of one link, {} of two",
                    of(0),
                    of(1),
                    of(2)
                );
            }
            let mut seen: BTreeMap<Digest, usize> = BTreeMap::new();
            for path in &paths {
                let best = seen.entry(path.shown).or_insert(usize::MAX);
                if path.set < *best {
                    *best = path.set;
                    self.present_all(path, limits);
                }
            }
            self.repeat(limits);
            self.deliver(&paths, limits);
            if before == (self.know.presentations.len(), self.know.credentials.len()) || round == 2
            {
                break;
            }
        }
    }

    /// What a credential proves by itself, whoever shows it.
    pub fn evidence_of(&self, held: &Credential<C>) -> Evidence {
        let nobody = &self.know.parties[self.know.parties.len() - 1];
        let request = self.dummy.clone();
        let at = self.setting.verifiers[0].id.clone();
        let long = matches!(held, Credential::Chain(chain) if chain.links.len() > 1);
        let shown = if self.settled && long {
            let ask = Ask { request, verifier: at.clone(), nonce: Nonce::new("") };
            self.way.present(&self.setting.desk, nobody, held, &ask)
        } else {
            Presentation {
                credential: held.clone(),
                request,
                connection: Nonce::new(""),
                proof: None,
                attested: None,
                receipt: None,
            }
        };
        self.way.evidence(&shown, &at, &self.setting.desk.trust)
    }

    /// Judges a presentation at a verifier, and notes its class under each policy that accepts it.
    pub fn judge(&mut self, by: &str, verifier: usize, shown: &Presentation<C>) {
        self.judge_with(by, verifier, shown, GuardSet::NONE);
    }

    /// The same, where somebody took a parcel only because one guard was not asked for.
    fn judge_with(
        &mut self,
        by: &str,
        verifier: usize,
        shown: &Presentation<C>,
        earlier: GuardSet,
    ) {
        self.judged += 1;
        let served = &self.setting.verifiers[verifier];
        if shown.request.operation.resource != served.resource {
            return;
        }
        let evidence = self.way.evidence(shown, &served.id, &self.setting.desk.trust);
        let flaws = self.required.without(evidence.held).union(earlier);
        if flaws.len() > 1 {
            return;
        }
        let seen = Shown {
            by: by.to_owned(),
            verifier,
            operation: &shown.request.operation,
            arguments: &shown.request.arguments,
            root: root_key(&shown.credential),
            steps: self.steps(&shown.credential),
            proof: shown.proof.as_deref().map(|proof| {
                (proof.body().key, by != "the adversary" || self.recorded.contains(&proof.digest()))
            }),
        };
        let options = if flaws.is_empty() {
            std::iter::once(GuardSet::NONE)
                .chain(self.required.iter().map(|guard| GuardSet::of(&[guard])))
                .collect::<Vec<_>>()
        } else {
            vec![flaws]
        };
        let mut last = None;
        for dropped in options {
            let class = Class::of(self.stage, &seen, &evidence, self.required.without(dropped));
            if let Some(class) = class.clone().filter(|_| last != class) {
                self.found.entry(class).or_default().insert(dropped);
            }
            if dropped.is_empty() {
                last = class;
            }
        }
    }

    fn present_all(&mut self, path: &Path, limits: Limits) {
        let held = Credential::Chain(path.chain.clone());
        let plain = path.set == 0 && path.flaws.is_empty();
        let more = if plain { limits.shown } else { 0 };
        self.present_credential(&held, self.task(&path.chain), more);
    }

    /// Every presentation of a credential that differs in so many fields from an honest one.
    pub fn present_credential(&mut self, held: &Credential<C>, task: TaskId, most: usize) {
        let fields = self.fields(held);
        let mut drafts = Vec::new();
        for (signer, party) in self.faces() {
            for verifier in 0..self.setting.verifiers.len() {
                for operation in &self.know.operations {
                    for arguments in &self.know.arguments {
                        let (operation, arguments) = (operation.clone(), arguments.clone());
                        let request = Arc::new(Request { operation, arguments, task });
                        let shown = stage::ask(self.setting, &party, held, &request, verifier, "n");
                        drafts.push((signer, verifier, shown));
                    }
                }
            }
        }
        for (signer, verifier, shown) in drafts {
            let base = Draft {
                request: (*shown.request).clone(),
                proof: shown.proof.as_deref().map(|proof| (proof.body().clone(), signer)),
                known: None,
                attested: shown.attested.clone(),
                bare: false,
            };
            let mut all = Vec::new();
            product(&base, &fields, most, &mut |draft, _| all.push(self.made(&shown, draft)));
            all.push(Presentation { proof: None, attested: None, ..shown });
            for made in all {
                self.judge("the adversary", verifier, &made);
            }
        }
    }

    /// What was recorded, as it is and changed, at each verifier.
    pub fn repeat(&mut self, limits: Limits) {
        if self.way.channel_bound() {
            return;
        }
        for (_, shown) in self.know.presentations.clone() {
            let fields = self.fields(&shown.credential);
            let base = Draft {
                request: (*shown.request).clone(),
                proof: None,
                known: shown.proof.clone(),
                attested: shown.attested.clone(),
                bare: false,
            };
            let mut all = Vec::new();
            product(&base, &fields, limits.shown, &mut |draft, _| {
                all.push(self.made(&shown, draft))
            });
            for made in all {
                for verifier in 0..self.setting.verifiers.len() {
                    self.judge("the adversary", verifier, &made);
                }
            }
        }
    }

    fn made(&self, like: &Presentation<C>, draft: &Draft) -> Presentation<C> {
        let signed = draft.proof.as_ref().map(|(body, signer)| {
            Arc::new(Signed::new(body.clone(), &self.know.parties[*signer].key))
        });
        Presentation {
            credential: like.credential.clone(),
            request: Arc::new(draft.request.clone()),
            connection: like.connection.clone(),
            proof: draft.known.clone().or(signed),
            attested: draft.attested.clone(),
            receipt: like.receipt.clone().filter(|_| !draft.bare),
        }
    }

    fn fields(&self, held: &Credential<C>) -> Fields<Draft> {
        fn proof<T: Clone + 'static>(
            values: &[T],
            set: impl Fn(&mut Proof, T) + Clone + 'static,
        ) -> Vec<crate::fields::Setter<Draft>> {
            field(values, move |draft: &mut Draft, value: T| {
                if let Some((body, _)) = &mut draft.proof {
                    set(body, value);
                }
            })
        }
        let know = &self.know;
        let parties: Vec<usize> = (0..know.parties.len()).collect();
        let mut tips = know.predecessors();
        tips.push(held.tip());
        let some = |value: &VerifierId| Some(value.clone());
        let audiences: Vec<_> = know.verifiers.iter().map(some).chain([None]).collect();
        let shown: Vec<_> =
            know.attested.iter().map(|a| a.as_deref().map(Attested::digest)).collect();
        let operations: Vec<_> = know.operations.iter().cloned().map(Some).chain([None]).collect();
        let mut tasks = know.tasks.clone();
        tasks.push(TaskId::of(&Digest::of(b"nothing"), 0));
        let again = know.presentations.iter().filter(|_| !self.way.channel_bound());
        let recorded: Vec<_> =
            again.filter_map(|(_, shown)| shown.proof.clone()).map(Some).collect();
        let none: Vec<Option<(Proof, usize)>> = vec![None];
        vec![
            field(&know.operations, |d: &mut Draft, v| d.request.operation = v),
            field(&know.arguments, |d: &mut Draft, v| d.request.arguments = v),
            field(&tasks, |d: &mut Draft, v| d.request.task = v),
            proof(&tips, |p, v| p.tip = v),
            proof(&[Nonce::new("another")], |p, v| p.nonce = v),
            proof(&operations, |p, v| p.operation = v),
            proof(&[None, Some(Digest::of(b"nothing"))], |p, v| p.request = v),
            proof(&audiences, |p, v| p.audience = v),
            proof(&know.keys, |p, v| p.key = v),
            proof(&shown, |p, v| p.attestation = v),
            field(&parties, |d: &mut Draft, v| {
                if let Some((_, signer)) = &mut d.proof {
                    *signer = v;
                }
            }),
            field(&know.attested, |d: &mut Draft, v| d.attested = v),
            field(&recorded, |d: &mut Draft, v| d.known = v),
            field(&none, |d: &mut Draft, v| d.proof = v),
            field(&[true], |d: &mut Draft, v| d.bare = v),
        ]
    }

    /// Feeds honest executors whatever a path and a hand-off below it make, with any errand, and takes note of what they do.
    fn deliver(&mut self, paths: &[Path], limits: Limits) {
        let mut jobs = Vec::new();
        let mut seen = HashSet::new();
        let mut told = HashSet::new();
        for path in paths.iter().filter(|path| path.chain.links.len() < limits.links) {
            // Of altered paths that look alike one is enough: honest ones are all shown.
            if !told.insert(path.shown) && path.set > 0 {
                continue;
            }
            for offer in self.deliverable(path) {
                if seen.insert(offer.record.digest()) {
                    jobs.push((path.chain.clone(), offer));
                }
            }
        }
        for (chain, offer) in jobs {
            let task = offer.record.body().task;
            self.feed(&Cargo::Offer(chain, offer), task);
        }
    }

    /// Feeds honest executors a cargo with any errand.
    pub fn feed(&mut self, cargo: &Cargo<C>, task: TaskId) {
        let inject =
            self.setting.capabilities.has(whoacts_checker::world::capability::Capability::Inject);
        for index in 0..self.setting.instances.len() {
            let instance = &self.setting.instances[index];
            if instance.adversary || instance.after_rekey_of.is_some() {
                continue;
            }
            if let Cargo::Offer(chain, offer) = cargo {
                let step =
                    whoacts_model::mechanism::continuity::continue_offer(&instance.party, offer);
                if self.flaws(&chain.extended(Arc::new(step))).len() > 1 {
                    continue;
                }
            }
            for errand in self.errands(task) {
                let mut parcel = Parcel { cargo: cargo.clone(), errand, delivery: None };
                if self.way.authenticates(cargo) {
                    let Some(sender) = parcel.sender(&self.setting.desk.trust.identities) else {
                        continue;
                    };
                    let signer = self.know.parties.iter().find(|party| party.public == sender);
                    let recorded = || {
                        let same = self.know.parcels.iter().find(|known| {
                            known.cargo == parcel.cargo && known.errand == parcel.errand
                        });
                        same.and_then(|known| known.delivery.clone()).filter(|_| inject)
                    };
                    parcel.delivery = signer
                        .map(|party| stage::deliver(party, cargo, &parcel.errand))
                        .or_else(recorded);
                }
                if let Some((taken, flaw)) = stage::take(self.setting, &instance.party, &parcel) {
                    self.react(index, &taken, &parcel.errand, flaw);
                }
            }
        }
    }

    fn errands(&self, task: TaskId) -> Vec<Arc<Request>> {
        let know = &self.know;
        let every = know.operations.iter().flat_map(|operation| {
            know.arguments.iter().map(move |arguments| {
                let (operation, arguments) = (operation.clone(), arguments.clone());
                Arc::new(Request { operation, arguments, task })
            })
        });
        every.collect()
    }

    /// What an honest executor does with what it took: whoever serves the end of a flow asks, others hand on.
    fn react(
        &mut self,
        index: usize,
        taken: &Credential<C>,
        errand: &Arc<Request>,
        flaw: GuardSet,
    ) {
        let setting = self.setting;
        let instance = &setting.instances[index];
        for flow in &setting.flows {
            for (at, hop) in flow.hops.iter().enumerate().filter(|(_, hop)| hop.to == instance.pool)
            {
                let _ = hop;
                if at + 1 == flow.hops.len() {
                    let of = errand.operation.resource.clone();
                    let serving =
                        setting.verifiers.iter().enumerate().filter(|(_, v)| v.resource == of);
                    for verifier in serving.map(|(at, _)| at).collect::<Vec<_>>() {
                        let party = &instance.party;
                        let shown = stage::ask(setting, party, taken, errand, verifier, "fed");
                        self.judge_with(&instance.name, verifier, &shown, flaw);
                        if setting.verifiers[verifier].observed
                            && flaw.is_empty()
                            && self.news(taken, errand)
                        {
                            self.recorded.extend(shown.proof.as_deref().map(Signed::digest));
                            self.know.learn_presentation(verifier, &shown);
                        }
                    }
                    if setting.pools[instance.pool].leaks
                        && flaw.is_empty()
                        && self.news(taken, errand)
                    {
                        self.know.learn(taken);
                    }
                    continue;
                }
                let intents = Some(BTreeSet::from([errand.digest()]));
                let next = stage::next(setting, flow, at + 1, intents);
                let parcel = stage::hand(setting, &instance.party, taken, errand, &next);
                for listener in &flow.hops[at + 1].listeners {
                    if let Cargo::Offer(_, offer) = &parcel.cargo {
                        self.said.insert(offer.record.digest(), instance.name.clone());
                    }
                    let read =
                        setting.pools[*listener].observed || setting.pools[*listener].adversary;
                    if read && flaw.is_empty() && self.news(taken, errand) {
                        self.know.learn_parcel(&parcel);
                    }
                    for other in 0..setting.instances.len() {
                        let next = &setting.instances[other];
                        if next.pool != *listener || next.adversary || other == index {
                            continue;
                        }
                        let taken = stage::take(setting, &next.party, &parcel);
                        if let Some((taken, more)) =
                            taken.filter(|(_, more)| more.union(flaw).len() <= 1)
                        {
                            self.react(other, &taken, errand, more.union(flaw));
                        }
                    }
                }
            }
        }
    }

    /// Who handed each step on, where somebody honest did, and the key that took it.
    fn steps(&self, held: &Credential<C>) -> Vec<(Option<String>, PublicKey)> {
        let Credential::Chain(chain) = held else { return Vec::new() };
        let of = chain.links.iter().map(|link| {
            let by = self.said.get(&link.offer.record.digest()).cloned();
            (by, link.step.body().key)
        });
        of.collect()
    }

    /// Whether what somebody honest took differs from what it took before in more than who could tell.
    fn news(&mut self, taken: &Credential<C>, errand: &Request) -> bool {
        let Credential::Chain(chain) = taken else {
            let told = format!("{:?}{:?}", errand.operation, crate::tokens::told_apart(taken));
            let within = taken.scope().admits(&errand.operation, &errand.arguments);
            return within && self.heard.insert(Digest::of(told.as_bytes()));
        };
        let flaws = self.flaws(chain);
        let within = chain.authority().admits(&errand.operation, &errand.arguments);
        let same = format!("{}{within}", self.told_apart(chain, flaws).hex());
        within && self.heard.insert(Digest::of(same.as_bytes()))
    }

    /// Classes that a policy accepts which leaves these guards out.
    pub fn classes(&self, dropped: GuardSet) -> BTreeSet<Class> {
        let under = |flaws: &BTreeSet<GuardSet>| {
            flaws.contains(&GuardSet::NONE) || flaws.contains(&dropped)
        };
        self.found
            .iter()
            .filter(|(_, flaws)| under(flaws))
            .map(|(class, _)| class.clone())
            .collect()
    }
}

/// The key that a credential's root names.
fn root_key(held: &Credential<C>) -> Option<PublicKey> {
    match held {
        Credential::Chain(chain) => Some(chain.root.root.body().key),
        _ => None,
    }
}
