//! Faults in the rules of moves: what a kind of move needs, forbids and adds.
//!
//! A rule has a fault where it is written. What [`ground`](crate::world::ground) writes once for several kinds of moves (who is
//! alive, what a composition rests on, what comes to be known, what a verifier accepts in either of its lives) is one rule
//! with one fault, which shows in all of these kinds at once; a fault in one kind of them is none that anybody could make
//! there.

use super::reading::moved;
use crate::world::World;
use crate::world::bits::{Fact, Mask};
use crate::world::ground::{Accepting, Ground, Resolved};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use whoacts_model::crypto::Crypto;

/// A fault in one rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rule {
    /// The kind of move, or what several kinds share.
    pub kind: &'static str,
    /// What it loses.
    pub loses: Part,
}

/// What a rule loses, by the kind of fact that it speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// All of it: no such move happens.
    Whole,
    /// What must be true.
    Need(&'static str),
    /// What must be false.
    Forbid(&'static str),
    /// What it makes true.
    Add(&'static str),
    /// It counts effects wrongly by so much.
    Effects(i32),
    /// It reads the clock wrongly by so much.
    Clock(i32),
}

/// Who is alive: shared by all that executors do and suffer.
const ALIVE: &str = "who is alive";
/// What a composition of the adversary rests on: shared by all who meet one.
const RESTS: &str = "what a composition rests on";
/// What whoever reads a message comes to know: shared by all ways to read.
const LEARNS: &str = "what a reader learns";
/// The rules that several kinds of moves share.
pub const SHARED: &[&str] = &[ALIVE, RESTS, LEARNS];

/// The rule to which a part of a move belongs.
fn written(kind: &'static str, part: Part) -> &'static str {
    let accepts = ["accept", "accept-afresh"].contains(&kind);
    match part {
        Part::Need("down" | "rekeyed") | Part::Forbid("down" | "rekeyed") => ALIVE,
        Part::Need(fact) if accepts || kind == "feed" => match fact {
            "asked" | "accepted" | "restarted" => "accept",
            // Whatever an executor is given, it is not good before its time.
            "tick" => "take",
            _ => RESTS,
        },
        Part::Add("known credential" | "known hand-off" | "known request") => LEARNS,
        Part::Whole => kind,
        _ if accepts => "accept",
        _ => kind,
    }
}

impl Rule {
    /// Every way in which the rules of these moves can lose something.
    pub fn all<C: Crypto>(world: &World<C>, says: &[&'static str]) -> BTreeSet<Self> {
        let mut all = BTreeSet::new();
        let mut adding: BTreeMap<Fact, Vec<&Ground>> = BTreeMap::new();
        for ground in &world.moves {
            ground.adds.facts().for_each(|fact| adding.entry(fact).or_default().push(ground));
        }
        for ground in &world.moves {
            let kind = ground.what.kind();
            let mut lose = |loses| all.insert(Self { kind: written(kind, loses), loses });
            lose(Part::Whole);
            for fact in ground.needs.facts() {
                lose(Part::Need(says[fact as usize]));
            }
            // A move that can only come after one that brought about all that it would brings nothing about.
            let idle = |fact: &Fact| {
                let brought = |by: &&Ground| ground.adds.facts().all(|fact| by.adds.names(fact));
                ground.adds.names(*fact) && adding[fact].iter().all(brought)
            };
            for fact in ground.forbids.facts().filter(|fact| !idle(fact)) {
                lose(Part::Forbid(says[fact as usize]));
            }
            for fact in ground.adds.facts() {
                lose(Part::Add(says[fact as usize]));
            }
            if ground.accept.is_some() {
                for by in [1, -1] {
                    lose(Part::Effects(by));
                    lose(Part::Clock(by));
                }
            }
        }
        all
    }

    /// Looks at a world with this fault in its moves, and takes it out again; `None` if it is in none.
    pub fn within<C: Crypto, R>(
        self,
        world: &mut World<C>,
        says: &[&'static str],
        look: impl FnOnce(&World<C>) -> R,
    ) -> Option<R> {
        let (moves, bounded) = (world.moves.clone(), world.bounded_effects);
        let conditions: Vec<_> = match self.loses {
            Part::Effects(_) | Part::Clock(_) => {
                world.accepting.iter().map(|accepting| accepting.conditions.clone()).collect()
            }
            _ => Vec::new(),
        };
        // Whoever miscounts effects cannot take a ledger for used up.
        world.bounded_effects &= !matches!(self.loses, Part::Effects(_));
        let touched = self.put(&mut world.moves, &mut world.accepting, says);
        let looked = touched.then(|| {
            world.index_moves();
            look(world)
        });
        (world.moves, world.bounded_effects) = (moves, bounded);
        for (accepting, before) in world.accepting.iter_mut().zip(conditions) {
            accepting.conditions = before;
        }
        world.index_moves();
        looked
    }

    fn put(
        self,
        moves: &mut Vec<Ground>,
        accepting: &mut [Accepting],
        says: &[&'static str],
    ) -> bool {
        let before = moves.len();
        if self.loses == Part::Whole {
            moves.retain(|ground| ground.what.kind() != self.kind);
        }
        let mut touched = before != moves.len();
        let own = |ground: &&mut Ground| written(ground.what.kind(), self.loses) == self.kind;
        for ground in moves.iter_mut().filter(own) {
            touched |= match self.loses {
                Part::Whole => false,
                Part::Need(kind) => lose(&mut ground.needs, kind, says),
                Part::Forbid(kind) => lose(&mut ground.forbids, kind, says),
                Part::Add(kind) => lose(&mut ground.adds, kind, says),
                Part::Effects(_) | Part::Clock(_) => {
                    let accept = ground.accept.map(|at| &mut accepting[at as usize]);
                    accept.is_some_and(|accept| self.miscount(accept))
                }
            };
        }
        touched
    }

    fn miscount(self, accept: &mut Accepting) -> bool {
        let mut touched = false;
        for (_, condition) in &mut accept.conditions {
            match (self.loses, condition) {
                (Part::Effects(by), Resolved::Fewer(_, limit, full)) if *limit != u32::MAX => {
                    *limit = moved(*limit, by);
                    *full = None;
                    touched = true;
                }
                // The clock runs ahead by so much.
                (Part::Clock(by), Resolved::Within(from, to, _)) => {
                    let before = (*from, *to);
                    (*from, *to) = (moved(*from, -by), moved(*to, -by));
                    touched |= before != (*from, *to);
                }
                _ => {}
            }
        }
        touched
    }
}

fn lose(mask: &mut Mask, kind: &str, says: &[&'static str]) -> bool {
    let kept: Vec<Fact> = mask.facts().filter(|fact| says[*fact as usize] != kind).collect();
    let touched = kept.len() != mask.facts().count();
    *mask = kept.into_iter().collect();
    touched
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.loses {
            Part::Whole => f.write_str("never happens"),
            Part::Need(fact) => write!(f, "needs no `{fact}`"),
            Part::Forbid(fact) => write!(f, "does not mind `{fact}`"),
            Part::Add(fact) => write!(f, "brings about no `{fact}`"),
            Part::Effects(by) => write!(f, "allows {by:+} effects"),
            Part::Clock(by) => write!(f, "reads the clock {by:+}"),
        }
    }
}
