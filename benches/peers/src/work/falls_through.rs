//! W4: a path that is not ours, which the sixth segment tells.

use http::Method;

use super::{Table, Work};

pub static WORK: Work = Work::new(
    "W4",
    "falls through, 200 routes, body untouched",
    Table::Github,
    Method::GET,
    "/repos/rust-lang/rust/issues/42/nothing",
    |answer| answer.status == 200 && answer.body == "a page",
);
