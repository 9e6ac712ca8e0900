//! Policies compared over executions: what differs, by which edit, and what is the same.

use std::sync::atomic::AtomicBool;
use whoacts_checker::experiment::diff::{Diff, Verdict, diff};
use whoacts_checker::suite::{Error, Options, vocabulary};
use whoacts_scenarios::{Case, Library, PolicyFile, parse_policy};

fn story(id: &str) -> Vec<Case> {
    let library = Library::builtin(&vocabulary()).expect("the library");
    library.cases.into_iter().filter(|case| case.scenario.id == id).collect()
}

fn options(threads: usize) -> Options {
    Options { threads, ..Options::default() }
}

fn compare(cases: &[Case], old: &PolicyFile, new: &PolicyFile, options: &Options) -> Diff {
    diff(cases, old, new, options, &|_| {}, &AtomicBool::new(false)).expect("a comparison")
}

fn builtin(name: &str) -> PolicyFile {
    PolicyFile::builtin(name, &vocabulary()).expect("it is built in").expect("it is right")
}

/// The built-in policy with a text changed.
fn changed(name: &str, from: &str, to: &str) -> PolicyFile {
    let PolicyFile { text, .. } = builtin(name);
    assert!(text.contains(from), "{text}");
    let text = text.replace(from, to);
    let policy = parse_policy("changed.toml", "changed", text.as_bytes(), &vocabulary());
    PolicyFile { policy: policy.expect("a policy"), text, file: "changed.toml".to_owned() }
}

const ALL_BUT_EFFECTS: &str = r#"resource = ["root-signed", "root-anchored", "root-mandated", "root-guarded", "role-anchored",
    "attested", "attestation-fresh", "key-attested", "linked", "handed-off", "eligible", "attenuated", "prefix-verified",
    "in-authority", "holder", "request-bound", "intent-bound", "audience", "unexpired", "within-hops", "not-revoked"]"#;

#[test]
fn every_policy_is_equivalent_to_itself() {
    for case in Library::builtin(&vocabulary()).expect("the library").cases {
        let policy = builtin(&case.scenario.policy);
        let options = Options { threads: 1, ..Options::for_case(&case) };
        let found = compare(std::slice::from_ref(&case), &policy, &policy, &options);
        assert_eq!(found.verdict, Verdict::Equivalent, "{}", case.scenario.id);
        assert!(found.rows.iter().map(|row| row.reached.0).sum::<usize>() > 0);
    }
}

#[test]
fn what_one_direction_allows_the_other_denies() {
    let cases = story("article/shared-pool");
    let (old, new) = (builtin("shared-server"), changed("shared-server", ", \"delete api\"", ""));
    let (there, back) =
        (compare(&cases, &old, &new, &options(1)), compare(&cases, &new, &old, &options(1)));
    let effects = |witnesses: &[whoacts_checker::experiment::diff::Witness]| {
        witnesses.iter().map(|w| w.effect.clone()).collect::<Vec<_>>()
    };
    assert_eq!(effects(&there.denied), effects(&back.allowed));
    assert_eq!(effects(&there.allowed), effects(&back.denied));
    assert_eq!(there.unserved.len(), back.served.len());
}

/// Nobody does anything that nobody could do before, only more often: no request tells the two apart.
#[test]
fn an_attack_by_repetition_is_found_without_a_new_request() {
    let cases = story("article/shared-pool");
    let old = builtin("shared-server");
    let new = changed("shared-server", "resource = [\"all\"]", ALL_BUT_EFFECTS);
    let found = compare(&cases, &old, &new, &options(1));
    assert!(found.allowed.is_empty() && found.denied.is_empty());
    let attacks: Vec<&str> = found.attacks.iter().map(|attack| attack.property).collect();
    // A recording that counts again is an artefact that buys something.
    assert_eq!(attacks, ["theft-contained", "multiplicity"]);
    assert_eq!(found.verdict, Verdict::MorePermissive);
    let blamed = |at: &usize| found.edits[*at].sentence.as_str();
    let lines: Vec<&str> = found.attacks[1].edits.iter().map(blamed).collect();
    assert_eq!(lines, ["no longer requires `within-effects` at resources"]);
}

#[test]
fn threads_change_nothing() {
    let cases: Vec<Case> =
        [story("article/shared-pool"), story("lifecycle/deadline"), story("article/required-role")]
            .concat();
    let old = builtin("shared-server");
    let new = changed("shared-server", "resource = [\"all\"]", ALL_BUT_EFFECTS);
    let forms = Some(vec!["continuity".to_owned(), "dpop".to_owned()]);
    let with = |threads| Options { forms: forms.clone(), ..options(threads) };
    let one = compare(&cases, &old, &new, &with(1));
    assert_eq!(one, compare(&cases, &old, &new, &with(2)));
    assert_eq!(one, compare(&cases, &old, &new, &with(8)));
}

#[test]
fn a_limit_is_inconclusive_and_claims_nothing() {
    let cases = story("article/shared-pool");
    let new = changed("shared-server", "resource = [\"all\"]", ALL_BUT_EFFECTS);
    let mut limited = Options { max_states: Some(1), ..options(1) };
    limited.reductions.saturate = false;
    let found = compare(&cases, &builtin("shared-server"), &new, &limited);
    assert_eq!(found.verdict, Verdict::Inconclusive);
    assert!(found.allowed.is_empty() && found.attacks.is_empty());
}

/// Plain search gives the shortest executions; the reductions change neither what differs nor the lines.
#[test]
fn reductions_do_not_change_what_differs() {
    let cases = story("capacity/same-role-name-other-tenant");
    let old = builtin("company");
    let new = changed(
        "company",
        "role = \"authorized-workload\"\nidentities = [\"acme\"]",
        "role = \"authorized-workload\"\nidentities = [\"acme\", \"globex\"]",
    );
    let one = |key: &str| (format!("bounds.{key}"), "1".to_owned());
    let set = vec![one("executions"), one("replicas"), one("hops")];
    let adversary = vec!["-log-leak".to_owned(), "-observe".to_owned()];
    let small = Options { set, adversary, ..options(1) };
    let mut plain = small.clone();
    plain.reductions.saturate = false;
    let reduced = compare(&cases, &old, &new, &small);
    let plain = compare(&cases, &old, &new, &plain);
    let all = |found: &Diff| {
        let allowed = found.allowed.iter().map(|w| (w.effect.clone(), w.edits.clone()));
        let mut attacks: Vec<_> =
            found.attacks.iter().map(|a| (a.property, a.edits.clone())).collect();
        attacks.sort_unstable();
        (found.verdict, allowed.collect::<Vec<_>>(), attacks)
    };
    assert_eq!(all(&reduced), all(&plain));
    assert!(!plain.attacks.is_empty());
    assert!(plain.allowed.iter().all(|witness| witness.trace.quality == "shortest"));
}

#[test]
fn what_does_not_exist_is_said() {
    let policy = builtin("company");
    let none = Options { filter: Some("no such story".to_owned()), ..options(1) };
    let cases = story("article/shared-pool");
    let found = diff(&cases, &policy, &policy, &none, &|_| {}, &AtomicBool::new(false));
    assert!(matches!(found, Err(Error::Vacuous(_))));
}
