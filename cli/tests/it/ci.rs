//! What CI does: the steps of `action.yml` and the hooks, run by hand in a fresh repository.

use crate::tool::Folder;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output};

const ACTION: &str = include_str!("../../../action.yml");
const HOOKS: &str = include_str!("../../../.pre-commit-hooks.yaml");
const ARGUMENTS: &str = "--mechanism bearer/strong,continuity/K4";

/// A step of the action that runs a script.
struct Step {
    env: Vec<(String, String)>,
    script: String,
}

/// The steps with a script. This reads the file as it is laid out, not YAML in general.
fn steps() -> Vec<Step> {
    let (_, steps) = ACTION.split_once("  steps:\n").expect("steps");
    let steps = steps.split("\n    - ").filter(|step| step.contains("\n      run: |\n"));
    steps
        .map(|step| {
            let (head, script) = step.split_once("\n      run: |\n").expect("a script");
            let script =
                script.lines().take_while(|line| line.is_empty() || line.starts_with("        "));
            let env = head.split_once("\n      env:\n").map_or("", |(_, env)| env);
            let env = env.lines().take_while(|line| line.starts_with("        "));
            Step {
                env: env
                    .filter_map(|line| line.trim().split_once(": "))
                    .map(|(name, value)| (name.to_owned(), value.to_owned()))
                    .collect(),
                script: script
                    .map(|line| format!("{}\n", line.trim_start_matches("        ")))
                    .collect(),
            }
        })
        .collect()
}

/// A repository with a project in it, as `init` makes it.
struct Repository {
    folder: Folder,
}

impl Repository {
    fn new(name: &str) -> Self {
        let folder = Folder::new(name);
        for place in ["repository", "temp"] {
            std::fs::create_dir_all(Path::new(folder.path()).join(place)).expect("a folder");
        }
        let repository = Self { folder };
        repository.must(&["whoacts", "init"]);
        repository.must(&["git", "init", "-q"]);
        repository.must(&["git", "add", "."]);
        repository.must(&["git", "commit", "-qm", "Begin"]);
        repository
    }

    fn path(&self, name: &str) -> String {
        format!("{}/repository/{name}", self.folder.path())
    }

    fn temp(&self, name: &str) -> String {
        format!("{}/temp/{name}", self.folder.path())
    }

    fn command(&self, program: &str) -> Command {
        let binary = Path::new(env!("CARGO_BIN_EXE_whoacts")).parent().expect("a folder");
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders = std::iter::once(binary.to_owned()).chain(std::env::split_paths(&path));
        let mut command = Command::new(program);
        command.current_dir(self.path("")).env("WHOACTS_CACHE", "");
        command.env("PATH", std::env::join_paths(folders).expect("a path"));
        for who in ["AUTHOR", "COMMITTER"] {
            command
                .env(format!("GIT_{who}_NAME"), "a")
                .env(format!("GIT_{who}_EMAIL"), "a@example.com");
        }
        command
    }

    fn run(&self, words: &[&str]) -> Output {
        self.command(words[0]).args(&words[1..]).output().expect("it runs")
    }

    fn must(&self, words: &[&str]) {
        let output = self.run(words);
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    fn change(&self, file: &str, from: &str, to: &str) {
        let text = std::fs::read_to_string(self.path(file)).expect("a file");
        let changed = text.replace(from, to);
        assert_ne!(text, changed, "{from}");
        std::fs::write(self.path(file), changed).expect("a file");
    }

    /// All scripts of the action in turn, as GitHub runs them; what they said, and the first code that is not 0.
    fn action(&self) -> (i32, String) {
        let inputs: BTreeMap<&str, String> = [
            ("${{ inputs.paths }}", "stories".to_owned()),
            ("${{ inputs.arguments }}", ARGUMENTS.to_owned()),
            ("${{ inputs.baseline }}", String::new()),
            ("${{ inputs.base }}", "HEAD".to_owned()),
            ("${{ github.action_path }}", "/nowhere".to_owned()),
            ("${{ runner.temp }}/whoacts-cache", self.temp("cache")),
        ]
        .into();
        let mut said = String::new();
        for step in steps() {
            let script = self.temp("script.sh");
            std::fs::write(&script, step.script).expect("a script");
            let mut bash = self.command("bash");
            bash.args(["--noprofile", "--norc", "-eo", "pipefail", &script]);
            for (name, value) in step.env {
                bash.env(name, inputs.get(value.as_str()).unwrap_or_else(|| panic!("{value}")));
            }
            bash.env("RUNNER_TEMP", self.temp("")).env("GITHUB_OUTPUT", self.temp("output"));
            bash.env("GITHUB_STEP_SUMMARY", self.temp("summary.md"));
            let output = bash.output().expect("bash runs");
            said.push_str(&String::from_utf8_lossy(&output.stdout));
            said.push_str(&String::from_utf8_lossy(&output.stderr));
            if let Some(code @ 1..) = output.status.code() {
                return (code, said);
            }
        }
        (0, said)
    }
}

/// Every guard by name but one: what `all` means, less the guard that says who handed over.
fn all_guards_but(left_out: &str) -> String {
    let listed = crate::tool::whoacts(&["list", "guard", "--format", "json"]).stdout;
    let listed: serde_json::Value = serde_json::from_str(&listed).expect("JSON");
    let names = listed["entries"].as_array().expect("guards").iter().map(|g| g["id"].to_string());
    let names: Vec<String> = names.filter(|name| *name != format!("{left_out:?}")).collect();
    format!("[{}]", names.join(", "))
}

#[test]
fn the_action_is_red_on_a_widening_and_green_on_a_refactor() {
    const POLICY: &str = "stories/policies/team.toml";
    let repository = Repository::new("action");
    let (code, said) = repository.action();
    assert_eq!(code, 0, "as init made it: {said}");
    assert!(said.contains("whoacts: 2 checks, all as expected"), "{said}");

    // The same guards, written one by one.
    repository.change(POLICY, "[\"all\"]", &all_guards_but(""));
    let (code, said) = repository.action();
    assert_eq!(code, 0, "a refactor: {said}");

    // One guard fewer: nobody is asked who handed the execution over.
    repository.change(POLICY, "\"handed-off\", ", "");
    let (code, said) = repository.action();
    assert_eq!(code, 1, "a widening: {said}");
    assert!(said.contains("::error file=stories/report.toml,line="), "{said}");
    assert!(said.contains("title=custody under continuity/K4::"), "{said}");
    assert!(said.contains("let through by stories/policies/team.toml:"), "{said}");
    let summary = std::fs::read_to_string(repository.temp("summary.md")).expect("a summary");
    assert!(summary.contains("2 checks, 1 not as expected") && summary.contains("sequenceDiagram"));
    let sarif = std::fs::read_to_string(repository.temp("whoacts.sarif")).expect("a file");
    assert!(sarif.contains("\"level\":\"error\""), "{sarif}");
    let outputs = std::fs::read_to_string(repository.temp("output")).expect("outputs");
    assert!(outputs.contains("sarif=") && outputs.contains("junit="), "{outputs}");

    repository.change(POLICY, "\"eligible\", ", "\"handed-off\", \"eligible\", ");
    let (code, said) = repository.action();
    assert_eq!(code, 0, "the policy is fixed: {said}");
}

#[test]
fn every_step_with_a_script_was_read() {
    assert_eq!(steps().len(), ACTION.matches("run: |").count());
    assert!(steps().iter().all(|step| !step.env.is_empty() && step.script.contains("whoacts")));
    assert!(!steps().iter().any(|step| step.script.contains("${{")), "what is typed is not code");
}

#[test]
fn the_hooks_do_what_they_say() {
    let repository = Repository::new("hooks");
    let value = |id: &str, key: &str| {
        let (_, hook) = HOOKS.split_once(&format!("- id: {id}\n")).expect("the hook");
        let line = hook.lines().find_map(|line| line.trim().strip_prefix(&format!("{key}: ")));
        line.expect("the key").to_owned()
    };
    let args = value("whoacts-check", "args");
    let args = args.trim_matches(['[', ']']).split(", ");
    let entry = value("whoacts-check", "entry");
    let check: Vec<&str> = entry.split(' ').chain(args).collect();
    assert_eq!(repository.run(&check).status.code(), Some(0), "nothing changed");
    repository.change("stories/report.toml", "on = [\"bearer/strong\"]", "on = [\"dpop\"]");
    assert_eq!(
        repository.run(&check).status.code(),
        Some(1),
        "a pinned attack is gone from the file"
    );
    let entry = value("whoacts-fmt", "entry");
    let format: Vec<&str> = entry.split(' ').chain(["stories/report.toml"]).collect();
    repository.change("stories/report.toml", "[bounds]", "  [bounds]");
    assert_eq!(repository.run(&format).status.code(), Some(0));
    let text = std::fs::read_to_string(repository.path("stories/report.toml")).expect("a file");
    assert!(!text.contains("  [bounds]"));
}
