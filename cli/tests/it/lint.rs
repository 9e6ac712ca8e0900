//! `whoacts lint`: for each lint a file that triggers it and one that does not.

use crate::tool::{Folder, Ran, whoacts};
use serde_json::Value;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../scenarios/examples/policy-change");

/// The example's story and its policy, each with texts replaced, looked at under one form.
fn lint(name: &str, policy: &[(&str, &str)], story: &[(&str, &str)]) -> Ran {
    let folder = Folder::new(name);
    write(&folder, "base.toml", policy);
    write(&folder, "story.toml", story);
    whoacts(&["lint", folder.path(), "--mechanism", "continuity/K5", "--format", "json"])
}

fn write(folder: &Folder, file: &str, changes: &[(&str, &str)]) {
    let mut text = std::fs::read_to_string(format!("{FOLDER}/{file}")).expect("the example");
    for (from, to) in changes {
        assert!(text.contains(from), "{file} has no {from}");
        text = text.replacen(from, to, 1);
    }
    folder.file(file, text);
}

/// Code, line and message of what was found.
fn found(ran: &Ran) -> Vec<(String, u64, String)> {
    let value: Value = serde_json::from_str(&ran.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}{}", ran.stdout, ran.stderr));
    assert_eq!(value["schema"], "whoacts/lint/1");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let findings = value["findings"].as_array().expect("findings");
    let one = |f: &Value| {
        (text(&f["code"]), f["span"]["line"].as_u64().expect("a line"), text(&f["message"]))
    };
    findings.iter().map(one).collect()
}

/// Exactly one finding, with this code and this in its message.
fn only(ran: &Ran, code: &str, said: &str) {
    let all = found(ran);
    let [(one, _, message)] = all.as_slice() else { panic!("{code}: {all:?}") };
    assert_eq!((one.as_str(), ran.code), (code, 1), "{message}");
    assert!(message.contains(said), "{message}");
}

const MANDATE: &str = "[[mandate]]\nidentity = \"alice\"";
const ANCHOR: &str = "[[anchor]]\nrole = \"report-worker\"\nidentities = [\"acme\"]";

#[test]
fn what_is_meant_has_no_findings() {
    let ran = lint("clean", &[], &[]);
    assert_eq!((ran.code, found(&ran)), (0, Vec::new()));
    let ran = whoacts(&["lint", FOLDER]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "nothing found in 1 story\n"));
}

#[test]
fn a_role_that_creates_needs_an_anchor() {
    let creates = format!(
        "[[mandate]]\nrole = \"report-worker\"\nmay_create = [\"read ledger\"]\n\n{MANDATE}"
    );
    let other = ANCHOR.replace("report-worker", "auditor");
    let ran = lint("anchor", &[(MANDATE, &creates), (ANCHOR, &other)], &[]);
    only(
        &ran,
        "role-without-anchor",
        "the role `report-worker` may create, and nobody may anchor it",
    );
    assert_eq!(found(&lint("anchored", &[(MANDATE, &creates)], &[])), []);
}

#[test]
fn an_identifier_is_no_principal() {
    let with = |name: &str| format!("identities = [\"acme\", \"{name}\"]");
    for name in ["worker", "worker_01", "spiffe://acme/worker"] {
        let ran = lint("principal", &[("identities = [\"acme\"]", &with(name))], &[]);
        only(&ran, "identifier-as-principal", name);
    }
    assert_eq!(found(&lint("identity", &[("identities = [\"acme\"]", &with("mallory"))], &[])), []);
}

#[test]
fn authority_needs_a_root_and_a_mandate_somebody_who_uses_it() {
    let flow = (
        "[\"read ledger\", \"pay ledger\"]\nrequest",
        "[\"read ledger\", \"list ledger\"]\nrequest",
    );
    let ran = lint("rootless", &[], &[flow]);
    only(&ran, "authority-without-root", "the identity `alice` may not create `list ledger`");
    let nobody =
        format!("[[mandate]]\nidentity = \"zoe\"\nmay_create = [\"read ledger\"]\n\n{MANDATE}");
    let ran = lint("nobody", &[(MANDATE, &nobody)], &[]);
    only(&ran, "authority-without-root", "no story here has the identity `zoe`");
    let ran = lint("nothing", &[("\"list ledger\"", "\"list ledger\", \"erase archive\"")], &[]);
    only(
        &ran,
        "authority-without-root",
        "no story here has a resource `archive` that knows `erase`",
    );
    // What must be refused is meant to exceed its mandate.
    let refused = ("id = \"report\"", "id = \"report\"\nrefused = true");
    assert_eq!(found(&lint("refused", &[], &[flow, refused])), []);
}

#[test]
fn an_attestation_grants_nothing() {
    let context = "[[context]]\nid = \"reports\"\nenvironment = \"reports\"\noperator = \"acme\"\ndomain = \"acme\"\n\
        may_create = [\"read ledger\"]\n\n[[pool]]\nid = \"worker\"";
    let story = ("[[pool]]\nid = \"worker\"", context);
    let creates =
        format!("[[mandate]]\ncontext = \"reports\"\nmay_create = [\"read ledger\"]\n\n{MANDATE}");
    let operator =
        format!("[[operator]]\nenvironment = \"reports\"\nidentities = [\"acme\"]\n\n{creates}");
    let ran = lint("grants", &[(MANDATE, &creates)], &[story]);
    only(
        &ran,
        "attestation-grants",
        "the environment `reports` may create, and nobody is trusted to operate it",
    );
    assert_eq!(found(&lint("operated", &[(MANDATE, &operator)], &[story])), []);
    // An operator who is named and of whom no proof is required is as good as none.
    let named = ("resource = [\"all\"]", "resource = [\"handed-off\"]");
    let ran = lint("unproven", &[(MANDATE, &operator), named], &[story]);
    assert!(found(&ran).iter().any(|(code, ..)| code == "attestation-grants"), "{}", ran.stdout);
}

#[test]
fn a_guard_that_is_named_has_to_decide_somewhere() {
    let resource = |guards: &str| format!("resource = [{guards}]");
    let all = "\"root-signed\", \"root-anchored\", \"root-mandated\", \"role-anchored\", \"attested\", \"key-attested\", \
        \"linked\", \"handed-off\", \"eligible\", \"attenuated\", \"prefix-verified\", \"in-authority\", \"holder\", \
        \"request-bound\", \"single-use\", \"within-effects\", \"not-revoked\"";
    let ran = lint("guards", &[("resource = [\"all\"]", &resource(all))], &[]);
    let said: Vec<String> =
        found(&ran).into_iter().map(|(code, _, message)| format!("{code} {message}")).collect();
    let never = |guard: &str| {
        said.iter()
            .any(|said| said.starts_with(&format!("guard-never-decides `{guard}` denies nothing")))
    };
    assert!(never("not-revoked"), "nobody revokes anything: {said:?}");
    assert!(!never("handed-off") && !never("role-anchored"), "these stop attacks here: {said:?}");
    let ran = lint(
        "unbrought",
        &[("resource = [\"all\"]", &resource(&format!("{all}, \"intent-bound\"")))],
        &[],
    );
    let unbrought = "`intent-bound` is asked of mechanisms that bring no evidence for it";
    assert!(found(&ran).iter().any(|(.., said)| said.starts_with(unbrought)), "{}", ran.stdout);
}

#[test]
fn one_name_is_one_concept() {
    let ran = lint("name", &[], &[("environment = \"reports\"", "environment = \"worker\"")]);
    only(
        &ran,
        "one-name-two-concepts",
        "`worker` is a pool of instances and an attested environment",
    );
    let ran = lint("names", &[], &[("environment = \"reports\"", "environment = \"workers\"")]);
    assert_eq!(found(&ran), []);
}

#[test]
fn a_contract_is_as_wide_as_the_work() {
    let narrow =
        "class = { role = \"report-worker\", domain = \"acme\" }\nauthority = [\"read ledger\"]";
    let wide = "class = { role = \"report-worker\", domain = \"acme\" }\nauthority = [\"read ledger\", \"pay ledger\"]";
    let ran = lint("wide", &[], &[(narrow, wide)]);
    only(
        &ran,
        "contract-wider-than-needed",
        "the last hop of `report` receives `pay ledger`, which it never requests",
    );
    let long = ("id = \"report\"", "id = \"report\"\nmax_hops = 2");
    only(
        &lint("long", &[], &[long]),
        "contract-wider-than-needed",
        "allows 2 hops, and the flow has 1",
    );
    // Executors that choose their requests at run time may need it.
    let dynamic = ("id = \"report\"", "id = \"report\"\ndynamic = true");
    assert_eq!(found(&lint("dynamic", &[], &[(narrow, wide), dynamic])), []);
}

/// The story's own tenant has another anchor for its role; with the one that is trusted it satisfies the contract.
#[test]
fn a_contract_means_one_pool() {
    let folder = Folder::new("tenants");
    write(&folder, "base.toml", &[]);
    write(&folder, "story.toml", &[]);
    let text = std::fs::read_to_string(format!("{}/story.toml", folder.path())).expect("it");
    let shared = text.replace("anchor = \"globex\"", "anchor = \"acme\"");
    assert_ne!(shared, text, "the example has a tenant with a role of its own");
    folder.file("story.toml", shared);
    let ran = whoacts(&["lint", folder.path(), "--mechanism", "continuity/K5", "--format", "json"]);
    let said: Vec<String> =
        found(&ran).into_iter().map(|(code, _, said)| format!("{code} {said}")).collect();
    let wanted =
        "contract-accepts-another-pool the hand-off to `worker` may be taken by `tenant` as well";
    assert!(said.iter().any(|said| said.starts_with(wanted)), "{said:?}");
    assert!(ran.stdout.contains("environment = "), "it says what tells them apart: {}", ran.stdout);
}

#[test]
fn names_differ_to_the_eye() {
    for (name, other) in [("case", "Alice"), ("script", "\\u0430lice")] {
        let more = format!("[[identity]]\nid = \"{other}\"\n\n[[pool]]\nid = \"worker\"");
        let ran = lint(name, &[], &[("[[pool]]\nid = \"worker\"", &more)]);
        let codes: Vec<String> = found(&ran).into_iter().map(|(code, ..)| code).collect();
        assert!(
            codes.iter().all(|code| code == "look-alike-names") && !codes.is_empty(),
            "{codes:?}"
        );
    }
}

#[test]
fn a_comment_allows_and_pretty_explains() {
    let folder = Folder::new("allow");
    write(&folder, "base.toml", &[]);
    let long = "id = \"report\"\nmax_hops = 2";
    write(&folder, "story.toml", &[("id = \"report\"", long)]);
    let args = ["lint", folder.path(), "--mechanism", "continuity/K5"];
    let ran = whoacts(&args);
    for said in [
        "warning[contract-wider-than-needed]: ",
        "max_hops = 2\n",
        "^\n",
        "why  ",
        "instead  ",
        "1 finding in 1 story",
    ] {
        assert!(ran.stdout.contains(said), "{said}: {}", ran.stdout);
    }
    for allowed in [
        format!("{long} # allow(contract-wider-than-needed): the adversary uses it"),
        long.replace(
            '\n',
            "\n# allow(contract-wider-than-needed)\n# because the adversary uses it\n",
        ),
    ] {
        write(&folder, "story.toml", &[("id = \"report\"", &allowed)]);
        assert_eq!(whoacts(&args).code, 0, "{allowed}");
    }
    write(&folder, "story.toml", &[("id = \"report\"", &format!("{long} # allow(another)"))]);
    assert_eq!(whoacts(&args).code, 1);
}

#[test]
fn explain_and_list_know_the_lints() {
    let ran = whoacts(&["explain", "role-without-anchor"]);
    assert_eq!(ran.code, 0);
    assert!(ran.stdout.contains("allow(role-without-anchor)"), "{}", ran.stdout);
    let ran = whoacts(&["list", "lints", "--format", "compact"]);
    assert_eq!(ran.stdout.lines().count(), 9, "{}", ran.stdout);
}
