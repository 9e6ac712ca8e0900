//! The binary, run as people and CI run it.

mod accepted;
mod cache;
mod ci;
mod files;
mod guide;
mod outputs;
mod project;
mod run;
mod tool;
mod usage;
