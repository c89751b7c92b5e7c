//! HEAD of a route with a GET handler.

use http::Method;

use super::{Table, Work};

/// warp leaves it to hyper to drop the content, and actix-web to its server.
pub static WORK: Work =
    Work::new("HEAD", "HEAD of a static path, 200 routes", Table::Github, Method::HEAD, "/user/issues", |response| {
        response.status == 200
    });
