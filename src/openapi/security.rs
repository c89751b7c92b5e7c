//! Security schemes: how a caller authenticates.

use http::HeaderName;
use serde_json::{Value, json};

/// A security scheme: how a caller authenticates. An operation refers to it by name, and the document lists it.
///
/// The name becomes a key of the document. A character other than ASCII letters, digits, `.`, `-` and `_` becomes `_`. If
/// two different schemes have the same name, the second one gets a `2`.
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
///
/// // The other kinds:
/// let key = SecurityScheme::header("key", "x-api-key");
/// let token = SecurityScheme::bearer("token");
/// let password = SecurityScheme::basic("password");
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct SecurityScheme {
    pub(super) name: String,
    pub(super) scheme: Value,
}

impl SecurityScheme {
    /// Creates the scheme of an API key in a cookie. `name` is the name of the scheme in the document.
    pub fn cookie(name: impl Into<String>, cookie: &str) -> Self {
        Self::other(name, json!({ "type": "apiKey", "in": "cookie", "name": cookie }))
    }

    /// Creates the scheme of an API key in a header.
    ///
    /// # Panics
    ///
    /// If `header` is not a header name.
    #[track_caller]
    pub fn header(name: impl Into<String>, header: &str) -> Self {
        assert!(
            HeaderName::try_from(header).is_ok(),
            "the header `{header}` of a security scheme is not a header name: use letters, digits and `-`"
        );
        Self::other(name, json!({ "type": "apiKey", "in": "header", "name": header }))
    }

    /// Creates the scheme of `Authorization: Bearer …` (RFC 6750).
    pub fn bearer(name: impl Into<String>) -> Self {
        Self::other(name, json!({ "type": "http", "scheme": "bearer" }))
    }

    /// Creates the scheme of `Authorization: Basic …` (RFC 7617).
    pub fn basic(name: impl Into<String>) -> Self {
        Self::other(name, json!({ "type": "http", "scheme": "basic" }))
    }

    /// Creates another scheme from its [security scheme object](https://spec.openapis.org/oas/v3.1.1#security-scheme-object).
    ///
    /// # Panics
    ///
    /// If the value has no known `type`, or lacks a member that this type requires.
    ///
    /// ```
    /// use route_handlers::openapi::SecurityScheme;
    /// use serde_json::json;
    ///
    /// let sso = SecurityScheme::other("sso", json!({
    ///     "type": "openIdConnect",
    ///     "openIdConnectUrl": "https://accounts.example.com/.well-known/openid-configuration",
    /// }));
    /// ```
    #[track_caller]
    pub fn other(name: impl Into<String>, scheme: Value) -> Self {
        let name = name.into();
        if let Err(reason) = check(&scheme) {
            panic!("the security scheme `{name}` {reason}");
        }
        Self { name, scheme }
    }

    /// Whether a caller authenticates in the same way. The names and the descriptions may differ.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        ["type", "scheme", "in", "name"].iter().all(|member| self.scheme[member] == other.scheme[member])
    }
}

/// Checks that a value is a security scheme object (OpenAPI 3.1.1 §4.8.27).
fn check(scheme: &Value) -> Result<(), String> {
    let required: &[&str] = match scheme["type"].as_str() {
        Some("apiKey") => &["name", "in"],
        Some("http") => &["scheme"],
        Some("mutualTLS") => &[],
        Some("oauth2") => &["flows"],
        Some("openIdConnect") => &["openIdConnectUrl"],
        _ => return Err("needs a `type`: `apiKey`, `http`, `mutualTLS`, `oauth2` or `openIdConnect`".to_owned()),
    };
    match required.iter().find(|member| scheme.get(**member).is_none()) {
        Some(member) => Err(format!("needs the member `{member}`, because its type is {}", scheme["type"])),
        None => Ok(()),
    }
}
