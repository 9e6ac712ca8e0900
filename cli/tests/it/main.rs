//! The binary, run as people and CI run it.

mod accepted;
mod adversary;
mod bless;
mod cache;
mod cedar;
mod ci;
mod diff;
mod files;
mod guide;
mod limits;
mod lint;
mod outputs;
mod project;
mod run;
mod tool;
mod usage;
