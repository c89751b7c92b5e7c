//! W1: a table of one route.

use http::Method;

use super::{Table, Work, is_hello};

pub static WORK: Work =
    Work::new("W1", "GET, 1 route, static path, small JSON body", Table::One, Method::GET, "/api/hello", is_hello);
