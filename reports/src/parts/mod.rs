//! What several renderers need.

pub(crate) mod attack;
pub(crate) mod canvas;
pub(crate) mod excerpt;
pub(crate) mod fingerprint;
pub(crate) mod grid;
pub(crate) mod hold;
pub(crate) mod lanes;
pub(crate) mod layout;
pub(crate) mod mermaid;
pub(crate) mod paint;
pub(crate) mod rank;
pub(crate) mod runs;
pub(crate) mod stairs;
pub(crate) mod text;
