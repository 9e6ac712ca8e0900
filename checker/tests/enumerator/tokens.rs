//! Credentials that are no chains: what online parties issue to the adversary, what it makes up, what it passes on.
//!
//! A restricted token (a macaroon, a biscuit) is not taken apart: who has its end does not have what it began as.

use crate::adversary::{Adversary, Limits};
use crate::fields::{Fields, field, product};
use crate::stage::{C, task_of};
use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;
use whoacts_model::authority::Authority;
use whoacts_model::contract::Contract;
use whoacts_model::crypto::{Digest, PublicKey, Signed};
use whoacts_model::execution::Origin;
use whoacts_model::identity::IdentityId;
use whoacts_model::mechanism::{Desk, Next, Party, Start, Toward, purpose};
use whoacts_model::name::ServiceId;
use whoacts_model::presentation::{Cargo, Credential};
use whoacts_model::token::{Audience, Token};

/// A credential, and in how many fields it differs from one that somebody issued.
pub type Had = (Credential<C>, usize);

impl Adversary<'_> {
    /// Every credential that it can have.
    pub fn credentials(&self, limits: Limits) -> Vec<Had> {
        let mut seen = HashSet::new();
        let mut all: Vec<Had> = Vec::new();
        for known in &self.know.credentials {
            keep(known.clone(), &mut seen, &mut all);
        }
        for known in &self.know.parcels {
            if let Cargo::Credential(sent) = &known.cargo {
                keep(sent.clone(), &mut seen, &mut all);
            }
        }
        for (start, party) in self.starts() {
            let own = self.own_origin(&start.origin, party);
            if own {
                keep(self.way.originate(&self.setting.desk, party, &start), &mut seen, &mut all);
            }
            keep(self.way.originate(&self.forged_desk(party), party, &start), &mut seen, &mut all);
        }
        let (mut from, depth) = (0, 2);
        for _ in 0..depth {
            let until = all.len();
            for at in from..until {
                let (held, _) = all[at].clone();
                for further in self.further(&held) {
                    keep(further, &mut seen, &mut all);
                }
            }
            from = until;
        }
        if limits.fields > 0 {
            for at in 0..all.len() {
                if let Credential::Token(token) = all[at].0.clone() {
                    self.altered(&token, limits, &mut |made, set| {
                        if seen.insert(told_apart(&made)) {
                            all.push((made, set));
                        }
                    });
                }
            }
        }
        all
    }

    /// Whether that party may start in that name.
    fn own_origin(&self, origin: &Origin, party: &Party<C>) -> bool {
        let id = self.setting.identities.iter().find(|entity| entity.party.public == party.public);
        match origin {
            Origin::Identity(name) => id.is_some_and(|entity| entity.id == *name),
            Origin::Role(claim) => party
                .attested
                .as_deref()
                .is_some_and(|attested| attested.facts().roles.contains(claim)),
            Origin::Context { environment, .. } => party
                .attested
                .as_deref()
                .is_some_and(|attested| attested.facts().environment.as_ref() == Some(environment)),
        }
    }

    /// The online parties as somebody plays them who has none of their keys.
    fn forged_desk(&self, party: &Party<C>) -> Desk<C> {
        let key = || party.key.clone();
        Desk { issuer: key(), settlement: key(), trust: self.setting.desk.trust.clone() }
    }

    fn starts(&self) -> Vec<(Start<C>, &Party<C>)> {
        let Some(flow) = self.setting.flows.first() else { return Vec::new() };
        let at = &self.setting.verifiers[0];
        let services: Vec<Option<ServiceId>> = self.services();
        let mut all = Vec::new();
        for party in &self.know.parties {
            for origin in &self.know.origins {
                for authority in &self.know.authorities {
                    for to in &services {
                        for operation in &self.know.operations {
                            let start = Start {
                                execution: 9,
                                origin: origin.clone(),
                                authority: authority.clone(),
                                handed: authority.clone(),
                                until: u32::MAX,
                                to: to.clone(),
                                last: to.clone(),
                                purpose: Some(purpose(operation, &self.know.arguments[0])),
                                audience: Some((at.resource.clone(), at.id.clone())),
                                trigger: None,
                                ..flow.start.clone()
                            };
                            all.push((start, party));
                        }
                    }
                }
            }
        }
        all
    }

    fn services(&self) -> Vec<Option<ServiceId>> {
        let named = self.setting.pools.iter().map(|pool| Some(ServiceId::new(&pool.id)));
        named.chain([None]).collect()
    }

    /// What one party gets for a credential, from whoever is online or by itself.
    fn further(&self, held: &Credential<C>) -> Vec<Credential<C>> {
        let mut all = Vec::new();
        for party in &self.know.parties {
            for desk in [&self.setting.desk, &self.forged_desk(party)] {
                all.extend(self.way.redeem(desk, party, held));
                for toward in self.towards() {
                    all.extend(self.way.convert(desk, party, held, &toward));
                }
            }
            for next in self.nexts() {
                let task = task_of(held);
                if let Cargo::Credential(sent) = self.way.hand_over(party, held, task, &next) {
                    all.push(sent);
                }
            }
        }
        all
    }

    fn towards(&self) -> Vec<Toward> {
        let mut places: Vec<(Audience, Option<_>)> = Vec::new();
        for service in self.services().into_iter().flatten() {
            places.push((Audience::Service(service), None));
        }
        for verifier in &self.setting.verifiers {
            places.push((Audience::Resource(verifier.resource.clone()), Some(verifier.id.clone())));
        }
        let of = |(to, verifier): &(Audience, Option<whoacts_model::name::VerifierId>)| {
            let (to, verifier) = (to.clone(), verifier.clone());
            let wanted = self.know.authorities.iter().filter(|wanted| !wanted.is_empty());
            wanted
                .map(move |authority| Toward {
                    to: to.clone(),
                    verifier: verifier.clone(),
                    authority: authority.clone(),
                })
                .collect::<Vec<_>>()
        };
        places.iter().flat_map(of).collect()
    }

    fn nexts(&self) -> Vec<Next> {
        let Some(flow) = self.setting.flows.first() else { return Vec::new() };
        let mut all = Vec::new();
        for to in self.services().into_iter().flatten() {
            for authority in &self.know.authorities {
                let of = |index: &usize| {
                    self.setting.pools[self.setting.instances[*index].pool].id == to.as_str()
                };
                let keys = (0..self.setting.instances.len()).filter(of);
                all.push(Next {
                    authority: authority.clone(),
                    contract: Contract {
                        next: whoacts_model::contract::Requirement::anyone(),
                        below: flow.start.envelope.clone(),
                    },
                    intents: None,
                    to: to.clone(),
                    keys: keys.map(|index| self.setting.instances[index].party.public).collect(),
                });
            }
        }
        all
    }

    /// Tokens that differ from one in some fields, signed by whoever is no issuer.
    fn altered(
        &self,
        token: &Signed<Token, C>,
        limits: Limits,
        each: &mut dyn FnMut(Credential<C>, usize),
    ) {
        let know = &self.know;
        let subjects: Vec<IdentityId> = know
            .origins
            .iter()
            .filter_map(
                |origin| if let Origin::Identity(id) = origin { Some(id.clone()) } else { None },
            )
            .collect();
        let services = self.services();
        let audiences: Vec<Option<Audience>> = services
            .iter()
            .flatten()
            .map(|service| Some(Audience::Service(service.clone())))
            .chain(
                self.setting.verifiers.iter().map(|v| Some(Audience::Resource(v.resource.clone()))),
            )
            .chain(know.verifiers.iter().map(|v| Some(Audience::Verifier(v.clone()))))
            .chain([None])
            .collect();
        let keys: Vec<Option<PublicKey>> =
            know.keys.iter().map(|key| Some(*key)).chain([None]).collect();
        let actors: Vec<Vec<ServiceId>> = services
            .iter()
            .flatten()
            .map(|service| vec![service.clone()])
            .chain([Vec::new()])
            .collect();
        let contexts: Vec<Option<Digest>> = know
            .operations
            .iter()
            .flat_map(|op| know.arguments.iter().map(move |arguments| Some(purpose(op, arguments))))
            .chain([None])
            .collect();
        let fields: Fields<Token> = vec![
            field(&subjects, |t: &mut Token, v| t.subject = v),
            field(&know.authorities, |t: &mut Token, v: Authority| t.scope = v),
            field(&know.ticks, |t: &mut Token, v| t.not_after = v),
            field(&keys, |t: &mut Token, v| t.confirmation = v),
            field(&audiences, |t: &mut Token, v| t.claims.audience = v),
            field(&services, |t: &mut Token, v| t.claims.may_act = v),
            field(&actors, |t: &mut Token, v| t.claims.actors = v),
            field(&keys, |t: &mut Token, v| t.claims.requester = v),
            field(&contexts, |t: &mut Token, v| t.claims.context = v),
        ];
        let key = &know.parties[know.parties.len() - 1].key;
        product(token.body(), &fields, limits.fields, &mut |body, set| {
            each(Credential::Token(Arc::new(Signed::new(body.clone(), key))), set);
        });
    }

    /// Shows every credential to every verifier, and to every honest executor.
    pub fn run_tokens(&mut self, limits: Limits) {
        for round in 0..3 {
            let before = (self.know.presentations.len(), self.know.credentials.len());
            let all = self.credentials(limits);
            if std::env::var("WHOACTS_TALK").is_ok() {
                eprintln!("round {round}: {} credentials", all.len());
            }
            let mut shown = BTreeSet::new();
            for (held, set) in &all {
                let alone = self.required.without(self.evidence_of(held).held);
                let lasting = alone.intersection(crate::chains::OF_CREDENTIAL);
                if lasting.len() <= 1 && shown.insert((told_apart(held), *set)) {
                    let plain = *set == 0 && lasting.is_empty();
                    let more = if plain { limits.shown } else { 0 };
                    self.present_credential(held, task_of(held), more);
                }
            }
            self.repeat(limits);
            for (held, set) in &all {
                if *set == 0 {
                    self.feed(&Cargo::Credential(held.clone()), task_of(held));
                }
            }
            if before == (self.know.presentations.len(), self.know.credentials.len()) {
                break;
            }
        }
    }
}

/// All of a credential but the numbers that tell equal ones apart.
pub fn told_apart(held: &Credential<C>) -> Digest {
    let text = match held {
        Credential::Token(token) => {
            let body = Token { serial: 0, ..token.body().clone() };
            let parent = body.claims.parent.is_some();
            let mut body = body;
            body.claims.parent = None;
            format!("{body:?}{parent}{}", signer(token))
        }
        other => format!("{other:?}"),
    };
    Digest::of(text.as_bytes())
}

/// Who signed, as far as that can be seen: the keys of this world are few.
fn signer(token: &Signed<Token, C>) -> String {
    let text = format!("{token:?}");
    text.rsplit("signature")
        .next()
        .unwrap_or_default()
        .split("message")
        .next()
        .unwrap_or_default()
        .to_owned()
}

fn keep(credential: Credential<C>, seen: &mut HashSet<Digest>, all: &mut Vec<Had>) {
    if seen.insert(told_apart(&credential)) {
        all.push((credential, 0));
    }
}
