//! Runs the model.

pub mod explore;
