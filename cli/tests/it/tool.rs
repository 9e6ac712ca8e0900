//! Runs the binary.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A finished command.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Runs `whoacts` with these arguments.
pub(crate) fn whoacts(args: &[&str]) -> Ran {
    ran(command(args).output().expect("the binary runs"))
}

/// The command, not yet run; without what the environment says about looks.
pub(crate) fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_whoacts"));
    command.args(args).env_remove("NO_COLOR").env("LC_ALL", "C.UTF-8");
    // Each test sees what this program finds, not what it found before.
    command.env("WHOACTS_CACHE", "").env_remove("GITHUB_STEP_SUMMARY");
    command
}

pub(crate) fn ran(output: Output) -> Ran {
    Ran {
        code: output.status.code().expect("it was not killed"),
        stdout: String::from_utf8(output.stdout).expect("UTF-8"),
        stderr: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

/// A folder of this test alone, removed at its end.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let path =
            Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    pub(crate) fn path(&self) -> &str {
        self.0.to_str().expect("UTF-8")
    }

    /// Writes a file and gives its path.
    pub(crate) fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(&path, bytes).expect("a file");
        path.to_str().expect("UTF-8").to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What stays behind is in the target folder.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
