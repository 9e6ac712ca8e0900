//! What expands states: judges their moves, and lists the successors that may be new.

use super::System;
use super::fingerprint::{Fingerprinter, Print};
use super::layered::{Link, bits};
use super::saturate::{Scratch, View};
use super::waiting::Parent;

/// A successor that may be new.
#[derive(Clone, Copy)]
pub(super) struct Candidate<M> {
    pub(super) print: Print,
    /// Its parent's place in the level.
    pub(super) parent: u32,
    /// Which of the moves looked at in its parent leads to it.
    pub(super) ordinal: u32,
    pub(super) mv: M,
}

/// What expands states, one to a thread.
pub(super) struct Worker<S: System> {
    prints: Fingerprinter,
    scratch: Scratch<S::Move>,
    recent: Option<Recent>,
    /// The successors of what was expanded last, in order, without some that were generated before.
    pub(super) out: Vec<Candidate<S::Move>>,
    /// These successors themselves, where it is dear to make them again.
    pub(super) kept: Vec<S::State>,
    pub(super) steps: u64,
    seen: u64,
    /// Findings that were news, and where.
    pub(super) firsts: Vec<(u32, Link<S::Move>)>,
}

impl<S: System> Worker<S> {
    pub(super) fn new(exact: bool) -> Self {
        Self {
            prints: Fingerprinter::default(),
            scratch: Scratch::default(),
            // Fingerprints that are alike prove nothing there.
            recent: if exact { None } else { Some(Recent::default()) },
            out: Vec::new(),
            kept: Vec::new(),
            steps: 0,
            seen: 0,
            firsts: Vec::new(),
        }
    }

    /// Begins a batch; the findings in `seen` are no news.
    pub(super) fn begin(&mut self, seen: u64) {
        self.seen = seen;
    }

    /// The initial state as the search sees it, and what closing it shows.
    pub(super) fn initial(&mut self, view: &View<'_, S>) -> (S::State, u64) {
        let (initial, judged) = view.initial(&mut self.scratch);
        self.steps += judged.steps;
        (initial, judged.shown)
    }

    /// The system's own fingerprint of a state, where it spares making states.
    pub(super) fn own_print(&self, view: &View<'_, S>, state: &S::State) -> Option<Print> {
        if view.reduces() { None } else { view.sys.fingerprint(state) }
    }

    /// The fingerprint of a state by what it hashes.
    pub(super) fn print(&mut self, state: &S::State) -> Print {
        self.prints.of(state)
    }

    /// How many bytes a state hashes.
    pub(super) fn hashed(&mut self, state: &S::State) -> usize {
        self.prints.of(state);
        self.prints.last_len()
    }

    /// Judges and follows the moves of a state, the `at`-th of its level, that may show something new or lead to it.
    #[inline]
    pub(super) fn expand(&mut self, view: &View<'_, S>, parent: Parent<'_, S>, at: u32) {
        if view.reduces() {
            self.expand_reduced(view, parent.state, at);
        } else {
            self.expand_plain(view.sys, parent, at);
        }
    }

    fn expand_reduced(&mut self, view: &View<'_, S>, state: &S::State, parent: u32) {
        let Self { prints, scratch, recent, out, kept, steps, seen, firsts } = self;
        let mut ordinals = 0..;
        *steps += view.expand(state, scratch, |mv, next, shown| {
            note(seen, firsts, shown, (parent, mv));
            let ordinal = ordinals.next().unwrap_or_default();
            if next == *state {
                return;
            }
            let print = prints.of(&next);
            if !recent.as_mut().is_some_and(|recent| recent.replace(print)) {
                out.push(Candidate { print, parent, ordinal, mv });
                kept.push(next);
            }
        });
    }

    /// Most successors were found before: they are known by their fingerprints, and are not kept. Where moves commute it
    /// is known without looking: by [`System::commutes`], the state to which `mv` and `by` lead in the other order was
    /// reached before this one (its parent generated it before this one), was expanded before it, and led to the same.
    fn expand_plain(&mut self, sys: &S, Parent { state, by, print: own }: Parent<'_, S>, at: u32) {
        let Self { prints, scratch, recent, out, steps, seen, firsts, .. } = self;
        let (moves, count) = scratch.moves_after(sys, state, by);
        *steps += count;
        for (ordinal, &mv) in moves.iter().enumerate() {
            if !by.is_some_and(|by| sys.told(by, mv)) {
                note(seen, firsts, sys.findings(state, mv), (at, mv));
            }
            if by.is_some_and(|by| sys.commutes(by, mv)) {
                continue;
            }
            let print = match own {
                Some(own) => {
                    let print = sys.fingerprint_after(state, own, mv);
                    // Where whole states are kept, fingerprints that are alike prove nothing.
                    if print == own && (recent.is_some() || sys.next(state, mv) == *state) {
                        continue;
                    }
                    print
                }
                None => {
                    let next = sys.next(state, mv);
                    if next == *state {
                        continue;
                    }
                    prints.of(&next)
                }
            };
            if !recent.as_mut().is_some_and(|recent| recent.replace(print)) {
                out.push(Candidate { print, parent: at, ordinal: ordinal as u32, mv });
            }
        }
    }
}

/// Notes what a move shows that was not shown before.
#[inline]
fn note<M: Copy>(seen: &mut u64, firsts: &mut Vec<(u32, Link<M>)>, shown: u64, by: Link<M>) {
    let new = shown & !*seen;
    if new != 0 {
        firsts.extend(bits(new).map(|bit| (bit, by)));
        *seen |= new;
    }
}

/// Fingerprints of successors generated not long ago, so that most duplicates end before they reach memory.
#[derive(Default)]
struct Recent {
    slots: Vec<Print>,
    missed: usize,
}

impl Recent {
    const SLOTS: usize = 1 << 14;

    /// Whether `print` was here. Afterwards it is. Does nothing until a search has become large enough to gain by it.
    fn replace(&mut self, print: Print) -> bool {
        if self.slots.is_empty() {
            self.missed += 1;
            if self.missed > Self::SLOTS {
                // What is nowhere yet: 0 belongs into the first slot, and all other slots get what belongs into the second.
                self.slots = vec![1 << 64; Self::SLOTS];
                self.slots[1] = 0;
            }
            return false;
        }
        let slot = &mut self.slots[(print >> 64) as usize % Self::SLOTS];
        std::mem::replace(slot, print) == print
    }
}

#[cfg(test)]
mod tests {
    use super::Recent;

    #[test]
    fn no_fingerprint_is_recent_at_first() {
        let mut recent = Recent::default();
        assert!((0..=Recent::SLOTS as u128).all(|print| !recent.replace(print << 64)));
        for print in [0, 1 << 64, 2 << 64] {
            assert!(!recent.replace(print) && recent.replace(print), "{print:x}");
        }
    }
}
