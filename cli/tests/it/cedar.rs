//! Resources with Cedar policies of their own, in a build that knows Cedar and in one that does not.

use crate::tool::whoacts;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../scenarios/examples/cedar");

#[cfg(not(feature = "cedar"))]
#[test]
fn without_the_feature_a_cedar_policy_is_an_error_that_says_what_to_do() {
    let desk = format!("{FOLDER}/desk.toml");
    for args in [vec!["check", FOLDER], vec!["lint", FOLDER], vec!["diff", &desk, &desk, FOLDER]] {
        let ran = whoacts(&args);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{args:?}: {}", ran.stderr);
        for said in
            ["error[no-cedar]", "desk.toml:12:9", "cedar = \"ledger.cedar\"", "--features cedar"]
        {
            assert!(ran.stderr.contains(said), "{said}: {}", ran.stderr);
        }
    }
}

#[cfg(feature = "cedar")]
mod with {
    use super::{FOLDER, whoacts};
    use crate::tool::Folder;
    use serde_json::Value;

    fn json(text: &str) -> Value {
        serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
    }

    fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
        value[key].as_array().expect("a list")
    }

    /// The example with one file changed.
    fn changed(name: &str, file: &str, from: &str, to: &str) -> Folder {
        let folder = Folder::new(name);
        for known in ["desk.toml", "story.toml", "ledger.cedar", "people.json"] {
            let text = std::fs::read_to_string(format!("{FOLDER}/{known}")).expect("the example");
            assert!(known != file || text.contains(from), "{file} has no {from}");
            folder.file(known, if known == file { text.replace(from, to) } else { text });
        }
        folder
    }

    fn served(folder: &str, mechanism: &str) -> Value {
        let ran = whoacts(&["check", folder, "--mechanism", mechanism, "--format", "json"]);
        json(&ran.stdout)["results"][0]["served"].clone()
    }

    #[test]
    fn the_policy_decides_beside_the_guards() {
        assert_eq!(served(FOLDER, "continuity/K5"), true);
        // A bearer token shows no environment, so that the policy does not believe one.
        assert_eq!(served(FOLDER, "bearer"), false);
        for (name, file, from, to) in [
            ("hops", "ledger.cedar", "context.hops <= 2", "context.hops < 1"),
            ("desk", "people.json", "\"books\" }]", "\"tills\" }]"),
            ("type", "desk.toml", "principal = \"Person\"", "principal = \"User\""),
            ("environment", "ledger.cedar", "== \"reports\"", "== \"front\""),
            (
                "forbid",
                "ledger.cedar",
                "// Paying",
                "forbid(principal, action, resource);\n// Paying",
            ),
        ] {
            let folder = changed(name, file, from, to);
            assert_eq!(served(folder.path(), "continuity/K5"), false, "{name}");
        }
    }

    #[test]
    fn a_fact_that_the_hand_off_did_not_ask_for_is_not_believed() {
        // The worker does run in `reports`, and its attestation says so; Alice's hand-off did not ask.
        let asked = "class = { role = \"report-worker\", environment = \"reports\" }";
        let folder =
            changed("unasked", "story.toml", asked, "class = { role = \"report-worker\" }");
        assert_eq!(served(folder.path(), "continuity/K5"), false);
    }

    #[test]
    fn a_changed_cedar_policy_or_entity_is_found_anew() {
        let folder = changed("cedar-cache", "desk.toml", "schema", "schema");
        let served = || {
            let mut command = crate::tool::command(&["check", "--format", "json"]);
            command.args(["--mechanism", "continuity/K5", folder.path()]);
            command.env("WHOACTS_CACHE", format!("{}/cache", folder.path()));
            let ran = crate::tool::ran(command.output().expect("it runs"));
            json(&ran.stdout)["results"][0]["served"].clone()
        };
        assert_eq!([served(), served()], [true, true]);
        for (file, from, to) in [
            ("ledger.cedar", "context.hops <= 2", "context.hops < 1"),
            ("people.json", "\"books\" }]", "\"tills\" }]"),
        ] {
            let text = std::fs::read_to_string(format!("{FOLDER}/{file}")).expect("the example");
            folder.file(file, text.replace(from, to));
            assert_eq!(served(), false, "{file}");
            folder.file(file, text);
            assert_eq!(served(), true, "{file} as it was");
        }
    }

    #[test]
    fn changed_since_sees_the_files_that_a_policy_names() {
        let folder = changed("cedar-since", "desk.toml", "schema", "schema");
        let git = |args: &[&str]| {
            let who = ["-c", "user.name=t", "-c", "user.email=t@example.org"];
            let mut git = std::process::Command::new("git");
            git.arg("-C").arg(folder.path()).args(who).args(args);
            assert!(git.output().expect("git").status.success(), "{args:?}");
        };
        for args in [&["init", "-q"][..], &["add", "-A"], &["commit", "-q", "-m", "as it is"]] {
            git(args);
        }
        let checks = || {
            let mut command = crate::tool::command(&["check", "--changed-since", "HEAD", "."]);
            command.args(["--mechanism", "continuity/K5", "--format", "json"]);
            let ran =
                crate::tool::ran(command.current_dir(folder.path()).output().expect("it runs"));
            list(&json(&ran.stdout), "results").len()
        };
        assert_eq!(checks(), 0);
        for file in ["ledger.cedar", "people.json"] {
            let text = std::fs::read_to_string(format!("{FOLDER}/{file}")).expect("the example");
            folder.file(file, format!("{text}\n"));
            assert!(checks() > 0, "{file}");
            folder.file(file, text);
        }
    }

    #[test]
    fn diff_points_into_the_cedar_file() {
        let (desk, open) = (format!("{FOLDER}/desk.toml"), format!("{FOLDER}/open.toml"));
        let ran =
            whoacts(&["diff", &desk, &open, "--format", "json", "--fail-on", "more-permissive"]);
        let found = json(&ran.stdout);
        assert_eq!((ran.code, &found["verdict"]), (1, &"more-permissive".into()), "{}", ran.stdout);
        let [allowed] = list(&found, "allowed") else { panic!("one effect: {found}") };
        assert_eq!(allowed["request"]["actor"], "clerk_01");
        assert_eq!(allowed["otherwise"], "the Cedar policy of `ledger` denies the request");
        let lines = list(allowed, "lines");
        let place = &lines[0]["new"];
        assert!(place["file"].as_str().expect("a file").ends_with("open.cedar"), "{place}");
        assert_eq!((&place["line"], &place["col"]), (&2.into(), &1.into()));
        let pretty = whoacts(&["diff", &desk, &open]);
        assert!(pretty.stdout.contains("open.cedar:2:1"), "{}", pretty.stdout);
        assert!(pretty.stdout.contains("2 | permit("), "{}", pretty.stdout);
    }

    #[test]
    fn a_policy_that_is_laid_out_differently_is_equivalent() {
        let from = "    principal in Desk::\"books\",\n    action == Action::\"pay\",";
        let to = "    principal in Desk::\"books\", // whoever\n\n action == Action::\"pay\",";
        let folder = changed("layout", "ledger.cedar", from, to);
        let (old, new) = (format!("{FOLDER}/desk.toml"), format!("{}/desk.toml", folder.path()));
        let ran = whoacts(&["diff", &old, &new, "--format", "json"]);
        let found = json(&ran.stdout);
        assert_eq!(found["verdict"], "equivalent");
        assert_eq!(list(&found, "edits").len(), 0, "{found}");
    }

    #[test]
    fn mistakes_are_shown_where_they_are() {
        for (name, file, from, to, place) in [
            ("syntax", "ledger.cedar", "context.hops == 0", "context.hops = 0", "ledger.cedar:16:"),
            ("open", "ledger.cedar", "when { context.hops == 0 };", "when {", "ledger.cedar:1"),
            (
                "template",
                "ledger.cedar",
                "principal in Desk::\"books\",\n    action == Action::\"pay\"",
                "principal == ?principal,\n    action == Action::\"pay\"",
                "ledger.cedar:1",
            ),
            ("entities", "people.json", "\"uid\"", "\"udi\"", "desk.toml:13:12"),
            ("absent", "desk.toml", "\"ledger.cedar\"", "\"no-such.cedar\"", "desk.toml:12:9"),
            (
                "named",
                "desk.toml",
                "principal = \"Person\"",
                "principal = \"Per-son\"",
                "desk.toml:14:13",
            ),
        ] {
            let folder = changed(name, file, from, to);
            let ran = whoacts(&["check", folder.path()]);
            assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{name}: {}", ran.stderr);
            assert!(ran.stderr.contains("error[bad-cedar]"), "{name}: {}", ran.stderr);
            assert!(ran.stderr.contains(place), "{name}: {}", ran.stderr);
        }
    }
}
