//! Links behind other steps than those that they name.

use crate::world::ghost::{Meant, Mint, Passage};
use crate::world::recipe::{CredentialFrom, CredentialId, ParcelId};
use crate::world::universe::{Builder, Need, Support, mix};
use whoacts_model::crypto::Crypto;
use whoacts_model::guard::Guard;
use whoacts_model::presentation::{Cargo, Credential};
use whoacts_model::verify;

impl<C: Crypto> Builder<'_, C> {
    /// Where somebody is bound to notice, a splice is made of what honest parties signed: under honest roots without the
    /// adversary's hand-offs, or under a root of the adversary. What it signs itself it can sign for the right place.
    pub(super) fn worth_splicing(&self, id: CredentialId) -> bool {
        let info = &self.u.credentials[id.at()];
        if self.splices_buy() {
            return !info.doomed && info.path.len() < self.setting().reach();
        }
        let honest = info.is_honest(id);
        match info.mint {
            Mint::Execution(_) => honest && info.path.iter().all(|passage| !passage.by.hostile()),
            Mint::Own => info.path.len() <= usize::from(honest),
            _ => false,
        }
    }

    /// Whether links that do not belong together may buy something: nobody notices them as such, and somebody looks at the
    /// links before the last one. Where nobody does, a link of the adversary's own there can say anything, and no splice
    /// buys more.
    fn splices_buy(&self) -> bool {
        !self.notices(Guard::Linked) && !self.prefix_guards().is_empty()
    }

    /// Puts last links behind other steps than the ones they name.
    pub(super) fn splice(&mut self, id: CredentialId) {
        for other in (0..id.0).map(CredentialId) {
            let row = &self.u.credentials[other.at()];
            let known = self.known.contains(&Need::Credential(other))
                || row.path.is_empty()
                || !row.is_honest(other);
            if known && self.worth_splicing(other) {
                self.splice_pair(id, other);
                self.splice_pair(other, id);
            }
        }
        if self.splices_buy() {
            let offers: Vec<ParcelId> = self.offers().collect();
            offers.into_iter().for_each(|offer| self.move_offer(id, offer));
        }
    }

    /// The honest hand-offs that the adversary may know.
    fn offers(&self) -> impl Iterator<Item = ParcelId> + use<C> {
        let known = (0..self.u.parcels.len() as u32).map(ParcelId);
        let known: Vec<ParcelId> =
            known.filter(|id| self.known.contains(&Need::Offer(*id))).collect();
        known.into_iter()
    }

    /// A hand-off that the adversary comes to know is put behind all that it has.
    pub(super) fn move_behind_all(&mut self, offer: ParcelId) {
        if !self.splices_buy() {
            return;
        }
        for base in (0..self.u.credentials.len() as u32).map(CredentialId) {
            let row = &self.u.credentials[base.at()];
            let known = self.known.contains(&Need::Credential(base)) || !row.is_honest(base);
            if known && self.worth_splicing(base) {
                self.move_offer(base, offer);
            }
        }
    }

    fn move_offer(&mut self, base: CredentialId, offer: ParcelId) {
        let parcel = &self.u.parcels[offer.at()];
        let Cargo::Offer(_, record) = &parcel.made.cargo else { return };
        let info = &self.u.credentials[base.at()];
        let Credential::Chain(chain) = &info.made else { return };
        if record.record.body().predecessor == chain.tip() {
            return; // it stands there by right
        }
        let class = record.record.body().contract.next.clone();
        let (_, flow, hop) = self.u.recipes.parcels[offer.at()];
        let above = self.u.credentials[parcel.base.at()].shape;
        let by = self.told_apart(parcel.passage.by);
        let shape = mix(&[info.shape, above, flow as u64, hop as u64, by, 17]);
        let same = self.u.credentials[parcel.base.at()].mint == info.mint;
        if !self.first_of_its_shape(8, mix(&[shape, u64::from(same)])) {
            return;
        }
        let parcel = &self.u.parcels[offer.at()];
        let info = &self.u.credentials[base.at()];
        let mut passage = parcel.passage.clone();
        passage.meant = Meant::Nobody;
        passage.by_holder = false;
        let (mint, before) = (info.mint, info.path.clone());
        for taker in self.signers() {
            let party = self.kitchen.signer(self.key(taker));
            let shown = party.attested.as_deref().map(|attested| attested.facts());
            let numbers = [shape, u64::from(taker.0)];
            if !verify::eligible(&class, &party.public, shown)
                && !self.deviates(Guard::Eligible, &numbers)
            {
                continue;
            }
            let mut passage = passage.clone();
            passage.taker = self.who(taker);
            passage.answered = Some(self.kitchen.signer(self.key(taker)).public);
            let path = before.iter().cloned().chain([passage]).collect();
            let mut support = self.support_of(base, &[taker]);
            support.push(Need::Offer(offer));
            let from = CredentialFrom::Moved { base, offer, taker };
            self.splice_in(from, support, mint, path, mix(&numbers), base);
        }
    }

    fn splice_pair(&mut self, base: CredentialId, link: CredentialId) {
        let (below, above) = (&self.u.credentials[base.at()], &self.u.credentials[link.at()]);
        let (Credential::Chain(chain), Credential::Chain(other)) = (&below.made, &above.made)
        else {
            return;
        };
        let fits = below.path.len() < self.setting().reach();
        let Some(last) = other.links.last() else { return };
        if !fits || last.offer.record.body().predecessor == chain.tip() || below.doomed {
            return;
        }
        let numbers = [below.shape, above.shape, u64::from(below.mint == above.mint)];
        if !self.first_of_its_shape(7, mix(&numbers)) || !self.deviates(Guard::Linked, &numbers) {
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
        let from = CredentialFrom::Spliced { base, link };
        self.splice_in(from, support, mint, path, shape, base);
    }

    /// Keeps a splice. Where nobody notices that links do not belong together, one that fails anyhow shows nothing.
    fn splice_in(
        &mut self,
        from: CredentialFrom,
        support: Support,
        mint: Mint,
        path: Vec<Passage>,
        shape: u64,
        base: CredentialId,
    ) {
        let made = self.kitchen.credential(&self.u, &from);
        let Credential::Chain(chain) = &made else { return };
        let setting = self.setting();
        let trust = &setting.desk.trust;
        let mut evidence = verify::chain(chain, None, verify::Prefix::Verified, trust);
        setting.deployed.read_anywhere(&made, trust, &mut evidence);
        let link = setting.required.intersection(Guard::LINK);
        if self.notices(Guard::Linked) || link.without(evidence.held).is_empty() {
            self.add(from, support, mint, path, shape, base);
        }
    }
}
