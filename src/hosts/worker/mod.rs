//! Serves a route table as a Cloudflare Worker, with the crate `worker`.
//!
//! Use it for the entry point of the Worker only. The routes can be in a crate of their own, which other hosts serve too, as in
//! `examples/edge`.
//! ```no_run
//! use route_handlers::{Extension, Result, RouteHandlers, hosts};
//! use worker::{Context, Env, event, web_sys};
//!
//! async fn greet(Extension(env): Extension<Env>) -> Result<String> {
//!     Ok(env.var("GREETING")?.to_string())
//! }
//!
//! thread_local! {
//!     static API: RouteHandlers = RouteHandlers::new().get("/api/greeting", greet);
//! }
//!
//! #[event(fetch)]
//! async fn fetch(request: web_sys::Request, env: Env, context: Context) -> worker::Result<web_sys::Response> {
//!     hosts::worker::fetch(API.with(Clone::clone), request, env, context).await
//! }
//! # fn main() {}
//! ```
//!
//! Handlers take the values of the worker as an [`Extension`](crate::Extension), and work after the response runs in
//! `waitUntil` of the worker:
//!
//! ```no_run
//! use route_handlers::{After, Extension, RouteHandlers, hosts};
//! use worker::{Cf, Context, Env, event, web_sys};
//!
//! async fn place(Extension(cf): Extension<Cf>, after: After) -> Option<String> {
//!     after.run(async { worker::console_log!("the response was sent") });
//!     cf.city()
//! }
//!
//! fn api() -> RouteHandlers {
//!     RouteHandlers::new().get("/api/place", place).claim("/api")
//! }
//!
//! #[event(fetch)]
//! async fn fetch(request: web_sys::Request, env: Env, context: Context) -> worker::Result<web_sys::Response> {
//!     hosts::worker::fetch(api(), request, env, context).await
//! }
//! # fn main() {}
//! ```
//! wasm32 has no unwinding, so a panic ends the instance of the program. The script around the program must start another
//! one. The script that `worker-build` writes does this, and so does `examples/edge/worker/main.js`.
//!
//! Set a `compatibility_date` of 2025-05-05 or later, or the flag `enable_weak_ref`. Without weak references JavaScript cannot
//! free the two closures of a streamed response, and each such response leaks about 95 bytes.
//!
//! This module compiles on every target, and runs on wasm32 only.

mod failure;
mod promise;
mod relay;
mod request_body;
mod response_body;

use std::future::poll_fn;
use std::task::Poll;

use bytes::{Buf, Bytes};
use http::header::{CONNECTION, UPGRADE};
use http::{HeaderMap, HeaderName, HeaderValue, Request, StatusCode, Uri};
use http_body::Body as _;
use tower_service::Service;
use worker::js_sys::{Array, JSON, Reflect, Uint8Array};
use worker::wasm_bindgen::{JsCast, JsValue};
use worker::worker_sys::ext::RequestExt;
use worker::{Cf, Context, Env, WebSocket, web_sys};

use self::failure::Failure;
use self::promise::promise;
use self::relay::Relay;
use self::request_body::RequestBody;
use self::response_body::Chunks;
use crate::after::{RequestWaitUntil, WaitUntil};
use crate::body::{Body, BoxError};
use crate::platform::{BoxFuture, MaybeSend};
use crate::problem;

/// Serves one request of a worker with a route table, or with a table in front of another service.
///
/// * The request body is streamed. The response body is sent in one piece if it is complete, and streamed otherwise.
///   Its bytes are not changed, whatever the `Content-Encoding` is.
/// * The extensions of the request hold the [`Env`], the [`Cf`] if there is one, and a [`RequestWaitUntil`], which runs the
///   work [after](crate::After) the response.
/// * A `WebSocket` in the extensions of a response is passed to the worker with a 101.
///
/// # Errors
///
/// The error of the service; or the response has a status outside 200 to 599, which a worker cannot send.
pub async fn fetch<S, B>(
    service: S,
    request: web_sys::Request,
    env: Env,
    context: Context,
) -> worker::Result<web_sys::Response>
where
    S: Service<Request<Body>, Response = http::Response<B>, Error: Into<BoxError>>,
    B: http_body::Body<Data: Buf, Error: Into<BoxError>> + MaybeSend + 'static,
{
    Ok(serve(service, &request, env, context).await?)
}

/// Serves one request like [`fetch`], for a worker without the macro `event`.
///
/// It does not use `worker::Error`, which has many texts. This makes the program 3 KB smaller if nothing else uses that type.
/// An error is logged to the console, and the response is a 500.
///
/// ```no_run
/// use route_handlers::{RouteHandlers, hosts};
/// use worker::{Context, Env, wasm_bindgen, wasm_bindgen_futures, web_sys, worker_sys};
///
/// thread_local! {
///     static API: RouteHandlers = RouteHandlers::new().get("/api/hello", async || "hello");
/// }
///
/// #[wasm_bindgen::prelude::wasm_bindgen]
/// pub async fn fetch(request: web_sys::Request, env: Env, context: worker_sys::Context) -> web_sys::Response {
///     hosts::worker::respond(API.with(Clone::clone), request, env, Context::new(context)).await
/// }
/// # fn main() {}
/// ```
pub async fn respond<S, B>(service: S, request: web_sys::Request, env: Env, context: Context) -> web_sys::Response
where
    S: Service<Request<Body>, Response = http::Response<B>, Error: Into<BoxError>>,
    B: http_body::Body<Data: Buf, Error: Into<BoxError>> + MaybeSend + 'static,
{
    serve(service, &request, env, context).await.unwrap_or_else(Failure::into_response)
}

async fn serve<S, B>(
    mut service: S,
    request: &web_sys::Request,
    env: Env,
    context: Context,
) -> Result<web_sys::Response, Failure>
where
    S: Service<Request<Body>, Response = http::Response<B>, Error: Into<BoxError>>,
    B: http_body::Body<Data: Buf, Error: Into<BoxError>> + MaybeSend + 'static,
{
    let Some(mut request) = from_js(request) else {
        return to_js(StatusCode::BAD_REQUEST, &HeaderMap::new(), None, None);
    };
    request.extensions_mut().insert(env);
    request.extensions_mut().insert(RequestWaitUntil::new(ContextWaitUntil(context)));
    poll_fn(|cx| service.poll_ready(cx)).await.map_err(Failure::new)?;
    let relay = Relay::new();
    let response = relay.run(service.call(request)).await.map_err(Failure::new)?;
    let (mut parts, body) = response.into_parts();
    let socket = parts.extensions.remove::<WebSocket>();
    if socket.is_none() && !(200..=599).contains(&parts.status.as_u16()) {
        let status = parts.status.as_u16();
        return Err(Failure::new(format!("a worker cannot send the status {status}: use a status from 200 to 599")));
    }
    let body = match parts.status {
        // `Response` throws if one of these has a body, even an empty one.
        StatusCode::SWITCHING_PROTOCOLS
        | StatusCode::NO_CONTENT
        | StatusCode::RESET_CONTENT
        | StatusCode::NOT_MODIFIED => None,
        _ => body_to_js(Chunks { first: None, body: Body::new(body), relay }).await?,
    };
    to_js(parts.status, &parts.headers, socket, body)
}

/// Keeps the worker running until the work after a response is done.
struct ContextWaitUntil(Context);

impl WaitUntil for ContextWaitUntil {
    fn wait_until(&self, work: BoxFuture<'static, ()>) {
        let promise = promise(async {
            work.await;
            Ok(JsValue::UNDEFINED)
        });
        // It fails only if the object is not a context.
        let _ = self.0.as_ref().wait_until(&promise);
    }
}

/// Converts a request. `None` if `http` cannot represent it.
///
/// `worker::HttpRequest` is not used: it fails for a header value that is not ASCII, and reads an unknown method as GET.
fn from_js(request: &web_sys::Request) -> Option<Request<Body>> {
    let body = request.body().map_or(Body::empty(), |body| Body::new(RequestBody::new(&body)));
    let mut converted = Request::new(body);
    *converted.method_mut() = request.method().parse().ok()?;
    *converted.uri_mut() = Uri::from_maybe_shared(request.url()).ok()?;
    *converted.headers_mut() = headers_from_js(&request.headers())?;
    if converted.headers().contains_key(UPGRADE) {
        // A worker does not see `Connection`, and without it the request would ask for no upgrade (RFC 9110 §7.8).
        converted.headers_mut().entry(CONNECTION).or_insert(HeaderValue::from_static("upgrade"));
    }
    if let Some(cf) = request.cf() {
        converted.extensions_mut().insert(Cf::from(cf));
    }
    Some(converted)
}

/// Converts the headers by way of one text, because each call into JavaScript is expensive. Names and values contain no
/// line break.
fn headers_from_js(headers: &web_sys::Headers) -> Option<HeaderMap> {
    let pairs = Array::from(headers);
    let mut converted = HeaderMap::with_capacity(pairs.length() as usize);
    let text = Bytes::from(String::from(pairs.flat(1).join("\n")));
    let mut lines = text.split(|byte| *byte == b'\n');
    while let (Some(name), Some(value)) = (lines.next(), lines.next()) {
        let value = HeaderValue::from_maybe_shared(text.slice_ref(value)).ok()?;
        converted.append(HeaderName::from_bytes(name).ok()?, value);
    }
    Some(converted)
}

/// The body of a response, in one of the two forms that JavaScript takes.
enum Content {
    Whole(Bytes),
    Stream(web_sys::ReadableStream),
}

fn to_js(
    status: StatusCode,
    headers: &HeaderMap,
    socket: Option<WebSocket>,
    body: Option<Content>,
) -> Result<web_sys::Response, Failure> {
    let init = init(status.as_u16(), headers)?;
    if let Some(socket) = socket {
        Reflect::set(&init, &"webSocket".into(), socket.as_ref())?;
    }
    Ok(match body {
        Some(Content::Whole(bytes)) => {
            let bytes = Uint8Array::from(&*bytes);
            web_sys::Response::new_with_opt_js_u8_array_and_init(Some(&bytes), &init)?
        }
        Some(Content::Stream(stream)) => {
            web_sys::Response::new_with_opt_readable_stream_and_init(Some(&stream), &init)?
        }
        None => web_sys::Response::new_with_opt_readable_stream_and_init(None, &init)?,
    })
}

/// Makes the second argument of `Response` from one JSON text. In a header value that is not UTF-8, the invalid bytes become
/// U+FFFD.
fn init(status: u16, headers: &HeaderMap) -> Result<web_sys::ResponseInit, Failure> {
    let mut json = format!(r#"{{"status":{status},"encodeBody":"manual","headers":["#).into_bytes();
    for (name, value) in headers {
        json.extend_from_slice(if json.ends_with(b"[") { b"[" } else { b",[" });
        problem::write(name.as_str(), &mut json);
        json.push(b',');
        problem::write(&*String::from_utf8_lossy(value.as_bytes()), &mut json);
        json.push(b']');
    }
    json.extend_from_slice(b"]}");
    Ok(JSON::parse(&String::from_utf8_lossy(&json))?.unchecked_into())
}

/// Converts a body. It is `Whole` if its first chunk is ready and is the last one, as in the `Full` body of another service.
async fn body_to_js(mut chunks: Chunks) -> Result<Option<Content>, Failure> {
    let first = match poll_fn(|cx| Poll::Ready(chunks.poll_next(cx))).await {
        Poll::Ready(None) => return Ok(None),
        Poll::Ready(Some(first)) => Some(first.map_err(Failure::new)?),
        Poll::Pending => None,
    };
    match first {
        Some(whole) if chunks.body.is_end_stream() || chunks.body.size_hint().exact() == Some(0) => {
            Ok(Some(Content::Whole(whole)))
        }
        first => Ok(Some(Content::Stream(Chunks { first, ..chunks }.into_stream()?))),
    }
}
