//! Every trust model over the same two hops: honest traffic that succeeds under all guards that it brings, and the refusals
//! that its specification demands. (`mechanisms.rs` looks closer at bearer, DPoP and the profiles.)

mod common;

use common::*;
use std::collections::BTreeSet;
use std::sync::Arc;
use whoacts_model::contract::Contract;
use whoacts_model::crypto::{Crypto, Ed25519, Signed, Symbolic};
use whoacts_model::execution::Request;
use whoacts_model::mechanism::{
    Desk, Form, Mechanism, Next, Party, Refusal, Start, Toward, forms, purpose,
};
use whoacts_model::name::{Arguments, Nonce, ResourceId, ServiceId, VerifierId};
use whoacts_model::presentation::{Cargo, Credential, Parcel, Presentation};
use whoacts_model::runtime::{Task, intent};
use whoacts_model::token::{Audience, Block};
use whoacts_model::{Denial, Guard, decide};

/// Forms whose specification defines no hand-off to a second executor.
const ONE_HOP: [&str; 3] = ["mtls-bound", "dpop", "dpop/strong"];

fn agent<C: Crypto>() -> Party<C> {
    instance("agent-1", &["agent"])
}
fn relay<C: Crypto>() -> Party<C> {
    instance("relay-1", &["relay"])
}
fn toward(service: &str) -> Toward {
    Toward {
        to: Audience::Service(ServiceId::new(service)),
        verifier: None,
        authority: can(&["read"]),
    }
}
fn toward_db() -> Toward {
    let to = Audience::Resource(ResourceId::new("db"));
    Toward { to, verifier: Some(verifier()), authority: can(&["read"]) }
}

/// One form at one desk.
struct Run<C: Provider> {
    form: &'static Form,
    desk: Desk<C>,
}

impl<C: Provider> Run<C> {
    fn of(label: &str) -> Self {
        Self { form: Form::labelled(label).expect("a form of that label"), desk: desk() }
    }
    fn mechanism(&self) -> &'static dyn Mechanism<C> {
        self.form.run()
    }
    /// Alice starts; her work goes to `last` after `hops` hand-offs.
    fn starts(&self, hops: usize) -> Task<C> {
        let plan = two_hops::<C>();
        let start = Start {
            execution: 1,
            origin: plan.origin,
            until: plan.envelope.not_after,
            handed: plan.authority.clone(),
            authority: plan.authority,
            envelope: plan.envelope,
            context: None,
            trigger: None,
            to: (hops > 0).then(|| ServiceId::new("agent")),
            last: (hops > 0).then(|| ServiceId::new(if hops == 1 { "agent" } else { "relay" })),
            purpose: Some(purpose(&operation("read"), &Arguments::new("row 42"))),
            audience: Some((ResourceId::new("db"), verifier())),
        };
        let (operation, arguments) = (operation("read"), Arguments::new("row 42"));
        let errand = |task| Request { operation, arguments, task };
        Task::start(self.mechanism(), &self.desk, &plan.starter, &start, errand)
    }
    fn hands(&self, by: &Party<C>, task: &Task<C>, hop: usize, to: &str) -> Parcel<C> {
        let plan = &two_hops::<C>().hops[hop];
        let Contract { next, below } = plan.contract.clone();
        let next = Next {
            authority: plan.authority.clone(),
            contract: Contract { next, below },
            intents: Some(BTreeSet::from([intent(task.errand())])),
            to: ServiceId::new(to),
            keys: vec![public(&format!("{to}-1"))],
        };
        let task = task.converted(self.mechanism(), &self.desk, by, &toward(to));
        task.serve(|c| c.hand_over(self.mechanism(), by, &next))
    }
    fn takes(&self, by: &Party<C>, parcel: &Parcel<C>) -> Result<Task<C>, Refusal> {
        let mechanism = self.mechanism();
        Task::take(mechanism, &self.desk, by, parcel, mechanism.brings(), NOW)
    }
    fn agent_serves(&self, hops: usize) -> Task<C> {
        let parcel = self.hands(&party("alice"), &self.starts(hops), 0, "agent");
        self.takes(&agent(), &parcel).expect("an honest parcel")
    }
    fn relay_serves(&self) -> Result<Task<C>, Refusal> {
        let parcel = self.hands(&agent(), &self.agent_serves(2), 1, "relay");
        self.takes(&relay(), &parcel)
    }
    fn asks(&self, by: &Party<C>, task: &Task<C>) -> Presentation<C> {
        let task = task.converted(self.mechanism(), &self.desk, by, &toward_db());
        task.serve(|c| c.act(self.mechanism(), &self.desk, by, verifier(), Nonce::new("n1")))
    }
    fn judges(&self, p: &Presentation<C>) -> Result<(), Denial> {
        self.judges_at(p, &verifier())
    }
    fn judges_at(&self, p: &Presentation<C>, at: &VerifierId) -> Result<(), Denial> {
        let evidence = self.mechanism().evidence(&C::sent(p.clone()), at, &trust());
        decide(&evidence, self.mechanism().brings(), &Mock::at(NOW)).map(|_| ())
    }
}

/// The first guard that denies.
fn first(verdict: Result<(), Denial>) -> Option<Guard> {
    verdict.err().map(|denial| denial.guard)
}

macro_rules! under_both {
    ($($name:ident;)*) => {
        mod symbolic { $(#[test] fn $name() { super::$name::<super::Symbolic>(); })* }
        mod ed25519 { $(#[test] fn $name() { super::$name::<super::Ed25519>(); })* }
    };
}
under_both! {
    every_form_serves_one_hop;
    every_form_serves_two_hops_or_has_none;
    no_form_takes_a_forged_issue;
    an_audience_is_looked_at;
    a_bound_credential_is_worth_nothing_to_others;
    exchange_asks_who_exchanges;
    exchange_dpop_narrows_against_the_exact_parent;
    chaining_may_widen_in_the_common_deployment_only;
    a_transaction_is_for_its_context;
    restrictions_cannot_be_taken_away_or_widened;
    ambient_looks_up_the_service;
    roles_are_assumed_by_whom_they_trust;
    a_client_keeps_its_token_under_a_new_certificate;
}

fn every_form_serves_one_hop<C: Provider>() {
    for form in forms() {
        let run = Run::<C> { form, desk: desk() };
        let task = run.agent_serves(1);
        assert_eq!(run.judges(&run.asks(&agent(), &task)), Ok(()), "{}", form.label());
    }
}

fn every_form_serves_two_hops_or_has_none<C: Provider>() {
    for form in forms() {
        let run = Run::<C> { form, desk: desk() };
        let served =
            run.relay_serves().is_ok_and(|task| run.judges(&run.asks(&relay(), &task)) == Ok(()));
        let label = form.label();
        assert_eq!(served, !ONE_HOP.contains(&label.as_str()), "{label}");
    }
}

/// Nobody but the authorization server issues; a resource sees who did.
fn no_form_takes_a_forged_issue<C: Provider>() {
    for form in forms().filter(|form| form.mechanism != "ambient") {
        let rogue = Desk { issuer: party::<C>("mallory").key, ..desk() };
        let honest = Run::<C> { form, desk: desk() };
        let forged = Run::<C> { form, desk: rogue };
        let chain = form.run::<C>().brings().contains(Guard::HandedOff)
            || form.run::<C>().brings().contains(Guard::WithinHops);
        if chain {
            continue; // nobody issues a chain
        }
        let parcel = forged.hands(&party("alice"), &forged.starts(1), 0, "agent");
        let verdict = honest
            .takes(&agent(), &parcel)
            .map(|task| first(honest.judges(&forged.asks(&agent(), &task))));
        let refused = match verdict {
            Err(_) => true,
            Ok(guard) => guard.is_some(),
        };
        assert!(refused, "{}", form.label());
    }
}

fn an_audience_is_looked_at<C: Provider>() {
    let other = VerifierId::new("db#2");
    // A logical audience is every verifier's; a named one is one verifier's.
    for (label, elsewhere) in [
        ("audience-bearer", None),
        ("audience-bearer/strong", Some(Guard::Audience)),
        ("mtls-bound", Some(Guard::Audience)),
        ("exchange-dpop/strong", Some(Guard::Audience)),
        ("txn-token-wpt", Some(Guard::Audience)),
        ("ambient", Some(Guard::Audience)),
        ("role-chaining", Some(Guard::Audience)),
    ] {
        let run = Run::<C>::of(label);
        let p = run.asks(&agent(), &run.agent_serves(1));
        assert_eq!(first(run.judges_at(&p, &other)), elsewhere, "{label}");
    }
    // A token that is meant for an executor is no token for the resource (RFC 9068 section 4).
    for label in ["token-exchange/strong", "identity-chaining", "exchange-dpop/strong"] {
        let run = Run::<C>::of(label);
        let task = run.agent_serves(1);
        let p = task
            .serve(|c| c.act(run.mechanism(), &run.desk, &agent(), verifier(), Nonce::new("n1")));
        assert_eq!(first(run.judges(&p)), Some(Guard::Audience), "{label}");
    }
}

fn a_bound_credential_is_worth_nothing_to_others<C: Provider>() {
    for label in ["mtls-bound", "exchange-dpop", "exchange-dpop/strong", "biscuit/strong"] {
        let run = Run::<C>::of(label);
        let task =
            run.agent_serves(1).converted(run.mechanism(), &run.desk, &agent(), &toward_db());
        let thief = instance("relay-2", &["relay"]);
        let p =
            task.serve(|c| c.act(run.mechanism(), &run.desk, &thief, verifier(), Nonce::new("n2")));
        assert_eq!(first(run.judges(&p)), Some(Guard::Holder), "{label}");
    }
}

fn exchange_asks_who_exchanges<C: Provider>() {
    let stranger = instance::<C>("relay-1", &["relay"]);
    let convert = |label: &str| {
        let run = Run::<C>::of(label);
        let task = run.starts(2);
        run.mechanism().convert(&run.desk, &stranger, task.spill(), &toward_db()).is_some()
    };
    assert!(convert("token-exchange"), "any registered client may exchange any token");
    assert!(!convert("token-exchange/strong"), "`may_act` names another (RFC 8693 section 4.4)");
    let run = Run::<C>::of("exchange-dpop");
    let grant = run.starts(2);
    assert!(run.mechanism().redeem(&run.desk, &stranger, grant.spill()).is_none());
    assert!(run.mechanism().redeem(&run.desk, &agent(), grant.spill()).is_some());
}

fn exchange_dpop_narrows_against_the_exact_parent<C: Provider>() {
    let run = Run::<C>::of("exchange-dpop/strong");
    let wide = Toward { authority: can(&["read", "drop"]), ..toward("relay") };
    let narrow = Toward { authority: can(&["read"]), ..toward("relay") };
    let task = run.agent_serves(2);
    let granted = |task: &Task<C>, by: &Party<C>, toward: &Toward| {
        run.mechanism().convert(&run.desk, by, task.spill(), toward).map(|held| held.scope())
    };
    assert_eq!(granted(&task, &agent(), &wide), Some(can(&["read"])), "not what it never had");
    assert_eq!(granted(&task, &agent(), &narrow), Some(can(&["read"])));
}

fn chaining_may_widen_in_the_common_deployment_only<C: Provider>() {
    let everything = Toward { authority: can(&["read", "write"]), ..toward_db() };
    for (label, scope) in [
        ("identity-chaining", can(&["read", "write"])),
        ("identity-chaining/strong", two_hops::<C>().authority),
    ] {
        let run = Run::<C>::of(label);
        let task = run.agent_serves(1);
        let held = run.mechanism().convert(&run.desk, &agent(), task.spill(), &everything);
        assert_eq!(held.map(|held| held.scope()), Some(scope), "{label}");
    }
}

fn a_transaction_is_for_its_context<C: Provider>() {
    for (label, guard) in [
        ("txn-token", None),
        ("txn-token/strong", Some(Guard::IntentBound)),
        ("txn-token-wpt", Some(Guard::IntentBound)),
        ("txn-token-wpt/strong", Some(Guard::IntentBound)),
    ] {
        let run = Run::<C>::of(label);
        let mut p = run.asks(&agent(), &run.agent_serves(1));
        Arc::make_mut(&mut p.request).arguments = Arguments::new("row 43");
        assert_eq!(first(run.judges(&p)), guard, "{label}");
    }
    // Without `tth` the proof goes with any transaction token; with it, with one.
    for (label, guard) in
        [("txn-token-wpt", None), ("txn-token-wpt/strong", Some(Guard::KeyAttested))]
    {
        let run = Run::<C>::of(label);
        let mut p = run.asks(&agent(), &run.agent_serves(1));
        let Credential::Token(token) = &p.credential else { panic!("a token") };
        let mut other = token.body().clone();
        other.serial += 1;
        p.credential = Credential::Token(Arc::new(Signed::new(other, &run.desk.issuer)));
        assert_eq!(first(run.judges(&p)), guard, "{label}");
    }
}

type Blocks<C> = Vec<Arc<Signed<Block, C>>>;

fn restrictions_cannot_be_taken_away_or_widened<C: Provider>() {
    for label in ["macaroon", "macaroon/strong", "biscuit", "biscuit/strong"] {
        let run = Run::<C>::of(label);
        let task = run.relay_serves().expect("an honest parcel");
        let p = run.asks(&relay(), &task);
        let Credential::Attenuated(held) = &p.credential else { panic!("an attenuated token") };
        let changed = |change: &dyn Fn(&mut Blocks<C>)| {
            let mut held = (**held).clone();
            change(&mut held.blocks);
            Presentation { credential: Credential::Attenuated(Arc::new(held)), ..p.clone() }
        };
        assert!(held.blocks.len() >= 2, "{label}: a block a hop");
        let taken_away = changed(&|blocks| drop(blocks.remove(0)));
        assert_eq!(first(run.judges(&taken_away)), Some(Guard::Linked), "{label}");
        let mut wider = p.clone();
        Arc::make_mut(&mut wider.request).operation = operation("drop");
        assert_eq!(first(run.judges(&wider)), Some(Guard::InAuthority), "{label}");
    }
    // A discharge is for one macaroon.
    let run = Run::<C>::of("macaroon/strong");
    let undischarged = run.agent_serves(1);
    let p = undischarged
        .serve(|c| c.act(run.mechanism(), &run.desk, &agent(), verifier(), Nonce::new("n1")));
    assert_eq!(first(run.judges(&p)), Some(Guard::Eligible), "no discharge");
    let thief = instance::<C>("relay-1", &["relay"]);
    let refused = run.mechanism().convert(&run.desk, &thief, undischarged.spill(), &toward_db());
    assert!(refused.is_none(), "the third party authenticates who asks");
}

fn ambient_looks_up_the_service<C: Provider>() {
    for label in ["ambient", "ambient/strong"] {
        let run = Run::<C>::of(label);
        let task = run.agent_serves(1);
        let mut p = run.asks(&agent(), &task);
        let unknown = run.asks(&party("mallory"), &task);
        assert_eq!(first(run.judges(&unknown)), Some(first_of(label)), "{label}: no such service");
        Arc::make_mut(&mut p.request).operation = operation("drop");
        assert_eq!(first(run.judges(&p)), Some(Guard::InAuthority), "{label}: not on the list");
        let unattested = run.asks(&party("agent-1"), &task);
        let guard = (label == "ambient/strong").then_some(Guard::Attested);
        assert_eq!(first(run.judges(&unattested)), guard, "{label}: attestation gates");
    }
}
/// What a stranger without a certificate and without an attestation trips over first.
fn first_of(label: &str) -> Guard {
    if label == "ambient" { Guard::InAuthority } else { Guard::Attested }
}

fn roles_are_assumed_by_whom_they_trust<C: Provider>() {
    let stranger = party::<C>("mallory");
    for label in ["role-chaining", "role-chaining/strong"] {
        let run = Run::<C>::of(label);
        let task = run.agent_serves(1);
        let refused = run.mechanism().convert(&run.desk, &stranger, task.spill(), &toward_db());
        assert!(refused.is_none(), "{label}: the trust policy does not name it");
    }
    let run = Run::<C>::of("role-chaining/strong");
    let relay = relay::<C>();
    let task = run.agent_serves(1);
    let refused = run.mechanism().convert(&run.desk, &relay, task.spill(), &toward_db());
    assert!(refused.is_none(), "the customer called another service");
}

fn a_client_keeps_its_token_under_a_new_certificate<C: Provider>() {
    let moved = Party::<C> { previous: Some(public("agent-1")), ..instance("agent-2", &["agent"]) };
    for (label, served) in [("mtls-bound", true), ("exchange-dpop", true), ("dpop", false)] {
        let run = Run::<C>::of(label);
        let p = run.asks(&moved, &run.agent_serves(1));
        assert_eq!(run.judges(&p).is_ok(), served, "{label}");
    }
}

/// A cargo that is what it was, for readers of this file: nothing travels with an ambient errand.
#[test]
fn nothing_travels_with_an_ambient_errand() {
    let run = Run::<Symbolic>::of("ambient");
    let parcel = run.hands(&party("alice"), &run.starts(1), 0, "agent");
    assert!(matches!(parcel.cargo, Cargo::Credential(Credential::Ambient(_))));
}
