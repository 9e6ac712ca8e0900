//! What the adversary makes of a token that it knows: it presents it, passes it on, exchanges it, redeems it, and signs one like it.

use super::OWN_STEPS;
use crate::world::ghost::{Mint, Passage};
use crate::world::kitchen::name_of;
use crate::world::recipe::{CredentialFrom, CredentialId, Place, Redeemable, SignerId};
use crate::world::universe::{Builder, CredentialInfo, Need, Work, mix};
use whoacts_model::authority::Operation;
use whoacts_model::crypto::Crypto;
use whoacts_model::guard::Guard;
use whoacts_model::presentation::Credential;

impl<C: Crypto> Builder<'_, C> {
    /// The adversary redeems a consent with one of its keys, or keeps a token that its workload received.
    pub(super) fn redeem(
        &mut self,
        by: SignerId,
        what: Redeemable,
        base: CredentialId,
        path: Vec<Passage>,
    ) {
        let from = CredentialFrom::Redeemed(by, what);
        let made = self.kitchen.credential(&self.u, &from);
        let id = CredentialId(self.u.credentials.len() as u32);
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
        let parent = Some((base, None));
        let info = CredentialInfo { made, support, mint, path, doomed: false, shape, parent };
        self.list_credential(from, info);
        self.work.push_back(Work::Credential(id));
    }

    /// Signs what an honest token says, or a restricted token without its restrictions, and presents that. It is there to be
    /// denied, so nothing more is made of it.
    pub(super) fn counterfeit(&mut self, id: CredentialId) {
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
            let made = self.kitchen.credential(&self.u, &from);
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
    pub(super) fn exchange(&mut self, id: CredentialId) {
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

    pub(super) fn present_token(&mut self, id: CredentialId) {
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

    /// Hands a token to honest executors, with an errand of its own.
    pub(super) fn pass_token_on(&mut self, id: CredentialId) {
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
}
