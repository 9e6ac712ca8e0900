//! What machines read is what their formats say, and no more than they take.

use crate::sample;
use crate::validate::{errors, ours, sarif};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use whoacts_checker::outcome::{Check, Outcome, Verdict};
use whoacts_reports::{Look, Shows, format};

fn rendered(shows: Shows, name: &str, outcome: &Outcome) -> String {
    (format(shows, name).expect("a format").render)(outcome, &Look::default())
}

fn run(name: &str, outcome: &Outcome) -> String {
    rendered(Shows::Run, name, outcome)
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

/// The sample, with an attack that nobody expected and names that need escaping.
fn surprising() -> Outcome {
    let mut outcome = sample::outcome();
    outcome.checks.push(sample::surprise());
    let mut odd = sample::surprise();
    odd.scenario = "odd/<&\"'|%,:\u{1}\n` end".into();
    odd.span.file = "a b/ü%.toml".into();
    if let Some(trace) = &mut odd.trace {
        trace.headline = "]]> \u{0} & <script> \"x\", a: %0A\n| `b`".into();
        trace.lanes[0] = "end".into();
        trace.steps[0].actor = "end".into();
        trace.steps[0].label = "a; b # c".into();
    }
    outcome.checks.push(odd);
    outcome
}

/// 10,000 results, each unexpected.
fn large() -> Outcome {
    let check = |number: usize| {
        let mut check = sample::surprise();
        check.scenario = format!("family-{}/story-{number}", number / 100);
        check.span.line = number as u32 + 1;
        check
    };
    Outcome { checks: (0..10_000).map(check).collect() }
}

/// Attacks with more steps than GitHub shows, and together more than fits.
fn long() -> Outcome {
    let calls = |at: usize| sample::step("alice", Some("api"), &format!("calls {at}"), "");
    let check = |number: usize| {
        let mut check = sample::surprise();
        check.scenario = format!("family/story-{number}");
        if let Some(trace) = &mut check.trace {
            trace.steps = (0..1_500).map(calls).collect();
        }
        check
    };
    Outcome { checks: (0..100).map(check).collect() }
}

/// How many steps each result of a SARIF file shows, where it shows any.
fn steps(value: &Value) -> Vec<usize> {
    let results = value["runs"][0]["results"].as_array().expect("results").iter();
    let flows = results.filter_map(|result| result["codeFlows"].as_array());
    flows
        .map(|flow| flow[0]["threadFlows"][0]["locations"].as_array().expect("steps").len())
        .collect()
}

#[test]
fn long_attacks_show_their_beginning_and_their_end() {
    let text = run("sarif", &long());
    assert!(text.len() < 10_000_000, "{} bytes", text.len());
    let value = parsed(&text);
    assert_eq!(errors(sarif(), &value), None);
    assert_eq!(value["runs"][0]["results"].as_array().map(Vec::len), Some(100));
    let steps = steps(&value);
    assert!(!steps.is_empty() && steps.len() < 100, "all fitted");
    assert!(steps.iter().all(|steps| *steps == 1_000), "{steps:?}");
    let first = &value["runs"][0]["results"][0]["codeFlows"][0]["threadFlows"][0]["locations"];
    assert_eq!(first[500]["location"]["message"]["text"], "… 501 steps …");
    assert_eq!(first[999]["executionOrder"], 1_500);
    let markdown = run("markdown", &long());
    assert!(markdown.len() < 900 * 1024, "{} bytes", markdown.len());
}

#[test]
fn sarif_is_what_the_official_schema_asks_for() {
    let schema = sarif();
    for outcome in [Outcome { checks: Vec::new() }, sample::outcome(), surprising()] {
        let value = parsed(&run("sarif", &outcome));
        assert_eq!(errors(schema.clone(), &value), None);
    }
    let broken = json!({ "version": "2.1.0", "runs": [{ "results": [] }] });
    assert!(errors(schema, &broken).is_some(), "the schema lets everything pass");
}

#[test]
fn a_sarif_result_has_its_rule_its_place_and_its_steps() {
    let value = parsed(&run("sarif", &surprising()));
    let driver = &value["runs"][0]["tool"]["driver"];
    let results = value["runs"][0]["results"].as_array().expect("results");
    assert_eq!(results.len(), 5);
    let levels: Vec<&str> = results.iter().map(|r| r["level"].as_str().expect("a level")).collect();
    assert_eq!(levels, ["error", "error", "warning", "note", "note"]);
    for result in results {
        let rule = &driver["rules"][result["ruleIndex"].as_u64().expect("an index") as usize];
        assert_eq!(rule["id"], result["ruleId"]);
        let place = &result["locations"][0]["physicalLocation"];
        assert!(place["region"]["startLine"].as_u64() >= Some(1));
        assert_eq!(result["suppressions"].is_array(), result["level"] == "note");
    }
    let steps = &results[0]["codeFlows"][0]["threadFlows"][0]["locations"];
    assert_eq!(steps.as_array().expect("steps").len(), 5);
    assert_eq!(steps[2]["location"]["message"]["text"], "relay_01 crashes.");
    let odd = &results[1]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    assert_eq!(odd, "a%20b/%C3%BC%25.toml");
}

#[test]
fn fingerprints_depend_on_what_is_asked_and_on_nothing_else() {
    let of = |check: Check, seed: u64| {
        let look = Look { seed, ..Look::default() };
        let outcome = Outcome { checks: vec![check] };
        let render = format(Shows::Run, "sarif").expect("a format").render;
        parsed(&render(&outcome, &look))["runs"][0]["results"][0]["partialFingerprints"].clone()
    };
    let one = of(sample::surprise(), 1);
    let mut moved = sample::surprise();
    moved.span.line += 7;
    moved.adversary.reverse();
    if let Some(trace) = &mut moved.trace {
        trace.id = "another".into();
        trace.steps.pop();
    }
    assert_eq!(one, of(moved, 2));
    let others = [
        Check { property: "custody", ..sample::surprise() },
        Check { variant: "strong", ..sample::surprise() },
        Check { scenario: "deputy/other".into(), ..sample::surprise() },
        Check { adversary: vec!["inject".into()], ..sample::surprise() },
    ];
    for other in others {
        assert_ne!(one, of(other, 1));
    }
}

#[test]
fn junit_is_xml_with_one_case_a_cell() {
    let outcome = surprising();
    let text = run("junit", &outcome);
    let document = roxmltree::Document::parse(&text).expect("XML");
    let root = document.root_element();
    assert_eq!(root.tag_name().name(), "testsuites");
    let all = |name: &str| root.descendants().filter(|node| node.has_tag_name(name)).count();
    assert_eq!(all("testcase"), outcome.checks.len());
    for (counted, element) in [
        ("tests", "testcase"),
        ("failures", "failure"),
        ("errors", "error"),
        ("skipped", "skipped"),
    ] {
        assert_eq!(root.attribute(counted), Some(all(element).to_string().as_str()), "{counted}");
        let suites = root.children().filter(|node| node.has_tag_name("testsuite"));
        let sum: usize =
            suites.filter_map(|suite| suite.attribute(counted)?.parse::<usize>().ok()).sum();
        assert_eq!(sum, all(element), "{counted}");
    }
    let cells: BTreeSet<_> = root
        .descendants()
        .filter(|node| node.has_tag_name("testcase"))
        .map(|node| (node.attribute("classname"), node.attribute("name")))
        .collect();
    assert!(cells.len() >= outcome.checks.len() - 1, "the sample asks one thing twice: {cells:?}");
    let failure = root.descendants().find(|node| node.has_tag_name("failure")).expect("one");
    assert_eq!(failure.attribute("message"), Some("expected exhausted, found violated"));
    assert!(failure.text().is_some_and(|text| text.contains("3. relay_01 crashes.")));
}

#[test]
fn json_is_what_our_schemas_ask_for() {
    for outcome in [Outcome { checks: Vec::new() }, sample::outcome(), surprising()] {
        assert_eq!(errors(ours("run/1"), &parsed(&run("json", &outcome))), None);
        let matrix = rendered(Shows::Matrix, "json", &outcome);
        assert_eq!(errors(ours("matrix/1"), &parsed(&matrix)), None);
        let lines = run("jsonl", &outcome);
        for line in lines.lines() {
            assert_eq!(errors(ours("run-lines/1"), &parsed(line)), None, "{line}");
        }
        assert_eq!(lines.lines().count(), outcome.checks.len() + 2);
    }
}

#[test]
fn our_schemas_refuse_what_is_wrong() {
    let run = || parsed(&run("json", &sample::outcome()));
    let spoils: [fn(&mut Value); 5] = [
        |run| run["schema"] = json!("whoacts/run/2"),
        |run| run["results"][0]["verdict"] = json!("fine"),
        |run| run["results"][0]["confirmed"] = Value::Null,
        |run| run["results"][3]["confirmed"] = json!("trace"),
        |run| {
            run["results"][0].as_object_mut().expect("an object").remove("bounds");
        },
    ];
    for (number, spoil) in spoils.iter().enumerate() {
        let mut value = run();
        spoil(&mut value);
        assert!(errors(ours("run/1"), &value).is_some(), "spoil {number}");
    }
}

#[test]
fn annotations_are_escaped_and_the_worst_come_first() {
    let text = run("github", &surprising());
    let commands: Vec<&str> = text.lines().filter(|line| line.starts_with("::")).collect();
    assert_eq!(commands.len(), 3, "{text}");
    assert!(commands[0].starts_with("::error file=scenarios/cases/deputy/mixed-lineages.toml,line=3,col=1,title=no-mixing under dpop::"));
    assert!(commands[1].starts_with("::error file=a b/ü%25.toml,line=3"));
    assert!(commands[2].starts_with("::warning "));
    assert!(text.ends_with("whoacts: 9 checks, 3 not as expected\n"), "{text}");
}

#[test]
fn markdown_escapes_and_draws() {
    let text = run("markdown", &surprising());
    assert!(text.starts_with("## whoacts: 9 checks, 3 not as expected\n"));
    assert!(text.contains("```mermaid\nsequenceDiagram\n    participant p0 as alice\n"));
    assert!(text.contains("participant p0 as (end)\n"), "{text}");
    assert!(text.contains("a#59; b #35; c"), "{text}");
    assert!(!text.contains("<script>"), "{text}");
    let quiet = run("markdown", &Outcome { checks: vec![sample::attack()] });
    assert!(quiet.contains("<summary>One attack, as expected</summary>"), "{quiet}");
}

#[test]
fn a_run_with_ten_thousand_results_stays_within_what_github_takes() {
    let outcome = large();
    let sarif_text = run("sarif", &outcome);
    assert!(sarif_text.len() < 10_000_000, "{} bytes", sarif_text.len());
    let value = parsed(&sarif_text);
    assert_eq!(errors(sarif(), &value), None);
    let results = value["runs"][0]["results"].as_array().expect("results");
    assert_eq!(results.len(), 5_000);
    assert!(steps(&value).len() > 1_000, "too few results have steps");
    let notes = &value["runs"][0]["invocations"][0]["toolExecutionNotifications"];
    assert!(notes[0]["message"]["text"].as_str().expect("text").starts_with("5,000 more results"));

    let github = run("github", &outcome);
    assert_eq!(github.lines().filter(|line| line.starts_with("::")).count(), 10);
    assert!(github.contains("9,991 unexpected results more"), "{}", &github[github.len() - 200..]);

    let markdown = run("markdown", &outcome);
    assert!(markdown.len() < 900 * 1024, "{} bytes", markdown.len());
    assert!(markdown.contains("which do not fit here") || markdown.contains("story-9999"));

    let junit = run("junit", &outcome);
    let document = roxmltree::Document::parse(&junit).expect("XML");
    let cases = document.descendants().filter(|node| node.has_tag_name("testcase"));
    assert_eq!(cases.count(), 10_000);
}

#[test]
fn csv_has_a_record_a_cell() {
    let outcome = sample::outcome();
    let text = rendered(Shows::Matrix, "csv", &outcome);
    let lines: Vec<&str> = text.split_terminator("\r\n").collect();
    assert_eq!(lines.len(), whoacts_reports::matrix::cells(&outcome).len() + 1);
    assert!(lines.iter().all(|line| line.split(',').count() == 14), "{text}");
    assert_eq!(
        lines[1],
        "dpop,common,,,no-mixing,violated,false,true,true,false,false,5,deputy/mixed-lineages,A1"
    );
    assert!(lines.iter().any(|line| line.contains(",'+confuse,")), "{text}");
}

#[test]
fn latex_balances_and_escapes() {
    let text = rendered(Shows::Matrix, "latex", &sample::outcome());
    let count = |what: &str| text.matches(what).count();
    assert_eq!((count("\\begin{"), count("\\end{")), (2, 2), "a table for each adversary");
    let braces = |c: char| text.matches(c).count();
    assert_eq!(braces('{'), braces('}'));
    for table in text.split("\\begin{tabular}").skip(1) {
        let rows = table.lines().filter(|line| line.ends_with("\\\\"));
        let columns: BTreeSet<usize> = rows.map(|row| row.matches('&').count()).collect();
        assert_eq!(columns.len(), 1, "every row has as many cells: {table}");
    }
    for sign in ['✓', '✗', '–', '°'] {
        assert!(!text.contains(sign), "{sign} needs a font that not everybody has");
    }
}

#[test]
fn verdicts_of_the_sample_are_all_counted() {
    let text = run("markdown", &surprising());
    for verdict in [Verdict::Violated, Verdict::Exhausted, Verdict::Vacuous, Verdict::Inconclusive]
    {
        assert!(text.contains(&format!("| {} | ", verdict.id())), "{text}");
    }
}
