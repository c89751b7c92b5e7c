//! Serves a route table as a warp `Filter`, beside other filters.
//!
//! Use it for a table after or between filters, because warp cannot mount a tower service there. A table in front of all filters
//! needs no adapter, and sees the unchanged request: `api.over(warp::service(filter))`.
//! ```no_run
//! use route_handlers::RouteHandlers;
//! use route_handlers::hosts;
//! use warp::Filter;
//!
//! # async fn run() {
//! let api = RouteHandlers::new().get("/api/hello", async || "hello");
//! let routes = warp::path("about").map(|| "a page of warp");
//! warp::serve(hosts::warp::filter(api).or(routes)).run(([127, 0, 0, 1], 3000)).await;
//! # }
//! ```
//!
//! A [claimed](RouteHandlers::claim) prefix does not fall through to the next filters, and filters of warp can wrap the table:
//!
//! ```
//! use route_handlers::RouteHandlers;
//! use route_handlers::hosts;
//! use route_handlers::testing::Client;
//! use warp::Filter;
//!
//! let api = RouteHandlers::new().get("/api/hello", async || "hello").claim("/api");
//! let api = hosts::warp::filter(api).with(warp::reply::with::header("x-by", "table"));
//! let routes = api.or(warp::any().map(|| "a page of warp"));
//! # tokio_test::block_on(async {
//! let client = Client::new(warp::service(routes));
//! assert_eq!(client.get("/api/hello").await.header("x-by"), Some("table"));
//! client.get("/api/other").await.assert_status(404);
//! assert_eq!(client.get("/about").await.text(), "a page of warp");
//! # });
//! ```

use std::convert::Infallible;

use bytes::{Buf, Bytes};
use futures_util::{FutureExt, Stream, StreamExt, TryStreamExt, stream};
use http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use http::{HeaderMap, Method, Request, Uri};
use http_body::{Body as _, Frame};
use http_body_util::{BodyExt, StreamBody};
use warp::filters::path::FullPath;
use warp::{Filter, Rejection, Reply};

use crate::body::Body;
use crate::response::Response;
use crate::route_handlers::RouteHandlers;
use crate::route_handlers::assert_complete;
use crate::service::respond_alone;

/// Serves a route table as a warp filter.
///
/// A request that no route matches is rejected with not-found before its body is touched, so the next filters see the
/// whole request.
///
/// Handlers do not see the extensions, the protocol version and the trailers of a request: warp hides them from filters.
///
/// # Panics
///
/// As [`RouteHandlers::over`].
#[track_caller]
pub fn filter(api: RouteHandlers) -> impl Filter<Extract = (warp::reply::Response,), Error = Rejection> + Clone {
    assert_complete(&api);
    let query = warp::query::raw().map(Some).or_else(async |_| Ok::<_, Rejection>((None::<String>,)));
    let table = api.clone();
    warp::method()
        .and(warp::path::full())
        .and(query)
        .and(warp::header::headers_cloned())
        .and_then(move |method, path, query, headers| {
            let request = head(method, &path, query, headers)
                .filter(|request| table.table().is_ours(request.method(), request.uri()));
            std::future::ready(request.ok_or_else(warp::reject::not_found))
        })
        .and(warp::body::stream())
        .and_then(move |head: Request<()>, body| {
            let api = api.clone();
            async move {
                let body = to_body(head.headers(), body);
                let Ok(response) = respond_alone(api.table(), head.map(|()| body)).await;
                Ok::<_, Infallible>(to_reply(response))
            }
        })
}

fn head(method: Method, path: &FullPath, query: Option<String>, headers: HeaderMap) -> Option<Request<()>> {
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    let uri = Uri::try_from(format!("{}{query}", path.as_str())).ok()?;
    let mut request = Request::new(());
    *request.method_mut() = method;
    *request.uri_mut() = uri;
    *request.headers_mut() = headers;
    Some(request)
}

/// Converts warp's stream, which does not tell whether it is empty. If no header tells it either, the stream is polled once,
/// and an empty stream ends. The poll does not wait for data, because an HTTP/2 client may send the first chunk late.
fn to_body<B, S>(headers: &HeaderMap, chunks: S) -> Body
where
    B: Buf + Send + 'static,
    S: Stream<Item = Result<B, warp::Error>> + Send + 'static,
{
    let mut chunks = Box::pin(chunks);
    let has_length = headers.get(CONTENT_LENGTH).is_some_and(|length| length != "0");
    let has_body = has_length || headers.contains_key(TRANSFER_ENCODING);
    let first = if has_body { None } else { chunks.next().now_or_never() };
    match first {
        Some(None) => Body::empty(),
        first => Body::new(StreamBody::new(stream::iter(first.flatten()).chain(chunks).map_ok(Frame::data))),
    }
}

fn to_reply(response: Response) -> warp::reply::Response {
    let (mut parts, mut body) = response.into_parts();
    match body.take_whole() {
        Some(whole) => http::Response::from_parts(parts, whole).into_response(),
        None => {
            // warp's stream does not tell its length.
            if let Some(length) = body.size_hint().exact() {
                parts.headers.entry(CONTENT_LENGTH).or_insert_with(|| length.into());
            }
            let mut reply = warp::reply::stream::<_, Bytes, _>(body.into_data_stream()).into_response();
            *reply.status_mut() = parts.status;
            *reply.headers_mut() = parts.headers;
            *reply.extensions_mut() = parts.extensions;
            reply
        }
    }
}
