//! warp.

use std::convert::Infallible;

use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Request, StatusCode};
use hyper::body::Incoming;
use peers::work::{HELLO, User};
use tower::Service;
use warp::reply::{Reply, Response, json, stream, with_status};
use warp::{Filter, body, get, path, post};

use super::gibibyte;

pub fn service() -> impl Service<Request<Incoming>, Response = Response, Error = Infallible, Future: Send> + Clone {
    let hello = path!("api" / "hello").and(get()).map(|| {
        let mut response = HELLO.into_response();
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        response
    });
    let show = path!("users" / String).and(get()).map(|id: String| id);
    let create = path!("users").and(post()).and(body::json());
    let create = create.map(|user: User| with_status(json(&user), StatusCode::CREATED));
    let gibibyte = path!("stream").and(get()).map(|| stream(gibibyte()));
    let echo = path!("echo").and(post()).and(body::bytes()).map(|body: bytes::Bytes| http::Response::new(body));
    warp::service(hello.or(show).or(create).or(gibibyte).or(echo))
}
