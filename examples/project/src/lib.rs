//! A service of somebody's. What matters here is `tests/stories.rs`.

/// The mechanism that this service's tokens are modelled by.
pub const MECHANISM: &str = "continuity/K4";
