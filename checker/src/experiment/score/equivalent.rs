//! Mutants that are none: no presentation could tell them from the original, by what the guards are. The field's definition of a
//! mutation score leaves such mutants out of the count.
//!
//! Each has its argument, and a claim that a test puts to every presentation of every story, in the world as it is and in the
//! mutant's (`checker/tests/equivalent.rs`). What has no claim of this form is a survivor, whatever one may think of it. A
//! mutant that is listed here and killed all the same is an error of the run.

use super::mutants::Mutant;
use whoacts_model::guard::Guard;

/// A mutant that is none, in one place or several.
#[derive(Debug, Clone, Copy)]
pub struct Equivalent {
    /// Where.
    pub places: &'static [&'static str],
    /// What is changed.
    pub change: &'static str,
    /// What makes it the same.
    pub claim: Claim,
    /// The argument, in words.
    pub why: &'static str,
}

/// What can be checked of one presentation.
#[derive(Debug, Clone, Copy)]
pub enum Claim {
    /// Wherever the guard is required so are these, and where they are proven it is.
    Follows(Guard, &'static [Guard]),
    /// Where all else that is required is proven, the last limit of this guard is the tightest one.
    LastIsTightest(Guard),
}

impl Equivalent {
    fn is_about(&self, mutant: &Mutant) -> bool {
        self.places.contains(&mutant.place().as_str()) && self.change == mutant.change()
    }
    /// The one that says this of a mutant.
    pub(super) fn of(mutant: &Mutant) -> Option<&'static Self> {
        EQUIVALENT.iter().find(|row| row.is_about(mutant))
    }
}

/// Every known one.
pub const EQUIVALENT: &[Equivalent] = &[
    Equivalent {
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
        claim: Claim::Follows(Guard::RootSigned, &[Guard::RootAnchored]),
        why: "a token leads to an accountable identity by the issuer's signature: without it there is no `root-anchored`",
    },
    Equivalent {
        places: &["capability-chain"],
        change: "root-signed is not asked for",
        claim: Claim::Follows(
            Guard::RootSigned,
            &[
                Guard::RootAnchored,
                Guard::Linked,
                Guard::HandedOff,
                Guard::PrefixVerified,
                Guard::Holder,
            ],
        ),
        why: "whoever hands on below a root, or asks with it, signs its digest with the key that the root names, and could as well \
              have signed the root",
    },
    Equivalent {
        places: &["ambient", "txn-token-wpt"],
        change: "attested is not asked for",
        claim: Claim::Follows(Guard::Attested, &[Guard::AttestationFresh]),
        why: "only a statement by a trusted attester has a time at which it holds: without `attested` there is no \
              `attestation-fresh`",
    },
    Equivalent {
        places: &["ambient"],
        change: "holder is not asked for",
        claim: Claim::Follows(Guard::Holder, &[Guard::InAuthority, Guard::RequestBound]),
        why: "the access list is looked up by the key of the connection (`in-authority`), and that key signs the request \
              (`request-bound`)",
    },
    Equivalent {
        places: &["role-chaining"],
        change: "root-mandated is not asked for",
        claim: Claim::Follows(Guard::RootMandated, &[Guard::RootSigned]),
        why: "the token service narrows each session to the mandate of its customer before it signs, and both read one policy",
    },
    Equivalent {
        places: &["role-chaining"],
        change: "request-bound is not asked for",
        claim: Claim::Follows(Guard::RequestBound, &[Guard::Audience]),
        why: "one signature covers request and target, so that `audience` is not proven unless the request is bound",
    },
    Equivalent {
        places: &["macaroon", "biscuit"],
        change: "attenuated is not asked for",
        claim: Claim::Follows(Guard::Attenuated, &[]),
        why: "all restrictions must hold at once, so that no block can widen anything: it holds of every token",
    },
    Equivalent {
        places: &["verifier"],
        change: "single-use is believed at the resource",
        claim: Claim::Follows(Guard::SingleUse, &[Guard::Holder]),
        why: "its lasting part is that a proof is signed, which `holder` asks as well; what is remembered is a condition, and stays",
    },
    Equivalent {
        places: &["verifier"],
        change: "unexpired looks at the last condition only",
        claim: Claim::LastIsTightest(Guard::Unexpired),
        why: "contracts only tighten (`attenuated`, `prefix-verified`), so the last deadline of a path is its first",
    },
];
