//! The server of feature `serve`: its connections, its time limits and its shutdown.
//!
//! The tests of time limits pause the clock of tokio. It advances when all tasks wait, so their connections are pipes in memory.

use std::collections::VecDeque;
use std::future::pending;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use futures_util::stream;
use http::header::{CONNECTION, UPGRADE};
use http::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use route_handlers::hosts::hyper::{Listener, Serve, serve};
use route_handlers::sse::{Event, Sse};
use route_handlers::{Body, Extension, Result, RouteHandlers, State};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

const HELLO: &str = "GET /hello HTTP/1.1\r\nhost: x\r\n\r\n";

fn app(shutdown: CancellationToken) -> RouteHandlers {
    RouteHandlers::new()
        .with_state(shutdown)
        .get("/hello", async || "hello")
        .get("/client", async |Extension(client): Extension<SocketAddr>| client.to_string())
        .get("/slow", async || {
            sleep(Duration::from_secs(5)).await;
            "slow"
        })
        .get("/large", async || vec![b'.'; 1 << 20])
        .post("/length", async |text: String| text.len().to_string())
        .get("/endless", async || Sse::new(stream::pending::<Result<Event>>()))
        .get("/until", async |State(shutdown): State<CancellationToken>| {
            Sse::new(stream::pending::<Result<Event>>()).until((*shutdown).clone().cancelled_owned())
        })
        .get("/echo", async |mut request: Request<Body>| {
            let upgrade = hyper::upgrade::on(&mut request);
            tokio::spawn(async move {
                let mut io = TokioIo::new(upgrade.await.unwrap());
                let mut message = [0; 4];
                io.read_exact(&mut message).await.unwrap();
                io.write_all(&message).await.unwrap();
            });
            (StatusCode::SWITCHING_PROTOCOLS, [(CONNECTION, "upgrade"), (UPGRADE, "echo")], ())
        })
}

/// Sends bytes and reads until the response ends with a text.
async fn send(io: &mut (impl AsyncRead + AsyncWrite + Unpin), request: &str, end: &str) -> String {
    io.write_all(request.as_bytes()).await.unwrap();
    let mut response = Vec::new();
    while !response.ends_with(end.as_bytes()) {
        let read = io.read_buf(&mut response).await.unwrap();
        assert!(read > 0, "the connection ended after {:?}", String::from_utf8_lossy(&response));
    }
    String::from_utf8(response).unwrap()
}

/// Reads until the server closes the connection, and returns the seconds that this takes.
async fn seconds_until_closed(io: &mut (impl AsyncRead + Unpin)) -> u64 {
    let start = Instant::now();
    let _ = io.read_to_end(&mut Vec::new()).await;
    start.elapsed().as_secs()
}

/// Waits until all other tasks wait. It needs a paused clock.
async fn settle() {
    sleep(Duration::from_millis(1)).await;
}

/// Listens for pipes in memory.
#[derive(Debug)]
struct Pipes(mpsc::UnboundedReceiver<DuplexStream>);

impl Listener for Pipes {
    type Io = DuplexStream;

    async fn accept(&mut self) -> io::Result<(DuplexStream, Option<SocketAddr>)> {
        match self.0.recv().await {
            Some(io) => Ok((io, None)),
            None => pending().await,
        }
    }
}

/// A server of pipes.
struct Server {
    connections: mpsc::UnboundedSender<DuplexStream>,
    shutdown: CancellationToken,
    served: JoinHandle<()>,
}

impl Server {
    /// Starts a server with the default time limits.
    fn start() -> Self {
        Self::start_with(|server| server)
    }

    fn start_with(options: impl FnOnce(Serve<Pipes, RouteHandlers>) -> Serve<Pipes, RouteHandlers>) -> Self {
        let (connections, accepted) = mpsc::unbounded_channel();
        let shutdown = CancellationToken::new();
        let server = options(serve(Pipes(accepted), app(shutdown.clone())));
        let server = server.with_graceful_shutdown(shutdown.clone().cancelled_owned());
        Self { connections, shutdown, served: tokio::spawn(server.into_future()) }
    }

    fn connect(&self) -> DuplexStream {
        let (client, server) = tokio::io::duplex(1 << 16);
        self.connections.send(server).unwrap();
        client
    }

    /// Shuts the server down, and returns the seconds until it ends.
    async fn stop(self) -> u64 {
        let start = Instant::now();
        self.shutdown.cancel();
        self.served.await.unwrap();
        start.elapsed().as_secs()
    }
}

async fn start_on_a_port() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(serve(listener, app(CancellationToken::new())).into_future());
    address
}

#[tokio::test]
async fn connection_is_kept_for_requests_that_know_their_client() {
    let mut client = TcpStream::connect(start_on_a_port().await).await.unwrap();
    let address = client.local_addr().unwrap().to_string();
    for _ in 0..3 {
        send(&mut client, "GET /client HTTP/1.1\r\nhost: x\r\n\r\n", &address).await;
    }
}

#[tokio::test]
async fn http2_with_prior_knowledge_is_served() {
    let client = TcpStream::connect(start_on_a_port().await).await.unwrap();
    let address = client.local_addr().unwrap().to_string();
    let (mut client, connection) = h2::client::handshake(client).await.unwrap();
    tokio::spawn(connection);
    for _ in 0..3 {
        let request = Request::get("http://localhost/client").body(()).unwrap();
        client = client.ready().await.unwrap();
        let (response, _) = client.send_request(request, true).unwrap();
        assert_eq!(response.await.unwrap().into_body().data().await.unwrap().unwrap(), address);
    }
}

#[cfg(feature = "axum")]
#[tokio::test]
async fn connect_info_of_axum_is_the_client() {
    use axum::extract::ConnectInfo;
    use route_handlers::hosts::axum::Axum;

    async fn client(ConnectInfo(client): ConnectInfo<SocketAddr>) -> String {
        client.to_string()
    }
    let api = RouteHandlers::new()
        .get("/argument", async |info: Axum<ConnectInfo<SocketAddr>>| info.0.0.to_string())
        .over(axum::Router::new().route("/router", axum::routing::get(client)));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    let address = client.local_addr().unwrap().to_string();
    tokio::spawn(serve(listener, api).into_future());
    for path in ["/argument", "/router"] {
        send(&mut client, &format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n"), &address).await;
    }
}

#[tokio::test]
async fn http1_request_without_one_valid_host_is_400() {
    let address = start_on_a_port().await;
    for (version, hosts, status) in [
        ("1.1", &["x"][..], 200),
        ("1.1", &["localhost:3000"], 200),
        ("1.1", &["localhost:"], 200),
        ("1.1", &["[::1]:3000"], 200),
        ("1.1", &["my_host"], 200),
        ("1.1", &[""], 200), // the URI has no authority
        ("1.0", &[], 200),
        ("1.1", &[], 400),
        ("1.1", &["x", "x"], 400),
        ("1.0", &["x", "y"], 400),
        ("1.1", &["a b"], 400),
        ("1.1", &["user@x"], 400),
        ("1.1", &["x/hello"], 400),
        ("1.1", &["x, y"], 400),
    ] {
        let mut client = TcpStream::connect(address).await.unwrap();
        let hosts = hosts.iter().fold(String::new(), |lines, host| lines + "host: " + host + "\r\n");
        let request = format!("GET /hello HTTP/{version}\r\n{hosts}connection: close\r\n\r\n");
        client.write_all(request.as_bytes()).await.unwrap();
        let mut response = String::new();
        client.read_to_string(&mut response).await.unwrap();
        assert_eq!(&response[..12], format!("HTTP/{version} {status}"), "{request}");
    }
}

#[tokio::test]
async fn upgraded_connection_belongs_to_the_handler() {
    let mut client = TcpStream::connect(start_on_a_port().await).await.unwrap();
    let request = "GET /echo HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\nping";
    let response = send(&mut client, request, "ping").await;
    assert!(response.starts_with("HTTP/1.1 101 "), "{response}");
}

#[cfg(unix)]
#[tokio::test]
async fn unix_socket_is_a_listener() {
    let path = std::env::temp_dir().join(format!("route-handlers-serve-{}", std::process::id()));
    let _ = std::fs::remove_file(&path);
    let listener = tokio::net::UnixListener::bind(&path).unwrap();
    tokio::spawn(serve(listener, app(CancellationToken::new())).into_future());
    let mut client = tokio::net::UnixStream::connect(&path).await.unwrap();
    std::fs::remove_file(path).unwrap();
    send(&mut client, HELLO, "hello").await;
}

#[tokio::test]
async fn services_of_several_kinds_are_served() {
    let existing = axum::Router::new().route("/page", axum::routing::get(|| async { "a page" }));
    let api = app(CancellationToken::new());
    for end in ["a page", "hello"] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        tokio::spawn(serve(listener, api.clone().over(existing.clone())).into_future());
        let path = if end == "hello" { "/hello" } else { "/page" };
        send(&mut client, &format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n"), end).await;
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    tokio::spawn(serve(listener, existing).into_future());
    send(&mut client, "GET /page HTTP/1.1\r\nhost: x\r\n\r\n", "a page").await;
}

/// Fails as a process without file descriptors does, and then listens.
struct FailsFirst(VecDeque<io::Error>, Pipes);

impl Listener for FailsFirst {
    type Io = DuplexStream;

    async fn accept(&mut self) -> io::Result<(DuplexStream, Option<SocketAddr>)> {
        match self.0.pop_front() {
            Some(error) => Err(error),
            None => self.1.accept().await,
        }
    }
}

#[tokio::test(start_paused = true)]
async fn error_of_the_listener_does_not_end_the_server() {
    let too_many_open_files = || io::Error::from_raw_os_error(24);
    let errors = [too_many_open_files(), io::ErrorKind::ConnectionAborted.into(), too_many_open_files()];
    let (connections, accepted) = mpsc::unbounded_channel();
    let listener = FailsFirst(errors.into(), Pipes(accepted));
    tokio::spawn(serve(listener, app(CancellationToken::new())).into_future());
    let (mut client, server) = tokio::io::duplex(1 << 16);
    connections.send(server).unwrap();
    send(&mut client, HELLO, "hello").await;
}

#[tokio::test(start_paused = true)]
async fn incomplete_head_is_cut_after_30_seconds() {
    for start in ["", "PRI * HTTP/2.0\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "GET /hello HTTP/1.1\r\nhost: "] {
        let server = Server::start();
        let mut client = server.connect();
        client.write_all(start.as_bytes()).await.unwrap();
        assert_eq!(seconds_until_closed(&mut client).await, 30, "{start:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn head_timeout_begins_with_the_first_byte_after_a_response() {
    let server = Server::start();
    let mut client = server.connect();
    send(&mut client, HELLO, "hello").await;
    sleep(Duration::from_secs(70)).await;
    client.write_all(b"GET /hello").await.unwrap();
    sleep(Duration::from_secs(20)).await;
    client.write_all(b" HTTP/1.1\r\n").await.unwrap();
    assert_eq!(seconds_until_closed(&mut client).await, 10);
}

#[tokio::test(start_paused = true)]
async fn idle_connection_is_closed_after_75_seconds() {
    let server = Server::start();
    let mut client = server.connect();
    for _ in 0..3 {
        send(&mut client, HELLO, "hello").await;
        sleep(Duration::from_secs(70)).await;
    }
    send(&mut client, HELLO, "hello").await;
    assert_eq!(seconds_until_closed(&mut client).await, 75);
}

#[tokio::test(start_paused = true)]
async fn idle_http2_connection_is_closed_after_75_seconds() {
    let server = Server::start();
    let (mut client, connection) = h2::client::handshake(server.connect()).await.unwrap();
    let connection = tokio::spawn(connection);
    let request = Request::get("http://localhost/slow").body(()).unwrap();
    let (response, _) = client.send_request(request, true).unwrap();
    assert_eq!(response.await.unwrap().into_body().data().await.unwrap().unwrap(), "slow");
    let start = Instant::now();
    connection.await.unwrap().unwrap();
    assert_eq!(start.elapsed().as_secs(), 75);
}

#[tokio::test(start_paused = true)]
async fn running_request_has_no_time_limit() {
    let server = Server::start();
    let mut client = server.connect();
    client.write_all(b"POST /length HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\n\r\n").await.unwrap();
    for _ in 0..3 {
        sleep(Duration::from_secs(600)).await;
        client.write_all(b".").await.unwrap();
    }
    let response = send(&mut client, ".", "4").await;
    assert!(response.starts_with("HTTP/1.1 200 "), "{response}");
}

#[tokio::test(start_paused = true)]
async fn client_that_reads_slowly_receives_the_whole_response() {
    let server = Server::start();
    let mut client = server.connect();
    client.write_all(b"GET /large HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let mut response = Vec::new();
    while response.len() < 1 << 20 {
        sleep(Duration::from_secs(60)).await;
        let mut piece = vec![0; 1 << 16];
        let read = client.read(&mut piece).await.unwrap();
        assert!(read > 0, "the connection ended after {} bytes", response.len());
        response.extend_from_slice(&piece[..read]);
    }
}

#[tokio::test(start_paused = true)]
async fn shutdown_closes_idle_and_new_connections() {
    let server = Server::start();
    let mut idle = server.connect();
    send(&mut idle, HELLO, "hello").await;
    let mut new = server.connect();
    let (mut client, connection) = h2::client::handshake(server.connect()).await.unwrap();
    let http2 = tokio::spawn(connection);
    let (response, _) = client.send_request(Request::get("http://localhost/hello").body(()).unwrap(), true).unwrap();
    assert_eq!(response.await.unwrap().status(), 200);
    settle().await;
    assert_eq!(server.stop().await, 0);
    assert_eq!(seconds_until_closed(&mut idle).await, 0);
    assert_eq!(seconds_until_closed(&mut new).await, 0);
    http2.await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn shutdown_waits_for_a_running_request() {
    let server = Server::start();
    let mut client = server.connect();
    client.write_all(b"GET /slow HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let (mut http2, connection) = h2::client::handshake(server.connect()).await.unwrap();
    tokio::spawn(connection);
    let (response, _) = http2.send_request(Request::get("http://localhost/slow").body(()).unwrap(), true).unwrap();
    settle().await;
    assert!(server.stop().await < 10);
    let response_of_http1 = send(&mut client, "", "slow").await;
    assert!(response_of_http1.contains("connection: close\r\n"), "{response_of_http1}");
    assert_eq!(response.await.unwrap().into_body().data().await.unwrap().unwrap(), "slow");
}

#[tokio::test(start_paused = true)]
async fn shutdown_cuts_a_client_that_stalls() {
    let stalls_in_the_body = "POST /length HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n.";
    for stalled in ["GET /hello HTTP/1.1\r\nhost: ", stalls_in_the_body] {
        let server = Server::start();
        let mut client = server.connect();
        client.write_all(stalled.as_bytes()).await.unwrap();
        settle().await;
        assert_eq!(server.stop().await, 10, "{stalled:?}");
        assert_eq!(seconds_until_closed(&mut client).await, 0);
    }
}

#[tokio::test(start_paused = true)]
async fn shutdown_cuts_an_event_stream_unless_it_ends() {
    for (path, seconds) in [("/endless", 10), ("/until", 0)] {
        let server = Server::start();
        let mut client = server.connect();
        send(&mut client, &format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n"), "\r\n\r\n").await;
        assert_eq!(server.stop().await, seconds, "{path}");
        let mut rest = String::new();
        client.read_to_string(&mut rest).await.unwrap();
        assert_eq!(rest, if seconds == 0 { "0\r\n\r\n" } else { "" }, "{path}");
    }
}

#[tokio::test(start_paused = true)]
async fn connections_are_closed_with_a_dropped_server() {
    let server = Server::start();
    let mut client = server.connect();
    send(&mut client, HELLO, "hello").await;
    server.served.abort();
    assert_eq!(seconds_until_closed(&mut client).await, 0);
}

#[tokio::test(start_paused = true)]
async fn time_limits_are_options() {
    let server = Server::start_with(|server| {
        let server = server.head_timeout(Duration::from_secs(1)).idle_timeout(Duration::from_secs(2));
        server.drain_timeout(Duration::from_secs(3))
    });
    assert_eq!(seconds_until_closed(&mut server.connect()).await, 1);
    let mut idle = server.connect();
    send(&mut idle, HELLO, "hello").await;
    assert_eq!(seconds_until_closed(&mut idle).await, 2);
    let mut stream = server.connect();
    send(&mut stream, "GET /endless HTTP/1.1\r\nhost: x\r\n\r\n", "\r\n\r\n").await;
    assert_eq!(server.stop().await, 3);
}

#[tokio::test(start_paused = true)]
async fn idle_timeout_may_be_shorter_than_head_timeout() {
    let server = Server::start_with(|server| server.idle_timeout(Duration::from_secs(5)));
    let mut client = server.connect();
    for _ in 0..3 {
        send(&mut client, HELLO, "hello").await;
        sleep(Duration::from_secs(3)).await;
    }
    send(&mut client, HELLO, "hello").await;
    assert_eq!(seconds_until_closed(&mut client).await, 5);

    let mut client = server.connect();
    send(&mut client, "GET /slow HTTP/1.1\r\nhost: x\r\n\r\n", "slow").await;
    client.write_all(b"GET /hello").await.unwrap();
    assert_eq!(seconds_until_closed(&mut client).await, 30);

    let (mut client, connection) = h2::client::handshake(server.connect()).await.unwrap();
    let connection = tokio::spawn(connection);
    let (response, _) = client.send_request(Request::get("http://localhost/slow").body(()).unwrap(), true).unwrap();
    assert_eq!(response.await.unwrap().into_body().data().await.unwrap().unwrap(), "slow");
    let start = Instant::now();
    connection.await.unwrap().unwrap();
    assert_eq!(start.elapsed().as_secs(), 5);
}

#[tokio::test(start_paused = true)]
async fn longest_duration_is_no_time_limit() {
    let server = Server::start_with(|server| {
        server.head_timeout(Duration::MAX).idle_timeout(Duration::MAX).drain_timeout(Duration::MAX)
    });
    let mut client = server.connect();
    for piece in ["GET /hello", " HTTP/1.1\r\nhost: x\r\n"] {
        client.write_all(piece.as_bytes()).await.unwrap();
        sleep(Duration::from_secs(100_000)).await;
    }
    send(&mut client, "\r\n", "hello").await;
    sleep(Duration::from_secs(100_000)).await;
    client.write_all(b"GET /slow HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    settle().await;
    assert!(server.stop().await < 10);
    send(&mut client, "", "slow").await;
}

#[tokio::test(start_paused = true)]
async fn idle_timeout_of_zero_does_not_cut_a_request() {
    let server = Server::start_with(|server| server.idle_timeout(Duration::ZERO));
    let mut client = server.connect();
    send(&mut client, "GET /slow HTTP/1.1\r\nhost: x\r\n\r\n", "slow").await;
    assert_eq!(seconds_until_closed(&mut client).await, 0);
}
