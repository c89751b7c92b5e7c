//! W5l: a large JSON body.

use bytes::Bytes;
use http::Method;

use super::{Table, User, Work};

pub static WORK: Work = Work::new(
    "W5l",
    "POST ~100 KB JSON → structs → 201 JSON",
    Table::Users,
    Method::POST,
    "/users/batch",
    |response| response.status == 201 && response.is_json() && response.body == users(),
)
.with_body(users);

fn users() -> Bytes {
    let user = |id| User {
        id,
        name: format!("Ada Lovelace the {id}th"),
        email: format!("ada.lovelace.{id}@analytical-engine.example"),
        city: "London, Marylebone".to_owned(),
    };
    serde_json::to_vec(&(0..850).map(user).collect::<Vec<_>>()).unwrap().into()
}
