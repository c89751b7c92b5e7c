//! Where the content of a file is: in memory, or in a temporary file.

use std::io;

use bytes::{Bytes, BytesMut};

use crate::request::multipart::temp_file::{self, TempFile};

/// The content of a file.
pub(super) enum Stored {
    InMemory(Bytes),
    OnDisk(TempFile),
}

impl Stored {
    pub(super) async fn bytes(&self) -> io::Result<Bytes> {
        match self {
            Self::InMemory(bytes) => Ok(bytes.clone()),
            Self::OnDisk(file) => file.read().await,
        }
    }
}

/// Stores a file as it arrives.
pub(super) enum Writer {
    InMemory(BytesMut),
    OnDisk(temp_file::Writer),
}

impl Writer {
    pub(super) fn new() -> Self {
        Self::InMemory(BytesMut::new())
    }

    /// Adds the next bytes. If they do not fit into the rest of the memory, the file is moved to the disk.
    pub(super) async fn write(&mut self, chunk: &[u8], memory: &mut usize) -> io::Result<()> {
        match self {
            Self::OnDisk(writer) => return writer.write(chunk).await,
            Self::InMemory(buffer) if temp_file::IS_SUPPORTED && chunk.len() > *memory => {
                *memory += buffer.len();
                let mut writer = temp_file::Writer::new().await?;
                writer.write(buffer).await?;
                writer.write(chunk).await?;
                *self = Self::OnDisk(writer);
            }
            Self::InMemory(buffer) => {
                *memory = memory.saturating_sub(chunk.len());
                buffer.extend_from_slice(chunk);
            }
        }
        Ok(())
    }

    pub(super) async fn finish(self) -> io::Result<Stored> {
        Ok(match self {
            Self::InMemory(buffer) => Stored::InMemory(buffer.freeze()),
            Self::OnDisk(writer) => Stored::OnDisk(writer.finish().await?),
        })
    }
}
