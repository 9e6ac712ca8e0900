//! The binary, run as people and CI run it.

mod cedar;
mod diff;
mod files;
mod lint;
mod run;
mod tool;
mod usage;
