//! The id of the last server-sent event that the client received, as an argument.

use crate::error::Result;
use crate::extract::FromHead;
use crate::request::Head;

/// The id of the last event that the client received, as `EventSource` sends it in `Last-Event-ID`.
///
/// If the client sends no id, it is empty, and `Option<LastEventId>` is `None`.
///
/// ```
/// use route_handlers::extract::LastEventId;
/// use route_handlers::RouteHandlers;
///
/// let api = RouteHandlers::new().get("/news", async |LastEventId(last): LastEventId| format!("after {last:?}"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "handlers take it apart by its pattern")]
pub struct LastEventId(pub String);

impl FromHead for LastEventId {
    fn from_head(head: &Head<'_>) -> Result<Self> {
        Ok(Self(head.last_event_id().unwrap_or_default().to_owned()))
    }

    fn is_present(head: &Head<'_>) -> bool {
        head.last_event_id().is_some()
    }
}
