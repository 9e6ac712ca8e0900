//! Links that honest parties signed, behind other steps than those that they name.

use crate::world::ghost::{Meant, Mint};
use crate::world::recipe::{CredentialFrom, CredentialId};
use crate::world::universe::{Builder, Need, mix};
use whoacts_model::crypto::Crypto;
use whoacts_model::guard::Guard;
use whoacts_model::presentation::Credential;

impl<C: Crypto> Builder<'_, C> {
    /// A splice is made of what honest parties signed: under honest roots without the adversary's hand-offs, or under a
    /// root of the adversary. What it signs itself it can sign for the right place.
    pub(super) fn worth_splicing(&self, id: CredentialId) -> bool {
        let info = &self.u.credentials[id.at()];
        let honest = info.is_honest(id);
        match info.mint {
            Mint::Execution(_) => honest && info.path.iter().all(|passage| !passage.by.hostile()),
            Mint::Own => info.path.len() <= usize::from(honest),
            _ => false,
        }
    }

    /// Puts last links behind other steps than the ones they name.
    pub(super) fn splice(&mut self, id: CredentialId) {
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
}
