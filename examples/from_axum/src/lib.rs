//! An axum program, and the same program with route tables: see `before.rs` and `after.rs`.

pub mod after;
pub mod before;
mod reports;
pub mod store;
