//! Limits on a world that is too large to be searched: what was covered is said, and nothing is said to hold.

use crate::tool::{Ran, command, ran, whoacts};
use serde_json::Value;

/// The plain space of this story is larger than any machine.
const HUGE: [&str; 10] = [
    "check",
    "--filter",
    "article/shared-pool",
    "--mechanism",
    "continuity/K4",
    // Without the story's further questions, some of which have an attack that is found soon.
    "--adversary=-insider",
    "--reduce",
    "none",
    "--format",
    "json",
];

fn huge(more: &[&str]) -> Ran {
    whoacts(&[&HUGE, more].concat())
}

/// Exit code 3, every check inconclusive, with the limit and the depth down to which all was covered.
fn assert_inconclusive(ran: &Ran, limit: &str) {
    assert_eq!(ran.code, 3, "{limit}: {}{}", ran.stdout, ran.stderr);
    let run: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    let results = run["results"].as_array().expect("results");
    assert!(results.len() > 5, "{limit}: {}", ran.stdout);
    for result in results {
        assert_eq!(result["verdict"], "inconclusive", "{limit}: {result}");
        let said = result["stats"]["limit"].as_str().expect("a limit");
        assert!(said.starts_with(limit), "{said}");
        assert!(said.contains("all states down to depth"), "{said}");
    }
    assert_eq!(run["summary"]["inconclusive"], results.len());
}

#[test]
fn a_limit_of_states() {
    assert_inconclusive(&huge(&["--max-states", "20000"]), "States limit");
}

#[test]
fn a_limit_of_memory() {
    assert_inconclusive(&huge(&["--memory", "5MB"]), "Bytes limit");
}

#[test]
fn a_limit_of_time() {
    assert_inconclusive(&huge(&["--timeout", "0.5"]), "Time limit");
}

#[cfg(unix)]
#[test]
fn an_interruption() {
    use std::process::{Command, Stdio};
    let mut command = command(&[&HUGE[..], &["--memory", "2GB"]].concat());
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs");
    std::thread::sleep(std::time::Duration::from_millis(1_500));
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(sent.expect("kill runs").success());
    assert_inconclusive(&ran(child.wait_with_output().expect("it ends")), "Interrupted limit");
}

/// What an experiment did not look at is open: it says so, and does not end as if it had found nothing.
#[test]
fn an_experiment_that_is_cut_off_is_inconclusive() {
    let story = ["--filter", "lifecycle/last-minute", "--format", "json"];
    for verb in ["ablate", "conflate", "frontier"] {
        let ran = whoacts(&[&[verb], &story[..], &["--max-states", "1"]].concat());
        assert_eq!(ran.code, 3, "{verb}: {}{}", ran.stdout, ran.stderr);
    }
    let ran = whoacts(&[&["conflate"], &story[..], &["--timeout", "0.000001"]].concat());
    assert_eq!(ran.code, 3, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stderr.contains("a limit ended"), "{}", ran.stderr);
}
