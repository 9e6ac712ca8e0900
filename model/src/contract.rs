//! The contract of a hand-off: who may take it, who may appear later, until when, how far, and how often.

use crate::attestation::{Attestation, Domain, Environment, Tick};
use crate::crypto::PublicKey;
use crate::identifier::Identifier;
use crate::role::RoleName;
use crate::wire::{Reader, Wire, WireError, Writer, wire};
use std::collections::BTreeSet;

/// What a successor must be. It names properties, so that a replica that does not exist yet can take over.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Requirement {
    /// Exactly this key; no attestation is needed.
    Key(PublicKey),
    /// Attested facts; where none is asked, no attestation is needed.
    Facts(Facts),
}

/// Facts asked of a successor. `None` asks for nothing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Facts {
    /// A role, by name; whose role it is, is for the guard `role-anchored`.
    pub role: Option<RoleName>,
    /// The attester's domain.
    pub domain: Option<Domain>,
    /// The environment.
    pub environment: Option<Environment>,
    /// The attestation is at most so many ticks old.
    pub max_age: Option<Tick>,
    /// One incarnation.
    pub incarnation: Option<Identifier>,
}
wire!(Facts { role, domain, environment, max_age, incarnation });

impl Facts {
    /// Whether no fact is asked, so that anybody will do.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
    /// Whether an attestation states them all. Its age is judged by the guard `attestation-fresh`.
    pub fn stated_by(&self, a: &Attestation) -> bool {
        self.role.as_ref().is_none_or(|role| a.roles.iter().any(|claim| claim.role == *role))
            && self.domain.as_ref().is_none_or(|domain| a.domain == *domain)
            && self.environment.as_ref().is_none_or(|e| a.environment.as_ref() == Some(e))
            && self.incarnation.as_ref().is_none_or(|i| a.subject == *i)
    }
    fn within(&self, other: &Self) -> bool {
        fn tight<T: PartialEq>(mine: &Option<T>, theirs: &Option<T>) -> bool {
            theirs.is_none() || mine == theirs
        }
        tight(&self.role, &other.role)
            && tight(&self.domain, &other.domain)
            && tight(&self.environment, &other.environment)
            && tight(&self.incarnation, &other.incarnation)
            && other.max_age.is_none_or(|theirs| self.max_age.is_some_and(|mine| mine <= theirs))
    }
}

impl Requirement {
    /// Anybody.
    pub fn anyone() -> Self {
        Self::Facts(Facts::default())
    }
    /// Whether it asks for attested facts.
    pub fn asks_facts(&self) -> bool {
        matches!(self, Self::Facts(facts) if !facts.is_empty())
    }
    /// Whether everybody that `self` admits is admitted by `other`.
    pub fn within(&self, other: &Self) -> bool {
        match (self, other) {
            (_, Self::Facts(theirs)) if theirs.is_empty() => true,
            (Self::Key(mine), Self::Key(theirs)) => mine == theirs,
            (Self::Facts(mine), Self::Facts(theirs)) => mine.within(theirs),
            _ => false,
        }
    }
}

impl Wire for Requirement {
    fn encode(&self, w: &mut Writer) {
        match self {
            Self::Key(key) => {
                w.byte(0);
                key.encode(w);
            }
            Self::Facts(facts) => {
                w.byte(1);
                facts.encode(w);
            }
        }
    }
    fn decode(r: &mut Reader<'_>) -> Result<Self, WireError> {
        let error = r.error("a key (0) or facts (1)");
        match r.byte()? {
            0 => Ok(Self::Key(Wire::decode(r)?)),
            1 => Ok(Self::Facts(Wire::decode(r)?)),
            _ => Err(error),
        }
    }
}

/// What holds for everything below a record.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Envelope {
    /// Who may appear.
    pub rest: BTreeSet<Requirement>,
    /// The last tick of an effect.
    pub not_after: Tick,
    /// How many more hand-offs may follow.
    pub hops: u32,
    /// How many effects may be accepted (the multiplicity).
    pub effects: u32,
}
wire!(Envelope { rest, not_after, hops, effects });

impl Envelope {
    /// Whether it is nowhere looser than `parent`. Using up hops is for the guard `within-hops`.
    pub fn within(&self, parent: &Self) -> bool {
        self.rest.iter().all(|mine| parent.admits(mine))
            && self.not_after <= parent.not_after
            && self.hops <= parent.hops
            && self.effects <= parent.effects
    }
    /// Whether a successor of that kind may appear below.
    pub fn admits(&self, next: &Requirement) -> bool {
        self.rest.iter().any(|theirs| next.within(theirs))
    }
}

/// The contract of one hand-off.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Contract {
    /// Who may take this hand-off.
    pub next: Requirement,
    /// What holds below it.
    pub below: Envelope,
}
wire!(Contract { next, below });

impl Contract {
    /// Whether it only tightens what the record above allows: `next` ∈ parent's `rest`, `rest` ⊆ parent's `rest`.
    pub fn within(&self, parent: &Envelope) -> bool {
        parent.admits(&self.next) && self.below.within(parent)
    }
}
