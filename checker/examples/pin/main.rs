//! Writes what a story expects out of what the checker finds.
//!
//! `cargo run --release -p whoacts-checker --example pin -- FILE…` rewrites everything below the marker line of each file:
//! one `[[expect]]` row for each group of equal results, with a *because* that is put together from `reasons.rows`. A row
//! that says what it said before keeps its *because*, unless `--fresh` is given; so a reason may be improved by hand.
//! `--all` pins every story of the library. Which further adversaries are asked stands above the marker, in lines such as
//! `# also: +confuse on continuity/K4..K6`.

#![allow(clippy::print_stderr, reason = "a tool for the terminal")]

mod found;
mod reasons;
mod rows;
mod story;

use reasons::Reasons;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut files = Vec::new();
    let (mut fresh, mut all) = (false, false);
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            "--fresh" => fresh = true,
            "--all" => all = true,
            file => files.push(PathBuf::from(file)),
        }
    }
    if all {
        files.extend(library());
    }
    if files.is_empty() {
        eprintln!("usage: pin [--fresh] (--all | FILE…)");
        return ExitCode::from(2);
    }
    let reasons = Reasons::load();
    let mut code = ExitCode::SUCCESS;
    for file in files {
        if let Err(problem) = pin(&file, &reasons, fresh) {
            eprintln!("{}: {problem}", file.display());
            code = ExitCode::FAILURE;
        }
    }
    code
}

fn library() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios/cases");
    let inside = |folder: &Path| -> Vec<PathBuf> {
        let read = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let mut found: Vec<PathBuf> = read.map(|entry| entry.path()).collect();
        found.sort();
        found
    };
    inside(&root).iter().flat_map(|family| inside(family)).collect()
}

fn pin(file: &Path, reasons: &Reasons, fresh: bool) -> Result<(), String> {
    let text = std::fs::read_to_string(file).map_err(|error| error.to_string())?;
    let story = story::Story::read(file, &text)?;
    let found = found::Found::of(&story)?;
    let kept = if fresh { Vec::new() } else { story.kept() };
    let rows = rows::rows(&story, &found, reasons, &kept);
    let body: Vec<String> = rows.iter().map(rows::Row::text).collect();
    let pinned = format!("{}{}\n\n{}", story.head, story::MARKER, body.join("\n"));
    // A file that is written anew is built anew.
    if pinned != text {
        std::fs::write(file, pinned).map_err(|error| error.to_string())?;
    }
    eprintln!("{}: {} rows, {}", story.id, rows.len(), found.summary());
    for row in rows.iter().filter(|row| row.because.contains("TODO")) {
        eprintln!("  a reason is missing: {}", row.because.trim());
    }
    Ok(())
}
