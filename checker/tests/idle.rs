//! A capability that adds no move to its story is refused at its place.
#![allow(clippy::unwrap_used, missing_docs)]

mod worlds;

use std::sync::atomic::AtomicBool;
use whoacts_checker::suite::{self, Error, Options, idle};
use whoacts_scenarios::Case;
use worlds::{case, library};

const POLICY: &str = r#"
schema = "whoacts/policy/1"
title = "all"
memory = "shared"
[require]
resource = ["all"]
hop = ["all"]
[[mandate]]
identity = "alice"
may_create = ["read api"]
"#;

/// Alice hands one errand to one worker; a spare pool is there that nobody hands anything.
fn story(capabilities: &str, settings: &str) -> Case {
    let text = format!(
        r#"schema = "whoacts/scenario/1"
title = "one errand"
source = "this test"
story = "One errand."
policy = "policy"
properties = ["agreement"]
[[identity]]
id = "alice"
[[pool]]
id = "worker"
[[pool]]
id = "spare"
[[attester]]
id = "rogue"
domain = "elsewhere"
[[resource]]
id = "api"
actions = ["read"]
[[flow]]
id = "errand"
origin = "alice"
authority = ["read api"]
request = {{ action = "read", resource = "api" }}
[[flow.hop]]
to = "worker"
class = {{ key = "worker/1" }}
[adversary]
capabilities = [{capabilities}]
{settings}
[bounds]
replicas = 1
hops = 1
executions = 1
deliveries = 1
ticks = 0
"#
    );
    case(&text, POLICY)
}

fn run(case: &Case) -> Result<(), Error> {
    let forms = Some(vec!["continuity/K4".to_owned()]);
    let options = Options { forms, threads: 1, ..Options::default() };
    suite::run(std::slice::from_ref(case), &options, &|_| (), &AtomicBool::new(false)).map(|_| ())
}

#[test]
fn an_idle_capability_is_refused_at_its_place() {
    let rows = [
        (r#""steal-key""#, "steals = \"spare/1\"", "steal-key", 17),
        (r#""hijack-executor""#, "hijacks = \"spare/1\"", "hijack-executor", 17),
        (r#""confuse""#, "", "confuse", 17),
        (r#""observe""#, "observes = [\"spare\"]", "observe", 17),
        (r#""log-leak""#, "leaks = [\"spare\"]", "log-leak", 17),
        (r#""rogue-attester""#, "attester = \"rogue\"", "rogue-attester", 17),
    ];
    for (capabilities, settings, idle, col) in rows {
        let said = format!(
            "story.toml:28:{col}: the capability `{idle}` has no effect: it adds no move to this story"
        );
        assert_eq!(run(&story(capabilities, settings)), Err(Error::Usage(said)));
    }
}

#[test]
fn a_capability_with_a_move_is_not() {
    let rows = [
        (r#""observe""#, "observes = [\"worker\"]"),
        (r#""observe", "steal-key""#, "observes = [\"worker\"]\nsteals = \"worker/1\""),
        // A known token is taken by whoever it is sent to, so there are two tasks to mix up.
        (r#""observe", "confuse""#, "observes = [\"worker\"]"),
        // A known token and the key of a client that has nothing to do are enough to exchange the token.
        (r#""observe", "steal-key""#, "observes = [\"worker\"]\nsteals = \"spare/1\""),
        (r#""hijack-executor""#, "hijacks = \"worker/1\""),
        (r#""log-leak""#, "leaks = [\"worker\"]"),
    ];
    for (capabilities, settings) in rows {
        assert_eq!(run(&story(capabilities, settings)), Ok(()), "{capabilities}");
    }
}

/// What an expectation adds is declared as well.
#[test]
fn an_expectation_adds_no_idle_capability() {
    let row = "[[expect]]\non = [\"bearer\"]\nadversary = [\"+confuse\"]\nserved = true\nbecause = \"none\"";
    let case = story("", row);
    let found = idle(&case);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("story.toml:31:14: the capability `confuse`"), "{found:?}");
}

/// Whoever asks for other bounds or another adversary makes an experiment, no slip.
#[test]
fn an_experiment_may_leave_a_capability_idle() {
    let case = story(r#""confuse""#, "");
    let forms = Some(vec!["bearer".to_owned()]);
    let set = vec![("bounds.hops".to_owned(), "2".to_owned())];
    let options = Options { forms, set, threads: 1, ..Options::default() };
    let ran = suite::run(&[case], &options, &|_| (), &AtomicBool::new(false));
    assert!(ran.is_ok(), "{ran:?}");
}

#[test]
fn no_story_of_the_library_has_an_idle_capability() {
    for case in library() {
        assert_eq!(idle(&case), [""; 0], "{}", case.scenario.id);
    }
}
