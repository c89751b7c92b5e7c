//! A response that is serialized to JSON.

use http::Method;
use serde::Serialize;

use super::{Table, Work, is_hello};

pub static WORK: Work =
    Work::new("json", "GET, static path, a struct as JSON", Table::One, Method::GET, "/api/json", is_hello);

#[derive(Serialize)]
pub struct Hello {
    pub hello: &'static str,
}

impl Hello {
    pub const WORLD: Self = Self { hello: "world" };
}
