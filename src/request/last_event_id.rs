//! The `Last-Event-ID` of a request.

use http::HeaderName;

use crate::request::{Head, Request};

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

impl Request {
    /// Returns the id of the last event that a reconnecting client received (`Last-Event-ID`). It is `None` if it is absent
    /// or not UTF-8.
    ///
    /// ```
    /// # use route_handlers::Request;
    /// async fn resume(request: Request) -> String {
    ///     let last = request.last_event_id().and_then(|id| id.parse().ok()).unwrap_or(0_u64);
    ///     format!("from {}", last + 1)
    /// }
    /// ```
    pub fn last_event_id(&self) -> Option<&str> {
        self.head().last_event_id()
    }
}

impl<'r> Head<'r> {
    pub(crate) fn last_event_id(&self) -> Option<&'r str> {
        std::str::from_utf8(self.headers().get(LAST_EVENT_ID)?.as_bytes()).ok()
    }
}
