//! The recipes of the guide that need other crates. Each file is the code of the page with its name in `src/guide/recipes`:
//! `tests/guide.rs` compares them.

pub mod events;
pub mod graphql;
pub mod grpc;
pub mod jobs;
pub mod upload;
