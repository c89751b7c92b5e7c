//! What a client of server-sent events saw last, as an argument.

use crate::error::Result;
use crate::extract::FromHead;
use crate::request::Head;

/// The id of the last event that the client saw: empty if it saw none that had an id, as `EventSource` has it.
///
/// `Option<LastEventId>` is `None` then.
///
/// ```
/// use route_handlers::{LastEventId, RouteHandlers};
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
