//! The answer piece by piece, as `lambda_http::run_with_streaming_response` sends it.

use futures_util::{StreamExt, TryStreamExt, future, stream};
use http::Response;
use http_body_util::BodyExt;
use lambda_http::Request;
use route_handlers::{Body, BoxError};
use tower::{Service, ServiceExt, service_fn};

use crate::headers::join_lines;
use crate::{finish, track};

/// A service for `lambda_http::run_with_streaming_response`: the work for after the answer is done when all of it was
/// sent, but for the mark that it is at its end.
///
/// # Errors
///
/// What the service fails with, before anything was sent.
pub fn streamed<S, B>(
    service: S,
) -> impl Service<Request, Response = Response<Body>, Error = BoxError, Future: Send> + Clone
where
    S: Service<Request, Response = Response<B>, Error: Into<BoxError>, Future: Send> + Clone + Send + 'static,
    B: http_body::Body<Data: Into<bytes::Bytes> + Send, Error: Into<BoxError>> + Send + 'static,
{
    service_fn(move |mut request: Request| {
        let service = service.clone();
        async move {
            let work = track(&mut request);
            let mut response = service.oneshot(request).await.map_err(Into::into)?;
            join_lines(response.headers_mut())?;
            Ok(response.map(|body| {
                let pieces = body.into_data_stream().map_err(Into::into);
                let work = stream::once(finish(work)).filter_map(|()| future::ready(None));
                Body::from_stream(pieces.chain(work))
            }))
        }
    })
}
