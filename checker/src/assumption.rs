//! What a verdict rests on and does not check: each assumption has a name that outputs print and `explain` knows.
//!
//! To add one: add its line to the list. It says when a run rests on it, in terms of the stage alone.

use crate::world::capability::{Capabilities, Capability};
use crate::world::setting::Setting;
use whoacts_model::crypto::Crypto;
use whoacts_model::guard::{Guard, GuardSet};
use whoacts_model::mechanism::Form;

/// An assumption.
pub struct Assumption {
    /// Its name; what stands before a colon names what the ones of a kind are about.
    pub id: &'static str,
    /// What is assumed, as a sentence.
    pub sentence: &'static str,
    /// What returns without it.
    pub without: &'static str,
    applies: fn(&Stage) -> bool,
}

impl std::fmt::Debug for Assumption {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.id)
    }
}

/// As much of a run's stage as tells what it rests on.
struct Stage {
    form: &'static Form,
    capabilities: Capabilities,
    required: GuardSet,
    shared_memory: bool,
}

impl Stage {
    fn has(&self, capability: Capability) -> bool {
        self.capabilities.has(capability)
    }
    /// Whether the verifiers count or remember what they accepted.
    fn counts(&self) -> bool {
        self.required.contains(Guard::SingleUse) || self.required.contains(Guard::WithinEffects)
    }
    /// Whether anybody looks whether a key was revoked.
    fn looks(&self) -> bool {
        self.required.contains(Guard::NotRevoked)
    }
    /// Whether the links before the last are taken on a settlement's word.
    fn is_settled(&self) -> bool {
        match self.form.mechanism {
            "open-continuity" => true,
            "continuity" => matches!(self.form.profile, Some("K0" | "K1")),
            _ => false,
        }
    }
}

/// Declares the list: a name, a sentence, what returns without it, and when a run rests on it.
macro_rules! assumptions {
    ($($id:literal : $sentence:literal, without: $without:literal, when $applies:expr;)*) => {
        /// Every assumption, in the order of reports.
        pub const ALL: &[Assumption] = &[$(Assumption { id: $id, sentence: $sentence, without: $without, applies: $applies },)*];
    };
}

#[rustfmt::skip]
assumptions! {
    "A1": "the runtime of an honest executor uses, for each task, only what was handed to it in that task", without: "an executor picks the credential of another task (`confuse`), which is the classic confused deputy", when |s| !s.has(Capability::Confuse);
    "ledger:shared": "all verifiers of a resource keep one ledger of what was accepted, and none of them forgets it", without: "what was used up at one verifier is good again at another, or after a restart", when |s| s.counts() && s.shared_memory;
    "ledger:local": "each verifier keeps a ledger of its own, so that what is used once is used once at that verifier", without: "what was used up is good again after a restart (`forget`)", when |s| s.counts() && !s.shared_memory;
    "revocation:instant": "every verifier sees a revocation, and the retirement of a key, as soon as it is published", without: "what was revoked is accepted until the news arrives (`revocation-lag`)", when |s| s.looks() && !s.has(Capability::RevocationLag);
    "revocation:lag": "a verifier sees a revocation only some time after it is published, or never: the adversary holds the news back", without: "nothing more than now, since nothing is assumed of the channel", when |s| s.looks() && s.has(Capability::RevocationLag);
    "revocation:none": "nobody looks whether a key was revoked: under this form, or under this policy, revocation stops nothing", without: "nothing more than now, since nothing is assumed of the channel", when |s| !s.looks();
    "registry": "the registry that verifiers rely on binds each key to its true owner, for identities, issuers and attesters alike", without: "whoever enters a key in the registry speaks as somebody else", when |_| true;
    "settlement": "the settlement's key is its own, and it checked each link before the last one as it says", without: "the links before the last one may be forged, since the verifier looks at none of them", when Stage::is_settled;
    "tls": "what travels between honest parties is read and changed by nobody, the places apart where the story lets the adversary read or speak", without: "every bearer credential is everybody's", when |_| true;
}

/// The names of those that a run on this stage rests on.
pub fn of<C: Crypto>(setting: &Setting<C>) -> Vec<&'static str> {
    let stage = Stage {
        form: setting.form,
        capabilities: setting.capabilities,
        required: setting.required.union(setting.required_at_hop),
        shared_memory: setting.shared_memory,
    };
    ALL.iter().filter(|one| (one.applies)(&stage)).map(|one| one.id).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use whoacts_model::mechanism::forms;

    fn on(label: &str, required: &[Guard], lag: bool, shared_memory: bool) -> Vec<&'static str> {
        let form = forms().find(|form| form.label() == label).expect("a form");
        let capabilities = if lag {
            [Capability::RevocationLag].into_iter().collect()
        } else {
            Capabilities::default()
        };
        let stage = Stage { form, capabilities, required: GuardSet::of(required), shared_memory };
        ALL.iter().filter(|one| (one.applies)(&stage)).map(|one| one.id).collect()
    }

    #[test]
    fn a_run_rests_on_what_its_guards_ask() {
        let all = [Guard::SingleUse, Guard::NotRevoked];
        let said = on("continuity/K4", &all, false, true);
        assert_eq!(said, ["A1", "ledger:shared", "revocation:instant", "registry", "tls"]);
        let said = on("continuity/K1", &all, true, false);
        assert_eq!(said, ["A1", "ledger:local", "revocation:lag", "registry", "settlement", "tls"]);
        assert_eq!(on("bearer", &[], true, true), ["A1", "revocation:none", "registry", "tls"]);
        assert!(on("open-continuity", &[], false, true).contains(&"settlement"));
    }

    #[test]
    fn names_are_distinct() {
        let mut ids: Vec<&str> = ALL.iter().map(|one| one.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), ALL.len());
    }
}
