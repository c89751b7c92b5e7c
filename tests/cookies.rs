//! Cookies: what is read of a request, and what is set by an answer.

use std::time::{Duration, SystemTime};

use http::header::SET_COOKIE;
use http::{HeaderMap, Request, StatusCode};
use proptest::prelude::*;
use route_handlers::{Body, Cookies, Error, FromRequest, IntoResponse, SameSite, SetCookie};

fn cookies(lines: &[&str]) -> Cookies {
    let request = lines.iter().fold(Request::get("/"), |request, line| request.header("cookie", *line));
    let mut request = request.body(Body::empty()).unwrap().into();
    tokio_test::block_on(Cookies::from_request(&mut request)).unwrap()
}

fn lines(answer: impl IntoResponse) -> Vec<String> {
    let response = answer.into_response();
    response.headers().get_all(SET_COOKIE).iter().map(|line| line.to_str().unwrap().to_owned()).collect()
}

fn line(cookie: SetCookie) -> String {
    lines((cookie, "")).pop().expect("the cookie was refused")
}

#[test]
fn names_and_values_are_read_in_their_order() {
    for (sent, expected) in [
        (&["a=1; b=2"][..], &[("a", "1"), ("b", "2")][..]),
        (&["a=1;b=2"], &[("a", "1"), ("b", "2")]),
        (&["a=1", "b=2"], &[("a", "1"), ("b", "2")]),
        (&[" a = 1 ;  b=2 "], &[("a", "1"), ("b", "2")]),
        (&["a=1; a=2"], &[("a", "1"), ("a", "2")]),
        (&["a="], &[("a", "")]),
        (&["a=b=c"], &[("a", "b=c")]),
        (&["a=\"x y\""], &[("a", "\"x y\"")]),
        (&["a=b+c%20d%C3%A9"], &[("a", "b+c dé")]),
        (&["a%20b=1"], &[("a%20b", "1")]),
        (&["a=1;"], &[("a", "1")]),
        (&["novalue; a=1"], &[("a", "1")]),
        (&["=1; a=2"], &[("", "1"), ("a", "2")]),
        (&["a=%ff; b=2"], &[("b", "2")]),
        (&["a=%zz; b=%; c=%4; d=%41"], &[("d", "A")]),
        (&[""], &[]),
        (&[], &[]),
    ] {
        assert_eq!(cookies(sent).iter().collect::<Vec<_>>(), expected, "{sent:?}");
    }
}

#[test]
fn of_two_cookies_with_one_name_the_last_is_read() {
    let cookies = cookies(&["a=1; A=x; a=2"]);
    assert_eq!((cookies.get("a"), cookies.get("A"), cookies.get("b")), (Some("2"), Some("x"), None));
    assert_eq!(cookies.get_all("a").collect::<Vec<_>>(), ["1", "2"]);
    assert!(cookies.contains("A") && !cookies.contains("b"));
}

#[test]
fn attributes_are_written_in_one_order() {
    let then = SystemTime::UNIX_EPOCH + Duration::from_secs(1_893_553_445);
    let cookie = || SetCookie::new("n", "v");
    for (cookie, expected) in [
        (cookie(), "n=v; Path=/"),
        (cookie().path("/x"), "n=v; Path=/x"),
        (cookie().path(""), "n=v"),
        (SetCookie::new("n", ""), "n=; Path=/"),
        (SetCookie::new("n", "a b;c,d\"e=f%é+\\"), "n=a%20b%3Bc%2Cd%22e%3Df%25%C3%A9%2B%5C; Path=/"),
        (SetCookie::new("n", "x; Domain=evil.example"), "n=x%3B%20Domain%3Devil.example; Path=/"),
        (cookie().expires(then), "n=v; Path=/; Expires=Wed, 02 Jan 2030 03:04:05 GMT"),
        (cookie().max_age(Duration::ZERO), "n=v; Path=/; Max-Age=0"),
        (cookie().same_site(SameSite::None).secure(true), "n=v; Path=/; Secure; SameSite=none"),
        (SetCookie::delete("n"), "n=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT"),
        (
            cookie()
                .path("/p")
                .domain("example.com")
                .expires(then)
                .max_age(Duration::from_secs(60))
                .secure(true)
                .http_only(true)
                .same_site(SameSite::Strict)
                .partitioned(true)
                .attribute("Priority", "low"),
            "n=v; Path=/p; Expires=Wed, 02 Jan 2030 03:04:05 GMT; Max-Age=60; Domain=example.com; Secure; HttpOnly; \
             SameSite=strict; Partitioned; Priority=low",
        ),
    ] {
        assert_eq!(line(cookie), expected);
    }
}

#[test]
fn what_a_browser_would_refuse_is_refused() {
    for cookie in [
        SetCookie::new("na me", "v"),
        SetCookie::new("", "v"),
        SetCookie::new("n\r\nx", "v"),
        SetCookie::new("n", "v").path("/\r\nX-Evil: 1"),
        SetCookie::new("n", "v").path("/; Domain=evil.example"),
        SetCookie::new("n", "v").domain("a;b"),
        SetCookie::new("n", "v").attribute("Priority", "low; Secure"),
        SetCookie::new("n", "v").same_site(SameSite::None),
        SetCookie::new("n", "v").partitioned(true),
        SetCookie::new("__Secure-n", "v"),
        SetCookie::new("__Host-n", "v"),
        SetCookie::new("__Host-n", "v").secure(true).path("/p"),
        SetCookie::new("__Host-n", "v").secure(true).domain("example.com"),
    ] {
        let response = (cookie.clone(), "answer").into_response();
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR, "{cookie:?}");
        assert!(!response.headers().contains_key(SET_COOKIE) && !response.headers().contains_key("x-evil"));
        assert!(response.extensions().get::<Error>().unwrap().source().unwrap().to_string().contains("cannot be set"));
    }
    assert_eq!(line(SetCookie::new("__Host-n", "v").secure(true)), "__Host-n=v; Path=/; Secure");
}

#[test]
fn what_is_set_is_read_back_and_sent_once_when_the_cookies_are_returned() {
    let mut cookies = cookies(&["a=old; gone=1"]);
    cookies.set(("a", "1"));
    cookies.set(("a", "2"));
    cookies.set(SetCookie::new("b", "3").http_only(true));
    cookies.delete("gone");
    assert_eq!((cookies.get("a"), cookies.get("gone")), (Some("2"), None));
    let expected = ["a=2; Path=/", "b=3; Path=/; HttpOnly", "gone=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT"];
    assert_eq!(lines((cookies, StatusCode::NO_CONTENT)), expected);
}

#[test]
fn a_cookie_that_the_answer_sets_itself_stays() {
    let mut headers = HeaderMap::new();
    headers.append(SET_COOKIE, "raw=1; Secure".parse().unwrap());
    headers.append(SET_COOKIE, "both=answer".parse().unwrap());
    let mut cookies = cookies(&[]);
    cookies.set(("both", "store"));
    cookies.set(("store", "1"));
    assert_eq!(lines((cookies, (headers, "answer"))), ["raw=1; Secure", "both=answer", "store=1; Path=/"]);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_set_is_read_back_and_injects_nothing(name in "\\PC*", value in any::<String>(), path in any::<String>()) {
        let response = (SetCookie::new(name.clone(), value.clone()).path(path), "").into_response();
        prop_assert!(response.headers().keys().all(|key| ["set-cookie", "content-type", "cache-control", "x-content-type-options"].contains(&key.as_str())));
        if let Some(line) = response.headers().get(SET_COOKIE) {
            let pair = line.to_str().unwrap().split(';').next().unwrap().to_owned();
            let read = cookies(&[&pair]);
            prop_assert_eq!(read.get(&name), Some(value.as_str()));
        } else {
            prop_assert_eq!(response.status(), 500);
        }
    }
}
