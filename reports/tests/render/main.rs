//! Goldens of every renderer, on outcomes made by hand. `UPDATE_EXPECT=1 cargo test` refreshes them; read the diff.

mod formats;
mod lanes;
mod machines;
mod run;
mod sample;
mod table;
mod validate;
