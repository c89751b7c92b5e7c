//! The body of a streamed response: a JavaScript stream that polls the body on demand.

use std::cell::RefCell;
use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::Body as _;
use web_sys::{QueuingStrategy, ReadableStream, ReadableStreamDefaultController, UnderlyingSource};
use worker::js_sys::{Promise, Uint8Array};
use worker::wasm_bindgen::closure::Closure;
use worker::wasm_bindgen::{JsCast, JsValue};

use super::promise::promise;
use super::relay::Relay;
use crate::body::{Body, BodyError};

/// The data frames of a body.
pub(super) struct Chunks {
    /// The chunk that was polled before the stream was made.
    pub(super) first: Option<Bytes>,
    pub(super) body: Body,
    pub(super) relay: Relay,
}

impl Chunks {
    pub(super) fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, BodyError>>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(Ok(first)));
        }
        let Self { body, relay, .. } = self;
        relay.poll(cx, |cx| {
            loop {
                let frame = ready!(Pin::new(&mut *body).poll_frame(cx));
                match frame.map(|frame| frame.map(http_body::Frame::into_data)) {
                    None => return Poll::Ready(None),
                    Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                    Some(Ok(Ok(data))) => return Poll::Ready(Some(Ok(data))),
                    Some(Ok(Err(_trailers))) => {}
                }
            }
        })
    }

    pub(super) fn into_stream(self) -> Result<ReadableStream, JsValue> {
        let chunks = Rc::new(RefCell::new(Some(self)));
        let pulled = Rc::clone(&chunks);
        let pull: Closure<dyn FnMut(ReadableStreamDefaultController) -> Promise> =
            Closure::new(move |controller| promise(pull(Rc::clone(&pulled), controller)));
        let cancel: Closure<dyn FnMut()> = Closure::new(move || {
            if let Some(Self { body, relay, .. }) = chunks.take() {
                drop(body);
                relay.wake(); // a pull that waits for the next chunk must end
            }
        });
        // JavaScript owns the closures, because an abandoned stream is neither read to its end nor cancelled. It frees them by
        // weak references, which need a compatibility date of 2025-05-05.
        let source = UnderlyingSource::new();
        source.set_pull(pull.into_js_value().unchecked_ref());
        source.set_cancel(cancel.into_js_value().unchecked_ref());
        // With a mark of 0 the stream pulls no chunk before somebody reads it.
        let strategy = QueuingStrategy::new();
        strategy.set_high_water_mark(0.0);
        ReadableStream::new_with_underlying_source_and_strategy(&source, &strategy)
    }
}

/// Passes the next chunk to JavaScript. The body is dropped at its end, and when the reader cancels.
async fn pull(
    chunks: Rc<RefCell<Option<Chunks>>>,
    controller: ReadableStreamDefaultController,
) -> Result<JsValue, JsValue> {
    let next = poll_fn(|cx| match &mut *chunks.borrow_mut() {
        Some(chunks) => chunks.poll_next(cx),
        None => Poll::Ready(None),
    });
    match next.await {
        Some(Ok(chunk)) => controller.enqueue_with_chunk(&Uint8Array::from(&*chunk))?,
        Some(Err(error)) => {
            chunks.take();
            return Err(JsValue::from_str(&error.to_string()));
        }
        None if chunks.take().is_some() => controller.close()?,
        None => {}
    }
    Ok(JsValue::UNDEFINED)
}
