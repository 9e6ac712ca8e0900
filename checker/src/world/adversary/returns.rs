//! What comes back to the adversary from honest executors that it fed.
//!
//! An executor that is fed a credential hands on, exchanges or restricts it, and what it made comes back where the adversary
//! reads along: new bytes, which can be fed again, and so on through every round of every executor. Of two things that came
//! back and are *alike* the one that rests on less stands for the other. They are alike if
//!
//! - verifiers, executors and online parties read the same in both: authority, envelope, holder, what was verified;
//! - the same party had them for the same place, so that they become known alike;
//! - the same origin minted them, and their histories are the same up to the first step that is wrong whatever happens: used
//!   by somebody who did not take it, under no key that could excuse that. From there on nobody has custody of them;
//! - they are as long, and whatever else a property reads off a history speaks against the one wherever it speaks against the
//!   other: how long honest parties meant it to be, what they meant to hand on, whose keys may be revoked.
//!
//! Where a verifier counts requests or effects, as many are kept as can count.

mod grounds;

use super::tokens::view_of;
use crate::world::ghost::{Cause, Meant, Mint, Passage, Who};
use crate::world::recipe::{
    CredentialFrom, CredentialId, ParcelFrom, ParcelId, Place, PresentationFrom,
};
use crate::world::record::{Relied, relied_on, root_key};
use crate::world::setting::Fault;
use crate::world::universe::{Builder, CredentialInfo, Need};
use std::collections::BTreeSet;
use whoacts_model::attestation::Tick;
use whoacts_model::authority::{Authority, Operation};
use whoacts_model::contract::Envelope;
use whoacts_model::crypto::{Crypto, Digest, PublicKey};
use whoacts_model::evidence::Condition;
use whoacts_model::execution::{Chain, Request};
use whoacts_model::guard::{Guard, GuardSet};
use whoacts_model::name::{Arguments, ServiceId};
use whoacts_model::presentation::{Attenuated, Credential};
use whoacts_model::verify;

/// What is the same in all that came back alike.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(in crate::world) struct Kind {
    view: View,
    mint: Mint,
    own_affair: bool,
    beginning: Vec<Passage>,
    way: Way,
    steps: usize,
}

/// What is the same in all tasks that one executor was handed alike.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(in crate::world) struct TaskKind {
    instance: usize,
    place: (usize, usize),
    errand: (Operation, Arguments),
    cause: Cause,
    since: Tick,
    view: View,
    mint: Mint,
    path: Vec<Passage>,
}

/// What is read of a credential.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum View {
    Token(u64),
    Restricted(Box<Restricted>),
    Chain(Box<Read>),
}

/// What is read of a restricted token: its restrictions, however often in a row; what the last one says of who may
/// present it, and who is said to meet that; and whether something stands behind a seal.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Restricted {
    token: u64,
    scopes: Vec<Authority>,
    last: (Option<ServiceId>, Option<PublicKey>, bool),
    discharge: Option<Option<ServiceId>>,
    behind_a_seal: bool,
}

/// What is read of a chain.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Read {
    root: Digest,
    carried: Vec<Authority>,
    envelope: Envelope,
    intents: Option<BTreeSet<Digest>>,
    holder: (PublicKey, Option<Digest>),
    held: GuardSet,
    settled: bool,
    doomed: bool,
    /// Whether facts were relied on, and which of them for what acts now or without being true.
    relied: (bool, Vec<Relied>),
    conditions: BTreeSet<(Guard, Digest, Digest)>,
}

/// What properties read off the history behind its beginning. Each of it speaks against an acceptance.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Rest {
    /// What they meant to hand on.
    meant: BTreeSet<Authority>,
    /// Nobody honest handed a step to a workload of the adversary, which excuses what it does with its attestation.
    unhanded: bool,
    /// Who took a step, and whose keys are on it, where that may be revoked or retired.
    takers: BTreeSet<usize>,
    keys: BTreeSet<PublicKey>,
}

impl Rest {
    /// Whether it speaks against an acceptance wherever the other does.
    fn covers(&self, other: &Self) -> bool {
        self.meant.is_superset(&other.meant)
            && self.unhanded >= other.unhanded
            && self.takers.is_superset(&other.takers)
            && self.keys.is_superset(&other.keys)
    }
}

/// Who had something, and for which place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Way {
    Own,
    Held(usize, usize, usize),
    Converted(usize, Place),
    Sent(usize, usize, usize),
    Put(usize),
}

/// On what a history rests in the end: what somebody must know or control for it, who acts in it of those who may be missing, in
/// that order, and the keys that must be good.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::world) struct Ground {
    needs: BTreeSet<Need>,
    acted: Vec<usize>,
    /// Histories meet in it, so that nothing is said of the order in which those of the one and of the other act.
    merged: bool,
    keys: BTreeSet<(Guard, PublicKey)>,
    bounds: Bounds,
    rest: Rest,
}

/// How far something goes: hand-offs and effects that are left, and the ticks within which it is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Bounds {
    hops: u32,
    effects: u32,
    from: Tick,
    until: Tick,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { hops: u32::MAX, effects: u32::MAX, from: 0, until: u32::MAX }
    }
}

impl Bounds {
    fn reach(self, other: Self) -> bool {
        self.hops >= other.hops
            && self.effects >= other.effects
            && self.from <= other.from
            && self.until >= other.until
    }
}

impl Ground {
    fn and(&mut self, other: &Self) {
        self.needs.extend(other.needs.iter().copied());
        self.merged |= other.merged || !self.acted.is_empty() && !other.acted.is_empty();
        self.acted.extend_from_slice(&other.acted);
    }

    /// Whether whoever has the other has this as well. Who acts several times in a row acts as often when the other does.
    fn within(&self, other: &Self) -> bool {
        let mut acted = other.acted.iter();
        let one = self.acted.iter().all(|actor| self.acted.first() == Some(actor));
        (one || !other.merged)
            && self.needs.is_subset(&other.needs)
            && self.acted.chunk_by(|a, b| a == b).all(|row| acted.any(|o| *o == row[0]))
            && self.keys.is_subset(&other.keys)
            && self.bounds.reach(other.bounds)
            && self.rest.covers(&other.rest)
    }
}

impl<C: Crypto> Builder<'_, C> {
    /// Whether the adversary can use something that is as good as this and rests on no more.
    pub(super) fn came_before(&mut self, id: CredentialId) -> bool {
        let info = &self.u.credentials[id.at()];
        let Some(beginning) = self.beginning(info) else { return false };
        if self.handed_to(info, None).is_some() {
            return false;
        }
        let kind = Kind {
            view: self.view(info),
            mint: info.mint,
            own_affair: is_own_affair(info),
            beginning: info.path[..beginning].to_vec(),
            way: self.way(id),
            steps: info.path.len(),
        };
        let mut ground = self.limits(info);
        for need in info.support.clone() {
            ground.and(&self.ground(need));
        }
        let enough = self.enough(kind.mint);
        let alike = self.returned.entry(kind).or_default();
        if alike.iter().filter(|known| known.within(&ground)).count() >= enough {
            return true;
        }
        alike.push(ground);
        false
    }

    /// Whether an executor that mixes up its tasks was handed another one that is as good as this and rests on no more: the same
    /// to do, in the same place, for the same reason, with a credential in which the same is read and that has the same history.
    /// What it does with the one it does with the other, and every mix-up of this one is one of the other.
    pub(in crate::world) fn was_handed_alike(
        &mut self,
        (instance, parcel, since): (usize, ParcelId, Tick),
        errand: &Request,
        info: &CredentialInfo<C>,
    ) -> bool {
        let (ref from, flow, hop) = self.u.recipes.parcels[parcel.at()];
        let meant = match from {
            ParcelFrom::Start(_) => true,
            ParcelFrom::Handed { task, spends, .. } => {
                task == spends && self.as_was_meant(*task).is_some()
            }
            _ => false,
        };
        let kind = TaskKind {
            instance,
            place: (flow, hop),
            errand: (errand.operation.clone(), errand.arguments.clone()),
            cause: self.u.parcels[parcel.at()].cause.clone(),
            since,
            view: self.view(info),
            mint: info.mint,
            path: info.path.clone(),
        };
        let mut ground = self.limits(info);
        self.add_parcel(&mut ground, parcel);
        ground.acted.extend(self.may_be_missing(instance));
        let enough = self.enough(info.mint);
        let alike = self.handed.entry(kind).or_default();
        if !meant && alike.iter().filter(|known| known.within(&ground)).count() >= enough {
            return true;
        }
        alike.push(ground);
        false
    }

    /// How many of what is alike can count.
    fn enough(&self, mint: Mint) -> usize {
        let setting = self.setting();
        let counted = GuardSet::of(&[Guard::SingleUse, Guard::WithinEffects]);
        match mint {
            Mint::Execution(execution) if !setting.required.intersection(counted).is_empty() => {
                setting.repeats(setting.executions[execution].flow) as usize
            }
            _ => 1,
        }
    }

    /// How much of a history matters to those who ask in whose hands it was: all before the first step that is wrong whatever else
    /// is true, because somebody took the step before it, and the adversary used that without having taken it, under no key that
    /// it is bound to. Where the root is forged, that is wrong from the start; what comes of the adversary's own roots is nobody
    /// else's affair.
    fn beginning(&self, info: &CredentialInfo<C>) -> Option<usize> {
        if is_own_affair(info) || info.mint == Mint::Forged {
            return Some(0);
        }
        // What it took over is a holder like any other; what it ran from the start never was an honest one.
        let stranger = |by: Who| match by {
            Who::Adversary => true,
            Who::Run(instance) => self.setting().instances[instance].adversary,
            Who::Identity(_) | Who::Instance(_) => false,
        };
        let mut honest = matches!(info.mint, Mint::Execution(_));
        let mut key = root_key(&info.made, info.path.is_empty());
        for (place, passage) in info.path.iter().enumerate() {
            let excused = match passage.signed {
                Some(_) => passage.by_holder,
                None => key.is_some(),
            };
            if honest && stranger(passage.by) && !excused {
                return Some(place);
            }
            (honest, key) = (!passage.taker.hostile(), passage.answered);
        }
        None
    }

    fn view(&self, info: &CredentialInfo<C>) -> View {
        let chain = match &info.made {
            Credential::Chain(chain) => chain,
            Credential::Attenuated(held) => return View::Restricted(Box::new(restricted(held))),
            other => return View::Token(view_of(other)),
        };
        let setting = self.setting();
        let trust = &setting.desk.trust;
        let mut evidence = verify::chain(chain, None, verify::Prefix::Verified, trust);
        setting.deployed.read_anywhere(&info.made, trust, &mut evidence);
        let last = chain.links.last();
        let records = chain.links.iter().map(|link| link.offer.record.body());
        let root = chain.root.root.body();
        let carried = records.map(|record| record.authority.clone());
        let mut relied = relied_on(setting, chain);
        let relies = !relied.is_empty();
        relied.retain(|relied| !relied.truly || relied.current);
        // Conditions that are neither bounds nor about a key of its own.
        let conditions =
            evidence.conditions.iter().filter_map(|(guard, condition)| match condition {
                Condition::TriggeredOnly(trigger, root) => Some((*guard, *trigger, *root)),
                _ => None,
            });
        View::Chain(Box::new(Read {
            root: chain.root.root.digest(),
            carried: [root.authority.clone()].into_iter().chain(carried).collect(),
            envelope: chain.envelope().clone(),
            intents: last.and_then(|link| link.offer.record.body().intents.clone()),
            holder: last.map_or((root.key, None), |link| {
                (link.step.body().key, link.attested.as_deref().map(|shown| shown.digest()))
            }),
            held: evidence.held,
            settled: verify::prefix_holds(chain, verify::SETTLED, trust),
            doomed: info.doomed,
            relied: (relies, relied),
            conditions: conditions.collect(),
        }))
    }

    fn rest(&self, info: &CredentialInfo<C>) -> Rest {
        let setting = self.setting();
        let path = &info.path;
        let honest = || path.iter().filter(|passage| !passage.by.hostile());
        let retiring = |fault: &Fault| matches!(fault, Fault::Revoke(_) | Fault::Rekey(_));
        let retires = setting.faults.iter().any(retiring);
        let takers = path.iter().filter_map(|passage| match passage.taker {
            Who::Instance(taker) | Who::Run(taker) => Some(taker),
            Who::Identity(_) | Who::Adversary => None,
        });
        Rest {
            meant: honest().map(|passage| passage.authority.clone()).collect(),
            unhanded: !honest().any(|passage| matches!(passage.taker, Who::Run(_))),
            takers: takers.filter(|_| retires).collect(),
            keys: match &info.made {
                Credential::Chain(chain) if retires => keys_of(chain).collect(),
                _ => BTreeSet::new(),
            },
        }
    }

    /// How far something goes, and whose keys must be good for that.
    fn limits(&self, info: &CredentialInfo<C>) -> Ground {
        let mut ground = Ground { rest: self.rest(info), ..Ground::default() };
        let Credential::Chain(chain) = &info.made else { return ground };
        let setting = self.setting();
        let trust = &setting.desk.trust;
        let mut evidence = verify::chain(chain, None, verify::Prefix::Verified, trust);
        setting.deployed.read_anywhere(&info.made, trust, &mut evidence);
        let bounds = &mut ground.bounds;
        bounds.hops = room(chain);
        let required = |(guard, _): &(Guard, Condition)| setting.required.contains(*guard);
        for (guard, condition) in evidence.conditions.into_iter().filter(required) {
            match condition {
                Condition::Within(from, until) => {
                    bounds.from = bounds.from.max(from);
                    bounds.until = bounds.until.min(until);
                }
                Condition::Below(_, limit) => bounds.effects = bounds.effects.min(limit),
                Condition::Unrevoked(key) | Condition::Unretired(key) => {
                    ground.keys.insert((guard, key));
                }
                Condition::Unused(_) | Condition::TriggeredOnly(..) => {}
            }
        }
        ground
    }

    fn way(&self, id: CredentialId) -> Way {
        let recipes = &self.u.recipes;
        match &recipes.credentials[id.at()] {
            CredentialFrom::Task(task) => {
                let (instance, parcel) = recipes.tasks[task.at()];
                let (_, flow, hop) = recipes.parcels[parcel.at()];
                Way::Held(instance, flow, hop)
            }
            CredentialFrom::Converted { by, place, .. } => Way::Converted(*by, *place),
            CredentialFrom::Sent(parcel) => {
                let (from, flow, hop) = &recipes.parcels[parcel.at()];
                let by = match from {
                    ParcelFrom::Handed { by, .. } => *by,
                    _ => usize::MAX,
                };
                Way::Sent(by, *flow, *hop)
            }
            CredentialFrom::Put(put) => match recipes.presentations[put.at()] {
                PresentationFrom::Asked { by, .. } => Way::Put(by),
                _ => Way::Put(usize::MAX),
            },
            _ => Way::Own,
        }
    }
}

fn restricted<C: Crypto>(held: &Attenuated<C>) -> Restricted {
    let blocks = || held.blocks.iter().map(|block| block.body());
    let before = held.blocks.len().saturating_sub(1);
    let last = blocks().next_back();
    let mut scopes: Vec<_> = blocks().map(|block| block.scope.clone()).collect();
    scopes.dedup();
    Restricted {
        token: view_of(&Credential::<C>::Token(held.token.clone())),
        scopes,
        last: last
            .map_or((None, None, false), |last| (last.service.clone(), last.key, last.sealed)),
        discharge: held.discharge.as_ref().map(|word| word.body().service.clone()),
        behind_a_seal: blocks().take(before).any(|block| block.sealed),
    }
}

/// How many more hand-offs a chain allows; 0 also where it went too far already.
fn room<C: Crypto>(chain: &Chain<C>) -> u32 {
    let steps = chain.links.len();
    let root = chain.root.root.body().envelope.hops.saturating_sub(steps as u32);
    let links = chain.links.iter().enumerate().map(|(place, link)| {
        let after = (steps - place - 1) as u32;
        link.offer.record.body().contract.below.hops.saturating_sub(after)
    });
    links.fold(root, u32::min)
}

fn keys_of<C: Crypto>(chain: &Chain<C>) -> impl Iterator<Item = PublicKey> {
    let links = chain.links.iter();
    links.flat_map(|link| [link.offer.record.body().signer, link.step.body().key])
}

/// Whether a credential rests on a root of the adversary's own, and on no honest record of another execution.
fn is_own_affair<C: Crypto>(info: &CredentialInfo<C>) -> bool {
    let anothers = |passage: &Passage| !passage.by.hostile() && passage.meant == Meant::Nobody;
    matches!(info.mint, Mint::Own | Mint::Overreach) && !info.path.iter().any(anothers)
}
