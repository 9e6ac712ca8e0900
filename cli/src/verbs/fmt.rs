//! `whoacts fmt`: scenario and policy files in one look.

use crate::args::FmtArgs;
use crate::exit::{EXPECTED, Failure, UNEXPECTED};
use crate::output::{Target, rewrite, write};
use crate::session::Session;
use std::fs;
use std::path::{Path, PathBuf};
use whoacts_scenarios::{format, is_ours, read_up_to, shown as shown_path};

/// No deeper below a folder, and no larger file.
const MAX_DEPTH: usize = 16;
const MAX_BYTES: u64 = 1 << 20;

pub(crate) fn run(args: &FmtArgs, session: &Session) -> Result<u8, Failure> {
    let mut files = Vec::new();
    for path in &args.paths {
        collect(path, 0, &mut files)?;
    }
    files.sort();
    files.dedup();
    let mut changed = String::new();
    for path in files {
        let text = read(&path)?;
        let Some(text) = text.filter(|text| is_ours(text.as_bytes())) else { continue };
        let formatted = format(&text).map_err(|reason| {
            Failure::Usage(format!("cannot format `{}`: {}", shown_path(&path), reason.trim_end()))
        })?;
        if formatted != text {
            changed.push_str(&format!("{}\n", shown_path(&path)));
            if !args.check {
                rewrite(&path, &formatted)?;
            }
        }
    }
    if session.detail != whoacts_reports::Detail::Quiet {
        write(&Target::Stdout, &changed)?;
    }
    Ok(if args.check && !changed.is_empty() { UNEXPECTED } else { EXPECTED })
}

/// The file, or the TOML files below the folder.
fn collect(path: &Path, depth: usize, files: &mut Vec<PathBuf>) -> Result<(), Failure> {
    if !path.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    if depth > MAX_DEPTH {
        return Ok(());
    }
    let entries = fs::read_dir(path).map_err(|error| unreadable(path, &error))?;
    for entry in entries.flatten() {
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        let kind = entry.file_type().map_err(|error| unreadable(path, &error))?;
        let path = entry.path();
        let is_toml =
            path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml"));
        if !hidden && (kind.is_dir() || kind.is_file() && is_toml) {
            collect(&path, depth + 1, files)?;
        }
    }
    Ok(())
}

/// The text; `None` for what is too large or no text, and so none of ours.
fn read(path: &Path) -> Result<Option<String>, Failure> {
    let bytes = read_up_to(path, MAX_BYTES + 1).map_err(|error| unreadable(path, &error))?;
    let is_small = bytes.len() as u64 <= MAX_BYTES;
    Ok(String::from_utf8(bytes).ok().filter(|_| is_small))
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    let reason = match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file or folder".into(),
        _ => error.to_string().to_lowercase(),
    };
    Failure::Usage(format!("cannot read `{}`: {reason}", shown_path(path)))
}
