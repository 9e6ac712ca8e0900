//! The verdict table of the README, and what it says of two forms, is what the suite finds; the suite finds what the
//! files of verdicts say.
//!
//! `UPDATE_EXPECT=1 cargo test -p whoacts --test readme` writes files and table anew.
#![allow(clippy::unwrap_used, missing_docs, reason = "a test")]

use serde_json::Value;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use whoacts_checker::outcome::{Outcome, Verdict};
use whoacts_checker::suite::{Expectations, Options, run, vocabulary};
use whoacts_checker::verdicts::{self, Rewritten};
use whoacts_reports::matrix::{Cell, Sheets, cells};
use whoacts_scenarios::{Case, Library};

/// Both are asked with the runtime's duty, and without it.
const DUTIES: [(&[&str], &str); 2] =
    [(&[], "While runtimes do their duty"), (&["+confuse"], "Where they do not (`+confuse`)")];

#[test]
fn the_library_finds_what_it_expects_and_the_readme_says_so() {
    let options = Options::default();
    let (cases, outcome) = found(&options);
    let differences = verdicts::differences(&cases, &outcome, &options).unwrap();
    let diff: String = differences.iter().map(Rewritten::diff).collect();
    assert!(diff.is_empty(), "run with UPDATE_EXPECT=1, and review this:\n{diff}");
    let unexpected: Vec<String> = outcome
        .checks
        .iter()
        .filter(|check| !check.as_expected)
        .map(|c| format!("{} {} {:?} {}", c.scenario, c.mechanism, c.profile, c.property))
        .collect();
    assert!(unexpected.is_empty(), "not as expected: {unexpected:#?}");
    let confirmed = outcome.checks.iter().filter(|check| check.trace.is_some());
    assert!(confirmed.clone().count() > 100);
    assert!(confirmed.into_iter().all(|check| check.confirmed.is_some()));
    keep("table", &Sheets::of(&outcome).first().markdown());
    keep("separated", &separated(&outcome, "exchange-dpop/strong", "continuity/K6"));
}

/// What the suite finds in the built-in library; with `UPDATE_EXPECT` in that of the disk, whose files are then written anew,
/// as by `check --bless`.
fn found(options: &Options) -> (Vec<Case>, Outcome) {
    let run = |cases: &[Case]| run(cases, options, &|_| (), &AtomicBool::new(false)).unwrap();
    if std::env::var_os("UPDATE_EXPECT").is_none() {
        let cases = Library::builtin(&vocabulary()).unwrap().cases;
        let outcome = run(&cases);
        return (cases, outcome);
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios/cases");
    let mut cases = Library::load(&[folder], &vocabulary()).unwrap().cases;
    let files: Vec<_> = cases.iter_mut().map(|case| case.verdicts.take()).collect();
    let mut outcome = run(&cases);
    cases.iter_mut().zip(files).for_each(|(case, beside)| case.verdicts = beside);
    for file in verdicts::bless(&cases, &outcome, options).unwrap() {
        assert!(file.open.is_empty(), "a limit was reached: {:?}", file.open);
        std::fs::write(&file.file, &file.after).unwrap();
        let case = cases.iter_mut().find(|case| case.scenario.id == file.scenario).unwrap();
        case.verdicts.as_mut().unwrap().text = file.after;
    }
    let expectations = Expectations::read(&cases).unwrap();
    outcome.checks.iter_mut().for_each(|check| expectations.judge(check));
    (cases, outcome)
}

/// What breaks one form and not the other, under the same adversary in the same stories.
fn separated(outcome: &Outcome, weak: &str, strong: &str) -> String {
    let cells = cells(outcome);
    let of = |label: &str, varied: &[&str], property: &str| {
        let is_it = |cell: &&Cell<'_>| {
            cell.label == label && cell.varied == varied && cell.by.property == property
        };
        cells.iter().find(is_it)
    };
    let mut text = format!(
        "`{weak}`, with every option that its specifications offer, against `{strong}`:\n\n"
    );
    for (varied, when) in DUTIES {
        let broken = cells.iter().filter(|cell| cell.label == weak && cell.varied == varied);
        let broken = broken.filter(|cell| cell.by.verdict == Verdict::Violated);
        let apart: Vec<String> = broken
            .filter(|cell| {
                let other = of(strong, varied, cell.by.property);
                other.is_some_and(|other| other.by.verdict == Verdict::Exhausted)
            })
            .map(|cell| {
                let steps = cell.by.trace.as_ref().unwrap().steps.len();
                format!("`{}` ({steps} steps, `{}`)", cell.by.property, cell.by.scenario)
            })
            .collect();
        assert!(!apart.is_empty(), "{weak} is not separated from {strong}: say so in the README");
        text += &format!("- {when}, it breaks {}.\n", apart.join(", "));
    }
    text
}

/// What the stored experiments found, in sentences. That they still find it is said by `--expect`.
#[test]
fn the_readme_says_what_the_experiments_found() {
    let [conflate, ablate] = ["conflate", "ablate"].map(stored);
    keep(
        "findings",
        &format!("- {}\n- {}\n- {}\n", merged(&conflate), guards(&ablate), wanting(&ablate)),
    );
}

fn stored(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../experiments/{name}.json"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// Which merged concepts open an attack, and how short one is.
fn merged(found: &Value) -> String {
    let pairs = found["pairs"].as_array().unwrap();
    let open: Vec<&Value> = pairs.iter().filter(|pair| !pair["attack"].is_null()).collect();
    let masked: Vec<String> = open
        .iter()
        .filter(|pair| pair["profile"] != "continuity/K6")
        .map(|pair| format!("{} = {}", text(&pair["pair"][0]), text(&pair["pair"][1])))
        .collect();
    let even = match masked.as_slice() {
        [] => "each of them in the strongest profile too".to_owned(),
        some => format!("the strongest profile masks {} of them: {}", some.len(), some.join(", ")),
    };
    format!(
        "**{} of {} pairs of concepts, once merged in the verifier, open an attack** (`conflate`), {even}. \
         [How each is attacked](experiments/conflate.md).",
        open.len(),
        pairs.len(),
    )
}

/// Which guards nothing can do without.
fn guards(found: &Value) -> String {
    let guards = found["guards"].as_array().unwrap();
    let necessary = guards.iter().filter(|guard| guard["status"] == "necessary").count();
    let others: Vec<String> = guards
        .iter()
        .filter(|guard| guard["status"] != "necessary")
        .map(|guard| {
            let by: Vec<String> = guard["implied_by"]
                .as_array()
                .unwrap()
                .iter()
                .map(|by| format!("`{}`", text(by)))
                .collect();
            format!(
                "`{}` is {} (implied by {})",
                text(&guard["guard"]),
                text(&guard["status"]),
                by.join(", ")
            )
        })
        .collect();
    format!(
        "**{necessary} of {} guards are necessary in the strongest profile**: without any one of them there is an attack \
         (`ablate`); {}. [Which](experiments/ablate.md).",
        guards.len(),
        others.join("; "),
    )
}

/// What DPoP would need not to be impersonated.
fn wanting(found: &Value) -> String {
    let row = found["needs"].as_array().unwrap().iter().find(|row| {
        row["mechanism"] == "dpop" && row["variant"] == "strong" && row["property"] == "custody"
    });
    let sets: Vec<String> = row.unwrap()["sets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|set| {
            let names = set.as_array().unwrap().iter();
            names.map(|guard| format!("`{}`", text(guard))).collect::<Vec<_>>().join(" + ")
        })
        .collect();
    format!(
        "**What `dpop/strong` would need to keep `custody`** (`ablate`): {}.",
        sets.join(", or ")
    )
}

/// Compares a part of the README between its two markers, or writes it.
fn keep(name: &str, table: &str) {
    let (begin, end) = (format!("<!-- {name}:begin -->\n"), format!("<!-- {name}:end -->"));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    let readme = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = readme.split_once(&begin).expect("README.md has the first marker");
    let (old, after) = rest.split_once(&end).expect("README.md has the second marker");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(path, format!("{before}{begin}{table}{end}{after}")).unwrap();
        return;
    }
    assert!(old == table, "the README's {name} is stale: run with UPDATE_EXPECT=1");
}
