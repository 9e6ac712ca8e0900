//! Single files: what each says it is, and its bytes.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use toml::de::DeTable;

use crate::limits::MAX_FILE_BYTES;

/// What a file says it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A scenario, well written or not.
    Story,
    /// A policy.
    Policy,
    /// Another file of ours.
    Other,
    /// Nothing that is known here.
    Foreign,
}

/// What a file says it is: by its `schema`, else by a text of its first table that can only be meant as one. What says
/// `whoacts/` and no kind that is known is a misspelt scenario, so that nobody's story is passed over for a slip.
pub(crate) fn kind(bytes: &[u8]) -> Kind {
    let text = String::from_utf8_lossy(bytes.get(..=MAX_FILE_BYTES).unwrap_or(bytes));
    let (root, _) = DeTable::parse_recoverable(&text);
    let root = root.get_ref();
    let said = |text: &str| text.strip_prefix("whoacts/").map(|kind| kind_called(kind.trim()));
    let schema = root.get("schema").and_then(|value| value.get_ref().as_str());
    let meant = || root.values().filter_map(|value| value.get_ref().as_str()).find_map(said);
    // A file that is broken before its first key still shows its lines.
    schema.and_then(said).or_else(meant).or_else(|| by_line(&text)).unwrap_or(Kind::Foreign)
}

fn kind_called(said: &str) -> Kind {
    let said = said.split('/').next().unwrap_or_default();
    match said {
        "policy" => Kind::Policy,
        "baseline" => Kind::Other,
        _ => Kind::Story,
    }
}

/// The first line `schema = "whoacts/…"`.
fn by_line(text: &str) -> Option<Kind> {
    text.trim_start_matches('\u{feff}').lines().find_map(|line| {
        let value = line.trim().strip_prefix("schema")?.trim_start().strip_prefix('=')?.trim();
        let value = value.strip_prefix(['"', '\''])?.strip_prefix("whoacts/")?;
        Some(kind_called(value.split(['"', '\'']).next().unwrap_or_default()))
    })
}

/// Whether a file says that it is a scenario or a policy, well written or not.
pub fn is_ours(bytes: &[u8]) -> bool {
    matches!(kind(bytes), Kind::Story | Kind::Policy)
}

/// The file's bytes, up to a limit. What is no regular file may never end (a device) or never begin (a pipe), and is refused.
///
/// # Errors
/// That of the operating system, or that it is no regular file.
pub fn read_up_to(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file"));
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}
