//! The request body: a JavaScript stream, which is read on demand.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::Frame;
use worker::js_sys::{IteratorNext, Uint8Array};
use worker::send::SendWrapper;
use worker::wasm_bindgen::{JsCast, JsValue};
use worker::wasm_bindgen_futures::JsFuture;
use worker::web_sys::{ReadableStream, ReadableStreamDefaultReader};

use crate::body::BoxError;

/// A request body. `worker::Body` is not used: the texts of its error type make the program larger.
pub(super) struct RequestBody(SendWrapper<State>);

/// The reader is absent once the stream has ended.
struct State {
    reader: Option<ReadableStreamDefaultReader>,
    read: Option<JsFuture>,
}

impl RequestBody {
    pub(super) fn new(stream: &ReadableStream) -> Self {
        Self(SendWrapper::new(State { reader: Some(stream.get_reader().unchecked_into()), read: None }))
    }
}

impl http_body::Body for RequestBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let state = &mut *self.0;
        let Some(reader) = &state.reader else { return Poll::Ready(None) };
        let read = state.read.get_or_insert_with(|| JsFuture::from(reader.read()));
        let result = ready!(Pin::new(read).poll(cx));
        state.read = None;
        let chunk = chunk(result);
        if !matches!(chunk, Some(Ok(_))) {
            state.reader = None;
        }
        Poll::Ready(chunk)
    }

    fn is_end_stream(&self) -> bool {
        self.0.reader.is_none()
    }
}

/// Converts the result of `reader.read()`. It has the shape of an iterator's result, with a `Uint8Array` as its value.
fn chunk(result: Result<JsValue, JsValue>) -> Option<Result<Frame<Bytes>, BoxError>> {
    match result.map(JsCast::unchecked_into::<IteratorNext>) {
        Ok(end) if end.done() => None,
        Ok(chunk) => Some(Ok(Frame::data(chunk.value().unchecked_into::<Uint8Array>().to_vec().into()))),
        Err(error) => Some(Err(format!("{error:?}").into())),
    }
}

/// Cancels the stream, so that the client can stop sending.
impl Drop for RequestBody {
    fn drop(&mut self) {
        if let Some(reader) = self.0.reader.take() {
            drop(JsFuture::from(reader.cancel())); // a `JsFuture` marks a rejection as handled; it does not matter here
        }
    }
}
