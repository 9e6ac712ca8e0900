//! The checker, as the verbs see it.

pub(crate) use whoacts_checker::{describe, suite, trace_file};
