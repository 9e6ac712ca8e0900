//! The guide is true: each of its commands is run, in order, in an empty folder.

use crate::tool::Folder;
use std::path::Path;
use std::process::Command;

const GUIDE: &str = include_str!("../../../docs/ten-minutes.md");

/// The commands, each with the code that it ends with.
fn commands() -> Vec<(String, i32)> {
    let mut commands = Vec::new();
    let mut code = None;
    for line in GUIDE.lines() {
        match (line.strip_prefix("```"), code) {
            (Some("sh"), None) => code = Some(0),
            (Some(head), None) => {
                let fails = head.strip_prefix("sh fails=").expect("a shell command");
                code = Some(fails.parse().expect("a code"));
            }
            (Some(_), Some(_)) => code = None,
            (None, Some(code)) => commands.push((line.to_owned(), code)),
            (None, None) => {}
        }
    }
    commands
}

#[test]
fn every_command_of_the_guide_does_what_it_says() {
    let folder = Folder::new("guide");
    let binary = Path::new(env!("CARGO_BIN_EXE_whoacts")).parent().expect("a folder");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(binary.to_owned()).chain(std::env::split_paths(&path));
    let path = std::env::join_paths(folders).expect("a path");
    let commands = commands();
    assert!(commands.len() > 12, "{commands:?}");
    for (command, code) in commands {
        let mut shell = Command::new("bash");
        shell.args(["-c", &command]).current_dir(folder.path()).env("PATH", &path);
        shell
            .env("WHOACTS_CACHE", format!("{}/cache", folder.path()))
            .env_remove("GITHUB_STEP_SUMMARY");
        for who in ["AUTHOR", "COMMITTER"] {
            shell
                .env(format!("GIT_{who}_NAME"), "a")
                .env(format!("GIT_{who}_EMAIL"), "a@example.com");
        }
        let output = shell.output().expect("bash runs");
        let said = format!(
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        assert_eq!(output.status.code(), Some(code), "{command}\n{said}");
    }
}
