//! The world: a finite transition system in which honest executors, faults and an adversary act on real messages.
//!
//! `lower` sets the stage ([`setting`]); [`universe`] finds every message that can exist; `ground` works out what each
//! move needs and changes, once, so that a search only compares and sets bits.

mod adversary;
pub mod bits;
pub mod capability;
mod cone;
pub mod deployed;
pub mod ghost;
mod ground;
mod index;
pub mod kitchen;
pub mod moves;
pub mod mutation;
mod order;
pub mod recipe;
pub mod record;
mod rules;
pub mod setting;
mod symmetry;
mod system;
pub mod universe;

pub use ground::{Accepting, GoodEnd, Ground, PUT, SERVED, WATCHED, World};
