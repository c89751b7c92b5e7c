//! Server-sent events: a page receives a tick each second, and continues after a lost connection.
//!
//! ```text
//! cargo run --example sse --features serve,sse
//! curl -iN localhost:3000/api/ticks                        # 200 text/event-stream; each second: event: tick, id: 1, data: {"tick":1}
//! curl -N localhost:3000/api/ticks -H 'last-event-id: 41'  # id: 42 is the first
//! curl -i localhost:3000/                                  # 200 the page; open it in a browser to see the ticks
//! ```

#[path = "shared/port.rs"]
mod port;

use std::time::Duration;

use futures_util::{Stream, stream};
use route_handlers::extract::LastEventId;
use route_handlers::hosts::hyper::{serve, shutdown_signal};
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

/// Sends a tick each second, until the server stops. The numbers continue after the last tick that the client received.
async fn ticks(LastEventId(last): LastEventId) -> Sse<impl Stream<Item = Result<Event>>> {
    let last = last.parse().unwrap_or(0_u64);
    let ticks = stream::unfold(last, async |last| {
        sleep(Duration::from_secs(1)).await;
        let tick = last.saturating_add(1);
        Some((event(tick), tick))
    });
    Sse::new(ticks).keep_alive(|| sleep(Duration::from_secs(15))).until(shutdown_signal())
}

fn event(tick: u64) -> Result<Event> {
    Event::new().with_json(&json!({ "tick": tick }))?.with_name("tick")?.with_id(tick.to_string())
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    serve(port::listen().await?, app()).with_graceful_shutdown(shutdown_signal()).await;
    Ok(())
}

#[cfg(test)]
mod tests {
    use route_handlers::testing::Client;
    use serde_json::Value;

    use super::*;

    #[tokio::test(start_paused = true)] // tokio advances the clock while all tasks sleep
    async fn ticks_continue_after_the_last_event_id() {
        let client = Client::new(app());
        for (last, expected) in [("", 1), ("41", 42), ("no number", 1)] {
            let mut ticks = client.get("/api/ticks").header("last-event-id", last).stream().await;
            for tick in [expected, expected + 1] {
                let event = ticks.next_event().await.unwrap();
                assert_eq!((event.name(), event.id()), ("tick", &*tick.to_string()));
                assert_eq!(event.json::<Value>(), json!({ "tick": tick }));
            }
        }
    }

    #[tokio::test]
    async fn page_listens_to_the_ticks() {
        let page = Client::new(app()).get("/").await;
        assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
        assert!(page.text().contains("new EventSource(\"/api/ticks\")"));
    }
}
