//! Small systems for the engines' tests.

#![allow(dead_code, reason = "each test crate uses some of them")]

use whoacts_checker::explore::System;

/// Two-phase commit as in the TLA+ specification `TwoPhase`, self-loops kept, packed into 64 bits: four bits for each
/// resource manager (state, prepared as the manager knows it, prepared sent), then the transaction manager's
/// state and the two messages.
pub(crate) struct TwoPhase {
    pub(crate) managers: u32,
}

/// Kind in the high four bits, resource manager in the low ones.
pub(crate) type TwoPhaseMove = u8;

const WORKING: u64 = 0;
const PREPARED: u64 = 1;
const COMMITTED: u64 = 2;
const ABORTED: u64 = 3;
const KNOWN: u64 = 4;
const SENT: u64 = 8;

const TM_COMMITTED: u64 = 1 << 60;
const TM_ABORTED: u64 = 1 << 61;

const TM_COMMIT: u8 = 0;
const TM_ABORT: u8 = 1;
const RECEIVE: u8 = 2;
const PREPARE: u8 = 3;
const CHOOSE: u8 = 4;
const HEAR_COMMIT: u8 = 5;
const HEAR_ABORT: u8 = 6;

impl TwoPhase {
    fn all(&self, state: u64, is: impl Fn(u64) -> bool) -> bool {
        (0..self.managers).all(|rm| is(state >> (4 * rm) & 15))
    }

    fn set(state: u64, rm: u32, value: u64) -> u64 {
        state & !(3 << (4 * rm)) | value << (4 * rm)
    }
}

impl System for TwoPhase {
    type State = u64;
    type Move = TwoPhaseMove;

    fn initial(&self) -> u64 {
        0
    }

    fn moves(&self, &state: &u64, out: &mut Vec<u8>) {
        let undecided = state & (TM_COMMITTED | TM_ABORTED) == 0;
        if undecided && self.all(state, |rm| rm & KNOWN != 0) {
            out.push(TM_COMMIT << 4);
        }
        if undecided {
            out.push(TM_ABORT << 4);
        }
        for rm in 0..self.managers {
            let (own, name) = (state >> (4 * rm) & 15, rm as u8);
            if undecided && own & SENT != 0 {
                out.push(RECEIVE << 4 | name);
            }
            if own & 3 == WORKING {
                out.extend([PREPARE << 4 | name, CHOOSE << 4 | name]);
            }
            if state & TM_COMMITTED != 0 {
                out.push(HEAR_COMMIT << 4 | name);
            }
            if state & TM_ABORTED != 0 {
                out.push(HEAR_ABORT << 4 | name);
            }
        }
    }

    fn next(&self, &state: &u64, mv: u8) -> u64 {
        let rm = u32::from(mv & 15);
        match mv >> 4 {
            TM_COMMIT => state | TM_COMMITTED,
            TM_ABORT => state | TM_ABORTED,
            RECEIVE => state | KNOWN << (4 * rm),
            PREPARE => Self::set(state, rm, PREPARED) | SENT << (4 * rm),
            HEAR_COMMIT => Self::set(state, rm, COMMITTED),
            _ => Self::set(state, rm, ABORTED),
        }
    }

    /// Bit 0: all have aborted. Bit 1: all have committed. Bit 5: some have aborted and some committed.
    fn findings(&self, state: &u64, mv: u8) -> u64 {
        let next = self.next(state, mv);
        // One bit for each resource manager.
        let every = 0x1111_1111_1111_1111 & ((1 << (4 * self.managers)) - 1);
        let (low, high) = (next & every, next >> 1 & every);
        let (aborted, committed) = (low & high == every, high & !low == every);
        let mixed = low & high != 0 && high & !low != 0;
        u64::from(aborted) | u64::from(committed) << 1 | u64::from(mixed) << 5
    }

    fn canonical(&self, state: u64) -> u64 {
        let low = (1 << (4 * self.managers)) - 1;
        state & !low | sorted(state & low, self.managers)
    }

    fn good(&self, &state: &u64) -> bool {
        self.all(state, |rm| rm & 3 == COMMITTED)
    }
}

fn sorted(state: u64, count: u32) -> u64 {
    let mut parts: Vec<u64> = (0..count).map(|at| state >> (4 * at) & 15).collect();
    parts.sort_unstable();
    parts.into_iter().rev().fold(0, |all, part| all << 4 | part)
}

/// Facts, and rules that add and drop some. A rule that only ever adds is monotone.
#[derive(Clone, Debug)]
pub(crate) struct Rules {
    pub(crate) rules: Vec<Rule>,
}

/// One rule: what it needs, what must be absent, what it adds and drops, and what it shows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rule {
    pub(crate) needs: u16,
    pub(crate) lacks: u16,
    pub(crate) adds: u16,
    pub(crate) drops: u16,
    pub(crate) shows: u64,
    pub(crate) monotone: bool,
}

impl System for Rules {
    type State = u16;
    type Move = u8;

    fn initial(&self) -> u16 {
        0
    }

    fn moves(&self, state: &u16, out: &mut Vec<u8>) {
        for (at, rule) in self.rules.iter().enumerate() {
            let enabled = rule.needs & !state == 0 && rule.lacks & state == 0;
            if enabled && (rule.shows != 0 || self.next(state, at as u8) != *state) {
                out.push(at as u8);
            }
        }
    }

    fn next(&self, state: &u16, mv: u8) -> u16 {
        let rule = self.rules[mv as usize];
        state & !rule.drops | rule.adds
    }

    fn findings(&self, _: &u16, mv: u8) -> u64 {
        self.rules[mv as usize].shows
    }

    fn enabled(&self, state: &u16, mv: u8) -> bool {
        let rule = self.rules[mv as usize];
        rule.needs & !state == 0 && rule.lacks & state == 0
    }

    fn monotone(&self, mv: u8) -> bool {
        self.rules[mv as usize].monotone
    }
}

/// Replicas, all alike, that learn two things one after the other (monotone), may accept once in all, and may crash,
/// which makes them forget. Four bits for each: knows a, knows b, accepted, crashed. Bit 60: some accepted.
pub(crate) struct Replicas {
    pub(crate) count: u32,
}

const ACCEPTED_SOMEWHERE: u64 = 1 << 60;

impl System for Replicas {
    type State = u64;
    /// Kind (learn a, learn b, accept, crash) and replica.
    type Move = (u8, u8);

    fn initial(&self) -> u64 {
        0
    }

    fn moves(&self, &state: &u64, out: &mut Vec<(u8, u8)>) {
        for at in 0..self.count as u8 {
            let own = state >> (4 * at) & 15;
            if own & 8 != 0 {
                continue;
            }
            out.push((0, at));
            if own & 1 != 0 {
                out.push((1, at));
            }
            if own & 2 != 0 && state & ACCEPTED_SOMEWHERE == 0 {
                out.push((2, at));
            }
            out.push((3, at));
        }
    }

    fn next(&self, &state: &u64, (kind, at): (u8, u8)) -> u64 {
        match kind {
            2 => state | 4 << (4 * at) | ACCEPTED_SOMEWHERE,
            3 => state & !(15 << (4 * at)) | 8 << (4 * at),
            _ => state | 1 << (4 * at + kind),
        }
    }

    /// Bit 0: accepted. Bit 1: accepted after two crashes. Bit 2: learnt b. Bit 3: learnt b after a crash of the one
    /// that accepted. Bit 4: all crashed.
    fn findings(&self, state: &u64, mv: (u8, u8)) -> u64 {
        let count = |bit: u64| (0..self.count).filter(|at| state >> (4 * at) & bit != 0).count();
        let next = self.next(state, mv);
        let gone = state & ACCEPTED_SOMEWHERE != 0 && count(4) == 0;
        let all = (0..self.count).all(|at| next >> (4 * at) & 8 != 0);
        match mv.0 {
            1 => 1 << 2 | u64::from(gone) << 3,
            2 => 1 | u64::from(count(8) >= 2) << 1,
            3 => u64::from(all) << 4,
            _ => 0,
        }
    }

    fn monotone(&self, (kind, _): (u8, u8)) -> bool {
        kind < 2
    }

    fn canonical(&self, state: u64) -> u64 {
        let low = (1 << (4 * self.count)) - 1;
        state & !low | sorted(state & low, self.count)
    }
}

/// A graph given by its edges.
pub(crate) struct Edges {
    pub(crate) edges: Vec<Vec<u32>>,
    pub(crate) good: Vec<u32>,
}

impl System for Edges {
    type State = u32;
    type Move = u32;

    fn initial(&self) -> u32 {
        0
    }

    fn moves(&self, at: &u32, out: &mut Vec<u32>) {
        out.extend(&self.edges[*at as usize]);
    }

    fn next(&self, _: &u32, to: u32) -> u32 {
        to
    }

    fn findings(&self, _: &u32, to: u32) -> u64 {
        u64::from(self.good.contains(&to))
    }

    fn good(&self, at: &u32) -> bool {
        self.good.contains(at)
    }
}
