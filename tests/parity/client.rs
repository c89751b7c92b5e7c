//! Sends one request per connection and reads the response.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::Instant;

/// A response, read as Latin-1, with its chunks joined and without 1xx responses.
#[derive(Debug, Default)]
pub(crate) struct ReceivedResponse {
    pub(crate) status: Option<u16>,
    pub(crate) headers: BTreeMap<String, Vec<String>>,
    pub(crate) body: Vec<u8>,
    /// How the exchange failed: `closed`, `closed-mid-body`, `timeout` or `stray`.
    pub(crate) error: Option<&'static str>,
}

impl ReceivedResponse {
    /// The values of a header, joined. The name must be in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        self.headers.get(name).map(|values| values.join(", "))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// Sends a request unchanged and reads the whole response.
pub(crate) async fn exchange(address: SocketAddr, request: Vec<u8>, timeout: Duration) -> io::Result<ReceivedResponse> {
    let is_head = request.starts_with(b"HEAD ");
    let (read, mut write) = TcpStream::connect(address).await?.into_split();
    // A server may respond and close the connection before it has read the whole request.
    let sending = tokio::spawn(async move {
        let _ = write.write_all(&request).await;
        write
    });
    let mut response = ReceivedResponse::default();
    let mut wire = Wire { stream: read, unread: Vec::new(), at: 0, deadline: Instant::now() + timeout };
    if let Err(end) = read_response(&mut wire, &mut response, is_head).await {
        response.error = Some(match end {
            End::Closed if response.status.is_some() => "closed-mid-body",
            End::Closed => "closed",
            End::TimedOut => "timeout",
            End::Stray => "stray",
        });
    }
    sending.abort();
    Ok(response)
}

/// Why a response is incomplete.
enum End {
    Closed,
    TimedOut,
    Stray,
}

async fn read_response(wire: &mut Wire, response: &mut ReceivedResponse, is_head: bool) -> Result<(), End> {
    let status = loop {
        let line = wire.line().await?;
        let status = line.split(' ').nth(1).and_then(|status| status.parse::<u16>().ok()).ok_or(End::Stray)?;
        response.headers.clear();
        loop {
            let line = wire.line().await?;
            let Some((name, value)) = line.split_once(':') else { break };
            let value = value.trim_matches([' ', '\t']).to_owned();
            response.headers.entry(name.to_ascii_lowercase()).or_default().push(value);
        }
        if status == 101 || status >= 200 {
            break status;
        }
    };
    response.status = Some(status);
    let length = response.header("content-length").and_then(|length| length.parse().ok());
    if is_head || matches!(status, 204 | 304) {
        return match wire.rest().await {
            (_, Err(end)) => Err(end),
            (rest, Ok(())) if !rest.is_empty() => Err(End::Stray),
            _ => Ok(()),
        };
    }
    if response.header("transfer-encoding").is_some_and(|coding| coding.ends_with("chunked")) {
        loop {
            let line = wire.line().await?;
            let size = line.split(';').next().and_then(|size| usize::from_str_radix(size.trim(), 16).ok());
            let size = size.ok_or(End::Stray)?;
            if size == 0 {
                return Ok(());
            }
            wire.take(size, &mut response.body).await?;
            wire.line().await?;
        }
    }
    if let Some(length) = length {
        return wire.take(length, &mut response.body).await;
    }
    let (rest, end) = wire.rest().await;
    response.body = rest;
    end
}

struct Wire {
    stream: tokio::net::tcp::OwnedReadHalf,
    unread: Vec<u8>,
    /// The position in `unread` up to which the bytes were taken.
    at: usize,
    deadline: Instant,
}

impl Wire {
    async fn more(&mut self) -> Result<(), End> {
        self.unread.drain(..std::mem::take(&mut self.at));
        match tokio::time::timeout_at(self.deadline, self.stream.read_buf(&mut self.unread)).await {
            Err(_) => Err(End::TimedOut),
            Ok(Ok(0) | Err(_)) => Err(End::Closed),
            Ok(Ok(_)) => Ok(()),
        }
    }

    async fn line(&mut self) -> Result<String, End> {
        loop {
            let unread = &self.unread[self.at..];
            if let Some(end) = unread.windows(2).position(|window| window == b"\r\n") {
                let line = unread[..end].iter().map(|byte| char::from(*byte)).collect();
                self.at += end + 2;
                return Ok(line);
            }
            self.more().await?;
        }
    }

    async fn take(&mut self, mut length: usize, into: &mut Vec<u8>) -> Result<(), End> {
        loop {
            let taken = length.min(self.unread.len() - self.at);
            into.extend_from_slice(&self.unread[self.at..self.at + taken]);
            self.at += taken;
            length -= taken;
            if length == 0 {
                return Ok(());
            }
            self.more().await?;
        }
    }

    async fn rest(&mut self) -> (Vec<u8>, Result<(), End>) {
        let end = loop {
            match self.more().await {
                Ok(()) => {}
                Err(End::Closed) => break Ok(()),
                Err(end) => break Err(end),
            }
        };
        (std::mem::take(&mut self.unread), end)
    }
}
