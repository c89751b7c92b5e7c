//! The URL of a request: its scheme, its host, and requests without a valid one.

use http::Request as HttpRequest;
use http::uri::Scheme;
use proptest::prelude::*;
use route_handlers::{Body, Request, Result};

/// A GET request for a target, with headers.
fn request(target: &str, headers: &[(&str, &str)]) -> Request {
    let request = headers.iter().fold(HttpRequest::get(target), |request, (name, value)| request.header(*name, *value));
    request.body(Body::empty()).expect("the request is valid").into()
}

fn text_or_status(url: Result<http::Uri>) -> Result<String, u16> {
    url.map(|url| url.to_string()).map_err(|error| error.status().as_u16())
}

#[test]
fn host_is_read_from_the_target_else_from_the_header() {
    for (target, host, expected) in [
        ("/", "example.com", "http://example.com/"),
        ("/a%2Fb?q=%20+&r", "example.com:8080", "http://example.com:8080/a%2Fb?q=%20+&r"),
        ("//evil.example/", "example.com", "http://example.com//evil.example/"),
        ("/", "EXAMPLE.com", "http://example.com/"),
        ("/", "example.com:80", "http://example.com/"),
        ("/", "example.com:", "http://example.com/"),
        ("/", "example.com:443", "http://example.com:443/"),
        ("/", "127.0.0.1:3000", "http://127.0.0.1:3000/"),
        ("/", "[::1]", "http://[::1]/"),
        ("/", "[2001:DB8::1]:8080", "http://[2001:db8::1]:8080/"),
        ("/", "my_service", "http://my_service/"),
        ("http://other.test/a?b", "example.com", "http://other.test/a?b"),
        ("*", "example.com", "http://example.com/"),
        ("http://other.test", "example.com", "http://other.test/"),
        ("HTTPS://Other.test:443/", "example.com", "https://other.test/"),
        ("https://other.test:80/", "not a host", "https://other.test:80/"),
    ] {
        assert_eq!(
            text_or_status(request(target, &[("host", host)]).url()),
            Ok(expected.to_owned()),
            "{target} {host}"
        );
    }
    assert_eq!(
        text_or_status(request("https://h2.test/a", &[]).url()),
        Ok("https://h2.test/a".to_owned()),
        "HTTP/2 has no Host"
    );
}

#[test]
fn scheme_is_read_from_the_extension_of_the_host() {
    for (target, expected) in [("/", "https://example.com/"), ("http://example.com:443/", "http://example.com:443/")] {
        let mut request = request(target, &[("host", "example.com:443")]);
        request.extensions_mut().insert(Scheme::HTTPS);
        assert_eq!(text_or_status(request.url()), Ok(expected.to_owned()), "{target}");
    }
}

#[test]
fn invalid_host_is_400() {
    for host in [
        "",
        " ",
        ":",
        ":80",
        "a b",
        "a/b",
        "a?b",
        "a#b",
        "a\\b",
        "user@a",
        "user:pass@a",
        "a:b",
        "a:99999",
        "a:80:80",
        "a;b",
        "'a'",
        "<a>",
        "a%2Fb",
        "[::1",
        "::1",
        "[]",
        "é",
        "a\tb",
    ] {
        assert_eq!(text_or_status(request("/", &[("host", host)]).url()), Err(400), "{host:?}");
        let forwarded = request("/", &[("host", "example.com"), ("x-forwarded-host", host)]);
        assert_eq!(text_or_status(forwarded.forwarded_url()), Err(400), "{host:?}, forwarded");
    }
    assert_eq!(text_or_status(request("/", &[("host", "a,b")]).url()), Err(400), "a list");
    assert_eq!(text_or_status(request("/", &[]).url()), Err(400), "none");
    assert_eq!(text_or_status(request("/", &[("host", "a"), ("host", "a")]).url()), Err(400), "two");
    assert_eq!(text_or_status(request("http://user@a/", &[]).url()), Err(400), "a user in the target");
    assert_eq!(text_or_status(request("ftp://a/", &[]).url()), Err(400), "another scheme");

    let error = request("/", &[("host", "a b")]).url().unwrap_err();
    assert_eq!(error.problem().detail(), Some("the host is not a domain name or an IP address with an optional port"));
}

#[test]
fn forwarded_headers_are_read_by_forwarded_url_only() {
    const HOST: (&str, &str) = ("host", "inner:3000");
    let (host, proto) = (("x-forwarded-host", "Example.com:443"), ("x-forwarded-proto", "https"));
    for (headers, expected) in [
        (&[HOST][..], Ok("http://inner:3000/a")),
        (&[HOST, host], Ok("http://example.com:443/a")),
        (&[HOST, proto], Ok("https://inner:3000/a")),
        (&[HOST, host, proto], Ok("https://example.com/a")),
        (&[host, proto], Ok("https://example.com/a")),
        (&[HOST, ("x-forwarded-host", "evil.test, example.com")], Ok("http://example.com/a")),
        (&[HOST, ("x-forwarded-host", "evil.test"), ("x-forwarded-host", "example.com")], Ok("http://example.com/a")),
        (&[HOST, ("x-forwarded-proto", "http,HTTPS")], Ok("https://inner:3000/a")),
        (&[HOST, ("x-forwarded-proto", "javascript")], Err(400)),
        (&[HOST, ("x-forwarded-proto", "")], Err(400)),
    ] {
        let request = request("/a", headers);
        assert_eq!(text_or_status(request.forwarded_url()), expected.map(str::to_owned), "{headers:?}");
        let own = if headers.contains(&HOST) { Ok("http://inner:3000/a".to_owned()) } else { Err(400) };
        assert_eq!(text_or_status(request.url()), own, "{headers:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_host_header_is_the_host_of_the_url_or_refused(host in "[ -~]{0,12}", target in "/[ -~]{0,12}") {
        let Ok(built) = HttpRequest::get(target.as_str()).header("host", host.as_str()).body(Body::empty()) else {
            return Ok(());
        };
        let target = built.uri().clone();
        if let Ok(url) = Request::from(built).url() {
            let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
            let named = format!("{}{port}", url.host().unwrap());
            let sent = host.trim().to_ascii_lowercase();
            prop_assert_eq!(named.as_str(), sent.strip_suffix(":80").or(sent.strip_suffix(':')).unwrap_or(&sent));
            prop_assert_eq!(url.path_and_query(), target.path_and_query());
        }
    }
}
