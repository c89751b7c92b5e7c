//! Sends a case and checks the response.

use std::net::SocketAddr;

use crate::client::{Connection, ReceivedResponse};
use crate::table::{Case, Expected};

/// Sends a request on a new connection.
pub(crate) async fn send(address: SocketAddr, request: &[u8]) -> std::io::Result<ReceivedResponse> {
    Connection::open(address).await?.send(request).await
}

/// The bytes of a request: adds the HTTP version and a `Host` to the text of a case.
pub(crate) fn request(text: &str) -> Vec<u8> {
    let (line, rest) = text.split_once("\r\n").unwrap_or((text, "\r\n"));
    format!("{line} HTTP/1.1\r\nHost: localhost\r\n{rest}").into_bytes()
}

/// Sends a case, and then a second request on the same connection. The routes are served below `prefix`.
pub(crate) async fn check_case(address: SocketAddr, case: &Case, prefix: &str) -> Result<(), String> {
    let mut connection = Connection::open(address).await.map_err(|error| error.to_string())?;
    let response = connection.send(&request(case.request)).await.map_err(|error| error.to_string())?;
    if matches!(case.body, Expected::FromHost) {
        return if response.text() == "pong" { Err(format!("{response:?}")) } else { Ok(()) };
    }
    if response.status != case.status {
        return Err(format!("expected status {}: {response:?}", case.status));
    }
    for (name, value) in case.headers {
        if response.all(name) != value.iter().copied().collect::<Vec<_>>() {
            return Err(format!("expected header {name}: {value:?}: {response:?}"));
        }
    }
    check_body(&response, case, prefix)?;
    // The server may close the connection after a body that it refused before its end.
    if response.all("connection") != ["close"] && response.status != 413 {
        let next = connection.send(&request("GET /api/ping")).await;
        let next = next.map_err(|error| format!("the next request on the connection failed: {error}"))?;
        if (next.status, next.text().as_str()) != (200, "pong") {
            return Err(format!("the next request on the connection got {next:?}"));
        }
    }
    Ok(())
}

fn check_body(response: &ReceivedResponse, case: &Case, prefix: &str) -> Result<(), String> {
    match case.body {
        Expected::Nothing if response.body.is_empty() => Ok(()),
        Expected::Text(text) if response.text() == text.replace("{prefix}", prefix) => Ok(()),
        Expected::Problem(detail) => {
            let problem: serde_json::Value =
                serde_json::from_slice(&response.body).map_err(|error| error.to_string())?;
            let is_right = response.all("content-type") == ["application/problem+json"]
                && response.all("cache-control") == ["no-store"]
                && problem["status"] == response.status
                && problem.get("detail").and_then(|detail| detail.as_str()) == detail;
            if is_right {
                Ok(())
            } else {
                Err(format!("expected a problem with detail {detail:?}: {response:?} {problem}"))
            }
        }
        expected => Err(format!("expected {expected:?}: {response:?} {}", response.text())),
    }
}
