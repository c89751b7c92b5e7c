//! Protocols that a connection is handed over to.
//!
//! RUSTSEC-2023-0065 (tungstenite), Next.js #97027: messages without a bound. There is no WebSocket here to bound: the
//! connection is handed out as the host has it, and the protocol is that of the crate which takes it.

use http::header::{CONNECTION, UPGRADE};
use http::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use route_handlers::{Body, RouteHandlers};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

#[tokio::test]
async fn the_connection_is_handed_out_and_nothing_on_it_is_read_here() {
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
    let (mut client, server) = tokio::io::duplex(1 << 16);
    let connection = hyper::server::conn::http1::Builder::new()
        .serve_connection(TokioIo::new(server), TowerToHyperService::new(api))
        .with_upgrades();
    let talk = async {
        let head = b"GET /echo HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n\x00\xff\r\n";
        client.write_all(head).await.unwrap();
        let mut answer = Vec::new();
        client.read_to_end(&mut answer).await.unwrap();
        answer
    };
    let (end, answer) = tokio::join!(connection, talk);
    end.unwrap();
    assert!(
        answer.starts_with(b"HTTP/1.1 101 ") && answer.ends_with(b"\r\n\r\n\x00\xff\r\n"),
        "{:?}",
        String::from_utf8_lossy(&answer)
    );
}
