//! One verb a file.

pub(crate) mod ablate;
pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod conflate;
pub(crate) mod diff;
mod experiment;
pub(crate) mod explain;
pub(crate) mod fmt;
mod formats;
pub(crate) mod frontier;
pub(crate) mod init;
pub(crate) mod lint;
pub(crate) mod list;
pub(crate) mod matrix;
pub(crate) mod promote;
pub(crate) mod replay;
pub(crate) mod schema;
pub(crate) mod score;
pub(crate) mod shrink;
