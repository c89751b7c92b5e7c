//! Multipart forms: fields and files, limits, and malformed forms.
#![cfg(feature = "multipart")]

mod support;

use std::convert::Infallible;

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use http::{Method, Request as HttpRequest};
use proptest::prelude::*;
use route_handlers::multipart::Multipart;
use route_handlers::{Body, Request, Result, RouteHandlers, post};
use tokio::sync::mpsc;
use tower::ServiceExt;

use support::{ReceivedResponse, problem, send, status_and_detail};

const CONTENT_TYPE: &str = "multipart/form-data; boundary=B";

fn form(content_type: &str, body: impl Into<Body>) -> HttpRequest<Body> {
    HttpRequest::post("/").header("content-type", content_type).body(body.into()).unwrap()
}

/// Lists the fields, one per line.
async fn list(mut form: Multipart) -> Result<String> {
    let mut lines = String::new();
    while let Some(field) = form.next_field().await? {
        let head = format!("{:?} {:?} {}", field.name(), field.file_name(), field.content_type());
        lines.extend([head, format!(" {}\n", field.bytes().await?.escape_ascii())]);
    }
    assert!(form.next_field().await?.is_none(), "a form ends once");
    Ok(lines)
}

async fn send_form(body: impl Into<Body>) -> ReceivedResponse {
    send(RouteHandlers::new().post("/", list), form(CONTENT_TYPE, body)).await
}

fn field(disposition: &str) -> String {
    format!("--B\r\nContent-Disposition: {disposition}\r\n\r\nx\r\n--B--\r\n")
}

/// A body in chunks of `size` bytes.
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
async fn fields_and_files_are_read_in_chunks_of_any_size() {
    assert_eq!(send_form(FORM).await.2, LISTED);
    for size in 1..FORM.len() {
        assert_eq!(send_form(trickle(FORM, size)).await.2, LISTED, "in pieces of {size}");
    }
}

#[tokio::test]
async fn empty_form_is_read_with_and_without_its_last_line_end() {
    for body in ["--B--\r\n", "--B--"] {
        let (status, _, text) = send_form(body).await;
        assert_eq!((status.as_u16(), text.as_str()), (200, ""), "{body:?}");
    }
}

#[tokio::test]
async fn request_multipart_reads_a_form_with_a_quoted_boundary() {
    let api = RouteHandlers::new().post("/", async |mut request: Request| list(request.multipart()?).await);
    let body = field("form-data; name=\"a\"").replace("--B", "--B C");
    let (status, _, text) = send(api, form("Multipart/Form-Data; charset=x; boundary=\"B C\"", body)).await;
    assert_eq!((status.as_u16(), text.as_str()), (200, "\"a\" None text/plain x\n"));
}

#[tokio::test]
async fn parameters_of_content_disposition_are_read_as_sent() {
    for (disposition, listed) in [
        ("form-data; name=\"nä\"; filename=\"fï😀.txt\"", r#""nä" Some("fï😀.txt")"#),
        ("form-data; name=\"a%22b\"; filename=\"x%0D%0Ay.txt\"", r#""a\"b" Some("x\r\ny.txt")"#),
        ("form-data; name=\"a\\\"b\"", r#""a\"b" None"#),
        ("form-data; name=\"a;b\"; filename=\"; name=c\"", r#""a;b" Some("; name=c")"#),
        ("form-data; filename=\"a; name=b\"; name=\"c\"", r#""c" Some("a; name=b")"#),
        ("form-data; name=\"a\"; filename=\"../../etc/passwd\"", r#""a" Some("../../etc/passwd")"#),
        ("form-data; name=\"\"", r#""" None"#),
        ("form-data ; name = a ;", r#""a" None"#),
        ("Form-Data;NAME=a;;FileName=\"b\";", r#""a" Some("b")"#),
        ("form-data;\tname=\"\u{2000}a\u{2000}\"", "\"\\u{2000}a\\u{2000}\" None"),
        ("form-data; name=a; filename=my file.txt; size=3; size=4", r#""a" Some("my file.txt")"#),
    ] {
        let (status, _, text) = send_form(field(disposition)).await;
        assert_eq!((status.as_u16(), text), (200, format!("{listed} text/plain x\n")), "{disposition}");
    }
}

/// Browsers send a backslash unescaped; curl, httpx, urllib3 and reqwest escape it with another one.
#[tokio::test]
async fn backslash_is_read_as_each_client_writes_it() {
    for (disposition, listed) in [
        (r#"form-data; name=a; filename="b\""#, r#""a" Some("b\\")"#),
        (r#"form-data; name=a; filename="b\\""#, r#""a" Some("b\\")"#),
        (r#"form-data; name=a; filename="b\\\"c""#, r#""a" Some("b\\\"c")"#),
        (r#"form-data; name=a; filename="C:\new\b.txt""#, r#""a" Some("C:\\new\\b.txt")"#),
        (r#"form-data; name="a\"; filename="b\""#, r#""a\\" Some("b\\")"#),
        (r#"form-data; filename="b\"; name=a"#, r#""a" Some("b\\")"#),
        (r#"form-data; name="a\"; filename=\"b""#, r#""a\"; filename=\"b" None"#),
        (r#"form-data; name="\""#, r#""\\" None"#),
        (r#"form-data; name="\\""#, r#""\\" None"#),
        (r#"form-data; name="\"""#, r#""\"" None"#),
    ] {
        let (status, _, text) = send_form(field(disposition)).await;
        assert_eq!((status.as_u16(), text), (200, format!("{listed} text/plain x\n")), "{disposition}");
    }
}

#[tokio::test]
async fn plain_parameter_wins_over_the_extended_one() {
    for (disposition, listed) in [
        ("form-data; name=f; filename=x; filename*=utf-8''x", r#""f" Some("x")"#), // .NET
        ("form-data; name=f; filename*=UTF-8''%C3%A9; filename=\"e\"", r#""f" Some("e")"#),
        ("form-data; name*=utf-8''my%20field", r#""my field" None"#), // reqwest
        ("form-data; name*=utf-8''b; name=a", r#""a" None"#),
        ("form-data; name=a; filename*=UTF-8'en'n%C3%A4me.txt", r#""a" Some("näme.txt")"#),
        ("form-data; name=a; filename*=\"UTF-8''%e2%82%ac\"", r#""a" Some("€")"#),
        // .NET, for a name that is not ASCII.
        ("form-data; name=f; filename=\"=?utf-8?B?w6k=?=\"; filename*=utf-8''%C3%A9", r#""f" Some("é")"#),
        ("form-data; name=f; filename=\"=?utf-8?B?w6k=?=\"", r#""f" Some("=?utf-8?B?w6k=?=")"#),
        ("form-data; name=f; filename=\"=?x\"; filename*=utf-8''y", r#""f" Some("=?x")"#),
        ("form-data; name=f; filename=\"x?=\"; filename*=utf-8''y", r#""f" Some("x?=")"#),
        ("form-data; name=f; filename=x; filename*=utf-16''x", r#""f" Some("x")"#),
    ] {
        let (status, _, text) = send_form(field(disposition)).await;
        assert_eq!((status.as_u16(), text), (200, format!("{listed} text/plain x\n")), "{disposition}");
    }
}

#[tokio::test]
async fn text_around_the_boundaries_is_ignored() {
    let good = field("form-data; name=\"a\"");
    let closed = good.trim_end();
    for body in [
        format!("{good}\r\n"), // got
        format!("{good}\r\n\r\n\n\r\r\n"),
        format!("{closed}\n"),
        format!("{closed} \t"),
        format!("{closed} \r\nepilogue"),
        format!("{good}--B\r\n\r\n--B--\r\n"),
        format!("{good}{}", "epilogue--B\r\n".repeat(1000)),
        format!("\r\n{good}"), // Unity
        format!("\r\n\r\n{good}"),
        format!("preamble\r\n{good}"),
        format!("--\r\n--C\r\n --B\r\nx--B\r\n\r\r\n-\r\n--\r\n{good}"),
        format!("{}{good}", "preamble --B\r\n".repeat(1000)),
        good.replacen("--B\r\n", "--B \t \r\n", 1),
        good.replace("--B--", "--B-- "),
    ] {
        for size in [1, 7, body.len()] {
            let (status, _, text) = send_form(trickle(&body, size)).await;
            assert_eq!((status.as_u16(), text.as_str()), (200, "\"a\" None text/plain x\n"), "{size}: {body:.100}");
        }
    }
}

#[tokio::test]
async fn text_around_the_boundaries_counts_towards_the_limit() {
    let good = field("form-data; name=\"a\"");
    let api = RouteHandlers::new().route("/", post(list).body_limit(good.len() + 9));
    for (body, status) in [
        (format!("{good}\r\n6789012"), 200),
        (format!("{good}\r\n67890123"), 413),
        (format!("1234567\r\n{good}"), 200),
        (format!("12345678\r\n{good}"), 413),
    ] {
        assert_eq!(send(api.clone(), form(CONTENT_TYPE, trickle(&body, 1))).await.0, status, "{body:?}");
    }
}

#[tokio::test]
async fn header_lines_follow_mime() {
    let part = |headers: &str| format!("--B\r\n{headers}\r\n\r\nx\r\n--B--\r\n");
    let many = "x-a: b\r\n".repeat(200);
    for (headers, listed) in [
        ("CONTENT-DISPOSITION:form-data;name=a", "\"a\" None text/plain"),
        ("content-type: \r\ncontent-disposition: form-data; name=a", "\"a\" None text/plain"),
        ("content-disposition: form-data;\r\n name=a;\r\n\tfilename=b", "\"a\" Some(\"b\") text/plain"),
        ("content-type:\r\n text/csv\t\r\ncontent-disposition: form-data; name=a", "\"a\" None text/csv"),
        (
            "content-disposition: form-data; name=a\r\ncontent-type: text/csv; name=\"é\"",
            "\"a\" None text/csv; name=\"é\"",
        ),
        ("content-transfer-encoding: binary\r\ncontent-disposition: form-data; name=a", "\"a\" None text/plain"),
        ("Content-Transfer-Encoding: 8BIT\r\ncontent-disposition: form-data; name=a", "\"a\" None text/plain"),
        (&format!("{many}content-disposition: form-data; name=a"), "\"a\" None text/plain"),
    ] {
        for size in [1, 4096] {
            let (status, _, text) = send_form(trickle(&part(headers), size)).await;
            assert_eq!((status.as_u16(), text), (200, format!("{listed} x\n")), "{headers:.100}");
        }
    }
}

/// RFC 2046 §5.1.1: the CRLF before a boundary belongs to it, and `[CRLF *OCTET]` of a part is optional.
#[tokio::test]
async fn field_may_have_no_content() {
    let head = "--B\r\nContent-Disposition: form-data; name=a\r\n";
    for body in [format!("{head}\r\n--B--"), format!("{head}\r\n\r\n--B--")] {
        for size in [1, 7, body.len()] {
            let (status, _, text) = send_form(trickle(&body, size)).await;
            assert_eq!((status.as_u16(), text.as_str()), (200, "\"a\" None text/plain \n"), "{body:?}");
        }
    }
}

#[tokio::test]
async fn boundary_is_read_as_clients_write_it() {
    let longest = "b".repeat(70);
    for (parameters, boundary) in [
        (" ; boundary = B", "B"),
        ("\t;\tboundary\t=\tB\t;", "B"),
        (";charset=utf-8;BOUNDARY=B", "B"),
        ("; boundary=\"B\" ; charset=utf-8", "B"),
        ("; boundary=a=b", "a=b"),
        ("; boundary==", "="),
        ("; boundary=----=_Part_1(2)/3:4?5", "----=_Part_1(2)/3:4?5"),
        ("; boundary=\"a b;c=\\\"d\"", "a b;c=\"d"),
        ("; x=\"; boundary=C\"; boundary=B", "B"),
        (&format!("; boundary={longest}"), &longest),
    ] {
        let body = field("form-data; name=\"a\"").replace("--B", &format!("--{boundary}"));
        let request = form(&format!("multipart/form-data{parameters}"), body);
        let response = send(RouteHandlers::new().post("/", list), request).await;
        assert_eq!((response.0.as_u16(), response.2.as_str()), (200, "\"a\" None text/plain x\n"), "{parameters}");
    }
}

#[tokio::test]
async fn other_media_type_is_415_and_missing_boundary_is_400() {
    for content_type in ["text/plain", "application/x-www-form-urlencoded", "multipart/mixed; boundary=B", "multipart"]
    {
        let response = send(RouteHandlers::new().post("/", list), form(content_type, FORM)).await;
        assert_eq!(status_and_detail(&response).0, 415, "{content_type}");
        assert_eq!(response.1["accept"], "multipart/form-data");
    }
    let untyped = HttpRequest::post("/").body(Body::from(FORM)).unwrap();
    assert_eq!(status_and_detail(&send(RouteHandlers::new().post("/", list), untyped).await).0, 415);

    let long = format!("; boundary={}", "b".repeat(71));
    for (parameters, reason) in [
        ("", "it is missing"),
        ("; boundary", "a parameter has no `=`"),
        ("; boundary=", "it must have 1 to 70 characters"),
        ("; boundary=\"\"", "it must have 1 to 70 characters"),
        (&long, "it must have 1 to 70 characters"),
        ("; boundary=\"B", "a quoted value has no closing quote"),
        ("; boundary=\"B\"C", "text follows a quoted value without `;`"),
        ("; boundary=B; boundary=C", "a parameter occurs twice"),
    ] {
        let content_type = format!("multipart/form-data{parameters}");
        let response = send(RouteHandlers::new().post("/", list), form(&content_type, FORM)).await;
        let detail = format!("the `boundary` in `content-type` cannot be used: {reason}");
        assert_eq!(status_and_detail(&response), (400, detail), "{content_type}");
    }
}

#[tokio::test]
async fn malformed_form_is_400_with_its_reason() {
    let good = field("form-data; name=\"a\"");
    let with_header = |header: &str| good.replacen("\r\n\r\nx", &format!("\r\n{header}\r\n\r\nx"), 1);
    let no_boundary = "no line is the `boundary` of `content-type` after `--`";
    let too_soon = "it ends before the closing boundary";
    let no_crlf = "a boundary is not followed by CRLF";
    let no_header = "a header line of a field is malformed";
    let no_name = "the `content-disposition` of a field has no `name`";
    let twice = "the `content-disposition` of a field has the same parameter twice";
    let header_twice = "a field has the same header twice";
    let extended = "a `name*` or `filename*` is not `UTF-8''` and a percent-encoded value";
    let encoded = "a field has a `content-transfer-encoding`: its bytes must be sent as they are";
    for (what, body, reason) in [
        ("nothing", String::new(), no_boundary),
        ("a wrong boundary", good.replace("--B", "--C"), no_boundary),
        ("a boundary inside a line", good.replace("--B", "x--B"), no_boundary),
        ("a longer boundary", good.replacen("--B\r", "--BB\r", 1), no_crlf),
        ("a dash after the boundary", good.replacen("--B\r", "--B-\r", 1), no_crlf),
        ("an end after white space", good.replacen("--B\r", "--B --\r", 1), no_crlf),
        ("bare LF", good.replace("\r\n", "\n"), no_crlf),
        ("bare LF after the boundary", good.replacen("--B\r\n", "--B\n", 1), no_crlf),
        ("bare CR after the boundary", good.replacen("--B\r\n", "--B\rx", 1), no_crlf),
        ("bare LF in the head", with_header("x-a: b\nx-c: d"), no_header),
        ("bare CR in the head", with_header("x-a: b\rx-c: d"), no_header),
        ("NUL in the head", with_header("x-a: \0"), no_header),
        ("no end", good.trim_end_matches("--B--\r\n").to_owned(), too_soon),
        ("no end of the end", good.trim_end_matches("--\r\n").to_owned(), too_soon),
        ("half an end of the end", good.trim_end_matches("-\r\n").to_owned(), too_soon),
        ("an end in the head", good[..20].to_owned(), too_soon),
        ("a last letter after the boundary", good.trim_end_matches("--\r\n").to_owned() + "x", no_crlf),
        ("text after the end", good.replace("--B--", "--B--C"), "text follows the closing boundary on the same line"),
        ("no name", field("form-data"), no_name),
        ("no name, but a file name", field("form-data; filename=\"a\""), no_name),
        ("two names", field("form-data; name=a; name=b"), twice),
        ("two names with a star", field("form-data; name*=utf-8''a; NAME*=utf-8''a"), twice),
        ("two file names", field("form-data; name=a; filename=b; filename=b"), twice),
        ("two dispositions", with_header("content-disposition: form-data; name=b"), header_twice),
        ("two types", with_header("content-type: a/b\r\nContent-Type: a/b"), header_twice),
        ("no header at all", "--B\r\n\r\n1\r\n--B--\r\n".into(), "a field has no `content-disposition`"),
        ("no disposition", "--B\r\nX: 1\r\n\r\n1\r\n--B--\r\n".into(), "a field has no `content-disposition`"),
        (
            "another disposition",
            field("attachment; name=\"a\""),
            "the `content-disposition` of a field is not `form-data`",
        ),
        ("another charset", field("form-data; name=a; filename*=UTF-16''f"), extended),
        ("no charset", field("form-data; name*=f"), extended),
        ("no UTF-8", field("form-data; name*=utf-8''%ff"), extended),
        ("an open quote", field("form-data; name=\"a"), "a quoted value has no closing quote"),
        ("text after a quote", field("form-data; name=\"a\"b"), "text follows a quoted value without `;`"),
        ("a late quote", field("form-data; name=a\""), "a value contains a quote but does not begin with one"),
        ("a parameter without a value", field("form-data; name=a; b"), "a parameter has no `=`"),
        (
            "a parameter without a name",
            field("form-data; name=a; =b"),
            "a parameter is not `name=value` or `name=\"value\"`",
        ),
        ("base64", with_header("content-transfer-encoding: BASE64"), encoded),
        ("quoted-printable", with_header("Content-Transfer-Encoding: quoted-printable"), encoded),
        ("a header without a colon", good.replacen("Content-Disposition: ", "Content Disposition ", 1), no_header),
        ("white space before the colon", good.replacen("Disposition:", "Disposition :", 1), no_header),
        ("white space before the first header", good.replacen("Content", " Content", 1), no_header),
    ] {
        for size in [1, 7, body.len().max(1)] {
            let response = send_form(trickle(&body, size)).await;
            let detail = format!("the body is not a multipart form: {reason}");
            assert_eq!(status_and_detail(&response), (400, detail), "{what}");
        }
    }
}

#[tokio::test]
async fn headers_of_a_field_have_at_most_16_kib() {
    let head = "Content-Disposition: form-data; name=a\r\nx: ";
    for (length, status) in [(16 * 1024 - 2, 200), (16 * 1024 - 1, 400)] {
        let body = format!("--B\r\n{head}{}\r\n\r\nx\r\n--B--\r\n", "a".repeat(length - head.len()));
        for size in [1, 1000, body.len()] {
            assert_eq!(send_form(trickle(&body, size)).await.0, status, "{length} in chunks of {size}");
        }
    }
}

#[tokio::test]
async fn empty_chunks_in_a_form_are_skipped() {
    let chunks =
        FORM.as_bytes().chunks(40).flat_map(|chunk| [vec![Bytes::new(); 50], vec![Bytes::from(chunk)]].concat());
    let (status, _, text) = send_form(Body::from_stream(stream::iter(chunks.map(Ok::<_, Infallible>)))).await;
    assert_eq!((status.as_u16(), text.as_str()), (200, LISTED));
}

#[tokio::test]
async fn endless_headers_of_a_field_are_400() {
    let endless = stream::once(async { Bytes::from("--B\r\nx-a: ") }).chain(stream::repeat(Bytes::from("a")));
    let response = send_form(Body::from_stream(endless.map(Ok::<_, Infallible>))).await;
    let expected = "the body is not a multipart form: the headers of a field are longer than 16 KiB";
    assert_eq!(status_and_detail(&response), (400, expected.into()));
}

#[tokio::test]
async fn name_or_text_that_is_not_utf_8_is_400() {
    async fn text(mut form: Multipart) -> Result<String> {
        form.next_field().await?.expect("the form has a field").text().await
    }

    let body = b"--B\r\nContent-Disposition: form-data; name=\"\xff\"\r\n\r\nx\r\n--B--\r\n";
    assert_eq!(status_and_detail(&send_form(&body[..]).await).0, 400);

    let body = b"--B\r\nContent-Disposition: form-data; name=a\r\n\r\n\xe9\r\n--B--\r\n";
    let response = send(RouteHandlers::new().post("/", text), form(CONTENT_TYPE, &body[..])).await;
    assert_eq!(status_and_detail(&response), (400, "a field of the form is not UTF-8 text".into()));
}

#[tokio::test]
async fn form_over_the_limit_of_the_route_is_413() {
    let api = |limit| RouteHandlers::new().route("/", post(list).body_limit(limit));
    assert_eq!(send(api(FORM.len()), form(CONTENT_TYPE, trickle(FORM, 7))).await.0, 200);
    for body in [Body::from(FORM), trickle(FORM, 7)] {
        let response = send(api(FORM.len() - 1), form(CONTENT_TYPE, body)).await;
        assert_eq!(problem(&response)["status"], 413);
    }
    // A body with a declared length over the limit is not read.
    let (_sender, mut receiver) = mpsc::unbounded_channel::<Bytes>();
    let pending = stream::poll_fn(move |cx| receiver.poll_recv(cx)).map(Ok::<_, Infallible>);
    let mut request = form(CONTENT_TYPE, Body::from_stream(pending));
    request.headers_mut().insert("content-length", "11".parse().unwrap());
    assert_eq!(send(api(10), request).await.0, 413);
}

#[tokio::test]
async fn field_over_its_limit_is_413_even_if_it_is_skipped() {
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
async fn failed_form_keeps_failing() {
    let api = RouteHandlers::new().post("/", async |mut form: Multipart| {
        let first = form.next_field().await.unwrap_err();
        let second = form.next_field().await.unwrap_err();
        assert_eq!(first.to_string(), second.to_string());
        Err::<(), _>(second)
    });
    assert_eq!(status_and_detail(&send(api, form(CONTENT_TYPE, "no form")).await).0, 400);
}

#[tokio::test]
async fn field_is_read_before_the_rest_of_the_form_arrives() {
    let (sender, mut receiver) = mpsc::unbounded_channel::<Bytes>();
    let (ask, mut asked) = mpsc::unbounded_channel::<()>();
    let body = stream::poll_fn(move |cx| {
        let _ = ask.send(());
        receiver.poll_recv(cx)
    });
    let api = RouteHandlers::new().post("/", async |mut form: Multipart| {
        let mut field = form.next_field().await?.expect("the form has a field");
        Ok::<_, route_handlers::Error>(field.chunk().await?.expect("the field has content"))
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
async fn failed_connection_is_400() {
    let chunks = [Ok(Bytes::from("--B\r\n")), Err(std::io::Error::other("gone"))];
    let response = send_form(Body::from_stream(stream::iter(chunks))).await;
    assert_eq!(status_and_detail(&response), (400, "the body could not be read to its end".into()));
}

#[tokio::test]
async fn multipart_is_named_by_accept_patch_and_by_the_registration_error() {
    let api = RouteHandlers::new().route("/", route_handlers::patch(list));
    let (_, headers, _) = send(api, support::request(Method::OPTIONS, "/", "")).await;
    assert_eq!(headers["accept-patch"], "multipart/form-data");

    let twice = RouteHandlers::new().try_route("/", post(async |_: Multipart, _: String| ()));
    assert!(twice.unwrap_err().to_string().contains("reads the body twice, as `Multipart` and as `String`"));

    let optional = RouteHandlers::new().post("/", async |form: Option<Multipart>| format!("{}", form.is_some()));
    let in_chunks = || Body::from_stream(stream::empty::<Result<Bytes, Infallible>>());
    for (request, is_there) in [
        (HttpRequest::post("/").body(Body::empty()).unwrap(), "false"),
        (HttpRequest::post("/").body(in_chunks()).unwrap(), "false"),
        (form(CONTENT_TYPE, in_chunks()), "false"),
        (form(CONTENT_TYPE, trickle(FORM, 1)), "true"),
    ] {
        assert_eq!(send(optional.clone(), request).await.2, is_there);
    }
}

proptest! {
    #[test]
    fn any_form_is_read_as_sent(
        fields in prop::collection::vec((r#"[^"\\%\r\n\x00-\x1f\x7f]{0,8}"#, prop::collection::vec(prop_oneof![Just(b'\r'), Just(b'\n'), Just(b'-'), Just(b'B'), any::<u8>()], 0..24)), 0..4),
        size in 1_usize..16,
    ) {
        // No line of the content may begin with the boundary (RFC 2046 §5.1.1).
        prop_assume!(fields.iter().all(|(_, content)| !content.windows(5).any(|window| window == b"\r\n--B")));
        prop_assume!(fields.iter().all(|(_, content)| !content.starts_with(b"--B")));
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
        let response = tokio_test::block_on(send_form(Body::from_stream(stream::iter(chunks))));
        prop_assert_eq!((response.0.as_u16(), response.2), (200, expected));
    }
}
