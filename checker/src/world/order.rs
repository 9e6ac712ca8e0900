//! Which moves could as well have been taken in the other order: worked out from the masks alone, move by move.
//!
//! States are sets of facts and moves add to them. So if `mv` is taken after `by`, both orders lead to the same
//! union of facts, and what is left to see is that each may be taken where the other order takes it:
//!
//! - `mv` before `by`. It may be taken after, so nothing that it forbids is true before, and none of its counts is higher
//!   there. It has what it needs, unless `by` adds it; and the clock says the same, unless `by` moves it.
//! - `by` after `mv`. It has what it needs. So `mv` must add nothing that `by` forbids, nothing that its conditions
//!   name or count, and must not move the clock where `by` looks at it.
//!
//! Moves are listed in the order of their numbers, without those that change nothing.

use super::bits::{Fact, Mask};
use super::ground::{Accepting, Ground, Resolved};

/// Worlds with more moves are searched without: the table would have more than eight megabytes.
const MOST: usize = 1 << 13;

/// For each move those of lower number that could have been taken before it instead of after it.
#[derive(Debug)]
pub(super) struct Order {
    /// So many words for each move.
    width: usize,
    commute: Vec<u64>,
}

impl Order {
    /// The order of a world's moves; `None` where there are too many.
    pub(super) fn of(
        moves: &[Ground],
        accepting: &[Accepting],
        ticks: &[Fact],
        facts: usize,
    ) -> Option<Self> {
        if moves.len() > MOST {
            return None;
        }
        let facts = Facts::of(moves, accepting, ticks, facts);
        let width = moves.len().div_ceil(64);
        let mut commute = vec![0; width * moves.len()];
        for (by, row) in commute.chunks_exact_mut(width.max(1)).enumerate() {
            (0..by).for_each(|mv| row[mv / 64] |= 1 << (mv % 64));
            facts.not_before(by, moves, accepting, |mv| row[mv as usize / 64] &= !(1 << (mv % 64)));
        }
        Some(Self { width, commute })
    }

    /// Whether `mv` could have been taken before `by`.
    #[inline]
    pub(super) fn commutes(&self, by: u32, mv: u32) -> bool {
        self.commute[by as usize * self.width + mv as usize / 64] >> (mv % 64) & 1 == 1
    }
}

/// Moves by fact.
struct Facts {
    needed_by: Vec<Vec<u32>>,
    added_by: Vec<Vec<u32>>,
    /// Moves that look at the clock.
    timed: Vec<u32>,
    /// Moves that change what it says: of the time, or of how late it runs.
    clock: Vec<u32>,
    /// The facts that say so.
    hands: Mask,
}

impl Facts {
    fn of(moves: &[Ground], accepting: &[Accepting], ticks: &[Fact], facts: usize) -> Self {
        let conditions = || accepting.iter().flat_map(|accepting| &accepting.conditions);
        let late = conditions().filter_map(|(_, condition)| match condition {
            Resolved::Within(_, _, late) => *late,
            Resolved::None(_) | Resolved::Fewer(..) => None,
        });
        let hands: Mask = ticks.iter().copied().chain(late).collect();
        let mut this = Self {
            needed_by: vec![Vec::new(); facts],
            added_by: vec![Vec::new(); facts],
            timed: Vec::new(),
            clock: Vec::new(),
            hands,
        };
        for (number, ground) in (0..).zip(moves) {
            ground.needs.facts().for_each(|fact| this.needed_by[fact as usize].push(number));
            ground.adds.facts().for_each(|fact| this.added_by[fact as usize].push(number));
            if ground.adds.facts().any(|fact| this.hands.names(fact)) {
                this.clock.push(number);
            }
            if timed(ground, accepting) {
                this.timed.push(number);
            }
        }
        this
    }

    /// Tells which moves could not have been taken before `by`, as far as that depends on the two of them.
    fn not_before(
        &self,
        by: usize,
        moves: &[Ground],
        accepting: &[Accepting],
        mut tell: impl FnMut(u32),
    ) {
        let ground = &moves[by];
        for fact in ground.adds.facts() {
            self.needed_by[fact as usize].iter().copied().for_each(&mut tell);
        }
        if ground.adds.facts().any(|fact| self.hands.names(fact)) {
            self.timed.iter().copied().for_each(&mut tell);
        }
        let mut spoilt = |facts: &Mask| {
            for fact in facts.facts() {
                self.added_by[fact as usize].iter().copied().for_each(&mut tell);
            }
        };
        spoilt(&ground.forbids);
        for condition in conditions(ground, accepting) {
            match condition {
                Resolved::Within(..) => {}
                Resolved::None(facts) => spoilt(facts),
                Resolved::Fewer(facts, _, full) => {
                    spoilt(facts);
                    spoilt(&full.iter().copied().collect());
                }
            }
        }
        if timed(ground, accepting) {
            self.clock.iter().copied().for_each(&mut tell);
        }
    }
}

fn conditions<'w>(
    ground: &Ground,
    accepting: &'w [Accepting],
) -> impl Iterator<Item = &'w Resolved> {
    let accept = ground.accept.map(|accept| &accepting[accept as usize]);
    accept.into_iter().flat_map(|accept| &accept.conditions).map(|(_, condition)| condition)
}

fn timed(ground: &Ground, accepting: &[Accepting]) -> bool {
    conditions(ground, accepting).any(|condition| matches!(condition, Resolved::Within(..)))
}
