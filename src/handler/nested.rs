//! A tower service below a prefix.

use std::sync::Arc;

use http::Uri;
use http::uri::PathAndQuery;

use crate::body::Body;
use crate::finalize::BoxedResponse;
use crate::handler::Handler;
use crate::handler::boxed_service::{BoxedService, HttpService};
use crate::handler::erased::{Erased, Run};
use crate::request::Incoming;

/// The URI that the client sent, for a service behind [`nest_service`](crate::RouteHandlers::nest_service).
///
/// The extensions of the request contain it.
///
/// ```
/// use std::convert::Infallible;
///
/// use http::{Request, Response};
/// use http_body_util::BodyExt;
/// use route_handlers::service::OriginalUri;
/// use route_handlers::{Body, RouteHandlers};
/// use tower::{ServiceExt, service_fn};
///
/// let service = service_fn(async |request: Request<Body>| {
///     let sent = request.extensions().get::<OriginalUri>().map(|OriginalUri(uri)| uri.path().to_owned());
///     Ok::<_, Infallible>(Response::new(format!("{} of {}", request.uri().path(), sent.unwrap_or_default())))
/// });
/// # tokio_test::block_on(async {
/// let api = RouteHandlers::new().nest_service("/assets", service);
/// let response = api.oneshot(Request::get("/assets/logo.svg").body(Body::empty())?).await?;
/// assert_eq!(response.into_body().collect().await?.to_bytes(), "/logo.svg of /assets/logo.svg");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "a service takes the URI out by a pattern")]
pub struct OriginalUri(pub Uri);

/// A service as a handler that strips the prefix of its pattern. The pattern ends in a catch-all.
pub(crate) struct NestedHandler(BoxedService);

impl NestedHandler {
    pub(crate) fn new(service: impl HttpService) -> Self {
        Self(service.boxed())
    }
}

impl Handler<()> for NestedHandler {
    fn erase(self) -> Erased {
        Erased::new(self, |_| {})
    }
}

impl Run for NestedHandler {
    fn run(self: Arc<Self>, incoming: &mut dyn Incoming) -> BoxedResponse {
        // Read from the pattern that matched, because an outer table may have put a longer prefix before it.
        let prefix_segments = incoming.head().pattern.map_or(0, |pattern| pattern.as_str().split('/').count() - 2);
        let mut request: http::Request<Body> = incoming.take().into();
        let original = request.uri().clone();
        *request.uri_mut() = strip(&original, prefix_segments);
        if request.extensions().get::<OriginalUri>().is_none() {
            request.extensions_mut().insert(OriginalUri(original));
        }
        self.0.call(request)
    }
}

/// Removes the first segments of the path. Without any other segment, the path is `/`.
fn strip(uri: &Uri, segments: usize) -> Uri {
    let path = uri.path();
    let rest = path.match_indices('/').nth(segments).map_or("/", |(start, _)| &path[start..]);
    let path_and_query = match uri.query() {
        Some(query) => PathAndQuery::try_from(format!("{rest}?{query}")),
        None => PathAndQuery::try_from(rest),
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(path_and_query.expect("a part of a valid path is a valid path"));
    Uri::from_parts(parts).expect("only the path has changed")
}
