//! Downloads: `Content-Disposition` (RFC 6266) with a name of any text (RFC 8187).

mod support;

use std::time::{Duration, SystemTime};

use futures_util::stream;
use http::{HeaderMap, HeaderValue};
use percent_encoding::percent_decode_str;
use proptest::prelude::*;
use route_handlers::{Body, Download, IntoResponse, RouteHandlers, get};
use support::{send, send_get};

fn headers(download: Download) -> HeaderMap {
    let response = download.into_response();
    assert_eq!(response.status(), 200);
    response.headers().clone()
}

fn disposition(name: &str) -> String {
    headers(Download::new("").file_name(name))["content-disposition"].to_str().unwrap().to_owned()
}

#[test]
fn download_is_an_attachment_of_octets() {
    let headers = headers(Download::new("content"));
    assert_eq!(headers["content-disposition"], "attachment");
    assert_eq!(headers["content-type"], "application/octet-stream");
    assert_eq!(headers["x-content-type-options"], "nosniff");
    assert_eq!(headers.len(), 3);
}

#[test]
fn type_and_disposition_can_be_set() {
    let shown = headers(Download::new("").inline().file_name("a.pdf").content_type("application/pdf"));
    assert_eq!(shown["content-disposition"], "inline; filename=\"a.pdf\"");
    assert_eq!(shown["content-type"], "application/pdf");
    assert_eq!(headers(Download::new("").inline())["content-disposition"], "inline");
    let csv = HeaderValue::from_static("text/csv");
    assert_eq!(headers(Download::new("").content_type(csv))["content-type"], "text/csv");
}

#[test]
fn name_is_sent_as_the_rfc_says() {
    for (name, expected) in [
        ("report.pdf", r#"filename="report.pdf""#),
        ("two words; and, more.txt", r#"filename="two words; and, more.txt""#),
        (
            "it's (1) [2] {3} @ #4 & 5=6 + 7 ~ $8 ^ ` !.txt",
            r#"filename="it's (1) [2] {3} @ #4 & 5=6 + 7 ~ $8 ^ ` !.txt""#,
        ),
        ("Übersicht.pdf", r#"filename="_bersicht.pdf"; filename*=UTF-8''%C3%9Cbersicht.pdf"#),
        ("€ rates.txt", r#"filename="_ rates.txt"; filename*=UTF-8''%E2%82%AC%20rates.txt"#),
        ("報告.pdf", r#"filename="__.pdf"; filename*=UTF-8''%E5%A0%B1%E5%91%8A.pdf"#),
        ("😀.png", r#"filename="_.png"; filename*=UTF-8''%F0%9F%98%80.png"#),
        // Some browsers decode a percent-encoded `filename` (RFC 6266, appendix D).
        ("100%.txt", r#"filename="100_.txt"; filename*=UTF-8''100%25.txt"#),
        ("a%20b.txt", r#"filename="a_20b.txt"; filename*=UTF-8''a%2520b.txt"#),
        ("ü(1)'s,*.txt", r#"filename="_(1)'s,_.txt"; filename*=UTF-8''%C3%BC%281%29%27s%2C_.txt"#),
        ("a\"b\\c.txt", r#"filename="a_b_c.txt""#),
        ("a\r\nset-cookie: b=c", r#"filename="a__set-cookie_ b=c""#),
        ("../../etc/passwd", r#"filename="_.._etc_passwd""#),
        ("C:\\autoexec.bat", r#"filename="C__autoexec.bat""#),
        ("invoice\u{202e}fdp.exe", r#"filename="invoice_fdp.exe""#),
        ("nul.txt", r#"filename="_nul.txt""#),
        ("..", r#"filename="download""#),
        ("", r#"filename="download""#),
        ("\0", r#"filename="_""#),
    ] {
        assert_eq!(disposition(name), format!("attachment; {expected}"), "{name:?}");
    }
}

#[test]
fn invalid_content_type_is_500() {
    for content_type in ["text/html\r\nset-cookie: a=b", "\0"] {
        assert_eq!(Download::new("").content_type(content_type).into_response().status(), 500);
    }
}

#[test]
fn last_modified_is_sent_if_a_header_can_express_it() {
    let at = |seconds| headers(Download::new("").last_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)));
    assert_eq!(at(784_111_777)["last-modified"], "Sun, 06 Nov 1994 08:49:37 GMT");
    assert_eq!(at(0)["last-modified"], "Thu, 01 Jan 1970 00:00:00 GMT");
    for future in
        [SystemTime::now() + Duration::from_secs(86_400), SystemTime::UNIX_EPOCH + Duration::from_secs(1 << 40)]
    {
        let sent = headers(Download::new("").last_modified(future))["last-modified"].to_str().unwrap().to_owned();
        assert!(httpdate::parse_http_date(&sent).unwrap() <= SystemTime::now(), "{sent}"); // RFC 9110 §8.8.2.1
    }
    let before = SystemTime::UNIX_EPOCH - Duration::from_secs(1);
    assert!(!headers(Download::new("").last_modified(before)).contains_key("last-modified"));
}

#[tokio::test]
async fn content_is_bytes_or_a_stream() {
    let streamed = async || {
        Download::new(Body::from_stream(stream::iter(["a", "b"].map(Ok::<_, std::io::Error>)))).file_name("ab")
    };
    let api = RouteHandlers::new()
        .get("/bytes", async || Download::new(vec![b'a', b'b']))
        .get("/text", async || Download::new(String::from("ab")))
        .get("/stream", streamed)
        .get("/with", async || ([("cache-control", "no-cache")], Download::new("ab")));
    for path in ["/bytes", "/text", "/stream", "/with"] {
        assert_eq!(send_get(api.clone(), path).await, (200, "ab".to_owned()), "{path}");
    }
}

#[tokio::test]
async fn conditions_apply_to_a_download() {
    let modified = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
    let download = move || async move { Download::new("content").file_name("a.txt").last_modified(modified) };
    let api = RouteHandlers::new().route("/", get(download).etag().ranges());
    for (name, value, status) in [
        ("if-none-match", "*", 304),
        ("if-modified-since", "Sun, 06 Nov 1994 08:49:37 GMT", 304),
        ("if-match", "\"x\"", 412),
        ("range", "bytes=0-1", 206),
        ("range", "bytes=9-", 416),
    ] {
        let mut request = support::get("/");
        request.headers_mut().insert(name, value.parse().unwrap());
        let (seen, headers, _) = send(api.clone(), request).await;
        assert_eq!(seen, status, "{name}");
        let has_name = headers.contains_key("content-disposition");
        assert_eq!(has_name, matches!(status, 206 | 304), "{status}");
    }
}

/// The names that a client reads from the header: `filename`, and `filename*` if there is one.
fn names(header: &str) -> (String, Option<String>) {
    let rest = header.strip_prefix("attachment; filename=\"").unwrap();
    let (plain, rest) = rest.split_once('"').unwrap();
    let extended = rest.strip_prefix("; filename*=UTF-8''");
    assert_eq!(extended.is_none(), rest.is_empty(), "{header}");
    (plain.to_owned(), extended.map(|name| percent_decode_str(name).decode_utf8().unwrap().into_owned()))
}

proptest! {
    #[test]
    fn any_name_is_safe(name in "\\PC{0,40}|[\\x00-\\x7f]{0,300}|.{0,300}") {
        let header = disposition(&name);
        let (plain, extended) = names(&header);
        prop_assert!(plain.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b'%'));
        let full = extended.unwrap_or_else(|| plain.clone());
        prop_assert!(!full.is_empty() && full.len() <= 255);
        prop_assert_eq!(full.chars().count(), plain.chars().count());
        let forbidden = |character: char| character.is_control() || "/\\:*?\"<>|".contains(character);
        prop_assert!(!full.contains(forbidden) && !full.starts_with(['.', ' ']) && !full.ends_with(['.', ' ']), "{}", full);
        // The name of the result is the result.
        prop_assert_eq!(disposition(&full), header);
    }

    #[test]
    fn harmless_name_is_unchanged(name in "[a-zA-ZäöüßÄÖÜéñ日本語0-9_-]{1,60}\\.[a-z]{1,4}") {
        prop_assume!(!disposition(&name).contains("\"_") || name.starts_with(['_']) || !name.is_ascii());
        let (plain, extended) = names(&disposition(&name));
        prop_assert_eq!(extended.unwrap_or(plain), name);
    }
}
