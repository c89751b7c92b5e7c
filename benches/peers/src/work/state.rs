//! A value that the handlers share.

use http::Method;

use super::{GREETING, Table, Work};

pub static WORK: Work = Work::new("state", "GET, shared state", Table::State, Method::GET, "/state", |response| {
    response.is_text(GREETING.0)
});
