//! What the benches work on: a chain of any length, and a case of the built-in library.
//!
//! `cargo bench -p whoacts-benches` measures; `-- --test` runs each bench once. The bench `peers` puts the engine beside other
//! checkers.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use whoacts_checker::explore::Options;
use whoacts_checker::lower::{Plan, bounds, capabilities};
use whoacts_checker::suite;
use whoacts_model::attestation::{Attestation, Attested, AttesterId, Domain};
use whoacts_model::authority::{Authority, Operation};
use whoacts_model::contract::{Contract, Envelope, Facts, Requirement};
use whoacts_model::crypto::{Crypto, Digest, Signed};
use whoacts_model::evidence::{Clock, Evidence};
use whoacts_model::execution::{Origin, Request};
use whoacts_model::guard::GuardSet;
use whoacts_model::identifier::{Identifier, InstanceName, Scheme};
use whoacts_model::identity::IdentityId;
use whoacts_model::mechanism::{Desk, Form, Mechanism, Next, Party, Start};
use whoacts_model::name::{Action, Arguments, Nonce, ResourceId, ServiceId, VerifierId};
use whoacts_model::policy::{Mandates, Trust};
use whoacts_model::presentation::Presentation;
use whoacts_model::runtime::{Task, intent};
use whoacts_scenarios::{Case, Library};

/// The story that is lowered and explored.
pub const STORY: &str = "article/shared-pool";
/// The form under which that is done.
pub const FORM: &str = "continuity/K4";

/// The form with that label.
// INVARIANT: benches name forms that exist.
pub fn form(label: &str) -> &'static Form {
    Form::labelled(label).expect("a form of that label")
}

/// One case of the built-in library.
// INVARIANT: a test of the library reads every built-in case.
pub fn story(id: &str) -> Case {
    let library = Library::builtin(&suite::vocabulary()).expect("the built-in library");
    library.cases.into_iter().find(|case| case.scenario.id == id).expect("a case of that name")
}

/// That case under that form, with its own adversary and bounds.
pub fn plan<'a>(case: &'a Case, label: &str) -> Plan<'a> {
    let declared = &case.scenario.adversary.capabilities;
    Plan {
        scenario: &case.scenario,
        policy: &case.policy,
        form: form(label),
        capabilities: capabilities(declared.iter().map(|name| name.value.as_str())),
        bounds: bounds(&case.scenario.bounds),
        added: GuardSet::NONE,
        dropped: GuardSet::NONE,
        representatives: true,
    }
}

/// The reductions that a suite uses.
pub fn reduced() -> Options<'static> {
    Options { saturate: true, canonical: true, ..Options::default() }
}

/// A finished path: Alice hands to `hops` attested relays in turn, and the last of them asks.
#[derive(Debug)]
pub struct Path<C: Crypto> {
    /// The online parties, and whom everybody trusts.
    pub desk: Desk<C>,
    /// What reaches the verifier.
    pub presentation: Presentation<C>,
    form: &'static Form,
}

impl<C: Crypto> Path<C> {
    /// Builds it through the runtime, as honest executors would.
    // INVARIANT: every hand-off here keeps to its contract.
    pub fn new(label: &str, hops: u32) -> Self {
        let (form, desk, alice) = (form(label), desk::<C>(), party::<C>("alice"));
        let mechanism: &dyn Mechanism<C> = form.run();
        let start = Start {
            execution: 1,
            origin: Origin::Identity(IdentityId::new("alice")),
            authority: may_read(),
            until: below(hops).not_after,
            handed: may_read(),
            envelope: below(hops),
            context: None,
            trigger: None,
            to: Some(ServiceId::new("agent")),
            last: None,
            purpose: None,
            audience: None,
        };
        let errand =
            |task| Request { operation: read(), arguments: Arguments::new("row 42"), task };
        let first = Task::start(mechanism, &desk, &alice, &start, errand);
        let (task, holder) = (1..=hops).fold((first, alice), |(task, holder), hop| {
            let next = Next {
                authority: may_read(),
                contract: Contract { next: relays(), below: below(hops - hop) },
                intents: Some([intent(task.errand())].into()),
                to: ServiceId::new("agent"),
                keys: Vec::new(),
            };
            let parcel = task.serve(|c| c.hand_over(mechanism, &holder, &next));
            let relay = relay::<C>(hop);
            let taken = Task::take(mechanism, &desk, &relay, &parcel, mechanism.brings(), NOW);
            (taken.expect("an honest parcel is taken"), relay)
        });
        let presentation =
            task.serve(|c| c.act(mechanism, &desk, &holder, verifier(), Nonce::new("n1")));
        Self { desk, presentation, form }
    }

    /// What it proves.
    pub fn evidence(&self) -> Evidence {
        self.form.run::<C>().evidence(&self.presentation, &verifier(), &self.desk.trust)
    }

    /// The guards for which it brings evidence.
    pub fn brings(&self) -> GuardSet {
        self.form.run::<C>().brings()
    }
}

const NOW: u32 = 5;

fn party<C: Crypto>(name: &str) -> Party<C> {
    let key = C::key(Digest::of(name.as_bytes()).as_bytes());
    Party { public: C::public(&key), key, attested: None, previous: None }
}

fn relay<C: Crypto>(number: u32) -> Party<C> {
    let name = format!("relay-{number}");
    let party = party::<C>(&name);
    let statement = Attestation {
        attester: AttesterId::new("attester"),
        subject: Identifier {
            scheme: Scheme::Spiffe,
            name: InstanceName::new(&name),
            incarnation: 1,
        },
        key: party.public,
        roles: BTreeSet::new(),
        environment: None,
        deployer: None,
        domain: Domain::new("prod"),
        not_before: 0,
        not_after: 100,
    };
    let statement = Signed::new(statement, &self::party::<C>("attester").key);
    Party { attested: Some(Arc::new(Attested { statement, grants: Vec::new() })), ..party }
}

fn relays() -> Requirement {
    Requirement::Facts(Facts { domain: Some(Domain::new("prod")), ..Facts::default() })
}

fn below(hops: u32) -> Envelope {
    Envelope { rest: [relays()].into(), not_after: 30, hops, effects: 1 }
}

fn read() -> Operation {
    Operation { action: Action::new("read"), resource: ResourceId::new("db") }
}

fn may_read() -> Authority {
    Authority::to([read()])
}

fn verifier() -> VerifierId {
    VerifierId::new("db")
}

fn desk<C: Crypto>() -> Desk<C> {
    let public = |name| party::<C>(name).public;
    let alice = IdentityId::new("alice");
    let domains = BTreeSet::from([Domain::new("prod")]);
    let trust = Trust {
        identities: BTreeMap::from([(alice.clone(), public("alice"))]),
        attesters: BTreeMap::from([(AttesterId::new("attester"), (public("attester"), domains))]),
        anchors: BTreeMap::new(),
        operators: BTreeMap::new(),
        triggers: BTreeMap::new(),
        issuer: public("issuer"),
        settlement: public("settlement"),
        mandates: Mandates {
            identities: BTreeMap::from([(alice, may_read())]),
            ..Mandates::default()
        },
        services: BTreeMap::new(),
        standing: BTreeMap::new(),
    };
    Desk { issuer: party::<C>("issuer").key, settlement: party::<C>("settlement").key, trust }
}

/// A verifier that has seen nothing yet.
pub const FRESH: Clock = Clock(NOW);

#[cfg(test)]
mod tests {
    use super::*;
    use whoacts_model::crypto::{Ed25519, Symbolic};
    use whoacts_model::decide;

    /// A bench of something that is refused would measure the wrong thing.
    #[test]
    fn a_path_of_any_length_is_accepted() {
        for hops in [0, 1, 3, 32] {
            let path = Path::<Symbolic>::new("continuity/K6", hops);
            assert!(decide(&path.evidence(), path.brings(), &FRESH).is_ok(), "{hops} hops");
        }
        let path = Path::<Ed25519>::new("continuity/K6", 3);
        assert!(decide(&path.evidence(), path.brings(), &FRESH).is_ok());
    }

    #[test]
    fn the_story_is_in_the_library() {
        let case = story(STORY);
        assert_eq!(plan(&case, FORM).form.label(), FORM);
    }
}
