//! Changes of users as server-sent events.

use futures_util::{Stream, stream};
use http::StatusCode;
use route_handlers::openapi::{DocumentResponse, OperationBuilder};
use route_handlers::sse::{Event, Sse};
use route_handlers::{RouteHandlers, State, documented};
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

    fn listen(&self) -> impl Stream<Item = Result<Event, route_handlers::Error>> + use<> {
        let state = (self.changes.subscribe(), self.is_closed.subscribe());
        stream::unfold(state, async |(mut changes, mut is_closed)| {
            let change = tokio::select! {
                change = changes.recv() => match change {
                    Ok(change) => change,
                    Err(RecvError::Lagged(_)) => Change::Missed,
                    Err(RecvError::Closed) => return None,
                },
                _ = is_closed.wait_for(|is_closed| *is_closed) => return None,
            };
            Some((Event::new().with_json(&change), (changes, is_closed)))
        })
    }
}

pub fn register(api: RouteHandlers) -> RouteHandlers {
    let listen = documented(listen)
        .summary("Streams changes")
        .description("Server-sent events without an end. The data of each event is a `Change`.")
        .tag("users")
        .operation_id("listen")
        .response::<Changes>(200);
    api.get("/users/events", listen)
}

async fn listen(
    State(events): State<Events>,
) -> Sse<impl Stream<Item = Result<Event, impl Into<route_handlers::body::BoxError>>>> {
    Sse::new(events.listen()).keep_alive(|| sleep(Duration::from_secs(15)))
}

/// Documents the events.
struct Changes;

impl DocumentResponse for Changes {
    fn document_response(operation: &mut OperationBuilder<'_>) {
        operation.response::<Change>(StatusCode::OK, "text/event-stream");
    }
}
