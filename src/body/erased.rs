//! A body of any type as a boxed body: catches its panics, yields during empty frames, and holds back its errors.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use http_body::{Frame, SizeHint};
use pin_project_lite::pin_project;
use sync_wrapper::SyncWrapper;

use crate::body::{BodyError, BoxError, OnFailure, Streamed};
use crate::catch_panic::catch_panic;
use crate::platform::MaybeSend;

/// The number of consecutive empty frames that are read before other tasks may run.
const MAX_EMPTY_FRAMES: u8 = 16;

pin_project! {
    /// A body of another type. Its size hint and its end are stored after each frame, so that it need not be `Sync`.
    ///
    /// A panic of the body becomes an error of the body. The body is not polled again after it.
    pub(super) struct ErasedBody<B> {
        #[pin]
        body: SyncWrapper<B>,
        // The frame that `poll_first_frame` read. `hint` includes it until the reader takes it.
        first: Option<Frame<Bytes>>,
        // When a body fails, hyper drops everything that it has not flushed, even the head. So an error is returned one poll
        // later, and hyper flushes in between. The error of the first poll is returned immediately: the response can still
        // be a 500.
        held: Option<BodyError>,
        waited: bool,
        polled: bool,
        // The number of consecutive empty frames since this body was last pending because of them.
        empty_frames: u8,
        hint: SizeHint,
        ended: bool,
        on_failure: Option<OnFailure>,
    }
}

impl<B> ErasedBody<B>
where
    B: http_body::Body<Data: Buf, Error: Into<BoxError>>,
{
    pub(super) fn new(body: B) -> Self {
        Self {
            hint: body.size_hint(),
            body: SyncWrapper::new(body),
            first: None,
            held: None,
            waited: false,
            polled: false,
            empty_frames: 0,
            ended: false,
            on_failure: None,
        }
    }

    pub(super) fn get_mut(&mut self) -> &mut B {
        self.body.get_mut()
    }

    /// Calls methods of the body, and returns a panic as an error.
    fn call<T>(mut self: Pin<&mut Self>, method: impl FnOnce(Pin<&mut B>) -> T) -> Result<T, BodyError> {
        catch_panic(|| method(self.as_mut().project().body.get_pin_mut())).map_err(|panic| {
            *self.project().ended = true;
            BodyError::new(panic)
        })
    }

    /// The next frame of the body.
    ///
    /// Readers skip empty frames, so an endless series of them would block the thread. After `MAX_EMPTY_FRAMES` empty frames
    /// this is pending once, so that the head of the response is sent and other tasks run.
    fn poll_inner(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        *self.as_mut().project().polled = true;
        let frame = ready!(self.as_mut().poll_body(cx));
        if let Some(Err(error)) = &frame {
            self.as_mut().failed(error);
        }
        let is_empty = |frame: &Frame<Bytes>| frame.data_ref().is_some_and(Bytes::is_empty);
        let empty_frames = self.project().empty_frames;
        *empty_frames = if matches!(&frame, Some(Ok(frame)) if is_empty(frame)) { *empty_frames + 1 } else { 0 };
        if *empty_frames == MAX_EMPTY_FRAMES {
            *empty_frames = 0;
            cx.waker().wake_by_ref();
            return Poll::Pending; // dropping an empty frame loses nothing
        }
        Poll::Ready(frame)
    }

    fn poll_body(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let to_bytes = |mut data: B::Data| data.copy_to_bytes(data.remaining());
        let frame = self.call(|body| {
            if body.is_end_stream() {
                return Poll::Ready(None);
            }
            let frame = ready!(body.poll_frame(cx));
            Poll::Ready(frame.map(|frame| frame.map(|frame| frame.map_data(to_bytes)).map_err(BodyError::new)))
        });
        frame.unwrap_or_else(|panic| Poll::Ready(Some(Err(panic))))
    }

    /// Stores the size hint and the end of the body.
    fn store_hint(mut self: Pin<&mut Self>) {
        let stored = self.as_mut().call(|body| (body.size_hint(), body.is_end_stream()));
        match stored {
            Ok(stored) => {
                let this = self.project();
                (*this.hint, *this.ended) = stored;
            }
            Err(panic) => {
                self.as_mut().failed(&panic);
                *self.project().held = Some(panic);
            }
        }
    }

    fn failed(self: Pin<&mut Self>, error: &BodyError) {
        if let Some(call) = self.project().on_failure.take() {
            call(error);
        }
    }

    /// Returns the held error at the second poll.
    fn poll_held(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let this = self.project();
        *this.waited = !*this.waited;
        if *this.waited {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(this.held.take().map(Err))
    }

    fn end(self: Pin<&mut Self>) {
        let this = self.project();
        *this.hint = SizeHint::with_exact(0);
        *this.ended = true;
    }
}

impl<B> Streamed for ErasedBody<B>
where
    B: http_body::Body<Data: Buf, Error: Into<BoxError>> + MaybeSend,
{
    fn poll_first_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<bool, BodyError>> {
        loop {
            match &self.first {
                Some(frame) if frame.data_ref().is_some_and(Bytes::is_empty) => {} // over HTTP/2, an empty frame may be the whole body
                Some(frame) => return Poll::Ready(Ok(frame.is_data())),
                None if self.ended => return Poll::Ready(Ok(false)),
                None => {}
            }
            *self.as_mut().project().first = None;
            match ready!(self.as_mut().poll_inner(cx)) {
                Some(frame) => *self.as_mut().project().first = Some(frame?),
                None => self.as_mut().end(),
            }
        }
    }

    fn poll_data(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, BodyError>>> {
        if let Some(first) = self.as_mut().project().first.take() {
            if let Ok(data) = first.into_data() {
                return Poll::Ready(Some(Ok(data)));
            }
        }
        while !self.ended {
            match ready!(self.as_mut().poll_inner(cx)) {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => return Poll::Ready(Some(Ok(data))),
                    Err(_trailers) => {}
                },
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => self.as_mut().end(),
            }
        }
        Poll::Ready(self.project().held.take().map(Err))
    }

    fn on_failure(self: Pin<&mut Self>, call: OnFailure) {
        *self.project().on_failure = Some(call);
    }
}

impl<B> http_body::Body for ErasedBody<B>
where
    B: http_body::Body<Data: Buf, Error: Into<BoxError>>,
{
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        if self.held.is_some() {
            return self.poll_held(cx);
        }
        if self.ended {
            return Poll::Ready(None);
        }
        let is_first = !self.polled;
        let frame = match self.as_mut().project().first.take() {
            Some(first) => Some(Ok(first)),
            None => ready!(self.as_mut().poll_inner(cx)),
        };
        match frame {
            None => self.end(),
            Some(Err(error)) if !is_first => {
                *self.as_mut().project().held = Some(error);
                return self.poll_held(cx);
            }
            _ if self.ended => {} // the body has panicked
            _ => self.store_hint(),
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.ended && self.held.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        self.hint
    }
}
