//! Any `Cookie` header is read, with names as RFC 6265bis parses them. A cookie that is set is refused, or it is one line
//! that follows the rules of browsers and is read back unchanged.
#![no_main]

use std::time::{Duration, SystemTime};

use arbitrary::Arbitrary;
use futures_util::FutureExt;
use http::header::{COOKIE, SET_COOKIE};
use http::{HeaderValue, Request};
use libfuzzer_sys::fuzz_target;
use route_handlers::cookie::{Key, SameSite};
use route_handlers::{Body, Cookies, FromRequest, IntoResponse, SetCookie};

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    lines: Vec<&'a [u8]>,
    pieces: Vec<Piece<'a>>,
    prefix: Option<u8>,
    name: &'a str,
    value: &'a str,
    path: Option<&'a str>,
    domain: Option<&'a str>,
    attributes: Vec<(Attribute<'a>, &'a str)>,
    max_age: Option<u64>,
    expires: Option<u64>,
    flags: [bool; 4],
    seal: Option<bool>,
}

/// A piece of a `Cookie` header.
#[derive(Arbitrary, Debug)]
enum Piece<'a> {
    Prefix(u8),
    Space(u8),
    Separator,
    Equals,
    Text(&'a str),
}

/// The name of an attribute.
#[derive(Arbitrary, Debug)]
enum Attribute<'a> {
    Known(u8),
    Other(&'a str),
}

const PREFIXES: [&str; 6] = ["__Host-", "__Secure-", "__Http-", "__Host-Http-", "__HOST-", "__secure-"];

/// SP, HTAB, and characters that are white space in Unicode but not in HTTP.
const SPACES: [char; 10] =
    [' ', '\t', '\u{85}', '\u{a0}', '\u{1680}', '\u{2000}', '\u{2028}', '\u{3000}', '\u{200b}', '\u{feff}'];

const ATTRIBUTES: [&str; 10] =
    ["Path", "pATH", "Domain", "DOMAIN", "Secure", "HttpOnly", "SameSite", "Partitioned", "Max-Age", "Expires"];

fn pick<T: Copy, const N: usize>(list: [T; N], index: u8) -> T {
    list[usize::from(index) % N]
}

fn line(pieces: &[Piece<'_>]) -> String {
    let mut line = String::new();
    for piece in pieces {
        match piece {
            Piece::Prefix(index) => line.extend([pick(PREFIXES, *index), "s"]),
            Piece::Space(index) => line.push(pick(SPACES, *index)),
            Piece::Separator => line.push(';'),
            Piece::Equals => line.push('='),
            Piece::Text(text) => line.push_str(text),
        }
    }
    line
}

/// RFC 6265bis §5.6, for names: SP and HTAB are trimmed, a pair without `=` has no name.
fn check_names(line: &str, cookies: &Cookies) {
    let pairs = line.split(';').filter_map(|pair| pair.split_once('='));
    let mut names = pairs.map(|(name, _)| name.trim_matches([' ', '\t']));
    // A pair is left out if its value cannot be decoded.
    assert!(cookies.iter().all(|(name, _)| names.any(|own| own == name)), "{line:?}: {cookies:?}");
}

/// Checks that no browser drops the cookie, by the attributes that browsers read.
fn check_rules(name: &str, line: &str) {
    let mut parts = line.split("; ");
    let pair = parts.next().unwrap();
    assert!(pair.len() <= 4097, "{line}");
    let attributes: Vec<_> = parts.map(|part| part.split_once('=').unwrap_or((part, ""))).collect();
    let all = |name: &str| attributes.iter().filter(|(own, _)| own.eq_ignore_ascii_case(name)).collect::<Vec<_>>();
    assert!(attributes.iter().all(|(own, value)| all(own).len() == 1 && value.len() <= 1024), "{line}");
    let get = |name: &str| all(name).first().map(|(_, value)| *value);
    let has = |name: &str| get(name).is_some();
    let (path, name) = (get("Path"), name.to_ascii_lowercase());
    assert!(path.is_none_or(|path| path.starts_with('/')) && get("Domain") != Some(""), "{line}");
    let needs_secure = get("SameSite").is_some_and(|mode| mode.eq_ignore_ascii_case("none")) || has("Partitioned");
    let is_of_host = name.starts_with("__host-");
    let needs_http_only = name.starts_with("__http-") || name.starts_with("__host-http-");
    let has_prefix = is_of_host || needs_http_only || name.starts_with("__secure-");
    assert!(has("Secure") || !(needs_secure || has_prefix), "{line}");
    assert!(has("HttpOnly") || !needs_http_only, "{line}");
    assert!(!is_of_host || (path == Some("/") && !has("Domain")), "{line}");
}

fn read(lines: &[&[u8]]) -> Option<Cookies> {
    let mut request = Request::new(Body::empty());
    for line in lines {
        request.headers_mut().append(COOKIE, HeaderValue::from_bytes(line).ok()?);
    }
    let cookies = Cookies::from_request(&mut request.into()).now_or_never().expect("nothing waits");
    Some(cookies.expect("a `Cookie` header is never refused"))
}

fn cookie(input: &Input<'_>, name: &str, key: &Key) -> SetCookie {
    let mut cookie = SetCookie::new(name.to_owned(), input.value.to_owned());
    if let Some(path) = input.path {
        cookie = cookie.path(path.to_owned());
    }
    if let Some(domain) = input.domain {
        cookie = cookie.domain(domain.to_owned());
    }
    for (name, value) in &input.attributes {
        let name = match name {
            Attribute::Known(index) => pick(ATTRIBUTES, *index),
            Attribute::Other(name) => name,
        };
        cookie = cookie.attribute(name.to_owned(), (*value).to_owned());
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
        // No cookie in the input was sealed with this key.
        assert!(cookies.iter().all(|(name, _)| cookies.get_signed(name, &key).is_none()));
        assert!(cookies.iter().all(|(name, _)| cookies.get_private(name, &key).is_none()));
    }

    let composed = line(&input.pieces);
    if let Some(cookies) = read(&[composed.as_bytes()]) {
        check_names(&composed, &cookies);
    }

    let name = input.prefix.map_or("", |index| pick(PREFIXES, index)).to_owned() + input.name;
    let response = (cookie(&input, &name, &key), "").into_response();
    let known = ["set-cookie", "content-type", "cache-control", "x-content-type-options"];
    assert!(response.headers().keys().all(|name| known.contains(&name.as_str())), "{:?}", response.headers());
    let lines: Vec<_> = response.headers().get_all(SET_COOKIE).iter().collect();
    if response.status() == 500 {
        assert!(lines.is_empty());
        return;
    }
    assert_eq!((response.status().as_u16(), lines.len()), (200, 1));
    let line = lines[0].to_str().expect("the line is ASCII");
    let mut parts = line.split("; ");
    let sent = read(&[parts.next().unwrap().as_bytes()]).unwrap();
    let value = match input.seal {
        None => sent.get(&name).map(str::to_owned),
        Some(true) => sent.get_signed(&name, &key),
        Some(false) => sent.get_private(&name, &key),
    };
    assert_eq!(value.as_deref(), Some(input.value), "{line}");
    check_rules(&name, line);
    assert!(line.split(';').count() <= 1 + 8 + input.attributes.len(), "{line}");
});
