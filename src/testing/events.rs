//! Reads server-sent events.

use std::borrow::Cow;

use http::HeaderMap;
use http::header::CONTENT_TYPE;
use serde::de::DeserializeOwned;

/// A server-sent event that a browser would dispatch: see [`TestResponse::events`](crate::testing::TestResponse::events).
///
/// ```
/// use http::header::CONTENT_TYPE;
/// use route_handlers::RouteHandlers;
/// use route_handlers::testing::Client;
///
/// # tokio_test::block_on(async {
/// let scores = async || ([(CONTENT_TYPE, "text/event-stream")], "id: 7\nevent: score\ndata: [2, 1]\n\n");
/// let events = Client::new(RouteHandlers::new().get("/scores", scores)).get("/scores").await.events();
/// assert_eq!((events[0].id(), events[0].name()), ("7", "score"));
/// assert_eq!(events[0].json::<[u8; 2]>(), [2, 1]);
/// # });
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceivedEvent {
    name: String,
    data: String,
    id: String,
}

impl ReceivedEvent {
    /// Returns the name. It is `message` if the event has none.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the data. Its lines are joined with LF.
    pub fn data(&self) -> &str {
        &self.data
    }

    /// Returns the id that the browser sends when it reconnects: of this event, or of the last one that has an id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Deserializes the data from JSON.
    ///
    /// # Panics
    ///
    /// If the data is not JSON of this shape.
    #[track_caller]
    pub fn json<T: DeserializeOwned>(&self) -> T {
        match serde_json::from_str(&self.data) {
            Ok(value) => value,
            Err(error) => panic!("the data of the event is not the expected JSON: {error}\n\n{self:?}"),
        }
    }
}

/// Whether the media type is that of an event stream.
pub(super) fn is_event_stream(headers: &HeaderMap) -> bool {
    let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    media_type.split(';').next().is_some_and(|essence| essence.trim() == "text/event-stream")
}

/// Reads an event stream that may grow between two calls (HTML standard, §9.2.6). A line without its end is not read.
#[derive(Debug, Default)]
pub(super) struct EventReader {
    position: usize,
    name: String,
    data: Vec<String>,
    id: String,
}

impl EventReader {
    /// Reads the next whole event.
    pub(super) fn next(&mut self, stream: &[u8]) -> Option<ReceivedEvent> {
        while let Some(line) = self.line(stream) {
            let (field, value) = line.split_once(':').unwrap_or((&line, ""));
            let value = value.strip_prefix(' ').unwrap_or(value);
            match field {
                "" if line.is_empty() => {
                    let name = std::mem::take(&mut self.name);
                    let data = std::mem::take(&mut self.data);
                    if !data.is_empty() {
                        let name = if name.is_empty() { "message".to_owned() } else { name };
                        return Some(ReceivedEvent { name, data: data.join("\n"), id: self.id.clone() });
                    }
                }
                "event" => value.clone_into(&mut self.name),
                "id" if !value.contains('\0') => value.clone_into(&mut self.id),
                "data" => self.data.push(value.to_owned()),
                _ => {}
            }
        }
        None
    }

    /// Reads the next whole line, which ends with CRLF, CR or LF.
    fn line<'a>(&mut self, stream: &'a [u8]) -> Option<Cow<'a, str>> {
        let mut start = self.position;
        if start > 0 && stream[start - 1..].starts_with(b"\r\n") {
            start += 1; // the line before ended at the CR, as the LF may have come later
        }
        let length = stream[start..].iter().position(|byte| matches!(byte, b'\r' | b'\n'))?;
        self.position = start + length + 1;
        let line = &stream[start..start + length];
        let without_mark = line.strip_prefix("\u{feff}".as_bytes()).filter(|_| start == 0);
        Some(String::from_utf8_lossy(without_mark.unwrap_or(line)))
    }
}
