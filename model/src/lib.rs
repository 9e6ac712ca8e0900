//! The trust model: five concepts around one centre, and a reference verifier for them.
//!
//! Read in this order: [`identity`], [`role`], [`identifier`], [`attestation`], [`authority`], [`execution`]; then what a
//! verifier can check ([`guard`]), what a presentation proves ([`evidence`]) and the one decision ([`mod@decide`]). The
//! [`mechanism`]s translate what people deploy today into the same evidence.
//!
//! Pure: no I/O, no clock, no randomness, no threads. Time and nonces are arguments.

pub mod attestation;
pub mod authority;
pub mod conflation;
pub mod contract;
pub mod crypto;
pub mod decide;
pub mod evidence;
pub mod execution;
pub mod guard;
pub mod identifier;
pub mod identity;
pub mod mechanism;
pub mod name;
pub mod policy;
pub mod presentation;
pub mod role;
pub mod runtime;
pub mod token;
pub mod verify;
pub mod wire;

pub use decide::{Authorized, Denial, decide};
pub use guard::{Guard, GuardSet};
