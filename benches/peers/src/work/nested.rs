//! A table in a table in a table.

use http::Method;

use super::{Table, Work, is_text};

pub static WORK: Work =
    Work::new("nest", "GET, one parameter, nested twice", Table::Nested, Method::GET, "/api/v1/users/42", |answer| {
        is_text(answer, "42")
    });
