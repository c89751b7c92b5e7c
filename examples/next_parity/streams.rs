//! `/api/r/stream`: streamed responses.

use std::time::Duration;

use futures_util::{Stream, StreamExt, stream};
use route_handlers::body::BoxError;
use route_handlers::{Body, IntoResponse, Query, Response, Result, RouteHandlers};
use tokio::time::sleep;

use super::web::{Case, no_such_case};

type Piece = Result<String, BoxError>;

/// `new Response(stream)`: waits for the first piece, so that a stream that fails before it is an error response.
async fn begun(pieces: impl Stream<Item = Piece> + Send + 'static) -> Result<Response> {
    let mut pieces = Box::pin(pieces);
    let first = match pieces.next().await {
        Some(Err(error)) => return Err(super::Error::from_source(http::StatusCode::INTERNAL_SERVER_ERROR, error)),
        first => first,
    };
    Ok(Response::new(Body::from_stream(stream::iter(first).chain(pieces))))
}

/// Sends the pieces with a pause after each.
fn with_pauses(
    pieces: impl IntoIterator<Item = String, IntoIter: Send + 'static>,
    pause: Duration,
) -> impl Stream<Item = Piece> + Send + 'static {
    stream::unfold((pieces.into_iter(), Duration::ZERO), move |(mut pieces, wait)| async move {
        sleep(wait).await;
        Some((Ok(pieces.next()?), (pieces, pause)))
    })
}

fn boom() -> Piece {
    Err("stream boom".into())
}

async fn streamed(Query(Case { case }): Query<Case>) -> Result<Response> {
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    match case.as_str() {
        "chunks" => begun(with_pauses(texts(&["one", "two", "three"]), Duration::from_millis(20))).await,
        "typed" => {
            let json = begun(with_pauses(texts(&["{\"a\":", "1}"]), Duration::ZERO)).await?;
            Ok(([("content-type", "application/json")], json).into_response())
        }
        "empty" => begun(stream::empty()).await,
        "sse" => {
            let events = (0..3).map(|i| format!("event: tick\nid: {i}\ndata: {{\"i\":{i}}}\n\n"));
            let headers = [
                ("content-type", "text/event-stream"),
                ("cache-control", "no-cache, no-transform"),
                ("connection", "keep-alive"),
            ];
            Ok((headers, begun(with_pauses(events, Duration::from_millis(20))).await?).into_response())
        }
        "errorFirst" => begun(stream::iter([boom()])).await,
        "errorMid" => {
            let part = with_pauses(texts(&["partial"]), Duration::from_millis(50));
            begun(part.chain(stream::iter([boom()]))).await
        }
        "strings" => begun(with_pauses(texts(&["a string chunk"]), Duration::ZERO)).await,
        "asyncIter" => begun(with_pauses(texts(&["a", "b"]), Duration::from_millis(10))).await,
        _ => Err(no_such_case()),
    }
}

pub fn routes() -> RouteHandlers {
    RouteHandlers::new().get("/api/r/stream", streamed)
}
