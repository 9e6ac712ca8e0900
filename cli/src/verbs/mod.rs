//! One verb a file.

pub(crate) mod ablate;
pub(crate) mod check;
pub(crate) mod conflate;
mod experiment;
pub(crate) mod explain;
mod formats;
pub(crate) mod frontier;
pub(crate) mod list;
pub(crate) mod matrix;
pub(crate) mod replay;
pub(crate) mod score;
