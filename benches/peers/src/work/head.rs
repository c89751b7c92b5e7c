//! HEAD, which the GET handler answers.

use http::Method;

use super::{Table, Work};

pub static WORK: Work =
    Work::new("HEAD", "HEAD of a static path, 200 routes", Table::Github, Method::HEAD, "/user/issues", |answer| {
        answer.status == 200 && answer.body.is_empty()
    });
