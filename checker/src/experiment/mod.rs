//! Experiments: many runs, and what they come to together.

pub mod diff;
