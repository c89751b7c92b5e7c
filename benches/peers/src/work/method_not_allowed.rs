//! W3: a registered path with a method that it lacks.

use http::Method;

use super::{Table, Work};

pub static WORK: Work =
    Work::new("W3", "405 with `Allow`, 200 routes", Table::Github, Method::DELETE, "/user/issues", |response| {
        response.status == 405
    })
    .with_allow();
