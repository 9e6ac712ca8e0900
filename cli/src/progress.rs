//! Progress on standard error.

use crate::args::ProgressKind;
use crate::checker::suite::Progress;
use crate::output::stderr;
use std::io::{IsTerminal, stderr as standard_error};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Returns to the start of the line and clears it.
const CLEAR: &str = "\r\u{1b}[2K";

/// Says how far a run has come, not too often.
pub(crate) struct Meter {
    kind: Kind,
    last: Mutex<Option<Instant>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Rewritten,
    Lines,
    Silent,
}

impl Meter {
    pub(crate) fn new(kind: ProgressKind) -> Self {
        let kind = match kind {
            ProgressKind::Auto if standard_error().is_terminal() => Kind::Rewritten,
            ProgressKind::Plain => Kind::Lines,
            ProgressKind::Auto | ProgressKind::None => Kind::Silent,
        };
        Self { kind, last: Mutex::new(None) }
    }

    /// Called from any thread.
    pub(crate) fn tell(&self, progress: &Progress) {
        let line = format!("[{}/{}] {}", progress.done, progress.total, progress.label);
        match self.kind {
            Kind::Silent => {}
            Kind::Rewritten if self.is_due(Duration::from_millis(50)) => {
                let short: String = line.chars().take(78).collect();
                stderr(&format!("{CLEAR}{short}"));
            }
            Kind::Lines
                if progress.done == progress.total || self.is_due(Duration::from_secs(1)) =>
            {
                stderr(&format!("{line}\n"));
            }
            Kind::Rewritten | Kind::Lines => {}
        }
    }

    fn is_due(&self, every: Duration) -> bool {
        let Ok(mut last) = self.last.lock() else { return false };
        let due = last.is_none_or(|last| last.elapsed() >= every);
        if due {
            *last = Some(Instant::now());
        }
        due
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        if self.kind == Kind::Rewritten {
            stderr(CLEAR);
        }
    }
}
