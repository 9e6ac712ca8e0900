//! The subsets of a universe, and what is known of each: what breaks under a set breaks under every larger one, so that a few
//! sets that are looked at decide the others.

use crate::experiment::named;
use crate::inquiry::Settled;
use crate::suite::Error;
use crate::world::capability::Capabilities;

/// What is known of each set.
#[derive(Debug, Clone)]
pub struct Lattice {
    /// Smallest first.
    sets: Vec<Capabilities>,
    /// The properties that break under each.
    broken: Vec<u64>,
    /// The properties that survive each.
    firm: Vec<u64>,
    looked_at: Vec<bool>,
    wanted: u64,
}

impl Lattice {
    /// Looks at sets until all `wanted` properties are decided under every set: none and one capability, which settle what
    /// breaks easily; the whole universe, which settles what nothing breaks; then upwards, where something is open.
    ///
    /// # Errors
    /// [`Error::Internal`] where a smaller set breaks what a larger one does not.
    pub fn walk(
        universe: Capabilities,
        wanted: u64,
        look: &mut dyn FnMut(Capabilities, u64) -> Settled,
    ) -> Result<Self, Error> {
        let sets = universe.subsets();
        let none = vec![0; sets.len()];
        let looked_at = vec![false; sets.len()];
        let mut lattice = Self { broken: none.clone(), firm: none, looked_at, sets, wanted };
        let whole = lattice.sets.len() - 1;
        let few = lattice.sets.iter().take_while(|set| set.iter().count() < 2).count();
        for at in (0..few).chain([whole]).chain(few..whole) {
            if lattice.open(at) != 0 {
                lattice.look(at, look)?;
            }
        }
        Ok(lattice)
    }

    /// The wanted properties of which nothing is known under a set.
    fn open(&self, at: usize) -> u64 {
        self.wanted & !self.broken[at] & !self.firm[at]
    }

    fn look(
        &mut self,
        at: usize,
        look: &mut dyn FnMut(Capabilities, u64) -> Settled,
    ) -> Result<(), Error> {
        let here = self.sets[at];
        let Settled { broken, firm, .. } = look(here, self.open(at));
        let lost = self.wanted & (broken & self.firm[at] | firm & self.broken[at]);
        if lost != 0 {
            let (set, what) = (here.ids().join(", "), named(lost).join(", "));
            let text = format!("more capabilities than {{{set}}} break less: {what}");
            return Err(Error::Internal(text));
        }
        self.looked_at[at] = true;
        for (other, set) in self.sets.iter().enumerate() {
            if here.within(*set) {
                self.broken[other] |= broken;
            }
            if set.within(here) {
                self.firm[other] |= firm;
            }
        }
        Ok(())
    }

    /// How many sets were looked at, and how many there are.
    pub fn looked_at(&self) -> (usize, usize) {
        (self.looked_at.iter().filter(|yes| **yes).count(), self.sets.len())
    }

    /// The smallest sets that break a property: none of them contains another.
    pub fn breaking(&self, number: usize) -> Vec<Capabilities> {
        let sets = self.with(&self.broken, number);
        let below = |a: &Capabilities| sets.iter().any(|b| b != a && b.within(*a));
        sets.iter().copied().filter(|set| !below(set)).collect()
    }

    /// The largest sets that a property survives: none of them contains another.
    pub fn surviving(&self, number: usize) -> Vec<Capabilities> {
        let sets = self.with(&self.firm, number);
        let above = |a: &Capabilities| sets.iter().any(|b| b != a && a.within(*b));
        sets.iter().copied().filter(|set| !above(set)).collect()
    }

    /// The sets of which a limit was reached before they were decided.
    pub fn undecided(&self, number: usize) -> Vec<Capabilities> {
        let open: Vec<u64> = (0..self.sets.len()).map(|at| self.open(at)).collect();
        self.with(&open, number)
    }

    /// Each set that is a smallest one for some properties, with their bits.
    pub fn least(&self) -> impl Iterator<Item = (Capabilities, u64)> {
        let below = |here: Capabilities| {
            let smaller = self.sets.iter().zip(&self.broken);
            let smaller = smaller.filter(move |(set, _)| **set != here && set.within(here));
            smaller.fold(0, |bits, (_, broken)| bits | broken)
        };
        let all = self.sets.iter().zip(&self.broken);
        all.map(move |(set, broken)| (*set, broken & self.wanted & !below(*set)))
            .filter(|(_, bits)| *bits != 0)
    }

    fn with(&self, bits: &[u64], number: usize) -> Vec<Capabilities> {
        let sets = self.sets.iter().zip(bits);
        sets.filter(|(_, bits)| **bits >> number & 1 == 1).map(|(set, _)| *set).collect()
    }
}
