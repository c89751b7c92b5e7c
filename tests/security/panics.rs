//! A panic that takes more along than its request.

use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use route_handlers::{Request as OurRequest, Response, RouteHandlers};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

// A panic of a handler took its connection along, in warp and others.
#[tokio::test]
async fn after_a_panic_the_next_request_of_the_connection_is_answered() {
    async fn panics() -> Response {
        panic!("with a secret")
    }
    let panics_early = |_: OurRequest| -> std::future::Ready<()> { panic!("before there is a future, with a secret") };
    let api = RouteHandlers::new()
        .get("/panics", panics)
        .get("/panics/early", panics_early)
        .get("/works", async || "still here");
    let (mut client, server) = tokio::io::duplex(1 << 16);
    let connection = hyper::server::conn::http1::Builder::new()
        .serve_connection(TokioIo::new(server), TowerToHyperService::new(api));
    let talk = async {
        for path in ["/panics", "/panics/early"] {
            client.write_all(format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n").as_bytes()).await.unwrap();
        }
        client.write_all(b"GET /works HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await.unwrap();
        let mut answers = String::new();
        client.read_to_string(&mut answers).await.unwrap();
        answers
    };
    let (end, answers) = tokio::join!(connection, talk);
    end.unwrap();
    let statuses = answers.split("HTTP/1.1 ").skip(1).map(|response| &response[..3]).collect::<Vec<_>>();
    assert_eq!(statuses, ["500", "500", "200"], "{answers}");
    assert!(answers.ends_with("still here") && !answers.contains("secret"), "{answers}");
}
