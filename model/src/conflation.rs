//! **Conflation**: the verifier that answers one concept's question with another concept's evidence.
//!
//! The article's claim is that conflating any two of the five concepts produces the confused deputies and the escalations of
//! privilege that keep coming back. Each entry below is such a verifier: the reference verifier, changed in one place. None of
//! them is on the normal path; an experiment reads evidence *through* one of them, and looks whether an attack appears.
//!
//! A conflation is given what the reference verifier found ([`Evidence`]) and what it looked at ([`Sight`]), and says what
//! the conflated one would have found instead.

use crate::attestation::{Attestation, Attested};
use crate::authority::Authority;
use crate::contract::{Facts, Requirement};
use crate::crypto::{Crypto, Signed};
use crate::evidence::{Condition, Evidence};
use crate::execution::{Chain, Link, Origin};
use crate::guard::{Guard, GuardSet};
use crate::identifier::InstanceName;
use crate::policy::Trust;
use crate::presentation::{Presentation, Proof};
use crate::verify;
use std::collections::BTreeMap;

/// The list of conflations: name, the two that are merged, what the verifier now does, and what that is expected to break.
macro_rules! conflations {
    ($($name:ident = $one:literal $other:literal : $now:literal, $expected:expr;)*) => {
        /// Two concepts merged into one: what the conflated verifier does instead.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Conflation { $(#[doc = $now] $name,)* }

        impl Conflation {
            /// Every conflation, in the order of reports.
            pub const ALL: &[Self] = &[$(Self::$name,)*];
            /// The two concepts.
            pub fn pair(self) -> [&'static str; 2] {
                match self { $(Self::$name => [$one, $other],)* }
            }
            /// Its name in outputs: `identity=role`.
            pub fn id(self) -> &'static str {
                match self { $(Self::$name => concat!($one, "=", $other),)* }
            }
            /// What the conflated verifier does.
            pub fn now(self) -> &'static str {
                match self { $(Self::$name => $now,)* }
            }
            /// The properties that it was expected to break, before anybody looked.
            pub fn expected(self) -> &'static [&'static str] {
                match self { $(Self::$name => $expected,)* }
            }
        }
    };
}

conflations! {
    IdentityRole = "identity" "role":
        "accepts an unanchored role as accountable", &["anchored-creation", "accountable"];
    IdentityIdentifier = "identity" "identifier":
        "trusts roots of an instance name, and attributes them to whoever has that name", &["accountable"];
    IdentityAttestation = "identity" "attestation":
        "takes the deployer that any attestation names for an accountable origin, without a grant of the context",
        &["anchored-creation", "no-laundering"];
    IdentityAuthority = "identity" "authority":
        "lets an identity's whole mandate stand for the execution's authority", &["origin-bounded"];
    RoleIdentifier = "role" "identifier":
        "reads the role off the identifier's path", &["custody"];
    RoleAttestation = "role" "attestation":
        "takes `attested` for `attested in that role`", &["custody"];
    RoleAuthority = "role" "authority":
        "lets the role's permissions stand for the execution's authority", &["origin-bounded", "no-mixing"];
    IdentifierAttestation = "identifier" "attestation":
        "takes a known identifier for current runtime properties", &["fresh-attestation", "rekey-safe"];
    IdentifierAuthority = "identifier" "authority":
        "keeps an access list of instances", &["no-mixing", "served"];
    AttestationAuthority = "attestation" "authority":
        "takes `attested` for `authorised`", &["origin-bounded", "custody"];
    ExecutionPossession = "execution" "possession":
        "takes any valid proof of possession for a continuation", &["custody", "no-mixing"];
}

/// What an instance of that name may do, whoever asks it to: standing policy that no reference verifier has.
pub type AccessList = BTreeMap<InstanceName, Authority>;

/// What a verifier looks at.
#[derive(Debug)]
pub struct Sight<'s, C: Crypto> {
    /// The path.
    pub chain: &'s Chain<C>,
    /// The request that is put with it; an executor that takes a hand-off sees none.
    pub presented: Option<&'s Presentation<C>>,
    /// Whom the verifier believes.
    pub trust: &'s Trust,
    /// The access list, for the verifier that keeps one.
    pub access: &'s AccessList,
}

impl Conflation {
    /// The conflation of that name.
    pub fn named(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|conflation| conflation.id() == id)
    }

    /// What the conflated verifier finds where the reference verifier found `evidence`.
    pub fn read<C: Crypto>(self, sight: &Sight<'_, C>, evidence: &mut Evidence) {
        match self {
            Self::IdentityRole => sight.root_by_role_name(evidence),
            Self::IdentityIdentifier => sight.root_by_instance_name(evidence),
            Self::IdentityAttestation => sight.root_by_deployer(evidence),
            Self::IdentityAuthority => {
                let root = sight.chain.root.root.body();
                let mandate = sight.trust.mandates.of(&root.origin);
                let whole = mandate.filter(|_| matches!(root.origin, Origin::Identity(_)));
                sight.authorised_by(whole, evidence);
            }
            Self::RoleIdentifier => sight.successors(evidence, |asked, shown| {
                let path = shown.subject.name.as_str();
                let read = path.rsplit_once('_').map_or(path, |(path, _)| path);
                asked.role.as_ref().is_none_or(|role| role.as_str() == read)
            }),
            Self::RoleAttestation => sight.successors(evidence, |_, _| true),
            Self::RoleAuthority => {
                let roles = sight.presenter().map(|presenter| sight.permissions(presenter));
                sight.authorised_by(roles.as_ref(), evidence);
            }
            Self::IdentifierAttestation => sight.facts_by_identifier(evidence),
            Self::IdentifierAuthority => {
                let name = sight.presenter().map(|presenter| &presenter.facts().subject.name);
                let listed = name.and_then(|name| sight.access.get(name));
                sight.authorised_by(listed, evidence);
            }
            Self::AttestationAuthority => {
                if sight.presented.is_some() {
                    evidence.held.set(Guard::InAuthority, sight.presenter().is_some());
                }
                sight.each_link(evidence, |link| {
                    let by = link.offer.by.as_deref();
                    let signer = &link.offer.record.body().signer;
                    let attested = by.is_some_and(|by| {
                        verify::trusted(by, sight.trust) && by.facts().key == *signer
                    });
                    let may = attested && link.offer.record.by(signer);
                    if may { GuardSet::of(&[Guard::HandedOff]) } else { GuardSet::NONE }
                });
            }
            Self::ExecutionPossession => sight.each_link(evidence, |link| {
                let proven = link.step.by(&link.step.body().key);
                if proven { CONTINUES } else { GuardSet::NONE }
            }),
        }
    }
}

/// The guards by which a step continues an execution, rather than merely being held by somebody.
const CONTINUES: GuardSet = GuardSet::of(&[Guard::Linked, Guard::HandedOff, Guard::Eligible]);

impl<C: Crypto> Sight<'_, C> {
    /// What the request's proof is signed with, if it is signed by somebody at all.
    fn proof(&self) -> Option<&Signed<Proof, C>> {
        let presented = self.presented?;
        presented.proof.as_deref().filter(|proof| {
            let body = proof.body();
            proof.by(&body.key)
                && body.tip == self.chain.tip()
                && body.attestation == presented.attested.as_deref().map(Attested::digest)
        })
    }

    /// What the presenter shows of itself, truly and for the key with which it asks.
    fn presenter(&self) -> Option<&Attested<C>> {
        let (proof, attested) = self.proof().zip(self.presented?.attested.as_deref())?;
        let its_own = attested.facts().key == proof.body().key;
        Some(attested).filter(|attested| its_own && verify::trusted(attested, self.trust))
    }

    /// The request is authorised by `authority`, and by nothing else.
    fn authorised_by(&self, authority: Option<&Authority>, evidence: &mut Evidence) {
        let Some(presented) = self.presented else { return };
        let request = &presented.request;
        let admits = authority.is_some_and(|a| a.admits(&request.operation, &request.arguments));
        evidence.held.set(Guard::InAuthority, admits);
    }

    /// What the roles of an attested workload may do.
    fn permissions(&self, of: &Attested<C>) -> Authority {
        let roles = of.facts().roles.iter();
        roles
            .filter_map(|claim| self.trust.mandates.roles.get(&claim.role))
            .fold(Authority::default(), |all, may| all.union(may))
    }

    /// Who signs the root, as a trusted attester says of exactly that key.
    fn originator(&self) -> Option<&Attestation> {
        let root = &self.chain.root;
        let attested = root.attested.as_deref()?;
        let said =
            verify::trusted(attested, self.trust) && attested.facts().key == root.root.body().key;
        said.then(|| attested.facts())
    }

    /// The root counts as that of its origin, who may create what policy says.
    fn believe_root(&self, evidence: &mut Evidence) {
        let root = self.chain.root.root.body();
        let mandate = self.trust.mandates.of(&root.origin);
        evidence.held.set(Guard::RootAnchored, true);
        let within = mandate.is_some_and(|mandate| root.authority.within(mandate));
        evidence.held.set(Guard::RootMandated, within);
    }

    fn root_by_role_name(&self, evidence: &mut Evidence) {
        let Origin::Role(claim) = &self.chain.root.root.body().origin else { return };
        if !self.originator().is_some_and(|facts| facts.roles.contains(claim)) {
            return;
        }
        self.believe_root(evidence);
        let mut below = self.chain.clone();
        let anchored = below.links.pop().is_none_or(|last| {
            verify::link(&below, &last, self.trust).contains(Guard::RoleAnchored)
        });
        evidence.held.set(Guard::RoleAnchored, anchored);
    }

    fn root_by_instance_name(&self, evidence: &mut Evidence) {
        let Origin::Identity(id) = &self.chain.root.root.body().origin else { return };
        if self.originator().is_some_and(|facts| facts.subject.name.as_str() == id.as_str()) {
            self.believe_root(evidence);
        }
    }

    fn root_by_deployer(&self, evidence: &mut Evidence) {
        let Origin::Context { environment, operator } = &self.chain.root.root.body().origin else {
            return;
        };
        let named = self.originator().is_some_and(|facts| {
            facts.environment.as_ref() == Some(environment)
                && facts.deployer.as_ref() == Some(operator)
        });
        if named {
            self.believe_root(evidence);
        }
    }

    /// Each step is judged anew: what a conflation adds to its guards counts for the last link, and for the prefix.
    fn each_link(&self, evidence: &mut Evidence, more: impl Fn(&Link<C>) -> GuardSet) {
        let mut prefix = Chain { root: self.chain.root.clone(), links: Vec::new() };
        let mut whole = true;
        for (place, link) in self.chain.links.iter().enumerate() {
            let added = more(link);
            if place + 1 == self.chain.links.len() {
                evidence.held = evidence.held.union(added);
            } else {
                let held = verify::link(&prefix, link, self.trust).union(added);
                whole &= Guard::LINK.without(held).is_empty();
            }
            prefix.links.push(link.clone());
        }
        evidence.held.set(Guard::PrefixVerified, whole);
    }

    /// Successors are judged by `role` instead of by the role that their attestation states; so is whoever presents.
    fn successors(&self, evidence: &mut Evidence, role: impl Fn(&Facts, &Attestation) -> bool) {
        let will_do = |asked: &Facts, shown: &Attestation| {
            role(asked, shown) && Facts { role: None, ..asked.clone() }.stated_by(shown)
        };
        self.each_link(evidence, |link| match (asked(link), link.attested.as_deref()) {
            (Some(facts), Some(shown)) if will_do(facts, shown.facts()) => {
                GuardSet::of(&[Guard::Eligible])
            }
            _ => GuardSet::NONE,
        });
        let (Some(presenter), Some(last)) = (self.presenter(), self.chain.links.last()) else {
            return;
        };
        let same = last.attested.as_deref().is_some_and(|taken| {
            taken.facts().subject == presenter.facts().subject
                && taken.facts().domain == presenter.facts().domain
        });
        if same && asked(last).is_some_and(|facts| will_do(facts, presenter.facts())) {
            evidence.held.set(Guard::Holder, true);
        }
    }

    /// Once an attester named an identifier, what it said stands: at any time, and for any key that claims the name.
    fn facts_by_identifier(&self, evidence: &mut Evidence) {
        evidence.conditions.retain(|(guard, condition)| {
            *guard != Guard::AttestationFresh && !matches!(condition, Condition::Unretired(_))
        });
        self.each_link(evidence, |link| {
            let known = link.attested.as_deref().is_some_and(|a| verify::trusted(a, self.trust));
            let signed = link.step.by(&link.step.body().key);
            let by_name = known && signed && asked(link).is_some();
            if by_name { GuardSet::of(&[Guard::KeyAttested]) } else { GuardSet::NONE }
        });
        let (Some(presenter), Some(last)) = (self.presenter(), self.chain.links.last()) else {
            return;
        };
        let name = |of: &Attested<C>| of.facts().subject.name.clone();
        if last.attested.as_deref().is_some_and(|taken| name(taken) == name(presenter)) {
            evidence.held.set(Guard::Holder, true);
        }
    }
}

/// The facts that a link asked of its successor, where it asked for any.
fn asked<C: Crypto>(link: &Link<C>) -> Option<&Facts> {
    match &link.offer.record.body().contract.next {
        Requirement::Facts(facts) if !facts.is_empty() => Some(facts),
        _ => None,
    }
}
