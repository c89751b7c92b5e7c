//! Reads server-sent events.

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
    /// The name. It is `message` if the event has none.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The data. Its lines are joined with LF.
    pub fn data(&self) -> &str {
        &self.data
    }

    /// The id that the browser sends when it reconnects after this event: of this event, or of the last one that has an id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The data as JSON.
    ///
    /// # Panics
    ///
    /// If the data is not JSON of this shape.
    #[track_caller]
    pub fn json<T: DeserializeOwned>(&self) -> T {
        serde_json::from_str(&self.data)
            .unwrap_or_else(|error| panic!("the data of the event is not the expected JSON: {error}\n\n{self:?}"))
    }
}

/// Reads an event stream (HTML standard, §9.2.6). Text after the last empty line is discarded.
pub(super) fn read(stream: &str) -> Vec<ReceivedEvent> {
    let stream = stream.strip_prefix('\u{feff}').unwrap_or(stream).replace("\r\n", "\n").replace('\r', "\n");
    let mut events = Vec::new();
    let (mut name, mut id, mut data) = (String::new(), String::new(), Vec::new());
    for line in stream.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n')) {
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "" if line.is_empty() => {
                let name = std::mem::take(&mut name);
                if !data.is_empty() {
                    let name = if name.is_empty() { "message".to_owned() } else { name };
                    events.push(ReceivedEvent { name, data: data.join("\n"), id: id.clone() });
                    data.clear();
                }
            }
            "event" => value.clone_into(&mut name),
            "id" if !value.contains('\0') => value.clone_into(&mut id),
            "data" => data.push(value.to_owned()),
            _ => {}
        }
    }
    events
}
