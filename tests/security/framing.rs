//! Requests and responses that two parties split at different places.
//!
//! RUSTSEC-2020-0008, RUSTSEC-2021-0020, -0078, -0079 (hyper), RUSTSEC-2026-0033, -0034 (Pingora): the framing of
//! requests is parsed by the host only. The tests check that the length of a response equals its content, and that a
//! body that no handler reads stays unread.

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use http::{Method, Request, StatusCode};
use http_body_util::BodyExt;
use route_handlers::{Body, Error, Json, Response, RouteHandlers, any};
use tower::ServiceExt;

use crate::{exchange, request};

const STATUSES: [u16; 9] = [200, 201, 204, 205, 206, 304, 404, 413, 500];

/// A response with a given `Content-Length`, which may be false.
fn declaring(status: u16, length: &str, content: &'static str) -> Response {
    let response = http::Response::builder().status(status).header(CONTENT_LENGTH, length);
    response.body(Body::from(content)).unwrap()
}

#[tokio::test]
async fn content_length_equals_the_content_or_is_absent() {
    for status in STATUSES {
        for length in ["0", "3", "7", "9", "18446744073709551616", "7, 7", "+7", "0x7"] {
            for content in ["", "content"] {
                let api = RouteHandlers::new()
                    .route("/", any(move || std::future::ready(declaring(status, length, content))))
                    .get("/json", async |Json(()): Json<()>| ())
                    .on_error(move |_, _| declaring(status, length, content));
                for (method, path) in [
                    (Method::GET, "/"),
                    (Method::HEAD, "/"),
                    (Method::POST, "/"),
                    (Method::GET, "/json"),
                    (Method::HEAD, "/json"),
                    (Method::PUT, "/json"),
                    (Method::GET, "/none"),
                    (Method::HEAD, "/none"),
                    (Method::OPTIONS, "/json"),
                ] {
                    let response = api.clone().oneshot(request(method.clone(), path)).await.unwrap();
                    let (head, body) = response.into_parts();
                    let sent = body.collect().await.unwrap().to_bytes().len();
                    let case = format!("{method} {path}: {status} {length} {content:?}: {head:?}");
                    let lengths = head.headers.get_all(CONTENT_LENGTH).iter().collect::<Vec<_>>();
                    assert!(lengths.len() <= 1, "{case}");
                    let declared =
                        lengths.first().map(|length| length.to_str().unwrap().parse::<usize>().expect(&case));
                    // In a response to HEAD and in a 304, the length is that of the content of a GET.
                    let may_differ = (method == Method::HEAD || head.status == 304) && sent == 0;
                    assert!(may_differ || declared.is_none_or(|declared| declared == sent), "{case}");
                    assert!(
                        sent == 0 || (method != Method::HEAD && ![204, 205, 304].contains(&head.status.as_u16())),
                        "{case}"
                    );
                    assert!(declared.is_none() || ![204, 205].contains(&head.status.as_u16()), "{case}");
                }
            }
        }
    }
}

// A false length or transfer coding of a handler must not shift the start of the next response.
#[tokio::test]
async fn next_response_begins_where_the_last_one_ended() {
    let false_framing = async |request: Request<Body>| {
        let mut response = declaring(request.uri().query().unwrap().parse().unwrap(), "3", "HTTP/1.1 200 OK\r\n\r\n");
        if request.uri().path() == "/coded" {
            response.headers_mut().remove(CONTENT_LENGTH);
            response.headers_mut().insert(TRANSFER_ENCODING, "chunked".parse().unwrap());
        }
        response
    };
    let api = RouteHandlers::new()
        .route("/length", any(false_framing))
        .route("/coded", any(false_framing))
        .get("/next", async || "the next one");
    for status in STATUSES {
        for line in ["GET /length", "HEAD /length", "GET /coded", "HEAD /coded"] {
            let requests = format!(
                "{line}?{status} HTTP/1.1\r\nhost: x\r\n\r\nGET /next HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"
            );
            let received = String::from_utf8(exchange(api.clone(), requests.as_bytes()).await).unwrap();
            let first = Message::read(&received, line.starts_with("HEAD"));
            let second = Message::read(first.rest, false);
            assert_eq!((first.status, second.status), (status, 200), "{line} {status}: {received}");
            assert_eq!((second.content.as_str(), second.rest), ("the next one", ""), "{line} {status}: {received}");
        }
    }
}

/// A message, split as RFC 9112 §6.3 requires, and the text after it.
struct Message<'a> {
    status: u16,
    content: String,
    rest: &'a str,
}

impl<'a> Message<'a> {
    fn read(text: &'a str, to_head: bool) -> Self {
        let (head, rest) = text.split_once("\r\n\r\n").expect(text);
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let header = |name: &str| {
            head.lines().find_map(|line| line.split_once(": ").filter(|(own, _)| own.eq_ignore_ascii_case(name)))
        };
        if to_head || matches!(status, 204 | 304) {
            return Self { status, content: String::new(), rest };
        }
        if header("transfer-encoding").is_some_and(|(_, coding)| coding == "chunked") {
            let (mut content, mut rest) = (String::new(), rest);
            loop {
                let (size, after) = rest.split_once("\r\n").expect(text);
                let size = usize::from_str_radix(size, 16).expect(text);
                content.push_str(&after[..size]);
                rest = after[size..].strip_prefix("\r\n").expect(text);
                if size == 0 {
                    return Self { status, content, rest };
                }
            }
        }
        let (_, length) = header("content-length").expect(text);
        let (content, rest) = rest.split_at(length.parse().expect(text));
        Self { status, content: content.to_owned(), rest }
    }
}

#[tokio::test]
async fn body_that_no_handler_reads_is_not_read() {
    let unread = || {
        let body = futures_util::stream::poll_fn(|_| -> std::task::Poll<Option<Result<Bytes, Error>>> {
            panic!("the body is read")
        });
        Body::from_stream(body)
    };
    let api = RouteHandlers::new().route("/", any(async || "done")).get("/get", async || "").claim("/");
    for (method, path, status) in [
        (Method::GET, "/", 200),
        (Method::HEAD, "/", 200),
        (Method::POST, "/", 200),
        (Method::GET, "/get", 200),
        (Method::PUT, "/get", 405),
        (Method::OPTIONS, "/get", 204),
        (Method::POST, "/none", 404),
    ] {
        let mut request = request(method.clone(), path);
        *request.body_mut() = unread();
        let response = api.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::from_u16(status).unwrap(), "{method} {path}");
    }
}
