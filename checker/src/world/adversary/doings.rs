//! Whose doing it is what the adversary sends and asks: a distinction by what it was handed, and by whom it took over.

use crate::world::ghost::{Cause, Meant, Mint, Who};
use crate::world::recipe::{CredentialId, SignerId, SignerKey};
use crate::world::universe::{Builder, CredentialInfo, Need, Support};
use std::collections::{BTreeSet, HashMap};
use whoacts_model::authority::Authority;
use whoacts_model::crypto::{Crypto, Digest};
use whoacts_model::presentation::Credential;

impl<C: Crypto> Builder<'_, C> {
    /// Whose doing it is what the adversary sends or asks with a credential, its cause, and what both rest on. The cause is the
    /// execution, if it was truly handed the step (what an eligible executor does within its authority is misuse, not
    /// mixing); else itself, bounded by what it could do in its own name. Where that depends on who was taken over, each case
    /// is a row of its own.
    pub(super) fn own_doings(
        &self,
        base: CredentialId,
        by: Option<SignerId>,
    ) -> Vec<(Who, Cause, Support)> {
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

    /// A token that is passed on has the same bytes in every hand. Whoever took over an executor that was handed them, or was
    /// handed them as was meant, does not use them as somebody else who knows them.
    pub(in crate::world) fn spare_holders(&mut self) {
        let mut holders: HashMap<Digest, BTreeSet<Need>> = HashMap::new();
        for info in &self.u.credentials {
            if matches!(info.made, Credential::Chain(_)) {
                continue;
            }
            let spared: Vec<Need> = match self.handed_to(info, None).as_deref() {
                Some([holder]) => {
                    let lives = self.lives_under_new_keys(*holder).into_iter();
                    lives.map(Need::Spared).collect()
                }
                // What its own workload received, and what it made of that.
                Some([]) => {
                    let received = info.support.iter().filter_map(|need| match need {
                        Need::Redeemed(parcel) => Some(Need::Unhanded(*parcel)),
                        _ => None,
                    });
                    received.collect()
                }
                _ => continue,
            };
            holders.entry(info.name).or_default().extend(spared);
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
            let holders = holders.get(&info.name).into_iter().flatten();
            holders.filter(|need| !support.contains(need)).copied().collect::<Vec<_>>()
        };
        let asked = self.u.presentations.iter().map(|row| (row.base, &row.cause, &row.support));
        let sent = self.u.parcels.iter().map(|row| (row.base, &row.cause, &row.support));
        let spared: Vec<_> =
            asked.chain(sent).map(|(base, cause, support)| spared(base, cause, support)).collect();
        let asked = self.u.presentations.iter_mut().map(|row| &mut row.support);
        let sent = self.u.parcels.iter_mut().map(|row| &mut row.support);
        for (support, spared) in asked.chain(sent).zip(spared) {
            support.iter_mut().for_each(|support| support.extend(spared.iter().copied()));
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
    /// that it must have taken over for that. Being handed a later step excuses nothing about an earlier one: below what the
    /// adversary was not handed, whatever honest executors hand on has the adversary for its cause.
    pub(super) fn handed_to(
        &self,
        info: &CredentialInfo<C>,
        by: Option<SignerId>,
    ) -> Option<Vec<usize>> {
        let setting = self.setting();
        let mut held: Option<Vec<usize>> = None;
        let mut caused_by_it = false;
        for passage in &info.path {
            let meant = match (&passage.meant, passage.taker) {
                (Meant::Anyone, _) => true,
                (Meant::Pool(pool), Who::Run(i) | Who::Instance(i)) => {
                    setting.instances[i].pool == *pool
                }
                _ => false,
            };
            caused_by_it |= match passage.by.hostile() {
                true => held.is_none(),
                false => passage.meant == Meant::Nobody,
            };
            let before = if passage.by.hostile() { held } else { meant.then(Vec::new) };
            held = before.filter(|_| passage.by_holder && !caused_by_it).and_then(|mut to| {
                match passage.taker {
                    Who::Instance(i) => setting.taps.may_take_over(i).then(|| {
                        to.push(i);
                        to
                    }),
                    taker => taker.hostile().then_some(to),
                }
            });
        }
        if let (Credential::Chain(chain), Some(by)) = (&info.made, by) {
            held = held.filter(|_| self.holds(chain, by));
        }
        held
    }
}
