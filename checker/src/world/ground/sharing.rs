//! Which accepts share a memory: of a request, a record, a trigger.

use super::accepts::Candidate;
use crate::world::bits::{Fact, Mask};
use std::cell::{Cell, OnceCell};
use std::collections::{BTreeMap, HashMap, HashSet};
use whoacts_model::crypto::Digest;
use whoacts_model::evidence::Condition;

/// Accepts that make another one worse: of the same signed request, of an honest root on the same trigger.
#[derive(Default)]
pub(super) struct Before {
    pub(super) again: Vec<Fact>,
    pub(super) fired: Vec<Fact>,
}

/// Accepts that share a memory of one thing.
#[derive(Default)]
pub(super) struct Sharing {
    facts: Vec<Fact>,
    mask: OnceCell<Mask>,
    /// Who disables the others: the first that says so, until there is a second.
    noted: Cell<Option<Fact>>,
}

impl Sharing {
    /// All of them; those that `noting` depends on disable it.
    pub(super) fn mask(&self, noting: Option<Fact>, disabling: &mut HashSet<Fact>) -> Mask {
        if let Some(own) = noting {
            match self.noted.get() {
                None => disabling.extend(self.facts.iter().copied().filter(|fact| *fact != own)),
                Some(first) if first != own => disabling.extend([own, first]),
                Some(_) => {}
            }
            self.noted.set(self.noted.get().or(noting));
        }
        self.mask.get_or_init(|| self.facts.iter().copied().collect()).clone()
    }
}

/// Which accepts share a request, a record, a trigger.
pub(super) struct Indices {
    shared: bool,
    /// Those that carry one proof, whether or not anything remembers it.
    signed: HashMap<Digest, Vec<Fact>>,
    /// Those of honest roots that rest on one trigger.
    pub(super) fired: HashMap<Digest, Vec<Used>>,
    requests: HashMap<(Digest, usize), Sharing>,
    below: HashMap<(Digest, usize), Sharing>,
    triggers: BTreeMap<(Digest, usize), Vec<(Digest, Used)>>,
}

/// An accept that uses something up, and the fact that stands for it once its root is used up as well.
#[derive(Debug, Clone, Copy)]
pub(super) struct Used {
    pub(super) fact: Fact,
    full: Option<Fact>,
}

impl Used {
    pub(super) fn facts(&self) -> impl Iterator<Item = Fact> + use<> {
        [self.fact].into_iter().chain(self.full)
    }
}

impl Indices {
    pub(super) fn of(
        candidates: &[Candidate],
        shared: bool,
        full: impl Fn(&Candidate) -> Option<Fact>,
    ) -> Self {
        let mut indices = Self {
            shared,
            signed: HashMap::new(),
            fired: HashMap::new(),
            requests: HashMap::new(),
            below: HashMap::new(),
            triggers: BTreeMap::new(),
        };
        for c in candidates {
            let scope = indices.scope(c);
            let used = Used { fact: c.fact, full: full(c) };
            // What repeats another message comes after it.
            if let Some(signed) = c.signed.filter(|_| c.repeats.is_none()) {
                indices.signed.entry(signed).or_default().push(c.fact);
            }
            if let Some(trigger) = c.record.trigger.filter(|_| c.record.execution().is_some()) {
                indices.fired.entry(trigger).or_default().push(used);
            }
            for (_, condition) in &c.evidence.conditions {
                match condition {
                    // What repeats another message comes after it, and so takes nothing away from it.
                    Condition::Unused(_) if c.follows() => {}
                    Condition::Unused(request) => {
                        indices.requests.entry((*request, scope)).or_default().facts.push(c.fact);
                    }
                    Condition::Below(root, _) => {
                        indices.below.entry((*root, scope)).or_default().facts.push(c.fact);
                    }
                    Condition::TriggeredOnly(trigger, root) => {
                        indices.triggers.entry((*trigger, scope)).or_default().push((*root, used))
                    }
                    _ => {}
                }
            }
        }
        indices
    }

    /// Whose memory it is, and which life of it.
    fn scope(&self, at: &Candidate) -> usize {
        if self.shared { 0 } else { 2 * at.verifier + usize::from(at.afresh) }
    }
    pub(super) fn requests(&self, request: &Digest, at: &Candidate) -> Option<&Sharing> {
        self.requests.get(&(*request, self.scope(at)))
    }
    pub(super) fn before(&self, candidate: &Candidate) -> Before {
        let fired = candidate.record.trigger.and_then(|trigger| self.fired.get(&trigger));
        let fired = fired.into_iter().flatten().flat_map(Used::facts).collect();
        Before { again: self.again(candidate), fired }
    }
    /// The other accepts of the same signed request, at any verifier.
    fn again(&self, candidate: &Candidate) -> Vec<Fact> {
        let same = candidate.signed.and_then(|signed| self.signed.get(&signed));
        let mut facts = same.cloned().unwrap_or_default();
        facts.retain(|fact| *fact != candidate.fact);
        facts.sort_unstable();
        facts
    }
    pub(super) fn below(&self, root: &Digest, at: &Candidate) -> Option<&Sharing> {
        self.below.get(&(*root, self.scope(at)))
    }
    pub(super) fn triggered(&self, trigger: &Digest, root: &Digest, at: &Candidate) -> Vec<Used> {
        self.triggers
            .get(&(*trigger, self.scope(at)))
            .into_iter()
            .flatten()
            .filter(|(other, _)| other != root)
            .map(|(_, used)| *used)
            .collect()
    }
}
