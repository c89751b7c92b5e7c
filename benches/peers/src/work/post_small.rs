//! W5s: a small JSON body.

use bytes::Bytes;
use http::Method;
use serde::{Deserialize, Serialize};

use super::{Table, Work};

#[derive(Debug, Deserialize, Serialize, PartialEq)]
pub struct User {
    pub id: u32,
    pub name: String,
    pub email: String,
    pub city: String,
}

const ADA: &str =
    r#"{"id":7,"name":"Ada Lovelace, Countess","email":"ada@analytical-engine.example","city":"London, Marylebone"}"#;

pub static WORK: Work =
    Work::new("W5s", "POST ~100 B JSON → struct → 201 JSON", Table::Users, Method::POST, "/users", |response| {
        response.status == 201 && response.is_json() && response.body == ADA
    })
    .with_body(|| Bytes::from_static(ADA.as_bytes()));
