//! What holds for a whole command: how to look, and whether to stop.

use crate::args::{ColorKind, Common, ProgressKind};
use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, Ordering};
use whoacts_reports::{Detail, Look, Paint, Sources, ascii};

/// Set by the first Ctrl-C: the run ends as inconclusive.
static INTERRUPTED: AtomicBool = AtomicBool::new(false);
/// The exit code of the second Ctrl-C, as shells have it.
const KILLED: i32 = 130;

/// What holds for a whole command.
pub(crate) struct Session {
    /// How much to say.
    pub(crate) detail: Detail,
    /// Whether and how to show progress.
    pub(crate) progress: ProgressKind,
    color: ColorKind,
}

impl Session {
    pub(crate) fn new(common: &Common) -> Self {
        let detail = match (common.quiet, common.verbose) {
            (true, _) => Detail::Quiet,
            (_, true) => Detail::Verbose,
            _ => Detail::Normal,
        };
        Self { detail, progress: common.progress, color: common.color }
    }

    /// How to look at results that go to standard output, or else to a file.
    pub(crate) fn look<'a>(&self, sources: &'a dyn Sources, to_stdout: bool) -> Look<'a> {
        let version = env!("CARGO_PKG_VERSION");
        Look {
            sources,
            detail: self.detail,
            paint: self.paint(to_stdout),
            version,
            ..Look::default()
        }
    }

    fn paint(&self, to_stdout: bool) -> Paint {
        let silenced = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|terminal| terminal == "dumb");
        Paint::new(match self.color {
            ColorKind::Always => true,
            ColorKind::Never => false,
            ColorKind::Auto => to_stdout && std::io::stdout().is_terminal() && !silenced && !dumb,
        })
    }

    /// Starts to listen for Ctrl-C.
    pub(crate) fn interruptible(&self) -> &'static AtomicBool {
        // Without a handler Ctrl-C ends the program at once, which is fine too.
        let _ = ctrlc::set_handler(|| {
            if INTERRUPTED.swap(true, Ordering::SeqCst) {
                std::process::exit(KILLED);
            }
        });
        &INTERRUPTED
    }
}

/// The text as this terminal can show it: a locale that says `C` gets ASCII.
pub(crate) fn shown(text: String) -> String {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|value| !value.is_empty());
    match locale.as_deref() {
        Some("C" | "POSIX") => ascii(&text),
        _ => text,
    }
}
