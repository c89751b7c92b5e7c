//! Vercel's side of a function: it starts a process, and sends requests over loopback. The process reports on a socket that it
//! serves, and which invocation ended.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::client::conn::http1::handshake;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::{TcpStream, UnixListener, UnixStream};
use tokio::process::{Child, Command};
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(20);

pub struct Function {
    messages: BufReader<UnixStream>,
    port: u16,
    socket: PathBuf,
    _child: Child,
}

impl Function {
    /// Starts a program, and waits until it serves.
    pub async fn start(mut program: Command) -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let socket = std::env::temp_dir().join(format!("vercel-{}-{port}.sock", std::process::id()));
        let listener = UnixListener::bind(&socket).unwrap();
        let child = program
            .env("VERCEL_DEV_PORT", port.to_string())
            .env("VERCEL_IPC_PATH", &socket)
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let (stream, _) = timeout(PATIENCE, listener.accept()).await.expect("the function connects in time").unwrap();
        let mut function = Self { messages: BufReader::new(stream), port, socket, _child: child };
        assert_eq!(function.message().await["type"], "server-started");
        function
    }

    /// Returns the next message that is not a line of the log.
    pub async fn message(&mut self) -> Value {
        loop {
            let mut message = Vec::new();
            timeout(PATIENCE, self.messages.read_until(0, &mut message))
                .await
                .expect("a message arrives in time")
                .unwrap();
            let message: Value = serde_json::from_slice(message.strip_suffix(&[0]).unwrap()).unwrap();
            if message["type"] != "log" {
                return message;
            }
        }
    }

    /// Sends a request with the number of an invocation.
    pub async fn send(&self, invocation: u64, mut request: Request<Full<Bytes>>) -> Response<Incoming> {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
        let (mut sender, connection) = handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        let headers = request.headers_mut();
        headers.insert("host", "app.vercel.app".parse().unwrap());
        headers.insert("x-vercel-internal-invocation-id", format!("invocation-{invocation}").parse().unwrap());
        headers.insert("x-vercel-internal-request-id", invocation.into());
        sender.send_request(request).await.unwrap()
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.socket);
    }
}
