//! Axum's extractors as arguments.

use std::any::{Any, TypeId, type_name};
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};

use axum::extract::rejection::{MatchedPathRejection, PathRejection, RawPathParamsRejection};
use axum::extract::{DefaultBodyLimit, FromRequest as AxumFromRequest, FromRequestParts};
use axum::response::IntoResponse;

use crate::error::{Error, Result};
use crate::extract::{FromHead, FromRequest, RouteCheck};
#[cfg(feature = "openapi")]
use crate::openapi::DocumentArgument;
use crate::request::{DEFAULT_BODY_LIMIT, Request};
use crate::state::State;

use super::response;

/// An extractor of axum that reads the head: any type that implements axum's `FromRequestParts`.
///
/// If the extractor rejects the request, its rejection is the response, unchanged.
///
/// It derefs to the extractor. To take the extractor out, use the pattern `Axum(jar, ..)`.
///
/// `S` is the state of the extractor. Most extractors need none. If an extractor requires one, as axum's `State<T>` and
/// `SignedCookieJar` do, name a type that [`with_state`](crate::RouteHandlers::with_state) gave to the table.
///
/// Axum's `Path`, `RawPathParams` and `MatchedPath` are refused at registration, because only axum's router can set them.
/// Use [`Path`](crate::Path) and [`MatchedRoute`](crate::extract::MatchedRoute).
///
/// For optional input, use axum's own `Option`: `Axum<Option<E>>`. An `Option<Axum<E>>` is never `None`.
///
/// ```
/// use axum::extract::{ConnectInfo, FromRef, State};
/// use http::Request;
/// use route_handlers::hosts::axum::Axum;
/// use route_handlers::{Body, RouteHandlers};
/// use tower::ServiceExt;
///
/// #[derive(Clone)]
/// struct Pool(&'static str);
///
/// struct App {
///     pool: Pool,
/// }
///
/// impl FromRef<App> for Pool {
///     fn from_ref(app: &App) -> Self {
///         app.pool.clone()
///     }
/// }
///
/// let api = RouteHandlers::new()
///     .with_state(App { pool: Pool("the pool") })
///     .get("/pool", async |Axum(State(pool), ..): Axum<State<Pool>, App>| pool.0)
///     .get("/peer", async |peer: Axum<ConnectInfo<u32>>| peer.0.0.to_string());
///
/// # tokio_test::block_on(async {
/// let response = api.oneshot(Request::get("/peer").body(Body::empty())?).await?;
/// assert_eq!(response.status(), 500); // the rejection of `ConnectInfo`: no host set it
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Debug)]
pub struct Axum<E, S = ()>(pub E, pub PhantomData<fn() -> S>);

/// An extractor of axum that reads the body: any type that implements axum's `FromRequest`.
///
/// If the extractor rejects the request, its rejection is the response, unchanged. The body limit of the route applies to
/// extractors that respect axum's `DefaultBodyLimit`.
///
/// `S` is the state of the extractor, as in [`Axum`].
///
/// ```
/// use http::Request;
/// use route_handlers::hosts::axum::AxumBody;
/// use route_handlers::{Body, RouteHandlers};
/// use tower::ServiceExt;
///
/// let api = RouteHandlers::new()
///     .post("/sum", async |AxumBody(axum::Json(numbers), ..): AxumBody<axum::Json<Vec<i64>>>| numbers.iter().sum::<i64>().to_string());
///
/// # tokio_test::block_on(async {
/// let response = api.oneshot(Request::post("/sum").body(Body::from("[1, 2]"))?).await?;
/// assert_eq!(response.status(), 415); // the rejection of axum's `Json`: there is no content type
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Debug)]
pub struct AxumBody<E, S = ()>(pub E, pub PhantomData<fn() -> S>);

impl<E, S> FromRequest for Axum<E, S>
where
    E: FromRequestParts<S, Rejection: 'static> + Send,
    S: Send + Sync + 'static,
{
    async fn from_request(request: &mut Request) -> Result<Self> {
        let extracted = match no_state::<S>() {
            Some(unit) => E::from_request_parts(request.parts_mut(), unit).await,
            None => {
                let State(state) = State::<S>::from_head(&request.head())?;
                E::from_request_parts(request.parts_mut(), &state).await
            }
        };
        extracted.map(|extractor| Self(extractor, PhantomData)).map_err(refused)
    }

    fn check(route: &mut RouteCheck<'_>) {
        check_state::<S>(route);
        let rejection = TypeId::of::<E::Rejection>();
        let ours = if rejection == TypeId::of::<PathRejection>() || rejection == TypeId::of::<RawPathParamsRejection>()
        {
            "route_handlers::Path"
        } else if rejection == TypeId::of::<MatchedPathRejection>() {
            "route_handlers::extract::MatchedRoute"
        } else {
            return;
        };
        route.refuse(format!("takes `Axum<{}>`, which only axum's router can set: take `{ours}`", type_name::<E>()));
    }
}

impl<E, S> FromRequest for AxumBody<E, S>
where
    E: AxumFromRequest<S> + Send,
    S: Send + Sync + 'static,
{
    async fn from_request(request: &mut Request) -> Result<Self> {
        let whole = to_axum(request.copy_head("AxumBody"));
        let extracted = match no_state::<S>() {
            Some(unit) => E::from_request(whole, unit).await,
            None => {
                let State(state) = State::<S>::from_head(&request.head())?;
                E::from_request(whole, &state).await
            }
        };
        extracted.map(|extractor| Self(extractor, PhantomData)).map_err(refused)
    }

    fn is_present(request: &Request) -> bool {
        request.has_body()
    }

    fn check(route: &mut RouteCheck<'_>) {
        check_state::<S>(route);
        route.reads_body("AxumBody");
    }
}

/// The state `()`, which no table needs to have.
fn no_state<S: 'static>() -> Option<&'static S> {
    (&() as &dyn Any).downcast_ref()
}

fn check_state<S: 'static>(route: &mut RouteCheck<'_>) {
    if no_state::<S>().is_none() {
        route.needs_state::<S>();
    }
}

fn refused(rejection: impl IntoResponse) -> Error {
    Error::from_response(response(rejection))
}

/// Converts the request. A body limit of the route or the table becomes the limit of axum's extractors. The defaults of both
/// are equal.
pub(super) fn to_axum(request: Request) -> axum::extract::Request {
    let limit = request.body_limit();
    let mut request = http::Request::from(request).map(axum::body::Body::new);
    if limit != DEFAULT_BODY_LIMIT {
        DefaultBodyLimit::max(limit).apply(&mut request);
    }
    request
}

impl<E, S> Deref for Axum<E, S> {
    type Target = E;

    fn deref(&self) -> &E {
        &self.0
    }
}

impl<E, S> DerefMut for Axum<E, S> {
    fn deref_mut(&mut self) -> &mut E {
        &mut self.0
    }
}

impl<E, S> Deref for AxumBody<E, S> {
    type Target = E;

    fn deref(&self) -> &E {
        &self.0
    }
}

impl<E, S> DerefMut for AxumBody<E, S> {
    fn deref_mut(&mut self) -> &mut E {
        &mut self.0
    }
}

// The document does not list what an extractor of axum reads: it is not known.
#[cfg(feature = "openapi")]
impl<E, S> DocumentArgument for Axum<E, S> {}
#[cfg(feature = "openapi")]
impl<E, S> DocumentArgument for AxumBody<E, S> {}
