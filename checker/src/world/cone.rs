//! The part of a world on which an answer depends, so that a question about few properties does not go through all orders in
//! which effects can come that have nothing to do with them (a cone of influence).
//!
//! What was accepted is a fact because something may look at it: a violation that needs it ("again", "more than was allowed"), a
//! move that needs it, or a memory that denies another accept. Where nothing that is asked needs it, it can only take moves
//! away. Every run in which it comes first is then a run without it too: so nobody has to know it.

use super::bits::Fact;
use super::ground::{Resolved, ResolvedWhen, World};
use std::collections::{HashMap, HashSet};
use whoacts_model::crypto::Crypto;

impl<C: Crypto> World<C> {
    /// Leaves out what no answer about these properties depends on. The answers about others are worth nothing then: too much may
    /// be accepted.
    pub(crate) fn focus(&mut self, wanted: u64) {
        let (kept, read) = self.accepts_that_matter(wanted);
        let denying = self.denying(&kept);
        for ground in &mut self.moves {
            let Some(number) = ground.accept.map(|accept| accept as usize) else { continue };
            let accepting = &mut self.accepting[number];
            if !ground.adds.facts().any(|fact| read.contains(&fact)) {
                ground.adds = super::bits::Mask::default();
                ground.monotone = true;
                accepting.replayable = true;
            } else if !denying.contains(&accepting.fact) {
                // It must not be taken at once if it could be worse later.
                let mut wanted = accepting.sometimes.iter().filter(|(of, _)| wanted >> of & 1 == 1);
                ground.monotone |= wanted.all(|(_, when)| {
                    matches!(when, ResolvedWhen::None(_) | ResolvedWhen::Before(_))
                });
            }
        }
        self.index_moves();
    }

    /// The accepts that can violate one of these properties, or bring about what another of them needs; and all that is needed.
    fn accepts_that_matter(&self, wanted: u64) -> (Vec<bool>, HashSet<Fact>) {
        let mut kept = vec![false; self.accepting.len()];
        let mut read: HashSet<Fact> = HashSet::new();
        let others = self.moves.iter().filter(|ground| ground.accept.is_none());
        read.extend(others.flat_map(|ground| ground.needs.facts()));
        loop {
            let before = read.len();
            for ground in &self.moves {
                let Some(number) = ground.accept.map(|accept| accept as usize) else { continue };
                let accepting = &self.accepting[number];
                let violates = accepting.may_violate() & wanted != 0;
                if kept[number] || !violates && !ground.adds.facts().any(|f| read.contains(&f)) {
                    continue;
                }
                kept[number] = true;
                read.extend(ground.needs.facts());
                for (of, when) in &accepting.sometimes {
                    match when {
                        _ if wanted >> of & 1 == 0 => {}
                        ResolvedWhen::Any(facts) => read.extend(facts.facts()),
                        ResolvedWhen::Both(one, other) => {
                            read.extend(one.facts().chain(other.facts()));
                        }
                        ResolvedWhen::Spent(declared, ..) => {
                            read.extend(self.declared[*declared].accepts.facts());
                        }
                        ResolvedWhen::None(_)
                        | ResolvedWhen::After(_)
                        | ResolvedWhen::Before(_) => {}
                    }
                }
            }
            if read.len() == before {
                return (kept, read);
            }
        }
    }

    /// The facts that deny one of these accepts, other than its own. Many accepts share what denies them: of such facts each
    /// denies another accept than its own, as soon as two share them.
    fn denying(&self, kept: &[bool]) -> HashSet<Fact> {
        let mut denying = HashSet::new();
        let mut shared = HashMap::new();
        for (accepting, _) in self.accepting.iter().zip(kept).filter(|(_, kept)| **kept) {
            for (_, condition) in &accepting.conditions {
                let (facts, full) = match condition {
                    Resolved::Within(..) => continue,
                    Resolved::None(facts) => (facts, None),
                    Resolved::Fewer(facts, _, full) => (facts, *full),
                };
                let own = Some(accepting.fact);
                let (_, only) = shared.entry((facts.place(), full)).or_insert((facts, own));
                *only = only.filter(|only| Some(*only) == own);
            }
        }
        for ((_, full), (facts, own)) in shared {
            let ledgers = self.ledgers.iter().filter(|ledger| Some(ledger.full) == full);
            let folded = ledgers.flat_map(|ledger| ledger.accepts.facts());
            denying.extend(facts.shared().chain(folded).filter(|fact| Some(*fact) != own));
        }
        denying
    }
}
