//! What one move can mean to another, worked out from the masks alone, so that plain search need not ask it in every state.
//!
//! States are sets of facts and moves add to them. So if `mv` is taken after `by`, both orders lead to the same
//! union of facts, and to say that they *commute* is to see that each may be taken where the other order takes it:
//!
//! - `mv` before `by`. It may be taken after, so nothing that it forbids is true before, and none of its counts is higher
//!   there. It has what it needs, unless `by` adds it; and the clock says the same, unless `by` moves it.
//! - `by` after `mv`. It has what it needs. So `mv` must add nothing that `by` forbids, nothing that its conditions
//!   name or count, and must not move the clock where `by` looks at it.
//!
//! Moves are listed in the order of their numbers, without those that change nothing.

use super::bits::{Fact, Mask};
use super::ground::{Accepting, Ground, Ledger, Resolved, ResolvedWhen};
use super::rules::Rules;

/// Worlds with more moves are searched without: the tables would have more than eight megabytes each.
const MOST: usize = 1 << 13;

/// For each move what it means to all others.
#[derive(Debug)]
pub(super) struct Order {
    /// Those of lower number that could have been taken before it instead of after it.
    before: Table,
    /// Those that, if they can be taken after it, could have been taken before it and have shown the same.
    told: Table,
    /// Those that it may enable or disable.
    touched: Vec<Vec<u32>>,
}

impl Order {
    /// What the moves of a world mean to each other; `None` where there are too many.
    pub(super) fn of(rules: Rules<'_>) -> Option<Self> {
        let count = rules.moves.len();
        if count > MOST {
            return None;
        }
        let facts = Facts::of(rules);
        let mut this = Self {
            before: Table::of(count),
            told: Table::of(count),
            touched: Vec::with_capacity(count),
        };
        for by in 0..count as u32 {
            (0..by).for_each(|mv| this.before.set(by, mv, true));
            facts.not_before(by, |mv| this.before.set(by, mv, false));
            (0..count as u32).for_each(|mv| this.told.set(by, mv, true));
            facts.not_told(by, |mv| this.told.set(by, mv, false));
            let mut touched = Vec::new();
            facts.touched(by, |mv| touched.push(mv));
            touched.sort_unstable();
            touched.dedup();
            this.touched.push(touched);
        }
        Some(this)
    }

    /// Whether `mv` could have been taken before `by`.
    #[inline]
    pub(super) fn commutes(&self, by: u32, mv: u32) -> bool {
        self.before.get(by, mv)
    }

    /// Whether `mv`, if it can be taken after `by`, could have been taken before it and have shown the same.
    #[inline]
    pub(super) fn told(&self, by: u32, mv: u32) -> bool {
        self.told.get(by, mv)
    }

    /// Both of these, for all moves: a bit for each.
    #[inline]
    pub(super) fn known(&self, by: u32) -> impl Iterator<Item = u64> {
        self.before.row(by).iter().zip(self.told.row(by)).map(|(before, told)| before & told)
    }

    /// The moves that `by` may enable or disable.
    #[inline]
    pub(super) fn touched(&self, by: u32) -> &[u32] {
        &self.touched[by as usize]
    }
}

/// A bit for each two moves.
#[derive(Debug)]
struct Table {
    width: usize,
    bits: Vec<u64>,
}

impl Table {
    fn of(count: usize) -> Self {
        let width = count.div_ceil(64);
        Self { width, bits: vec![0; width * count] }
    }

    #[inline]
    fn get(&self, by: u32, mv: u32) -> bool {
        self.bits[by as usize * self.width + mv as usize / 64] >> (mv % 64) & 1 == 1
    }

    #[inline]
    fn row(&self, by: u32) -> &[u64] {
        &self.bits[by as usize * self.width..][..self.width]
    }

    fn set(&mut self, by: u32, mv: u32, to: bool) {
        let word = &mut self.bits[by as usize * self.width + mv as usize / 64];
        *word = *word & !(1 << (mv % 64)) | u64::from(to) << (mv % 64);
    }
}

/// Moves by fact.
struct Facts<'w> {
    rules: Rules<'w>,
    needing: Vec<Vec<u32>>,
    adding: Vec<Vec<u32>>,
    /// Those that forbid a fact, or have a condition about it.
    minding: Vec<Vec<u32>>,
    /// Those of which a finding depends on a fact.
    showing: Vec<Vec<u32>>,
    /// Moves that look at the clock.
    timed: Vec<u32>,
    /// Moves that change what it says: of the time, or of how late it runs.
    clock: Vec<u32>,
    /// The facts that say so.
    hands: Mask,
}

impl<'w> Facts<'w> {
    fn of(rules: Rules<'w>) -> Self {
        let none = || vec![Vec::new(); rules.facts];
        let mut this = Self {
            rules,
            needing: none(),
            adding: none(),
            minding: none(),
            showing: none(),
            timed: Vec::new(),
            clock: Vec::new(),
            hands: hands(rules),
        };
        for (number, ground) in (0..).zip(rules.moves) {
            let put = |facts: &Mask, into: &mut Vec<Vec<u32>>| {
                facts.facts().for_each(|fact| into[fact as usize].push(number));
            };
            put(&ground.needs, &mut this.needing);
            put(&ground.adds, &mut this.adding);
            minds(ground, rules).iter().for_each(|facts| put(facts, &mut this.minding));
            shows(ground, rules).iter().for_each(|facts| put(facts, &mut this.showing));
            if this.moves_clock(ground) {
                this.clock.push(number);
            }
            if is_timed(ground, rules) {
                this.timed.push(number);
            }
        }
        this
    }

    fn moves_clock(&self, ground: &Ground) -> bool {
        ground.adds.facts().any(|fact| self.hands.names(fact))
    }

    /// Tells which moves could not have been taken before `by`, as far as that depends on the two of them.
    fn not_before(&self, by: u32, mut tell: impl FnMut(u32)) {
        let ground = &self.rules.moves[by as usize];
        self.each(&ground.adds, &self.needing, &mut tell);
        if self.moves_clock(ground) {
            self.timed.iter().copied().for_each(&mut tell);
        }
        for facts in minds(ground, self.rules) {
            self.each(&facts, &self.adding, &mut tell);
        }
        if is_timed(ground, self.rules) {
            self.clock.iter().copied().for_each(&mut tell);
        }
    }

    /// Tells which moves need `by`, or show something else after it.
    fn not_told(&self, by: u32, mut tell: impl FnMut(u32)) {
        let ground = &self.rules.moves[by as usize];
        self.each(&ground.adds, &self.needing, &mut tell);
        self.each(&ground.adds, &self.showing, &mut tell);
        if self.moves_clock(ground) {
            (0..self.rules.moves.len() as u32).for_each(tell);
        }
    }

    /// Tells which moves may be listed after `by` and not before, or the other way round.
    fn touched(&self, by: u32, mut tell: impl FnMut(u32)) {
        let ground = &self.rules.moves[by as usize];
        for table in [&self.needing, &self.adding, &self.minding] {
            self.each(&ground.adds, table, &mut tell);
        }
        if self.moves_clock(ground) {
            self.timed.iter().copied().for_each(tell);
        }
    }

    fn each(&self, facts: &Mask, table: &[Vec<u32>], tell: &mut impl FnMut(u32)) {
        for fact in facts.facts() {
            table[fact as usize].iter().copied().for_each(&mut *tell);
        }
    }
}

fn conditions<'w>(ground: &Ground, rules: Rules<'w>) -> impl Iterator<Item = &'w Resolved> {
    let accept = rules.accepting(ground);
    accept.into_iter().flat_map(|accept| &accept.conditions).map(|(_, condition)| condition)
}

/// What a move forbids, and what its conditions name or count.
fn minds(ground: &Ground, rules: Rules<'_>) -> Vec<Mask> {
    let mut minds = vec![ground.forbids.clone()];
    for condition in conditions(ground, rules) {
        match condition {
            Resolved::Within(..) => {}
            Resolved::None(facts) => minds.push(facts.facts().collect()),
            Resolved::Fewer(facts, _, full) => {
                minds.extend([facts.facts().collect(), full.iter().copied().collect()]);
            }
        }
    }
    minds
}

/// On what its findings depend, besides the clock.
fn shows(ground: &Ground, rules: Rules<'_>) -> Vec<Mask> {
    let Some(accepting) = rules.accepting(ground) else { return Vec::new() };
    let mut shows = Vec::new();
    for (_, when) in &accepting.sometimes {
        match when {
            ResolvedWhen::None(facts) | ResolvedWhen::Any(facts) => shows.push(facts.clone()),
            ResolvedWhen::Both(one, other) => shows.extend([one.clone(), other.clone()]),
            ResolvedWhen::After(_) | ResolvedWhen::Before(_) => {}
            ResolvedWhen::Spent(declared, ..) => {
                let Ledger { accepts, full, .. } = &rules.declared[*declared];
                shows.extend([accepts.clone(), [*full].into_iter().collect()]);
            }
        }
    }
    for (_, all, any) in &accepting.serves {
        shows.push(all.clone());
        shows.extend(any.clone());
    }
    shows
}

fn is_timed(ground: &Ground, rules: Rules<'_>) -> bool {
    conditions(ground, rules).any(|condition| matches!(condition, Resolved::Within(..)))
}

/// The facts that say what time it is, and how late the clock runs.
fn hands(rules: Rules<'_>) -> Mask {
    let conditions = rules.accepting.iter().flat_map(|accepting: &Accepting| &accepting.conditions);
    let late = conditions.filter_map(|(_, condition)| match condition {
        Resolved::Within(_, _, late) => *late,
        Resolved::None(_) | Resolved::Fewer(..) => None,
    });
    let ticks: &[Fact] = rules.ticks;
    ticks.iter().copied().chain(late).collect()
}
