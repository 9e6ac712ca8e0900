//! What the adversary makes of a token that it knows: it presents it, passes it on, exchanges it, redeems it, and signs one like it.

use crate::world::ghost::{Mint, Passage};
use crate::world::kitchen::name_of;
use crate::world::recipe::{Binding, CredentialFrom, CredentialId, Place, Redeemable, SignerId};
use crate::world::universe::{Builder, CredentialInfo, Need, Work, mix};
use std::collections::BTreeSet;
use std::sync::Arc;
use whoacts_model::authority::Operation;
use whoacts_model::crypto::Crypto;
use whoacts_model::guard::Guard;
use whoacts_model::mechanism::purpose;
use whoacts_model::name::ServiceId;
use whoacts_model::presentation::{Cargo, Credential, Parcel};
use whoacts_model::token::{Audience, Claims, Token};
use whoacts_model::wire::Object;
use xxhash_rust::xxh3::xxh3_64;

/// Tokens that the adversary makes up are numbered from here.
const FORGED: u32 = 9000;

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
        let parent = Some((base, None));
        let name = name_of(&made);
        let doomed = false;
        let info = CredentialInfo { made, name, support, mint, path, doomed, shape, parent };
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
                self.present(made);
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
        for by in self.signers() {
            for place in &places {
                self.exchange_for(id, by, *place);
            }
        }
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
        let mut support = self.support_of(base, &[by]);
        support.sort_unstable();
        support.dedup();
        let view = view_of(&made);
        let as_good = |row: &CredentialId| {
            let row = &self.u.credentials[row.at()];
            row.mint == mint
                && row.path == path
                && row.support.iter().all(|need| support.contains(need))
        };
        if self.views.get(&view).is_some_and(|rows| rows.iter().any(as_good)) {
            return;
        }
        let before = self.u.credentials.len();
        let from = CredentialFrom::Exchanged { base, by, place };
        let parent = Some((base, None));
        let id = self.credential(from, made, |_| support, mint, path, shape, parent);
        self.views.entry(view).or_default().push(id);
        if self.u.credentials.len() > before {
            self.work.push_back(Work::Credential(id));
        }
    }

    /// Where nobody is bound to look at the issuer's signature, a token is made up from nothing: one for each field's menu.
    pub(super) fn forge_tokens(&mut self, by: SignerId) {
        let setting = self.setting();
        if self.notices(Guard::RootSigned) || !self.issues_tokens() {
            return;
        }
        let mut audiences = vec![None];
        for at in &setting.verifiers {
            for audience in
                [Audience::Resource(at.resource.clone()), Audience::Verifier(at.id.clone())]
            {
                if !audiences.contains(&Some(audience.clone())) {
                    audiences.push(Some(audience));
                }
            }
        }
        let services = setting.pools.iter().map(|pool| ServiceId::new(&pool.id));
        audiences.extend(services.map(|service| Some(Audience::Service(service))));
        let own = self.kitchen.signer(self.key(by)).public;
        let mut contexts = vec![None];
        contexts.extend(setting.operations.iter().map(|(op, args)| Some(purpose(op, args))));
        for identity in &setting.identities {
            let subject = identity.id.clone();
            let mandate = setting.desk.trust.mandates.identities.get(&subject).cloned();
            let mut bought = BTreeSet::new();
            for scope in [Some(self.kitchen.everything()), mandate].into_iter().flatten() {
                for (audience, context) in
                    audiences.iter().flat_map(|a| contexts.iter().map(move |c| (a, c)))
                {
                    for confirmation in [None, Some(own)] {
                        let (audience, context) = (audience.clone(), *context);
                        let token = Token {
                            serial: FORGED + by.0,
                            subject: subject.clone(),
                            scope: scope.clone(),
                            not_after: u32::MAX,
                            confirmation,
                            claims: Claims { audience, context, ..Claims::default() },
                        };
                        self.forge(by, token, &mut bought);
                    }
                }
            }
        }
    }

    /// Whether origins of this form have tokens.
    fn issues_tokens(&self) -> bool {
        (0..self.setting().executions.len()).any(|execution| {
            let begun = self.kitchen.begun(execution);
            let made = begun.unwrap_or_else(|| self.kitchen.start(execution).spill().clone());
            matches!(made, Credential::Token(_) | Credential::Consent(_))
        })
    }

    /// What a credential buys: by whom which verifier may be asked for which operation, and at which hops it is taken.
    fn buys(&self, made: &Credential<C>) -> BTreeSet<[usize; 3]> {
        let setting = self.setting();
        let mechanism = setting.deployed.run::<C>();
        let mut buys = BTreeSet::new();
        for (operation, (wanted, _)) in setting.operations.iter().enumerate() {
            let request = Arc::new(self.kitchen.request(made, operation, false));
            for (verifier, at) in setting.verifiers.iter().enumerate() {
                if at.resource != wanted.resource {
                    continue;
                }
                for by in self.signers().map(Some).chain([None]) {
                    let party = by.map(|by| self.kitchen.signer(self.key(by)));
                    let request = request.clone();
                    let full = Binding::Full;
                    let put = self.kitchen.composed(made, party, request, verifier, full, 1);
                    let held = mechanism.evidence(&put, &at.id, &setting.desk.trust).held;
                    if setting.required.without(held).is_empty() {
                        buys.insert([verifier, operation, by.map_or(0, |by| by.at() + 1)]);
                    }
                }
            }
            let cargo = Cargo::Credential(made.clone());
            let parcel = Parcel { cargo, errand: request, delivery: None };
            for (index, instance) in setting.instances.iter().enumerate() {
                if !instance.adversary && self.kitchen.take(index, &parcel, 0).is_ok() {
                    buys.insert([usize::MAX, instance.pool, 0]);
                }
            }
        }
        buys
    }

    /// Makes a token up, if it buys something that those before it do not.
    fn forge(&mut self, by: SignerId, token: Token, bought: &mut BTreeSet<[usize; 3]>) {
        let from = CredentialFrom::Forged { by, token: Box::new(token) };
        let made = self.kitchen.credential(&self.u, &from);
        let buys = self.buys(&made);
        if buys.is_subset(bought) {
            return;
        }
        bought.extend(buys);
        let support = self.supports[by.at()].clone();
        let shape = mix(&[16, u64::from(by.0), self.u.credentials.len() as u64]);
        let before = self.u.credentials.len();
        let id = self.credential(from, made, |_| support, Mint::Forged, Vec::new(), shape, None);
        if self.u.credentials.len() > before {
            self.work.push_back(Work::Credential(id));
        }
    }

    /// Hands a token to honest executors, with an errand of its own.
    pub(super) fn pass_token_on(&mut self, id: CredentialId) {
        // The same bytes that came the same way were passed on already; what the adversary's own workload received travels
        // further from there (and never comes back as another row, see `receive`).
        let from = &self.u.recipes.credentials[id.at()];
        let own_way = matches!(from, CredentialFrom::Redeemed(..) | CredentialFrom::Task(_));
        if !own_way && self.is_like_the_first(id) {
            return;
        }
        for (flow, hop) in self.honest_hops() {
            for errand in 0..self.setting().operations.len() {
                self.send(id, None, (flow, hop), errand);
            }
        }
    }
}

/// A credential as verifiers, executors and online parties read it: they tell no two serials apart, and of those who acted
/// they read the last.
pub(super) fn view_of<C: Crypto>(made: &Credential<C>) -> u64 {
    match made {
        Credential::Token(token) => {
            let mut body = token.body().clone();
            body.claims.parent = None;
            let last = body.claims.actors.pop();
            body.claims.actors = last.into_iter().collect();
            xxh3_64(&body.digest().as_bytes()[..])
        }
        other => xxh3_64(&name_of(other).as_bytes()[..]),
    }
}
