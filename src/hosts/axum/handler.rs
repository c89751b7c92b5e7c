//! Axum's handlers as handlers of a route table.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use axum::Router;
use axum::extract::{MatchedPath, OriginalUri};
use axum::handler::Handler as AxumFunction;
use axum::middleware::map_request;
use axum::routing::MethodRouter;
use http::{StatusCode, Uri};
use tower_service::Service;

use crate::error::Error;
use crate::finalize::BoxedResponse;
use crate::handler::{Erased, Handler, Run};
use crate::request::Incoming;
use crate::response::IntoResponse;

use super::extract::to_axum;
use super::params::AxumRoute;
use super::response;

/// Makes a handler of an unchanged handler of axum.
///
/// All extractors work, including axum's `Path`. What the handler returns is sent as it is, and so are the rejections of its
/// extractors: [`on_error`](crate::RouteHandlers::on_error) does not see them. The state of the handler is `state`, and not a
/// state of the table. The body limit of the route applies to extractors that respect axum's `DefaultBodyLimit`.
///
/// `Path` has the parameters of the pattern, and `MatchedPath` is the pattern. Axum's router does not have all patterns: an
/// optional catch-all `{*page?}` is `{*page}`, or is absent if it captured nothing. A route with a parameter in a part of a
/// segment has no `MatchedPath`: `/{name}.json`.
///
/// ```
/// use axum::Json;
/// use axum::extract::{Path, State};
/// use axum::http::StatusCode;
/// use axum::response::IntoResponse;
/// use http::Request;
/// use route_handlers::hosts;
/// use route_handlers::{Body, RouteHandlers, get};
/// use tower::ServiceExt;
///
/// #[derive(Clone)]
/// struct Users(Vec<&'static str>);
///
/// async fn list(State(users): State<Users>) -> impl IntoResponse {
///     Json(users.0)
/// }
///
/// async fn show(State(users): State<Users>, Path(id): Path<usize>) -> Result<&'static str, StatusCode> {
///     users.0.get(id).copied().ok_or(StatusCode::NOT_FOUND)
/// }
///
/// let users = Users(vec!["Ada", "Bo"]);
/// let api = RouteHandlers::new()
///     .get("/users", hosts::axum::handler(list, users.clone()))
///     .get("/users/{id}", hosts::axum::handler(show, users));
///
/// # tokio_test::block_on(async {
/// for (uri, status) in [("/users/1", 200), ("/users/2", 404), ("/users/x", 400)] { // the 400 is that of axum's `Path`
///     let response = api.clone().oneshot(Request::get(uri).body(Body::empty())?).await?;
///     assert_eq!(response.status(), status);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
pub fn handler<H, T, S>(handler: H, state: S) -> AxumHandler
where
    H: AxumFunction<T, S>,
    T: 'static,
    S: Clone + Send + Sync + 'static,
{
    let service = axum::routing::any_service(handler.with_state(state)).layer(map_request(restore));
    AxumHandler { service, routers: RwLock::default() }
}

/// A handler of axum in a route table: see [`handler`].
pub struct AxumHandler {
    service: MethodRouter,
    /// One router of axum for each route of axum that a request needed. Only a router can set the parameters that axum's `Path`
    /// reads. The keys are made from patterns, so they are few.
    routers: RwLock<HashMap<String, Router>>,
}

impl AxumHandler {
    fn router(&self, route: &str) -> Router {
        if let Some(router) = self.routers.read().unwrap_or_else(PoisonError::into_inner).get(route) {
            return router.clone();
        }
        // The checks refuse the segment `:`, which is a literal in both routers.
        let router = Router::new().without_v07_checks().route(route, self.service.clone());
        let mut routers = self.routers.write().unwrap_or_else(PoisonError::into_inner);
        routers.entry(route.to_owned()).or_insert(router).clone()
    }
}

impl Handler<()> for AxumHandler {
    fn erase(self) -> Erased {
        Erased::new(self, |_| {})
    }
}

impl Run for AxumHandler {
    fn run(self: Arc<Self>, incoming: &mut dyn Incoming) -> BoxedResponse {
        let route = AxumRoute::of(&incoming.head());
        let mut request = to_axum(incoming.take());
        Box::pin(async move {
            let Ok(uri) = Uri::try_from(route.path) else {
                return Error::new(StatusCode::URI_TOO_LONG).into_response();
            };
            let sent = std::mem::replace(request.uri_mut(), uri);
            let extensions = request.extensions_mut();
            extensions.remove::<MatchedPath>(); // of a router outside, which would be a prefix of ours
            extensions.get_or_insert_with(|| OriginalUri(sent.clone()));
            extensions.insert(Sent { uri: sent, is_pattern: route.is_pattern });
            let Ok(handled) = self.router(&route.pattern).call(request).await;
            response(handled)
        })
    }
}

/// Keeps the URI of the request while axum's router handles it.
#[derive(Clone)]
struct Sent {
    uri: Uri,
    is_pattern: bool,
}

/// Gives the request the URI that the client sent.
async fn restore(mut request: axum::extract::Request) -> axum::extract::Request {
    if let Some(Sent { uri, is_pattern }) = request.extensions_mut().remove() {
        *request.uri_mut() = uri;
        if !is_pattern {
            request.extensions_mut().remove::<MatchedPath>();
        }
    }
    request
}

impl fmt::Debug for AxumHandler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AxumHandler").finish_non_exhaustive()
    }
}
