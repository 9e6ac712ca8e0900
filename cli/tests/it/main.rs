//! The binary, run as people and CI run it.

mod files;
mod limits;
mod run;
mod tool;
mod usage;
