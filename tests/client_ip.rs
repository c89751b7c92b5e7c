//! The argument `ClientIp`: the address of the connection, or the client behind trusted proxies.
#![cfg(feature = "testing")]

mod support;

use std::net::{IpAddr, SocketAddr};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use http::{HeaderName, HeaderValue};
use route_handlers::extract::{ClientIp, TrustedProxies};
use route_handlers::testing::{Client, RequestBuilder};
use route_handlers::{FromHead, RouteHandlers};

use support::{get, send};

const FORWARDED: &str = "forwarded";
const X_FORWARDED_FOR: &str = "x-forwarded-for";

fn ip(text: &str) -> IpAddr {
    text.parse().expect("an IP address")
}

/// The proxies of most tests. The connection comes from `10.0.0.1`.
fn proxies(header: &str) -> TrustedProxies {
    let list = ["10.0.0.0/8", "2001:db8:ffff::/48", "192.0.2.1"];
    if header == FORWARDED { TrustedProxies::forwarded(list) } else { TrustedProxies::x_forwarded_for(list) }
}

/// The client of a connection, for the lines of a header.
fn client_of(
    proxies: TrustedProxies,
    peer: Option<&str>,
    header: &'static str,
    lines: &[impl AsRef<[u8]>],
) -> Option<IpAddr> {
    let api = RouteHandlers::new()
        .with_state(proxies)
        .get("/", async |ip: Option<ClientIp>| ip.map_or("none".to_owned(), |ClientIp(ip)| ip.to_string()));
    let mut request = get("/");
    for line in lines {
        let value = HeaderValue::from_bytes(line.as_ref()).expect("valid in a header");
        request.headers_mut().append(HeaderName::from_static(header), value);
    }
    if let Some(peer) = peer {
        request.extensions_mut().insert(SocketAddr::new(ip(peer), 5000));
    }
    let (_, _, text) = tokio_test::block_on(send(api, request));
    text.parse().ok()
}

#[track_caller]
fn assert_clients(header: &'static str, cases: &[(&str, &str)]) {
    for (line, client) in cases {
        assert_eq!(client_of(proxies(header), Some("10.0.0.1"), header, &[line]), Some(ip(client)), "{header}: {line}");
    }
}

#[tokio::test]
async fn address_of_the_connection_is_the_client() {
    let client = Client::new(RouteHandlers::new().get("/", async |ClientIp(ip): ClientIp| ip.to_string()));
    let ask = |peer: &str| client.get("/").extension(SocketAddr::new(ip(peer), 5000));
    assert_eq!(ask("203.0.113.7").await.text(), "203.0.113.7");
    assert_eq!(ask("2001:db8::1").await.text(), "2001:db8::1");
    assert_eq!(ask("::ffff:203.0.113.7").await.text(), "203.0.113.7", "as a listener of IPv6 sees a client of IPv4");
    let forged = ask("203.0.113.7").header(X_FORWARDED_FOR, "1.1.1.1").header(FORWARDED, "for=1.1.1.1");
    assert_eq!(forged.await.text(), "203.0.113.7", "no proxy is trusted");
}

#[tokio::test]
async fn request_without_an_address_is_500_and_none_for_an_option() {
    let api = RouteHandlers::new()
        .with_state(proxies(X_FORWARDED_FOR))
        .get("/", async |ClientIp(ip): ClientIp| ip.to_string())
        .get("/optional", async |ip: Option<ClientIp>| ip.is_some().to_string());
    let client = Client::new(api).with_header(X_FORWARDED_FOR, "203.0.113.7");
    let response = client.get("/").await;
    response.assert_status(500);
    assert!(!response.text().contains("TrustedProxies"), "the fix is logged, not sent");
    assert_eq!(client.get("/optional").await.text(), "false");

    let error = ClientIp::from_head(&RequestBuilder::get("/").build().head()).unwrap_err();
    let logged = error.source().expect("the error has a source").to_string();
    for word in ["hosts::hyper::serve", "SocketAddr", "ClientIp", "unix:"] {
        assert!(logged.contains(word), "{logged}");
    }
}

#[test]
fn client_ip_in_the_extensions_comes_first() {
    let request = RequestBuilder::get("/")
        .extension(SocketAddr::from(([10, 0, 0, 1], 5000)))
        .extension(ClientIp(ip("::ffff:203.0.113.7")))
        .state(proxies(X_FORWARDED_FOR))
        .header(X_FORWARDED_FOR, "1.1.1.1")
        .build();
    assert_eq!(ClientIp::from_head(&request.head()).unwrap(), ClientIp(ip("203.0.113.7")));
}

#[cfg(feature = "axum")]
#[test]
fn connect_info_of_axum_is_an_address() {
    use axum::extract::ConnectInfo;

    let request = RequestBuilder::get("/").extension(ConnectInfo(SocketAddr::from(([192, 0, 2, 9], 80)))).build();
    assert_eq!(ClientIp::from_head(&request.head()).unwrap(), ClientIp(ip("192.0.2.9")));
}

#[test]
fn header_of_an_untrusted_connection_is_not_read() {
    for header in [FORWARDED, X_FORWARDED_FOR] {
        for line in ["1.1.1.1", "for=1.1.1.1", "10.0.0.1", "for=10.0.0.1"] {
            let client = client_of(proxies(header), Some("203.0.113.9"), header, &[line]);
            assert_eq!(client, Some(ip("203.0.113.9")), "{header}: {line}");
        }
    }
}

#[test]
fn only_the_named_header_is_read() {
    assert_eq!(
        client_of(proxies(X_FORWARDED_FOR), Some("10.0.0.1"), FORWARDED, &["for=1.1.1.1"]),
        Some(ip("10.0.0.1"))
    );
    assert_eq!(client_of(proxies(FORWARDED), Some("10.0.0.1"), X_FORWARDED_FOR, &["1.1.1.1"]), Some(ip("10.0.0.1")));
}

#[test]
fn first_untrusted_address_from_the_right_is_the_client() {
    assert_clients(
        X_FORWARDED_FOR,
        &[
            ("203.0.113.7", "203.0.113.7"),
            ("1.1.1.1, 203.0.113.7", "203.0.113.7"),
            ("1.1.1.1, 203.0.113.7, 10.9.9.9", "203.0.113.7"),
            ("1.1.1.1,203.0.113.7,192.0.2.1,10.9.9.9", "203.0.113.7"),
            ("203.0.113.7, 192.0.2.2", "192.0.2.2"),
            ("2001:db8::7, 2001:db8:ffff:1::1", "2001:db8::7"),
            ("203.0.113.7 ,\t10.9.9.9 ", "203.0.113.7"),
            ("203.0.113.7, , ,10.9.9.9,,", "203.0.113.7"), // RFC 9110 §5.6.1.2
            ("10.3.3.3, 10.2.2.2", "10.3.3.3"),            // all trusted: the leftmost
            ("", "10.0.0.1"),
        ],
    );
    assert_clients(
        FORWARDED,
        &[
            ("for=203.0.113.7", "203.0.113.7"),
            ("for=1.1.1.1, for=203.0.113.7;proto=https, for=10.9.9.9", "203.0.113.7"),
            ("for=10.3.3.3, for=10.2.2.2", "10.3.3.3"),
            ("", "10.0.0.1"),
        ],
    );
}

#[test]
fn nodes_of_rfc_7239_are_read() {
    assert_clients(
        FORWARDED,
        &[
            // RFC 7239 §4 and §6
            (r#"For="[2001:db8:cafe::17]:4711""#, "2001:db8:cafe::17"),
            ("for=192.0.2.60;proto=http;by=203.0.113.43", "192.0.2.60"),
            ("for=192.0.2.43, for=198.51.100.17;by=203.0.113.60;proto=http;host=example.com", "198.51.100.17"),
            (r#"for="192.0.2.43:47011""#, "192.0.2.43"),
            (r#"for="[2001:db8:cafe::17]:47011""#, "2001:db8:cafe::17"),
            (r#"for="192.0.2.43:_port.1-x""#, "192.0.2.43"),
            (r#"proto=https; FOR="203.0.113.7" ; host="a, for=1.1.1.1""#, "203.0.113.7"),
            (r#"for=203.0.113.7;host="a\", for=1.1.1.1""#, "203.0.113.7"),
            (r#"for=203.0.113.7;host="a\\", for=10.1.1.1"#, "203.0.113.7"),
            (r#"for="[::ffff:203.0.113.7]""#, "203.0.113.7"),
        ],
    );
}

#[test]
fn addresses_in_x_forwarded_for_may_have_ports_and_brackets() {
    assert_clients(
        X_FORWARDED_FOR,
        &[
            ("203.0.113.7:443", "203.0.113.7"),
            ("[2001:db8::7]", "2001:db8::7"),
            ("[2001:db8::7]:443", "2001:db8::7"),
            ("::ffff:203.0.113.7", "203.0.113.7"),
            ("203.0.113.7, ::ffff:10.2.2.2", "203.0.113.7"), // a mapped address is compared as IPv4
        ],
    );
}

#[test]
fn malformed_or_hidden_entry_ends_at_the_last_proxy() {
    let malformed = [
        "unknown",
        "_hidden",
        "nonsense",
        "203.0.113",
        "203.0.113.007",
        "203.0.113.7:",
        "203.0.113.7:http",
        "203.0.113.7:65536",
        "203.0.113.7:+80",
        "203.0.113.7 1.1.1.1",
        "[203.0.113.7]",
        "[2001:db8::7",
        "[2001:db8::7]x",
        "2001:db8::7]",
        "fe80::1%eth0",
        "203.0.113.7/32",
        "\"203.0.113.7\"",
        "1",
        ":",
        "[]",
    ];
    for entry in malformed {
        assert_clients(X_FORWARDED_FOR, &[(&format!("1.1.1.1, {entry}, 10.9.9.9"), "10.9.9.9"), (entry, "10.0.0.1")]);
    }
    let malformed = [
        "for=unknown",
        "for=_hidden",
        r#"for="_SEVKISEK:80""#,
        "proto=https",
        "for",
        "for=",
        "=203.0.113.7",
        "203.0.113.7",
        "for=203.0.113.7;for=1.1.1.1",
        r#"for="203.0.113.7""x"#,
        r#"for="203.0.113.7;proto=https"#,
        r#"for=203.0.113.7""#,
        r#"for="203.0.113.7:""#,
        r#"for=" 203.0.113.7""#,
        "f or=203.0.113.7",
    ];
    for entry in malformed {
        assert_clients(FORWARDED, &[(&format!("{entry}, for=10.9.9.9"), "10.9.9.9"), (entry, "10.0.0.1")]);
    }
}

#[test]
fn bytes_that_are_not_text_end_the_walk() {
    let lines = [b"1.1.1.1, \xff\xfe, 10.9.9.9".as_slice()];
    assert_eq!(client_of(proxies(X_FORWARDED_FOR), Some("10.0.0.1"), X_FORWARDED_FOR, &lines), Some(ip("10.9.9.9")));
    let lines = [b"\xff, 203.0.113.7".as_slice()];
    assert_eq!(client_of(proxies(X_FORWARDED_FOR), Some("10.0.0.1"), X_FORWARDED_FOR, &lines), Some(ip("203.0.113.7")));
}

#[test]
fn client_cannot_change_what_the_proxy_appended() {
    let prefixes = [
        r#"""#,
        r#"for=1.1.1.1;x=""#,
        r#"for=1.1.1.1;x="\"#,
        r#"for="1.1.1.1"#,
        r"\",
        r#"",for=1.1.1.1;x=""#,
        "for=1.1.1.1;",
        r#"for=1.1.1.1, for=""#,
        "\\\"\\\"",
        ";;;,,,",
    ];
    let appended = ["for=203.0.113.7", r#"for="203.0.113.7:80";host="x""#, r#"host="\"a\\";for=203.0.113.7"#];
    for prefix in prefixes {
        for appended in appended {
            assert_clients(FORWARDED, &[(&format!("{prefix}, {appended}"), "203.0.113.7")]);
        }
        assert_clients(X_FORWARDED_FOR, &[(&format!("{prefix}, 203.0.113.7"), "203.0.113.7")]);
    }
}

#[test]
fn several_lines_are_one_list() {
    let lines = ["1.1.1.1", "203.0.113.7, 10.8.8.8", "10.9.9.9"];
    assert_eq!(client_of(proxies(X_FORWARDED_FOR), Some("10.0.0.1"), X_FORWARDED_FOR, &lines), Some(ip("203.0.113.7")));
    let lines = [r#"for=1.1.1.1;x=""#, "for=203.0.113.7", r#"for="10.9.9.9:1""#];
    assert_eq!(client_of(proxies(FORWARDED), Some("10.0.0.1"), FORWARDED, &lines), Some(ip("203.0.113.7")));
}

#[test]
fn network_has_the_addresses_with_its_prefix() {
    let is_trusted = |network: &str, address: &str| {
        let proxies = TrustedProxies::x_forwarded_for([network]);
        client_of(proxies, Some(address), X_FORWARDED_FOR, &["203.0.113.7"]) == Some(ip("203.0.113.7"))
    };
    for (network, inside, outside) in [
        (
            "10.0.0.0/8",
            vec!["10.0.0.0", "10.255.255.255", "::ffff:10.1.1.1"],
            vec!["9.255.255.255", "11.0.0.0", "::10.0.0.1"],
        ),
        ("172.16.0.0/12", vec!["172.16.0.0", "172.31.255.255"], vec!["172.15.255.255", "172.32.0.0"]),
        ("192.0.2.1", vec!["192.0.2.1"], vec!["192.0.2.0", "192.0.2.2"]),
        ("192.0.2.1/32", vec!["192.0.2.1"], vec!["192.0.2.0"]),
        ("0.0.0.0/0", vec!["0.0.0.0", "255.255.255.255"], vec!["::1"]),
        ("::1", vec!["::1"], vec!["::2", "127.0.0.1", "0.0.0.1"]),
        ("2001:db8::/33", vec!["2001:db8::", "2001:db8:7fff:ffff::1"], vec!["2001:db8:8000::", "2001:db7::"]),
        ("::/0", vec!["::", "ffff::1"], vec!["10.0.0.1"]),
        ("::ffff:10.0.0.0/104", vec!["10.0.0.0", "10.255.255.255"], vec!["11.0.0.0"]),
        (" 10.0.0.0/8\t", vec!["10.0.0.1"], vec!["11.0.0.0"]),
    ] {
        for address in inside {
            assert!(is_trusted(network, address), "{network} has {address}");
        }
        for address in outside {
            assert!(!is_trusted(network, address), "{network} has not {address}");
        }
    }
}

#[test]
fn unix_socket_is_trusted_on_demand() {
    let proxies = || TrustedProxies::x_forwarded_for(["unix:", "10.0.0.0/8"]);
    assert_eq!(
        client_of(proxies(), None, X_FORWARDED_FOR, &["1.1.1.1, 203.0.113.7, 10.1.1.1"]),
        Some(ip("203.0.113.7"))
    );
    assert_eq!(client_of(proxies(), None, X_FORWARDED_FOR, &["unknown"]), None);
    assert_eq!(client_of(proxies(), None, X_FORWARDED_FOR, &[""]), None);
}

#[test]
fn wrong_network_panics_with_the_fix() {
    for (text, words) in [
        ("10.0.0.1/8", vec!["`10.0.0.1/8`", "`10.0.0.0/8`", "`10.0.0.1`"]),
        ("2001:db8::1/32", vec!["`2001:db8::/32`", "`2001:db8::1`"]),
        ("10.0.0.0/33", vec!["from 0 to 32"]),
        ("::/129", vec!["from 0 to 128"]),
        ("10.0.0.0/", vec!["from 0 to 32"]),
        ("10.0.0.0/+8", vec!["from 0 to 32"]),
        ("10.0.0.0/255.0.0.0", vec!["from 0 to 32"]),
        ("10.0.0/8", vec!["`10.0.0.0/8`"]),
        ("proxy.internal", vec!["`proxy.internal`", "no host name"]),
        ("10.0.0.1:80", vec!["neither an IP address nor a network"]),
        ("", vec!["neither an IP address nor a network"]),
    ] {
        for new in [|text| TrustedProxies::forwarded([text]), |text| TrustedProxies::x_forwarded_for([text])] {
            let panic = catch_unwind(AssertUnwindSafe(|| new(text))).expect_err(text);
            let message = panic.downcast_ref::<String>().expect("the message is text");
            for word in &words {
                assert!(message.contains(word), "{word} in: {message}");
            }
        }
    }
}

#[test]
fn work_is_linear_in_the_header() {
    let time = |line: &str, header| {
        let start = Instant::now();
        client_of(proxies(header), Some("10.0.0.1"), header, &[line]);
        start.elapsed()
    };
    for pattern in
        ["10.1.1.1,", ",", "\"", "\\\"", "\"\\", "\\", "for=10.1.1.1,", "for=\"10.1.1.1\";a=b,", "a=b;", "[", ":"]
    {
        for header in [FORWARDED, X_FORWARDED_FOR] {
            // A quadratic walk over 300 kB takes minutes.
            let elapsed = time(&pattern.repeat(300_000 / pattern.len()), header);
            assert!(elapsed < Duration::from_secs(10), "{pattern} {header}: {elapsed:?}");
        }
    }
}

#[tokio::test]
async fn state_applies_to_the_routes_after_it_and_to_nested_tables_that_have_it() {
    let show = async |ClientIp(ip): ClientIp| ip.to_string();
    let base = RouteHandlers::new().with_state(proxies(X_FORWARDED_FOR));
    let api = RouteHandlers::new()
        .get("/before", show)
        .with_state(proxies(X_FORWARDED_FOR))
        .get("/after", show)
        .nest("/with", base.get("/", show))
        .nest("/without", RouteHandlers::new().get("/", show));
    let client = Client::new(api).with_header(X_FORWARDED_FOR, "203.0.113.7");
    let ask = async |path: &str| client.get(path).extension(SocketAddr::from(([10, 0, 0, 1], 5000))).await.text();
    assert_eq!([ask("/after").await, ask("/with").await], ["203.0.113.7", "203.0.113.7"]);
    assert_eq!([ask("/before").await, ask("/without").await], ["10.0.0.1", "10.0.0.1"]);
}
