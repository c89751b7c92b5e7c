//! Where the parser's bytes come from: the body, counted, a chunk at a time.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use http::StatusCode;
use http_body::Body as _;

use crate::body::{Body, BoxError};
use crate::error::{Error, Result};
use crate::request::body::{too_large, unreadable};

/// Bytes that the head of a field may have, to within a chunk.
const MAX_HEAD: usize = 16 * 1024;

/// The body, and what of it the parser is given.
///
/// The parser reads all that its stream has, and wants it `Send`, which a body on wasm32 is not; so it gets a slot that
/// holds what it was given and no more.
pub(super) struct Source {
    body: Body,
    slot: Arc<Mutex<Slot>>,
    limit: usize,
    read: usize,
    /// What may still be read before the field has begun.
    head_left: Option<usize>,
    /// What the body must begin with, as far as it has not.
    opening: VecDeque<u8>,
    /// What the body must end with, but for a line end; and its end so far.
    closing: Vec<u8>,
    tail: Vec<u8>,
}

#[derive(Default)]
struct Slot {
    chunk: Option<Bytes>,
    has_ended: bool,
}

/// The parser's end of the slot.
pub(super) struct Chunks(Arc<Mutex<Slot>>);

impl Source {
    pub(super) fn new(body: Body, boundary: &str, limit: usize) -> (Self, Chunks) {
        let slot = Arc::<Mutex<Slot>>::default();
        let chunks = Chunks(Arc::clone(&slot));
        let opening = format!("--{boundary}").into_bytes().into();
        let closing = format!("--{boundary}--").into_bytes();
        (Self { body, slot, limit, read: 0, head_left: None, opening, closing, tail: Vec::new() }, chunks)
    }

    pub(super) fn begin_head(&mut self) {
        self.head_left = Some(MAX_HEAD);
    }

    pub(super) fn begin_data(&mut self) {
        self.head_left = None;
    }

    /// Gives the parser the next chunk, or the end.
    pub(super) fn poll_feed(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        if self.head_left == Some(0) {
            return Poll::Ready(Err(malformed("the head of a field is too long")));
        }
        let chunk = ready!(self.poll_chunk(cx))?;
        let mut slot = self.slot.lock().unwrap_or_else(PoisonError::into_inner);
        if std::mem::replace(&mut slot.has_ended, chunk.is_none()) {
            return Poll::Ready(Err(malformed("it ends too soon")));
        }
        self.head_left = self.head_left.map(|left| left.saturating_sub(chunk.as_ref().map_or(0, Bytes::len)));
        slot.chunk = chunk;
        Poll::Ready(Ok(()))
    }

    /// Reads what is left after the last field: nothing but the rest of the last boundary.
    pub(super) fn poll_end(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        while ready!(self.poll_chunk(cx))?.is_some() {}
        let tail = self.tail.strip_suffix(b"\r\n").unwrap_or(&self.tail);
        let is_whole = tail.ends_with(&self.closing);
        Poll::Ready(is_whole.then_some(()).ok_or_else(|| malformed("there is something after its last boundary")))
    }

    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>>> {
        loop {
            let Some(frame) = ready!(Pin::new(&mut self.body).poll_frame(cx)) else { return Poll::Ready(Ok(None)) };
            let Ok(chunk) = frame.map_err(unreadable)?.into_data() else { continue }; // trailers
            self.read += chunk.len();
            if self.read > self.limit {
                return Poll::Ready(Err(too_large(self.limit)));
            }
            self.note(&chunk)?;
            return Poll::Ready(Ok(Some(chunk)));
        }
    }

    /// Looks at the beginning and the end of the body, for the parser skips what stands before the first boundary and
    /// after the last.
    fn note(&mut self, chunk: &[u8]) -> Result<()> {
        for byte in chunk {
            match self.opening.pop_front() {
                Some(expected) if expected != *byte => {
                    return Err(malformed("it does not begin with its boundary"));
                }
                Some(_) => {}
                None => break,
            }
        }
        let longest = self.closing.len() + 2;
        self.tail.extend_from_slice(&chunk[chunk.len().saturating_sub(longest)..]);
        self.tail.drain(..self.tail.len().saturating_sub(longest));
        Ok(())
    }
}

impl Stream for Chunks {
    type Item = Result<Bytes, BoxError>;

    /// Pending wakes nobody: whoever polls the parser feeds it, and polls it again.
    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut slot = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match slot.chunk.take() {
            Some(chunk) => Poll::Ready(Some(Ok(chunk))),
            None if slot.has_ended => Poll::Ready(None),
            None => Poll::Pending,
        }
    }
}

pub(super) fn malformed(reason: &str) -> Error {
    Error::new(StatusCode::BAD_REQUEST).with_detail(format!("the body is not a multipart form: {reason}"))
}
