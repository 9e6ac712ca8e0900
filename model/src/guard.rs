//! The guards: what a verifier can check, one name each, in the order in which it denies.

use std::fmt;

/// The list of guards: name, `id`, sentence. Help, reports, experiments and the proof use these names.
macro_rules! guards {
    ($($(#[$more:meta])* $name:ident = $id:literal : $holds:literal;)*) => {
        /// A check that a verifier can make. The order is part of the contract: `decide` denies with the first that fails.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Guard { $(#[doc = $holds] $(#[$more])* $name,)* }

        impl Guard {
            /// Every guard, in order.
            pub const ALL: &[Self] = &[$(Self::$name,)*];
            /// Its name in files and reports.
            pub fn id(self) -> &'static str {
                match self { $(Self::$name => $id,)* }
            }
            /// When it holds, as a sentence.
            pub fn holds_when(self) -> &'static str {
                match self { $(Self::$name => $holds,)* }
            }
        }
    };
}

guards! {
    RootSigned = "root-signed": "the root carries the signature of its origin's key";
    RootAnchored = "root-anchored": "the origin leads to an accountable identity by verified signatures";
    RootMandated = "root-mandated": "the authority is within what that anchor, role or context may create at this resource";
    RootGuarded = "root-guarded": "a role or context root carries a trigger from a source that is trusted here: used once, naming the digest of the created authority";
    RoleAnchored = "role-anchored": "each role claimed is granted by an anchor trusted here";
    Attested = "attested": "where facts are asked, the attestation is signed by an attester that is trusted for that domain";
    AttestationFresh = "attestation-fresh": "the attestation of the current step holds now, and is no older than was asked";
    KeyAttested = "key-attested": "the attested key is the key that signs the step";
    Linked = "linked": "each step names the digest of its exact predecessor";
    HandedOff = "handed-off": "the holder of the predecessor signed this hand-off";
    Eligible = "eligible": "the successor's key or attested facts satisfy the contract";
    Attenuated = "attenuated": "authority only shrinks against the direct parent, and contracts only tighten";
    PrefixVerified = "prefix-verified": "the guards of every link are checked here, not just those of the last one";
    InAuthority = "in-authority": "the request is within the current step's authority";
    Holder = "holder": "the presentation is signed by a holder of the current step, with an unretired key";
    RequestBound = "request-bound": "that signature covers action, resource, arguments and task";
    IntentBound = "intent-bound": "every hand-off on the path carries intents within its parent's, and this request is among the last";
    Audience = "audience": "the signature names this verifier";
    SingleUse = "single-use": "this signed request was not accepted before";
    WithinEffects = "within-effects": "for the root and every hand-off on the path, the effects accepted below it are fewer than its multiplicity";
    Unexpired = "unexpired": "contract and root are within their time";
    WithinHops = "within-hops": "contract and root are within their length";
    ///
    /// Keys are what is revoked in this version: revoking one revokes every step that it signed. A single step cannot be
    /// revoked while its key stays good.
    NotRevoked = "not-revoked": "no revocation of any key on the path is visible here";
}

impl Guard {
    /// The guard of that name.
    pub fn named(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|guard| guard.id() == id)
    }
    /// The guards that are judged for each link of a path.
    pub const LINK: GuardSet = GuardSet::of(&[
        Self::RoleAnchored,
        Self::Attested,
        Self::KeyAttested,
        Self::Linked,
        Self::HandedOff,
        Self::Eligible,
        Self::Attenuated,
    ]);
    /// The guards that an executor can judge before it continues: all but those about a request.
    pub const HOP: GuardSet = GuardSet::ALL.without(GuardSet::of(&[
        Self::InAuthority,
        Self::Holder,
        Self::RequestBound,
        Self::IntentBound,
        Self::Audience,
        Self::SingleUse,
        Self::WithinEffects,
    ]));
}

impl fmt::Display for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// A set of guards.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct GuardSet(u32);

impl GuardSet {
    /// No guard.
    pub const NONE: Self = Self(0);
    /// Every guard.
    pub const ALL: Self = Self((1 << Guard::ALL.len()) - 1);

    /// Exactly these guards.
    pub const fn of(guards: &[Guard]) -> Self {
        let mut bits = 0;
        let mut i = 0;
        while i < guards.len() {
            bits |= 1 << guards[i] as u8;
            i += 1;
        }
        Self(bits)
    }
    /// Whether `guard` is in it.
    pub const fn contains(self, guard: Guard) -> bool {
        self.0 & (1 << guard as u8) != 0
    }
    /// With `guard`.
    #[must_use]
    pub const fn with(self, guard: Guard) -> Self {
        Self(self.0 | 1 << guard as u8)
    }
    /// All of both.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
    /// What is in both.
    #[must_use]
    pub const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
    /// Without those of `other`.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
    /// With or without `guard`.
    pub fn set(&mut self, guard: Guard, holds: bool) {
        *self = if holds { self.with(guard) } else { self.without(Self::of(&[guard])) };
    }
    /// Whether it is empty.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
    /// How many.
    pub const fn len(self) -> u32 {
        self.0.count_ones()
    }
    /// Its guards, in order.
    pub fn iter(self) -> impl Iterator<Item = Guard> {
        Guard::ALL.iter().copied().filter(move |guard| self.contains(*guard))
    }
    /// The first in order.
    pub fn first(self) -> Option<Guard> {
        self.iter().next()
    }
}

impl FromIterator<Guard> for GuardSet {
    fn from_iter<I: IntoIterator<Item = Guard>>(guards: I) -> Self {
        guards.into_iter().fold(Self::NONE, Self::with)
    }
}

impl fmt::Debug for GuardSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(Guard::id)).finish()
    }
}
