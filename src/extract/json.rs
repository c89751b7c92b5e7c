//! A JSON body as an argument.

use serde::de::DeserializeOwned;

use crate::error::Result;
use crate::extract::{FromRequest, RouteCheck};
use crate::request::{Request, media_type, parse_json};
use crate::response::Json;

impl<T: DeserializeOwned> Json<T> {
    /// Parses a body that the handler has as bytes, for example to verify its signature first.
    ///
    /// The media type of the request is not checked.
    ///
    /// # Errors
    ///
    /// As for the argument: 400 if the bytes are not JSON, 422 if the JSON has another shape.
    ///
    /// ```
    /// use bytes::Bytes;
    /// use http::HeaderMap;
    /// use route_handlers::response::unauthorized;
    /// use route_handlers::{Json, Result};
    /// use serde::Deserialize;
    ///
    /// #[derive(Deserialize)]
    /// struct Event {
    ///     action: String,
    /// }
    /// # fn is_signed(_: &HeaderMap, body: &[u8]) -> bool { !body.is_empty() }
    ///
    /// async fn receive(headers: HeaderMap, body: Bytes) -> Result<String> {
    ///     if !is_signed(&headers, &body) {
    ///         return Err(unauthorized());
    ///     }
    ///     let Json(event) = Json::<Event>::from_bytes(&body)?;
    ///     Ok(event.action)
    /// }
    /// # let api = route_handlers::RouteHandlers::new().post("/", receive);
    ///
    /// assert_eq!(Json::<Event>::from_bytes(b"{").err().unwrap().status(), 400);
    /// assert_eq!(Json::<Event>::from_bytes(b"{}").err().unwrap().status(), 422);
    /// ```
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        parse_json(bytes).map(Self)
    }
}

impl<T: DeserializeOwned> FromRequest for Json<T> {
    async fn from_request(request: &mut Request) -> Result<Self> {
        media_type::check_json(request)?;
        Self::from_bytes(&request.bytes().await?)
    }

    fn is_present(request: &Request) -> bool {
        request.has_body()
    }

    fn check(route: &mut RouteCheck<'_>) {
        route.reads_body("Json");
        route.accepts(media_type::JSON);
    }
}
