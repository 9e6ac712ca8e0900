//! What the adversary does with a parcel that an honest party sent: it sends it on, and answers the hand-off in it.

use crate::world::capability::Capability;
use crate::world::ghost::{Cause, Meant};
use crate::world::recipe::{CredentialFrom, ParcelFrom, ParcelId, Shown, SignerId};
use crate::world::universe::{Builder, Need, ParcelInfo, Work, mix};
use whoacts_model::authority::Authority;
use whoacts_model::contract::Requirement;
use whoacts_model::crypto::Crypto;
use whoacts_model::guard::Guard;
use whoacts_model::presentation::{Cargo, Credential};
use whoacts_model::verify;

impl<C: Crypto> Builder<'_, C> {
    /// The adversary sends a parcel that it knows to another pool, as it is or with an errand of its own. Where the leg shows
    /// who sends, that takes speaking in another's place, and the sender's signature covers the errand.
    pub(in crate::world) fn resend(&mut self, id: ParcelId) {
        let setting = self.setting();
        let cargo = &self.u.parcels[id.at()].made.cargo;
        let signed = setting.deployed.run::<C>().authenticates(cargo);
        let offers = matches!(cargo, Cargo::Offer(..));
        if signed && !setting.capabilities.has(Capability::Inject) || !signed && !offers {
            return; // what is passed on as it is, is passed on as a credential
        }
        let (_, flow, hop) = self.u.recipes.parcels[id.at()];
        let to = setting.flows[flow].hops[hop].to;
        let base = self.u.parcels[id.at()].base;
        let by = self.told_apart(self.u.parcels[id.at()].passage.by);
        let errand = self.asked(&self.u.parcels[id.at()].made.errand);
        let place = [flow as u64, hop as u64, by, errand];
        let shape = mix(&[self.u.credentials[base.at()].shape, 18, mix(&place)]);
        if self.u.credentials[base.at()].path.len() + 1 > setting.reach()
            || !self.first_of_its_shape(6, shape)
        {
            return;
        }
        for place in self.honest_hops() {
            if setting.flows[place.0].hops[place.1].to != to {
                self.resend_to(id, place, None);
            }
            for errand in (0..setting.operations.len()).filter(|_| !signed) {
                self.resend_to(id, place, Some(errand));
            }
        }
    }

    fn resend_to(&mut self, id: ParcelId, (flow, hop): (usize, usize), errand: Option<usize>) {
        let recipe = (ParcelFrom::Resent { parcel: id, errand }, flow, hop);
        let made = self.kitchen.parcel(&self.u, &recipe);
        let known = &self.u.parcels[id.at()];
        if errand.is_some() && made.errand == known.made.errand {
            return;
        }
        let info = ParcelInfo {
            made,
            base: known.base,
            support: Some(vec![match errand {
                None => Need::Parcel(id),
                Some(_) => Need::Offer(id),
            }]),
            // What was sent to nobody in particular was sent there, too.
            cause: match (&known.passage.meant, errand) {
                (Meant::Anyone, None) => known.cause.clone(),
                _ => Cause::Adversary(Authority::default()),
            },
            passage: known.passage.clone(),
            confused: false,
        };
        let sent = ParcelId(self.u.parcels.len() as u32);
        self.u.recipes.parcels.push(recipe);
        self.u.parcels.push(info);
        self.work.push_back(Work::Parcel(sent));
    }

    /// The adversary answers an honest hand-off.
    pub(in crate::world) fn continue_offer(&mut self, id: ParcelId) {
        let parcel = &self.u.parcels[id.at()];
        if !matches!(parcel.made.cargo, Cargo::Offer(..)) {
            return;
        }
        self.move_behind_all(id);
        let parcel = &self.u.parcels[id.at()];
        let Cargo::Offer(_, offer) = &parcel.made.cargo else { return };
        let class = offer.record.body().contract.next.clone();
        let (base, passage) = (parcel.base, parcel.passage.clone());
        let by = self.told_apart(passage.by);
        let (_, flow, hop) = self.u.recipes.parcels[id.at()];
        let errand = self.asked(&parcel.made.errand);
        let place = [flow as u64, hop as u64, by, errand, u64::from(parcel.confused)];
        let shape = mix(&[self.u.credentials[base.at()].shape, 6, mix(&place)]);
        if !self.first_of_its_shape(2, shape) {
            return;
        }
        for taker in self.signers() {
            let party = self.kitchen.signer(self.key(taker));
            let shown = party.attested.as_deref().map(|attested| attested.facts());
            let eligible = verify::eligible(&class, &party.public, shown);
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
}
