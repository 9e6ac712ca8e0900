//! Scenario and policy files: data and its syntax. Knows no trust model.

pub mod scenario;
pub mod span;
