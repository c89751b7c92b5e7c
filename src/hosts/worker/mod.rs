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
//! It compiles everywhere, and runs on wasm32 only.

mod relay;

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

use bytes::{Buf, Bytes};
use futures_util::{Stream, StreamExt, TryStreamExt, stream};
use http::{HeaderMap, HeaderName, HeaderValue, Request, StatusCode, Uri};
use http_body::Body as _;
use tower_service::Service;
use worker::js_sys::{Array, JSON, Reflect, Uint8Array};
use worker::wasm_bindgen::JsCast;
use worker::worker_sys::ext::RequestExt;
use worker::{Cf, Context, Env, ResponseBody, WebSocket, web_sys};

use self::relay::{Chunks, Relay};
use crate::after::{RequestWaitUntil, WaitUntil};
use crate::body::{Body, BoxError};
use crate::platform::{BoxFuture, MaybeSend};

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
    mut service: S,
    request: web_sys::Request,
    env: Env,
    context: Context,
) -> worker::Result<web_sys::Response>
where
    S: Service<Request<Body>, Response = http::Response<B>, Error: Into<BoxError>>,
    B: http_body::Body<Data: Buf, Error: Into<BoxError>> + MaybeSend + 'static,
{
    let Some(mut request) = from_js(&request) else {
        return respond(ResponseBody::Empty, &init(400, &HeaderMap::new())?);
    };
    request.extensions_mut().insert(env);
    request.extensions_mut().insert(RequestWaitUntil::new(Waiting(context)));
    poll_fn(|cx| service.poll_ready(cx)).await.map_err(to_error)?;
    let relay = Relay::new();
    let response = relay.run(service.call(request)).await.map_err(to_error)?;
    to_js(response, relay).await
}

/// The hook of one request.
struct Waiting(Context);

impl WaitUntil for Waiting {
    fn wait_until(&self, work: BoxFuture<'static, ()>) {
        self.0.wait_until(work);
    }
}

/// `None` for what `http` has no way to say.
///
/// Not `worker::HttpRequest`, which fails for a header that is not ASCII. Not its method either, which is GET for each
/// that it does not know.
fn from_js(request: &web_sys::Request) -> Option<Request<Body>> {
    let body = request.body().map_or(Body::empty(), |body| Body::new(worker::Body::new(body)));
    let mut own = Request::new(body);
    *own.method_mut() = request.method().parse().ok()?;
    *own.uri_mut() = Uri::from_maybe_shared(request.url()).ok()?;
    *own.headers_mut() = headers_from_js(&request.headers())?;
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

async fn to_js<B>(response: http::Response<B>, relay: Relay) -> worker::Result<web_sys::Response>
where
    B: http_body::Body<Data: Buf, Error: Into<BoxError>> + MaybeSend + 'static,
{
    let (mut parts, body) = response.into_parts();
    let socket = parts.extensions.remove::<WebSocket>();
    let status = parts.status.as_u16();
    if socket.is_none() && !(200..=599).contains(&status) {
        return Err(worker::Error::RustError(format!("a worker cannot answer with status {status}")));
    }
    let body = match parts.status {
        // A body would be refused, even an empty one.
        StatusCode::SWITCHING_PROTOCOLS
        | StatusCode::NO_CONTENT
        | StatusCode::RESET_CONTENT
        | StatusCode::NOT_MODIFIED => ResponseBody::Empty,
        _ => body_to_js(Chunks { body: Body::new(body), relay }).await?,
    };
    let init = init(status, &parts.headers)?;
    if let Some(socket) = socket {
        Reflect::set(&init, &"webSocket".into(), socket.as_ref())?;
    }
    respond(body, &init)
}

/// The second argument of `Response`, made of one text. A value that is not UTF-8 is sent as near to it as JavaScript can.
fn init(status: u16, headers: &HeaderMap) -> worker::Result<web_sys::ResponseInit> {
    let mut text = format!(r#"{{"status":{status},"encodeBody":"manual","headers":["#);
    for (name, value) in headers {
        let name = serde_json::to_string(name.as_str())?;
        let value = serde_json::to_string(&String::from_utf8_lossy(value.as_bytes()))?;
        let separator = if text.ends_with('[') { "" } else { "," };
        for part in [separator, "[", &name, ",", &value, "]"] {
            text.push_str(part);
        }
    }
    text.push_str("]}");
    Ok(JSON::parse(&text)?.unchecked_into())
}

fn respond(body: ResponseBody, init: &web_sys::ResponseInit) -> worker::Result<web_sys::Response> {
    Ok(match body {
        ResponseBody::Empty => web_sys::Response::new_with_opt_str_and_init(None, init)?,
        ResponseBody::Body(bytes) => {
            let bytes = Uint8Array::from(&*bytes);
            web_sys::Response::new_with_opt_js_u8_array_and_init(Some(&bytes), init)?
        }
        ResponseBody::Stream(stream) => web_sys::Response::new_with_opt_readable_stream_and_init(Some(&stream), init)?,
    })
}

/// A body is whole if its first chunk is there and is the last: so a `Full` of another service is, too.
async fn body_to_js(mut chunks: Chunks) -> worker::Result<ResponseBody> {
    let first = match poll_fn(|cx| Poll::Ready(Pin::new(&mut chunks).poll_next(cx))).await {
        Poll::Ready(None) => return Ok(ResponseBody::Empty),
        Poll::Ready(Some(first)) => Some(first.map_err(to_error)?),
        Poll::Pending => None,
    };
    match first {
        Some(whole) if chunks.body.is_end_stream() || chunks.body.size_hint().exact() == Some(0) => {
            Ok(ResponseBody::Body(whole.into()))
        }
        first => {
            let chunks = stream::iter(first.map(Ok)).chain(chunks.map_err(to_error));
            Ok(worker::Response::from_stream(chunks)?.into_parts().1)
        }
    }
}

fn to_error(error: impl Into<BoxError>) -> worker::Error {
    worker::Error::RustError(error.into().to_string())
}
