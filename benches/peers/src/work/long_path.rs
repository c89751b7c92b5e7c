//! A path of twelve segments.

use http::Method;

use super::{LONG_PATH, Table, Work, is_hello};

pub static WORK: Work =
    Work::new("long", "GET, static path of 12 segments", Table::Long, Method::GET, LONG_PATH, is_hello);
