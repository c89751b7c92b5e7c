//! A layer that takes a request of hyper.

use std::future::Ready;
use std::task::{Context, Poll};

use http::{Request, Response};
use hyper::body::Incoming;
use route_handlers::RouteHandlers;
use tower::Service;
use tower::layer::layer_fn;

#[derive(Clone)]
struct Refuse;

impl Service<Request<Incoming>> for Refuse {
    type Response = Response<String>;
    type Error = std::convert::Infallible;
    type Future = Ready<Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<Incoming>) -> Self::Future {
        std::future::ready(Ok(Response::default()))
    }
}

fn main() {
    let _ = RouteHandlers::new().get("/", async || "hello").layer(layer_fn(|_| Refuse));
}
