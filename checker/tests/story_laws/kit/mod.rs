//! Laws over files: stories as TOML text, changed as text may be changed, and what the product says of both.
//!
//! A law compares what the checker says of a story with what it says of the same story after one change, under one form. It is
//! about verdicts and about *acts*, the effects that some verifier would accept, read off the acceptance records. Nothing here
//! knows how the checker comes to either, so a law may hold over any way of finding them.

#![allow(clippy::unwrap_used, clippy::panic, dead_code, unreachable_pub)]

pub mod files;
pub mod findings;
pub mod generate;
pub mod law;
pub mod laws;
pub mod look;
pub mod pinned;
pub mod random;
pub mod rename;
pub mod shrink;
