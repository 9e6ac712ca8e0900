//! The limits that come from outside: time, and someone who has had enough.

use super::{LimitKind, Options};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// Looks at the clock and at the interrupt flag.
pub(super) struct Watch<'a> {
    until: Option<Instant>,
    interrupted: Option<&'a AtomicBool>,
}

impl<'a> Watch<'a> {
    pub(super) fn new(opts: &Options<'a>) -> Self {
        let until = opts.deadline.and_then(|limit| Instant::now().checked_add(limit));
        Self { until, interrupted: opts.interrupted }
    }

    /// The limit that has been reached, if any.
    pub(super) fn expired(&self) -> Option<LimitKind> {
        if self.interrupted.is_some_and(|flag| flag.load(Ordering::Relaxed)) {
            return Some(LimitKind::Interrupted);
        }
        self.until.is_some_and(|until| Instant::now() >= until).then_some(LimitKind::Time)
    }
}
