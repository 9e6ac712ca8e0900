//! Files that are read besides stories and policies: regular ones, whole, up to a limit.

use std::io::ErrorKind;
use std::path::Path;
use whoacts_scenarios::read_up_to;

/// A file larger than this is none of ours.
const MAX_BYTES: u64 = 16 * 1024 * 1024;

/// The bytes of a file; else why not.
pub(crate) fn bytes(path: &Path) -> Result<Vec<u8>, String> {
    let bytes = read_up_to(path, MAX_BYTES + 1).map_err(|error| match error.kind() {
        ErrorKind::NotFound => "there is no such file".to_owned(),
        _ => error.to_string().to_lowercase(),
    })?;
    match bytes.len() as u64 > MAX_BYTES {
        true => Err(format!("it has more than {MAX_BYTES} bytes, which is the limit")),
        false => Ok(bytes),
    }
}

/// The text of a file; else why not.
pub(crate) fn text(path: &Path) -> Result<String, String> {
    String::from_utf8(bytes(path)?).map_err(|_| "it is not UTF-8".to_owned())
}
