//! What the adversary makes of a chain that it knows: it presents it, and hands on below it, to honest pools and to itself.

use crate::world::ghost::{Meant, Mint, Passage};
use crate::world::recipe::{CredentialFrom, CredentialId, SignerId, SignerKey};
use crate::world::universe::{Builder, Support, Work, mix};
use std::collections::BTreeSet;
use whoacts_model::authority::Authority;
use whoacts_model::contract::{Contract, Envelope, Requirement};
use whoacts_model::crypto::{Crypto, Digest};
use whoacts_model::execution::Chain;
use whoacts_model::guard::Guard;
use whoacts_model::mechanism::Next;
use whoacts_model::name::ServiceId;
use whoacts_model::presentation::Credential;
use whoacts_model::verify;
use whoacts_model::wire::Object;

impl<C: Crypto> Builder<'_, C> {
    /// Hand-offs by the adversary below a chain: to honest pools, and to itself.
    pub(super) fn hand_over_below(&mut self, id: CredentialId, chain: &Chain<C>) {
        let shape = self.u.credentials[id.at()].shape;
        // What the adversary handed to itself it could have handed to others at once.
        let last = self.u.credentials[id.at()].path.last();
        let own = last.is_some_and(|passage| passage.by.hostile() && passage.taker.hostile());
        for signer in self.signers() {
            // Of those who sign what they may not sign, one that needs nothing stands for all; where nobody looks it stands
            // for those who may, too.
            let outsider = self.key(signer) == SignerKey::Outsider;
            let signs = match self.notices(Guard::HandedOff) {
                true => {
                    self.holds(chain, signer)
                        || outsider && self.deviates(Guard::HandedOff, &[shape])
                }
                false => outsider,
            };
            if !signs {
                continue;
            }
            for (variant, next) in self.next_variants(chain, id) {
                if !own {
                    self.hand_to_pools(id, chain, signer, variant, &next);
                }
                self.hand_to_self(id, chain, signer, variant, &next);
            }
        }
    }

    /// Below a chain whose last link fails a required guard every extension fails `prefix-verified`. One that is right in all
    /// else is made once for each shape, so that somebody sees that guard decide by itself.
    pub(super) fn extend_doomed(&mut self, id: CredentialId, chain: &Chain<C>) {
        let setting = self.setting();
        let trust = &setting.desk.trust;
        if !setting.required.contains(Guard::PrefixVerified)
            || !verify::prefix_holds(chain, Guard::LINK, trust)
        {
            return;
        }
        let holder = self.signers().find(|signer| self.holds(chain, *signer));
        let Some(signer) = holder else { return };
        let shape = self.u.credentials[id.at()].shape;
        if !self.deviates(Guard::PrefixVerified, &[shape, u64::from(signer.0)]) {
            return;
        }
        if let Some((variant, next)) = self.next_variants(chain, id).into_iter().next() {
            self.hand_to_self(id, chain, signer, variant, &next);
        }
    }

    /// What a hand-off may say: as much as the step allows; and more, in authority and in contract.
    fn next_variants(&mut self, chain: &Chain<C>, id: CredentialId) -> Vec<(u64, Next)> {
        let contract = Contract { next: Requirement::anyone(), below: chain.envelope().clone() };
        let widest = Next {
            authority: chain.authority().clone(),
            contract,
            intents: Some(self.intents(chain)),
            ..nobody()
        };
        let loosest = Envelope {
            rest: BTreeSet::from([Requirement::anyone()]),
            not_after: u32::MAX,
            hops: u32::MAX,
            effects: u32::MAX,
        };
        let wider = Next { authority: self.kitchen.everything(), ..widest.clone() };
        let mut looser = widest.clone();
        looser.contract.below = loosest.clone();
        if !self.notices(Guard::Attenuated) {
            let mut both = wider;
            both.contract.below = loosest;
            return vec![(0, widest), (3, both)];
        }
        let shape = self.u.credentials[id.at()].shape;
        let mut variants = vec![(0, widest)];
        let more = !wider.authority.within(chain.authority());
        if more && self.deviates(Guard::Attenuated, &[shape, 1]) {
            variants.push((1, wider));
        }
        if self.deviates(Guard::Attenuated, &[shape, 2]) {
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
                    let more = !chain.authority().admits(wanted, arguments);
                    if variant != 0 && more && self.notices(Guard::Attenuated) {
                        break; // one errand shows what the wider hand-off would buy
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
        // What it hands to itself and on to another of its keys it can hand to that one at once; further steps of its own
        // only make a path longer.
        let own = self.u.credentials[id.at()].path.last();
        let again = own.is_some_and(|passage| passage.by.hostile() && passage.taker.hostile());
        let same = |taker: SignerId| {
            self.u.credentials[id.at()].path.last().and_then(|passage| passage.answered)
                == Some(self.kitchen.signer(self.key(taker)).public)
        };
        let takers: Vec<SignerId> = self.signers().filter(|taker| !again || same(*taker)).collect();
        for taker in takers {
            let party = self.kitchen.signer(self.key(taker));
            let own_key = party.public;
            let shown = party.attested.as_deref().map(|attested| attested.facts());
            let mut classes: Vec<Requirement> = chain
                .envelope()
                .rest
                .iter()
                .filter(|class| verify::eligible(class, &own_key, shown))
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
        let passage = Passage {
            by: self.who(by),
            signed: Some(self.kitchen.signer(self.key(by)).public),
            by_holder: self.holds(chain, by),
            meant: Meant::Nobody,
            taker: self.who(taker),
            answered: Some(self.kitchen.signer(self.key(taker)).public),
            authority: next.authority.clone(),
        };
        let mut path = info.path.clone();
        path.push(passage);
        let shape = mix(&[info.shape, 5, u64::from(by.0), u64::from(taker.0), variant]);
        let mint = info.mint;
        let support = self.support_of(base, &[by, taker]);
        let from = CredentialFrom::Extended { base, by, next: Box::new(next), taker };
        self.add(from, support, mint, path, shape, base);
    }

    pub(super) fn add(
        &mut self,
        from: CredentialFrom,
        support: Support,
        mint: Mint,
        path: Vec<Passage>,
        shape: u64,
        parent: CredentialId,
    ) {
        let made = self.kitchen.credential(&self.u, &from);
        let before = self.u.credentials.len();
        let id = self.credential(from, made, |_| support, mint, path, shape, Some((parent, None)));
        if self.u.credentials.len() > before {
            self.work.push_back(Work::Credential(id));
        }
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
