//! The head of a request, by reference.

use std::any::type_name;
use std::fmt;
use std::sync::Arc;

use http::{Extensions, HeaderMap, Method, StatusCode, Uri, Version};
use serde::de::DeserializeOwned;

use crate::after::AfterJobs;
use crate::error::{Error, Result};
use crate::headers::Names;
use crate::request::{Cookies, Hooks, MatchedRoute, Request, fields, params};
use crate::routing::{Params, Pattern};
use crate::state::States;

/// The head of a request that a route matched: method, URI, version, headers, extensions, path parameters and state.
///
/// An argument that needs only the head implements [`FromHead`](crate::FromHead).
///
/// ```
/// use http::StatusCode;
/// use route_handlers::{Error, FromHead, Head, Result, RouteHandlers};
///
/// /// The caller that a header names.
/// struct User(String);
///
/// impl FromHead for User {
///     fn from_head(head: &Head<'_>) -> Result<Self> {
///         head.header("x-user").map(|name| User(name.to_owned())).ok_or(Error::new(StatusCode::UNAUTHORIZED))
///     }
/// }
///
/// let api = RouteHandlers::new().get("/me", async |User(name): User| name);
/// ```
#[derive(Clone, Copy)]
pub struct Head<'r> {
    pub(crate) method: &'r Method,
    pub(crate) uri: &'r Uri,
    pub(crate) version: Version,
    pub(crate) headers: &'r HeaderMap,
    pub(crate) extensions: &'r Extensions,
    pub(crate) pattern: Option<&'r Arc<Pattern>>,
    pub(crate) params: &'r Params,
    pub(crate) states: &'r States,
    pub(crate) hooks: Option<&'r Arc<Hooks>>,
}

impl<'r> Head<'r> {
    /// Returns the method that the client sent. For a HEAD request that the GET handler serves, it is HEAD.
    pub fn method(&self) -> &'r Method {
        self.method
    }

    /// Returns the request target that the client sent.
    pub fn uri(&self) -> &'r Uri {
        self.uri
    }

    /// Returns the path that the client sent, percent-encoded.
    pub fn path(&self) -> &'r str {
        self.uri.path()
    }

    /// Returns the protocol version.
    pub fn version(&self) -> Version {
        self.version
    }

    /// Returns the headers.
    pub fn headers(&self) -> &'r HeaderMap {
        self.headers
    }

    /// Returns the value of a header, the first one if there are several. It is `None` if the value is not visible ASCII
    /// text.
    ///
    /// ```
    /// use route_handlers::{FromHead, Head, Result};
    ///
    /// struct Agent(String);
    ///
    /// impl FromHead for Agent {
    ///     fn from_head(head: &Head<'_>) -> Result<Self> {
    ///         Ok(Self(head.header("user-agent").unwrap_or("unknown").to_owned()))
    ///     }
    /// }
    /// ```
    pub fn header(&self, name: &str) -> Option<&'r str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Returns the values that the host and its middleware attached to the request.
    pub fn extensions(&self) -> &'r Extensions {
        self.extensions
    }

    /// Returns the pattern that matched.
    pub fn matched_route(&self) -> Option<MatchedRoute> {
        self.pattern.cloned().map(MatchedRoute::new)
    }

    /// Returns a parameter of the pattern, decoded once: see [`Request::param`].
    ///
    /// ```
    /// use http::StatusCode;
    /// use route_handlers::{Error, FromHead, Head, Result, RouteHandlers};
    ///
    /// /// The team in the path of each route below `/teams/{team}`.
    /// struct Team(String);
    ///
    /// impl FromHead for Team {
    ///     fn from_head(head: &Head<'_>) -> Result<Self> {
    ///         head.param("team").map(|team| Self(team.to_owned())).ok_or(Error::new(StatusCode::NOT_FOUND))
    ///     }
    /// }
    ///
    /// let api = RouteHandlers::new().get("/teams/{team}/members", async |team: Team| team.0);
    /// ```
    pub fn param(&self, name: &str) -> Option<&'r str> {
        let position = self.pattern?.position(name)?;
        self.params.get(self.uri.path(), position)
    }

    /// Returns the segments that a catch-all captured: see [`Request::segments`].
    ///
    /// ```
    /// use route_handlers::{FromHead, Head, Result};
    ///
    /// /// How deep a path below `/files/{*path}` is.
    /// struct Depth(usize);
    ///
    /// impl FromHead for Depth {
    ///     fn from_head(head: &Head<'_>) -> Result<Self> {
    ///         Ok(Self(head.segments("path").map_or(0, Iterator::count)))
    ///     }
    /// }
    /// ```
    pub fn segments(&self, name: &str) -> Option<impl Iterator<Item = &'r str> + use<'r>> {
        let pattern = self.pattern?;
        let position = pattern.position(name).filter(|position| pattern.is_catch_all(*position))?;
        Some(self.params.segments(self.uri.path(), position).into_iter().flatten())
    }

    /// Returns the cookies.
    pub fn cookies(&self) -> Cookies {
        Cookies::of(self.headers)
    }

    /// Returns the state of the route table that has this type, if there is one: see [`State`](crate::State).
    pub fn state<T: Send + Sync + 'static>(&self) -> Option<Arc<T>> {
        self.states.get()
    }

    /// The list of work for after the response, if a hook is set to run it.
    pub(crate) fn after_jobs(&self) -> Option<&'r AfterJobs> {
        self.hooks?.after.as_ref()
    }

    /// The list of work for after the response.
    ///
    /// # Errors
    ///
    /// 500 if no hook is set to run the work.
    pub(crate) fn require_after_jobs(&self) -> Result<&'r AfterJobs> {
        self.after_jobs().ok_or_else(|| {
            let reason = "no hook runs work after the response: call `RouteHandlers::wait_until` (a `TaskTracker` with \
                          feature `tokio`), or have the host put a `RequestWaitUntil` into the request's extensions";
            Error::internal(reason)
        })
    }

    /// The names of the parameters of the pattern.
    pub(crate) fn param_names(&self) -> impl Iterator<Item = &'r str> + use<'r> {
        self.pattern.into_iter().flat_map(|pattern| pattern.names())
    }

    /// Whether the pattern has a parameter with a value.
    pub(crate) fn has_params(&self) -> bool {
        self.params.has(0)
    }

    /// Deserializes all parameters: a struct or a map by name, a tuple by order, or a scalar for a single parameter.
    ///
    /// # Errors
    ///
    /// 400 if a value is not of its type, 500 if no value of `T` can hold the parameters of this pattern.
    pub fn params<T: DeserializeOwned>(&self) -> Result<T> {
        params::deserialize(self.pattern.map(|pattern| &**pattern), self.params, self.uri.path())
    }

    /// Deserializes the query. A repeated key fills a `Vec`.
    ///
    /// # Errors
    ///
    /// 400 if the query does not have the shape of `T`, 500 if no query can be read as `T`.
    pub fn query<T: DeserializeOwned>(&self) -> Result<T> {
        let query = self.uri.query().unwrap_or_default();
        fields::deserialize(query.as_bytes())
            .map_err(|fault| fields::explain(&fault, type_name::<T>(), StatusCode::BAD_REQUEST, "the query"))
    }
}

/// Omits the query and the values of headers, because they may be secret.
impl fmt::Debug for Head<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Head")
            .field("method", self.method)
            .field("path", &self.uri.path())
            .field("version", &self.version)
            .field("headers", &Names(self.headers))
            .field("route", &self.pattern)
            .finish_non_exhaustive()
    }
}

impl Request {
    /// Returns the head, by reference.
    #[inline]
    pub fn head(&self) -> Head<'_> {
        let (parts, matched) = (self.parts(), self.matched());
        Head {
            method: &parts.method,
            uri: &parts.uri,
            version: parts.version,
            headers: &parts.headers,
            extensions: &parts.extensions,
            pattern: matched.pattern.as_ref(),
            params: &matched.params,
            states: &matched.states,
            hooks: matched.hooks.as_ref(),
        }
    }
}
