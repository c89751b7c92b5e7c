//! The app as a component of `wasi:http`, for every host of that world.
//!
//! ```text
//! rustup target add wasm32-wasip2
//! cargo build --release -p wasi --target wasm32-wasip2
//! wasmtime serve -Scli target/wasm32-wasip2/release/wasi.wasm
//! curl -i localhost:8080/api/users       # 200 [{"id":1,"name":"Ada"}]
//! ```
//!
//! A host may make a new instance for each request, and the app then forgets the added users. Keep data in a store of the host.
//! Trailers are left out, as some hosts do not accept them.

use std::future::ready;

use futures_channel::mpsc::{self, UnboundedSender};
use futures_util::{StreamExt, TryStreamExt};
use http_body_util::{BodyExt, StreamBody};
use route_handlers::after::{BoxFuture, RequestWaitUntil, WaitUntil};
use send_wrapper::SendWrapper;
use tower::ServiceExt;
use wstd::http::body::Frame;
use wstd::http::{Body, Error, Method, Request, Response, StatusCode};
use wstd::runtime::{Task, spawn};

/// Sends the response, runs the work of `After`, and then ends the response.
#[wstd::http_server]
async fn main(mut request: Request<Body>) -> Result<Response<Body>, Error> {
    let is_head = request.method() == Method::HEAD;
    let (sender, work) = mpsc::unbounded();
    request.extensions_mut().insert(RequestWaitUntil::new(Work(sender)));
    let Ok(mut response) = edge_app::api().oneshot(request.map(Body::into_boxed_body)).await;
    if is_head || response.status() == StatusCode::NOT_MODIFIED {
        response.headers_mut().remove("content-length"); // WASI would fail, as it compares this number with the bytes of the body
    }
    Ok(response.map(|body| {
        let frames = body.map_err(Error::new).into_data_stream().map_ok(Frame::data);
        let work = work.then(|task| task).filter_map(|()| ready(None));
        Body::from_http_body(StreamBody::new(SendWrapper::new(frames.chain(work)))) // a component has one thread
    }))
}

/// Receives the work of one request. The channel ends when the table drops this.
struct Work(UnboundedSender<Task<()>>);

impl WaitUntil for Work {
    fn wait_until(&self, work: BoxFuture<'static, ()>) {
        let _ = self.0.unbounded_send(spawn(work));
    }
}
