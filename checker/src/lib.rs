//! Runs the model: lowers a scenario to a finite world, explores it, and confirms every attack.

pub mod confirm;
pub mod describe;
pub mod experiment;
pub mod explore;
pub mod inquiry;
pub mod lower;
pub mod outcome;
pub mod property;
pub mod suite;
pub mod tell;
pub mod trace_file;
pub mod world;
