//! Panics that affect other requests.

use route_handlers::{Request as OurRequest, Response, RouteHandlers};

use crate::exchange;

// In warp and other frameworks, a panic in a handler closed the connection.
#[tokio::test]
async fn connection_works_after_a_panic() {
    async fn panics() -> Response {
        panic!("with a secret")
    }
    let panics_early = |_: OurRequest| -> std::future::Ready<()> { panic!("before the future exists, with a secret") };
    let api = RouteHandlers::new()
        .get("/panics", panics)
        .get("/panics/early", panics_early)
        .get("/works", async || "still here");
    let requests = "GET /panics HTTP/1.1\r\nhost: x\r\n\r\n\
                    GET /panics/early HTTP/1.1\r\nhost: x\r\n\r\n\
                    GET /works HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    let received = String::from_utf8(exchange(api, requests.as_bytes()).await).unwrap();
    let statuses = received.split("HTTP/1.1 ").skip(1).map(|response| &response[..3]).collect::<Vec<_>>();
    assert_eq!(statuses, ["500", "500", "200"], "{received}");
    assert!(received.ends_with("still here") && !received.contains("secret"), "{received}");
}
