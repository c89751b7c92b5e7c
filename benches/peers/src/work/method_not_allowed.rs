//! W3: a path that is known, with a method that is not.

use http::Method;

use super::{Table, Work};

pub static WORK: Work =
    Work::new("W3", "405 with `Allow`, 200 routes", Table::Github, Method::DELETE, "/user/issues", |answer| {
        answer.status == 405
    })
    .with_allow();
