//! The stories of which some file changed since a revision, as git has it: their own, that of their verdicts, their
//! policy's, or one that it names.

use crate::exit::Failure;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use whoacts_scenarios::Case;

/// Those of the cases that changed. What git does not know yet counts as changed.
pub(crate) fn since(revision: &str, cases: Vec<Case>) -> Result<Vec<Case>, Failure> {
    let changed = changed(revision)?;
    // A name with signs that outputs escape is not found under it; what is not known to be the same is run.
    let is_changed =
        |file: &Path| std::fs::canonicalize(file).map_or(true, |path| changed.contains(&path));
    let mut cases = cases;
    cases.retain(|case| files(case).iter().any(|file| is_changed(file)));
    Ok(cases)
}

/// The story, its verdicts, its policy, and the files that the policy names, from the folder that it lies in.
fn files(case: &Case) -> Vec<PathBuf> {
    let policy = PathBuf::from(&case.policy_file);
    let folder = policy.parent().unwrap_or(Path::new("")).to_path_buf();
    let named = case.policy.resources.iter().flat_map(|resource| {
        let names = std::iter::once(&resource.cedar).chain(&resource.entities);
        names.map(|name| folder.join(&name.value))
    });
    let named: Vec<PathBuf> = named.collect();
    let verdicts = case.verdicts.iter().map(|beside| PathBuf::from(&beside.file));
    [PathBuf::from(&case.file), policy].into_iter().chain(verdicts).chain(named).collect()
}

/// Every file that differs from the revision, in the folder in which the command runs and the repository around it.
fn changed(revision: &str) -> Result<BTreeSet<PathBuf>, Failure> {
    let top = git(Path::new("."), &["rev-parse", "--show-toplevel"])?;
    let top = PathBuf::from(String::from_utf8_lossy(&top).trim_end_matches(['\n', '\r']));
    let commit = format!("{revision}^{{commit}}");
    git(&top, &["rev-parse", "--verify", "--quiet", "--end-of-options", &commit]).map_err(
        |_| Failure::Usage(format!("git knows no revision `{revision}` here; was it fetched?")),
    )?;
    let differ = git(
        &top,
        &["diff", "--name-only", "--no-renames", "-z", "--end-of-options", revision, "--"],
    )?;
    let unknown = git(&top, &["ls-files", "--others", "--exclude-standard", "-z"])?;
    let names = differ.split(|byte| *byte == 0).chain(unknown.split(|byte| *byte == 0));
    let paths = names.filter(|name| !name.is_empty()).map(|name| top.join(path(name)));
    Ok(paths.filter_map(|path| std::fs::canonicalize(path).ok()).collect())
}

#[cfg(unix)]
fn path(name: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    std::ffi::OsStr::from_bytes(name).into()
}

#[cfg(not(unix))]
fn path(name: &[u8]) -> PathBuf {
    String::from_utf8_lossy(name).into_owned().into()
}

fn git(folder: &Path, args: &[&str]) -> Result<Vec<u8>, Failure> {
    let output = Command::new("git").arg("-C").arg(folder).args(args).output();
    let output = output.map_err(|error| {
        Failure::Usage(format!("--changed-since needs git: {}", error.to_string().to_lowercase()))
    })?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said.lines().next().unwrap_or("it failed").trim_start_matches("fatal: ").to_owned();
    Err(Failure::Usage(format!("git: {said}")))
}
