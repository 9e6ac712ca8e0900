//! The adversary is a closure under deduction: it opens what it reads, signs with the keys that it has, assembles, asks
//! online parties, and delivers, until nothing new comes of it.
//!
//! Each field of what it makes takes the values of a menu: what the story mentions, what it knows, and one value that nobody
//! uses. Of values that a guard orders the greatest that passes stands for those below it. What passes every required guard
//! is made everywhere. What breaks a rule that a required guard checks is made once for each *shape* (credentials that
//! differ only in replica or execution have one shape): it is there to be denied, so that the guard is seen to decide, and by
//! symmetry its siblings are denied as well. Nothing is counted but what something counts: steps up to one more than any
//! path was meant to have ([`Setting::reach`](super::setting::Setting::reach)), equal requests up to one more than any root
//! declares effects ([`Setting::repeats`](super::setting::Setting::repeats)).

mod chains;
mod doings;
mod offers;
mod requests;
pub(super) mod returns;
mod roots;
mod splices;
mod tokens;

use super::ghost::{Meant, Who};
use super::recipe::{CredentialId, ParcelFrom, ParcelId, Redeemable, SignerId, SignerKey};
use super::universe::{Builder, Need, ParcelInfo, Support, Work, mix};
use std::collections::BTreeSet;
use whoacts_model::authority::Authority;
use whoacts_model::crypto::Crypto;
use whoacts_model::execution::Chain;
use whoacts_model::guard::Guard;
use whoacts_model::mechanism::Next;
use whoacts_model::presentation::{Cargo, Credential};
use whoacts_model::verify;

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
        if setting.is_attacked() {
            self.enlist_signer(SignerKey::Outsider, Vec::new());
        }
        for signer in 0..self.supports.len() {
            self.own_roots(SignerId(signer as u32));
            self.forge_tokens(SignerId(signer as u32));
        }
    }

    fn key(&self, signer: SignerId) -> SignerKey {
        self.u.recipes.signers[signer.at()]
    }

    fn who(&self, signer: SignerId) -> Who {
        match self.key(signer) {
            SignerKey::Instance(index) => Who::Run(index),
            SignerKey::Identity(_) | SignerKey::Stolen(_) | SignerKey::Outsider => Who::Adversary,
        }
    }

    /// Whether somebody for whom the adversary signs holds the current step of a chain.
    fn holds(&self, chain: &Chain<C>, signer: SignerId) -> bool {
        let party = self.kitchen.signer(self.key(signer));
        verify::holds(chain, &party.public, party.attested.as_deref(), &self.setting().desk.trust)
    }

    /// What a shape says of somebody: an honest instance counts where the story tells it from its siblings.
    fn told_apart(&self, who: Who) -> u64 {
        match who {
            Who::Instance(index) => self.setting().distinguished(index) as u64,
            _ => 0,
        }
    }

    fn signers(&self) -> impl Iterator<Item = SignerId> + use<C> {
        (0..self.supports.len() as u32).map(SignerId)
    }

    /// Whether a verifier is bound to notice what breaks the rule of `guard`, wherever in a path it stands.
    fn notices(&self, guard: Guard) -> bool {
        self.setting().required.contains(guard)
            && (!Guard::LINK.contains(guard) || self.prefix_guards().contains(guard))
    }

    /// Whether to make something that breaks the rule of `guard`: everywhere, if it may be accepted; else once for each shape.
    fn deviates(&mut self, guard: Guard, shape: &[u64]) -> bool {
        !self.notices(guard) || self.shapes.insert((guard, mix(shape)))
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
        if self.came_before(id) {
            return;
        }
        if self.worth_splicing(id) {
            self.splice(id);
        }
        if !self.first_of_its_shape(1, self.u.credentials[id.at()].shape) {
            return;
        }
        match self.u.credentials[id.at()].made.clone() {
            Credential::Chain(chain) => {
                self.present(id);
                let path = self.u.credentials[id.at()].path.len();
                let room = path < self.setting().reach();
                match self.u.credentials[id.at()].doomed {
                    _ if !room => {}
                    false => self.hand_over_below(id, &chain),
                    true => self.extend_doomed(id, &chain),
                }
            }
            Credential::Token(_) | Credential::Attenuated(_) | Credential::Ambient(_) => {
                self.present(id);
                self.counterfeit(id);
                self.exchange(id);
                if self.u.credentials[id.at()].path.len() < self.setting().reach() {
                    self.pass_token_on(id);
                }
            }
            Credential::Consent(_) => self.exchange(id),
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
        let recipe = (ParcelFrom::Composed { base, offer, errand }, flow, hop);
        let made = self.kitchen.parcel(&self.u, &recipe);
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
                self.u.recipes.parcels.push(recipe.clone());
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
}
