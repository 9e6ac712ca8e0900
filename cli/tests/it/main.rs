//! The binary, run as people and CI run it.

mod cache;
mod files;
mod run;
mod tool;
mod usage;
