//! W2s: a path without parameters, in a table of 200 routes.

use http::Method;

use super::{Table, Work, is_hello};

pub static WORK: Work =
    Work::new("W2s", "GET, static path, 200 routes", Table::Github, Method::GET, "/user/issues", is_hello);
