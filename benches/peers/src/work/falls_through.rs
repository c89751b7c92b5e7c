//! W4: a path that falls through, as its sixth segment matches no route.

use http::Method;

use super::{Table, Work};

pub static WORK: Work = Work::new(
    "W4",
    "falls through, 200 routes, body untouched",
    Table::Github,
    Method::GET,
    "/repos/rust-lang/rust/issues/42/nothing",
    |response| response.status == 200 && response.body == "a page",
);
