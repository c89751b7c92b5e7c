//! Changes of users as server-sent events.

use futures_util::{Stream, stream};
use route_handlers::openapi::JsonEvents;
use route_handlers::sse::{Event, Sse};
use route_handlers::{Result, RouteHandlers, State, documented};
use schemars::JsonSchema;
use serde::Serialize;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, watch};
use tokio::time::{Duration, sleep};

use crate::users::User;

/// A change of the users.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Change {
    Added(User),
    Changed(User),
    Removed {
        id: u32,
    },
    /// Some changes were missed, so the client must load the list again.
    Missed,
}

/// Sends each change to all listeners.
#[derive(Clone, Debug)]
pub struct Events {
    changes: broadcast::Sender<Change>,
    is_closed: watch::Sender<bool>,
}

impl Events {
    #[expect(clippy::new_without_default, reason = "it creates a channel")]
    pub fn new() -> Self {
        Self { changes: broadcast::Sender::new(64), is_closed: watch::Sender::new(false) }
    }

    pub(crate) fn send(&self, change: Change) {
        let _ = self.changes.send(change); // an error means that there are no listeners
    }

    /// Ends the responses to all listeners.
    pub fn close(&self) {
        self.is_closed.send_replace(true);
    }

    /// Waits for [`close`](Self::close).
    async fn closed(&self) {
        let _ = self.is_closed.subscribe().wait_for(|is_closed| *is_closed).await;
    }

    fn listen(&self) -> impl Stream<Item = Result<Event>> + use<> {
        stream::unfold(self.changes.subscribe(), async |mut changes| {
            let change = match changes.recv().await {
                Ok(change) => change,
                Err(RecvError::Lagged(_)) => Change::Missed,
                Err(RecvError::Closed) => return None,
            };
            Some((Event::new().with_json(&change), changes))
        })
    }
}

pub fn register(api: RouteHandlers) -> RouteHandlers {
    let listen = documented(listen)
        .summary("Streams changes")
        .description("Server-sent events without an end. The data of each event is a `Change`.")
        .tag("users")
        .operation_id("listen")
        .response::<JsonEvents<Change>>(200);
    api.get("/users/events", listen)
}

async fn listen(State(events): State<Events>) -> Sse<impl Stream<Item = Result<Event>>> {
    let changes = Sse::new(events.listen()).keep_alive(|| sleep(Duration::from_secs(15)));
    changes.until(async move { events.closed().await })
}
