//! Two-phase commit as in the TLA+ specification `TwoPhase`, self-loops kept, for our engine: packed into 64 bits, and
//! written out in 64 bytes.

use whoacts_checker::explore::System;
use xxhash_rust::xxh3::xxh3_128;

/// What can happen: the transaction manager's decision, or something at one resource manager.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Step {
    Commit,
    Abort,
    Receive(u8),
    Prepare(u8),
    Choose(u8),
    HearCommit(u8),
    HearAbort(u8),
}

/// What commutes, for [`System::commutes`]: steps of different resource managers, in the order in which they are listed; and
/// a working manager does not ask whether the transaction was aborted.
fn commutes(by: Step, step: Step) -> bool {
    match (of(by), of(step)) {
        (Some(by), Some(of)) => of < by,
        (Some(_), None) => step == Step::Abort && matches!(by, Step::Prepare(_) | Step::Choose(_)),
        _ => false,
    }
}

/// What was told, for [`System::told`]: a step of another resource manager shows something new only if one of the two
/// commits and the other aborts.
fn told(by: Step, step: Step) -> bool {
    let aborts = |step| matches!(step, Step::Choose(_) | Step::HearAbort(_));
    let commits = |step| matches!(step, Step::HearCommit(_));
    let torn = commits(by) && aborts(step) || aborts(by) && commits(step);
    matches!((of(by), of(step)), (Some(by), Some(of)) if of != by) && !torn
}

/// For [`System::moves_after`]: the first resource manager of which a step may be news. Where it was decided to commit, all are
/// prepared, so that none can choose to abort.
fn first_after(by: Step) -> u8 {
    if matches!(by, Step::HearCommit(_)) { 0 } else { of(by).unwrap_or(0) }
}

/// The resource manager of a step.
fn of(step: Step) -> Option<u8> {
    match step {
        Step::Commit | Step::Abort => None,
        Step::Receive(at)
        | Step::Prepare(at)
        | Step::Choose(at)
        | Step::HearCommit(at)
        | Step::HearAbort(at) => Some(at),
    }
}

/// Packed: four bits for each resource manager (its state, whether its message was received, and sent); the decision
/// in the highest bits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Packed {
    pub(crate) managers: u8,
}

const PREPARED: u64 = 1;
const COMMITTED: u64 = 2;
const ABORTED: u64 = 3;
const KNOWN: u64 = 4;
const SENT: u64 = 8;
const COMMIT: u64 = 1 << 62;
const ABORT: u64 = 1 << 63;

impl Packed {
    /// One in each manager's place.
    fn every(&self) -> u64 {
        0x0111_1111_1111_1111 & ((1 << (4 * self.managers)) - 1)
    }

    /// The steps of the transaction manager, and of the resource managers from one on.
    pub(crate) fn steps(&self, state: u64, from: u8, mut out: impl FnMut(Step)) {
        let undecided = state & (COMMIT | ABORT) == 0;
        if undecided {
            if state >> 2 & self.every() == self.every() {
                out(Step::Commit);
            }
            out(Step::Abort);
        }
        for at in from..self.managers {
            let own = state >> (4 * at);
            if undecided && own & SENT != 0 {
                out(Step::Receive(at));
            }
            if own & 3 == 0 {
                out(Step::Prepare(at));
                out(Step::Choose(at));
            }
            if state & COMMIT != 0 {
                out(Step::HearCommit(at));
            }
            if state & ABORT != 0 {
                out(Step::HearAbort(at));
            }
        }
    }

    /// How many steps there are.
    fn count(&self, state: u64) -> u64 {
        let count = |mask: u64| u64::from((mask & self.every()).count_ones());
        let free = 2 * count(!(state | state >> 1));
        if state & (COMMIT | ABORT) != 0 {
            return free + u64::from(self.managers);
        }
        let commit = u64::from(state >> 2 & self.every() == self.every());
        free + count(state >> 3) + commit + 1
    }

    pub(crate) fn after(&self, state: u64, step: Step) -> u64 {
        let set = |at: u8, value: u64| state & !(3 << (4 * at)) | value << (4 * at);
        match step {
            Step::Commit => state | COMMIT,
            Step::Abort => state | ABORT,
            Step::Receive(at) => state | KNOWN << (4 * at),
            Step::Prepare(at) => set(at, PREPARED) | SENT << (4 * at),
            Step::HearCommit(at) => set(at, COMMITTED),
            Step::Choose(at) | Step::HearAbort(at) => set(at, ABORTED),
        }
    }

    /// Whether one resource manager has committed and another aborted.
    pub(crate) fn torn(&self, state: u64) -> bool {
        let (low, high) = (state & self.every(), state >> 1 & self.every());
        low & high != 0 && high & !low != 0
    }
}

impl System for Packed {
    type State = u64;
    type Move = Step;

    fn initial(&self) -> u64 {
        0
    }
    fn moves(&self, state: &u64, out: &mut Vec<Step>) {
        self.steps(*state, 0, |step| out.push(step));
    }
    fn moves_after(&self, state: &u64, by: Step, out: &mut Vec<Step>) -> u64 {
        self.steps(*state, first_after(by), |step| out.push(step));
        self.count(*state)
    }
    fn next(&self, state: &u64, step: Step) -> u64 {
        self.after(*state, step)
    }
    fn one_word(&self) -> bool {
        true
    }
    fn some_commute(&self) -> bool {
        true
    }
    fn commutes(&self, by: Step, step: Step) -> bool {
        commutes(by, step)
    }
    fn told(&self, by: Step, step: Step) -> bool {
        told(by, step)
    }
    fn findings(&self, state: &u64, step: Step) -> u64 {
        u64::from(self.torn(self.after(*state, step)))
    }
}

/// Written out: a byte for each thing that is said of a resource manager.
#[derive(Debug)]
pub(crate) struct Wide {
    managers: u8,
    /// Whether the engine is told which steps commute.
    declared: bool,
    /// A random number for each byte and each of its values; by exclusive or they make a fingerprint.
    marks: [[u128; 4]; 64],
}

impl Wide {
    pub(crate) fn new(managers: u8, declared: bool) -> Self {
        let mark = |at: usize, value: usize| xxh3_128(&[at as u8, value as u8]);
        let marks = std::array::from_fn(|at| std::array::from_fn(|value| mark(at, value)));
        Self { managers, declared, marks }
    }

    #[inline]
    fn mark(&self, at: usize, value: u8) -> u128 {
        self.marks[at][usize::from(value & 3)]
    }

    /// The steps of the transaction manager, and of the resource managers from one on.
    #[inline]
    fn steps(&self, WideState(state): &WideState, from: u8, out: &mut Vec<Step>) {
        let [commit, abort] = [state[DECIDED] == 1, state[DECIDED + 1] == 1];
        if !commit && !abort {
            let count = usize::from(self.managers);
            if state[RECEIVED..RECEIVED + count].iter().all(|received| *received == 1) {
                out.push(Step::Commit);
            }
            out.push(Step::Abort);
        }
        for name in from..self.managers {
            let at = usize::from(name);
            if !commit && !abort && state[WAS_SENT + at] == 1 {
                out.push(Step::Receive(name));
            }
            if state[at] == 0 {
                out.extend([Step::Prepare(name), Step::Choose(name)]);
            }
            if commit {
                out.push(Step::HearCommit(name));
            }
            if abort {
                out.push(Step::HearAbort(name));
            }
        }
    }

    /// How many steps there are.
    #[inline]
    fn count(&self, WideState(state): &WideState) -> u64 {
        let count = usize::from(self.managers);
        let of = |from: usize, value: u8| {
            // All sixteen are looked at, a few of them too many: that takes a single instruction each.
            let all = state[from..from + 16].iter().enumerate();
            all.map(|(at, own)| u64::from(*own == value && at < count)).sum::<u64>()
        };
        let free = 2 * of(0, 0);
        if state[DECIDED] == 1 || state[DECIDED + 1] == 1 {
            return free + count as u64;
        }
        free + of(WAS_SENT, 1) + u64::from(of(RECEIVED, 1) == count as u64) + 1
    }
}

/// Sixteen bytes each for the states of the resource managers, for whether their messages were received, and sent; then
/// the two decisions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct WideState([u8; 64]);

const RECEIVED: usize = 16;
const WAS_SENT: usize = 32;
const DECIDED: usize = 48;

impl System for Wide {
    type State = WideState;
    type Move = Step;

    fn initial(&self) -> WideState {
        WideState([0; 64])
    }

    fn moves(&self, state: &WideState, out: &mut Vec<Step>) {
        self.steps(state, 0, out);
    }

    fn moves_after(&self, state: &WideState, by: Step, out: &mut Vec<Step>) -> u64 {
        let from = if self.declared { first_after(by) } else { 0 };
        self.steps(state, from, out);
        self.count(state)
    }

    fn next(&self, state: &WideState, step: Step) -> WideState {
        let WideState(mut next) = *state;
        match step {
            Step::Commit => next[DECIDED] = 1,
            Step::Abort => next[DECIDED + 1] = 1,
            Step::Receive(at) => next[RECEIVED + usize::from(at)] = 1,
            Step::Prepare(at) => {
                next[usize::from(at)] = 1;
                next[WAS_SENT + usize::from(at)] = 1;
            }
            Step::HearCommit(at) => next[usize::from(at)] = 2,
            Step::Choose(at) | Step::HearAbort(at) => next[usize::from(at)] = 3,
        }
        WideState(next)
    }

    fn fingerprint(&self, WideState(state): &WideState) -> Option<u128> {
        Some(state.iter().enumerate().fold(0, |print, (at, value)| print ^ self.mark(at, *value)))
    }

    fn fingerprint_after(&self, WideState(state): &WideState, print: u128, step: Step) -> u128 {
        let new = |at: usize, value: u8| print ^ self.mark(at, state[at]) ^ self.mark(at, value);
        match step {
            Step::Commit => new(DECIDED, 1),
            Step::Abort => new(DECIDED + 1, 1),
            Step::Receive(at) => new(RECEIVED + usize::from(at), 1),
            Step::Prepare(at) => {
                let (manager, sent) = (usize::from(at), WAS_SENT + usize::from(at));
                new(manager, 1) ^ self.mark(sent, state[sent]) ^ self.mark(sent, 1)
            }
            Step::HearCommit(at) => new(usize::from(at), 2),
            Step::Choose(at) | Step::HearAbort(at) => new(usize::from(at), 3),
        }
    }

    fn some_commute(&self) -> bool {
        self.declared
    }
    fn commutes(&self, by: Step, step: Step) -> bool {
        self.declared && commutes(by, step)
    }
    fn told(&self, by: Step, step: Step) -> bool {
        self.declared && told(by, step)
    }

    /// Bit 0: one has committed and another aborted.
    fn findings(&self, WideState(state): &WideState, step: Step) -> u64 {
        let at = match step {
            Step::HearCommit(at) | Step::Choose(at) | Step::HearAbort(at) => usize::from(at),
            _ => return 0,
        };
        let other = if matches!(step, Step::HearCommit(_)) { 3 } else { 2 };
        let mut managers: [u8; 16] = state[..16].try_into().unwrap_or_default();
        managers[at] = 0;
        // Whether one of the bytes is `other`: whether one of their differences to it is zero.
        let ones = u128::from_le_bytes([1; 16]);
        let differences = u128::from_le_bytes(managers) ^ (ones * other);
        let torn = differences.wrapping_sub(ones) & !differences & (ones << 7) != 0;
        u64::from(torn)
    }
}
