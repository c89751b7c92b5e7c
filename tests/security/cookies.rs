//! Injection through cookies.

use std::time::{Duration, SystemTime};

use http::Request;
use http::header::{COOKIE, SET_COOKIE};
use route_handlers::{Body, Cookies, IntoResponse, RouteHandlers, SetCookie};

use crate::send;

// CVE-2026-47675: Hono wrote attributes of a cookie unchecked; RUSTSEC-2017-0005: a `Max-Age` overflowed. Further tests
// of refused cookies and of injection are in `tests/cookies.rs`.
#[tokio::test]
async fn text_in_a_cookie_adds_no_attribute_line_or_header() {
    const EVIL: [&str; 5] = ["x; Domain=evil.example", "x\r\nx-evil: 1", "x\nset-cookie: evil=1", "x\0", "x;Secure"];
    let lines = |cookie: SetCookie| {
        let response = (cookie, SetCookie::new("second", "2"), "").into_response();
        assert!(!response.headers().contains_key("x-evil"));
        let lines = response.headers().get_all(SET_COOKIE).iter().map(|line| line.to_str().unwrap().to_owned());
        (response.status().as_u16(), lines.collect::<Vec<_>>())
    };
    for evil in EVIL {
        let (status, value) = lines(SetCookie::new("n", evil));
        assert_eq!((status, value.len(), value[0].matches(';').count()), (200, 2, 1), "{value:?}");
        for refused in [
            SetCookie::new(evil, "v"),
            SetCookie::new("n", "v").path(evil),
            SetCookie::new("n", "v").domain(evil),
            SetCookie::new("n", "v").attribute("Priority", evil),
            SetCookie::new("n", "v").attribute(evil, "low"),
        ] {
            assert_eq!(lines(refused.clone()), (500, vec!["second=2; Path=/".to_owned()]), "{refused:?}");
        }
    }

    for seconds in [u64::from(u32::MAX), i64::MAX as u64, u64::MAX] {
        let (status, line) = lines(SetCookie::new("n", "v").max_age(Duration::from_secs(seconds)));
        assert_eq!(status, 200);
        let max_age = line[0].strip_prefix("n=v; Path=/; Max-Age=").and_then(|seconds| seconds.parse::<i64>().ok());
        assert_eq!(max_age, Some(i64::try_from(seconds).unwrap_or(i64::MAX)), "never negative: {line:?}");
    }
    let year_60_000 = SystemTime::UNIX_EPOCH + Duration::from_secs(1_831_000_000_000);
    let (status, line) = lines(SetCookie::new("n", "v").expires(year_60_000));
    assert_eq!((status, line[0].as_str()), (200, "n=v; Path=/; Expires=Fri, 31 Dec 9999 23:59:59 GMT"));
}

// Several `Cookie` lines are one list: HTTP/2 may split it (RFC 9113 §8.2.3).
#[tokio::test]
async fn several_cookie_lines_are_read_as_one() {
    let api =
        RouteHandlers::new().get("/", async |cookies: Cookies| format!("{:?}", cookies.iter().collect::<Vec<_>>()));
    for lines in [&["a=1; b=2; a=3"][..], &["a=1; b=2", "a=3"], &["a=1", "b=2", "a=3"], &["a=1", "b=2;", "; a=3"]] {
        let request = lines.iter().fold(Request::get("/"), |request, line| request.header(COOKIE, *line));
        let response = send(api.clone(), request.body(Body::empty()).unwrap()).await;
        assert_eq!(response.body, r#"[("a", "1"), ("b", "2"), ("a", "3")]"#, "{lines:?}");
    }
}
