//! An HTTP/1.1 client that sends the given bytes without normalizing them.

#![allow(dead_code, reason = "each test uses some of it")]

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A connection.
pub(crate) struct Connection {
    stream: TcpStream,
    unread: Vec<u8>,
}

/// A response with its chunks joined.
#[derive(Debug)]
pub(crate) struct ReceivedResponse {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl ReceivedResponse {
    /// The values of a header. The name must be in lower case.
    pub(crate) fn all(&self, name: &str) -> Vec<&str> {
        self.headers.iter().filter(|(own, _)| own == name).map(|(_, value)| value.as_str()).collect()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> io::Result<Self> {
        Ok(Self { stream: TcpStream::connect(address).await?, unread: Vec::new() })
    }

    /// Sends a request unchanged and reads the response. A response to HEAD has no content.
    pub(crate) async fn send(&mut self, request: &[u8]) -> io::Result<ReceivedResponse> {
        self.write(request).await?;
        self.read(request.starts_with(b"HEAD ")).await
    }

    pub(crate) async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes).await
    }

    /// Closes the sending direction.
    pub(crate) async fn end(&mut self) -> io::Result<()> {
        self.stream.shutdown().await
    }

    /// Reads a response, which may be an interim one. A response to HEAD has no content.
    pub(crate) async fn read(&mut self, to_head: bool) -> io::Result<ReceivedResponse> {
        let head = self.read_until(b"\r\n\r\n").await?;
        let head = String::from_utf8(head).map_err(io::Error::other)?;
        let mut lines = head.trim_end().split("\r\n");
        let status_line = lines.next().unwrap_or_default();
        let status = status_line.split(' ').nth(1).and_then(|status| status.parse().ok());
        let headers = lines.filter_map(|line| line.split_once(':'));
        let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned())).collect();
        let mut response =
            ReceivedResponse { status: status.ok_or_else(|| io::Error::other(head.clone()))?, headers, body: vec![] };
        if !to_head && !matches!(response.status, 100..200 | 204 | 304) {
            response.body = self.read_body(&response).await?;
        }
        Ok(response)
    }

    /// Reads the head of a response and leaves the rest.
    pub(crate) async fn read_head(&mut self) -> io::Result<String> {
        let head = self.read_until(b"\r\n\r\n").await?;
        String::from_utf8(head).map_err(io::Error::other)
    }

    /// Discards everything until the server closes the connection.
    pub(crate) async fn closed(&mut self) {
        self.unread.clear();
        while self.read_more().await.is_ok() {
            self.unread.clear();
        }
    }

    async fn read_body(&mut self, response: &ReceivedResponse) -> io::Result<Vec<u8>> {
        if let Some(length) = response.all("content-length").first() {
            return self.read_exactly(length.parse().map_err(io::Error::other)?).await;
        }
        if response.all("transfer-encoding") == ["chunked"] {
            let mut body = Vec::new();
            loop {
                let size = self.read_until(b"\r\n").await?;
                let size =
                    usize::from_str_radix(String::from_utf8_lossy(&size).trim(), 16).map_err(io::Error::other)?;
                let mut chunk = self.read_exactly(size + 2).await?;
                chunk.truncate(size);
                if size == 0 {
                    return Ok(body);
                }
                body.append(&mut chunk);
            }
        }
        Err(io::Error::other(format!("the response has neither a length nor chunks: {response:?}")))
    }

    async fn read_until(&mut self, end: &[u8]) -> io::Result<Vec<u8>> {
        loop {
            if let Some(at) = self.unread.windows(end.len()).position(|window| window == end) {
                return Ok(self.unread.drain(..at + end.len()).collect());
            }
            self.read_more().await?;
        }
    }

    async fn read_exactly(&mut self, length: usize) -> io::Result<Vec<u8>> {
        while self.unread.len() < length {
            self.read_more().await?;
        }
        Ok(self.unread.drain(..length).collect())
    }

    async fn read_more(&mut self) -> io::Result<()> {
        match self.stream.read_buf(&mut self.unread).await? {
            0 => Err(io::Error::from(io::ErrorKind::UnexpectedEof)),
            _ => Ok(()),
        }
    }
}
