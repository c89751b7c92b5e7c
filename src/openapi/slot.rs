//! The places of operations in a path item.

use http::Method;
use serde_json::Value;

use crate::openapi::info::Version;

/// The place of an operation in a path item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Slot<'r> {
    /// A field with this name.
    Fixed(&'static str),
    /// A member of `additionalOperations`, which OpenAPI 3.1 does not have (OpenAPI 3.2.0 §4.9.1).
    Additional(&'r str),
}

impl Slot<'_> {
    /// The version of OpenAPI that has this place.
    pub(super) fn needed(self) -> Version {
        match self {
            Self::Fixed("query") | Self::Additional(_) => Version::V3_2,
            Self::Fixed(_) => Version::V3_1,
        }
    }

    /// The summary of an operation without its own. Linters require one.
    pub(super) fn summary(self, path: &str) -> String {
        match self {
            Self::Fixed(name) => format!("{} {path}", name.to_ascii_uppercase()),
            Self::Additional(method) => format!("{method} {path}"),
        }
    }

    /// Returns the place in a path item.
    pub(super) fn of(self, item: &mut Value) -> &mut Value {
        match self {
            Self::Fixed(name) => &mut item[name],
            Self::Additional(method) => &mut item["additionalOperations"][method],
        }
    }
}

/// Returns the operations of a method. The table generates HEAD and OPTIONS, and CONNECT has no path.
pub(super) fn listed_methods<'r>(method: Option<&'r Method>, handled: &[&Method]) -> Vec<Slot<'r>> {
    const ANY: [(Method, &str); 5] = [
        (Method::DELETE, "delete"),
        (Method::GET, "get"),
        (Method::PATCH, "patch"),
        (Method::POST, "post"),
        (Method::PUT, "put"),
    ];
    let Some(method) = method else {
        let missing = ANY.iter().filter(|(known, _)| !handled.contains(&known));
        return missing.map(|(_, name)| Slot::Fixed(name)).collect();
    };
    let fixed = ANY.iter().find(|(known, _)| known == method).map(|(_, name)| Slot::Fixed(name));
    let slot = match *method {
        Method::HEAD | Method::OPTIONS | Method::CONNECT => None,
        Method::TRACE => Some(Slot::Fixed("trace")),
        Method::QUERY => Some(Slot::Fixed("query")),
        _ => fixed.or(Some(Slot::Additional(method.as_str()))),
    };
    slot.into_iter().collect()
}

/// Returns the id of an operation without its own: `getUsersId` for `GET /users/{id}`.
pub(super) fn default_id(slot: Slot<'_>, path: &str) -> String {
    let method = match slot {
        Slot::Fixed(method) | Slot::Additional(method) => method.to_ascii_lowercase(),
    };
    let text = method + path;
    let mut words = text.split(|character: char| !character.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let first = words.next().unwrap_or("operation").to_owned();
    words.fold(first, |id, word| id + &word[..1].to_ascii_uppercase() + &word[1..])
}
