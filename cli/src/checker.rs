//! What the command line asks of the checker. Until `whoacts_checker::suite` is there, it answers that it is not.

#![allow(
    dead_code,
    missing_docs,
    unused_variables,
    reason = "stands in for the checker until it is there"
)]

pub(crate) mod suite {
    use std::sync::atomic::AtomicBool;
    use whoacts_checker::outcome::Outcome;
    use whoacts_scenarios::{Case, Vocabulary};

    #[derive(Default, Clone, Copy)]
    pub(crate) enum Engine {
        #[default]
        Layered,
        Stateright,
    }
    #[derive(Default, Clone, Copy)]
    pub(crate) enum CryptoKind {
        #[default]
        Symbolic,
        Ed25519,
    }
    #[derive(Default, Clone, Copy)]
    pub(crate) struct Reductions {
        pub(crate) saturate: bool,
    }
    #[derive(Default, Clone)]
    pub(crate) struct Options {
        pub(crate) forms: Option<Vec<String>>,
        pub(crate) properties: Option<Vec<String>>,
        pub(crate) filter: Option<String>,
        pub(crate) adversary: Vec<String>,
        pub(crate) set: Vec<(String, String)>,
        pub(crate) engine: Engine,
        pub(crate) reductions: Reductions,
        pub(crate) threads: usize,
        pub(crate) max_states: Option<u64>,
        pub(crate) timeout: Option<std::time::Duration>,
        pub(crate) memory: Option<u64>,
        pub(crate) exact: bool,
        pub(crate) crypto: CryptoKind,
        pub(crate) stuck: bool,
    }
    pub(crate) enum Error {
        Usage(String),
        Vacuous(String),
        Internal(String),
    }
    pub(crate) struct Progress {
        pub(crate) done: usize,
        pub(crate) total: usize,
        pub(crate) label: String,
    }
    pub(crate) fn vocabulary() -> Vocabulary {
        Vocabulary::default()
    }
    pub(crate) fn run(
        cases: &[Case],
        options: &Options,
        progress: &(dyn Fn(Progress) + Sync),
        interrupted: &AtomicBool,
    ) -> Result<Outcome, Error> {
        Err(Error::Internal("the checker is not wired yet".into()))
    }
}

pub(crate) mod trace_file {
    use serde_json::Value;
    use whoacts_checker::outcome::{Check, Trace};
    use whoacts_scenarios::Case;

    pub(crate) struct Replayed {
        pub(crate) trace: Trace,
        pub(crate) property: String,
        pub(crate) scenario: String,
        pub(crate) mechanism: String,
        pub(crate) violated: bool,
    }
    pub(crate) fn save(check: &Check, case: &Case) -> Value {
        Value::Null
    }
    pub(crate) fn replay(value: &Value, cases: &[Case]) -> Result<Replayed, String> {
        Err("the checker is not wired yet".into())
    }
}

pub(crate) mod describe {
    pub(crate) struct Entry {
        pub(crate) kind: &'static str,
        pub(crate) id: String,
        pub(crate) about: String,
        pub(crate) more: String,
    }
    pub(crate) fn entries() -> Vec<Entry> {
        Vec::new()
    }
}
