//! One verb a file.

pub(crate) mod check;
pub(crate) mod diff;
pub(crate) mod explain;
mod formats;
pub(crate) mod lint;
pub(crate) mod list;
pub(crate) mod matrix;
pub(crate) mod replay;
