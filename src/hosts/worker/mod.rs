//! Cloudflare Workers: a table as the `fetch` of a worker, by the crate `worker`.
//!
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
//! A panic ends the instance of the program that it happens in, as wasm32 has no unwinding: the script around the
//! program must make another. What `worker-build` writes does; so does `examples/edge/worker/main.js`.
//!
//! Set a `compatibility_date` of 2025-05-05 or later, or the flag `enable_weak_ref`. Without weak references JavaScript cannot
//! free the two closures of a streamed response, and each response leaks some 95 bytes.
//!
//! It compiles everywhere, and runs on wasm32 only.

mod failure;
mod incoming;
mod outgoing;
mod relay;

use std::future::poll_fn;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::task::Poll;

use bytes::{Buf, Bytes};
use http::header::{CONNECTION, UPGRADE};
use http::{HeaderMap, HeaderName, HeaderValue, Request, StatusCode, Uri};
use http_body::Body as _;
use tower_service::Service;
use worker::js_sys::futures::future_to_promise;
use worker::js_sys::{Array, JSON, Promise, Reflect, Uint8Array};
use worker::wasm_bindgen::{JsCast, JsValue};
use worker::worker_sys::ext::RequestExt;
use worker::{Cf, Context, Env, WebSocket, web_sys};

use self::failure::Failure;
use self::incoming::Incoming;
use self::outgoing::Chunks;
use self::relay::Relay;
use crate::after::{RequestWaitUntil, WaitUntil};
use crate::body::{Body, BoxError};
use crate::platform::{BoxFuture, MaybeSend};
use crate::problem;

/// Answers one request of a worker, by a table or by a table over a service.
///
/// The body of the request is read as it comes. That of the answer is sent in one piece if it is whole, and as it comes
/// if it is not. It is sent as it is, whatever its `Content-Encoding`. The request's extensions have the [`Env`], the
/// [`Cf`] if there is one, and the [`RequestWaitUntil`] by which what comes [after](crate::After) the answer is done. A
/// `WebSocket` in the answer's extensions is handed on with a 101.
///
/// # Errors
///
/// What the service fails with, and an answer that a worker cannot give: a status outside 200 to 599.
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
    Ok(answer(service, &request, env, context).await?)
}

/// The same without the macro `event`, and without `worker::Error`, which has texts for all that can go wrong in a worker:
/// the program is smaller, by 3 KB where nothing else has such errors. What goes wrong is written to the console, and
/// answered with 500.
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
    answer(service, &request, env, context).await.unwrap_or_else(Failure::into_response)
}

async fn answer<S, B>(
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
    request.extensions_mut().insert(RequestWaitUntil::new(Waiting(context)));
    poll_fn(|cx| service.poll_ready(cx)).await.map_err(Failure::new)?;
    let relay = Relay::new();
    let response = relay.run(service.call(request)).await.map_err(Failure::new)?;
    let (mut parts, body) = response.into_parts();
    let socket = parts.extensions.remove::<WebSocket>();
    if socket.is_none() && !(200..=599).contains(&parts.status.as_u16()) {
        return Err(Failure::new(format!("a worker cannot answer with status {}", parts.status.as_u16())));
    }
    let body = match parts.status {
        // A body would be refused, even an empty one.
        StatusCode::SWITCHING_PROTOCOLS
        | StatusCode::NO_CONTENT
        | StatusCode::RESET_CONTENT
        | StatusCode::NOT_MODIFIED => None,
        _ => body_to_js(Chunks { first: None, body: Body::new(body), relay }).await?,
    };
    to_js(parts.status, &parts.headers, socket, body)
}

/// The hook of one request.
struct Waiting(Context);

impl WaitUntil for Waiting {
    fn wait_until(&self, work: BoxFuture<'static, ()>) {
        let promise = promise(async {
            work.await;
            Ok(JsValue::UNDEFINED)
        });
        // It fails only for a context that is none.
        let _ = self.0.as_ref().wait_until(&promise);
    }
}

/// What runs a future is compiled for each type of future: so there is one.
fn promise(future: impl Future<Output = Result<JsValue, JsValue>> + 'static) -> Promise {
    let future: Pin<Box<dyn Future<Output = Result<JsValue, JsValue>>>> = Box::pin(future);
    future_to_promise(AssertUnwindSafe(future))
}

/// `None` for what `http` has no way to say.
///
/// Not `worker::HttpRequest`, which fails for a header that is not ASCII. Not its method either, which is GET for each
/// that it does not know.
fn from_js(request: &web_sys::Request) -> Option<Request<Body>> {
    let body = request.body().map_or(Body::empty(), |body| Body::new(Incoming::new(&body)));
    let mut own = Request::new(body);
    *own.method_mut() = request.method().parse().ok()?;
    *own.uri_mut() = Uri::from_maybe_shared(request.url()).ok()?;
    *own.headers_mut() = headers_from_js(&request.headers())?;
    if own.headers().contains_key(UPGRADE) {
        // A worker does not see `Connection`, and without it a request asks for no upgrade (RFC 9110 §7.8).
        own.headers_mut().entry(CONNECTION).or_insert(HeaderValue::from_static("upgrade"));
    }
    if let Some(cf) = request.cf() {
        own.extensions_mut().insert(Cf::from(cf));
    }
    Some(own)
}

/// In one text, as each call of JavaScript costs more than what it does: neither a name nor a value holds a line break.
fn headers_from_js(headers: &web_sys::Headers) -> Option<HeaderMap> {
    let pairs = Array::from(headers);
    let mut own = HeaderMap::with_capacity(pairs.length() as usize);
    let text = Bytes::from(String::from(pairs.flat(1).join("\n")));
    let mut lines = text.split(|byte| *byte == b'\n');
    while let (Some(name), Some(value)) = (lines.next(), lines.next()) {
        let value = HeaderValue::from_maybe_shared(text.slice_ref(value)).ok()?;
        own.append(HeaderName::from_bytes(name).ok()?, value);
    }
    Some(own)
}

/// The body of an answer, as JavaScript takes it.
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

/// The second argument of `Response`, made of one text. A value that is not UTF-8 is sent as near to it as JavaScript can.
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

/// A body is whole if its first chunk is there and is the last: so a `Full` of another service is, too.
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
