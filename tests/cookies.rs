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
        SetCookie::new("__secure-n", "v"),
        SetCookie::new("__HOST-n", "v").secure(true).path("/p"),
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

#[cfg(feature = "cookie-signed")]
mod sealed {
    //! Cookies that are signed or encrypted.

    use cookie::CookieJar;
    use route_handlers::Key;

    use super::*;

    type Seal = fn(SetCookie, &Key) -> SetCookie;
    type Open = fn(&Cookies, &str, &Key) -> Option<String>;

    /// How a cookie is sealed, and how it is opened again.
    const KINDS: [(Seal, Open); 2] =
        [(SetCookie::signed, Cookies::get_signed), (SetCookie::private, Cookies::get_private)];

    fn key(byte: u8) -> Key {
        Key::from(&[byte; 64])
    }

    /// What the browser sends of a line that sets a cookie.
    fn sent(cookie: SetCookie) -> String {
        line(cookie).split(';').next().unwrap().to_owned()
    }

    #[test]
    fn what_was_sealed_is_opened_with_its_key_and_its_name_only() {
        for (seal, open) in KINDS {
            let session = sent(seal(SetCookie::new("session", "a b=c;é"), &key(1)));
            let jar = cookies(&[&session]);
            assert_eq!(open(&jar, "session", &key(1)).as_deref(), Some("a b=c;é"));
            assert_eq!(open(&jar, "session", &key(2)), None, "another key");
            assert_eq!(open(&jar, "other", &key(1)), None, "no such cookie");
            let renamed = cookies(&[&session.replace("session=", "admin=")]);
            assert_eq!(open(&renamed, "admin", &key(1)), None, "the value of another cookie");
        }
    }

    #[test]
    fn what_was_not_sealed_or_was_changed_since_is_not_there() {
        for (seal, open) in KINDS {
            let sealed = seal(SetCookie::new("n", "value"), &key(1));
            for at in 0..sealed.value().len() {
                let mut changed = sealed.value().as_bytes().to_vec();
                changed[at] ^= 1;
                let mut jar = cookies(&[]);
                jar.set(("n", String::from_utf8(changed).unwrap()));
                assert_eq!(open(&jar, "n", &key(1)), None, "the byte at {at}");
            }
            for value in ["", "value", "é", &sealed.value()[..20], &"=".repeat(44), &"é".repeat(44), &"A".repeat(100)]
            {
                let mut jar = cookies(&[]);
                jar.set(("n", value.to_owned()));
                assert_eq!(open(&jar, "n", &key(1)), None, "{value:?}");
            }
        }
    }

    #[test]
    fn a_signed_value_is_not_taken_for_an_encrypted_one_nor_an_encrypted_for_a_signed() {
        let jar = cookies(&[&sent(SetCookie::new("n", "v").signed(&key(1)))]);
        assert_eq!((jar.get_private("n", &key(1)), jar.get("n") == Some("v")), (None, false));
        let jar = cookies(&[&sent(SetCookie::new("n", "v").private(&key(1)))]);
        assert_eq!(jar.get_signed("n", &key(1)), None);
    }

    #[test]
    fn a_forged_cookie_of_the_same_name_hides_no_genuine_one() {
        for (seal, open) in KINDS {
            let [old, new] = ["old", "new"].map(|value| sent(seal(SetCookie::new("n", value), &key(1))));
            let jar = cookies(&[&format!("{old}; {new}; n=forged")]);
            assert_eq!(open(&jar, "n", &key(1)).as_deref(), Some("new"));
        }
    }

    #[test]
    fn what_is_sealed_is_read_back_and_sent_and_the_rules_of_names_hold() {
        for (seal, open) in KINDS {
            let mut jar = cookies(&[]);
            jar.set(seal(SetCookie::new("__Host-n", "v").secure(true).http_only(true), &key(1)));
            assert_eq!(open(&jar, "__Host-n", &key(1)).as_deref(), Some("v"));
            let lines = lines((jar.clone(), ""));
            assert!(lines[0].starts_with("__Host-n=") && lines[0].ends_with("; Path=/; Secure; HttpOnly"), "{lines:?}");
            jar.delete_cookie(SetCookie::delete("__Host-n").secure(true));
            assert_eq!(open(&jar, "__Host-n", &key(1)), None);

            let refused = (seal(SetCookie::new("__Host-n", "v"), &key(1)), "").into_response();
            assert_eq!(refused.status(), StatusCode::INTERNAL_SERVER_ERROR);
        }
    }

    #[test]
    fn one_value_is_encrypted_differently_each_time_and_signed_always_alike() {
        let cookie = || SetCookie::new("n", "v");
        assert_ne!(cookie().private(&key(1)).value(), cookie().private(&key(1)).value());
        assert_eq!(cookie().signed(&key(1)).value(), cookie().signed(&key(1)).value());
    }

    // The jars of the `cookie` crate bind the name of a private cookie only.
    #[test]
    fn a_value_that_was_signed_without_its_name_is_not_taken() {
        let mut theirs = CookieJar::new();
        theirs.signed_mut(&key(1)).add(("n", "signed"));
        theirs.private_mut(&key(1)).add(("p", "private"));
        let sent = theirs.iter().map(|cookie| cookie.stripped().to_string()).collect::<Vec<_>>().join("; ");
        let ours = cookies(&[&sent]);
        assert_eq!(ours.get_signed("n", &key(1)), None);
        assert_eq!(ours.get_private("p", &key(1)).as_deref(), Some("private"));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn whatever_is_sealed_is_opened_and_whatever_is_sent_harms_nothing(value in any::<String>(), noise in any::<String>()) {
            for (seal, open) in KINDS {
                let jar = cookies(&[&sent(seal(SetCookie::new("n", value.clone()), &key(1)))]);
                prop_assert_eq!(open(&jar, "n", &key(1)), Some(value.clone()));
                let mut jar = cookies(&[]);
                jar.set(("n", noise.clone()));
                prop_assert_eq!(open(&jar, "n", &key(1)), None);
            }
        }
    }
}
