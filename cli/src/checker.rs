//! The checker, as the verbs see it.

pub(crate) use whoacts_checker::{
    describe, renamed, shrink, store, suite, trace_file, verdicts,
};
