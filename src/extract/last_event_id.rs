//! What a client of server-sent events saw last, as an argument.

use crate::error::Result;
use crate::extract::{FromRequest, Reads};
use crate::request::Request;

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

impl FromRequest for LastEventId {
    const READS: Reads = Reads::Request;

    async fn from_request(request: &mut Request) -> Result<Self> {
        Ok(Self(request.last_event_id().unwrap_or_default().to_owned()))
    }

    fn is_present(request: &Request) -> bool {
        request.last_event_id().is_some()
    }
}
