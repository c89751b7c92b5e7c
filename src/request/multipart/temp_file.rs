//! Temporary files (feature `temp-files`).

use std::fs;
use std::io::{self, Write as _};

use bytes::Bytes;
use tempfile::{NamedTempFile, TempPath};
use tokio::runtime::Handle;

pub(super) const IS_SUPPORTED: bool = true;

/// How many bytes are collected before they are written: each write runs on another thread.
const BUFFER: usize = 256 * 1024;

/// A temporary file. It is closed, so that many of them need no file handles, and deleted when it is dropped.
pub(super) struct TempFile(pub(super) TempPath);

impl TempFile {
    pub(super) async fn read(&self) -> io::Result<Bytes> {
        let path = self.0.to_path_buf();
        blocking(move || fs::read(path).map(Bytes::from)).await
    }
}

/// Writes a temporary file.
pub(super) struct Writer {
    /// `None` while another thread writes it. A request that is canceled then drops it there.
    file: Option<NamedTempFile>,
    buffer: Vec<u8>,
}

impl Writer {
    pub(super) async fn new() -> io::Result<Self> {
        let file = blocking(NamedTempFile::new).await?;
        Ok(Self { file: Some(file), buffer: Vec::new() })
    }

    pub(super) async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() < BUFFER { Ok(()) } else { self.flush().await }
    }

    async fn flush(&mut self) -> io::Result<()> {
        let Some(mut file) = self.file.take() else { return Ok(()) };
        let buffer = std::mem::take(&mut self.buffer);
        let file = blocking(move || file.write_all(&buffer).map(|()| file)).await?;
        self.file = Some(file);
        Ok(())
    }

    pub(super) async fn finish(mut self) -> io::Result<TempFile> {
        self.flush().await?;
        let file = self.file.ok_or(io::ErrorKind::NotFound)?;
        Ok(TempFile(file.into_temp_path()))
    }
}

/// Runs work that blocks on a thread of tokio that may block. Without tokio, it runs here.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    match Handle::try_current() {
        Ok(runtime) => runtime.spawn_blocking(work).await?,
        Err(_) => work(),
    }
}
