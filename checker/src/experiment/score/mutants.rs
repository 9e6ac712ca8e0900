//! The mutants: every fault of a list for every guard, hook and rule to which it applies.

use crate::world::mutation::reading::{Fault, Place, WEAK};
use crate::world::mutation::rule::{Rule, SHARED};
use crate::world::mutation::{Hook, Mutation};
use std::collections::BTreeSet;
use std::fmt;
use whoacts_model::crypto::Symbolic;
use whoacts_model::guard::{Guard, GuardSet};
use whoacts_model::mechanism::Form;

/// One change, somewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mutant {
    /// Where.
    pub scope: Scope,
    /// What.
    pub alteration: Alteration,
}

/// What is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// The verifier that all share who hand on chains of signed records.
    Verifier,
    /// The translation of one mechanism, in all its forms.
    Mechanism(&'static str),
    /// A rule of the moves.
    Moves,
}

/// A change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alteration {
    /// Nobody asks for this guard: it is claimed without evidence.
    Unasked(Guard),
    /// A fault in what a verifier sees or a mechanism does.
    Mutation(Mutation),
    /// A fault in the rule of a move.
    Rule(Rule),
}

/// Guards whose lasting part is true of every credential; only a condition can fail.
const CONDITIONAL: GuardSet = GuardSet::of(&[
    Guard::Unexpired,
    Guard::NotRevoked,
    Guard::WithinEffects,
    Guard::AttestationFresh,
]);

/// Other guards that have conditions.
const ALSO_CONDITIONAL: GuardSet =
    GuardSet::of(&[Guard::Holder, Guard::SingleUse, Guard::RootGuarded]);

/// Guards with a limit that can be moved.
const LIMITED: GuardSet =
    GuardSet::of(&[Guard::AttestationFresh, Guard::Unexpired, Guard::WithinEffects]);

/// Guards whose conditions name a key or a record.
const ABOUT: GuardSet = GuardSet::of(&[
    Guard::Holder,
    Guard::NotRevoked,
    Guard::SingleUse,
    Guard::WithinEffects,
    Guard::RootGuarded,
]);

/// Guards with a condition for every step of a path.
const STEPWISE: GuardSet =
    GuardSet::of(&[Guard::Unexpired, Guard::NotRevoked, Guard::WithinEffects]);

/// Every mutant of the verifier, of the mechanisms of these forms, and of these rules.
pub fn all(forms: &[&'static Form], rules: &BTreeSet<Rule>) -> Vec<Mutant> {
    let mut all = verifier();
    let mut mechanisms: Vec<&'static str> = forms.iter().map(|form| form.mechanism).collect();
    mechanisms.dedup();
    for id in mechanisms {
        let own: Vec<&Form> = forms.iter().copied().filter(|f| f.mechanism == id).collect();
        all.extend(translation(id, &own));
    }
    let rules = rules.iter().copied().map(Alteration::Rule);
    all.extend(rules.map(|alteration| Mutant { scope: Scope::Moves, alteration }));
    all
}

/// Not among them: a guard that is believed at an executor only. The resource looks at the same link of the same path again.
fn verifier() -> Vec<Mutant> {
    use Fault as F;
    let lasting = GuardSet::ALL.without(CONDITIONAL);
    let mut faults = Vec::new();
    faults.extend(lasting.iter().map(|guard| F::Believed(guard, Place::Resource)));
    faults.extend(Guard::LINK.iter().map(|guard| F::Believed(guard, Place::Prefix)));
    faults.extend(WEAK.iter().map(F::Weak));
    let next = lasting.iter().skip(1).chain(lasting.first());
    faults.extend(lasting.iter().zip(next).map(|(guard, other)| F::Swapped(guard, other)));
    faults.extend(ALSO_CONDITIONAL.iter().map(F::Forgotten));
    faults.extend(STEPWISE.iter().flat_map(|guard| [F::First(guard), F::Last(guard)]));
    faults.extend(ABOUT.iter().map(F::Another));
    faults.extend(LIMITED.iter().flat_map(|guard| [F::Shifted(guard, 1), F::Shifted(guard, -1)]));
    faults.extend([1, -1].map(|by| F::Begins(Guard::AttestationFresh, by)));
    faults.extend([1, -1].map(F::Hops));
    let unasked = GuardSet::ALL.iter().map(Alteration::Unasked);
    let faults = faults.into_iter().map(|fault| Alteration::Mutation(Mutation::Reading(fault)));
    let scope = Scope::Verifier;
    unasked.chain(faults).map(|alteration| Mutant { scope, alteration }).collect()
}

fn translation(id: &'static str, forms: &[&Form]) -> Vec<Mutant> {
    use Fault as F;
    let sets = forms.iter().map(|form| form.run::<Symbolic>().brings());
    let brings = sets.fold(GuardSet::NONE, GuardSet::union);
    let mut faults: Vec<Fault> = brings.iter().map(F::Withheld).collect();
    faults.extend(brings.intersection(ALSO_CONDITIONAL).iter().map(F::Forgotten));
    let limited = brings.intersection(LIMITED);
    faults.extend(limited.iter().flat_map(|guard| [F::Shifted(guard, 1), F::Shifted(guard, -1)]));
    faults.extend([F::OtherAnchor, F::NoAnchor, F::OtherActor, F::NoActor]);
    let unasked = brings.iter().map(Alteration::Unasked);
    let faults = faults.into_iter().map(Mutation::Reading);
    let hooks = Hook::ALL.iter().filter(|_| forms.len() > 1).copied().map(Mutation::Weaker);
    let scope = Scope::Mechanism(id);
    unasked
        .chain(faults.chain(hooks).map(Alteration::Mutation))
        .map(|alteration| Mutant { scope, alteration })
        .collect()
}

impl Mutant {
    /// Where it is: the verifier, a mechanism, a kind of move.
    pub fn place(&self) -> String {
        match (self.scope, self.rule()) {
            (_, Some(rule)) if SHARED.contains(&rule.kind) => format!("rule of {}", rule.kind),
            (_, Some(rule)) => format!("move {}", rule.kind),
            (Scope::Mechanism(id), _) => id.to_owned(),
            _ => "verifier".to_owned(),
        }
    }
    /// What it changes.
    pub fn change(&self) -> String {
        match self.alteration {
            Alteration::Unasked(guard) => format!("{guard} is not asked for"),
            Alteration::Mutation(mutation) => mutation.to_string(),
            Alteration::Rule(rule) => rule.to_string(),
        }
    }
    /// The rule that it changes, if it is one.
    pub(super) fn rule(&self) -> Option<Rule> {
        match self.alteration {
            Alteration::Rule(rule) => Some(rule),
            _ => None,
        }
    }
    /// The guard that it is about.
    pub(super) fn guard(&self) -> Option<Guard> {
        match self.alteration {
            Alteration::Unasked(guard) => Some(guard),
            Alteration::Mutation(Mutation::Reading(fault)) => fault.guard(),
            Alteration::Mutation(_) | Alteration::Rule(_) => None,
        }
    }
    /// The guard that must decide something in a run, or nothing changes there: a fault that only lets more pass is seen where
    /// nothing else stops what it lets pass.
    pub(super) fn loosens(&self) -> Option<Guard> {
        match self.alteration {
            Alteration::Unasked(guard) => Some(guard),
            Alteration::Mutation(Mutation::Reading(fault)) => fault.loosens(),
            _ => None,
        }
    }
    /// Whether it changes nothing at all where it changes nothing in any story: two forms share this hook, a mechanism has
    /// no such condition.
    pub(super) fn may_be_same(&self) -> bool {
        matches!(self.scope, Scope::Mechanism(_))
            && matches!(
                self.alteration,
                Alteration::Mutation(
                    Mutation::Weaker(_)
                        | Mutation::Reading(
                            Fault::Forgotten(_)
                                | Fault::Shifted(..)
                                | Fault::NoAnchor
                                | Fault::NoActor
                        )
                )
            )
    }
}

impl fmt::Display for Mutant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place(), self.change())
    }
}
