//! Connections that are upgraded to another protocol.
//!
//! RUSTSEC-2023-0065 (tungstenite), Next.js #97027: messages without a size limit. This crate passes the upgraded
//! connection of the host to the handler; the limit is set by the crate that implements the protocol.

use http::header::{CONNECTION, UPGRADE};
use http::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use route_handlers::{Body, RouteHandlers};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::exchange;

#[tokio::test]
async fn upgraded_connection_is_given_to_the_handler_unread() {
    let echo = async |mut request: Request<Body>| {
        let upgrade = hyper::upgrade::on(&mut request);
        tokio::spawn(async move {
            let mut io = TokioIo::new(upgrade.await.unwrap());
            let mut message = [0; 4];
            io.read_exact(&mut message).await.unwrap();
            io.write_all(&message).await.unwrap();
        });
        (StatusCode::SWITCHING_PROTOCOLS, [(CONNECTION, "upgrade"), (UPGRADE, "echo")], ())
    };
    let api = RouteHandlers::new().get("/echo", echo);
    let request = b"GET /echo HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n\x00\xff\r\n";
    let response = exchange(api, request).await;
    assert!(
        response.starts_with(b"HTTP/1.1 101 ") && response.ends_with(b"\r\n\r\n\x00\xff\r\n"),
        "{:?}",
        String::from_utf8_lossy(&response)
    );
}

// For a 101, hyper closes the whole HTTP/2 connection. Over HTTP/1, the client would not know the new protocol.
#[tokio::test]
async fn unrequested_101_is_a_500_and_the_connection_stays_open() {
    let switch = async || (StatusCode::SWITCHING_PROTOCOLS, [(CONNECTION, "upgrade"), (UPGRADE, "echo")], ());
    let api = RouteHandlers::new().get("/switch", switch).get("/works", async || "still here");

    for head in [
        "GET /switch HTTP/1.1\r\nhost: x\r\n\r\n",
        "GET /switch HTTP/1.1\r\nhost: x\r\nupgrade: echo\r\n\r\n",
        "GET /switch HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\n\r\n",
        "GET /switch HTTP/1.0\r\nconnection: upgrade, keep-alive\r\nupgrade: echo\r\n\r\n",
    ] {
        let requests = format!("{head}GET /works HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
        let seen = String::from_utf8(exchange(api.clone(), requests.as_bytes()).await).unwrap();
        assert_eq!(&seen[9..12], "500", "{head:?}: {seen}");
        assert!(seen.ends_with("still here"), "{head:?}: {seen}");
    }

    let (client, server) = tokio::io::duplex(1 << 16);
    let executor = hyper_util::rt::TokioExecutor::new();
    let connection = hyper_util::server::conn::auto::Builder::new(executor)
        .serve_connection(TokioIo::new(server), TowerToHyperService::new(api))
        .into_owned();
    let server = tokio::spawn(connection);
    let (mut client, connection) = h2::client::handshake(client).await.unwrap();
    let driver = tokio::spawn(connection);
    for (path, status) in [("/switch", 500), ("/works", 200)] {
        let request = Request::get(format!("http://localhost{path}")).body(()).unwrap();
        client = client.ready().await.unwrap();
        let (response, _) = client.send_request(request, true).unwrap();
        assert_eq!(response.await.unwrap().status(), status, "{path}");
    }
    drop(client);
    driver.await.unwrap().unwrap();
    server.await.unwrap().unwrap();
}
