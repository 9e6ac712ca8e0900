//! Accepts: which presentation a verifier may let pass, on which conditions, and what that would show.

use super::late::{again, uncounted, without};
use super::sharing::{Before, Indices};
use super::{Accepting, GoodEnd, Ground, Grounding, Ledger, PUT, Resolved, ResolvedWhen, Says};
use crate::property;
use crate::world::bits::{Counted, Fact, Mask};
use crate::world::capability::Capability;
use crate::world::ghost::{Declared, When};
use crate::world::kitchen::name_of;
use crate::world::moves::Move;
use crate::world::recipe::{PresentationFrom, PresentationId};
use crate::world::record::{Acceptance, Shared, record};
use crate::world::universe::{Need, PresentationInfo, Tally, is_possible};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicU32};
use whoacts_model::crypto::{Crypto, Digest, PublicKey};
use whoacts_model::evidence::{Condition, Evidence};
use whoacts_model::guard::{Guard, GuardSet};
use whoacts_model::wire::Object;

/// What the accepts of a world come to.
pub(super) struct Accepts {
    pub(super) list: Vec<Accepting>,
    pub(super) ledgers: Vec<Ledger>,
    pub(super) declared: Vec<Ledger>,
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
    /// The presentation that somebody sent.
    pub(super) sent: PresentationId,
    /// The presentation that it repeats byte for byte.
    pub(super) repeats: Option<PresentationId>,
    /// The same bytes come about in another way as well: it is one effect, whichever way is judged.
    pub(super) twin: bool,
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
        let (counts, declared) = declared(&candidates, &ledgers);
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
                    let resolved = self.resolve(c, &candidate, &indices, full, &mut disabling);
                    match candidate.twin {
                        true => (*guard, without(&resolved, candidate.fact)),
                        false => (*guard, resolved),
                    }
                })
                .collect();
            let number = list.len() as u32;
            let before =
                Before { honestly: self.honestly(candidate.sent), ..indices.before(&candidate) };
            list.push(self.accepting(
                number,
                candidate,
                conditions,
                (&before, &counts),
                &good_ends,
            ));
        }
        self.late_accepts(&mut list, &disabling);
        Accepts { list, ledgers, declared, bounded, disabling, tallies, offered, good_ends }
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
        let twins = self.twins();
        for (index, p) in universe.presentations.iter().enumerate() {
            if !p.support.as_ref().is_none_or(is_possible) {
                continue;
            }
            let id = PresentationId(index as u32);
            let repeats = match universe.recipes.presentations[index] {
                PresentationFrom::Replayed(original, 1) => Some(original),
                // The same once more follows in the table.
                PresentationFrom::Replayed(..) => Some(PresentationId(index as u32 - 1)),
                _ => None,
            };
            for (verifier, at) in setting.verifiers.iter().enumerate() {
                let redirected = verifier != p.verifier;
                if at.resource != p.made.request.operation.resource
                    || redirected && !self.can_redirect(p)
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
                        fact: self.fact(Says::Accepted(twins[index].0, verifier)),
                        sent: p.original.unwrap_or(id),
                        repeats,
                        twin: twins[index].1,
                    };
                    let afresh = at.forgets.then(|| Candidate {
                        afresh: true,
                        fact: self.fact(Says::AcceptedAfresh(twins[index].0, verifier)),
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

    /// For each presentation the first of the same bytes, and whether there are several. Only what the adversary asks for
    /// itself can have come about in several ways; what is sent once more counts once more.
    fn twins(&self) -> Vec<(PresentationId, bool)> {
        let rows = &self.universe.presentations;
        let mut first: HashMap<[Digest; 4], PresentationId> = HashMap::new();
        let mut twins: Vec<(PresentationId, bool)> = Vec::new();
        for (index, row) in rows.iter().enumerate() {
            let id = PresentationId(index as u32);
            twins.push((id, false));
            if row.support.is_none() || row.original.is_some() {
                continue;
            }
            let made = &row.made;
            let proof = made.proof.as_ref().map(|proof| proof.digest());
            let bytes = [
                name_of(&made.credential),
                made.request.digest(),
                proof.unwrap_or_else(|| Digest::of(b"")),
                Digest::of(made.connection.as_str().as_bytes()),
            ];
            let same = *first.entry(bytes).or_insert(id);
            if same != id {
                twins[index] = (same, true);
                twins[same.at()].1 = true;
            }
        }
        twins
    }

    /// Somebody who knows a presentation can show it to another verifier, unless it stands for a connection; where nothing is
    /// signed that takes speaking in another's place. What the adversary asks for itself it asks at each verifier.
    fn can_redirect(&self, p: &PresentationInfo<C>) -> bool {
        let verifier = &self.setting.verifiers[p.verifier];
        let signed = p.made.proof.is_some() || self.setting.capabilities.has(Capability::Inject);
        let free = signed && !self.setting.deployed.run::<C>().channel_bound();
        match p.support {
            Some(_) => p.original.is_some(),
            None => free && (verifier.observed || verifier.leaks),
        }
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

    /// The fact that whoever sent a request was honest when it did, where that is in question.
    fn honestly(&self, sent: PresentationId) -> Option<Fact> {
        self.numbers.get(&Says::AskedHonestly(sent)).copied()
    }

    /// What is said of those who have this key, as far as some move can make it true.
    fn key_facts(&self, key: &PublicKey, says: impl Fn(usize) -> Says) -> Mask {
        let said = self.setting.owners(*key).map(says);
        let facts = said.filter_map(|says| self.numbers.get(&says).copied());
        facts.filter(|fact| self.made.contains(fact)).collect()
    }

    /// What says that this key was revoked, whether or not verifiers can see it.
    fn revoked(&self, key: &PublicKey) -> Mask {
        let seen = self.key_facts(key, Says::Revoked);
        let unseen = self.key_facts(key, Says::Withheld);
        seen.facts().chain(unseen.facts()).collect()
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
            Condition::Unretired(key) => {
                Resolved::None(Counted::all(self.key_facts(key, Says::Rekeyed)))
            }
            Condition::Unrevoked(key) => {
                Resolved::None(Counted::all(self.key_facts(key, Says::Revoked)))
            }
            Condition::Unused(request) => {
                let same = indices.requests(request, candidate);
                let same = same.map_or_else(Mask::default, |same| same.mask(noting, disabling));
                Resolved::None(Counted::all(same))
            }
            Condition::Below(root, limit) => {
                let below = indices.below(root, candidate);
                let noting = noting.filter(|_| candidate.record.execution().is_some());
                let below = below.map_or_else(Mask::default, |all| all.mask(noting, disabling));
                Resolved::Fewer(Counted::all(below), *limit, full)
            }
            Condition::TriggeredOnly(trigger, root) => {
                let minds = noting.is_some();
                let others = indices.triggered(trigger, root, candidate, minds, disabling);
                Resolved::None(Counted::all(others))
            }
        }
    }

    fn accepting(
        &mut self,
        number: u32,
        candidate: Candidate,
        conditions: Vec<(Guard, Resolved)>,
        (before, counts): (&Before, &Counts),
        good_ends: &[GoodEnd],
    ) -> Accepting {
        let Candidate { id, verifier, afresh, evidence, record, fact, repeats, twin, .. } =
            candidate;
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
        let adds: Mask = record.remembered().map(|_| fact).into_iter().collect();
        let replayable = twin || adds.is_empty() || again(fact, &conditions);
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
                match self.resolve_when(&when, before, counts) {
                    None => always |= 1 << number,
                    Some(resolved) if denied(&conditions, &resolved) => {}
                    Some(resolved) if twin => {
                        sometimes.push((number as u32, uncounted(&resolved, fact)));
                    }
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

    /// `None`: always.
    fn resolve_when(
        &mut self,
        when: &When,
        before: &Before,
        counts: &Counts,
    ) -> Option<ResolvedWhen> {
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
            When::AskedHonestly => ResolvedWhen::Any([before.honestly?].into_iter().collect()),
            When::After(tick) => ResolvedWhen::After(*tick),
            When::Revoked(key) => ResolvedWhen::Any(self.revoked(key)),
            When::Retired(key) => ResolvedWhen::Any(self.key_facts(key, Says::Rekeyed)),
            When::Gone(key) => {
                ResolvedWhen::Both(self.key_facts(key, Says::Rekeyed), self.revoked(key))
            }
            When::Spent(declared, limit) => ResolvedWhen::Spent(counts[declared], *limit, None),
            When::Reused(_) => ResolvedWhen::Any(before.fired.iter().copied().collect()),
            When::Before(tick) => ResolvedWhen::Before(*tick),
        })
    }
}

/// Where the effects of what was declared are counted.
type Counts = BTreeMap<Declared, usize>;

/// The accepts below each record of which effects are counted at a resource.
fn declared(candidates: &[Candidate], roots: &[Ledger]) -> (Counts, Vec<Ledger>) {
    let mut below: BTreeMap<&Declared, (u32, Vec<Fact>)> = BTreeMap::new();
    for c in candidates {
        for (declared, limit) in &c.record.declared {
            below.entry(declared).or_insert((*limit, Vec::new())).1.push(c.fact);
        }
    }
    let mut counts = Counts::new();
    let mut ledgers = Vec::new();
    for (declared, (limit, accepts)) in below {
        counts.insert(declared.clone(), ledgers.len());
        let full = roots[declared.execution].full;
        ledgers.push(Ledger { accepts: accepts.into_iter().collect(), full, limit });
    }
    (counts, ledgers)
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
