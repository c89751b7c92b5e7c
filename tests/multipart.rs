//! Forms with files: what is read of them, and what is refused.
#![cfg(feature = "multipart")]

mod support;

use std::convert::Infallible;

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use http::{Method, Request as HttpRequest};
use proptest::prelude::*;
use route_handlers::{Body, Multipart, Request, Result, RouteHandlers, post};
use tokio::sync::mpsc;
use tower::ServiceExt;

use support::{Answer, problem, send, status_and_detail};

const CONTENT_TYPE: &str = "multipart/form-data; boundary=B";

fn form(content_type: &str, body: impl Into<Body>) -> HttpRequest<Body> {
    HttpRequest::post("/").header("content-type", content_type).body(body.into()).unwrap()
}

/// One line for each field.
async fn list(mut form: Multipart) -> Result<String> {
    let mut lines = String::new();
    while let Some(field) = form.next_field().await? {
        let head = format!("{:?} {:?} {}", field.name(), field.file_name(), field.content_type());
        lines.extend([head, format!(" {}\n", field.bytes().await?.escape_ascii())]);
    }
    assert!(form.next_field().await?.is_none(), "an end is an end");
    Ok(lines)
}

async fn send_form(body: impl Into<Body>) -> Answer {
    send(RouteHandlers::new().post("/", list), form(CONTENT_TYPE, body)).await
}

fn field(disposition: &str) -> String {
    format!("--B\r\nContent-Disposition: {disposition}\r\n\r\nx\r\n--B--\r\n")
}

/// A body that comes a few bytes at a time.
fn trickle(body: &str, size: usize) -> Body {
    let chunks: Vec<_> = body.as_bytes().chunks(size).map(Bytes::copy_from_slice).map(Ok::<_, Infallible>).collect();
    Body::from_stream(stream::iter(chunks))
}

const FORM: &str = "--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n\
    --B\r\nContent-Disposition: form-data; name=\"up\"; filename=\"t.txt\"\r\nContent-Type: text/csv\r\n\r\nfile\r\n--\r\nbody\r\n\
    --B\r\nContent-Disposition: form-data; name=\"up\"; filename=\"2.bin\"\r\n\r\n\r\n\
    --B\r\ncontent-disposition: FORM-DATA; filename=\"\"; name=none\r\ncontent-type: application/octet-stream\r\n\r\n\r\n--B--\r\n";

const LISTED: &str = "\"a\" None text/plain 1\n\"up\" Some(\"t.txt\") text/csv file\\r\\n--\\r\\nbody\n\
    \"up\" Some(\"2.bin\") text/plain \n\"none\" Some(\"\") application/octet-stream \n";

#[tokio::test]
async fn fields_and_files_are_read_however_they_are_cut() {
    assert_eq!(send_form(FORM).await.2, LISTED);
    for size in 1..FORM.len() {
        assert_eq!(send_form(trickle(FORM, size)).await.2, LISTED, "in pieces of {size}");
    }
}

#[tokio::test]
async fn a_form_may_be_empty_and_its_last_line_end_missing() {
    for body in ["--B--\r\n", "--B--"] {
        let (status, _, text) = send_form(body).await;
        assert_eq!((status.as_u16(), text.as_str()), (200, ""), "{body:?}");
    }
}

#[tokio::test]
async fn the_request_reads_it_as_well_and_the_boundary_may_be_quoted() {
    let api = RouteHandlers::new().post("/", async |mut request: Request| list(request.multipart()?).await);
    let body = field("form-data; name=\"a\"").replace("--B", "--B C");
    let (status, _, text) = send(api, form("Multipart/Form-Data; charset=x; boundary=\"B C\"", body)).await;
    assert_eq!((status.as_u16(), text.as_str()), (200, "\"a\" None text/plain x\n"));
}

#[tokio::test]
async fn names_are_what_the_client_wrote_and_no_parameter_hides_in_another() {
    for (disposition, listed) in [
        ("form-data; name=\"nä\"; filename=\"fï😀.txt\"", r#""nä" Some("fï😀.txt")"#),
        ("form-data; name=\"a%22b\"; filename=\"x%0D%0Ay.txt\"", r#""a\"b" Some("x\r\ny.txt")"#),
        ("form-data; name=\"a\\\"b\"", r#""a\"b" None"#),
        ("form-data; name=\"a;b\"; filename=\"; name=c\"", r#""a;b" Some("; name=c")"#),
        ("form-data; filename=\"a; name=b\"; name=\"c\"", r#""c" Some("a; name=b")"#),
        ("form-data; name=\"a\"; filename=\"../../etc/passwd\"", r#""a" Some("../../etc/passwd")"#),
        ("form-data; name=\"\"", r#""" None"#),
        ("form-data ; name = a ;", r#""a" None"#),
    ] {
        let (status, _, text) = send_form(field(disposition)).await;
        assert_eq!((status.as_u16(), text), (200, format!("{listed} text/plain x\n")), "{disposition}");
    }
}

#[tokio::test]
async fn another_media_type_is_415_and_no_boundary_400() {
    for content_type in ["text/plain", "application/x-www-form-urlencoded", "multipart/mixed; boundary=B", "multipart"]
    {
        let answer = send(RouteHandlers::new().post("/", list), form(content_type, FORM)).await;
        assert_eq!(status_and_detail(&answer).0, 415, "{content_type}");
        assert_eq!(answer.1["accept"], "multipart/form-data");
    }
    let untyped = HttpRequest::post("/").body(Body::from(FORM)).unwrap();
    assert_eq!(status_and_detail(&send(RouteHandlers::new().post("/", list), untyped).await).0, 415);

    let long = format!("multipart/form-data; boundary={}", "b".repeat(71));
    for content_type in
        ["multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\"\"", &long]
    {
        let answer = send(RouteHandlers::new().post("/", list), form(content_type, FORM)).await;
        let (status, detail) = status_and_detail(&answer);
        assert_eq!(status, 400, "{content_type}");
        assert!(detail.contains("boundary"), "{detail}");
    }
}

#[tokio::test]
async fn what_is_malformed_is_400() {
    let good = field("form-data; name=\"a\"");
    let many_headers = good.replace("\r\n\r\nx", &format!("{}\r\n\r\nx", "\r\nx-a: b".repeat(40)));
    for (what, body) in [
        ("nothing", String::new()),
        ("a preamble", format!("preamble\r\n{good}")),
        ("an empty line before", format!("\r\n{good}")),
        ("an epilogue", format!("{good}epilogue")),
        ("a wrong boundary", good.replace("--B", "--C")),
        ("a longer boundary", good.replacen("--B\r", "--BB\r", 1)),
        ("bare LF", good.replace("\r\n", "\n")),
        ("bare LF after the boundary", good.replacen("--B\r\n", "--B\n", 1)),
        ("no end", good.trim_end_matches("--B--\r\n").to_owned()),
        ("no end of the end", good.trim_end_matches("--\r\n").to_owned()),
        ("an end in the head", good[..20].to_owned()),
        ("no name", field("form-data")),
        ("no name, but a file name", field("form-data; filename=\"a\"")),
        ("two names", field("form-data; name=a; name=b")),
        ("no disposition", "--B\r\nX-Other: 1\r\n\r\n1\r\n--B--\r\n".to_owned()),
        ("another disposition", field("attachment; name=\"a\"")),
        ("filename*", field("form-data; name=\"a\"; filename*=UTF-8''f%C3%AF.txt")),
        ("an open quote", field("form-data; name=\"a")),
        ("text after a quote", field("form-data; name=\"a\"b")),
        ("a header that is none", good.replacen("Content-Disposition: ", "Content Disposition ", 1)),
        ("many headers", many_headers),
    ] {
        for body in [Body::from(body.clone()), trickle(&body, 7)] {
            let answer = send_form(body).await;
            let (status, detail) = status_and_detail(&answer);
            assert_eq!(status, 400, "{what}: {detail}");
            assert!(detail.starts_with("the body is not a multipart form: "), "{what}: {detail}");
        }
    }
}

#[tokio::test]
async fn a_head_that_goes_on_and_on_is_400() {
    let endless = stream::once(async { Bytes::from("--B\r\nx-a: ") }).chain(stream::repeat(Bytes::from("a")));
    let answer = send_form(Body::from_stream(endless.map(Ok::<_, Infallible>))).await;
    let expected = "the body is not a multipart form: the head of a field is too long";
    assert_eq!(status_and_detail(&answer), (400, expected.into()));
}

#[tokio::test]
async fn a_name_that_is_no_utf_8_is_400_and_so_is_a_text() {
    async fn text(mut form: Multipart) -> Result<String> {
        form.next_field().await?.expect("there is one").text().await
    }

    let body = b"--B\r\nContent-Disposition: form-data; name=\"\xff\"\r\n\r\nx\r\n--B--\r\n";
    assert_eq!(status_and_detail(&send_form(&body[..]).await).0, 400);

    let body = b"--B\r\nContent-Disposition: form-data; name=a\r\n\r\n\xe9\r\n--B--\r\n";
    let answer = send(RouteHandlers::new().post("/", text), form(CONTENT_TYPE, &body[..])).await;
    assert_eq!(status_and_detail(&answer), (400, "a field of the form is not UTF-8 text".into()));
}

#[tokio::test]
async fn a_form_over_the_routes_limit_is_413() {
    let api = |limit| RouteHandlers::new().route("/", post(list).body_limit(limit));
    assert_eq!(send(api(FORM.len()), form(CONTENT_TYPE, trickle(FORM, 7))).await.0, 200);
    for body in [Body::from(FORM), trickle(FORM, 7)] {
        let answer = send(api(FORM.len() - 1), form(CONTENT_TYPE, body)).await;
        assert_eq!(problem(&answer)["status"], 413);
    }
    // What says that it is too long is not read.
    let (_sender, mut receiver) = mpsc::unbounded_channel::<Bytes>();
    let pending = stream::poll_fn(move |cx| receiver.poll_recv(cx)).map(Ok::<_, Infallible>);
    let mut request = form(CONTENT_TYPE, Body::from_stream(pending));
    request.headers_mut().insert("content-length", "11".parse().unwrap());
    assert_eq!(send(api(10), request).await.0, 413);
}

#[tokio::test]
async fn a_field_over_its_limit_is_413_read_or_not() {
    async fn read<const LIMIT: usize>(form: Multipart) -> Result<String> {
        list(form.with_field_limit(LIMIT)).await
    }
    async fn skip<const LIMIT: usize>(form: Multipart) -> Result<String> {
        let mut form = form.with_field_limit(LIMIT);
        while form.next_field().await?.is_some() {}
        Ok(String::new())
    }

    let body = format!("--B\r\nContent-Disposition: form-data; name=a\r\n\r\n{}\r\n--B--\r\n", "x".repeat(100));
    let api = RouteHandlers::new().post("/read", read::<99>).post("/skip", skip::<99>);
    let api = api.post("/read_all", read::<100>).post("/skip_all", skip::<100>);
    for (path, status) in [("/read", 413), ("/skip", 413), ("/read_all", 200), ("/skip_all", 200)] {
        for body in [Body::from(body.clone()), trickle(&body, 7)] {
            let mut request = form(CONTENT_TYPE, body);
            *request.uri_mut() = path.parse().unwrap();
            assert_eq!(send(api.clone(), request).await.0, status, "{path}");
        }
    }
}

#[tokio::test]
async fn more_fields_than_allowed_are_413() {
    let fields = |count: usize| "--B\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n".repeat(count) + "--B--\r\n";
    assert_eq!(send_form(fields(1000)).await.0, 200);
    assert_eq!(status_and_detail(&send_form(fields(1001)).await).0, 413);

    let two = RouteHandlers::new().post("/", async |form: Multipart| list(form.with_max_fields(2)).await);
    assert_eq!(send(two.clone(), form(CONTENT_TYPE, fields(2))).await.0, 200);
    assert_eq!(send(two, form(CONTENT_TYPE, fields(3))).await.0, 413);
}

#[tokio::test]
async fn a_failure_stays_one() {
    let api = RouteHandlers::new().post("/", async |mut form: Multipart| {
        let first = form.next_field().await.unwrap_err();
        let second = form.next_field().await.unwrap_err();
        assert_eq!(first.to_string(), second.to_string());
        Err::<(), _>(second)
    });
    assert_eq!(status_and_detail(&send(api, form(CONTENT_TYPE, "no form")).await).0, 400);
}

#[tokio::test]
async fn a_field_is_there_before_the_rest_of_the_form_came_and_nothing_is_read_ahead() {
    let (sender, mut receiver) = mpsc::unbounded_channel::<Bytes>();
    let (ask, mut asked) = mpsc::unbounded_channel::<()>();
    let body = stream::poll_fn(move |cx| {
        let _ = ask.send(());
        receiver.poll_recv(cx)
    });
    let api = RouteHandlers::new().post("/", async |mut form: Multipart| {
        let mut field = form.next_field().await?.expect("there is one");
        Ok::<_, route_handlers::Error>(field.chunk().await?.expect("there is some"))
    });
    // The second chunk would be malformed.
    sender.send(Bytes::from("--B\r\nContent-Disposition: form-data; name=a\r\n\r\nfirst")).unwrap();
    sender.send(Bytes::from("\r\n--B?")).unwrap();
    let response = api.oneshot(form(CONTENT_TYPE, Body::from_stream(body.map(Ok::<_, Infallible>)))).await.unwrap();
    assert_eq!(response.status(), 200);
    let mut polls = 0;
    while asked.try_recv().is_ok() {
        polls += 1;
    }
    assert_eq!(polls, 1);
}

#[tokio::test]
async fn a_connection_that_fails_is_400() {
    let chunks = [Ok(Bytes::from("--B\r\n")), Err(std::io::Error::other("gone"))];
    let answer = send_form(Body::from_stream(stream::iter(chunks))).await;
    assert_eq!(status_and_detail(&answer), (400, "the body could not be read to its end".into()));
}

#[tokio::test]
async fn options_and_a_second_reader_know_of_it() {
    let api = RouteHandlers::new().route("/", route_handlers::patch(list));
    let (_, headers, _) = send(api, support::request(Method::OPTIONS, "/", "")).await;
    assert_eq!(headers["accept-patch"], "multipart/form-data");

    let twice = RouteHandlers::new().try_route("/", post(async |_: Multipart, _: String| ()));
    assert!(twice.unwrap_err().to_string().contains("reads the body twice, as `Multipart` and as `String`"));

    let optional = RouteHandlers::new().post("/", async |form: Option<Multipart>| format!("{}", form.is_some()));
    assert_eq!(send(optional, HttpRequest::post("/").body(Body::empty()).unwrap()).await.2, "false");
}

proptest! {
    #[test]
    fn what_was_sent_is_what_is_read(
        fields in prop::collection::vec((r#"[^"\\%\r\n\x00-\x1f\x7f]{0,8}"#, prop::collection::vec(prop_oneof![Just(b'\r'), Just(b'\n'), Just(b'-'), Just(b'B'), any::<u8>()], 0..24)), 0..4),
        size in 1_usize..16,
    ) {
        prop_assume!(fields.iter().all(|(_, content)| !content.windows(5).any(|window| window == b"\r\n--B")));
        let mut body = Vec::new();
        let mut expected = String::new();
        for (name, content) in &fields {
            body.extend_from_slice(format!("--B\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n").as_bytes());
            body.extend_from_slice(content);
            body.extend_from_slice(b"\r\n");
            expected.extend([format!("{name:?} None text/plain {}\n", content.escape_ascii())]);
        }
        body.extend_from_slice(b"--B--\r\n");
        let chunks: Vec<_> = body.chunks(size).map(Bytes::copy_from_slice).map(Ok::<_, Infallible>).collect();
        let answer = tokio_test::block_on(send_form(Body::from_stream(stream::iter(chunks))));
        prop_assert_eq!((answer.0.as_u16(), answer.2), (200, expected));
    }
}
