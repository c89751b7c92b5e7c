//! Cookies: reading them from a request, and setting them in a response.

use std::time::{Duration, SystemTime};

use http::header::SET_COOKIE;
use http::{HeaderMap, Request, StatusCode};
use proptest::prelude::*;
use route_handlers::cookie::SameSite;
use route_handlers::{Body, Cookies, Error, FromRequest, IntoResponse, SetCookie};

fn cookies(lines: &[&str]) -> Cookies {
    let request = lines.iter().fold(Request::get("/"), |request, line| request.header("cookie", *line));
    let mut request = request.body(Body::empty()).unwrap().into();
    tokio_test::block_on(Cookies::from_request(&mut request)).unwrap()
}

fn lines(response: impl IntoResponse) -> Vec<String> {
    let response = response.into_response();
    response.headers().get_all(SET_COOKIE).iter().map(|line| line.to_str().unwrap().to_owned()).collect()
}

fn line(cookie: SetCookie) -> String {
    lines((cookie, "")).pop().expect("the cookie is accepted")
}

#[test]
fn names_and_values_are_read_in_order() {
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
fn last_cookie_of_a_name_is_read() {
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
        // aiohttp reads `Max-Age` alone, other clients `Expires` alone.
        (SetCookie::delete("n"), "n=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0"),
        (
            SetCookie::delete("__Host-Http-n"),
            "__Host-Http-n=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Secure; HttpOnly",
        ),
        (cookie().attribute("Partitioned", "").attribute("secure", ""), "n=v; Path=/; Secure; Partitioned"),
        (cookie().attribute("path", "/x").path("/y").attribute("PATH", "/z"), "n=v; Path=/z"),
        (cookie().attribute("Path", ""), "n=v"),
        (cookie().attribute("Path", "").attribute("path", ""), "n=v"),
        (cookie().attribute("Priority", "low").attribute("priority", "high"), "n=v; Path=/; Priority=high"),
        (cookie().secure(true).secure(false), "n=v; Path=/"),
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

/// Cookies that a browser drops or stores differently, each with a part of the error text.
fn dropped() -> Vec<(SetCookie, &'static str)> {
    let n = || SetCookie::new("n", "v");
    let named = |name: &'static str| SetCookie::new(name, "v");
    let secure = |name: &'static str| SetCookie::new(name, "v").secure(true);
    vec![
        // RFC 6265bis §4.1.1: the name is a token.
        (named("na me"), "token"),
        (named(""), "token"),
        (named("n\r\nx"), "token"),
        (named("\u{2000}n"), "token"),
        (named("n=x"), "token"),
        // §5.6: control characters, and `;`, which begins an attribute.
        (n().path("/\r\nX-Evil: 1"), "`Path`"),
        (n().path("/; Domain=evil.example"), "`Path`"),
        (n().path("/\u{e9}"), "`Path`"),
        (n().domain("a;b"), "`Domain`"),
        (n().attribute("Priority", "low; Secure"), "`Priority`"),
        (n().attribute("Priority", "low\t"), "`Priority`"),
        (n().attribute("Pri;Secure", "low"), "token"),
        (n().attribute("", "low"), "token"),
        (n().attribute("a=b", "low"), "token"),
        // §5.6: a browser drops more than 4,096 bytes of name and value, and ignores an attribute of more than 1,024.
        (SetCookie::new("n", "v".repeat(4096)), "4096 bytes"),
        (SetCookie::new("n", "\u{e9}".repeat(700)), "4096 bytes"),
        (SetCookie::new("n".repeat(4096), "v"), "4096 bytes"),
        (n().path(format!("/{}", "p".repeat(1024))), "1024 bytes"),
        (n().domain(format!("{}.example", "a.".repeat(600))), "`Domain`"),
        (n().attribute("Priority", "h".repeat(1025)), "1024 bytes"),
        // §5.6.4: a path that does not begin with `/` is the path of the request.
        (n().path("shop"), "begin with `/`"),
        (n().path("./shop"), "begin with `/`"),
        (n().attribute("path", "shop"), "begin with `/`"),
        (n().path(" /shop"), "`Path`"),
        (n().path("/shop "), "`Path`"),
        // §4.1.2.3, §5.6.3: a domain that is not a host name matches no host.
        (n().domain(""), "host name"),
        (n().domain("."), "host name"),
        (n().domain("..example.com"), "host name"),
        (n().domain("example..com"), "host name"),
        (n().domain("example.com."), "host name"),
        (n().domain("example.com:80"), "host name"),
        (n().domain("https://example.com"), "host name"),
        (n().domain("*.example.com"), "host name"),
        (n().domain("ex ample.com"), "host name"),
        (n().domain("b\u{fc}cher.example"), "`Domain`"),
        (n().attribute("DOMAIN", ""), "host name"),
        // §5.6.1, §5.6.2: a malformed date or number is ignored, and the cookie ends with the session.
        (n().attribute("Max-Age", "soon"), "seconds"),
        (n().attribute("Max-Age", ""), "seconds"),
        (n().attribute("max-age", "1.5"), "seconds"),
        (n().attribute("Max-Age", "+60"), "seconds"),
        (n().attribute("Expires", "tomorrow"), "date"),
        (n().attribute("Expires", ""), "date"),
        // §5.6.7, §4.1.2.7
        (n().attribute("SameSite", "true"), "`SameSite`"),
        (n().attribute("SameSite", ""), "`SameSite`"),
        (n().same_site(SameSite::None), "`Secure`"),
        (n().attribute("samesite", "NONE"), "`Secure`"),
        (n().partitioned(true), "`Secure`"),
        (n().attribute("Partitioned", ""), "`Secure`"),
        // §5.6.5, §5.6.6: a flag is set even if its value is `false`.
        (n().attribute("Secure", "false"), "takes no value"),
        (n().attribute("httponly", "0"), "takes no value"),
        // §4.1.3, §5.7: the prefixes, in any case.
        (named("__Secure-n"), "`Secure`"),
        (named("__secure-n"), "`Secure`"),
        (named("__Host-n"), "`Secure`"),
        (secure("__Host-n").path("/p"), "`Path=/`"),
        (secure("__Host-n").path(""), "`Path=/`"),
        (secure("__HOST-n").path("/p"), "`Path=/`"),
        (secure("__Host-n").domain("example.com"), "`Domain`"),
        (secure("__Host-n").attribute("Domain", "example.com"), "`Domain`"),
        (secure("__hOsT-n").attribute("dOmAiN", "example.com"), "`Domain`"),
        (secure("__Host-n").attribute("Path", "/p"), "`Path=/`"),
        (named("__Http-n"), "`Secure`"),
        (secure("__Http-n"), "`HttpOnly`"),
        (named("__http-n").http_only(true), "`Secure`"),
        (secure("__Host-Http-n"), "`HttpOnly`"),
        (secure("__Host-Http-n").http_only(true).path("/p"), "`Path=/`"),
        (secure("__host-http-n").http_only(true).domain("example.com"), "`Domain`"),
    ]
}

#[test]
fn cookie_that_a_browser_drops_is_500_with_the_rule_in_its_source() {
    for (cookie, rule) in dropped() {
        let response = (cookie.clone(), "response").into_response();
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR, "{cookie:?}: {rule}");
        assert!(!response.headers().contains_key(SET_COOKIE) && !response.headers().contains_key("x-evil"));
        let reason = response.extensions().get::<Error>().unwrap().source().unwrap().to_string();
        assert!(reason.contains("cannot be set") && reason.contains(rule), "{reason}");

        let mut cookies = Cookies::default();
        cookies.set(cookie.clone());
        assert_eq!((cookies, "response").into_response().status(), 500, "{cookie:?}: {rule}");
    }
}

#[test]
fn cookie_at_the_limits_is_sent() {
    for (cookie, expected) in [
        (SetCookie::new("n", "v".repeat(4095)), format!("n={}; Path=/", "v".repeat(4095))),
        (SetCookie::new("n", "v").path(format!("/{}", "p".repeat(1023))), format!("n=v; Path=/{}", "p".repeat(1023))),
        (SetCookie::new("n", "v").domain(".Example.com"), "n=v; Path=/; Domain=.Example.com".into()),
        (SetCookie::new("n", "v").domain("127.0.0.1"), "n=v; Path=/; Domain=127.0.0.1".into()),
        (SetCookie::new("n", "v").attribute("Max-Age", "-1"), "n=v; Path=/; Max-Age=-1".into()),
        (SetCookie::new("__Secure-n", "v").secure(true).path("/p"), "__Secure-n=v; Path=/p; Secure".into()),
        (SetCookie::new("__Host-n", "v").secure(true), "__Host-n=v; Path=/; Secure".into()),
        (SetCookie::new("__Http-n", "v").secure(true).http_only(true), "__Http-n=v; Path=/; Secure; HttpOnly".into()),
        (
            SetCookie::new("__Host-Http-n", "v").secure(true).http_only(true),
            "__Host-Http-n=v; Path=/; Secure; HttpOnly".into(),
        ),
        (SetCookie::new("__Host", "v"), "__Host=v; Path=/".into()),
    ] {
        assert_eq!(line(cookie), expected);
    }
}

/// A neighbouring host, or a page without TLS, can set any cookie here except one with a prefix. So a name that a
/// browser does not treat as `__Host-s` must not be read as `__Host-s`.
#[test]
fn cookie_with_a_prefix_is_read_by_its_exact_name_only() {
    for (sent, expected, reason) in [
        ("__Host-s=good", Some("good"), "the cookie itself"),
        (" \t__Host-s \t= \tgood\t ", Some("good"), "SP and HTAB are trimmed: a browser cannot keep them in a name"),
        ("__Host-s=good; =__Host-s=evil", Some("good"), "a cookie with an empty name, and a value with `=`"),
        ("=__Host-s=evil", None, "as the line before"),
        ("__Host-s=good; __Host-s", Some("good"), "no `=`: a cookie without a name"),
        ("__Host-s", None, "as the line before"),
        ("__Host-s=good; __host-s=evil", Some("good"), "names are compared with their case"),
        ("__HOST-s=evil", None, "as the line before"),
        ("__Host-s=good; __%48ost-s=evil", Some("good"), "a name is not decoded"),
        ("__Host-s=good; \"__Host-s\"=evil", Some("good"), "a quote is a part of the name"),
        ("__Host-s=good; $__Host-s=evil", Some("good"), "the `$` of RFC 2965 is a part of the name"),
        ("__Host-s=good; x=1, __Host-s=evil", Some("good"), "`,` separates nothing"),
        ("__Host-s=good; x __Host-s=evil", Some("good"), "white space inside belongs to the name"),
        ("__Host-s=good; __Host-s.x=evil; __Host-s[0]=evil", Some("good"), "a name is not a path into an object"),
        ("__Host-s=\"good\"", Some("\"good\""), "quotes are a part of the value"),
        ("__Host-s=1; __Host-s=2", Some("2"), "only this host can set both: the last is read, as of any name"),
    ] {
        assert_eq!(cookies(&[sent]).get("__Host-s"), expected, "{sent:?}: {reason}");
    }
    // The characters of `char::is_whitespace` except SP and HTAB, and others that are invisible or that other languages trim.
    let spaces = "\u{85}\u{a0}\u{1680}\u{2000}\u{2001}\u{2002}\u{2003}\u{2004}\u{2005}\u{2006}\u{2007}\u{2008}\u{2009}\u{200a}\
                  \u{2028}\u{2029}\u{202f}\u{205f}\u{3000}\u{180e}\u{200b}\u{feff}";
    for space in spaces.chars() {
        for evil in [format!("{space}__Host-s"), format!("__Host-s{space}"), format!(" {space} __Host-s")] {
            let sent = format!("__Host-s=good; {evil}=evil");
            let read = cookies(&[&sent]);
            assert_eq!(
                (read.get("__Host-s"), read.get(evil.trim_matches(' '))),
                (Some("good"), Some("evil")),
                "{sent:?}"
            );
            assert_eq!(read.get_all("__Host-s").count(), 1, "{sent:?}");
        }
        let value = format!("{space}v{space}");
        assert_eq!(cookies(&[&format!("n={value}")]).get("n"), Some(value.as_str()), "a value is not changed either");
    }
}

#[test]
fn cookies_of_one_name_with_different_paths_or_domains_are_all_sent() {
    const GONE: &str = "Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0";
    let moved = || [SetCookie::delete("s").path("/old"), SetCookie::delete("s").domain("example.com")];
    let expected = [
        format!("s=; Path=/old; {GONE}"),
        format!("s=; Path=/; {GONE}; Domain=example.com"),
        "s=new; Path=/".to_owned(),
    ];
    let [path, domain] = moved();
    assert_eq!(lines((path, domain, (SetCookie::new("s", "new"), "").into_response())).len(), 3, "as parts");

    let mut cookies = cookies(&["s=old"]);
    for deletion in moved() {
        cookies.delete_cookie(deletion);
    }
    cookies.set(("s", "new"));
    assert_eq!(cookies.get("s"), Some("new"));
    assert_eq!(lines((cookies, "")), expected, "as `Cookies`");

    let mut cookies = Cookies::default();
    cookies.set(("s", "new"));
    for deletion in moved() {
        cookies.delete_cookie(deletion);
    }
    assert_eq!(cookies.get_all("s").collect::<Vec<_>>(), ["new"], "the deletions name other cookies");
    assert_eq!(lines((cookies, "")).len(), 3);

    let mut cookies = Cookies::default();
    cookies.set(("s", "store"));
    cookies.set(SetCookie::new("s", "shop").path("/shop"));
    let own = [(SET_COOKIE, "s=own; Secure; path=/")];
    assert_eq!(lines((cookies, (own, "").into_response())), ["s=own; Secure; path=/", "s=shop; Path=/shop"]);
}

#[test]
fn later_cookie_replaces_one_with_its_name_domain_and_path() {
    let a = |value: &'static str| SetCookie::new("a", value);
    assert_eq!(lines((a("1"), a("2"), "")), ["a=2; Path=/"]);
    assert_eq!(
        lines((a("1").domain("Example.com"), a("2").domain(".example.com"), "")),
        ["a=2; Path=/; Domain=.example.com"]
    );
    let own = [("set-cookie", "a=0 ;Path = /"), ("set-cookie", "b=1; Path=/a; Path=/")];
    assert_eq!(lines((a("1"), (own, "").into_response())), ["b=1; Path=/a; Path=/", "a=1; Path=/"]);
    assert_eq!(lines((SetCookie::new("b", "2"), (own, "").into_response())), ["a=0 ;Path = /", "b=2; Path=/"]);
    let own = [("set-cookie", "a=0; Path=/; HttpOnly; Priority=/x")];
    assert_eq!(lines((a("1"), (own, "").into_response())), ["a=1; Path=/"]);
}

#[test]
fn value_of_a_cookie_is_not_printed() {
    let cookie = || SetCookie::new("session", "hunter2").http_only(true);
    let mut cookies = cookies(&["session=hunter2; theme=hunter2"]);
    cookies.set(SetCookie::new("new", "hunter2"));
    let response = (cookie(), "").into_response();
    for shown in [format!("{:?}", cookie()), format!("{cookies:?}"), format!("{cookies:#?}"), format!("{response:?}")] {
        assert!(!shown.contains("hunter2"), "{shown}");
    }
    assert_eq!(format!("{:?}", cookie()), r#"SetCookie { name: "session", .. }"#);
    assert_eq!(format!("{cookies:?}"), r#"Cookies { names: ["session", "theme", "new"], .. }"#);
}

#[test]
fn changed_cookies_are_read_back_and_sent_once() {
    let mut cookies = cookies(&["a=old; gone=1"]);
    cookies.set(("a", "1"));
    cookies.set(("a", "2"));
    cookies.set(SetCookie::new("b", "3").http_only(true));
    cookies.delete("gone");
    assert_eq!((cookies.get("a"), cookies.get("gone")), (Some("2"), None));
    let expected =
        ["a=2; Path=/", "b=3; Path=/; HttpOnly", "gone=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0"];
    assert_eq!(lines((cookies, StatusCode::NO_CONTENT)), expected);
}

#[test]
fn set_cookie_header_of_the_response_is_kept() {
    let mut headers = HeaderMap::new();
    headers.append(SET_COOKIE, "raw=1; Secure".parse().unwrap());
    headers.append(SET_COOKIE, "both=response; Path=/".parse().unwrap());
    let mut cookies = cookies(&[]);
    cookies.set(("both", "store"));
    cookies.set(("store", "1"));
    assert_eq!(lines((cookies, (headers, "response"))), ["raw=1; Secure", "both=response; Path=/", "store=1; Path=/"]);
}

#[test]
fn cookie_for_the_folder_of_the_request_is_sent_beside_one_for_the_root() {
    // In a response to `/shop/cart`, a browser stores the first two cookies with the path `/shop`.
    let own = [(SET_COOKIE, "s=folder"), (SET_COOKIE, "t=folder; Path=shop"), (SET_COOKIE, "u=root; Path=/")];
    let mut cookies = Cookies::default();
    for name in ["s", "t", "u"] {
        cookies.set((name, "store"));
    }
    let expected = ["s=folder", "t=folder; Path=shop", "u=root; Path=/", "s=store; Path=/", "t=store; Path=/"];
    assert_eq!(lines((cookies, (own, "").into_response())), expected);
}

/// The cookie that a browser stores for a line from `https://shop.example.com/a/b` (RFC 6265bis §5.6, §5.7, `Partitioned`).
#[derive(Debug, PartialEq)]
struct Stored {
    name: String,
    value: String,
    domain: Option<String>,
    path: String,
    is_secure: bool,
    is_http_only: bool,
}

fn stored(line: &str) -> Option<Stored> {
    let trim = |text: &str| text.trim_matches([' ', '\t']).to_owned();
    if line.bytes().any(|byte| matches!(byte, 0..=8 | 10..=31 | 127)) {
        return None;
    }
    let mut parts = line.split(';');
    let (name, value) = parts.next()?.split_once('=')?;
    let (name, value) = (trim(name), trim(value));
    let (mut domain, mut path, mut same_site) = (None, None, String::new());
    let (mut is_secure, mut is_http_only, mut is_partitioned) = (false, false, false);
    for part in parts {
        let (attribute, value) = part.split_once('=').unwrap_or((part, ""));
        let (attribute, value) = (trim(attribute).to_ascii_lowercase(), trim(value));
        if value.len() > 1024 {
            continue;
        }
        match attribute.as_str() {
            "domain" => domain = Some(value.strip_prefix('.').unwrap_or(&value).to_ascii_lowercase()),
            "path" => path = Some(value).filter(|path| path.starts_with('/')),
            "secure" => is_secure = true,
            "httponly" => is_http_only = true,
            "partitioned" => is_partitioned = true,
            "samesite" => same_site = value.to_ascii_lowercase(),
            _ => {}
        }
    }
    let has_explicit_root = path.as_deref() == Some("/");
    let domain = domain.filter(|domain| !domain.is_empty());
    let path = path.unwrap_or_else(|| "/a".to_owned());
    let lower = name.to_ascii_lowercase();
    let is_dropped = name.is_empty()
        || name.len() + value.len() > 4096
        || domain.as_ref().is_some_and(|domain| !"shop.example.com".ends_with(domain.as_str()))
        || (!is_secure && (same_site == "none" || is_partitioned))
        || (lower.starts_with("__secure-") && !is_secure)
        || (lower.starts_with("__http-") && !(is_secure && is_http_only))
        || (lower.starts_with("__host-") && !(is_secure && has_explicit_root && domain.is_none()))
        || (lower.starts_with("__host-http-") && !is_http_only);
    (!is_dropped).then_some(Stored { name, value, domain, path, is_secure, is_http_only })
}

/// A call of a method of [`SetCookie`].
#[derive(Clone, Debug)]
enum Call {
    Path(String),
    Domain(String),
    Secure(bool),
    HttpOnly(bool),
    SameSite(SameSite),
    Partitioned(bool),
    Attribute(String, String),
}

fn call() -> impl Strategy<Value = Call> {
    let name =
        prop_oneof!["(?i)path|domain|secure|httponly|samesite|partitioned|max-age|expires|priority", "\\PC{0,4}"];
    let value =
        prop_oneof!["", "/[a-z]{0,3}", "(?i)strict|none|\\.?example\\.com|-?[0-9]{1,3}", "[ -~]{0,6}", "\\PC{0,4}"];
    prop_oneof![
        prop_oneof!["", "/", "/[a-z/]{0,9}", "/a{1020,1026}", "[ -~]{0,9}", "\\PC{0,4}"].prop_map(Call::Path),
        prop_oneof!["", "\\.?example\\.com", "[a-z.]{0,9}", "\\PC{0,4}"].prop_map(Call::Domain),
        any::<bool>().prop_map(Call::Secure),
        any::<bool>().prop_map(Call::HttpOnly),
        prop_oneof![Just(SameSite::Strict), Just(SameSite::Lax), Just(SameSite::None)].prop_map(Call::SameSite),
        any::<bool>().prop_map(Call::Partitioned),
        (name, value).prop_map(|(name, value)| Call::Attribute(name, value)),
    ]
}

fn made(cookie: SetCookie, call: &Call) -> SetCookie {
    match call.clone() {
        Call::Path(path) => cookie.path(path),
        Call::Domain(domain) => cookie.domain(domain),
        Call::Secure(is_set) => cookie.secure(is_set),
        Call::HttpOnly(is_set) => cookie.http_only(is_set),
        Call::SameSite(same_site) => cookie.same_site(same_site),
        Call::Partitioned(is_set) => cookie.partitioned(is_set),
        Call::Attribute(name, value) => cookie.attribute(name, value),
    }
}

/// A change that a handler makes to its cookies.
#[derive(Clone, Debug)]
enum Step {
    Set(String, String),
    Delete(String, String),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        ("[ab]", "/[xy]?").prop_map(|(name, path)| Step::Set(name, path)),
        ("[ab]", "/[xy]?").prop_map(|(name, path)| Step::Delete(name, path)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_cookie_is_read_back_or_refused(name in "\\PC*", value in any::<String>(), path in any::<String>()) {
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

    /// A cookie is refused, or stored with the last value of each method, whatever the order of the methods.
    #[test]
    fn cookie_that_is_sent_is_stored_as_it_was_meant(
        name in prop_oneof!["(?i)(__(secure|host|http|host-http)-)?[a-z]{0,2}", "[ -~]{0,3}"],
        value in prop_oneof!["[a-z]{0,3}", "[a-z]{4093,4096}"],
        calls in prop::collection::vec(call(), 0..6),
    ) {
        let cookie = calls.iter().fold(SetCookie::new(name.clone(), value.clone()), made);
        let response = (cookie, "").into_response();
        if response.status() == 500 {
            prop_assert!(!response.headers().contains_key(SET_COOKIE));
            return Ok(());
        }
        let line = response.headers()[SET_COOKIE].to_str().unwrap();
        let attributes: Vec<_> = line.split("; ").skip(1).map(|part| part.split('=').next().unwrap().to_ascii_lowercase()).collect();
        let distinct: std::collections::HashSet<_> = attributes.iter().collect();
        prop_assert_eq!(distinct.len(), attributes.len(), "RFC 6265bis §4.1.1: no attribute twice: {}", line);

        let mut meant = Stored { name, value, domain: None, path: "/".into(), is_secure: false, is_http_only: false };
        for call in calls {
            match call {
                Call::Path(path) => meant.path = path,
                Call::Domain(domain) => meant.domain = Some(domain),
                Call::Secure(is_set) => meant.is_secure = is_set,
                Call::HttpOnly(is_set) => meant.is_http_only = is_set,
                Call::Attribute(name, value) => match name.to_ascii_lowercase().as_str() {
                    "path" => meant.path = value,
                    "domain" => meant.domain = Some(value),
                    "secure" => meant.is_secure = true,
                    "httponly" => meant.is_http_only = true,
                    _ => {}
                },
                Call::SameSite(_) | Call::Partitioned(_) => {}
            }
        }
        if meant.path.is_empty() {
            meant.path = "/a".into();
        }
        meant.domain = meant.domain.map(|domain| domain.strip_prefix('.').unwrap_or(&domain).to_ascii_lowercase());
        let is_elsewhere = meant.domain.as_ref().is_some_and(|domain| !"shop.example.com".ends_with(domain.as_str()));
        prop_assert_eq!(stored(line), (!is_elsewhere).then_some(meant), "{}", line);
    }

    /// A lookup by name gives the result of a search through the whole list.
    #[test]
    fn lookup_by_name_finds_what_a_search_finds(
        sent in prop::collection::vec(("[abc]", "[xyz]"), 0..8),
        steps in prop::collection::vec(step(), 0..8),
    ) {
        let sent: Vec<_> = sent.into_iter().map(|(name, value)| (name, String::new(), value, true)).collect();
        let line: Vec<_> = sent.iter().map(|(name, _, value, _)| format!("{name}={value}")).collect();
        let mut real = cookies(&[&line.join(";")]);
        let mut model = sent;
        let mut changed: Vec<(String, String)> = Vec::new();
        for (number, step) in steps.into_iter().enumerate() {
            let (name, path, is_set) = match step {
                Step::Set(name, path) => (name, path, true),
                Step::Delete(name, path) => (name, path, false),
            };
            model.retain(|(own, of, ..)| *own != name || !of.is_empty());
            let change = (name.clone(), path.clone(), number.to_string(), is_set);
            match model.iter_mut().find(|(own, of, ..)| (own, of) == (&name, &path)) {
                Some(known) => *known = change,
                None => model.push(change),
            }
            if !changed.contains(&(name.clone(), path.clone())) {
                changed.push((name.clone(), path.clone()));
            }
            if is_set {
                real.set(SetCookie::new(name, number.to_string()).path(path));
            } else {
                real.delete_cookie(SetCookie::delete(name).path(path));
            }
        }
        model.retain(|(.., is_there)| *is_there);
        let pairs: Vec<_> = model.iter().map(|(name, _, value, _)| (name.as_str(), value.as_str())).collect();
        prop_assert_eq!(real.iter().collect::<Vec<_>>(), pairs.clone());
        for name in ["a", "b", "c", "d"] {
            let of_name: Vec<_> = pairs.iter().filter(|(own, _)| *own == name).map(|(_, value)| *value).collect();
            prop_assert_eq!(real.get(name), of_name.last().copied());
            prop_assert_eq!(real.contains(name), !of_name.is_empty());
            prop_assert_eq!(real.get_all(name).collect::<Vec<_>>(), of_name);
        }
        let names: Vec<_> = lines((real, "")).iter().map(|line| line.split('=').next().unwrap().to_owned()).collect();
        prop_assert_eq!(names, changed.into_iter().map(|(name, _)| name).collect::<Vec<_>>());
    }
}

#[cfg(feature = "cookie-signed")]
mod sealed {
    //! Cookies that are signed or encrypted.

    use cookie::CookieJar;
    use route_handlers::cookie::Key;

    use super::*;

    type Seal = fn(SetCookie, &Key) -> SetCookie;
    type Open = fn(&Cookies, &str, &Key) -> Option<String>;

    /// The functions that seal a cookie and open it again.
    const KINDS: [(Seal, Open); 2] =
        [(SetCookie::signed, Cookies::get_signed), (SetCookie::private, Cookies::get_private)];

    fn key(byte: u8) -> Key {
        Key::from(&[byte; 64])
    }

    /// The `name=value` that a browser sends back for a `Set-Cookie` line.
    fn sent(cookie: SetCookie) -> String {
        line(cookie).split(';').next().unwrap().to_owned()
    }

    #[test]
    fn sealed_cookie_opens_with_its_key_and_its_name_only() {
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
    fn unsealed_or_changed_cookie_is_none() {
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
    fn signed_and_encrypted_values_are_never_mixed_up() {
        let jar = cookies(&[&sent(SetCookie::new("n", "v").signed(&key(1)))]);
        assert_eq!((jar.get_private("n", &key(1)), jar.get("n") == Some("v")), (None, false));
        let jar = cookies(&[&sent(SetCookie::new("n", "v").private(&key(1)))]);
        assert_eq!(jar.get_signed("n", &key(1)), None);
    }

    #[test]
    fn forged_cookie_does_not_hide_a_genuine_one() {
        for (seal, open) in KINDS {
            let [old, new] = ["old", "new"].map(|value| sent(seal(SetCookie::new("n", value), &key(1))));
            let jar = cookies(&[&format!("{old}; {new}; n=forged")]);
            assert_eq!(open(&jar, "n", &key(1)).as_deref(), Some("new"));
        }
    }

    #[test]
    fn sealed_cookie_follows_the_prefix_rules() {
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
    fn encryption_is_randomized_and_signing_is_not() {
        let cookie = || SetCookie::new("n", "v");
        assert_ne!(cookie().private(&key(1)).value(), cookie().private(&key(1)).value());
        assert_eq!(cookie().signed(&key(1)).value(), cookie().signed(&key(1)).value());
    }

    // The `CookieJar` of the `cookie` crate binds the name of a private cookie, but not of a signed one.
    #[test]
    fn value_signed_without_its_name_is_refused() {
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
        fn any_sealed_value_opens_and_any_other_text_does_not(value in any::<String>(), noise in any::<String>()) {
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
