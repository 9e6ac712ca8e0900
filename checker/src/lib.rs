//! Runs the model: lowers a scenario to a finite world, explores it, and confirms every attack.

pub mod assumption;
pub mod cedar;
pub mod confirm;
pub mod describe;
pub mod experiment;
pub mod explore;
pub mod inquiry;
pub mod lint;
pub mod lower;
pub mod outcome;
pub mod property;
pub mod renamed;
pub mod shrink;
pub mod store;
pub mod suite;
pub mod tell;
pub mod trace_file;
pub mod vary;
pub mod verdicts;
pub mod world;
