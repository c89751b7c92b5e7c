//! Server-sent events: a client reads exactly the data that was sent.
#![cfg(feature = "sse")]

mod support;

use std::convert::Infallible;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use http_body_util::BodyExt;
use proptest::prelude::*;
use route_handlers::body::BodyError;
use route_handlers::extract::LastEventId;
use route_handlers::sse::{Event, Sse};
use route_handlers::{Error, IntoResponse, Request, Result, RouteHandlers};
use tokio::sync::mpsc;

use support::{get, problem, send, send_get};

/// An event that a client dispatches.
#[derive(Debug, PartialEq, Eq)]
struct Dispatched {
    name: String,
    last_event_id: String,
    data: String,
}

/// The state of a client at the end of the stream.
#[derive(Debug, Default, PartialEq, Eq)]
struct Client {
    dispatched: Vec<Dispatched>,
    last_event_id: String,
    retry: Option<u64>,
}

/// A client that follows the text of the HTML standard, §9.2.6 "Interpreting an event stream".
fn interpret(stream: &str) -> Client {
    let mut client = Client::default();
    let (mut data, mut name, mut id) = (String::new(), String::new(), String::new());
    let stream = stream.strip_prefix('\u{feff}').unwrap_or(stream).replace("\r\n", "\n").replace('\r', "\n");
    // Text after the last line end is discarded.
    for line in stream.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n')) {
        if line.is_empty() {
            client.last_event_id.clone_from(&id);
            if let Some(whole) = data.strip_suffix('\n') {
                client.dispatched.push(Dispatched {
                    name: if name.is_empty() { "message".to_owned() } else { name.clone() },
                    last_event_id: id.clone(),
                    data: whole.to_owned(),
                });
            }
            data.clear();
            name.clear();
            continue;
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut name),
            "data" => {
                data.push_str(value);
                data.push('\n');
            }
            "id" if !value.contains('\0') => value.clone_into(&mut id),
            "retry" if value.bytes().all(|byte| byte.is_ascii_digit()) => client.retry = value.parse().ok(),
            _ => {}
        }
    }
    client
}

/// Text that contains the syntax of an event stream.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("\r"),
        Just("\n"),
        Just("\r\n"),
        Just("\0"),
        Just(":"),
        Just(" "),
        Just("data"),
        Just("data: "),
        Just("event: x"),
        Just("id: y"),
        Just("retry: 1"),
        Just("\u{feff}"),
        Just("\u{2028}"),
        Just("\u{85}"),
        Just("ü"),
        Just("\u{b}"),
        Just("a"),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

fn with_line_feeds(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

proptest! {
    #[test]
    fn any_event_is_read_as_sent(
        events in prop::collection::vec((text(), text(), text(), text(), prop::option::of(0..u64::MAX)), 0..4),
    ) {
        let mut stream = String::new();
        let mut expected = Client::default();
        for (data, name, id, comment, retry) in events {
            let mut event = Event::new().with_data(data.clone()).with_comment(comment);
            if let Some(retry) = retry {
                event = event.with_retry(Duration::from_millis(retry));
                expected.retry = Some(retry);
            }
            let is_one_line = |text: &str| !text.contains(['\r', '\n', '\0']);
            let named = event.clone().with_name(name.clone());
            prop_assert_eq!(named.is_ok(), is_one_line(&name));
            let is_named = named.is_ok();
            event = named.unwrap_or(event);
            let identified = event.clone().with_id(id.clone());
            prop_assert_eq!(identified.is_ok(), is_one_line(&id));
            if identified.is_ok() {
                expected.last_event_id.clone_from(&id);
            }
            event = identified.unwrap_or(event);
            stream.push_str(&event.to_string());
            expected.dispatched.push(Dispatched {
                name: if is_named && !name.is_empty() { name } else { "message".to_owned() },
                last_event_id: expected.last_event_id.clone(),
                data: with_line_feeds(&data),
            });
        }
        prop_assert_eq!(interpret(&stream), expected);
    }
}

#[test]
fn event_is_written_as_the_standard_requires() {
    let event = |event: Event| event.to_string();
    assert_eq!(event(Event::new()), "\n");
    assert_eq!(event(Event::from("")), "data: \n\n");
    assert_eq!(event(Event::from(" two spaces")), "data:  two spaces\n\n");
    assert_eq!(event(Event::from(String::from("a\n"))), "data: a\ndata: \n\n");
    assert_eq!(event(Event::new().with_comment("a\nb")), ": a\n: b\n\n");
    assert_eq!(event(Event::new().with_id("").unwrap()), "id: \n\n");
    let all = Event::from("d").with_id("i").unwrap().with_retry(Duration::from_micros(1500)).with_comment("c");
    assert_eq!(event(all.with_name("n").unwrap()), ": c\nevent: n\nid: i\nretry: 1\ndata: d\n\n");
}

#[test]
fn line_break_or_nul_in_name_or_id_is_refused() {
    for text in ["a\rb", "a\nb", "\r\n", "a\0b"] {
        for refused in [Event::new().with_name(text), Event::new().with_id(text)] {
            assert_eq!(refused.unwrap_err().status(), 500, "{text:?}");
        }
    }
    let no_json = std::collections::BTreeMap::from([((1, 2), 3)]);
    assert_eq!(Event::new().with_json(&no_json).unwrap_err().status(), 500);
}

#[tokio::test]
async fn refused_first_event_is_a_500_problem() {
    async fn refused() -> impl IntoResponse {
        Sse::new(stream::iter([Event::new().with_name("a\nb")]))
    }
    let response = send(RouteHandlers::new().get("/", refused), get("/")).await;
    assert_eq!(problem(&response)["status"], 500);
}

#[tokio::test]
async fn error_of_the_stream_is_the_error_of_the_body() {
    let events = stream::iter([Ok(Event::from("a")), Err(Error::new(http::StatusCode::GONE))]);
    let mut body = Sse::new(events).into_response().into_body();
    assert_eq!(body.frame().await.unwrap().unwrap().into_data().unwrap(), "data: a\n\n");
    let error: BodyError = body.frame().await.unwrap().unwrap_err();
    assert_eq!(error.to_string(), "410 Gone");
}

#[tokio::test(start_paused = true)] // the clock advances when every task waits for it
async fn keep_alive_comment_is_sent_after_each_silence() {
    let (sender, mut receiver) = mpsc::unbounded_channel::<Event>();
    let events = stream::poll_fn(move |cx| receiver.poll_recv(cx)).map(Ok::<_, Infallible>);
    let sse = Sse::new(events).keep_alive(|| tokio::time::sleep(Duration::from_secs(15)));
    let mut body = sse.into_response().into_body();
    let begin = tokio::time::Instant::now();
    let mut next = async || {
        let frame = body.frame().await.map(|frame| frame.unwrap().into_data().unwrap());
        (begin.elapsed().as_secs(), frame.map(|data| String::from_utf8(data.into()).unwrap()))
    };
    let comment = || Some(": \n\n".to_owned());
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_secs(40)).await;
        sender.send(Event::from("a")).unwrap();
    });
    assert_eq!(next().await, (15, comment()));
    assert_eq!(next().await, (30, comment()));
    assert_eq!(next().await, (40, Some("data: a\n\n".to_owned())));
    assert_eq!(next().await, (40, None)); // the sender is gone
}

#[tokio::test]
async fn last_event_id_is_read_from_the_request() {
    let api = RouteHandlers::new()
        .get("/argument", async |LastEventId(last): LastEventId| last)
        .get("/option", async |last: Option<LastEventId>| format!("{:?}", last.map(|LastEventId(last)| last)))
        .get("/request", async |request: Request| format!("{:?}", request.last_event_id()));
    for (value, argument, others) in [
        (None, "", "None"),
        (Some("7".as_bytes()), "7", r#"Some("7")"#),
        (Some("ü".as_bytes()), "ü", r#"Some("ü")"#),
        (Some(b"\xff"), "", "None"),
    ] {
        for (path, expected) in [("/argument", argument), ("/option", others), ("/request", others)] {
            let mut request = get(path);
            if let Some(value) = value {
                request.headers_mut().insert("last-event-id", value.try_into().unwrap());
            }
            assert_eq!(send(api.clone(), request).await.2, expected, "{path} {value:?}");
        }
    }
}

#[tokio::test]
async fn handler_returns_a_stream_of_events() -> Result<()> {
    let api = RouteHandlers::new().get("/", async || {
        Sse::new(stream::iter(0..2).map(|i| Event::new().with_json(&i)?.with_name("tick")?.with_id(i.to_string())))
    });
    let expected = "event: tick\nid: 0\ndata: 0\n\nevent: tick\nid: 1\ndata: 1\n\n";
    assert_eq!(send_get(api, "/").await, (200, expected.to_owned()));
    Ok(())
}
