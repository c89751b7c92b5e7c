//! Server-sent events: a page receives a tick each second, and continues after a lost connection.
//!
//! ```text
//! cargo run --example sse --features sse
//! curl -iN localhost:3000/api/ticks                        # 200 text/event-stream; each second: event: tick, id: 1, data: {"tick":1}
//! curl -N localhost:3000/api/ticks -H 'last-event-id: 41'  # id: 42 is the first
//! curl -i localhost:3000/                                  # 200 the page; open it in a browser to see the ticks
//! ```

#[path = "shared/server.rs"]
mod server;

use std::time::Duration;

use futures_util::{Stream, stream};
use route_handlers::extract::LastEventId;
use route_handlers::sse::{Event, Sse};
use route_handlers::{Html, Result, RouteHandlers};
use serde_json::json;
use tokio::time::sleep;

const PAGE: &str = r#"<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Ticks</title>
<style>
  body { max-width: 30rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.5 system-ui, sans-serif }
  li { font-variant-numeric: tabular-nums }
</style>
<h1>Ticks</h1>
<p>One each second, from the server. Stop the server and start it again: the count continues.</p>
<ul id="ticks"></ul>
<script>
  const source = new EventSource("/api/ticks");
  source.addEventListener("tick", (event) => {
    const item = document.createElement("li");
    item.textContent = `${event.lastEventId}: ${JSON.parse(event.data).tick}`;
    document.getElementById("ticks").prepend(item);
  });
</script>
"#;

fn app() -> RouteHandlers {
    RouteHandlers::new().get("/", async || Html(PAGE)).get("/api/ticks", ticks)
}

/// Sends a tick each second. The numbers continue after the last tick that the client received.
async fn ticks(LastEventId(last): LastEventId) -> Sse<impl Stream<Item = Result<Event>>> {
    let last = last.parse().unwrap_or(0_u64);
    let ticks = stream::unfold(last, async |last| {
        sleep(Duration::from_secs(1)).await;
        let tick = last.saturating_add(1);
        Some((event(tick), tick))
    });
    Sse::new(ticks).keep_alive(|| sleep(Duration::from_secs(15)))
}

fn event(tick: u64) -> Result<Event> {
    Event::new().with_json(&json!({ "tick": tick }))?.with_name("tick")?.with_id(tick.to_string())
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    server::serve(server::listener().await?, app(), server::ctrl_c()).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Request;
    use http_body_util::BodyExt;
    use route_handlers::Body;
    use tower::ServiceExt;

    #[tokio::test(start_paused = true)] // tokio advances the clock while all tasks sleep
    async fn ticks_continue_after_the_last_event_id() {
        for (last, expected) in [(None, 1), (Some("41"), 42), (Some("no number"), 1)] {
            let mut request = Request::get("/api/ticks");
            if let Some(last) = last {
                request = request.header("last-event-id", last);
            }
            let response = app().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
            assert_eq!(response.headers()["content-type"], "text/event-stream");
            let mut body = response.into_body();
            for tick in [expected, expected + 1] {
                let event = body.frame().await.unwrap().unwrap().into_data().unwrap();
                assert_eq!(event, format!("event: tick\nid: {tick}\ndata: {{\"tick\":{tick}}}\n\n"));
            }
        }
    }

    #[tokio::test]
    async fn page_listens_to_the_ticks() {
        let response = app().oneshot(Request::get("/").body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(response.headers()["content-type"], "text/html; charset=utf-8");
        let page = response.into_body().collect().await.unwrap().to_bytes();
        assert!(String::from_utf8_lossy(&page).contains("new EventSource(\"/api/ticks\")"));
    }
}
