//! The adapter for buffered responses.

use std::future::ready;
use std::pin::Pin;

use bytes::Bytes;
use http::Response;
use http_body_util::BodyExt;
use lambda_http::{Body, IntoResponse, Request};
use route_handlers::body::BoxError;
use tokio_util::task::TaskTracker;
use tower::{Service, ServiceExt, service_fn};

use crate::headers::join_lines;
use crate::path;
use crate::work::Work;

/// Adapts a service to `lambda_http::run`. It reads the whole response and runs the work of `After` before it returns the
/// response or a failure. For a response without an end, such as server-sent events, use [`streamed`](crate::streamed).
///
/// # Errors
///
/// Fails with the error of the service or of the response body. Nothing was sent by then: Lambda logs the failure, and the
/// trigger responds with 502.
pub fn whole<S, B>(service: S) -> impl Service<Request, Response = Whole, Error = BoxError, Future: Send> + Clone
where
    S: Service<Request, Response = Response<B>, Error: Into<BoxError>, Future: Send> + Clone + Send + 'static,
    B: http_body::Body<Data: Send, Error: Into<BoxError>> + Send,
{
    service_fn(move |mut request: Request| {
        let service = service.clone();
        async move {
            path::encode(&mut request);
            let work = Work::of(&mut request, TaskTracker::new());
            let response = async {
                let (mut parts, body) = service.oneshot(request).await.map_err(Into::into)?.into_parts();
                join_lines(&mut parts.headers)?;
                let body = body.collect().await.map_err(Into::into)?.to_bytes();
                Ok(Whole(Response::from_parts(parts, body)))
            };
            let (response, work) = work.unless_ok(response).await?;
            work.finish().await;
            Ok(response)
        }
    })
}

/// A response with unchanged bytes: as text if they are UTF-8, and otherwise in base64.
///
/// `lambda_http` alone decides by the `Content-Type`, and decodes text by its charset. This changes bytes that are no text.
#[derive(Debug)]
pub struct Whole(Response<Bytes>);

impl IntoResponse for Whole {
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
