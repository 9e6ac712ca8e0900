//! The binary, run as people and CI run it.

mod files;
mod tool;
mod usage;
