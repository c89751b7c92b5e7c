//! Streamed responses.

use std::convert::Infallible;

use futures_util::{Stream, StreamExt, stream};
use route_handlers::extract::LastEventId;
use route_handlers::sse::{Event, Sse};
use route_handlers::{Body, Path, Result};
use serde_json::json;

/// Sends the numbers up to `n`, each in a line and a chunk.
pub(crate) async fn count(Path(n): Path<u32>) -> Body {
    Body::from_stream(stream::iter(1..=n).map(|n| Ok::<_, Infallible>(format!("{n}\n"))))
}

/// Sends three events, and the next three after a lost connection.
pub(crate) async fn ticks(LastEventId(last): LastEventId) -> Sse<impl Stream<Item = Result<Event>>> {
    let last = last.parse().unwrap_or(0_u64);
    Sse::new(stream::iter(last.saturating_add(1)..=last.saturating_add(3)).map(event))
}

fn event(tick: u64) -> Result<Event> {
    Event::new().with_json(&json!({ "tick": tick }))?.with_name("tick")?.with_id(tick.to_string())
}
