//! Accepts: which presentation a verifier may let pass, on which conditions, and what that would show.

use super::sharing::{Before, Indices, Used};
use super::{Accepting, GoodEnd, Ground, Grounding, Ledger, PUT, Resolved, ResolvedWhen, Says};
use crate::property;
use crate::world::bits::{Fact, Mask};
use crate::world::capability::Capability;
use crate::world::ghost::When;
use crate::world::moves::Move;
use crate::world::recipe::{PresentationFrom, PresentationId};
use crate::world::record::{Acceptance, Shared, record};
use crate::world::universe::{Need, PresentationInfo, Tally, is_possible};
use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicU32};
use whoacts_model::crypto::{Crypto, Digest, PublicKey};
use whoacts_model::evidence::{Condition, Evidence};
use whoacts_model::guard::{Guard, GuardSet};

/// What the accepts of a world come to.
pub(super) struct Accepts {
    pub(super) list: Vec<Accepting>,
    pub(super) ledgers: Vec<Ledger>,
    pub(super) bounded: bool,
    /// Facts of accepts that disable another accept.
    pub(super) disabling: HashSet<Fact>,
    pub(super) tallies: [Tally; Guard::ALL.len()],
    pub(super) offered: u64,
    pub(super) good_ends: Vec<GoodEnd>,
}

/// One judged presentation that no lasting guard denies.
#[derive(Clone)]
pub(super) struct Candidate {
    pub(super) id: PresentationId,
    pub(super) verifier: usize,
    /// The verifier forgot before.
    pub(super) afresh: bool,
    pub(super) evidence: Evidence,
    pub(super) record: Acceptance,
    pub(super) fact: Fact,
    /// The request as it was signed.
    pub(super) signed: Option<Digest>,
    /// The presentation that it repeats byte for byte.
    pub(super) repeats: Option<PresentationId>,
}

impl Candidate {
    /// Whether it can only come after what has the same memory already: the message that it repeats byte for byte. What a
    /// verifier accepted before it forgot, it does not remember.
    pub(super) fn follows(&self) -> bool {
        self.repeats.is_some() && !self.afresh
    }
}

impl<C: Crypto> Grounding<'_, C> {
    pub(super) fn accept_moves(&mut self) -> Accepts {
        let mut tallies = [Tally::default(); Guard::ALL.len()];
        let mut offered = 0;
        let candidates = self.judge(&mut tallies, &mut offered);
        let required = self.setting.required;
        let shared = self.setting.shared_memory;
        let kept = shared && self.setting.deployed.keeps_ledgers();
        let bounded = kept && required.contains(Guard::WithinEffects);
        let ledgers = self.ledgers(&candidates);
        let good_ends = self.good_ends(&candidates);
        let full =
            |c: &Candidate| c.record.execution().filter(|_| bounded).map(|e| ledgers[e].full);
        let indices = Indices::of(&candidates, shared, full);
        let mut disabling = HashSet::new();
        let mut list = Vec::new();
        for candidate in candidates {
            let fulls = candidate.record.execution().filter(|_| bounded);
            let full = fulls.map(|execution| ledgers[execution].full);
            let conditions: Vec<_> = candidate
                .evidence
                .conditions
                .iter()
                .filter(|(guard, _)| required.contains(*guard))
                .map(|(guard, c)| {
                    (*guard, self.resolve(c, &candidate, &indices, full, &mut disabling))
                })
                .collect();
            let number = list.len() as u32;
            let before = indices.before(&candidate);
            list.push(self.accepting(number, candidate, conditions, &before, &good_ends));
        }
        self.late_accepts(&mut list, &disabling);
        Accepts { list, ledgers, bounded, disabling, tallies, offered, good_ends }
    }

    /// Judges every presentation at every verifier of its resource.
    fn judge(
        &mut self,
        tallies: &mut [Tally; Guard::ALL.len()],
        offered: &mut u64,
    ) -> Vec<Candidate> {
        let (setting, universe) = (self.setting, self.universe);
        let mechanism = setting.deployed.run::<C>();
        let shared = Shared::of(setting);
        let mut candidates = Vec::new();
        for (index, p) in universe.presentations.iter().enumerate() {
            if !p.support.as_ref().is_none_or(is_possible) {
                continue;
            }
            let id = PresentationId(index as u32);
            let repeats = match universe.recipes.presentations[index] {
                PresentationFrom::Replayed(original) => Some(original),
                _ => None,
            };
            for (verifier, at) in setting.verifiers.iter().enumerate() {
                let redirected = verifier != p.verifier;
                if at.resource != setting.verifiers[p.verifier].resource
                    || redirected && (!self.can_redirect(p) || repeats.is_some())
                {
                    continue;
                }
                let evidence = mechanism.evidence(&p.made, &at.id, &setting.desk.trust);
                let failing = setting.required.without(evidence.held);
                count(tallies, setting.required, failing);
                let record = record(setting, universe, &shared, p, &p.made, verifier, &evidence);
                *offered |= put_bits(&record);
                let permitted = || setting.rules.permit(at, &p.made, &evidence, setting.required);
                if failing.is_empty() && permitted() {
                    let candidate = Candidate {
                        id,
                        verifier,
                        afresh: false,
                        evidence,
                        record,
                        fact: self.fact(Says::Accepted(id, verifier)),
                        signed: p.made.proof.as_ref().map(|proof| proof.digest()),
                        repeats,
                    };
                    let afresh = at.forgets.then(|| Candidate {
                        afresh: true,
                        fact: self.fact(Says::AcceptedAfresh(id, verifier)),
                        ..candidate.clone()
                    });
                    candidates.extend([candidate].into_iter().chain(afresh));
                }
            }
        }
        // Engines show the first accept that breaks a property: an honest origin makes a better victim.
        candidates.sort_by_key(|candidate| candidate.record.execution().is_none());
        candidates
    }

    /// Honest presentations are redirected only by somebody who knows them and may speak in others' places.
    fn can_redirect(&self, p: &PresentationInfo<C>) -> bool {
        let verifier = &self.setting.verifiers[p.verifier];
        let known = p.support.is_some() || verifier.observed || verifier.leaks;
        known && self.setting.capabilities.has(Capability::Inject)
    }

    fn ledgers(&mut self, candidates: &[Candidate]) -> Vec<Ledger> {
        (0..self.setting.executions.len())
            .map(|execution| {
                let below = candidates.iter().filter(|c| c.record.execution() == Some(execution));
                let flow = &self.setting.flows[self.setting.executions[execution].flow];
                Ledger {
                    accepts: below.map(|c| c.fact).collect(),
                    full: self.fact(Says::Full(execution)),
                    limit: flow.effects,
                }
            })
            .collect()
    }

    /// What is said of those who have this key, as far as some move can make it true.
    fn key_facts(&self, key: &PublicKey, says: impl Fn(usize) -> Says) -> Mask {
        let said = self.setting.owners(*key).map(says);
        let facts = said.filter_map(|says| self.numbers.get(&says).copied());
        facts.filter(|fact| self.made.contains(fact)).collect()
    }

    fn resolve(
        &mut self,
        condition: &Condition,
        candidate: &Candidate,
        indices: &Indices,
        full: Option<Fact>,
        disabling: &mut HashSet<Fact>,
    ) -> Resolved {
        let noting = (!candidate.follows()).then_some(candidate.fact);
        match condition {
            Condition::Within(from, to) => {
                let at = candidate.verifier;
                let late = self.setting.verifiers[at].late.then(|| self.fact(Says::Late(at)));
                Resolved::Within(*from, *to, late)
            }
            Condition::Unretired(key) => Resolved::None(self.key_facts(key, Says::Rekeyed)),
            Condition::Unrevoked(key) => Resolved::None(self.key_facts(key, Says::Revoked)),
            Condition::Unused(request) => {
                let same = indices.requests(request, candidate);
                Resolved::None(same.map_or_else(Mask::default, |same| same.mask(noting, disabling)))
            }
            Condition::Below(root, limit) => {
                let below = indices.below(root, candidate);
                let noting = noting.filter(|_| candidate.record.execution().is_some());
                let below = below.map_or_else(Mask::default, |all| all.mask(noting, disabling));
                Resolved::Fewer(below, *limit, full)
            }
            Condition::TriggeredOnly(trigger, root) => {
                let others = indices.triggered(trigger, root, candidate);
                disabling.extend(others.iter().map(|used| used.fact).filter(|_| noting.is_some()));
                Resolved::None(others.iter().flat_map(Used::facts).collect())
            }
        }
    }

    fn accepting(
        &mut self,
        number: u32,
        candidate: Candidate,
        conditions: Vec<(Guard, Resolved)>,
        before: &Before,
        good_ends: &[GoodEnd],
    ) -> Accepting {
        let Candidate { id, verifier, afresh, evidence, record, fact, repeats, .. } = candidate;
        let p = &self.universe.presentations[id.at()];
        let (mut needs, mut forbids) = match &p.support {
            None => (vec![Says::Asked(id)], Vec::new()),
            Some(support) => self.support(support),
        };
        if p.support.is_none() && verifier != p.verifier {
            needs = vec![Says::Knows(Need::Presentation(id))];
        }
        // Which of two equal messages comes first makes no difference: the original does.
        needs.extend(repeats.map(|original| Says::Accepted(original, verifier)));
        if afresh {
            needs.push(Says::Restarted(verifier));
        } else if self.setting.verifiers[verifier].forgets {
            forbids.push(Says::Restarted(verifier));
        }
        let (needs, forbids) = (self.mask(needs), self.mask(forbids));
        // What is accepted under a root of the adversary is not remembered: that would only take moves away.
        let adds = record.remembered().map(|_| fact).into_iter().collect();
        let what = if afresh { Move::Afresh(id, verifier) } else { Move::Accept(id, verifier) };
        let accept = Some(number);
        self.moves.push(Ground { what, needs, forbids, adds, monotone: true, accept });
        let (mut always, mut sometimes, mut put) = (0, Vec::new(), 0);
        for (number, property) in property::ALL.iter().enumerate() {
            let mut when = Vec::new();
            if (property.judge)(&record, &mut when) {
                put |= 1 << (PUT + number as u32);
            }
            for when in when {
                match self.resolve_when(&when, before) {
                    None => always |= 1 << number,
                    Some(resolved) if denied(&conditions, &resolved) => {}
                    Some(resolved) => sometimes.push((number as u32, resolved)),
                }
            }
        }
        let serves = good_ends
            .iter()
            .filter(|end| end.accepts.names(fact))
            .map(|end| {
                let (all, any) = self.after_fault(end, &record);
                (end.bit, all, any)
            })
            .collect();
        let replayable = record.execution().is_none()
            || !self.setting.required.contains(Guard::SingleUse)
                && !self.setting.required.contains(Guard::WithinEffects);
        Accepting {
            evidence,
            record,
            conditions,
            always,
            sometimes,
            put,
            serves,
            fact,
            replayable,
            blocked: AtomicU32::new(0),
            reached: AtomicBool::new(false),
        }
    }

    /// Accepting something once a fault or a tick has happened can be worse than accepting it before. An accept that disables
    /// nothing but itself is taken at once by a search that saturates, which would hide that. So it may be taken late, too: a
    /// move that changes nothing and is judged by what grows worse. A trace has no use for the early accept beside it.
    fn late_accepts(&mut self, list: &mut Vec<Accepting>, disabling: &HashSet<Fact>) {
        if self.setting.faults.is_empty() && self.setting.bounds.ticks == 0 {
            return;
        }
        for index in 0..self.moves.len() {
            let Some(accept) = self.moves[index].accept else { continue };
            let early = &list[accept as usize];
            let worse = self.growing(&early.record);
            if early.replayable || worse.is_empty() || disabling.contains(&early.fact) {
                continue;
            }
            let memory = [Guard::SingleUse, Guard::WithinEffects, Guard::RootGuarded];
            let lasting = early.conditions.iter().filter(|(guard, _)| !memory.contains(guard));
            let late = Accepting {
                evidence: early.evidence.clone(),
                record: early.record.clone(),
                conditions: lasting.cloned().collect(),
                always: 0,
                sometimes: worse,
                put: 0,
                serves: Vec::new(),
                fact: early.fact,
                replayable: true,
                blocked: AtomicU32::new(0),
                reached: AtomicBool::new(false),
            };
            let ground = Ground {
                what: self.moves[index].what,
                needs: self.moves[index].needs.clone(),
                forbids: self.moves[index].forbids.clone(),
                adds: Mask::default(),
                monotone: true,
                accept: Some(list.len() as u32),
            };
            list.push(late);
            self.moves.push(ground);
        }
    }

    /// What a fault or a tick that is still to come can make worse about accepting.
    fn growing(&mut self, record: &Acceptance) -> Vec<(u32, ResolvedWhen)> {
        let mut worse = Vec::new();
        for (number, property) in property::ALL.iter().enumerate() {
            let mut when = Vec::new();
            (property.judge)(record, &mut when);
            for when in when {
                let grows = match &when {
                    When::After(tick) => *tick < self.setting.bounds.ticks,
                    When::Revoked(key) => !self.key_facts(key, Says::Revoked).is_empty(),
                    When::Retired(key) => !self.key_facts(key, Says::Rekeyed).is_empty(),
                    _ => false,
                };
                let none = Before::default();
                let resolved = if grows { self.resolve_when(&when, &none) } else { None };
                worse.extend(resolved.map(|resolved| (number as u32, resolved)));
            }
        }
        worse
    }

    /// `None`: always.
    fn resolve_when(&mut self, when: &When, before: &Before) -> Option<ResolvedWhen> {
        Some(match when {
            When::Always => return None,
            When::UnlessControlled(key) => {
                let stolen = self.key_facts(key, |owner| Says::Knows(Need::Key(owner)));
                let run = self.key_facts(key, Says::Hijacked);
                let controlled: Mask = stolen.facts().chain(run.facts()).collect();
                if controlled.is_empty() {
                    return None;
                }
                ResolvedWhen::None(controlled)
            }
            When::After(tick) => ResolvedWhen::After(*tick),
            When::Revoked(key) => {
                let seen = self.key_facts(key, Says::Revoked);
                let unseen = self.key_facts(key, Says::Withheld);
                ResolvedWhen::Any(seen.facts().chain(unseen.facts()).collect())
            }
            When::Retired(key) => ResolvedWhen::Any(self.key_facts(key, Says::Rekeyed)),
            When::Spent(execution, limit) => ResolvedWhen::Spent(*execution, *limit),
            When::Again => ResolvedWhen::Any(before.again.iter().copied().collect()),
            When::Reused(_) => ResolvedWhen::Any(before.fired.iter().copied().collect()),
            When::Before(tick) => ResolvedWhen::Before(*tick),
        })
    }
}

/// Whether a violation needs what denies the accept: a request that counts again, where every earlier one is remembered.
fn denied(conditions: &[(Guard, Resolved)], violation: &ResolvedWhen) -> bool {
    let ResolvedWhen::Any(facts) = violation else { return false };
    let denies = |fact| {
        let names =
            |condition: &Resolved| matches!(condition, Resolved::None(all) if all.names(fact));
        conditions.iter().any(|(_, condition)| names(condition))
    };
    facts.facts().all(denies)
}

fn put_bits(record: &Acceptance) -> u64 {
    let mut ignored = Vec::new();
    property::ALL
        .iter()
        .enumerate()
        .filter(|(_, property)| (property.judge)(record, &mut ignored))
        .fold(0, |bits, (number, _)| bits | 1 << number)
}

fn count(tallies: &mut [Tally; Guard::ALL.len()], required: GuardSet, failing: GuardSet) {
    for guard in required.iter() {
        let tally = &mut tallies[guard as usize];
        tally.held += u64::from(!failing.contains(guard));
        tally.denied += u64::from(failing == GuardSet::of(&[guard]));
    }
}
