//! Search engines over [`System`]; none has ever heard of trust.

mod system;
pub use system::System;
