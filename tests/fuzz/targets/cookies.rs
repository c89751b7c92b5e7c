//! Any header of cookies is read; what is set is refused, or is one line that is read back as it was set.
#![no_main]

use std::time::{Duration, SystemTime};

use arbitrary::Arbitrary;
use futures_util::FutureExt;
use http::header::{COOKIE, SET_COOKIE};
use http::{HeaderValue, Request};
use libfuzzer_sys::fuzz_target;
use route_handlers::{Body, Cookies, FromRequest, IntoResponse, Key, SameSite, SetCookie};

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    lines: Vec<&'a [u8]>,
    name: &'a str,
    value: &'a str,
    path: Option<&'a str>,
    domain: Option<&'a str>,
    attribute: Option<(&'a str, &'a str)>,
    max_age: Option<u64>,
    expires: Option<u64>,
    flags: [bool; 4],
    seal: Option<bool>,
}

fn read(lines: &[&[u8]]) -> Option<Cookies> {
    let mut request = Request::new(Body::empty());
    for line in lines {
        request.headers_mut().append(COOKIE, HeaderValue::from_bytes(line).ok()?);
    }
    let cookies = Cookies::from_request(&mut request.into()).now_or_never().expect("nothing waits");
    Some(cookies.expect("a header of cookies is never refused"))
}

fn cookie(input: &Input<'_>, key: &Key) -> SetCookie {
    let mut cookie = SetCookie::new(input.name.to_owned(), input.value.to_owned());
    if let Some(path) = input.path {
        cookie = cookie.path(path.to_owned());
    }
    if let Some(domain) = input.domain {
        cookie = cookie.domain(domain.to_owned());
    }
    if let Some((name, value)) = input.attribute {
        cookie = cookie.attribute(name.to_owned(), value.to_owned());
    }
    if let Some(seconds) = input.max_age {
        cookie = cookie.max_age(Duration::from_secs(seconds));
    }
    if let Some(time) = input.expires.and_then(|s| SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(s))) {
        cookie = cookie.expires(time);
    }
    let [secure, http_only, lax, partitioned] = input.flags;
    cookie = cookie.secure(secure).http_only(http_only).partitioned(partitioned);
    if lax {
        cookie = cookie.same_site(SameSite::Lax);
    }
    match input.seal {
        None => cookie,
        Some(true) => cookie.signed(key),
        Some(false) => cookie.private(key),
    }
}

fuzz_target!(|input: Input<'_>| {
    let key = Key::from(&[7; 64]);
    if let Some(cookies) = read(&input.lines) {
        for (name, value) in cookies.iter() {
            assert!(cookies.contains(name) && cookies.get_all(name).any(|own| own == value));
            assert!(cookies.get(name).is_some());
        }
        assert!(cookies.iter().count() <= input.lines.iter().map(|line| line.split(|b| *b == b';').count()).sum());
        // Nobody made a seal with this key.
        assert!(cookies.iter().all(|(name, _)| cookies.get_signed(name, &key).is_none()));
        assert!(cookies.iter().all(|(name, _)| cookies.get_private(name, &key).is_none()));
    }

    let response = (cookie(&input, &key), "").into_response();
    let known = ["set-cookie", "content-type", "cache-control", "x-content-type-options"];
    assert!(response.headers().keys().all(|name| known.contains(&name.as_str())), "{:?}", response.headers());
    let lines: Vec<_> = response.headers().get_all(SET_COOKIE).iter().collect();
    if response.status() == 500 {
        assert!(lines.is_empty());
        return;
    }
    assert_eq!((response.status().as_u16(), lines.len()), (200, 1));
    let line = lines[0].to_str().expect("a line of ours is ASCII");
    let mut parts = line.split("; ");
    let sent = read(&[parts.next().unwrap().as_bytes()]).unwrap();
    let value = match input.seal {
        None => sent.get(input.name).map(str::to_owned),
        Some(true) => sent.get_signed(input.name, &key),
        Some(false) => sent.get_private(input.name, &key),
    };
    assert_eq!(value.as_deref(), Some(input.value), "{line}");
    let most = 1 + 8 + usize::from(input.attribute.is_some());
    assert!(line.split(';').count() <= most, "{line}");
});
