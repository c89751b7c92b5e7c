//! The response of W1 as a tuple of headers and text.

use http::Method;

use super::{Table, Work, is_hello};

pub static WORK: Work =
    Work::new("tuple", "GET, static path, `([header], text)`", Table::One, Method::GET, "/api/tuple", is_hello);
