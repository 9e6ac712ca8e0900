//! Random systems: a chain of pools between an origin and a resource, with an adversary who listens here and there.
//!
//! ```
//! use proptest::prelude::*;
//! use whoacts_assert::topology::topologies;
//!
//! proptest!(ProptestConfig::with_cases(4), |(system in topologies(2))| {
//!     let report = system.stories().mechanisms(["continuity/K4"]).properties(["custody"]).check();
//!     let report = report.expect("a sound story");
//!     prop_assert!(report.outcome.checks.iter().all(|check| check.trace.is_none()), "{}", report);
//! });
//! ```

use crate::{Stories, story};
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any};
use std::fmt::Write;

/// A chain of pools, each with what the adversary has there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topology {
    /// The pools, from the origin to the resource.
    pub hops: Vec<Hop>,
    /// Replicas of each pool, from 1.
    pub replicas: u32,
    /// The adversary may send in others' places.
    pub inject: bool,
    /// The adversary reads what reaches the resource.
    pub resource_observed: bool,
}

/// One pool of the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hop {
    /// What is sent to it also reaches a workload of the adversary's.
    pub overheard: bool,
    /// The adversary reads what reaches it.
    pub observed: bool,
    /// The hand-off names its environment; otherwise only the domain.
    pub pinned: bool,
}

/// Systems with one to so many pools.
pub fn topologies(most_hops: usize) -> impl Strategy<Value = Topology> {
    let hop = (any::<bool>(), any::<bool>(), Just(true))
        .prop_map(|(overheard, observed, pinned)| Hop { overheard, observed, pinned });
    let rest = (1_u32..=2, any::<bool>(), any::<bool>());
    (vec(hop, 1..=most_hops.max(1)), rest).prop_map(
        |(hops, (replicas, inject, resource_observed))| Topology {
            hops,
            replicas,
            inject,
            resource_observed,
        },
    )
}

impl Topology {
    /// The system as a story that expects nothing, to be narrowed and checked.
    pub fn stories(&self) -> Stories {
        story(self.scenario(), POLICY)
    }

    /// The text of the scenario's file.
    pub fn scenario(&self) -> String {
        let mut out = String::from(HEAD);
        for number in 0..self.hops.len() {
            let _ = write!(
                out,
                "\n[[pool]]\nid = \"pool-{number}\"\nattester = \"server\"\nenvironment = \"port-{number}\"\n"
            );
        }
        out.push_str(FLOW);
        for (number, hop) in self.hops.iter().enumerate() {
            let listener = if hop.overheard { ", \"stranger\"" } else { "" };
            let environment = if hop.pinned {
                format!("environment = \"port-{number}\", ")
            } else {
                String::new()
            };
            let _ = write!(
                out,
                "\n[[flow.hop]]\nto = \"pool-{number}\"\nlisteners = [\"pool-{number}\"{listener}]\nclass = {{ {environment}domain = \"ours\" }}\n"
            );
        }
        let _ = write!(
            out,
            "\n[adversary]\ncapabilities = [{}]\nobserves = [{}]\ninsider = \"stranger\"\n\n[bounds]\nreplicas = {}\nhops = {}\nexecutions = 1\ndeliveries = 1\nticks = 0\n",
            quoted(&self.capabilities()),
            quoted(&self.observed()),
            self.replicas,
            self.hops.len(),
        );
        out
    }

    fn capabilities(&self) -> Vec<String> {
        let mut names = vec!["insider".to_owned()];
        if self.inject {
            names.push("inject".to_owned());
        }
        if !self.observed().is_empty() {
            names.push("observe".to_owned());
        }
        names
    }

    fn observed(&self) -> Vec<String> {
        let hops = self.hops.iter().enumerate().filter(|(_, hop)| hop.observed);
        let pools = hops.map(|(number, _)| format!("pool-{number}"));
        pools.chain(self.resource_observed.then(|| "api".to_owned())).collect()
    }
}

fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ")
}

const HEAD: &str = r#"schema = "whoacts/scenario/1"
title = "A random system"
source = "made by a property test"
story = "Alice's work goes through a chain of pools to a resource; Mallory has a workload beside them."
policy = "random"

[[identity]]
id = "alice"

[[identity]]
id = "mallory"
adversary = true

[[attester]]
id = "server"
domain = "ours"

[[pool]]
id = "stranger"
attester = "server"
environment = "elsewhere"
adversary = true

[[resource]]
id = "api"
actions = ["read", "delete"]
"#;

const FLOW: &str = r#"
[[flow]]
id = "work"
origin = "alice"
authority = ["read api"]
request = { action = "read", resource = "api" }
"#;

/// Everything that a mechanism can bring evidence for is required.
pub const POLICY: &str = r#"schema = "whoacts/policy/1"
title = "All guards"
memory = "shared"

[require]
resource = ["all"]
hop = ["all"]

[[mandate]]
identity = "alice"
may_create = ["read api", "delete api"]

[[mandate]]
identity = "mallory"
may_create = ["delete api"]

[[attester]]
id = "server"
domain = "ours"
"#;
