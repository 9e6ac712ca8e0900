//! Everything that is written: results to standard output or whole files, complaints to standard error.

use crate::exit::Failure;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// Where a format goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// Standard output.
    Stdout,
    /// A file, written whole or not at all.
    File(PathBuf),
}

/// Writes a text where it belongs.
pub(crate) fn write(target: &Target, text: &str) -> Result<(), Failure> {
    match target {
        Target::Stdout => stdout(text).map_err(|error| failed("standard output", &error)),
        Target::File(path) => {
            file(path, text).map_err(|error| failed(&format!("`{}`", path.display()), &error))
        }
    }
}

/// Makes a folder, with those above it.
pub(crate) fn folder(path: &Path) -> Result<(), Failure> {
    fs::create_dir_all(path).map_err(|error| failed(&format!("`{}`", path.display()), &error))
}

/// Adds a text to the end of a file that somebody else may have begun.
pub(crate) fn append(path: &Path, text: &str) -> Result<(), Failure> {
    let opened = fs::OpenOptions::new().append(true).create(true).open(path);
    opened
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|error| failed(&format!("`{}`", path.display()), &error))
}

/// Standard output; a reader that has seen enough (`head`) is no error.
fn stdout(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

/// A file beside it is renamed once it is complete. What is no plain file (a device, a pipe) is written directly.
fn file(path: &Path, text: &str) -> io::Result<()> {
    if fs::metadata(path).is_ok_and(|known| !known.is_file()) {
        return fs::OpenOptions::new().write(true).open(path)?.write_all(text.as_bytes());
    }
    let name = path.file_name().ok_or(ErrorKind::InvalidInput)?;
    let draft =
        path.with_file_name(format!(".{}.{}.tmp", name.to_string_lossy(), std::process::id()));
    let written = complete(&draft, text).and_then(|()| fs::rename(&draft, path));
    if written.is_err() {
        // The draft may not even exist; what matters is the first error.
        let _ = fs::remove_file(&draft);
    }
    written
}

fn complete(path: &Path, text: &str) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

fn failed(what: &str, error: &io::Error) -> Failure {
    let reason = match error.kind() {
        ErrorKind::NotFound => "there is no such folder".into(),
        ErrorKind::PermissionDenied => "permission denied".into(),
        ErrorKind::StorageFull => "no space left on the device".into(),
        _ => error.to_string().to_lowercase(),
    };
    Failure::Usage(format!("cannot write {what}: {reason}"))
}

/// Says why nothing came of it.
pub(crate) fn complain(failure: &Failure) {
    stderr(&format!("{}\n", failure.to_string().trim_end()));
}

/// Standard error; whoever closed it does not want to know.
pub(crate) fn stderr(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_whole_and_leaves_no_draft() {
        let folder = std::env::temp_dir().join(format!("whoacts-output-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        let path = folder.join("run.json");
        for text in ["first", "second, longer"] {
            assert_eq!(write(&Target::File(path.clone()), text), Ok(()));
            assert_eq!(fs::read_to_string(&path).expect("the file"), text);
        }
        assert_eq!(fs::read_dir(&folder).expect("the folder").count(), 1);
        fs::remove_dir_all(&folder).expect("to clean up");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_said() {
        let full = Target::File("/dev/full".into());
        let said = write(&full, "text").expect_err("it is full").to_string();
        assert_eq!(said, "error: cannot write `/dev/full`: no space left on the device");
    }
}
