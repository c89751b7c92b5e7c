//! A route in a table that is nested twice.

use http::Method;

use super::{Table, Work};

pub static WORK: Work =
    Work::new("nest", "GET, one parameter, nested twice", Table::Nested, Method::GET, "/api/v1/users/42", |response| {
        response.is_text("42")
    });
