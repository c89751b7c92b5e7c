//! How a caller says who they are.

use serde_json::{Value, json};

/// A way to say who calls: an operation names the one it asks for, and the document lists it.
///
/// ```
/// use route_handlers::openapi::{Info, SecurityScheme};
/// use route_handlers::{RouteHandlers, documented};
///
/// async fn me() -> String {
///     String::from("you")
/// }
///
/// let session = SecurityScheme::cookie("session", "sid");
/// let api = RouteHandlers::new().get("/me", documented(me).security(&session));
/// let document = api.openapi(Info::default());
/// assert_eq!(document.as_value()["components"]["securitySchemes"]["session"]["in"], "cookie");
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct SecurityScheme {
    pub(super) name: String,
    pub(super) scheme: Value,
}

impl SecurityScheme {
    /// A cookie; `name` is the scheme's in the document.
    pub fn cookie(name: impl Into<String>, cookie: &str) -> Self {
        Self::other(name, json!({ "type": "apiKey", "in": "cookie", "name": cookie }))
    }

    /// A header of its own.
    pub fn header(name: impl Into<String>, header: &str) -> Self {
        Self::other(name, json!({ "type": "apiKey", "in": "header", "name": header }))
    }

    /// `Authorization: Bearer …` (RFC 6750).
    pub fn bearer(name: impl Into<String>) -> Self {
        Self::other(name, json!({ "type": "http", "scheme": "bearer" }))
    }

    /// `Authorization: Basic …` (RFC 7617).
    pub fn basic(name: impl Into<String>) -> Self {
        Self::other(name, json!({ "type": "http", "scheme": "basic" }))
    }

    /// Any other, as the security scheme object that the document shall have.
    pub fn other(name: impl Into<String>, scheme: Value) -> Self {
        Self { name: name.into(), scheme }
    }
}
