//! The adapter for streamed responses.

use futures_util::{Stream, StreamExt, TryStreamExt, stream};
use http::Response;
use http_body_util::BodyExt;
use lambda_http::{Request, streaming_runtime};
use route_handlers::Body;
use route_handlers::body::BoxError;
use tokio_util::task::TaskTracker;
use tower::util::MapFutureLayer;
use tower::{Service, ServiceExt, service_fn};

use crate::headers::{check_ascii, join_lines};
use crate::path;
use crate::work::{Work, done};

/// Adapts a service to `lambda_http::run_with_streaming_response`. It runs the work of `After` when the whole response was
/// sent, or before a failure is reported.
///
/// If the response is dropped before its end, only [`run_streamed`] waits for the work.
///
/// # Errors
///
/// Fails with the error of the service, or if a header is not ASCII. Nothing was sent by then.
pub fn streamed<S, B>(
    service: S,
) -> impl Service<Request, Response = Response<Body>, Error = BoxError, Future: Send> + Clone
where
    S: Service<Request, Response = Response<B>, Error: Into<BoxError>, Future: Send> + Clone + Send + 'static,
    B: http_body::Body<Data: Into<bytes::Bytes> + Send, Error: Into<BoxError>> + Send + 'static,
{
    streamed_by(service, TaskTracker::new)
}

/// Runs `lambda_http::run_with_streaming_response(streamed(service))`. It requests the next invocation only when the work of
/// the last one is done, even if the response was dropped, as Lambda may freeze the process then.
///
/// # Errors
///
/// Fails with the error of the runtime.
pub async fn run_streamed<S, B>(service: S) -> Result<(), lambda_http::Error>
where
    S: Service<Request, Response = Response<B>, Error: Into<BoxError>, Future: Send> + Clone + Send + 'static,
    B: http_body::Body<Data: Into<bytes::Bytes> + Send, Error: Into<BoxError>> + Send + 'static,
{
    let tasks = TaskTracker::new();
    let service = streamed_by(service, {
        let tasks = tasks.clone();
        move || tasks.clone()
    });
    let wait = MapFutureLayer::new(move |invocation| followed_by(invocation, tasks.clone()));
    streaming_runtime(service).layer(wait).run().await
}

async fn followed_by<F: Future>(invocation: F, tasks: TaskTracker) -> F::Output {
    let result = invocation.await;
    done(&tasks).await;
    result
}

fn streamed_by<S, B>(
    service: S,
    tasks: impl Fn() -> TaskTracker + Clone + Send + 'static,
) -> impl Service<Request, Response = Response<Body>, Error = BoxError, Future: Send> + Clone
where
    S: Service<Request, Response = Response<B>, Error: Into<BoxError>, Future: Send> + Clone + Send + 'static,
    B: http_body::Body<Data: Into<bytes::Bytes> + Send, Error: Into<BoxError>> + Send + 'static,
{
    service_fn(move |mut request: Request| {
        let (service, tasks) = (service.clone(), tasks());
        async move {
            path::encode(&mut request);
            let work = Work::of(&mut request, tasks);
            let head = async {
                let mut response = service.oneshot(request).await.map_err(Into::into)?;
                join_lines(response.headers_mut())?;
                check_ascii(response.headers())?;
                Ok(response)
            };
            let (response, work) = work.unless_ok(head).await?;
            Ok(response.map(|body| {
                let pieces = Box::pin(body.into_data_stream().map_ok(Into::into).map_err(Into::into));
                Body::from_stream(followed(Streaming { pieces, work }))
            }))
        }
    })
}

/// The order of the fields matters: dropping the body passes its work to the tasks.
struct Streaming<S> {
    pieces: S,
    work: Work,
}

/// Streams the pieces of a body, and runs the work before the end or a failure.
fn followed<S>(streaming: Streaming<S>) -> impl Stream<Item = Result<bytes::Bytes, BoxError>>
where
    S: Stream<Item = Result<bytes::Bytes, BoxError>> + Unpin,
{
    stream::unfold(Some(streaming), async |streaming| {
        let mut streaming = streaming?;
        let next = streaming.pieces.next().await;
        if let Some(Ok(piece)) = next {
            return Some((Ok(piece), Some(streaming)));
        }
        drop(streaming.pieces);
        streaming.work.finish().await;
        next.map(|failure| (failure, None))
    })
}
