//! Serves Lambda's runtime API on loopback, and runs a function as a child process.
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>

use std::convert::Infallible;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::process::{Child, Command};
use tokio::sync::Mutex;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(20);

/// A function that runs one invocation at a time.
pub struct Function {
    invocations: UnboundedSender<Invocation>,
    posted: UnboundedReceiver<Posted>,
    count: u32,
    _child: Child,
}

struct Invocation {
    id: String,
    event: Value,
}

/// A POST of the function: the last segment of the path (`response` or `error`) and the content.
pub struct Posted {
    pub what: String,
    pub headers: HeaderMap,
    pieces: UnboundedReceiver<Bytes>,
}

impl Function {
    /// Starts a program as AWS does.
    pub async fn start(program: &str, variables: &[(&str, &str)]) -> Self {
        Self::run(Command::new(program).env_clear().envs(variables.iter().copied())).await
    }

    /// Starts a test of this program as a function.
    pub async fn start_test(name: &str) -> Self {
        let mut program = Command::new(std::env::current_exe().unwrap());
        Self::run(program.args(["--exact", name]).env_clear().env("FUNCTION", "1")).await
    }

    async fn run(program: &mut Command) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let child = program
            .env("AWS_LAMBDA_RUNTIME_API", listener.local_addr().unwrap().to_string())
            .env("AWS_LAMBDA_FUNCTION_NAME", "app")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let (invocations, next) = unbounded_channel();
        let (sender, posted) = unbounded_channel();
        tokio::spawn(serve(listener, Arc::new(RuntimeApi { next: Mutex::new(next), posted: sender })));
        Self { invocations, posted, count: 0, _child: child }
    }

    /// Sends an event to the function, and waits for the begin of its response.
    pub async fn invoke(&mut self, event: Value) -> Posted {
        self.count += 1;
        self.invocations.send(Invocation { id: format!("request-{}", self.count), event }).unwrap();
        timeout(PATIENCE, self.posted.recv()).await.expect("the function responds in time").expect("the function runs")
    }
}

impl Posted {
    /// Returns the next piece of the content, or `None` at its end.
    pub async fn piece(&mut self) -> Option<Bytes> {
        timeout(PATIENCE, self.pieces.recv()).await.expect("the next piece arrives in time")
    }

    /// Returns the rest of the content.
    pub async fn rest(mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        while let Some(piece) = self.piece().await {
            rest.extend_from_slice(&piece);
        }
        rest
    }
}

struct RuntimeApi {
    next: Mutex<UnboundedReceiver<Invocation>>,
    posted: UnboundedSender<Posted>,
}

async fn serve(listener: TcpListener, api: Arc<RuntimeApi>) {
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let api = api.clone();
        let service = service_fn(move |request| respond(api.clone(), request));
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}

async fn respond(api: Arc<RuntimeApi>, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let path = request.uri().path().strip_prefix("/2018-06-01/runtime/invocation/").expect("a path of the runtime API");
    Ok(match (request.method(), path.split_once('/')) {
        (&Method::GET, None) if path == "next" => next(&api).await,
        (&Method::POST, Some((_id, what @ ("response" | "error")))) => {
            let what = what.to_owned();
            receive(&api, what, request).await;
            status(StatusCode::ACCEPTED)
        }
        _ => status(StatusCode::NOT_FOUND),
    })
}

async fn next(api: &RuntimeApi) -> Response<Full<Bytes>> {
    let Some(Invocation { id, event }) = api.next.lock().await.recv().await else {
        return std::future::pending().await; // the test is over
    };
    let deadline = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap() + PATIENCE;
    Response::builder()
        .header("content-type", "application/json")
        .header("lambda-runtime-aws-request-id", id)
        .header("lambda-runtime-deadline-ms", deadline.as_millis().to_string())
        .header("lambda-runtime-invoked-function-arn", "arn:aws:lambda:us-east-1:123456789012:function:app")
        .header("lambda-runtime-trace-id", "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=1")
        .body(Full::from(event.to_string()))
        .unwrap()
}

async fn receive(api: &RuntimeApi, what: String, request: Request<Incoming>) {
    let (sender, pieces) = unbounded_channel();
    let (parts, mut body) = request.into_parts();
    let _ = api.posted.send(Posted { what, headers: parts.headers, pieces });
    while let Some(Ok(frame)) = body.frame().await {
        if let Ok(piece) = frame.into_data()
            && sender.send(piece).is_err()
        {
            return; // the client disconnected
        }
    }
}

fn status(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = status;
    response
}
