//! A hand-written `match` on method and path, with the same responses as this crate.

use bytes::Bytes;
use futures_util::TryStreamExt;
use http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use http::{Method, Request, Response, StatusCode};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Either, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use peers::work::{HELLO, User};

use super::gibibyte;

/// The problem document that this crate sends with a 405.
const REFUSAL: &str = r#"{"type":"about:blank","title":"Method Not Allowed","status":405}"#;

type Content = Either<Full<Bytes>, Either<Incoming, BoxBody<Bytes, std::io::Error>>>;

pub async fn respond(request: Request<Incoming>) -> Result<Response<Content>, hyper::Error> {
    let path = request.uri().path();
    Ok(match (request.method(), path, path.strip_prefix("/users/")) {
        (&Method::GET, "/api/hello", _) => typed("application/json", HELLO.into()),
        (_, "/api/hello", _) => {
            let mut response = typed("application/problem+json", REFUSAL.into());
            *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
            response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
            response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD, OPTIONS"));
            response
        }
        (&Method::GET, _, Some(id)) if !id.contains('/') => typed("text/plain; charset=utf-8", id.to_owned().into()),
        (&Method::POST, "/users", _) => {
            let body = request.into_body().collect().await?.to_bytes();
            match serde_json::from_slice::<User>(&body) {
                Ok(user) => {
                    let mut response = typed("application/json", serde_json::to_vec(&user).unwrap().into());
                    *response.status_mut() = StatusCode::CREATED;
                    response
                }
                Err(_) => status(StatusCode::BAD_REQUEST),
            }
        }
        (&Method::GET, "/stream", _) => {
            let body = BodyExt::boxed(StreamBody::new(gibibyte().map_ok(Frame::data)));
            Response::new(Either::Right(Either::Right(body)))
        }
        (&Method::POST, "/echo", _) => Response::new(Either::Right(Either::Left(request.into_body()))),
        _ => status(StatusCode::NOT_FOUND),
    })
}

fn status(status: StatusCode) -> Response<Content> {
    let mut response = Response::new(Either::Left(Full::default()));
    *response.status_mut() = status;
    response
}

fn typed(content_type: &'static str, body: Bytes) -> Response<Content> {
    let mut response = Response::new(Either::Left(Full::new(body)));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}
