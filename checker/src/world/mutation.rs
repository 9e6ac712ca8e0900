//! Small, systematic faults, as data: in what a verifier reads off a message, in what one hook of a mechanism does, in the
//! rules of the moves. A released binary can so put every story to each of them.

pub mod reading;
pub mod rule;

use reading::Fault;
use std::fmt;

/// One fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mutation {
    /// In what a verifier makes of what it sees.
    Reading(Fault),
    /// One hook does what it does in the next weaker form of the same mechanism.
    Weaker(Hook),
}

/// The list of hooks: name and `id`.
macro_rules! hooks {
    ($($name:ident = $id:literal;)*) => {
        /// What a mechanism does, as the world asks for it. (How a hand-off names its successor is part of handing over.)
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Hook { $(#[doc = $id] $name,)* }

        impl Hook {
            /// Every one.
            pub const ALL: &[Self] = &[$(Self::$name,)*];
            /// Its name.
            pub fn id(self) -> &'static str {
                match self { $(Self::$name => $id,)* }
            }
        }
    };
}

hooks! {
    Originate = "originate";
    HandOver = "hand-over";
    Authenticates = "authenticates";
    Take = "take";
    Convert = "convert";
    Redeem = "redeem";
    Signs = "signs";
    Holder = "holder";
    Once = "once";
    Present = "present";
    Evidence = "evidence";
}

impl Mutation {
    /// Whether it is about what a ledger allows, so that no ledger can be taken for used up.
    pub(super) fn of_ledgers(self) -> bool {
        match self {
            Self::Reading(fault) => fault.of_ledgers(),
            Self::Weaker(hook) => hook == Hook::Evidence,
        }
    }
}

impl fmt::Display for Mutation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reading(fault) => fault.fmt(f),
            Self::Weaker(hook) => write!(f, "{} as in the next weaker form", hook.id()),
        }
    }
}
