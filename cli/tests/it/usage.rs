//! What is typed wrong, and help.

use crate::tool::whoacts;

#[test]
fn help_names_the_verbs_that_work() {
    let ran = whoacts(&["--help"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    let first = ["check", "matrix", "diff", "lint", "list", "explain", "replay", "Exit codes"];
    let then = ["init", "promote", "shrink", "fmt", "schema", "completions", "man"];
    for verb in first.into_iter().chain(then) {
        assert!(ran.stdout.contains(verb), "{verb}: {}", ran.stdout);
    }
    for later in ["prove", "simulate"] {
        assert!(!ran.stdout.contains(later), "{later}: {}", ran.stdout);
    }
}

#[test]
fn usage_errors_have_code_2_and_leave_stdout_empty() {
    let wrong: &[&[&str]] = &[
        &[],
        &["chek"],
        &["check", "--format", "jsn"],
        &["check", "--format", "json", "--format", "pretty"],
        &["check", "--format", "json:"],
        &["check", "--threads", "0"],
        &["check", "--timeout", "soon"],
        &["check", "--memory", "2XB"],
        &["check", "--set", "bounds.hops"],
        &["check", "-q", "-v"],
        &["check", "--engine", "stateright", "--reduce", "saturate"],
        &["check", "--engine", "stateright", "--exact"],
        &["check", "--property", "no-such-property"],
        &["check", "--mechanism", "no-such-mechanism"],
        &["check", "--adversary", "inject"],
        &["check", "--adversary", "+no-such-capability"],
        &["check", "--adversary", "-no-such-capability"],
        &["check", "no-such-folder"],
        &["explain", "no-such-thing"],
        &["replay", "no-such-file.json"],
        &["replay", "not a trace"],
        &["list", "no-such-kind"],
    ];
    for args in wrong {
        let ran = whoacts(args);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{args:?}: {}", ran.stderr);
        assert!(!ran.stderr.contains("panicked"), "{args:?}: {}", ran.stderr);
    }
}
