//! The adversary composes: every well-typed object within the bounds that it can make from what it may come to know.
//!
//! A composition that keeps to the rules is made everywhere. One that breaks a rule which a required guard checks is made
//! once for each *shape* (credentials that differ only in replica or execution have one shape): it is there to be denied, so
//! that the guard is seen to decide, and by symmetry its siblings are denied as well. Where the guard is not required it is
//! made everywhere.

use super::capability::Capability;
use super::ghost::{Cause, Meant, Mint, Passage, Who};
use super::recipe::{
    Binding, CredentialFrom, CredentialId, ParcelFrom, ParcelId, Place, PresentationFrom,
    PresentationId, Redeemable, RootPlan, Shown, SignerId, SignerKey, name_of,
};
use super::universe::{
    Builder, CredentialInfo, Need, ParcelInfo, PresentationInfo, Support, Work, mix,
};
use std::collections::{BTreeSet, HashMap};
use whoacts_model::authority::{Authority, Operation};
use whoacts_model::contract::{Contract, Envelope, Requirement};
use whoacts_model::crypto::{Crypto, Digest};
use whoacts_model::execution::{Chain, Origin};
use whoacts_model::guard::Guard;
use whoacts_model::mechanism::Next;
use whoacts_model::name::ServiceId;
use whoacts_model::presentation::{Cargo, Credential};
use whoacts_model::verify;
use whoacts_model::wire::Object;

/// The numbers of two requests by the adversary for one thing: enough to ask whether the second counts.
const REQUESTS: [u32; 2] = [1, 2];

/// The adversary hands on to itself at most so often in a row: a step that it hands to itself is no wider than the one before.
const OWN_STEPS: usize = 2;

impl<C: Crypto> Builder<'_, C> {
    /// Lists whom the adversary can sign for, and makes its own roots.
    pub(super) fn enlist(&mut self) {
        let setting = self.setting();
        for (index, identity) in setting.identities.iter().enumerate() {
            if identity.adversary {
                self.enlist_signer(SignerKey::Identity(index), Vec::new());
            }
        }
        for (index, instance) in setting.instances.iter().enumerate() {
            if instance.adversary {
                let support = instance.after_crash_of.map(Need::Gone).into_iter().collect();
                self.enlist_signer(SignerKey::Instance(index), support);
            }
        }
        for index in setting.taps.stolen().collect::<BTreeSet<usize>>() {
            for sharer in setting.sharers(index) {
                self.enlist_signer(SignerKey::Stolen(sharer), vec![Need::Key(index)]);
            }
        }
        for index in setting.taps.taken_over().collect::<BTreeSet<usize>>() {
            self.enlist_signer(SignerKey::Instance(index), vec![Need::Run(index)]);
            for sharer in setting.sharers(index).filter(|sharer| *sharer != index) {
                self.enlist_signer(SignerKey::Stolen(sharer), vec![Need::Run(index)]);
            }
        }
        for signer in 0..self.supports.len() {
            self.own_roots(SignerId(signer as u32));
        }
    }

    fn key(&self, signer: SignerId) -> SignerKey {
        self.u.recipes.signers[signer.at()]
    }

    fn who(&self, signer: SignerId) -> Who {
        match self.key(signer) {
            SignerKey::Instance(index) => Who::Run(index),
            SignerKey::Identity(_) | SignerKey::Stolen(_) => Who::Adversary,
        }
    }

    fn signers(&self) -> impl Iterator<Item = SignerId> + use<C> {
        (0..self.supports.len() as u32).map(SignerId)
    }

    /// Whether to make something that breaks the rule of `guard`.
    fn deviates(&mut self, guard: Guard, shape: &[u64]) -> bool {
        !self.setting().representatives
            && !self.setting().required.contains(guard)
            && !self.setting().required_at_hop.contains(guard)
            || self.shapes.insert((guard, mix(shape)))
    }

    /// Whether the adversary has not composed from a thing of this kind and shape before, where one is enough.
    fn first_of_its_shape(&mut self, kind: u64, shape: u64) -> bool {
        !self.setting().representatives || self.composed.insert((kind, shape))
    }

    fn support_of(&self, base: CredentialId, signers: &[SignerId]) -> Support {
        let mut support = self.u.credentials[base.at()].support.clone();
        for signer in signers {
            support.extend(self.supports[signer.at()].iter().copied());
        }
        support
    }

    fn own_roots(&mut self, signer: SignerId) {
        let setting = self.setting();
        let mut plans = Vec::new();
        match self.key(signer) {
            SignerKey::Identity(own) => {
                let id = &setting.identities[own].id;
                if setting.desk.trust.mandates.identities.contains_key(id) {
                    plans.push((RootPlan::Mandated, Mint::Own));
                }
                plans.push((RootPlan::Overreach, Mint::Overreach));
                for flow in &setting.flows {
                    if let super::setting::Starter::Identity(of) = flow.origin {
                        plans.push((RootPlan::ClaimKey(of), Mint::Forged));
                        plans.push((RootPlan::ClaimSignature(of), Mint::Forged));
                    }
                }
            }
            SignerKey::Instance(index) | SignerKey::Stolen(index) => {
                let attested = setting.instances[index].party.attested.as_deref();
                if attested.is_some_and(|attested| !attested.facts().roles.is_empty()) {
                    plans.push((RootPlan::Role, Mint::SelfStart(index)));
                    // Where triggers are not asked for, one that is made up shows nothing that none does not show.
                    if setting.required.contains(Guard::RootGuarded) {
                        plans.push((RootPlan::Alleged, Mint::SelfStart(index)));
                    }
                }
                let contexts = &setting.desk.trust.mandates.contexts;
                if attested.is_some_and(|attested| {
                    let facts = attested.facts();
                    facts.deployer.is_some()
                        && facts.environment.as_ref().is_some_and(|e| contexts.contains_key(e))
                }) {
                    plans.push((RootPlan::Context, Mint::SelfStart(index)));
                }
                for (flow, plan) in setting.flows.iter().enumerate() {
                    let asked = setting.required.contains(Guard::RootGuarded);
                    let able = attested.is_some_and(|attested| match &plan.start.origin {
                        Origin::Identity(_) => false,
                        Origin::Role(claim) => attested.facts().roles.contains(claim),
                        Origin::Context { environment, .. } => {
                            attested.facts().environment.as_ref() == Some(environment)
                        }
                    });
                    if asked && able && plan.start.trigger.is_some() {
                        plans.push((RootPlan::Reused(flow), Mint::SelfStart(index)));
                    }
                }
                // Who bears the name of an identity claims to be it.
                for (of, identity) in setting.identities.iter().enumerate() {
                    let name = attested.map(|attested| attested.facts().subject.name.as_str());
                    if name == Some(identity.id.as_str()) && !identity.adversary {
                        plans.push((RootPlan::ClaimKey(of), Mint::Forged));
                    }
                }
                for (flow, plan) in setting.flows.iter().enumerate() {
                    if matches!(plan.origin, super::setting::Starter::Instance(_)) {
                        plans.push((RootPlan::Pretend(flow), Mint::Forged));
                    }
                }
            }
        }
        plans.dedup();
        for (plan, mint) in plans {
            self.own_root(signer, plan, mint);
        }
    }

    /// What comes of a recipe, before it has a place in the table.
    fn made(&mut self, from: &CredentialFrom) -> Credential<C> {
        let id = CredentialId(self.u.recipes.credentials.len() as u32);
        self.u.recipes.credentials.push(from.clone());
        let made = self.kitchen.credential(&self.u, id);
        self.u.recipes.credentials.pop();
        made
    }

    fn own_root(&mut self, signer: SignerId, plan: RootPlan, mint: Mint) {
        let from = CredentialFrom::Own(signer, plan);
        let made = self.made(&from);
        // An authorization server issues for its own accounts only, and not beyond their mandate. Where nothing is issued,
        // anybody may ask anyhow.
        let asks = matches!(made, Credential::Ambient(_));
        if !matches!(made, Credential::Chain(_)) && !asks && mint != Mint::Own {
            return;
        }
        let mint = if asks { Mint::Own } else { mint };
        let mut support = self.supports[signer.at()].clone();
        if let RootPlan::Reused(flow) = plan {
            // Whoever has seen the root has seen its trigger.
            let root = self.setting().first_root(flow).map(CredentialId);
            support.extend(root.map(Need::Credential));
        }
        let shape = mix(&[7, u64::from(signer.0), plan_number(plan)]);
        let consent = matches!(made, Credential::Consent(_));
        let id = self.credential(from, made, |_| support, mint, Vec::new(), shape, None);
        if consent {
            for by in self.signers() {
                self.redeem(by, Redeemable::Own(id), id, Vec::new());
            }
        } else {
            self.work.push_back(Work::Credential(id));
        }
    }

    /// The adversary redeems a consent with one of its keys, or keeps a token that its workload received.
    fn redeem(&mut self, by: SignerId, what: Redeemable, base: CredentialId, path: Vec<Passage>) {
        let from = CredentialFrom::Redeemed(by, what);
        self.u.recipes.credentials.push(from.clone());
        let id = CredentialId(self.u.recipes.credentials.len() as u32 - 1);
        let made = self.kitchen.credential(&self.u, id);
        let info = &self.u.credentials[base.at()];
        let mut support = match (&info.made, what) {
            (Credential::Consent(_), Redeemable::Parcel(parcel)) => vec![Need::Redeemed(parcel)],
            (_, Redeemable::Parcel(parcel)) => {
                info.support.iter().copied().chain([Need::Redeemed(parcel)]).collect()
            }
            _ => info.support.clone(),
        };
        support.extend(self.supports[by.at()].iter().copied());
        let (mint, shape) = (info.mint, mix(&[info.shape, 8, u64::from(by.0)]));
        // What somebody makes of the same bytes later is not honest for that.
        self.named.entry(name_of(&made)).or_insert(id);
        self.u.credentials.push(CredentialInfo {
            made,
            support,
            mint,
            path,
            doomed: false,
            shape,
            parent: Some((base, None)),
        });
        self.work.push_back(Work::Credential(id));
    }

    /// A workload of the adversary receives a parcel.
    pub(super) fn receive(&mut self, instance: usize, id: ParcelId) {
        let parcel = &self.u.parcels[id.at()];
        let base = parcel.base;
        if matches!(parcel.made.cargo, Cargo::Offer(..)) {
            self.learn_parcel(id);
            return;
        }
        let mut passage = parcel.passage.clone();
        passage.taker = Who::Run(instance);
        let mut path = self.u.credentials[base.at()].path.clone();
        path.push(passage);
        if matches!(self.u.credentials[base.at()].made, Credential::Ambient(_)) {
            return; // nothing came along
        }
        self.learn_credential(base);
        // A history with the adversary in it shows nothing that its beginning does not show.
        let (_, before) = path.split_last().unwrap_or((&path[0], &[]));
        if before.iter().any(|passage| passage.by.hostile() || passage.taker.hostile()) {
            return;
        }
        let signer = self.signers().find(|s| self.key(*s) == SignerKey::Instance(instance));
        if let Some(signer) = signer {
            self.redeem(signer, Redeemable::Parcel(id), base, path);
        }
    }

    /// What the adversary can make of a credential.
    pub(super) fn compose(&mut self, id: CredentialId) {
        if self.worth_splicing(id) {
            self.splice(id);
        }
        if !self.first_of_its_shape(1, self.u.credentials[id.at()].shape) {
            return;
        }
        match self.u.credentials[id.at()].made.clone() {
            Credential::Chain(chain) => {
                self.present_chain(id, &chain);
                let room = (chain.links.len() as u32) < self.setting().bounds.hops;
                match self.u.credentials[id.at()].doomed {
                    _ if !room => {}
                    false => self.hand_over_below(id, &chain),
                    true => self.extend_doomed(id, &chain),
                }
            }
            held @ (Credential::Token(_) | Credential::Attenuated(_) | Credential::Ambient(_)) => {
                self.present_token(id);
                self.counterfeit(id);
                if steps(&held) < self.setting().bounds.hops as usize {
                    self.pass_token_on(id);
                    self.exchange(id);
                }
            }
            Credential::Consent(_) => self.exchange(id),
        }
    }

    /// Signs what an honest token says, or a restricted token without its restrictions, and presents that. It is there to be
    /// denied, so nothing more is made of it.
    fn counterfeit(&mut self, id: CredentialId) {
        let info = &self.u.credentials[id.at()];
        let shape = info.shape;
        let (guard, mint, path) = match (&info.made, info.mint) {
            (Credential::Token(_), Mint::Execution(_) | Mint::Standing) => {
                (Guard::RootSigned, Mint::Forged, Vec::new())
            }
            (Credential::Attenuated(held), Mint::Execution(_)) if !held.blocks.is_empty() => {
                (Guard::Linked, info.mint, info.path.clone())
            }
            _ => return,
        };
        for by in self.signers() {
            let shape = mix(&[shape, 15, u64::from(by.0)]);
            if !self.deviates(guard, &[shape]) {
                continue;
            }
            let from = CredentialFrom::Counterfeit { base: id, by };
            let made = self.made(&from);
            let support = self.support_of(id, &[by]);
            let before = self.u.credentials.len();
            let parent = Some((id, None));
            let made = self.credential(from, made, |_| support, mint, path.clone(), shape, parent);
            if self.u.credentials.len() > before {
                self.present_token(made);
            }
        }
    }

    /// Asks the online parties for whatever they give for a known credential.
    fn exchange(&mut self, id: CredentialId) {
        let setting = self.setting();
        let mut places: Vec<Place> =
            self.honest_hops().into_iter().map(|(flow, hop)| Place::Hop(flow, hop)).collect();
        for (verifier, at) in setting.verifiers.iter().enumerate() {
            let wanted = |(operation, _): &(Operation, _)| operation.resource == at.resource;
            if let Some(operation) = setting.operations.iter().position(wanted) {
                places.push(Place::Verifier(verifier, operation));
            }
        }
        if self.exchanges_before(id) >= OWN_STEPS {
            return;
        }
        for by in self.signers() {
            for place in &places {
                self.exchange_for(id, by, *place);
            }
        }
    }

    /// How often in a row the adversary turned to an online party for what led to this.
    fn exchanges_before(&self, mut id: CredentialId) -> usize {
        let mut count = 0;
        while let CredentialFrom::Exchanged { base, .. } = &self.u.recipes.credentials[id.at()] {
            count += 1;
            id = *base;
        }
        count
    }

    fn exchange_for(&mut self, base: CredentialId, by: SignerId, place: Place) {
        let party = self.kitchen.signer(self.key(by));
        let info = &self.u.credentials[base.at()];
        let Some(made) = self.kitchen.exchanged(party, &info.made, place) else { return };
        if made == info.made {
            return;
        }
        let (mint, path) = (info.converted_mint(), info.path.clone());
        let shape = mix(&[info.shape, 10, u64::from(by.0), self.place_shape(place)]);
        let support = self.support_of(base, &[by]);
        let before = self.u.credentials.len();
        let from = CredentialFrom::Exchanged { base, by, place };
        let parent = Some((base, None));
        let id = self.credential(from, made, |_| support, mint, path, shape, parent);
        if self.u.credentials.len() > before {
            self.work.push_back(Work::Credential(id));
        }
    }

    fn present_token(&mut self, id: CredentialId) {
        let setting = self.setting();
        let info = &self.u.credentials[id.at()];
        let (shape, held) = (info.shape, info.made.clone());
        let scope = match &held {
            Credential::Ambient(_) => self.kitchen.everything(),
            held => held.scope(),
        };
        let mechanism = setting.deployed.run::<C>();
        let signs = mechanism.signs();
        let mut presenters: Vec<Option<SignerId>> = Vec::new();
        if signs {
            for signer in self.signers() {
                let party = self.kitchen.signer(self.key(signer));
                let holder = mechanism.holder(&held, party, &setting.desk.trust);
                if holder || self.deviates(Guard::Holder, &[shape, u64::from(signer.0)]) {
                    presenters.push(Some(signer));
                }
            }
        }
        if !signs
            || !setting.required.contains(Guard::Holder)
                && mechanism.brings().contains(Guard::Holder)
        {
            presenters.push(None);
        }
        for by in presenters {
            self.ask(id, by, &scope, shape);
        }
    }

    /// All requests that the adversary puts with one credential by one key.
    fn ask(&mut self, id: CredentialId, by: Option<SignerId>, authority: &Authority, shape: u64) {
        let setting = self.setting();
        let shape = mix(&[shape, by.map_or(99, |by| u64::from(by.0))]);
        let brings = setting.deployed.run::<C>().brings();
        let mut first = true;
        for (operation, (wanted, arguments)) in setting.operations.iter().enumerate() {
            let admitted = authority.admits(wanted, arguments);
            if !admitted && !self.deviates(Guard::InAuthority, &[shape]) {
                continue;
            }
            let serves = |v: &super::setting::Verifier| v.resource == wanted.resource;
            let Some(verifier) = setting.verifiers.iter().position(serves) else { continue };
            for number in REQUESTS.into_iter().take(if first && admitted { 2 } else { 1 }) {
                self.composed(id, by, operation, verifier, Binding::Full, number);
            }
            if first && admitted && by.is_some() {
                first = !brings.contains(Guard::RequestBound);
                for binding in self.bad_bindings(id, shape) {
                    self.composed(id, by, operation, verifier, binding, 1);
                }
            }
        }
    }

    /// How a proof of the adversary's own can be wrong.
    fn bad_bindings(&mut self, id: CredentialId, shape: u64) -> Vec<Binding> {
        let setting = self.setting();
        let brings = setting.deployed.run::<C>().brings();
        let mut bindings = Vec::new();
        if brings.contains(Guard::RequestBound) {
            if self.deviates(Guard::RequestBound, &[shape, 1]) {
                bindings.push(Binding::Unbound);
            }
            if setting.verifiers.len() > 1 && self.deviates(Guard::Audience, &[shape, 1]) {
                bindings.push(Binding::OtherAudience);
            }
        }
        // In a chain the step says who was attested.
        let chain = matches!(self.u.credentials[id.at()].made, Credential::Chain(_));
        if brings.contains(Guard::KeyAttested) && !chain {
            let attested = |instance: &super::setting::Instance<C>| {
                !instance.adversary && instance.party.attested.is_some()
            };
            let lender = setting.instances.iter().position(attested);
            let lender = lender.filter(|_| self.deviates(Guard::KeyAttested, &[shape, 1]));
            bindings.extend(lender.map(Binding::Borrowed));
        }
        bindings
    }

    fn composed(
        &mut self,
        base: CredentialId,
        by: Option<SignerId>,
        operation: usize,
        verifier: usize,
        binding: Binding,
        number: u32,
    ) {
        for (who, cause, support) in self.own_doings(base, by) {
            let from =
                PresentationFrom::Composed { base, by, operation, verifier, binding, number };
            let id = PresentationId(self.u.presentations.len() as u32);
            self.u.recipes.presentations.push(from);
            let made = self.kitchen.presentation(&self.u, id);
            self.u.presentations.push(PresentationInfo {
                made,
                base,
                support: Some(support),
                cause,
                by: who,
                proof_by: who,
                original: None,
                verifier,
                confused: false,
            });
        }
    }

    /// Whose doing it is what the adversary sends or asks with a credential, its cause, and what both rest on. The cause is the
    /// execution, if it was truly handed the step (what an eligible executor does within its authority is misuse, not
    /// mixing); else itself, bounded by what it could do in its own name. Where that depends on who was taken over, each case
    /// is a row of its own.
    fn own_doings(&self, base: CredentialId, by: Option<SignerId>) -> Vec<(Who, Cause, Support)> {
        let info = &self.u.credentials[base.at()];
        let who = by.map_or(Who::Adversary, |by| self.who(by));
        let support = self.support_of(base, by.as_slice());
        let own = Cause::Adversary(self.own_authority(info));
        let handed = match info.mint {
            Mint::Execution(execution) => self.handed_to(info, by).map(|to| (execution, to)),
            _ => None,
        };
        let Some((execution, to)) = handed else { return vec![(who, own, support)] };
        let open: BTreeSet<usize> =
            to.iter().copied().filter(|i| !self.rests_on(&support, *i)).collect();
        let with = |more: Vec<Need>| support.iter().copied().chain(more).collect();
        // What others do who know these bytes is done with the first row of them.
        let others = open.iter().filter(|_| self.is_first(base));
        let mut doings: Vec<_> =
            others.map(|i| (who, own.clone(), with(vec![Need::Spared(*i)]))).collect();
        // Whoever takes an executor over signs with its key as that executor, which is a row of its own.
        let key_of = |key: SignerKey| self.kitchen.signer(key).public;
        let has_key = |by: SignerId| {
            open.iter().any(|i| key_of(SignerKey::Instance(*i)) == key_of(self.key(by)))
        };
        if !by.is_some_and(has_key) {
            let all = with(open.iter().copied().map(Need::Run).collect());
            let executor = to.last().filter(|_| by.is_none()).map_or(who, |i| Who::Run(*i));
            doings.push((executor, Cause::Execution(execution), all));
        }
        doings
    }

    /// Whether something needs an instance to be taken over, under this key or a later one.
    fn rests_on(&self, support: &Support, instance: usize) -> bool {
        let mut lives = self.lives_under_new_keys(instance).into_iter();
        lives.any(|life| support.contains(&Need::Run(life)))
    }

    /// A token that is passed on has the same bytes in every hand. Whoever took over an executor that was handed them does not
    /// use them as somebody else who knows them.
    pub(super) fn spare_holders(&mut self) {
        let mut holders: HashMap<Digest, BTreeSet<usize>> = HashMap::new();
        let passed_on = |info: &&CredentialInfo<C>| !matches!(info.made, Credential::Chain(_));
        for info in self.u.credentials.iter().filter(passed_on) {
            if let Some([holder]) = self.handed_to(info, None).as_deref() {
                holders.entry(name_of(&info.made)).or_default().insert(*holder);
            }
        }
        let spared = |base: CredentialId, cause: &Cause, support: &Option<Support>| {
            let info = &self.u.credentials[base.at()];
            let Some(support) = support.as_ref().filter(|_| matches!(cause, Cause::Adversary(_)))
            else {
                return Vec::new();
            };
            if !matches!(info.mint, Mint::Execution(_)) {
                return Vec::new();
            }
            let holders = holders.get(&name_of(&info.made)).into_iter().flatten();
            let lives = holders.flat_map(|holder| self.lives_under_new_keys(*holder));
            lives.map(Need::Spared).filter(|need| !support.contains(need)).collect()
        };
        let presentations = self.u.presentations.iter();
        let presentations: Vec<_> =
            presentations.map(|p| spared(p.base, &p.cause, &p.support)).collect();
        let parcels = self.u.parcels.iter();
        let parcels: Vec<_> = parcels.map(|p| spared(p.base, &p.cause, &p.support)).collect();
        for (row, more) in self.u.presentations.iter_mut().zip(presentations) {
            row.support.iter_mut().for_each(|support| support.extend(more.iter().copied()));
        }
        for (row, more) in self.u.parcels.iter_mut().zip(parcels) {
            row.support.iter_mut().for_each(|support| support.extend(more.iter().copied()));
        }
    }

    /// What the adversary could do in its own name with a credential.
    fn own_authority(&self, info: &CredentialInfo<C>) -> Authority {
        match (&info.made, info.mint) {
            (Credential::Chain(chain), Mint::Own | Mint::SelfStart(_)) => {
                chain.root.root.body().authority.clone()
            }
            (Credential::Ambient(_), Mint::Own) => self.own_mandates(),
            (held, Mint::Own) => held.scope(),
            _ => Authority::default(),
        }
    }

    /// What the adversary's identities may do in their own name.
    fn own_mandates(&self) -> Authority {
        let setting = self.setting();
        let own = setting.identities.iter().filter(|identity| identity.adversary);
        own.filter_map(|identity| setting.desk.trust.mandates.identities.get(&identity.id))
            .fold(Authority::default(), |all, mandate| all.union(mandate))
    }

    /// Whether the current step of a credential was handed to the adversary by those who held it before; and the instances
    /// that it must have taken over for that.
    fn handed_to(&self, info: &CredentialInfo<C>, by: Option<SignerId>) -> Option<Vec<usize>> {
        let setting = self.setting();
        let mut held: Option<Vec<usize>> = None;
        for passage in &info.path {
            let meant = match (&passage.meant, passage.taker) {
                (Meant::Anyone, _) => true,
                (Meant::Pool(pool), Who::Run(i) | Who::Instance(i)) => {
                    setting.instances[i].pool == *pool
                }
                _ => false,
            };
            let before = if passage.by.hostile() { held } else { meant.then(Vec::new) };
            held = before.filter(|_| passage.by_holder).and_then(|mut to| match passage.taker {
                Who::Instance(i) => setting.taps.may_take_over(i).then(|| {
                    to.push(i);
                    to
                }),
                taker => taker.hostile().then_some(to),
            });
        }
        if let (Credential::Chain(chain), Some(by)) = (&info.made, by) {
            let party = self.kitchen.signer(self.key(by));
            let (shown, trust) = (party.attested.as_deref(), &setting.desk.trust);
            held = held.filter(|_| verify::holds(chain, &party.public, shown, trust));
        }
        held
    }

    /// Hands a token to honest executors, with an errand of its own.
    fn pass_token_on(&mut self, id: CredentialId) {
        // The same bytes that came by another way were passed on already, unless the way counts: what the adversary's own
        // workload received travels further from there (and never comes back as another row, see `receive`).
        let from = &self.u.recipes.credentials[id.at()];
        let own_way = matches!(from, CredentialFrom::Redeemed(..) | CredentialFrom::Task(_));
        if !self.is_first(id) && !own_way {
            return;
        }
        for (flow, hop) in self.honest_hops() {
            for errand in 0..self.setting().operations.len() {
                self.send(id, None, (flow, hop), errand);
            }
        }
    }

    /// The places at which honest executors serve.
    fn honest_hops(&self) -> Vec<(usize, usize)> {
        let setting = self.setting();
        let mut places = BTreeSet::new();
        for (flow, plan) in setting.flows.iter().enumerate() {
            for (hop, next) in plan.hops.iter().enumerate() {
                if !setting.pools[next.to].adversary {
                    places.insert((flow, hop));
                }
            }
        }
        places.into_iter().collect()
    }

    fn send(
        &mut self,
        base: CredentialId,
        offer: Option<(SignerId, Box<Next>)>,
        (flow, hop): (usize, usize),
        errand: usize,
    ) {
        let offered = offer.as_ref().map(|(signer, _)| *signer);
        let authority =
            offer.as_ref().map_or_else(Authority::default, |(_, next)| next.authority.clone());
        let from = ParcelFrom::Composed { base, offer, errand };
        self.u.recipes.parcels.push((from.clone(), flow, hop));
        let made = self.kitchen.parcel(&self.u, ParcelId(self.u.parcels.len() as u32));
        self.u.recipes.parcels.pop();
        let senders: Vec<Option<SignerId>> = match offered {
            Some(signer) => vec![Some(signer)],
            None if self.setting().deployed.run::<C>().authenticates(&made.cargo) => {
                self.kitchen.own_senders(&self.u.recipes, &made).map(Some).collect()
            }
            None => vec![None],
        };
        for sender in senders {
            for (by, cause, support) in self.own_doings(base, sender) {
                let passage = self.passage(&made, by, Meant::Nobody, authority.clone());
                let id = ParcelId(self.u.parcels.len() as u32);
                self.u.recipes.parcels.push((from.clone(), flow, hop));
                self.u.parcels.push(ParcelInfo {
                    made: made.clone(),
                    base,
                    support: Some(support),
                    cause,
                    passage,
                    confused: false,
                });
                self.work.push_back(Work::Parcel(id));
            }
        }
    }

    fn present_chain(&mut self, id: CredentialId, chain: &Chain<C>) {
        let setting = self.setting();
        let shape = self.u.credentials[id.at()].shape;
        let brings = setting.deployed.run::<C>().brings();
        let authority = chain.authority().clone();
        for signer in self.signers() {
            let party = self.kitchen.signer(self.key(signer));
            let holder =
                verify::holds(chain, &party.public, party.attested.as_deref(), &setting.desk.trust);
            if brings.contains(Guard::Holder)
                && (holder || self.deviates(Guard::Holder, &[shape, u64::from(signer.0)]))
            {
                self.ask(id, Some(signer), &authority, shape);
            }
        }
        if !brings.contains(Guard::Holder) || self.deviates(Guard::Holder, &[shape, 77]) {
            self.ask(id, None, &authority, shape);
        }
    }

    /// Hand-offs by the adversary below a chain: to honest pools, and to itself.
    fn hand_over_below(&mut self, id: CredentialId, chain: &Chain<C>) {
        let setting = self.setting();
        let shape = self.u.credentials[id.at()].shape;
        for signer in self.signers() {
            let party = self.kitchen.signer(self.key(signer));
            let holder =
                verify::holds(chain, &party.public, party.attested.as_deref(), &setting.desk.trust);
            // Who signs a hand-off that its signer may not make does not matter.
            if !holder && !self.first_of_its_shape(4, shape) {
                continue;
            }
            if !holder && !self.deviates(Guard::HandedOff, &[shape, u64::from(signer.0)]) {
                continue;
            }
            for (variant, next) in self.next_variants(chain, id) {
                self.hand_to_pools(id, chain, signer, variant, &next);
                self.hand_to_self(id, chain, signer, variant, &next);
            }
        }
    }

    /// Below a chain whose last link fails a required guard every extension fails `prefix-verified`. One that is right in all
    /// else is made once for each shape, so that somebody sees that guard decide by itself.
    fn extend_doomed(&mut self, id: CredentialId, chain: &Chain<C>) {
        let setting = self.setting();
        let trust = &setting.desk.trust;
        if !setting.required.contains(Guard::PrefixVerified)
            || !verify::prefix_holds(chain, Guard::LINK, trust)
        {
            return;
        }
        let holder = self.signers().find(|signer| {
            let party = self.kitchen.signer(self.key(*signer));
            verify::holds(chain, &party.public, party.attested.as_deref(), trust)
        });
        let Some(signer) = holder else { return };
        let shape = self.u.credentials[id.at()].shape;
        if !self.deviates(Guard::PrefixVerified, &[shape, u64::from(signer.0)]) {
            return;
        }
        if let Some((variant, next)) = self.next_variants(chain, id).into_iter().next() {
            self.hand_to_self(id, chain, signer, variant, &next);
        }
    }

    /// What a hand-off may say: as wide as the step allows, and wider in authority or in contract.
    fn next_variants(&mut self, chain: &Chain<C>, id: CredentialId) -> Vec<(u64, Next)> {
        let envelope = chain.envelope();
        let below = Envelope { hops: envelope.hops.saturating_sub(1), ..envelope.clone() };
        let contract = Contract { next: Requirement::anyone(), below };
        let intents = self.intents(chain);
        let widest = Next {
            authority: chain.authority().clone(),
            contract,
            intents: Some(intents),
            ..nobody()
        };
        let shape = self.u.credentials[id.at()].shape;
        let mut variants = vec![(0, widest.clone())];
        let everything = self.kitchen.everything();
        if !everything.within(chain.authority()) && self.deviates(Guard::Attenuated, &[shape, 1]) {
            variants.push((1, Next { authority: everything, ..widest.clone() }));
        }
        if self.deviates(Guard::Attenuated, &[shape, 2]) {
            let mut looser = widest;
            looser.contract.below = Envelope {
                rest: BTreeSet::from([Requirement::anyone()]),
                not_after: u32::MAX,
                hops: self.setting().bounds.hops,
                effects: 9,
            };
            variants.push((2, looser));
        }
        variants
    }

    /// The intents that a hand-off below `chain` can name: its parent's, or whatever the adversary may ask for.
    fn intents(&self, chain: &Chain<C>) -> BTreeSet<Digest> {
        let parent = chain.links.last().and_then(|link| link.offer.record.body().intents.clone());
        parent.unwrap_or_else(|| {
            let held = Credential::Chain(chain.clone());
            (0..self.setting().operations.len())
                .map(|operation| self.kitchen.request(&held, operation, false).digest())
                .collect()
        })
    }

    fn hand_to_pools(
        &mut self,
        id: CredentialId,
        chain: &Chain<C>,
        signer: SignerId,
        variant: u64,
        next: &Next,
    ) {
        let setting = self.setting();
        let shape = self.u.credentials[id.at()].shape;
        for (flow, hop) in self.honest_hops() {
            let class = setting.flows[flow].hops[hop].next.clone();
            let place = [shape, u64::from(signer.0), variant, 3, flow as u64, hop as u64];
            if !chain.envelope().admits(&class) && !self.deviates(Guard::Attenuated, &place) {
                continue;
            }
            let mut next = next.clone();
            let to = setting.flows[flow].hops[hop].to;
            let (service, keys) = (self.kitchen.service(to), self.kitchen.keys(to));
            next.contract.next = setting.deployed.run::<C>().addressed(&class, &service, &keys);
            for (errand, (wanted, arguments)) in setting.operations.iter().enumerate() {
                let admitted = next.authority.admits(wanted, arguments);
                if admitted || self.deviates(Guard::InAuthority, &place) {
                    let offer = Some((signer, Box::new(next.clone())));
                    self.send(id, offer, (flow, hop), errand);
                    if variant != 0 && !chain.authority().admits(wanted, arguments) {
                        break; // one errand shows what the wider hand-off buys
                    }
                }
            }
        }
    }

    fn hand_to_self(
        &mut self,
        id: CredentialId,
        chain: &Chain<C>,
        signer: SignerId,
        variant: u64,
        next: &Next,
    ) {
        let setting = self.setting();
        let shape = self.u.credentials[id.at()].shape;
        let own = self.u.credentials[id.at()].path.iter().rev();
        if own.take_while(|passage| passage.taker.hostile()).count() >= OWN_STEPS {
            return;
        }
        for taker in self.signers() {
            let party = self.kitchen.signer(self.key(taker));
            let own_key = party.public;
            let shown = party.attested.as_deref().map(|attested| attested.facts());
            let mut classes: Vec<Requirement> = chain
                .envelope()
                .rest
                .iter()
                .filter(|class| match class {
                    Requirement::Key(key) => *key == party.public,
                    Requirement::Facts(facts) => {
                        facts.is_empty() || shown.is_some_and(|shown| facts.stated_by(shown))
                    }
                })
                .cloned()
                .collect();
            let numbers = [shape, u64::from(signer.0), variant, 4, u64::from(taker.0)];
            if classes.is_empty() && self.deviates(Guard::Attenuated, &numbers) {
                classes.push(Requirement::Key(own_key));
            }
            for class in classes {
                let mut next = next.clone();
                next.contract.next = match setting.deployed.run::<C>().signs_to_keys() {
                    true => Requirement::Key(own_key),
                    false => class,
                };
                self.extend(id, signer, next, taker, variant);
            }
        }
    }

    fn extend(
        &mut self,
        base: CredentialId,
        by: SignerId,
        next: Next,
        taker: SignerId,
        variant: u64,
    ) {
        let info = &self.u.credentials[base.at()];
        let Credential::Chain(chain) = &info.made else { return };
        let signer = self.kitchen.signer(self.key(by));
        let trust = &self.setting().desk.trust;
        let holder = verify::holds(chain, &signer.public, signer.attested.as_deref(), trust);
        let passage = Passage {
            by: self.who(by),
            signed: Some(signer.public),
            by_holder: holder,
            meant: Meant::Nobody,
            taker: self.who(taker),
            answered: Some(self.kitchen.signer(self.key(taker)).public),
            authority: next.authority.clone(),
            hops: None,
        };
        let mut path = info.path.clone();
        path.push(passage);
        let shape = mix(&[info.shape, 5, u64::from(by.0), u64::from(taker.0), variant]);
        let mint = info.mint;
        let support = self.support_of(base, &[by, taker]);
        let from = CredentialFrom::Extended { base, by, next: Box::new(next), taker };
        self.add(from, support, mint, path, shape, base);
    }

    fn add(
        &mut self,
        from: CredentialFrom,
        support: Support,
        mint: Mint,
        path: Vec<Passage>,
        shape: u64,
        parent: CredentialId,
    ) {
        let made = self.made(&from);
        let before = self.u.credentials.len();
        let id = self.credential(from, made, |_| support, mint, path, shape, Some((parent, None)));
        if self.u.credentials.len() > before {
            self.work.push_back(Work::Credential(id));
        }
    }

    /// The adversary answers an honest hand-off.
    pub(super) fn continue_offer(&mut self, id: ParcelId) {
        let parcel = &self.u.parcels[id.at()];
        let Cargo::Offer(_, offer) = &parcel.made.cargo else { return };
        let class = offer.record.body().contract.next.clone();
        let (base, passage) = (parcel.base, parcel.passage.clone());
        let by = match passage.by {
            Who::Instance(index) => self.setting().distinguished(index) as u64,
            _ => 0,
        };
        let (_, flow, hop) = self.u.recipes.parcels[id.at()];
        let place = [flow as u64, hop as u64, by, u64::from(parcel.confused)];
        let shape = mix(&[self.u.credentials[base.at()].shape, 6, mix(&place)]);
        if !self.first_of_its_shape(2, shape) {
            return;
        }
        for taker in self.signers() {
            let party = self.kitchen.signer(self.key(taker));
            let shown = party.attested.as_deref().map(|attested| attested.facts());
            let eligible = match &class {
                Requirement::Key(key) => *key == party.public,
                Requirement::Facts(facts) => {
                    facts.is_empty() || shown.is_some_and(|shown| facts.stated_by(shown))
                }
            };
            let numbers = [shape, u64::from(taker.0)];
            let mut ways = Vec::new();
            if eligible || self.deviates(Guard::Eligible, &numbers) {
                ways.push(Shown::Own);
            }
            if let (false, Some(model)) = (eligible, self.somebody_with(&class)) {
                if self.deviates(Guard::Attested, &numbers) {
                    ways.push(Shown::Forged(model));
                }
                if self.deviates(Guard::KeyAttested, &numbers) {
                    ways.push(Shown::Copied(model));
                }
            }
            self.take_as_honest_ones_do(id, taker, shape, eligible);
            for shown in ways {
                let mut passage = passage.clone();
                passage.taker = self.who(taker);
                passage.answered = Some(self.kitchen.signer(self.key(taker)).public);
                let mut path = self.u.credentials[base.at()].path.clone();
                path.push(passage);
                let way = match shown {
                    Shown::Own => 0,
                    Shown::Forged(_) => 1,
                    Shown::Copied(_) => 2,
                };
                let shape = mix(&[shape, u64::from(taker.0), way]);
                let mint = self.u.credentials[base.at()].mint;
                let mut support = self.support_of(base, &[taker]);
                support.push(Need::Offer(id));
                let from = CredentialFrom::Continued { offer: id, taker, shown };
                self.add(from, support, mint, path, shape, base);
            }
        }
    }

    /// Somebody eligible, or whom a dispatcher serves, takes a hand-off as its runtime would.
    fn take_as_honest_ones_do(
        &mut self,
        id: ParcelId,
        taker: SignerId,
        shape: u64,
        eligible: bool,
    ) {
        let parcel = &self.u.parcels[id.at()];
        let party = self.kitchen.signer(self.key(taker));
        let (base, mut passage) = (parcel.base, parcel.passage.clone());
        let Some(Credential::Chain(made)) = self.kitchen.taken(party, &parcel.made) else { return };
        let Cargo::Offer(chain, _) = &parcel.made.cargo else { return };
        if eligible || made.links.len() == chain.links.len() + 1 {
            return; // nobody helped: what it can do by itself is made below
        }
        passage.taker = self.who(taker);
        passage.answered = Some(party.public);
        let mut path = self.u.credentials[base.at()].path.clone();
        path.push(passage);
        let shape = mix(&[shape, u64::from(taker.0), 13]);
        let mint = self.u.credentials[base.at()].mint;
        let mut support = self.support_of(base, &[taker]);
        support.push(Need::Offer(id));
        self.add(CredentialFrom::Taken { offer: id, taker }, support, mint, path, shape, base);
    }

    /// An instance whose attestation states what a class asks for.
    fn somebody_with(&self, class: &Requirement) -> Option<usize> {
        let Requirement::Facts(facts) = class else { return None };
        self.setting().instances.iter().position(|instance| {
            let shown = instance.party.attested.as_deref();
            !facts.is_empty() && shown.is_some_and(|shown| facts.stated_by(shown.facts()))
        })
    }

    /// A splice is made of what honest parties signed: under honest roots without the adversary's hand-offs, or under a
    /// root of the adversary. What it signs itself it can sign for the right place.
    fn worth_splicing(&self, id: CredentialId) -> bool {
        let info = &self.u.credentials[id.at()];
        let honest = info.is_honest(id);
        match info.mint {
            Mint::Execution(_) => honest && info.path.iter().all(|passage| !passage.by.hostile()),
            Mint::Own => info.path.len() <= usize::from(honest),
            _ => false,
        }
    }

    /// Puts last links behind other steps than the ones they name.
    fn splice(&mut self, id: CredentialId) {
        for other in (0..id.0).map(CredentialId) {
            let known = self.known.contains(&Need::Credential(other))
                || self.u.credentials[other.at()].path.is_empty();
            if known && self.worth_splicing(other) {
                self.splice_pair(id, other);
                self.splice_pair(other, id);
            }
        }
    }

    fn splice_pair(&mut self, base: CredentialId, link: CredentialId) {
        let (below, above) = (&self.u.credentials[base.at()], &self.u.credentials[link.at()]);
        let (Credential::Chain(chain), Credential::Chain(other)) = (&below.made, &above.made)
        else {
            return;
        };
        let fits = chain.links.len() < self.setting().bounds.hops as usize;
        let Some(last) = other.links.last() else { return };
        if !fits || last.offer.record.body().predecessor == chain.tip() || below.doomed {
            return;
        }
        let numbers = [below.shape, above.shape, u64::from(below.mint == above.mint)];
        if !self.deviates(Guard::Linked, &numbers) {
            return;
        }
        let (below, above) = (&self.u.credentials[base.at()], &self.u.credentials[link.at()]);
        let Some(mut passage) = above.path.last().cloned() else { return };
        passage.meant = Meant::Nobody;
        passage.by_holder = false;
        let mut path = below.path.clone();
        path.push(passage);
        let mut support = below.support.clone();
        support.extend(above.support.iter().copied());
        let shape = mix(&[below.shape, above.shape, 9]);
        let mint = below.mint;
        self.add(CredentialFrom::Spliced { base, link }, support, mint, path, shape, base);
    }

    /// Sends a request that it has read once more. Where a hand-off allows one effect only, the ledger denies that as well and
    /// nobody learns anything about `single-use`; there it is made only if one of the two is missing.
    fn replay(&mut self, original: PresentationId, shape: u64) {
        let setting = self.setting();
        let required = setting.required;
        let once = setting.flows.iter().all(|flow| flow.effects <= 1);
        let both = required.contains(Guard::SingleUse) && required.contains(Guard::WithinEffects);
        if once && both || !self.deviates(Guard::SingleUse, &[shape]) {
            return;
        }
        let known = &self.u.presentations[original.at()];
        let replayed = PresentationInfo {
            made: known.made.clone(),
            base: known.base,
            support: Some(vec![Need::Presentation(original)]),
            // The cause of a message is the honest send of exactly this message to this destination.
            cause: known.cause.clone(),
            by: known.by,
            proof_by: known.proof_by,
            original: Some(original),
            verifier: known.verifier,
            confused: known.confused,
        };
        self.u.recipes.presentations.push(PresentationFrom::Replayed(original));
        self.u.presentations.push(replayed);
    }

    /// Puts another request under a proof that somebody else made.
    pub(super) fn alter(&mut self, original: PresentationId) {
        let setting = self.setting();
        let known = &self.u.presentations[original.at()];
        if known.made.proof.is_none() {
            return;
        }
        let request = known.made.request.clone();
        let (base, proof_by, verifier) = (known.base, known.proof_by, known.verifier);
        let by = match known.by {
            Who::Instance(index) => self.setting().distinguished(index) as u64,
            _ => 0,
        };
        let shape = mix(&[self.u.credentials[base.at()].shape, by, u64::from(known.confused)]);
        if !setting.capabilities.has(Capability::Inject) || !self.first_of_its_shape(3, shape) {
            return;
        }
        self.replay(original, shape);
        for (operation, (wanted, _)) in setting.operations.iter().enumerate() {
            let same = *wanted == request.operation;
            if !self.deviates(Guard::RequestBound, &[shape, 2, operation as u64]) {
                continue;
            }
            let from = PresentationFrom::Altered { original, operation, other: same };
            let id = PresentationId(self.u.presentations.len() as u32);
            self.u.recipes.presentations.push(from);
            let made = self.kitchen.presentation(&self.u, id);
            self.u.presentations.push(PresentationInfo {
                made,
                base,
                support: Some(vec![Need::Presentation(original)]),
                cause: Cause::Adversary(Authority::default()),
                by: Who::Adversary,
                proof_by,
                original: Some(original),
                verifier,
                confused: false,
            });
        }
    }
}

/// How many hops a token has come: who acted with it, or who restricted it.
fn steps<C: Crypto>(held: &Credential<C>) -> usize {
    match held {
        Credential::Token(token) => token.body().claims.actors.len(),
        Credential::Attenuated(held) => held.blocks.len(),
        _ => 0,
    }
}

/// A hand-off to nobody in particular.
fn nobody() -> Next {
    let below = Envelope { rest: BTreeSet::new(), not_after: 0, hops: 0, effects: 0 };
    Next {
        authority: Authority::default(),
        contract: Contract { next: Requirement::anyone(), below },
        intents: None,
        to: ServiceId::new(""),
        keys: Vec::new(),
    }
}

fn plan_number(plan: RootPlan) -> u64 {
    match plan {
        RootPlan::Mandated => 0,
        RootPlan::Overreach => 1,
        RootPlan::Role => 2,
        RootPlan::Context => 3,
        RootPlan::Alleged => 4,
        RootPlan::ClaimKey(of) => 100 + of as u64,
        RootPlan::ClaimSignature(of) => 200 + of as u64,
        RootPlan::Pretend(flow) => 300 + flow as u64,
        RootPlan::Reused(flow) => 400 + flow as u64,
    }
}
