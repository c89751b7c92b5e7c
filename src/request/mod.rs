//! The request that a handler takes, like `NextRequest` in Next.js.

mod body;
mod byte_order_mark;
mod cookies;
mod deserializer_methods;
mod fields;
mod fit;
mod head;
mod incoming;
mod json;
#[cfg(feature = "sse")]
mod last_event_id;
mod matched_route;
pub(crate) mod media_type;
#[cfg(feature = "multipart")]
pub mod multipart;
mod params;
mod query;
mod safe_path;
mod strict;
mod url;
mod values;
mod words;

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use http::request::Parts;
use http::{Extensions, HeaderMap, Method, Uri, Version};
use serde::de::DeserializeOwned;

use crate::after::AfterJobs;
use crate::body::Body;
use crate::error::Result;
use crate::headers::Names;
use crate::on_error::Hooked;
use crate::platform::MaybeSend;
use crate::routing::{Params, Pattern, ends};
use crate::state::States;

pub use cookies::Cookies;
pub(crate) use fields::{field_names, impossible};
pub(crate) use fit::{Misfit, misfit};
pub use head::Head;
pub(crate) use incoming::Incoming;
pub use matched_route::MatchedRoute;

use body::BodyState;
pub(crate) use body::{parse_form, parse_text};
pub(crate) use json::{declared_names, parse_json};
pub(crate) use strict::Declared;
pub(crate) use words::cut;

/// The default limit of a buffered body: 2 MiB.
pub(crate) const DEFAULT_BODY_LIMIT: usize = 2 * 1024 * 1024;

/// A request that a route matched: method, URI, headers, the pattern's parameters, and the body.
///
/// As an argument, it can stand at any position. The last argument takes the request itself. An earlier one takes the body
/// and a copy of the head, so that the later arguments can still read the head. A handler whose arguments all come from the
/// head never assembles a `Request`.
///
/// ```
/// use http::StatusCode;
/// use route_handlers::{Error, Request, Result, RouteHandlers};
///
/// async fn show(mut request: Request) -> Result<String> {
///     let id = request.param("id").unwrap_or_default().to_owned();
///     let body = request.text().await?;
///     Ok(format!("{} {id}: {body}", request.method()))
/// }
///
/// let api = RouteHandlers::new().put("/notes/{id}", show);
/// ```
#[must_use]
pub struct Request(
    /// `None` after the last argument took the request, so that no placeholder is built.
    Option<Whole>,
);

struct Whole {
    parts: Parts,
    body: BodyState,
    matched: Matched,
}

const TAKEN: &str = "the last argument took the request: nothing can read it afterwards";

/// The match of a request: its pattern and parameters, and the options of its route.
#[derive(Clone, Debug)]
pub(crate) struct Matched {
    pub(crate) pattern: Option<Arc<Pattern>>,
    pub(crate) params: Params,
    pub(crate) states: States,
    pub(crate) body_limit: usize,
    pub(crate) hooks: Option<Arc<Hooks>>,
    /// The handler inside the layer that has the request. Its type is private to `handler`.
    inner_handler: Option<Arc<dyn Any + Send + Sync>>,
}

/// The hooks for the response of one request. Most requests have none.
#[derive(Debug)]
pub(crate) struct Hooks {
    pub(crate) on_error: Option<Hooked>,
    pub(crate) after: Option<AfterJobs>,
}

impl Matched {
    pub(crate) fn new(
        pattern: Option<Arc<Pattern>>,
        params: Params,
        states: States,
        body_limit: usize,
        hooks: Option<Arc<Hooks>>,
    ) -> Self {
        Self { pattern, params, states, body_limit, hooks, inner_handler: None }
    }

    fn nothing() -> Self {
        Self::new(None, Params::none(), States::default(), DEFAULT_BODY_LIMIT, None)
    }
}

impl Request {
    #[inline]
    pub(crate) fn new(parts: Parts, body: Body, matched: Matched) -> Self {
        Self(Some(Whole { parts, body: BodyState::Ready(body), matched }))
    }

    #[inline]
    fn whole(&self) -> &Whole {
        self.0.as_ref().expect(TAKEN)
    }

    #[inline]
    fn whole_mut(&mut self) -> &mut Whole {
        self.0.as_mut().expect(TAKEN)
    }

    #[inline]
    fn parts(&self) -> &Parts {
        &self.whole().parts
    }

    #[inline]
    fn matched(&self) -> &Matched {
        &self.whole().matched
    }

    /// Returns the method that the client sent. For a HEAD request that the GET handler serves, it is HEAD.
    pub fn method(&self) -> &Method {
        &self.parts().method
    }

    /// Returns the request target that the client sent.
    pub fn uri(&self) -> &Uri {
        &self.parts().uri
    }

    /// Returns the path that the client sent, percent-encoded.
    ///
    /// ```
    /// # use route_handlers::{Body, Request};
    /// let request = Request::from(http::Request::get("/a%20b?c=d").body(Body::empty())?);
    /// assert_eq!(request.path(), "/a%20b");
    /// # Ok::<(), http::Error>(())
    /// ```
    pub fn path(&self) -> &str {
        self.parts().uri.path()
    }

    /// Returns the protocol version.
    pub fn version(&self) -> Version {
        self.parts().version
    }

    /// Returns the headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.parts().headers
    }

    /// Returns the value of a header, the first one if there are several. It is `None` if the value is not visible ASCII
    /// text.
    ///
    /// ```
    /// # use route_handlers::Request;
    /// async fn agent(request: Request) -> String {
    ///     request.header("user-agent").unwrap_or("unknown").to_owned()
    /// }
    /// ```
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers().get(name)?.to_str().ok()
    }

    /// Returns the values that the host and its middleware attached to the request.
    ///
    /// ```
    /// use std::net::SocketAddr;
    /// # use route_handlers::Request;
    ///
    /// async fn who(request: Request) -> String {
    ///     let peer = request.extensions().get::<SocketAddr>(); // if the host attaches it
    ///     peer.map(SocketAddr::to_string).unwrap_or_default()
    /// }
    /// ```
    pub fn extensions(&self) -> &Extensions {
        &self.parts().extensions
    }

    /// Returns the extensions, for changes.
    ///
    /// ```
    /// use route_handlers::middleware::Next;
    /// use route_handlers::{Request, Response};
    ///
    /// #[derive(Clone)]
    /// struct Tenant(String);
    ///
    /// async fn with_tenant(mut request: Request, next: Next) -> Response {
    ///     let tenant = Tenant(request.header("host").unwrap_or_default().to_owned());
    ///     request.extensions_mut().insert(tenant); // a handler takes it as `Extension<Tenant>`
    ///     next.run(request).await
    /// }
    /// ```
    pub fn extensions_mut(&mut self) -> &mut Extensions {
        &mut self.whole_mut().parts.extensions
    }

    /// Returns the pattern that matched.
    ///
    /// ```
    /// # use route_handlers::Request;
    /// async fn which(request: Request) -> String {
    ///     request.matched_route().map(|route| route.to_string()).unwrap_or_default() // `/users/{id}`
    /// }
    /// ```
    pub fn matched_route(&self) -> Option<MatchedRoute> {
        self.0.as_ref()?.matched.pattern.clone().map(MatchedRoute::new)
    }

    /// Returns a parameter of the pattern, decoded once.
    ///
    /// For a catch-all, it is the tail: the segments joined with `/`. If a segment has an encoded `/`, it is `None`, because
    /// the joined text would not show which `/` separates segments: use [`segments`](Self::segments). It is also `None` for
    /// an optional catch-all that captured nothing.
    ///
    /// ```
    /// # use route_handlers::{Request, RouteHandlers};
    /// let api = RouteHandlers::new()
    ///     .get("/users/{id}", async |request: Request| request.param("id").map(str::to_owned))
    ///     .get("/files/{*path}", async |request: Request| request.param("path").map(str::to_owned)); // `a/b`
    /// ```
    #[inline] // the length and the ends of a literal name are then computed at compile time
    pub fn param(&self, name: &str) -> Option<&str> {
        match name.len() {
            ..=16 => {
                let [first, last] = ends(name);
                self.short_param(first, last, name.len())
            }
            _ => self.long_param(name),
        }
    }

    fn short_param(&self, first: u64, last: u64, length: usize) -> Option<&str> {
        let Whole { parts, matched, .. } = self.0.as_ref()?;
        let position = matched.pattern.as_ref()?.position_of_short([first, last], length)?;
        matched.params.get(parts.uri.path(), position)
    }

    fn long_param(&self, name: &str) -> Option<&str> {
        self.0.as_ref()?;
        self.head().param(name)
    }

    /// Returns the segments that a catch-all captured, each decoded once, or `None` for any other parameter.
    ///
    /// An optional catch-all that captured nothing has no segments.
    ///
    /// ```
    /// # use route_handlers::{Request, RouteHandlers};
    /// let api = RouteHandlers::new().get("/docs/{*page?}", async |request: Request| {
    ///     let pages: Vec<&str> = request.segments("page").expect("it is a catch-all").collect();
    ///     pages.join(" / ") // empty for `/docs`
    /// });
    /// ```
    pub fn segments<'r>(&'r self, name: &str) -> Option<impl Iterator<Item = &'r str> + use<'r>> {
        self.0.as_ref()?;
        self.head().segments(name)
    }

    /// Deserializes all parameters: a struct or a map by name, a tuple by order, or a scalar for a single parameter.
    ///
    /// # Errors
    ///
    /// 400 if a value is not of its type, 500 if no value of `T` can hold the parameters of this pattern.
    ///
    /// ```
    /// # use route_handlers::{Request, Result};
    /// async fn show(request: Request) -> Result<String> {
    ///     let (user, file) = request.params::<(u32, String)>()?;
    ///     Ok(format!("{file} of {user}"))
    /// }
    /// ```
    pub fn params<T: DeserializeOwned>(&self) -> Result<T> {
        self.head().params()
    }

    /// Splits the request into its head and its body. If the body was taken before, reading it is an error.
    ///
    /// ```
    /// # use route_handlers::{Body, Request};
    /// let (head, body) = Request::from(http::Request::get("/").body(Body::from("hello"))?).into_parts();
    /// assert_eq!((head.method.as_str(), format!("{body:?}").as_str()), ("GET", r#"Body(b"hello")"#));
    /// # Ok::<(), http::Error>(())
    /// ```
    pub fn into_parts(self) -> (Parts, Body) {
        let request: http::Request<Body> = self.into();
        request.into_parts()
    }

    /// Runs a future after the response was sent: for HEAD too, and if the handler fails or the client disconnects.
    ///
    /// Each future runs once. It may own the request, which is dropped with it. If a task keeps the request and adds a
    /// future after the response was sent, the future goes to the hook immediately.
    ///
    /// # Errors
    ///
    /// 500 if no hook is set to run it: [`RouteHandlers::wait_until`](crate::RouteHandlers::wait_until).
    ///
    /// ```
    /// # use route_handlers::{Request, Result};
    /// async fn visit(request: Request) -> Result<&'static str> {
    ///     request.after(async { /* count the visit */ })?;
    ///     Ok("hello")
    /// }
    /// ```
    pub fn after(&self, work: impl Future<Output = ()> + MaybeSend + 'static) -> Result<()> {
        self.head().require_after_jobs().map(|jobs| jobs.push(work))
    }

    /// The head, for an extractor of axum. The match is not in its extensions.
    #[cfg(feature = "axum")]
    pub(crate) fn parts_mut(&mut self) -> &mut Parts {
        &mut self.whole_mut().parts
    }

    /// How many bytes of the body an argument or a method of `Request` may buffer.
    #[cfg(feature = "axum")]
    pub(crate) fn body_limit(&self) -> usize {
        self.matched().body_limit
    }

    pub(crate) fn set_body_limit(&mut self, bytes: usize) {
        self.whole_mut().matched.body_limit = bytes;
    }

    /// Stores the handler inside the layer that gets the request.
    pub(crate) fn set_inner_handler(&mut self, handler: Arc<dyn Any + Send + Sync>) {
        self.whole_mut().matched.inner_handler = Some(handler);
    }

    /// Takes the handler inside the layer that had the request.
    pub(crate) fn take_inner_handler(&mut self) -> Option<Arc<dyn Any + Send + Sync>> {
        self.whole_mut().matched.inner_handler.take()
    }

    /// Takes the request, and leaves nothing to read.
    #[inline]
    pub(crate) fn take(&mut self) -> Self {
        assert!(self.0.is_some(), "{TAKEN}");
        Self(self.0.take())
    }

    /// Drops the content in place.
    pub(crate) fn clear(&mut self) {
        self.0 = None;
    }

    /// Takes the body with a copy of the head, so that later arguments can still read the head.
    pub(crate) fn copy_head(&mut self, by: &'static str) -> Self {
        let Whole { parts, body, matched } = self.whole_mut();
        let body = std::mem::replace(body, BodyState::Taken { by });
        Self(Some(Whole { parts: parts.clone(), body, matched: matched.clone() }))
    }
}

impl From<http::Request<Body>> for Request {
    /// A request that comes from middleware keeps its match. A request that was built by hand has none.
    fn from(request: http::Request<Body>) -> Self {
        let (mut parts, body) = request.into_parts();
        let matched = parts.extensions.remove().unwrap_or_else(Matched::nothing);
        Self::new(parts, body, matched)
    }
}

impl From<Request> for http::Request<Body> {
    /// Puts the match into the extensions, where middleware finds the [`MatchedRoute`]. It replaces the match of an outer table.
    fn from(request: Request) -> Self {
        let Whole { mut parts, body, mut matched } = request.0.expect(TAKEN);
        match &matched.pattern {
            Some(pattern) => {
                parts.extensions.insert(MatchedRoute::new(Arc::clone(pattern)));
                matched.params = matched.params.detach(parts.uri.path());
            }
            // A claim matched, which has no pattern.
            None => {
                parts.extensions.remove::<MatchedRoute>();
            }
        }
        parts.extensions.insert(matched);
        http::Request::from_parts(parts, body.into_body())
    }
}

/// Omits the query, the values of headers and the body, because they may be secret.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(Whole { parts, matched, .. }) = &self.0 else { return f.write_str("Request(taken)") };
        f.debug_struct("Request")
            .field("method", &parts.method)
            .field("path", &parts.uri.path())
            .field("version", &parts.version)
            .field("headers", &Names(&parts.headers))
            .field("route", &matched.pattern)
            .finish_non_exhaustive()
    }
}
