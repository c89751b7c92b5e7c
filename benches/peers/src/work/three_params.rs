//! W2p3: three parameters, read as text.

use http::Method;

use super::{Table, Work, is_text};

pub static WORK: Work = Work::new(
    "W2p3",
    "GET, three parameters read as `&str`, 200 routes",
    Table::Github,
    Method::GET,
    "/repos/rust-lang/rust/issues/42/comments",
    |answer| is_text(answer, "rust-lang rust 42"),
);

/// What is answered: one allocation, of the size that is needed.
pub fn joined(owner: &str, repo: &str, number: &str) -> String {
    [owner, repo, number].join(" ")
}
