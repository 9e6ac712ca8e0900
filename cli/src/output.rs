//! Everything that is written: results to standard output or whole files, complaints to standard error.

use crate::exit::Failure;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use whoacts_scenarios::limits::MAX_FILE_BYTES;
use whoacts_scenarios::{is_ours, read_up_to, shown};

/// Where a format goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// Standard output.
    Stdout,
    /// A file, written whole or not at all.
    File(PathBuf),
}

/// Writes a text where it belongs. What people wrote, a story or a policy, is never overwritten.
pub(crate) fn write(target: &Target, text: &str) -> Result<(), Failure> {
    match target {
        Target::Stdout => stdout(text).map_err(|error| failed("standard output", &error)),
        Target::File(path) if is_written_by_hand(path) => Err(Failure::Usage(format!(
            "`{}` is a story or a policy, which no output overwrites",
            shown(path)
        ))),
        Target::File(path) => rewrite(path, text),
    }
}

/// Writes a file anew, whatever it holds: for verbs that people ask to change their files.
pub(crate) fn rewrite(path: &Path, text: &str) -> Result<(), Failure> {
    file(path, text).map_err(|error| failed(&format!("`{}`", shown(path)), &error))
}

/// Whether a file that is there says that it is a scenario or a policy, or is a Cedar policy.
fn is_written_by_hand(path: &Path) -> bool {
    let is_cedar = path.extension().is_some_and(|kind| kind.eq_ignore_ascii_case("cedar"));
    let told = || read_up_to(path, MAX_FILE_BYTES as u64).is_ok_and(|bytes| is_ours(&bytes));
    path.is_file() && (is_cedar || told())
}

/// Makes a folder, with those above it.
pub(crate) fn folder(path: &Path) -> Result<(), Failure> {
    fs::create_dir_all(path).map_err(|error| failed(&format!("`{}`", shown(path)), &error))
}

/// Adds a text to the end of a file that somebody else may have begun.
pub(crate) fn append(path: &Path, text: &str) -> Result<(), Failure> {
    let opened = fs::OpenOptions::new().append(true).create(true).open(path);
    opened
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|error| failed(&format!("`{}`", shown(path)), &error))
}

/// Standard output; a reader that has seen enough (`head`) is no error.
fn stdout(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

/// A file beside it is renamed once it is complete. What is no plain file (a device, a pipe) is written directly, and so is
/// a file that has several names, which a new file would take one of. A link stays, and what it leads to is written; the new
/// file has the mode of the old one.
fn file(path: &Path, text: &str) -> io::Result<()> {
    let known = fs::metadata(path).ok();
    if known.as_ref().is_some_and(|known| !known.is_file() || has_several_names(known)) {
        let truncate = known.is_some_and(|known| known.is_file());
        let opened = fs::OpenOptions::new().write(true).truncate(truncate).open(path);
        return opened?.write_all(text.as_bytes());
    }
    let place = if known.is_some() { fs::canonicalize(path)? } else { path.to_path_buf() };
    let path = place.as_path();
    let name = path.file_name().ok_or(ErrorKind::InvalidInput)?;
    let draft =
        path.with_file_name(format!(".{}.{}.tmp", name.to_string_lossy(), std::process::id()));
    let mode = || known.map_or(Ok(()), |known| fs::set_permissions(&draft, known.permissions()));
    let written = complete(&draft, text).and_then(|()| mode());
    let written = written.and_then(|()| fs::rename(&draft, path));
    if written.is_err() {
        // The draft may not even exist; what matters is the first error.
        let _ = fs::remove_file(&draft);
    }
    written
}

#[cfg(unix)]
fn has_several_names(file: &fs::Metadata) -> bool {
    std::os::unix::fs::MetadataExt::nlink(file) > 1
}

#[cfg(not(unix))]
fn has_several_names(_file: &fs::Metadata) -> bool {
    false
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

    #[cfg(unix)]
    #[test]
    fn links_names_and_modes_stay() {
        use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
        let folder = std::env::temp_dir().join(format!("whoacts-links-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        let (file, link, name) = (folder.join("a"), folder.join("link"), folder.join("name"));
        fs::write(&file, "old").expect("a file");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).expect("a mode");
        symlink("a", &link).expect("a link");
        assert_eq!(write(&Target::File(link.clone()), "new"), Ok(()));
        assert!(fs::symlink_metadata(&link).expect("the link").is_symlink());
        assert_eq!(fs::read_to_string(&file).expect("the file"), "new");
        assert_eq!(fs::metadata(&file).expect("the file").mode() & 0o777, 0o600);
        fs::hard_link(&file, &name).expect("a second name");
        assert_eq!(write(&Target::File(file.clone()), "x"), Ok(()));
        assert_eq!(fs::read_to_string(&name).expect("the file"), "x");
        fs::remove_dir_all(&folder).expect("to clean up");
    }

    #[test]
    fn a_story_is_not_overwritten() {
        let folder = std::env::temp_dir().join(format!("whoacts-story-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        for (name, text) in [
            ("story.toml", "\"schema\" = \"whoacts/scenario/1\"\n"),
            ("policy.toml", "schema = \"whoacts/policy/1\"\n"),
            ("a.cedar", "permit(principal, action, resource);"),
        ] {
            let path = folder.join(name);
            fs::write(&path, text).expect("a file");
            let said = write(&Target::File(path.clone()), "{}").expect_err("refused").to_string();
            assert!(said.contains("which no output overwrites"), "{said}");
            assert_eq!(fs::read_to_string(&path).expect("the file"), text);
            assert_eq!(rewrite(&path, "changed"), Ok(()));
        }
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
