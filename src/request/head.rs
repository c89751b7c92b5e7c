//! The head of a request, by reference: what is read where the request itself need not be put together.

use std::any::type_name;
use std::fmt;
use std::sync::Arc;

use http::request::Parts;
use http::{Extensions, HeaderMap, Method, StatusCode, Uri, Version};
use serde::de::DeserializeOwned;

use crate::error::Result;
use crate::headers::Names;
use crate::request::{MatchedRoute, Request, fields, params};
use crate::routing::{Params, Pattern};
use crate::state::States;

/// What was sent before the body, and what the host attached to it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Head<'r> {
    pub(crate) method: &'r Method,
    pub(crate) uri: &'r Uri,
    pub(crate) version: Version,
    pub(crate) headers: &'r HeaderMap,
    pub(crate) extensions: &'r Extensions,
}

impl<'r> Head<'r> {
    #[inline]
    pub(crate) fn of_parts(parts: &'r Parts) -> Self {
        Self {
            method: &parts.method,
            uri: &parts.uri,
            version: parts.version,
            headers: &parts.headers,
            extensions: &parts.extensions,
        }
    }

    #[inline]
    pub(crate) fn of<B>(request: &'r http::Request<B>) -> Self {
        Self {
            method: request.method(),
            uri: request.uri(),
            version: request.version(),
            headers: request.headers(),
            extensions: request.extensions(),
        }
    }
}

/// The head of a request that a route matched, by reference: what an argument is made of that reads nothing else.
///
/// ```
/// use http::StatusCode;
/// use route_handlers::{Error, FromRequest, Reads, Request, RequestHead, Result, RouteHandlers};
///
/// /// The caller, by a header.
/// struct User(String);
///
/// impl FromRequest for User {
///     const READS: Reads = Reads::Head;
///
///     fn from_head(head: &RequestHead<'_>) -> Result<Self> {
///         let name = head.headers().get("x-user").and_then(|name| name.to_str().ok());
///         name.map(|name| User(name.to_owned())).ok_or(Error::new(StatusCode::UNAUTHORIZED))
///     }
///
///     async fn from_request(request: &mut Request) -> Result<Self> {
///         Self::from_head(&request.head())
///     }
/// }
///
/// let api = RouteHandlers::new().get("/me", async |User(name): User| name);
/// ```
#[derive(Clone, Copy)]
pub struct RequestHead<'r> {
    pub(crate) sent: Head<'r>,
    pub(crate) pattern: Option<&'r Arc<Pattern>>,
    pub(crate) params: &'r Params,
    pub(crate) states: &'r States,
}

impl<'r> RequestHead<'r> {
    /// The method as it was sent: for a HEAD that the GET handler answers, it is HEAD.
    pub fn method(&self) -> &'r Method {
        self.sent.method
    }

    /// The request target as it was sent.
    pub fn uri(&self) -> &'r Uri {
        self.sent.uri
    }

    /// The protocol version.
    pub fn version(&self) -> Version {
        self.sent.version
    }

    /// The headers.
    pub fn headers(&self) -> &'r HeaderMap {
        self.sent.headers
    }

    /// What the host and its middleware attached to the request.
    pub fn extensions(&self) -> &'r Extensions {
        self.sent.extensions
    }

    /// The pattern that matched.
    pub fn matched_route(&self) -> Option<MatchedRoute> {
        self.pattern.cloned().map(MatchedRoute::new)
    }

    /// All parameters as one value: a struct or a map by their names, a tuple by their order, a scalar if there is one.
    ///
    /// # Errors
    ///
    /// 400 if a value is not of its type, 500 if `T` cannot hold the parameters of this pattern at all.
    pub fn params<T: DeserializeOwned>(&self) -> Result<T> {
        params::deserialize(self.pattern.map(|pattern| &**pattern), self.params, self.sent.uri.path())
    }

    /// The query as one value. A key that repeats fills a `Vec`.
    ///
    /// # Errors
    ///
    /// 400 if the query is not of the type, 500 if no query could be.
    pub fn query<T: DeserializeOwned>(&self) -> Result<T> {
        let query = self.sent.uri.query().unwrap_or_default();
        fields::deserialize(query.as_bytes())
            .map_err(|fault| fields::explain(&fault, type_name::<T>(), StatusCode::BAD_REQUEST, "the query"))
    }
}

/// Prints neither the query nor the values of headers: they may be secrets.
impl fmt::Debug for RequestHead<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestHead")
            .field("method", self.sent.method)
            .field("path", &self.sent.uri.path())
            .field("version", &self.sent.version)
            .field("headers", &Names(self.sent.headers))
            .field("pattern", &self.pattern)
            .finish_non_exhaustive()
    }
}

impl Request {
    /// The head by reference.
    #[inline]
    pub fn head(&self) -> RequestHead<'_> {
        let (parts, matched) = (self.parts(), self.matched());
        RequestHead {
            sent: Head::of_parts(parts),
            pattern: matched.pattern.as_ref(),
            params: &matched.params,
            states: &matched.states,
        }
    }
}
