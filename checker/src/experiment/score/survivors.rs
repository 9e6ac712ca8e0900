//! Mutants that the stories do not kill, each with the reason. (Those that no story could tell from the original
//! are in `equivalent.rs`, and not counted.)
//!
//! A survivor that is not here is unexplained, which is an error of the run; so is a line here whose mutant is killed.

use super::mutants::Mutant;

/// One change that survives, in one place or several.
pub(super) struct Row {
    places: &'static [&'static str],
    change: &'static str,
    /// Why it survives: the story that nobody wrote, or could write with the words that there are.
    pub(super) why: &'static str,
}

impl Row {
    /// Whether it explains this one.
    pub(super) fn is_about(&self, mutant: &Mutant) -> bool {
        self.places.contains(&mutant.place().as_str()) && self.change == mutant.change()
    }
}

/// Every known survivor.
pub(super) const SURVIVORS: &[Row] = &[
    Row {
        places: &[
            "bearer",
            "audience-bearer",
            "mtls-bound",
            "dpop",
            "token-exchange",
            "exchange-dpop",
            "identity-chaining",
            "txn-token",
            "txn-token-wpt",
            "macaroon",
            "biscuit",
        ],
        change: "root-signed is not asked for",
        why: "root-anchored asks for the issuer's signature as well, and for more",
    },
    Row {
        places: &["role-chaining"],
        change: "root-signed is not asked for",
        why: "somebody has to show credentials that the token service never issued; strong asks for root-anchored, which includes it",
    },
    Row {
        places: &["capability-chain"],
        change: "root-signed is not asked for",
        why: "the root's key must sign the first hand-off below it, which handed-off and linked see",
    },
    Row {
        places: &[
            "bearer",
            "audience-bearer",
            "mtls-bound",
            "dpop",
            "token-exchange",
            "exchange-dpop",
            "identity-chaining",
            "txn-token",
            "txn-token-wpt",
            "macaroon",
            "biscuit",
            "role-chaining",
        ],
        change: "root-anchored is not asked for",
        why: "an issuer would have to name somebody whom the resource does not know",
    },
    Row {
        places: &[
            "ambient",
            "bearer",
            "audience-bearer",
            "mtls-bound",
            "dpop",
            "exchange-dpop",
            "txn-token",
            "txn-token-wpt",
            "role-chaining",
            "macaroon",
            "biscuit",
            "capability-chain",
            "open-continuity",
            "continuity",
        ],
        change: "nobody is accountable",
        why: "a missing name is a finding of its own and no violation: no verdict can tell",
    },
    Row {
        places: &["bearer", "audience-bearer", "txn-token", "macaroon"],
        change: "somebody else acts",
        why: "the original names nobody, and a name that is nobody's in a story is no claim about anybody in it",
    },
    Row {
        places: &["macaroon", "biscuit"],
        change: "attenuated is not asked for",
        why: "restrictions are added and never taken off: it holds of all that can be built",
    },
    Row {
        places: &["macaroon", "biscuit"],
        change: "linked is not asked for",
        why: "somebody has to take a restriction off, or put one onto another token",
    },
    Row {
        places: &["ambient"],
        change: "somebody else is accountable",
        why: "a story has to ask who answers for a service that uses its own identity",
    },
    Row {
        places: &["ambient", "txn-token-wpt"],
        change: "attested is not asked for",
        why: "a workload would have to show an attestation that is lapsed, another's, or by a stranger, and be wrong in nothing else",
    },
    Row {
        places: &["ambient", "txn-token-wpt"],
        change: "attestation-fresh is not asked for",
        why: "a workload would have to show an attestation that is lapsed, another's, or by a stranger, and be wrong in nothing else",
    },
    Row {
        places: &["ambient", "txn-token-wpt"],
        change: "key-attested is not asked for",
        why: "a workload would have to show an attestation that is lapsed, another's, or by a stranger, and be wrong in nothing else",
    },
    Row {
        places: &["ambient", "txn-token-wpt"],
        change: "attestation-fresh ends +1",
        why: "a workload would have to show an attestation that is lapsed, another's, or by a stranger, and be wrong in nothing else",
    },
    Row {
        places: &["ambient"],
        change: "holder is not asked for",
        why: "somebody has to call in a service's name without its key",
    },
    Row {
        places: &["audience-bearer"],
        change: "audience is not asked for",
        why: "a token would have to reach a verifier that it does not name, and be wrong in nothing else",
    },
    Row {
        places: &["audience-bearer"],
        change: "originate as in the next weaker form",
        why: "a token for several audiences has to be read at one and used at another, where strong has one each",
    },
    Row {
        places: &["exchange-dpop"],
        change: "evidence as in the next weaker form",
        why: "one txn has to be told from another at a resource",
    },
    Row {
        places: &["txn-token-wpt"],
        change: "in-authority is not asked for",
        why: "somebody has to ask for what no token of the story allows, with a proof of its own",
    },
    Row {
        places: &["role-chaining"],
        change: "root-mandated is not asked for",
        why: "a role would have to create more than the resource allows that identity",
    },
    Row {
        places: &["role-chaining"],
        change: "request-bound is not asked for",
        why: "a signed request has to be altered by somebody whose own request would be refused",
    },
    Row {
        places: &["capability-chain"],
        change: "addressed as in the next weaker form",
        why: "a dispatcher's key has to make a difference to who may take a hand-off",
    },
    Row {
        places: &["open-continuity"],
        change: "linked is not asked for",
        why: "a settled path has to be spliced with nothing else wrong",
    },
    Row {
        places: &["open-continuity", "continuity", "verifier"],
        change: "attestation-fresh ends -1",
        why: "a legitimate effect has to come in the last tick of an attestation",
    },
    Row {
        places: &["verifier"],
        change: "attestation-fresh begins -1",
        why: "an attestation has to be shown before it begins to hold",
    },
    Row {
        places: &["verifier"],
        change: "unexpired ends -1",
        why: "a legitimate effect has to come in the last tick of a chain's deadline",
    },
    Row {
        places: &["verifier"],
        change: "unexpired looks at the last condition only",
        why: "contracts only tighten (attenuated, prefix-verified): the last deadline is the tightest",
    },
    Row {
        places: &["verifier"],
        change: "unexpired looks at the first condition only",
        why: "a hand-off has to end before its root does, and be used in between",
    },
    Row {
        places: &["verifier"],
        change: "within-effects looks at the first condition only",
        why: "a hand-off has to allow fewer effects than its root, and be used more often",
    },
    Row {
        places: &["verifier"],
        change: "within-effects looks at another key or record",
        why: "two hand-offs below one root have to count apart",
    },
    Row {
        places: &["verifier"],
        change: "single-use is believed at the resource",
        why: "its lasting part is that the proof is signed, which holder, request-bound and audience need too",
    },
    Row {
        places: &["verifier"],
        change: "role-anchored is believed before the last link",
        why: "a role of another anchor has to be in a link before the last, with nothing else wrong",
    },
    Row {
        places: &["verifier"],
        change: "root-guarded asks less",
        why: "a self-started root has to carry a trigger for another authority, or of a stranger",
    },
    Row {
        places: &["verifier", "continuity"],
        change: "root-guarded forgets time and memory",
        why: "one trigger has to be used for two roots",
    },
    Row {
        places: &["verifier"],
        change: "root-guarded looks at another key or record",
        why: "one trigger has to be used for two roots",
    },
    Row {
        places: &["verifier"],
        change: "intent-bound asks less",
        why: "an executor has to name intents in its own hand-off that its parent's has not",
    },
    Row {
        places: &[
            "move accept",
            "move ask",
            "move feed",
            "move hand-over",
            "move receive",
            "move take",
        ],
        change: "needs no `down`",
        why: "a replacement that acts before its predecessor is gone would have to do harm",
    },
    Row {
        places: &["move hand-over"],
        change: "needs no `rekeyed`",
        why: "a replacement that acts before its predecessor is gone would have to do harm",
    },
    Row {
        places: &["move ask", "move feed", "move hand-over", "move start", "move take"],
        change: "does not mind `down`",
        why: "an executor that goes on after it failed would have to do what it could not have done before",
    },
    Row {
        places: &["move ask", "move hand-over", "move start", "move take"],
        change: "does not mind `rekeyed`",
        why: "an executor that goes on after it failed would have to do what it could not have done before",
    },
    Row {
        places: &["move crash"],
        change: "does not mind `rekeyed`",
        why: "the old life of an instance would have to die after it moved to a new key, and that matter",
    },
    Row {
        places: &["move rekey"],
        change: "does not mind `down`",
        why: "a dead instance would have to move to a new key, and that matter",
    },
    Row {
        places: &["move leak", "move observe", "move receive", "move spill", "move tap"],
        change: "brings about no `known hand-off`",
        why: "a hand-off would have to be worth something to somebody who cannot learn it on another way",
    },
    Row {
        places: &["move accept"],
        change: "needs no `accepted`",
        why: "a message would have to be accepted before the other fact on which it rests, and that matter",
    },
    Row {
        places: &["move accept"],
        change: "needs no `known hand-off`",
        why: "a message would have to be accepted before the other fact on which it rests, and that matter",
    },
    Row {
        places: &["move accept"],
        change: "needs no `known request`",
        why: "a message would have to be accepted before the other fact on which it rests, and that matter",
    },
    Row {
        places: &["move accept"],
        change: "needs no `redeemed`",
        why: "a message would have to be accepted before the other fact on which it rests, and that matter",
    },
    Row {
        places: &["move accept"],
        change: "needs no `took`",
        why: "a message would have to be accepted before the other fact on which it rests, and that matter",
    },
    Row {
        places: &["move accept"],
        change: "does not mind `restarted`",
        why: "a verifier that forgot would have to remember all the same, and that matter",
    },
    Row {
        places: &["move accept-afresh"],
        change: "needs no `accepted`",
        why: "only one story lets a verifier forget; there, what is accepted afterwards was possible before, or already breaks the property",
    },
    Row {
        places: &["move accept-afresh"],
        change: "needs no `asked`",
        why: "only one story lets a verifier forget; there, what is accepted afterwards was possible before, or already breaks the property",
    },
    Row {
        places: &["move accept-afresh"],
        change: "needs no `known credential`",
        why: "only one story lets a verifier forget; there, what is accepted afterwards was possible before, or already breaks the property",
    },
    Row {
        places: &["move accept-afresh"],
        change: "needs no `known request`",
        why: "only one story lets a verifier forget; there, what is accepted afterwards was possible before, or already breaks the property",
    },
    Row {
        places: &["move accept-afresh"],
        change: "needs no `restarted`",
        why: "only one story lets a verifier forget; there, what is accepted afterwards was possible before, or already breaks the property",
    },
    Row {
        places: &["move accept-afresh"],
        change: "allows +1 effects",
        why: "only one story lets a verifier forget; there, what is accepted afterwards was possible before, or already breaks the property",
    },
    Row {
        places: &["move accept-afresh"],
        change: "reads the clock +1",
        why: "only one story lets a verifier forget; there, what is accepted afterwards was possible before, or already breaks the property",
    },
    Row {
        places: &["move feed"],
        change: "needs no `known hand-off`",
        why: "what is fed to an executor would have to rest on something that comes late",
    },
    Row {
        places: &["move feed"],
        change: "needs no `took`",
        why: "what is fed to an executor would have to rest on something that comes late",
    },
    Row {
        places: &["move observe"],
        change: "needs no `sent`",
        why: "a parcel that may never be sent would have to be worth something to whoever reads it",
    },
    Row {
        places: &["move spill"],
        change: "needs no `hijacked`",
        why: "an executor's credentials would have to be safe until it is taken over, in a story that takes it over",
    },
    Row {
        places: &["move hijack"],
        change: "does not mind `hijacked`",
        why: "whoever is taken over once more brings about what is there already: moves only add facts",
    },
];
