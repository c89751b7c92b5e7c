//! A value that is shared with the handlers.

use http::Method;

use super::{GREETING, Table, Work, is_text};

pub static WORK: Work =
    Work::new("state", "GET, shared state", Table::State, Method::GET, "/state", |answer| is_text(answer, GREETING.0));
