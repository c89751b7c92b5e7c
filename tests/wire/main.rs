//! One table of requests and expected responses, sent as bytes over raw sockets to every host.
#![allow(clippy::duplicate_mod, reason = "the three examples share modules")]

mod check;
mod client;
mod hosts;
mod table;

use std::time::Duration;

use check::{check_case, request, send};
use client::Connection;
use hosts::Host;
use table::CASES;

/// Sends each case on a new connection, and a second request on that connection.
async fn check(host: Host) {
    let address = host.address;
    let mut failures = Vec::new();
    for case in CASES.iter().filter(|case| case.below_prefix || host.routes_the_prefix) {
        if let Err(failure) = check_case(address, case, host.prefix).await {
            failures.push(format!("{:?}: {failure}", case.request));
        }
    }
    let page = if host.has_a_page { (200, "the host's page") } else { (404, "") };
    let response = send(address, &request("GET /page")).await.unwrap();
    if response.status != page.0 || !response.text().contains(page.1) {
        failures.push(format!("a page of the host must reach the host: {response:?}"));
    }
    assert!(failures.is_empty(), "{}: {} failures\n{}", host.name, failures.len(), failures.join("\n"));
}

macro_rules! hosts {
    ($($name:ident)*) => {$(
        #[tokio::test]
        async fn $name() {
            check(hosts::$name().await).await;
        }
    )*};
}

hosts! {
    hyper_alone
    hyper_over_a_service
    axum_in_router_layer
    axum_as_fallback_service
    axum_in_nest_service
    axum_over_a_router
    axum_over_a_tonic_router
    warp_over_filters
}

#[cfg(feature = "hyper")]
hosts! {
    hyper_service_alone
    hyper_service_over_a_service
}

#[cfg(feature = "warp")]
hosts! {
    warp_as_a_filter
}

/// warp's stream of a body does not tell its length.
#[cfg(feature = "warp")]
#[tokio::test]
async fn warp_filter_sends_the_length_of_a_streamed_download() {
    let address = hosts::warp_as_a_filter().await.address;
    for (target, length) in [("GET /api/file", "10"), ("GET /api/file\r\nRange: bytes=2-4\r\n\r\n", "3")] {
        assert_eq!(send(address, &request(target)).await.unwrap().all("content-length"), [length]);
    }
}

#[tokio::test]
async fn asterisk_is_204_by_the_table_and_passed_on_by_the_layer() {
    let leaf = hosts::hyper_alone().await.address;
    let options = send(leaf, &request("OPTIONS *")).await.unwrap();
    assert_eq!((options.status, options.body.len()), (204, 0));
    assert_eq!(send(leaf, &request("GET *")).await.unwrap().status, 400);

    let layer = hosts::hyper_over_a_service().await.address;
    assert_eq!(send(layer, &request("OPTIONS *")).await.unwrap().text(), "the host has no *");
}

/// The clock is paused: when all tasks wait, it advances to the next timeout.
#[tokio::test(start_paused = true)]
async fn stalled_client_does_not_keep_an_example_running() {
    let stalled_in_body = "POST /api/users HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
                       Content-Length: 99\r\n\r\n{";
    for stalled in ["", "GET /api/users HTTP/1.1\r\nHost: l", stalled_in_body] {
        let (shutdown, _) = tokio::sync::watch::channel(false);
        let until = || {
            let mut shutdown = shutdown.subscribe();
            async move { drop(shutdown.wait_for(|is_over| *is_over).await) }
        };
        let examples = hosts::serve_examples(until).await;
        let mut clients = Vec::new();
        for (address, _) in &examples {
            let mut client = Connection::open(*address).await.unwrap();
            client.write(stalled.as_bytes()).await.unwrap();
            clients.push(client);
            let after = send(*address, &request("GET /api/users")).await.unwrap();
            assert_eq!(after.status, 200, "the stalled client was accepted before this one");
        }
        shutdown.send(true).unwrap();
        for (_, served) in examples {
            let ended = tokio::time::timeout(Duration::from_secs(3600), served).await;
            ended.expect("the server ends").unwrap();
        }
    }
}

#[tokio::test]
async fn examples_respond_as_their_first_lines_say() {
    for address in hosts::examples().await {
        let mut connection = Connection::open(address).await.unwrap();
        let list = connection.send(&request("GET /api/users")).await.unwrap();
        assert_eq!((list.status, list.text().as_str()), (200, r#"[{"id":1,"name":"Ada"}]"#));
        let body = r#"{"name":"Bo"}"#;
        let create = format!(
            "POST /api/users\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let created = connection.send(&request(&create)).await.unwrap();
        assert_eq!((created.status, created.text().as_str()), (201, r#"{"id":2,"name":"Bo"}"#));
        assert_eq!(created.all("location"), ["/api/users/2"]);
        for (line, status, allow) in [
            ("GET /api/users/2", 200, None),
            ("HEAD /api/users/2", 200, None),
            ("GET /api/users/9", 404, None),
            ("GET /api/users/x", 400, None),
            ("GET /api/users/..", 400, None),
            ("GET /%61pi/users/2", 200, None),
            ("GET /api//users", 404, None),
            ("GET /api/users/", 404, None),
            ("PUT /api/users", 405, Some("GET, HEAD, OPTIONS, POST")),
            ("PUT /api/users/2", 405, Some("DELETE, GET, HEAD, OPTIONS")),
            ("OPTIONS /api/users/2", 204, Some("DELETE, GET, HEAD, OPTIONS")),
            ("DELETE /api/users/2", 204, None),
            ("GET /api/nope", 404, None),
            ("GET /", 200, None),
            ("GET /nope", 404, None),
        ] {
            let response = connection.send(&request(line)).await.unwrap();
            assert_eq!(response.status, status, "{line}");
            assert_eq!(response.all("allow"), allow.into_iter().collect::<Vec<_>>(), "{line}");
            let is_problem = response.all("content-type") == ["application/problem+json"];
            assert_eq!(is_problem, line.contains("api") && status >= 400, "{line}");
        }
    }
}

/// An HTTP/2 client may send a body without a length, and its first chunk long after the head.
#[cfg(feature = "warp")]
#[tokio::test]
async fn handler_behind_warp_starts_before_its_body_arrives() {
    let api = route_handlers::RouteHandlers::new()
        .post("/early", async || "early")
        .post("/echo", async |text: String| text)
        .post("/whether", async |body: route_handlers::Body| http_body::Body::is_end_stream(&body).to_string());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let stream = tokio::net::TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    tokio::spawn(warp::serve(route_handlers::hosts::warp::filter(api)).incoming(listener).run());
    let (mut client, connection) = h2::client::handshake(stream).await.unwrap();
    tokio::spawn(connection);

    for (path, before, later, text) in [
        ("/early", None, None, "early"),
        ("/early", Some("sent"), None, "early"),
        ("/echo", None, Some("later"), "later"),
        ("/echo", Some("now, "), Some("later"), "now, later"),
        ("/whether", None, None, "false"),
    ] {
        let request = http::Request::post(format!("http://localhost{path}")).body(()).unwrap();
        let (response, mut body) = client.send_request(request, false).unwrap();
        if let Some(before) = before {
            body.send_data(before.into(), false).unwrap();
        }
        if let Some(later) = later {
            tokio::time::sleep(Duration::from_millis(50)).await;
            body.send_data(later.into(), true).unwrap();
        }
        let response = tokio::time::timeout(Duration::from_secs(60), response).await;
        let response = response.unwrap_or_else(|_| panic!("{path} waits for the body")).unwrap();
        assert_eq!(response.status(), 200, "{path}");
        assert_eq!(response.into_body().data().await.unwrap().unwrap(), text, "{path}");
    }

    let request = http::Request::post("http://localhost/whether").body(()).unwrap();
    let (response, _) = client.send_request(request, true).unwrap();
    assert_eq!(response.await.unwrap().into_body().data().await.unwrap().unwrap(), "true", "a request without a body");
}
