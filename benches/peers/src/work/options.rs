//! OPTIONS, which nobody registered.

use http::Method;

use super::{Table, Work};

pub static WORK: Work = Work::new(
    "OPTIONS",
    "OPTIONS of a static path, 200 routes",
    Table::Github,
    Method::OPTIONS,
    "/user/issues",
    |answer| answer.status == 204 || answer.status == 405,
)
.with_allow();
