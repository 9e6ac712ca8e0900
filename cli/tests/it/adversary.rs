//! One judge for an adversary in a file, on the command line and in a trace; old names; what an engine cannot honour.

use crate::tool::{Folder, Ran, command, ran, whoacts};
use serde_json::Value;

const STORY: [&str; 6] =
    ["--filter", "article/shared-pool", "--mechanism", "bearer", "--property", "custody"];

fn check(more: &[&str]) -> Ran {
    whoacts(&[&["check", "--format", "json"], &STORY[..], more].concat())
}

/// Exit code 2, nothing on standard output, and a complaint with this in it.
fn refused(ran: &Ran, said: &str) {
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{said}: {}", ran.stderr);
    assert!(ran.stderr.contains(said), "{said}: {}", ran.stderr);
}

fn results(ran: &Ran) -> Vec<Value> {
    let run: Value = serde_json::from_str(&ran.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}{}", ran.stdout, ran.stderr));
    run["results"].as_array().expect("results").clone()
}

#[test]
fn the_flag_is_judged_as_the_file_is() {
    refused(
        &check(&["--adversary", "+steal-pool-key"]),
        "`steal-pool-key` is not told where it applies",
    );
    refused(&check(&["--adversary", "+forget"]), "there is no `restart` here");
    refused(&check(&["--adversary", "+inject"]), "the adversary has `inject` anyway");
    refused(
        &check(&["--adversary=-clock-skew"]),
        "the adversary does not have `clock-skew` anyway",
    );
    assert_eq!(results(&check(&["--adversary", "+confuse"])).len(), 1);
}

#[test]
fn a_trace_is_judged_as_the_file_is() {
    let folder = Folder::new("trace-adversary");
    let saved = check(&["--save-traces", folder.path()]);
    assert_eq!(saved.code, 0, "{}", saved.stderr);
    let file = std::fs::read_dir(folder.path()).expect("a folder").next().expect("a trace");
    let path = file.expect("a file").path();
    let text = std::fs::read_to_string(&path).expect("the trace");
    let mut trace: Value = serde_json::from_str(&text).expect("JSON");
    let mut with = |key: &str, value: Value| {
        let before = trace[key].clone();
        trace[key] = value;
        let path = folder.file("changed.json", trace.to_string());
        trace[key] = before;
        whoacts(&["replay", &path])
    };
    refused(&with("adversary", serde_json::json!(["insidr"])), "no capability is called `insidr`");
    refused(&with("adversary", serde_json::json!(["steal-pool-key"])), "not told where it applies");
    refused(&with("adversary", serde_json::json!([1])), "a list of names");
    refused(&with("property", "agreement".into()), "`agreement` is called `custody` now");
}

#[test]
fn old_names_are_told_with_the_new_ones() {
    for (old, new) in [("agreement", "custody"), ("injective-agreement", "multiplicity")] {
        let said = format!("the property `{old}` is called `{new}` now");
        refused(&whoacts(&["check", "--property", old]), &said);
        refused(&whoacts(&["explain", old]), &said);
    }
    let folder = Folder::new("old-baseline");
    let path = folder.file(
        "known.toml",
        "schema = \"whoacts/baseline/1\"\n[[accept]]\nscenario = \"a/b\"\nmechanism = \"m\"\nadversary = []\nproperty = \"agreement\"\nverdict = \"violated\"\nserved = true\nreason = \"r\"\nexpires = 2999-01-31\nsha256 = \"0\"\n",
    );
    refused(&check(&["--baseline", &path]), "`agreement` is called `custody` now");
}

#[test]
fn stateright_at_a_limit_is_inconclusive() {
    for limit in [["--max-states", "2"], ["--timeout", "0.000001"]] {
        let ran = check(&[&["--engine", "stateright"], &limit[..]].concat());
        assert_eq!(ran.code, 3, "{limit:?}: {}{}", ran.stdout, ran.stderr);
        for result in results(&ran) {
            assert_eq!(result["verdict"], "inconclusive", "{limit:?}");
            assert!(result["served"].is_null(), "what was not reached is unknown: {result}");
        }
    }
}

#[test]
fn what_stateright_cannot_honour_is_refused() {
    let oracle = |more: &[&str]| check(&[&["--engine", "stateright"], more].concat());
    refused(&oracle(&["--memory", "1GB"]), "--memory needs --engine layered");
    refused(&oracle(&["--stuck"]), "--stuck needs --engine layered");
    refused(&oracle(&["--set", "bounds.hops=2"]), "--set needs --engine layered");
}

#[test]
fn a_verdict_says_what_it_rests_on_and_explain_knows_each() {
    let ran = whoacts(&[
        "check",
        "--filter",
        "article/shared-pool",
        "--mechanism",
        "bearer,continuity/K0,continuity/K4",
        "--format",
        "json",
    ]);
    for result in results(&ran) {
        let names: Vec<&str> = result["assumptions"]
            .as_array()
            .expect("a list")
            .iter()
            .filter_map(Value::as_str)
            .collect();
        let has = |name: &str| names.contains(&name);
        let profile = result["profile"].as_str();
        let lag =
            result["adversary"].as_array().expect("a list").iter().any(|c| c == "revocation-lag");
        let confuse =
            result["adversary"].as_array().expect("a list").iter().any(|c| c == "confuse");
        assert_eq!(has("A1"), !confuse, "{names:?}");
        assert_eq!(has("settlement"), profile == Some("K0"), "{names:?}");
        assert_eq!(
            has("revocation:none"),
            profile.is_none(),
            "a bearer token is not looked up: {names:?}"
        );
        assert_eq!(has("revocation:instant"), profile.is_some() && !lag, "{names:?}");
        assert!(has("registry") && has("tls"), "{names:?}");
        for name in names {
            let told = whoacts(&["explain", name]);
            assert!(
                told.code == 0 && told.stdout.starts_with("assumption "),
                "{name}: {}",
                told.stderr
            );
        }
    }
    let both = whoacts(&["explain", "ledger"]);
    assert_eq!(both.stdout.matches("assumption ledger:").count(), 2, "{}", both.stdout);
}

/// A story without a row pins nothing, and what cannot happen in it is unexpected all the same.
#[test]
fn a_story_that_cannot_happen_is_red_and_says_why() {
    let folder = Folder::new("unserved");
    assert_eq!(
        ran(command(&["init"]).current_dir(folder.path()).output().expect("it runs")).code,
        0
    );
    let read =
        |name: &str| std::fs::read_to_string(format!("{}/{name}", folder.path())).expect("it");
    let story = read("stories/report.toml");
    let (before, _) = story.split_once("[[expect]]").expect("it expects something");
    folder.file("stories/report.toml", before);
    let args = ["check", "stories", "--mechanism", "continuity/K4"];
    let within = || ran(command(&args).current_dir(folder.path()).output().expect("it runs"));
    let good = within();
    assert_eq!(good.code, 0, "{}{}", good.stdout, good.stderr);
    let policy = read("stories/policies/team.toml");
    let (first, rest) = policy.split_once("[[mandate]]").expect("a mandate");
    let after = rest.split_once("\n[[").map_or("", |(_, after)| after);
    folder.file("stories/policies/team.toml", format!("{first}[[{after}"));
    let bad = within();
    assert_eq!(bad.code, 1, "{}{}", bad.stdout, bad.stderr);
    for said in
        ["error[served]", "this story cannot happen: the flow `report` ends", "root-mandated"]
    {
        assert!(bad.stdout.contains(said), "{said}: {}", bad.stdout);
    }
    assert!(bad.stdout.contains("(✓)") || bad.stdout.contains('·'), "{}", bad.stdout);
}
