//! What an adversary may be able to do beyond speaking for itself: optional extra moves, so that a safety verdict is monotone in them.

/// The list of capabilities: name, `id`, sentence.
macro_rules! capabilities {
    ($($name:ident = $id:literal : $about:literal;)*) => {
        /// An optional extra move of the adversary.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Capability { $(#[doc = $about] $name,)* }

        impl Capability {
            /// Every capability, in the order of reports.
            pub const ALL: &[Self] = &[$(Self::$name,)*];
            /// Its name in files and reports.
            pub fn id(self) -> &'static str {
                match self { $(Self::$name => $id,)* }
            }
            /// What it can do, as a sentence.
            pub fn about(self) -> &'static str {
                match self { $(Self::$name => $about,)* }
            }
        }
    };
}

capabilities! {
    Observe = "observe": "reads what arrives at the declared TLS termination points";
    Inject = "inject": "speaks in others' places: resends, redirects and alters messages that it knows";
    LogLeak = "log-leak": "reads credentials at rest at the declared places";
    Insider = "insider": "owns a legitimately attested workload of a weaker role";
    PoolMember = "pool-member": "owns one more replica of the right pool";
    StealKey = "steal-key": "comes to know one instance key";
    Confuse = "confuse": "makes an honest deputy pick any credential it holds for the task that it serves";
    HijackExecutor = "hijack-executor": "turns one executor fully malicious";
    RogueAttester = "rogue-attester": "runs the attester of another domain";
    StealPoolKey = "steal-pool-key": "comes to know a key that all replicas of a pool share";
    Collude = "collude": "turns two consecutive executors fully malicious";
    RelayAttestation = "relay-attestation": "gets a key of its own attested as somebody else, by relaying the challenge";
    RevocationLag = "revocation-lag": "keeps revocations from the verifiers";
    Forget = "forget": "restarts a verifier, which then forgets what it accepted";
    ClockSkew = "clock-skew": "makes the clocks of a resource run late by one tick";
    ReuseIdentifier = "reuse-identifier": "runs a new incarnation under the name of a dead one, and gets its mail";
}

impl Capability {
    /// The capability of that name.
    pub fn named(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|capability| capability.id() == id)
    }
}

/// A set of capabilities.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Capabilities(u16);

impl Capabilities {
    /// Whether `capability` is in it.
    pub fn has(self, capability: Capability) -> bool {
        self.0 & (1 << capability as u8) != 0
    }
    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
    /// With it.
    #[must_use]
    pub fn with(self, capability: Capability) -> Self {
        Self(self.0 | 1 << capability as u8)
    }
    /// Without it.
    #[must_use]
    pub fn without(self, capability: Capability) -> Self {
        Self(self.0 & !(1 << capability as u8))
    }
    /// Its members, in order.
    pub fn iter(self) -> impl Iterator<Item = Capability> {
        Capability::ALL.iter().copied().filter(move |capability| self.has(*capability))
    }
    /// Their names.
    pub fn ids(self) -> Vec<String> {
        self.iter().map(|capability| capability.id().to_owned()).collect()
    }
    /// Every subset, smallest first.
    pub fn subsets(self) -> Vec<Self> {
        let mut subsets: Vec<Self> =
            (0..=self.0).filter(|bits| bits & !self.0 == 0).map(Self).collect();
        subsets.sort_by_key(|subset| (subset.0.count_ones(), *subset));
        subsets
    }
    /// Whether every member is in `other`.
    pub fn within(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }
}

impl FromIterator<Capability> for Capabilities {
    fn from_iter<I: IntoIterator<Item = Capability>>(capabilities: I) -> Self {
        capabilities.into_iter().fold(Self::default(), Self::with)
    }
}
