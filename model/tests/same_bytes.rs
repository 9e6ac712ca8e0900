//! One honest run under both providers: every record has the same digest, every message the same meaning.

mod common;

use common::*;
use whoacts_model::crypto::{Crypto, Digest, Ed25519, PublicKey, Symbolic};
use whoacts_model::evidence::Evidence;
use whoacts_model::execution::{Chain, Request};
use whoacts_model::guard::GuardSet;
use whoacts_model::mechanism::{Form, Mechanism, Next, Party, Start, forms};
use whoacts_model::name::{Nonce, ServiceId};
use whoacts_model::presentation::{Credential, Presentation};
use whoacts_model::runtime::Task;
use whoacts_model::wire::Object;
use whoacts_model::{Guard, decide, verify};

/// Everything that a run leaves behind, in the order of its making.
#[derive(Debug, PartialEq, Eq)]
struct Run {
    records: Vec<(&'static str, Digest)>,
    keys: Vec<PublicKey>,
    evidence: Evidence,
}

/// The plan's run through the runtime: each hand-off taken by its executor, under every guard that the form brings.
fn through_the_runtime<C: Provider>(plan: &Plan<C>, form: &Form) -> Presentation<C> {
    let (desk, mechanism): (_, &dyn Mechanism<C>) = (desk(), form.run());
    let anchored = plan.chain().root;
    let start = Start {
        execution: 1,
        origin: plan.origin.clone(),
        authority: plan.authority.clone(),
        until: plan.envelope.not_after,
        handed: plan.authority.clone(),
        envelope: plan.envelope.clone(),
        context: anchored.context.clone(),
        trigger: anchored.trigger.clone(),
        to: Some(ServiceId::new("agent")),
        last: None,
        purpose: None,
        audience: None,
    };
    let root = anchored.root.digest();
    let errand = |task| Request { task, ..request(root, plan.request, 0) };
    let first = Task::start(mechanism, &desk, &plan.starter, &start, errand);
    let intent = first.errand().digest();
    let last = plan.hops.iter().fold(first, |task, hop| {
        let next = Next {
            authority: hop.authority.clone(),
            contract: hop.contract.clone(),
            intents: Some([intent].into()),
            to: ServiceId::new("agent"),
            keys: Vec::new(),
        };
        let parcel = task.serve(|c| c.hand_over(mechanism, &hop.from, &next));
        Task::take(mechanism, &desk, &hop.to, &parcel, GuardSet::ALL, NOW)
            .expect("an honest parcel")
    });
    let nonce = Nonce::new("n1");
    last.serve(|c| c.act(mechanism, &desk, &plan.presenter, verifier(), nonce))
}

fn shown<C: Crypto>(records: &mut Vec<(&'static str, Digest)>, party: &Party<C>) {
    if let Some(attested) = party.attested.as_deref() {
        records.push(("attestation", attested.digest()));
        records.extend(attested.grants.iter().map(|grant| ("role grant", grant.digest())));
    }
}

fn path<C: Crypto>(records: &mut Vec<(&'static str, Digest)>, chain: &Chain<C>) {
    records.push(("root", chain.root.root.digest()));
    records.extend(chain.root.context.as_deref().map(|grant| ("context grant", grant.digest())));
    records.extend(chain.root.trigger.as_deref().map(|trigger| ("trigger", trigger.digest())));
    for link in &chain.links {
        records.push(("hand-off", link.offer.record.digest()));
        records.push(("continuation", link.step.digest()));
        records.extend(link.rekeys.iter().map(|rekey| ("re-key", rekey.digest())));
    }
    records.push(("path", chain.path()));
}

fn run<C: Provider>(plan: &Plan<C>, p: &Presentation<C>, form: &Form) -> Run {
    let mut records = Vec::new();
    shown(&mut records, &plan.starter);
    for hop in &plan.hops {
        shown(&mut records, &hop.to);
    }
    match &p.credential {
        Credential::Chain(chain) => path(&mut records, chain),
        other => records.push(("credential", other.tip())),
    }
    records.push(("request", p.request.digest()));
    records.extend(p.proof.as_deref().map(|proof| ("proof", proof.digest())));
    records.extend(p.receipt.as_deref().map(|receipt| ("receipt", receipt.digest())));
    let keys = plan.hops.iter().map(|hop| hop.to.public).chain([plan.starter.public]).collect();
    let mechanism: &dyn Mechanism<C> = form.run();
    Run { records, keys, evidence: mechanism.evidence(p, &verifier(), &plan.trust) }
}

fn plans<C: Crypto>() -> [Make<C>; 6] {
    [two_hops, role_root, context_root, bare_key, anonymous, || max_age(50)]
}

#[test]
fn the_same_run_has_the_same_digests_and_evidence_under_both_cryptos() {
    for form in forms().filter(|form| form.mechanism == "continuity") {
        for (symbolic, concrete) in plans::<Symbolic>().into_iter().zip(plans::<Ed25519>()) {
            let (left, right) = (symbolic(), concrete());
            let (p, q) = (through_the_runtime(&left, form), through_the_runtime(&right, form));
            let (left, right) = (run(&left, &p, form), run(&right, &q, form));
            assert_eq!(left, right, "{}", form.label());
            assert!(left.records.len() >= 10, "the run is not a trivial one: {left:?}");
        }
    }
}

#[test]
fn so_has_a_bearer_token() {
    let form = Form::labelled("bearer").expect("a form");
    let (left, right) = (two_hops::<Symbolic>(), two_hops::<Ed25519>());
    let (p, q) = (through_the_runtime(&left, form), through_the_runtime(&right, form));
    assert_eq!(run(&left, &p, form), run(&right, &q, form));
}

/// Also where keys were replaced, and signatures went through their bytes.
#[test]
fn so_has_what_went_over_the_wire() {
    let form = Form::labelled("continuity/K6").expect("a form");
    let (left, right) = (rekeyed::<Symbolic>(), rekeyed::<Ed25519>());
    let (p, q) = (Symbolic::sent(left.presentation()), Ed25519::sent(right.presentation()));
    let (left, right) = (run(&left, &p, form), run(&right, &q, form));
    assert!(left.records.iter().any(|(kind, _)| *kind == "re-key"));
    assert_eq!(left, right);
}

/// The tests' own plan signs what the runtime signs, so that the conformance table speaks about real traffic.
#[test]
fn a_plan_is_what_the_runtime_makes_of_it() {
    let form = Form::labelled("continuity/K6").expect("a form");
    for plan in plans::<Ed25519>() {
        let plan = plan();
        let (made, planned) = (through_the_runtime(&plan, form), plan.presentation());
        assert_eq!(made.to_bytes(), planned.to_bytes());
        assert_eq!(plan.judge(K6), Ok(()));
    }
}

/// An executor whose own attestation has ended is not the fresh successor that was asked for.
#[test]
fn an_executor_takes_nothing_with_a_stale_attestation() {
    let mut plan = two_hops::<Symbolic>();
    let mut stated = statement("relay-1", &["relay"]);
    stated.not_after = NOW - 1;
    plan.hops[1].to = showing("relay-1", stated);
    let chain = plan.chain();
    let evidence = verify::chain(&chain, None, verify::Prefix::Verified, &plan.trust);
    let denial =
        decide(&evidence, Guard::HOP, &Mock::at(NOW)).map(|_| ()).expect_err("it is stale");
    assert_eq!(denial.failing, only(Guard::AttestationFresh));
}
