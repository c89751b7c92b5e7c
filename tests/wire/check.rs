//! Whether a response is what its case wants.

use std::net::SocketAddr;

use crate::client::{Connection, ReceivedResponse};
use crate::table::{Case, Expected};

/// The response to one request, on a connection of its own.
pub(crate) async fn send(address: SocketAddr, request: &[u8]) -> std::io::Result<ReceivedResponse> {
    Connection::open(address).await?.send(request).await
}

/// The bytes of a case: the request line gets its version and a Host.
pub(crate) fn request(text: &str) -> Vec<u8> {
    let (line, rest) = text.split_once("\r\n").unwrap_or((text, "\r\n"));
    format!("{line} HTTP/1.1\r\nHost: localhost\r\n{rest}").into_bytes()
}

/// A case, and then a second request on the same connection; the routes are served under a prefix.
pub(crate) async fn check_case(address: SocketAddr, case: &Case, prefix: &str) -> Result<(), String> {
    let mut connection = Connection::open(address).await.map_err(|error| error.to_string())?;
    let response = connection.send(&request(case.request)).await.map_err(|error| error.to_string())?;
    if case.status == 0 {
        // No route's: the host's own response, whatever it looks like.
        return if response.text() == "pong" { Err(format!("{response:?}")) } else { Ok(()) };
    }
    if response.status != case.status {
        return Err(format!("status {} is wanted: {response:?}", case.status));
    }
    for (name, value) in case.headers {
        if response.all(name) != value.iter().copied().collect::<Vec<_>>() {
            return Err(format!("header {name}: {value:?} is wanted: {response:?}"));
        }
    }
    check_body(&response, case, prefix)?;
    // A body that was refused before its end may end the connection; the server says so.
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
                Err(format!("a problem with detail {detail:?} is wanted: {response:?} {problem}"))
            }
        }
        wanted => Err(format!("{wanted:?} is wanted: {response:?} {}", response.text())),
    }
}
