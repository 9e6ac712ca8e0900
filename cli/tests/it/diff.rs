//! `whoacts diff` on the three policy changes that are shipped.

use crate::tool::{Folder, Ran, whoacts};
use serde_json::Value;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../scenarios/examples/policy-change");

fn file(name: &str) -> String {
    format!("{FOLDER}/{name}.toml")
}

fn diff(new: &str, more: &[&str]) -> Ran {
    let (old, new) = (file("base"), file(new));
    whoacts(&[&["diff", old.as_str(), new.as_str()], more].concat())
}

fn machine(new: &str) -> Value {
    serde_json::from_str(&diff(new, &["--format", "json"]).stdout).expect("JSON")
}

fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value[key].as_array().expect("a list")
}

/// The text of the line that a place names, from its column on.
fn at(place: &Value) -> String {
    let text = std::fs::read_to_string(place["file"].as_str().expect("a file")).expect("its text");
    let number = |key: &str| place[key].as_u64().expect("a number") as usize - 1;
    text.lines().nth(number("line")).expect("the line").chars().skip(number("col")).collect()
}

#[test]
fn the_refactoring_is_harmless() {
    let ran = diff("refactor", &[]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{}", ran.stdout);
    assert!(ran.stdout.starts_with("equivalent: `refactor` allows the same executions as `base`"));
    let found = machine("refactor");
    assert_eq!(found["verdict"], "equivalent");
    for key in ["allowed", "denied", "attacks", "closed", "unserved", "served"] {
        assert_eq!(found[key], Value::Array(Vec::new()), "{key}");
    }
    // It is no mere copy: clauses differ, and none of them matters here.
    let edits = list(&found, "edits");
    assert!(!edits.is_empty() && edits.iter().all(|edit| edit["decisive"] == false));
    assert_eq!(diff("refactor", &["--fail-on", "any"]).code, 0);
}

#[test]
fn the_widening_opens_an_attack() {
    let ran = diff("widening", &[]);
    assert_eq!((ran.code, ran.stderr.as_str()), (1, ""), "{}", ran.stdout);
    for said in [
        "more-permissive: `widening` allows executions that `base` denies, the adversary's own among them, and opens an attack",
        "error[custody]: `tenant_01` acts as `alice`, who never handed it this execution",
        "identities = [\"acme\", \"globex\"]\n    |                       ^^^^^^^^ believes `globex`",
        "confirmed under Ed25519",
        "alice → tenant: read ledger",
        "under `base` `role-anchored` denies the request",
    ] {
        assert!(ran.stdout.contains(said), "{said}: {}", ran.stdout);
    }
    let found = machine("widening");
    assert_eq!(found["verdict"], "more-permissive");
    let attacks = list(&found, "attacks");
    let broken: Vec<&Value> = attacks.iter().map(|attack| &attack["property"]).collect();
    // The tenant really has the facts that the story asks for: it stole nothing.
    assert_eq!(broken, ["custody"]);
    for attack in attacks {
        assert_eq!(attack["length"], list(&attack["trace"], "steps").len());
        assert!(at(&list(attack, "lines")[0]["new"]).starts_with("\"globex\"]"));
    }
    assert_eq!(list(&found, "denied").len(), 0);
}

#[test]
fn a_witness_has_the_keys_of_the_contract() {
    let found = machine("widening");
    let [witness] = list(&found, "allowed") else { panic!("one witness: {found}") };
    let request = serde_json::json!({
        "root": "alice", "actor": "tenant_01", "action": "read", "resource": "ledger"
    });
    assert_eq!(witness["request"], request);
    assert_eq!(witness["scenario"], "policy-change/story");
    assert_eq!(witness["confirmed"], "ed25519");
    let kinds: Vec<&Value> = list(witness, "moves").iter().map(|step| &step["kind"]).collect();
    assert_eq!(kinds, ["start", "observe", "accept"]);
    assert_eq!(witness["otherwise"], "`role-anchored` denies the request");
    for key in ["bounds", "adversary", "assumptions", "environments"] {
        assert!(!found[key].is_null(), "{key}");
    }
    let guests = list(&found, "environments").iter().find(|row| row["environment"] == "guests");
    assert_eq!(guests.expect("a row")["allowed"], 1);
}

#[test]
fn the_tightening_breaks_what_was_served() {
    let ran = diff("tightening", &[]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{}", ran.stdout);
    assert!(ran.stdout.starts_with("less-permissive: "), "{}", ran.stdout);
    assert!(ran.stdout.contains("no longer served\n  report"), "{}", ran.stdout);
    let found = machine("tightening");
    let [lost] = list(&found, "unserved") else { panic!("one good end: {found}") };
    assert_eq!(lost["what"], "report");
    let [denied] = list(&found, "denied") else { panic!("one effect: {found}") };
    assert_eq!(
        (&denied["request"]["root"], &denied["request"]["action"]),
        (&"alice".into(), &"read".into())
    );
    assert_eq!(denied["otherwise"], "`root-mandated` denies the request");
    // Paying was taken away, and reading is what stops.
    let line = &list(denied, "lines")[0];
    assert!(at(&line["old"]).starts_with("\"pay ledger\"]"));
    assert!(at(&line["new"]).starts_with("\"read ledger\"]"));
    assert_eq!(list(&found, "attacks").len() + list(&found, "allowed").len(), 0);
}

#[test]
fn fail_on_decides_what_else_is_red() {
    for (new, on, code) in [
        ("widening", "less-permissive", 1),
        ("widening", "more-permissive", 1),
        ("tightening", "more-permissive", 0),
        ("tightening", "less-permissive", 1),
        ("tightening", "any", 1),
    ] {
        assert_eq!(diff(new, &["--fail-on", on]).code, code, "{new} {on}");
    }
    // Without the insider nobody uses what Globex may now grant: more is not allowed, and no attack opens.
    let quiet = diff("widening", &["--adversary=-insider", "--fail-on", "any"]);
    assert_eq!(quiet.code, 0, "{}", quiet.stdout);
}

#[test]
fn the_form_matters() {
    // A bearer token does not ask who continues, so there is nothing to widen.
    let ran = diff("widening", &["--mechanism", "bearer", "--format", "json"]);
    let found: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    assert_eq!((ran.code, found["verdict"].as_str()), (0, Some("equivalent")), "{}", ran.stdout);
}

#[test]
fn a_limit_is_inconclusive() {
    let ran = diff("widening", &["--max-states", "1", "--reduce", "none"]);
    assert_eq!(ran.code, 3, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.starts_with("inconclusive: "), "{}", ran.stdout);
}

#[test]
fn the_same_bytes_at_any_number_of_threads() {
    for format in ["pretty", "json", "markdown"] {
        let with = |threads: &str| diff("widening", &["--format", format, "--threads", threads]);
        assert_eq!(with("1").stdout, with("3").stdout, "{format}");
    }
}

#[test]
fn markdown_is_for_a_comment() {
    let ran = diff("widening", &["--format", "markdown"]);
    for said in [
        "### more-permissive\n",
        "Responsible:\n\n- `",
        "| guests | continuity/K5 | 1 | 2 | 1 | 0 | 1 |",
    ] {
        assert!(ran.stdout.contains(said), "{said}: {}", ran.stdout);
    }
}

#[test]
fn stories_and_policies_are_told_apart() {
    // A story stands for the policy that it names, and comes along.
    let (story, widening) = (file("story"), file("widening"));
    assert_eq!(whoacts(&["diff", &story, &widening]).code, 1);
    // A built-in name is a policy too, and its stories are those under it.
    let ran = whoacts(&["diff", "company", "company", "--format", "json"]);
    let found: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    assert_eq!((ran.code, found["verdict"].as_str()), (0, Some("equivalent")));
    assert!(list(&found, "runs").len() > 3);
}

#[test]
fn mistakes_have_code_2_and_nothing_to_run_has_code_4() {
    let folder = Folder::new("diff");
    let broken = folder.file("broken.toml", "schema = \"whoacts/policy/1\"\n");
    let base = file("base");
    for args in [
        vec!["diff", base.as_str()],
        vec!["diff", base.as_str(), broken.as_str()],
        vec!["diff", base.as_str(), "no-such-file.toml"],
        vec!["diff", base.as_str(), base.as_str(), "--engine", "stateright"],
        vec!["diff", base.as_str(), base.as_str(), "--format", "sarif"],
        vec!["diff", base.as_str(), base.as_str(), "--fail-on", "everything"],
    ] {
        let ran = whoacts(&args);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{args:?}: {}", ran.stderr);
    }
    let filtered = whoacts(&["diff", &base, &base, "--filter", "no/such/story"]);
    assert_eq!(filtered.code, 4, "{}", filtered.stderr);
    // A name that is misspelt beside the story is an error in the policy, with its place.
    let text = std::fs::read_to_string(&base).expect("the policy");
    let slip = folder.file("slip.toml", text.replace("\"alice\"", "\"alise\""));
    let ran = whoacts(&["diff", &base, &slip, FOLDER]);
    assert_eq!(ran.code, 2, "{}", ran.stdout);
    assert!(ran.stderr.contains("did you mean `alice`?"), "{}", ran.stderr);
}
