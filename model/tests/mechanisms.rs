//! Each trust model under test: honest traffic that succeeds, and the one refusal that its specification demands.

mod common;

use common::*;
use std::collections::BTreeSet;
use std::sync::Arc;
use whoacts_model::contract::Contract;
use whoacts_model::crypto::{Crypto, Digest, Ed25519, Signed, Symbolic};
use whoacts_model::execution::{Chain, Request};
use whoacts_model::guard::GuardSet;
use whoacts_model::identity::IdentityId;
use whoacts_model::mechanism::continuity::{Continuity, FORMS, continue_offer, hand_off};
use whoacts_model::mechanism::{Ask, Desk, Form, Mechanism, Next, Party, Refusal, Start, forms};
use whoacts_model::name::{Arguments, Nonce, ServiceId, VerifierId};
use whoacts_model::presentation::{Cargo, Credential, Parcel, Presentation, Proof};
use whoacts_model::runtime::{Task, intent};
use whoacts_model::{Denial, Guard, decide};

fn form(label: &str) -> &'static Form {
    Form::labelled(label).expect("a form of that label")
}
fn run<C: Crypto>(label: &str) -> &'static dyn Mechanism<C> {
    form(label).run()
}

/// What the verifier decides at `live`, under the guards that the mechanism asks for.
fn judge<C: Provider>(
    mechanism: &dyn Mechanism<C>,
    p: &Presentation<C>,
    live: &Mock,
) -> Result<(), Denial> {
    under(mechanism, mechanism.brings(), p, live)
}
fn under<C: Provider>(
    mechanism: &dyn Mechanism<C>,
    required: GuardSet,
    p: &Presentation<C>,
    live: &Mock,
) -> Result<(), Denial> {
    let evidence = mechanism.evidence(&C::sent(p.clone()), &verifier(), &trust());
    decide(&evidence, required, live).map(|_| ())
}
fn denied(guards: &[Guard]) -> Result<(), Denial> {
    let failing = GuardSet::of(guards);
    Err(Denial { guard: failing.first().expect("a guard"), failing })
}

/// Alice starts an execution.
fn alice_starts<C: Crypto>(mechanism: &dyn Mechanism<C>, desk: &Desk<C>) -> Task<C> {
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
        to: Some(ServiceId::new("agent")),
        last: None,
        purpose: None,
        audience: None,
    };
    let errand =
        |task| Request { operation: operation("read"), arguments: Arguments::new("row 42"), task };
    Task::start(mechanism, desk, &plan.starter, &start, errand)
}

fn intents<C: Crypto>(task: &Task<C>) -> Option<BTreeSet<Digest>> {
    Some([intent(task.errand())].into())
}
fn to_agent<C: Crypto>(task: &Task<C>) -> Next {
    next(&two_hops::<C>().hops[0], task)
}
fn to_relay<C: Crypto>(task: &Task<C>) -> Next {
    next(&two_hops::<C>().hops[1], task)
}
fn next<C: Crypto>(hop: &Hop<C>, task: &Task<C>) -> Next {
    let Contract { next, below } = hop.contract.clone();
    Next {
        authority: hop.authority.clone(),
        contract: Contract { next, below },
        intents: intents(task),
        to: ServiceId::new("agent"),
        keys: Vec::new(),
    }
}

fn take<C: Crypto>(
    mechanism: &dyn Mechanism<C>,
    desk: &Desk<C>,
    executor: &Party<C>,
    parcel: &Parcel<C>,
) -> Result<Task<C>, Refusal> {
    Task::take(mechanism, desk, executor, parcel, mechanism.brings(), NOW)
}

/// Alice → agent: what the agent then holds.
fn agent_serves<C: Crypto>(mechanism: &dyn Mechanism<C>, desk: &Desk<C>) -> Task<C> {
    let task = alice_starts(mechanism, desk);
    let parcel = task.serve(|c| c.hand_over(mechanism, &party("alice"), &to_agent(&task)));
    take(mechanism, desk, &agent(), &parcel).expect("an honest parcel")
}
/// Alice → agent → relay: what the relay then holds.
fn relay_serves<C: Crypto>(mechanism: &dyn Mechanism<C>, desk: &Desk<C>) -> Task<C> {
    let task = agent_serves(mechanism, desk);
    let parcel = task.serve(|c| c.hand_over(mechanism, &agent(), &to_relay(&task)));
    take(mechanism, desk, &relay(), &parcel).expect("an honest parcel")
}
fn agent<C: Crypto>() -> Party<C> {
    instance("agent-1", &["agent"])
}
fn relay<C: Crypto>() -> Party<C> {
    instance("relay-1", &["relay"])
}
fn act<C: Crypto>(
    mechanism: &dyn Mechanism<C>,
    desk: &Desk<C>,
    holder: &Party<C>,
    task: &Task<C>,
) -> Presentation<C> {
    task.serve(|c| c.act(mechanism, desk, holder, verifier(), Nonce::new("n1")))
}
/// Whoever gets hold of a credential puts the same request with it.
fn stolen<C: Crypto>(
    mechanism: &dyn Mechanism<C>,
    desk: &Desk<C>,
    thief: &Party<C>,
    task: &Task<C>,
) -> Presentation<C> {
    let ask = Ask { request: task.errand().clone(), verifier: verifier(), nonce: Nonce::new("n2") };
    mechanism.present(desk, thief, task.spill(), &ask)
}

macro_rules! under_both {
    ($($name:ident;)*) => {
        mod symbolic { $(#[test] fn $name() { super::$name::<super::Symbolic>(); })* }
        mod ed25519 { $(#[test] fn $name() { super::$name::<super::Ed25519>(); })* }
    };
}
under_both! {
    bearer_is_good_for_whoever_has_it;
    bearer_refuses_what_rfc_6750_3_1_demands;
    bearer_strong_ends_with_its_contract;
    dpop_is_good_for_the_key_that_redeemed;
    dpop_refuses_what_rfc_9449_4_3_demands;
    dpop_replay_is_refused_where_jti_is_remembered;
    dpop_content_is_bound_where_rfc_9421_signs_it;
    dpop_refuses_a_forged_code_and_a_forwarded_token;
    every_profile_serves_and_refuses;
    settlement_does_not_ask_who_handed_over;
    an_insider_in_the_middle_needs_prefix_verified;
    a_settlement_vouches_for_everything_else;
}

// ---- bearer ----

fn bearer_is_good_for_whoever_has_it<C: Provider>() {
    for label in ["bearer", "bearer/strong"] {
        let (mechanism, desk) = (run::<C>(label), desk::<C>());
        let task = relay_serves(mechanism, &desk);
        let live = Mock::at(NOW);
        assert_eq!(judge(mechanism, &act(mechanism, &desk, &relay(), &task), &live), Ok(()));
        let p = stolen(mechanism, &desk, &party("mallory"), &task);
        assert_eq!(judge(mechanism, &p, &live), Ok(()), "{label}: possession is all that it asks");
    }
}

fn bearer_refuses_what_rfc_6750_3_1_demands<C: Provider>() {
    for label in ["bearer", "bearer/strong"] {
        let (mechanism, desk) = (run::<C>(label), desk::<C>());
        let task = relay_serves(mechanism, &desk);
        let live = Mock::at(NOW);
        // `insufficient_scope`
        let mut p = act(mechanism, &desk, &relay(), &task);
        Arc::make_mut(&mut p.request).operation = operation("drop");
        assert_eq!(judge(mechanism, &p, &live), denied(&[Guard::InAuthority]), "{label}");
        // `invalid_token`: not this issuer's
        let rogue = Desk { issuer: party::<C>("mallory").key, ..self::desk() };
        let forged = act(mechanism, &desk, &relay(), &relay_serves(mechanism, &rogue));
        let guards = [Guard::RootSigned, Guard::RootAnchored];
        assert_eq!(judge(mechanism, &forged, &live), denied(&guards), "{label}");
    }
}

fn bearer_strong_ends_with_its_contract<C: Provider>() {
    let after = Mock::at(31);
    for (label, verdict) in [("bearer", Ok(())), ("bearer/strong", denied(&[Guard::Unexpired]))] {
        let (mechanism, desk) = (run::<C>(label), desk::<C>());
        let p = act(mechanism, &desk, &relay(), &relay_serves(mechanism, &desk));
        assert_eq!(judge(mechanism, &p, &Mock::at(30)), Ok(()), "{label}");
        assert_eq!(judge(mechanism, &p, &after), verdict, "{label}");
    }
}

// ---- dpop ----

const DPOP: [&str; 2] = ["dpop", "dpop/strong"];

fn dpop_is_good_for_the_key_that_redeemed<C: Provider>() {
    for label in DPOP {
        let (mechanism, desk) = (run::<C>(label), desk::<C>());
        let task = agent_serves(mechanism, &desk);
        let live = Mock::at(NOW);
        assert_eq!(judge(mechanism, &act(mechanism, &desk, &agent(), &task), &live), Ok(()));
        assert_eq!(
            judge(mechanism, &act(mechanism, &desk, &agent(), &task), &Mock::at(31)),
            denied(&[Guard::Unexpired]),
        );
        let p = stolen(mechanism, &desk, &party("mallory"), &task);
        assert_eq!(judge(mechanism, &p, &live), denied(&[Guard::Holder]), "{label}");
    }
}

/// Signs another proof with the agent's key.
fn with_proof<C: Crypto>(p: &Presentation<C>, change: impl FnOnce(&mut Proof)) -> Presentation<C> {
    let mut proof = p.proof.as_deref().expect("a proof").body().clone();
    change(&mut proof);
    Presentation { proof: Some(Arc::new(Signed::new(proof, &agent::<C>().key))), ..p.clone() }
}

fn dpop_refuses_what_rfc_9449_4_3_demands<C: Provider>() {
    for label in DPOP {
        let (mechanism, desk) = (run::<C>(label), desk::<C>());
        let p = act(mechanism, &desk, &agent(), &agent_serves(mechanism, &desk));
        let refused = |p: &Presentation<C>, what: &str| {
            let denial = judge(mechanism, p, &Mock::at(NOW)).expect_err(what);
            assert_eq!(denial.guard, Guard::Holder, "{label}: {what}");
        };
        refused(&Presentation { proof: None, ..p.clone() }, "no proof (section 7.1)");
        refused(
            &with_proof(&p, |proof| proof.operation = Some(operation("write"))),
            "another method or URI (checks 8 and 9: htm, htu)",
        );
        refused(&with_proof(&p, |proof| proof.operation = None), "no method and URI");
        let other = Digest::of(b"another token");
        refused(&with_proof(&p, |proof| proof.tip = other), "another token's hash (check 12: ath)");
        refused(
            &with_proof(&p, |proof| proof.key = party::<C>("mallory").public),
            "a signature that does not verify with the key it names (check 6)",
        );
        let elsewhere = with_proof(&p, |proof| proof.audience = Some(VerifierId::new("db#2")));
        let verdict = judge(mechanism, &elsewhere, &Mock::at(NOW));
        assert_eq!(verdict, denied(&[Guard::Audience]), "{label}: another host (htu)");
    }
}

fn dpop_replay_is_refused_where_jti_is_remembered<C: Provider>() {
    for (label, verdict) in [("dpop", Ok(())), ("dpop/strong", denied(&[Guard::SingleUse]))] {
        let (mechanism, desk) = (run::<C>(label), desk::<C>());
        let p = act(mechanism, &desk, &agent(), &agent_serves(mechanism, &desk));
        let mut live = Mock::at(NOW);
        live.used.insert(p.proof.as_deref().expect("a proof").digest());
        assert_eq!(judge(mechanism, &p, &live), verdict, "{label}");
    }
}

fn dpop_content_is_bound_where_rfc_9421_signs_it<C: Provider>() {
    for (label, verdict) in [("dpop", Ok(())), ("dpop/strong", denied(&[Guard::RequestBound]))] {
        let (mechanism, desk) = (run::<C>(label), desk::<C>());
        let mut p = act(mechanism, &desk, &agent(), &agent_serves(mechanism, &desk));
        Arc::make_mut(&mut p.request).arguments = Arguments::new("row 7");
        assert_eq!(judge(mechanism, &p, &Mock::at(NOW)), verdict, "{label}");
    }
}

fn dpop_refuses_a_forged_code_and_a_forwarded_token<C: Provider>() {
    for label in DPOP {
        let (mechanism, desk) = (run::<C>(label), desk::<C>());
        let task = alice_starts(mechanism, &desk);
        let parcel = task.serve(|c| c.hand_over(mechanism, &party("alice"), &to_agent(&task)));
        assert!(mechanism.once(&parcel).is_some(), "a code is redeemed once");
        let rogue = Desk { issuer: party::<C>("mallory").key, ..self::desk() };
        let refusal =
            take(mechanism, &rogue, &agent(), &parcel).map(|_| ()).expect_err("a refusal");
        assert_eq!(refusal, Refusal::Unusable, "another server's code");
        let unsigned = Parcel { delivery: None, ..parcel.clone() };
        let refusal =
            take(mechanism, &desk, &agent(), &unsigned).map(|_| ()).expect_err("a refusal");
        assert_eq!(refusal, Refusal::Unauthenticated, "a code outside the user's session");
        // The consent itself opens nothing at a resource.
        let early = act(mechanism, &desk, &agent(), &task);
        assert!(judge(mechanism, &early, &Mock::at(NOW)).is_err());
        // Downstream, the token is bound to somebody else's key.
        let p = act(mechanism, &desk, &relay(), &relay_serves(mechanism, &desk));
        assert_eq!(judge(mechanism, &p, &Mock::at(NOW)), denied(&[Guard::Holder]));
    }
}

// ---- continuity ----

/// Who was handed nothing signs a hand-off to itself below the agent's step, and takes it.
fn hijack<C: Crypto>(task: &Task<C>, thief: &Party<C>) -> Chain<C> {
    let Credential::Chain(chain) = task.spill() else { panic!("continuity passes chains on") };
    let offer = hand_off(thief, chain.tip(), task.errand().task, &to_relay(task));
    chain.extended(Arc::new(continue_offer(thief, &Arc::new(offer))))
}

fn present<C: Crypto>(
    mechanism: &dyn Mechanism<C>,
    holder: &Party<C>,
    chain: Chain<C>,
    request: &Arc<Request>,
) -> Presentation<C> {
    let ask = Ask { request: request.clone(), verifier: verifier(), nonce: Nonce::new("n1") };
    mechanism.present(&desk(), holder, &Credential::Chain(chain), &ask)
}

/// The refusal that each profile adds to the one before: the tampering, and the guard that denies it.
fn every_profile_serves_and_refuses<C: Provider>() {
    use Guard::{Eligible, HandedOff, Holder, IntentBound, RequestBound, RootGuarded, SingleUse};
    let adds: [(Guard, Make<C>); 7] = [
        (Eligible, || changed(two_hops(), |p| p.hops[1].to = instance("relay-1", &["agent"]))),
        (Holder, || changed(two_hops(), |p| p.presenter = instance("relay-2", &["relay"]))),
        (HandedOff, || changed(two_hops(), |p| p.hops[1].from = instance("agent-2", &["agent"]))),
        (RequestBound, || {
            changed(two_hops(), |p| {
                let both = Some(vec![("read", "row 42"), ("read", "row 7")]);
                p.hops.iter_mut().for_each(|hop| hop.intents = both.clone());
                p.after = Some(|p, _| {
                    Arc::make_mut(&mut p.request).arguments = Arguments::new("row 7");
                });
            })
        }),
        (SingleUse, || {
            changed(two_hops(), |p| {
                p.after = Some(|p, live| {
                    live.used.insert(p.proof.as_deref().expect("a proof").digest());
                });
            })
        }),
        (RootGuarded, || changed(role_root(), |p| p.trigger = None)),
        (IntentBound, || changed(two_hops(), |p| p.request = ("read", "row 7"))),
    ];
    for (profile, form) in FORMS.iter().enumerate() {
        let (mechanism, desk) = (form.run::<C>(), desk::<C>());
        let p = act(mechanism, &desk, &relay(), &relay_serves(mechanism, &desk));
        assert_eq!(judge(mechanism, &p, &Mock::at(NOW)), Ok(()), "{}", form.label());
        for (added, (guard, plan)) in adds.iter().enumerate() {
            let (mut p, mut live) = (plan().presentation(), Mock::at(NOW));
            if let Some(after) = plan().after {
                after(&mut p, &mut live);
            }
            let Credential::Chain(chain) = &p.credential else { panic!("a chain") };
            p.receipt = Continuity { profile: profile as u8 }.receipt(&desk, chain).map(Arc::new);
            let verdict = judge(mechanism, &p, &live);
            let expected = if added <= profile { denied(&[*guard]) } else { Ok(()) };
            assert_eq!(verdict, expected, "{} against {guard}", form.label());
        }
    }
}

fn changed<C: Crypto>(mut plan: Plan<C>, change: impl FnOnce(&mut Plan<C>)) -> Plan<C> {
    change(&mut plan);
    plan
}

fn settlement_does_not_ask_who_handed_over<C: Provider>() {
    let thief = instance::<C>("relay-9", &["relay"]);
    for form in FORMS {
        let (mechanism, desk) = (form.run::<C>(), desk::<C>());
        let task = agent_serves(mechanism, &desk);
        let p = present(mechanism, &thief, hijack(&task, &thief), task.errand());
        let verdict = judge(mechanism, &p, &Mock::at(NOW));
        let hijacked = matches!(form.profile, Some("K0" | "K1"));
        let expected = if hijacked { Ok(()) } else { denied(&[Guard::HandedOff]) };
        assert_eq!(verdict, expected, "{}", form.label());
    }
}

/// An insider forges the hand-off before the last one; the last one is the victim's own.
fn an_insider_in_the_middle_needs_prefix_verified<C: Provider>() {
    let mut plan = two_hops::<C>();
    plan.hops[0].from = instance("relay-9", &["relay"]);
    for form in FORMS {
        let mechanism = form.run::<C>();
        let chain = plan.chain();
        let errand = Arc::new(request(chain.root.root.digest(), plan.request, 0));
        let p = present(mechanism, &plan.presenter, chain, &errand);
        let verdict = judge(mechanism, &p, &Mock::at(NOW));
        let checked = mechanism.brings().contains(Guard::PrefixVerified);
        let expected = if checked { denied(&[Guard::PrefixVerified]) } else { Ok(()) };
        assert_eq!(verdict, expected, "{}", form.label());
        let lax = mechanism.brings().without(only(Guard::PrefixVerified));
        assert_eq!(under(mechanism, lax, &p, &Mock::at(NOW)), Ok(()), "{}", form.label());
    }
}

/// What a stateless settlement does check: K0 and K1 deny an interior link that is wrong in any other way.
fn a_settlement_vouches_for_everything_else<C: Provider>() {
    let wrong: [fn(&mut Plan<C>); 5] = [
        |p| p.hops[0].to.key = party::<C>("mallory").key,
        |p| p.hops[0].to = instance("agent-1", &["relay"]),
        |p| p.hops[0].authority = can(&["read", "drop"]),
        |p| p.hops[0].hand_off = Some(Digest::of(b"another hand-off")),
        |p| p.hops[0].to.attested = Some(attested_by(statement("agent-1", &["agent"]), "mallory")),
    ];
    for profile in [0, 1] {
        let (mechanism, desk) = (FORMS[profile].run::<C>(), desk::<C>());
        for (i, wrong) in wrong.into_iter().enumerate() {
            let plan = changed(two_hops(), wrong);
            let mut p = plan.presentation();
            let Credential::Chain(chain) = &p.credential else { panic!("a chain") };
            let of = Continuity { profile: profile as u8 };
            assert_eq!(of.receipt(&desk, chain), None, "K{profile}: wrong link {i}");
            assert_eq!(judge(mechanism, &p, &Mock::at(NOW)), denied(&[Guard::Linked]));
            // Another path's receipt, and somebody else's word, are worth nothing.
            p.receipt = of.receipt(&desk, &role_root::<C>().chain()).map(Arc::new);
            assert!(p.receipt.is_some());
            assert_eq!(judge(mechanism, &p, &Mock::at(NOW)), denied(&[Guard::Linked]));
            let rogue = Desk { settlement: party::<C>("mallory").key, ..self::desk() };
            let mut p = two_hops::<C>().presentation();
            p.receipt = of.receipt(&rogue, &two_hops().chain()).map(Arc::new);
            assert_eq!(judge(mechanism, &p, &Mock::at(NOW)), denied(&[Guard::Linked]));
        }
    }
}

#[test]
fn profiles_are_cumulative() {
    let brings = |form: &Form| form.run::<Symbolic>().brings();
    assert_eq!(FORMS.len(), 7);
    for pair in FORMS.windows(2) {
        let (less, more) = (brings(&pair[0]), brings(&pair[1]));
        assert!(less.without(more).is_empty() && more.len() > less.len(), "{}", pair[1].label());
    }
    assert_eq!(brings(&FORMS[6]), GuardSet::ALL);
}

#[test]
fn no_form_requires_what_it_cannot_bring() {
    for form in forms() {
        let mechanism = form.run::<Ed25519>();
        assert!(mechanism.brings().without(mechanism.brings()).is_empty(), "{}", form.label());
    }
}

#[test]
fn no_form_holds_a_guard_that_it_does_not_bring_on_a_foreign_credential() {
    let token = agent_serves(run::<Symbolic>("bearer"), &desk());
    let chain = agent_serves(run::<Symbolic>("continuity/K6"), &desk());
    for form in forms() {
        let chains =
            ["continuity", "open-continuity", "capability-chain"].contains(&form.mechanism);
        let foreign = if chains { &token } else { &chain };
        let p = act(form.run(), &desk(), &agent(), foreign);
        let evidence = form.run::<Symbolic>().evidence(&p, &verifier(), &trust());
        assert!(evidence.held.is_empty(), "{}", form.label());
    }
}

const MECHANISMS: [&str; 15] = [
    "ambient",
    "bearer",
    "audience-bearer",
    "mtls-bound",
    "dpop",
    "token-exchange",
    "exchange-dpop",
    "identity-chaining",
    "txn-token",
    "txn-token-wpt",
    "role-chaining",
    "macaroon",
    "biscuit",
    "capability-chain",
    "open-continuity",
];

#[test]
fn labels_name_their_forms() {
    for form in forms() {
        assert_eq!(Form::labelled(&form.label()), Some(form));
    }
    let labels: Vec<_> = forms().map(Form::label).collect();
    let profiles = (0..7).map(|k| format!("continuity/K{k}"));
    let expected: Vec<_> = MECHANISMS
        .iter()
        .flat_map(|mechanism| [(*mechanism).to_owned(), format!("{mechanism}/strong")])
        // The specification offers no stronger deployment.
        .filter(|label| label != "mtls-bound/strong")
        .chain(profiles)
        .collect();
    assert_eq!(labels, expected);
}

/// The subject of a token is accountable, whoever acts.
#[test]
fn a_token_says_on_whose_behalf() {
    for label in ["bearer", "dpop"] {
        let mechanism = run::<Symbolic>(label);
        let p = act(mechanism, &desk(), &agent(), &agent_serves(mechanism, &desk()));
        let evidence = mechanism.evidence(&p, &verifier(), &trust());
        assert_eq!(evidence.anchor, Some(IdentityId::new("alice")));
    }
}

#[test]
fn cargo_is_refused_by_a_mechanism_that_cannot_use_it() {
    let task = agent_serves(run::<Symbolic>("bearer"), &desk());
    let cargo = Cargo::Credential(task.spill().clone());
    let parcel = Parcel { cargo, errand: task.errand().clone(), delivery: None };
    let mechanism = run::<Symbolic>("continuity/K6");
    let refusal = mechanism.take(&desk(), &agent(), &parcel, K6, NOW).expect_err("a refusal");
    assert_eq!(refusal, Refusal::Unusable);
}
