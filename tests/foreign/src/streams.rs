//! Responses that take time: streams, events, a stream that fails, and a handler that waits.

use std::io;
use std::time::Duration;

use futures_util::{Stream, StreamExt, stream};
use route_handlers::extract::LastEventId;
use route_handlers::sse::{Event, Sse};
use route_handlers::{Body, Path, Result, RouteHandlers};
use tokio::time::sleep;

pub(crate) fn api() -> RouteHandlers {
    RouteHandlers::new()
        .get("/stream/{lines}", lines)
        .get("/endless", async || Body::from_stream(ticks().map(Ok::<_, io::Error>)))
        .get("/broken", async || {
            Body::from_stream(ticks().take(3).map(Ok).chain(stream::iter([Err(io::Error::other("it broke"))])))
        })
        .get("/slow/{ms}", async |Path(ms): Path<u64>| {
            sleep(Duration::from_millis(ms)).await;
            "at last"
        })
        .get("/events", events)
}

async fn lines(Path(lines): Path<u32>) -> Body {
    Body::from_stream(stream::iter(1..=lines).map(|n| Ok::<_, io::Error>(format!("{n}\n"))))
}

fn ticks() -> impl Stream<Item = String> {
    stream::unfold(1_u32, async |n| {
        sleep(Duration::from_millis(10)).await;
        Some((format!("{n}\n"), n + 1))
    })
}

/// Three events, and then the end: a client that connects again gets the next three.
async fn events(LastEventId(last): LastEventId) -> Sse<impl Stream<Item = Result<Event>>> {
    let last = last.parse().unwrap_or(0_u32);
    Sse::new(stream::iter(last + 1..=last + 3).map(|n| {
        Event::new()
            .with_retry(Duration::from_millis(50))
            .with_data(format!("{n}\nzwei ü"))
            .with_name("tick")?
            .with_id(n.to_string())
    }))
}
