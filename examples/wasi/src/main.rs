//! The app as a component of `wasi:http`, for every host of that world.
//!
//! ```text
//! cargo build --release -p wasi --target wasm32-wasip2
//! wasmtime serve -Scli target/wasm32-wasip2/release/wasi.wasm
//! ```
//!
//! Trailers are left out, as not every host takes them. Each request may meet a fresh instance, whose users are new: what is to be kept belongs into a store of the host's.

use std::future::ready;

use futures_channel::mpsc::{self, UnboundedSender};
use futures_util::{StreamExt, TryStreamExt};
use http_body_util::{BodyExt, StreamBody};
use route_handlers::{BoxFuture, RequestWaitUntil, WaitUntil};
use send_wrapper::SendWrapper;
use tower::ServiceExt;
use wstd::http::body::Frame;
use wstd::http::{Body, Error, Method, Request, Response, StatusCode};
use wstd::runtime::{Task, spawn};

/// The work for after the answer is done when all of it was written; until then the answer is not at its end.
#[wstd::http_server]
async fn main(mut request: Request<Body>) -> Result<Response<Body>, Error> {
    let is_head = request.method() == Method::HEAD;
    let (sender, work) = mpsc::unbounded();
    request.extensions_mut().insert(RequestWaitUntil::new(Work(sender)));
    let Ok(mut response) = edge_app::api().oneshot(request.map(Body::into_boxed_body)).await;
    if is_head || response.status() == StatusCode::NOT_MODIFIED {
        response.headers_mut().remove("content-length"); // by which WASI counts the bytes that it does not get
    }
    Ok(response.map(|body| {
        let frames = body.map_err(Error::new).into_data_stream().map_ok(Frame::data);
        let work = work.then(|task| task).filter_map(|()| ready(None));
        Body::from_http_body(StreamBody::new(SendWrapper::new(frames.chain(work)))) // there is one thread
    }))
}

/// The work of one request, as it is handed over. The table then lets go of this, by which the channel ends.
struct Work(UnboundedSender<Task<()>>);

impl WaitUntil for Work {
    fn wait_until(&self, work: BoxFuture<'static, ()>) {
        let _ = self.0.unbounded_send(spawn(work));
    }
}
