//! The reference verifier of chains: signed records in, evidence out. Pure, and generic over the cryptography.

use crate::attestation::{Attestation, Attested};
use crate::contract::Requirement;
use crate::crypto::{Crypto, Digest, PublicKey, Signed};
use crate::evidence::{Actor, Condition, Evidence};
use crate::execution::{Anchored, Chain, Link, MAX_REKEYS, Origin, Request};
use crate::guard::{Guard, GuardSet};
use crate::identity::IdentityId;
use crate::name::VerifierId;
use crate::policy::Trust;
use crate::presentation::{Presentation, Receipt};
use crate::role::{RoleClaim, RoleGrant};
use crate::wire::Object;
use std::collections::BTreeSet;

/// What the root proves by itself.
fn root<C: Crypto>(anchored: &Anchored<C>, trust: &Trust) -> GuardSet {
    let root = anchored.root.body();
    let mandate = trust.mandates.of(&root.origin);
    let mut held = GuardSet::NONE;
    held.set(Guard::RootSigned, anchored.root.by(&root.key));
    held.set(Guard::RootAnchored, root_anchored(anchored, trust));
    held.set(
        Guard::RootMandated,
        mandate.is_some_and(|mandate| root.authority.within(mandate))
            && within_grant(anchored, trust),
    );
    held.set(Guard::RootGuarded, root_guarded(anchored, trust));
    held.set(
        Guard::RoleAnchored,
        match &root.origin {
            Origin::Role(claim) => anchor_trusted(claim, trust),
            _ => true,
        },
    );
    held
}

fn root_anchored<C: Crypto>(anchored: &Anchored<C>, trust: &Trust) -> bool {
    let root = anchored.root.body();
    let attested = anchored
        .attested
        .as_deref()
        .filter(|attested| trusted(attested, trust) && attested.facts().key == root.key);
    match &root.origin {
        Origin::Identity(id) => trust.identities.get(id) == Some(&root.key),
        Origin::Role(claim) => attested.is_some_and(|attested| {
            attested.facts().roles.contains(claim) && granted(attested, claim, trust)
        }),
        Origin::Context { environment, operator } => attested.is_some_and(|attested| {
            trust.operators.get(environment).is_some_and(|trusted| trusted.contains(operator))
                && attested.facts().environment.as_ref() == Some(environment)
                && anchored.context.as_deref().is_some_and(|grant| {
                    grant.body().environment == *environment
                        && grant.body().operator == *operator
                        && grant.body().domain == attested.facts().domain
                        && trust.identities.get(operator).is_some_and(|key| grant.by(key))
                })
        }),
    }
}

/// Whether the grant on which the origin rests lets it create this authority. Anybody may attach grants to an attestation, so
/// only one that the anchor really signed counts.
fn within_grant<C: Crypto>(anchored: &Anchored<C>, trust: &Trust) -> bool {
    let root = anchored.root.body();
    match &root.origin {
        Origin::Identity(_) => true,
        Origin::Role(claim) => anchored.attested.as_deref().is_some_and(|attested| {
            grants(attested, claim, trust)
                .any(|grant| root.authority.within(&grant.body().may_create))
        }),
        Origin::Context { .. } => anchored
            .context
            .as_deref()
            .is_some_and(|grant| root.authority.within(&grant.body().may_create)),
    }
}

fn root_guarded<C: Crypto>(anchored: &Anchored<C>, trust: &Trust) -> bool {
    let root = anchored.root.body();
    matches!(root.origin, Origin::Identity(_))
        || anchored.trigger.as_deref().is_some_and(|trigger| {
            root.trigger == Some(trigger.digest())
                && trigger.body().authority == root.authority.digest()
                && trust.triggers.get(&trigger.body().source).is_some_and(|key| trigger.by(key))
        })
}

/// Who is accountable for a root, as it claims.
fn anchor_of(origin: &Origin) -> IdentityId {
    match origin {
        Origin::Identity(id) => id.clone(),
        Origin::Role(claim) => claim.anchor.clone(),
        Origin::Context { operator, .. } => operator.clone(),
    }
}

/// Whether the attestation is signed by an attester that is trusted for the domain it states.
pub(crate) fn trusted<C: Crypto>(attested: &Attested<C>, trust: &Trust) -> bool {
    let facts = attested.facts();
    trust
        .attesters
        .get(&facts.attester)
        .is_some_and(|(key, domains)| domains.contains(&facts.domain) && attested.statement.by(key))
}

/// The grants by which the anchor really granted the role, in the domain of the attestation.
fn grants<'a, C: Crypto>(
    attested: &'a Attested<C>,
    claim: &'a RoleClaim,
    trust: &'a Trust,
) -> impl Iterator<Item = &'a Signed<RoleGrant, C>> {
    attested.grants.iter().map(|grant| &**grant).filter(|grant| {
        grant.body().role == claim.role
            && grant.body().anchor == claim.anchor
            && grant.body().domain == attested.facts().domain
            && trust.identities.get(&claim.anchor).is_some_and(|key| grant.by(key))
    })
}

fn granted<C: Crypto>(attested: &Attested<C>, claim: &RoleClaim, trust: &Trust) -> bool {
    grants(attested, claim, trust).next().is_some()
}

fn anchor_trusted(claim: &RoleClaim, trust: &Trust) -> bool {
    trust.anchors.get(&claim.role).is_some_and(|anchors| anchors.contains(&claim.anchor))
}

/// Whether each claim to the role that the contract asks for comes from an anchor that is trusted here.
fn role_anchored<C: Crypto>(
    next: &Requirement,
    attested: Option<&Attested<C>>,
    trust: &Trust,
) -> bool {
    let Requirement::Facts(facts) = next else { return true };
    let Some(role) = &facts.role else { return true };
    attested.is_some_and(|attested| {
        attested
            .facts()
            .roles
            .iter()
            .filter(|claim| claim.role == *role)
            .all(|claim| anchor_trusted(claim, trust) && granted(attested, claim, trust))
    })
}

/// Whether what a holder shows of itself, possibly renewed since it took the current step, still rests on a trusted anchor.
fn shown_role_anchored<C: Crypto>(
    chain: &Chain<C>,
    shown: Option<&Attested<C>>,
    trust: &Trust,
) -> bool {
    shown.is_none()
        || chain
            .links
            .last()
            .is_none_or(|link| role_anchored(&link.offer.record.body().contract.next, shown, trust))
}

/// The key of a bare-key step after its re-keys; `None` if one of them is not signed by the key before it.
fn bare_key<C: Crypto>(link: &Link<C>) -> Option<PublicKey> {
    if link.rekeys.len() > MAX_REKEYS {
        return None;
    }
    link.rekeys.iter().try_fold(link.step.body().key, |key, rekey| {
        let body = rekey.body();
        (body.step == link.step.digest() && body.old == key && rekey.by(&key)).then_some(body.new)
    })
}

/// Whether `key`, with what its bearer shows of itself, holds the current step of `chain`.
pub fn holds<C: Crypto>(
    chain: &Chain<C>,
    key: &PublicKey,
    attested: Option<&Attested<C>>,
    trust: &Trust,
) -> bool {
    let same_incarnation = |of: Option<&Attested<C>>| {
        attested.zip(of).is_some_and(|(mine, theirs)| {
            trusted(mine, trust)
                && mine.facts().key == *key
                && mine.facts().subject == theirs.facts().subject
                // An attester of another domain cannot speak about an incarnation of this one.
                && mine.facts().domain == theirs.facts().domain
        })
    };
    let Some(link) = chain.links.last() else {
        return match chain.root.root.body().origin {
            Origin::Identity(_) => chain.root.root.body().key == *key,
            _ => same_incarnation(chain.root.attested.as_deref()),
        };
    };
    match &link.offer.record.body().contract.next {
        Requirement::Facts(facts) if !facts.is_empty() => {
            same_incarnation(link.attested.as_deref())
                && attested.is_some_and(|attested| facts.stated_by(attested.facts()))
        }
        _ => bare_key(link) == Some(*key),
    }
}

/// Which link guards hold for `link` below `prefix`.
pub fn link<C: Crypto>(prefix: &Chain<C>, link: &Link<C>, trust: &Trust) -> GuardSet {
    let offer = &*link.offer;
    let record = offer.record.body();
    let next = &record.contract.next;
    let attested = link.attested.as_deref();
    let shown = attested.map(Attested::facts);
    let task = prefix.links.last().map(|parent| parent.offer.record.body().task);
    let by = offer.by.as_deref();
    let holder =
        record.attestation == by.map(Attested::digest) && holds(prefix, &record.signer, by, trust);
    let mut held = GuardSet::NONE;
    held.set(
        Guard::RoleAnchored,
        role_anchored(next, attested, trust) && (!holder || shown_role_anchored(prefix, by, trust)),
    );
    held.set(
        Guard::Attested,
        !next.asks_facts() || attested.is_some_and(|attested| trusted(attested, trust)),
    );
    held.set(Guard::KeyAttested, key_attested(link, next.asks_facts()));
    held.set(
        Guard::Linked,
        record.predecessor == prefix.tip()
            && link.step.body().hand_off == offer.record.digest()
            && task.is_none_or(|task| task == record.task),
    );
    held.set(Guard::HandedOff, holder && offer.record.by(&record.signer));
    held.set(Guard::Eligible, eligible(next, &link.step.body().key, shown));
    held.set(
        Guard::Attenuated,
        record.authority.within(prefix.authority()) && record.contract.within(prefix.envelope()),
    );
    held
}

fn key_attested<C: Crypto>(link: &Link<C>, asked: bool) -> bool {
    let step = link.step.body();
    link.step.by(&step.key)
        && (!asked
            || link.attested.as_deref().is_some_and(|attested| {
                attested.facts().key == step.key && step.attestation == Some(attested.digest())
            }))
}

/// Whether a key, with the attestation that is shown for it, is one that a hand-off asks for.
pub fn eligible(next: &Requirement, key: &PublicKey, shown: Option<&Attestation>) -> bool {
    match next {
        Requirement::Key(asked) => asked == key,
        Requirement::Facts(facts) => {
            facts.is_empty() || shown.is_some_and(|shown| facts.stated_by(shown))
        }
    }
}

/// How a verifier comes to believe in the links before the last one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prefix {
    /// It takes them on the word of a settlement that checks everything but `handed-off`.
    Settled,
    /// It looks at them itself, under the guard `prefix-verified`.
    Verified,
}

/// What a settlement checks of each link, without state and for anybody who asks.
pub const SETTLED: GuardSet = Guard::LINK.without(GuardSet::of(&[Guard::HandedOff]));

/// Whether every link but the last holds `required`.
pub fn prefix_holds<C: Crypto>(chain: &Chain<C>, required: GuardSet, trust: &Trust) -> bool {
    let mut prefix = Chain { root: chain.root.clone(), links: Vec::new() };
    let interior = chain.links.len().saturating_sub(1);
    chain.links[..interior].iter().all(|this| {
        let held = link(&prefix, this, trust);
        prefix.links.push(this.clone());
        required.without(held).is_empty()
    })
}

/// The part of a path that a receipt speaks for: all links but the last.
pub fn settled_part<C: Crypto>(chain: &Chain<C>) -> Option<Chain<C>> {
    let (_, before) = chain.links.split_last()?;
    (!before.is_empty()).then(|| Chain { root: chain.root.clone(), links: before.to_vec() })
}

/// What a chain proves at an executor that has just taken it: its own attestation is that of the current step.
pub fn chain<C: Crypto>(
    path: &Chain<C>,
    receipt: Option<&Signed<Receipt, C>>,
    how: Prefix,
    trust: &Trust,
) -> Evidence {
    let mut evidence = lineage(path, receipt, how, trust);
    let fresh = freshness(path, own(path));
    evidence.conditions.extend(fresh.map(|condition| (Guard::AttestationFresh, condition)));
    evidence
}

/// What a chain proves, apart from the freshness of whoever stands for its current step.
fn lineage<C: Crypto>(
    chain: &Chain<C>,
    receipt: Option<&Signed<Receipt, C>>,
    how: Prefix,
    trust: &Trust,
) -> Evidence {
    let top = chain.root.root.body();
    let (last, prefix) = split(chain);
    let (root, linked) =
        (root(&chain.root, trust), last.map_or(Guard::LINK, |last| link(&prefix, last, trust)));
    // Root and last link both speak about `role-anchored`: each must hold it.
    let mut held = root.union(linked);
    held.set(Guard::RoleAnchored, root.intersection(linked).contains(Guard::RoleAnchored));
    held.set(Guard::PrefixVerified, prefix_holds(chain, Guard::LINK, trust));
    if how == Prefix::Settled && !prefix.links.is_empty() {
        let settled = receipt.is_some_and(|receipt| {
            receipt.body().path == prefix.path() && receipt.by(&trust.settlement)
        });
        held.set(Guard::Linked, settled && held.contains(Guard::Linked));
    }
    let below = |depth: usize| (chain.links.len() - depth) as u32;
    let within_hops = below(0) <= top.envelope.hops
        && chain
            .links
            .iter()
            .enumerate()
            .all(|(i, link)| below(i + 1) <= link.offer.record.body().contract.below.hops);
    held.set(Guard::WithinHops, within_hops);
    held = held.with(Guard::Unexpired).with(Guard::NotRevoked).with(Guard::WithinEffects);
    held.set(Guard::AttestationFresh, true);
    Evidence {
        held,
        conditions: path_conditions(chain),
        anchor: Some(anchor_of(&top.origin)),
        actor: last.map(|last| actor(last.attested.as_deref(), last.step.body().key, trust)),
        root: chain.root.root.digest(),
        authority: chain.authority().clone(),
    }
}

fn split<C: Crypto>(chain: &Chain<C>) -> (Option<&Link<C>>, Chain<C>) {
    let mut prefix = chain.clone();
    prefix.links.pop();
    (chain.links.last().map(|link| &**link), prefix)
}

/// Who signs with `key`. What it shows of itself counts only if a trusted attester said it of that key: where a contract asks
/// for no facts nobody else looks at it, and anybody could name somebody else there.
fn actor<C: Crypto>(attested: Option<&Attested<C>>, key: PublicKey, trust: &Trust) -> Actor {
    attested
        .filter(|attested| attested.facts().key == key && trusted(attested, trust))
        .map_or(Actor::Key(key), |a| Actor::Incarnation(a.facts().subject.clone()))
}

/// What must hold of the whole path at the time of the decision.
fn path_conditions<C: Crypto>(chain: &Chain<C>) -> Vec<(Guard, Condition)> {
    let root = chain.root.root.body();
    let mut conditions = vec![
        (Guard::Unexpired, Condition::Within(0, root.envelope.not_after)),
        (Guard::NotRevoked, Condition::Unrevoked(root.key)),
        (Guard::WithinEffects, Condition::Below(chain.root.root.digest(), root.envelope.effects)),
    ];
    // The root of an identity needs no trigger, so it must not use one up either.
    let triggered = root.trigger.filter(|_| !matches!(root.origin, Origin::Identity(_)));
    if let Some(trigger) = triggered {
        let only = Condition::TriggeredOnly(trigger, chain.root.root.digest());
        conditions.push((Guard::RootGuarded, only));
    }
    for link in &chain.links {
        let record = link.offer.record.body();
        let below = &record.contract.below;
        let mut keys = vec![record.signer, link.step.body().key];
        keys.extend(link.rekeys.iter().map(|rekey| rekey.body().new));
        conditions.push((Guard::Unexpired, Condition::Within(0, below.not_after)));
        conditions.push((
            Guard::WithinEffects,
            Condition::Below(link.offer.record.digest(), below.effects),
        ));
        conditions.extend(keys.into_iter().map(|k| (Guard::NotRevoked, Condition::Unrevoked(k))));
    }
    conditions
}

/// The attestation with which the current step was taken, or the root created.
fn own<C: Crypto>(chain: &Chain<C>) -> Option<&Attested<C>> {
    match chain.links.last() {
        Some(link) => link.attested.as_deref(),
        None => chain.root.attested.as_deref(),
    }
}

/// The freshness of the attestation that stands for the current step, where that step rests on one.
fn freshness<C: Crypto>(chain: &Chain<C>, shown: Option<&Attested<C>>) -> Option<Condition> {
    let max_age = match chain.links.last().map(|link| &link.offer.record.body().contract.next) {
        Some(Requirement::Facts(facts)) if !facts.is_empty() => facts.max_age,
        Some(_) => return None,
        None if matches!(chain.root.root.body().origin, Origin::Identity(_)) => return None,
        None => None,
    };
    let a = shown?.facts();
    let last = max_age.map_or(a.not_after, |age| a.not_before.saturating_add(age).min(a.not_after));
    Some(Condition::Within(a.not_before, last))
}

/// What a presentation of a chain proves at `verifier`.
pub fn presentation<C: Crypto>(
    path: &Chain<C>,
    p: &Presentation<C>,
    verifier: &VerifierId,
    how: Prefix,
    trust: &Trust,
) -> Evidence {
    let mut evidence = lineage(path, p.receipt.as_deref(), how, trust);
    let request = &*p.request;
    let held = &mut evidence.held;
    held.set(Guard::InAuthority, path.authority().admits(&request.operation, &request.arguments));
    held.set(Guard::IntentBound, intent_bound(path, request));
    let mut shown = own(path);
    if let Some(proof) = p.proof.as_deref() {
        let body = proof.body();
        let attested = p.attested.as_deref();
        let signed = proof.by(&body.key)
            && body.tip == path.tip()
            && body.attestation == attested.map(Attested::digest);
        let holder = signed && holds(path, &body.key, attested, trust);
        held.set(Guard::Holder, holder);
        let bound = |to: Digest| to == request.digest();
        held.set(Guard::RequestBound, signed && body.request.is_some_and(bound));
        held.set(Guard::Audience, signed && body.audience.as_ref() == Some(verifier));
        held.set(Guard::SingleUse, signed);
        if holder && attested.is_some() {
            shown = attested;
            let anchored =
                held.contains(Guard::RoleAnchored) && shown_role_anchored(path, attested, trust);
            held.set(Guard::RoleAnchored, anchored);
        }
        if signed {
            evidence.actor = Some(actor(attested, body.key, trust));
        }
        evidence.conditions.extend([
            (Guard::Holder, Condition::Unretired(body.key)),
            (Guard::NotRevoked, Condition::Unrevoked(body.key)),
            (Guard::SingleUse, Condition::Unused(proof.digest())),
        ]);
    }
    let fresh = freshness(path, shown);
    evidence.conditions.extend(fresh.map(|condition| (Guard::AttestationFresh, condition)));
    evidence
}

/// Whether every hand-off carries intents within its parent's, and the request is among the last.
fn intent_bound<C: Crypto>(chain: &Chain<C>, request: &Request) -> bool {
    let mut parent: Option<&BTreeSet<_>> = None;
    for link in &chain.links {
        let Some(intents) = &link.offer.record.body().intents else { return false };
        if parent.is_some_and(|parent| !intents.is_subset(parent)) {
            return false;
        }
        parent = Some(intents);
    }
    parent.is_none_or(|last| last.contains(&request.digest()))
}
