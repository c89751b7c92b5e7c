//! The finished document.

use serde::ser::{Serialize, Serializer};
use serde_json::Value;

/// An OpenAPI document. [`RouteHandlers::openapi`](crate::RouteHandlers::openapi) makes it from the routes.
///
/// ```
/// use route_handlers::RouteHandlers;
/// use route_handlers::openapi::Info;
///
/// let document = RouteHandlers::new().get("/", async || "home").openapi(Info::new("Home", "1.0.0"));
/// assert_eq!(document.as_value()["openapi"], "3.1.1");
/// assert!(document.to_json().contains(r#""title":"Home""#));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Document(pub(super) Value);

impl Document {
    /// Returns the document as JSON without white space. `serde_json::to_string_pretty(&document)` is easier to read.
    pub fn to_json(&self) -> String {
        self.0.to_string()
    }

    /// Returns the document as a JSON value.
    pub fn as_value(&self) -> &Value {
        &self.0
    }

    /// Converts the document into a JSON value, for example to add to it.
    pub fn into_value(self) -> Value {
        self.0
    }
}

impl Serialize for Document {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}
