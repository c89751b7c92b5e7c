//! OPTIONS of a route without an OPTIONS handler.

use http::Method;

use super::{Table, Work};

pub static WORK: Work = Work::new(
    "OPTIONS",
    "OPTIONS of a static path, 200 routes",
    Table::Github,
    Method::OPTIONS,
    "/user/issues",
    |response| response.status == 204 || response.status == 405,
)
.with_allow();
