//! Two parameters, read as a struct.

use std::fmt;

use http::Method;
use serde::Deserialize;

use super::{Table, Work};

pub static WORK: Work = Work::new(
    "struct",
    "GET, two parameters read as a struct",
    Table::Post,
    Method::GET,
    "/users/ada/posts/1843",
    |response| response.is_text("ada 1843"),
);

#[derive(Debug, Deserialize)]
pub struct Post {
    pub user: String,
    pub post: u32,
}

impl fmt::Display for Post {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.user, self.post)
    }
}
