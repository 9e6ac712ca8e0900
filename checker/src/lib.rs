//! Runs the model: lowers a scenario to a finite world, explores it, and confirms every attack.

pub mod explore;
pub mod lower;
pub mod outcome;
pub mod property;
pub mod world;
