//! The answer in one piece, as `lambda_http::run` hands it back.

use std::future::ready;
use std::pin::Pin;

use bytes::Bytes;
use http::Response;
use http_body_util::BodyExt;
use lambda_http::{Body, IntoResponse, Request};
use route_handlers::BoxError;
use tokio_util::task::TaskTracker;
use tower::{Service, ServiceExt, service_fn};

use crate::headers::join_lines;
use crate::path;
use crate::work::Work;

/// A service for `lambda_http::run`: it reads the answer to its end, and does the work for after it, before it is handed
/// back or fails. For a response without an end, such as server-sent events, use [`streamed`](crate::streamed).
///
/// # Errors
///
/// What the service or the body of its answer fails with. Nothing was sent by then: the invocation fails, which Lambda
/// logs and its caller answers with 502.
pub fn whole<S, B>(service: S) -> impl Service<Request, Response = Answer, Error = BoxError, Future: Send> + Clone
where
    S: Service<Request, Response = Response<B>, Error: Into<BoxError>, Future: Send> + Clone + Send + 'static,
    B: http_body::Body<Data: Send, Error: Into<BoxError>> + Send,
{
    service_fn(move |mut request: Request| {
        let service = service.clone();
        async move {
            path::encode(&mut request);
            let work = Work::of(&mut request, TaskTracker::new());
            let answer = async {
                let (mut parts, body) = service.oneshot(request).await.map_err(Into::into)?.into_parts();
                join_lines(&mut parts.headers)?;
                let body = body.collect().await.map_err(Into::into)?.to_bytes();
                Ok(Answer(Response::from_parts(parts, body)))
            };
            let (answer, work) = work.unless_ok(answer).await?;
            work.finish().await;
            Ok(answer)
        }
    })
}

/// An answer whose bytes arrive as they are: as text if they are UTF-8, else in base64.
///
/// `lambda_http` by itself goes by `Content-Type`, decodes text by its charset, and so changes what is none.
#[derive(Debug)]
pub struct Answer(Response<Bytes>);

impl IntoResponse for Answer {
    fn into_response(self) -> Pin<Box<dyn Future<Output = Response<Body>> + Send>> {
        Box::pin(ready(self.0.map(to_body)))
    }
}

fn to_body(bytes: Bytes) -> Body {
    match String::from_utf8(bytes.into()) {
        Ok(text) if text.is_empty() => Body::Empty,
        Ok(text) => Body::Text(text),
        Err(binary) => Body::Binary(binary.into_bytes()),
    }
}
