//! The clients: each sends one request after another on one connection, and checks the responses.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use crate::client::{Connection, ReceivedResponse};

/// The results of the clients so far.
#[derive(Clone, Default)]
pub struct Load(Arc<Seen>);

#[derive(Default)]
struct Seen {
    stopped: AtomicBool,
    responses: AtomicU64,
    acknowledged: AtomicU64,
    wrong: Mutex<Vec<String>>,
}

/// A request and the expected response.
struct Case {
    request: String,
    status: u16,
    /// The whole text, or `None` for a problem document.
    text: Option<String>,
    allow: Option<&'static str>,
}

impl Load {
    pub fn responses(&self) -> u64 {
        self.0.responses.load(Ordering::SeqCst)
    }

    pub fn acknowledged(&self) -> u64 {
        self.0.acknowledged.load(Ordering::SeqCst)
    }

    pub fn wrong(&self) -> Vec<String> {
        self.0.wrong.lock().unwrap().clone()
    }

    /// Allows connections to end from now on.
    pub fn stop(&self) {
        self.0.stopped.store(true, Ordering::SeqCst);
    }

    fn is_stopped(&self) -> bool {
        self.0.stopped.load(Ordering::SeqCst)
    }

    pub async fn send(self, address: SocketAddr, first: usize) {
        let mut connection = Connection::open(address).await.unwrap();
        for number in (first as u64..).step_by(7) {
            let case = case(number);
            match connection.send(case.request.as_bytes()).await {
                Ok(response) => {
                    self.0.responses.fetch_add(1, Ordering::SeqCst);
                    self.0.acknowledged.fetch_add(u64::from(case.is_acknowledged(&response)), Ordering::SeqCst);
                    if !case.is_right(&response) {
                        self.0.wrong.lock().unwrap().push(format!("{:?}: {response:?}", case.request));
                    }
                    if response.all("connection") == ["close"] {
                        assert!(self.is_stopped(), "the server closed a connection: {response:?}");
                        return;
                    }
                }
                Err(_) if self.is_stopped() => return,
                Err(error) => {
                    self.0.wrong.lock().unwrap().push(format!("{:?}: {error}", case.request));
                    connection = Connection::open(address).await.unwrap();
                }
            }
        }
    }
}

impl Case {
    fn is_right(&self, response: &ReceivedResponse) -> bool {
        let text_is_right = match &self.text {
            Some(text) => response.text() == *text,
            None => {
                let problem: Option<serde_json::Value> = serde_json::from_slice(&response.body).ok();
                response.all("content-type") == ["application/problem+json"]
                    && problem.is_some_and(|problem| problem["status"] == self.status)
            }
        };
        response.status == self.status
            && text_is_right
            && response.all("allow") == self.allow.into_iter().collect::<Vec<_>>()
    }

    fn is_acknowledged(&self, response: &ReceivedResponse) -> bool {
        self.request.starts_with("POST /api/later ") && response.status == 202
    }
}

fn case(number: u64) -> Case {
    let plain = |line: &str, status, text: Option<&str>| {
        let request = format!("{line} HTTP/1.1\r\nhost: localhost\r\n\r\n");
        Case { request, status, text: text.map(str::to_owned), allow: None }
    };
    let json = |text: String, status, expected: Option<String>| Case {
        request: format!(
            "POST /api/echo HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{text}",
            text.len()
        ),
        status,
        text: expected,
        allow: None,
    };
    match number % 16 {
        0 | 1 => plain("GET /api/hello", 200, Some("hello")),
        2 | 3 => plain(&format!("GET /api/users/{number}"), 200, Some(&number.to_string())),
        4 => plain(&format!("GET /api/users/x{number}"), 400, None),
        5 => plain("HEAD /api/hello", 200, Some("")),
        6 => Case { allow: Some("GET, HEAD, OPTIONS"), ..plain("DELETE /api/hello", 405, None) },
        7 => plain(&format!("GET /api/none/{number}"), 404, None),
        8 => plain(&format!("GET /page/{number}?a=b"), 200, Some("the inner service")),
        9 => {
            let text = serde_json::json!({ "number": number, "list": vec![number; 20] }).to_string();
            json(text.clone(), 201, Some(text))
        }
        10 => json(format!("{{\"number\":{number}"), 400, None),
        11 => {
            let count = number % 200;
            let pieces = (0..count).map(|piece| format!("{piece} ")).collect::<String>();
            plain(&format!("GET /api/stream/{count}"), 200, Some(&pieces))
        }
        12 => plain("GET /api/panics", 500, None),
        13 => plain("GET /api/panics/late", 500, None),
        14 => Case {
            request: "POST /api/later HTTP/1.1\r\nhost: localhost\r\ncontent-length: 0\r\n\r\n".to_owned(),
            ..plain("", 202, Some(""))
        },
        _ => Case { allow: Some("GET, HEAD, OPTIONS"), ..plain("OPTIONS /api/hello", 204, Some("")) },
    }
}
