//! HEAD, which the GET handler answers.

use http::Method;

use super::{Table, Work};

/// warp and actix-web leave it to hyper and to their server to drop the content.
pub static WORK: Work =
    Work::new("HEAD", "HEAD of a static path, 200 routes", Table::Github, Method::HEAD, "/user/issues", |answer| {
        answer.status == 200
    });
