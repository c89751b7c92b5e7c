//! W4: a path that is not ours.

use http::Method;

use super::{Table, Work};

pub static WORK: Work = Work::new(
    "W4",
    "falls through, 200 routes, body untouched",
    Table::Github,
    Method::GET,
    "/assets/app/main.js",
    |answer| answer.status == 200 && answer.body == "a page",
);
