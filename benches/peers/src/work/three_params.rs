//! W2p3: three parameters, read as text.

use http::Method;

use super::{Table, Work};

pub static WORK: Work = Work::new(
    "W2p3",
    "GET, three parameters read as `&str`, 200 routes",
    Table::Github,
    Method::GET,
    "/repos/rust-lang/rust/issues/42/comments",
    |response| response.is_text("rust-lang rust 42"),
);

/// Joins the parameters with one allocation.
pub fn joined(owner: &str, repo: &str, number: &str) -> String {
    [owner, repo, number].join(" ")
}
