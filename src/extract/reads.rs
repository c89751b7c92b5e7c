//! What arguments, and so handlers, are made of.

/// What an argument is made of, or a handler's arguments together: the less, the less is done for it.
///
/// | arguments | together |
/// |---|---|
/// | each `Head` | `Head` |
/// | the last `Body`, the others `Head` | `Body` |
/// | each `Head`, `Request` or `Stream` | `Request` |
/// | any others | `Waiting` |
///
/// Unless it is `Waiting`, what no argument reads is dropped before the future of the answer is polled. So are the extensions:
/// who must know of a request's end watches its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reads {
    /// The head, of which nothing is taken: as [`Path`](crate::Path) and [`State`](crate::State) do. The request is not put
    /// together.
    Head,
    /// The head, and then the whole body: as [`Json`](crate::Json) and `Bytes` do. While that is read, nothing else is left
    /// of the request.
    Body,
    /// What of the request is there at once: as `HeaderMap`, [`Request`](crate::Request) and an `Option` of what is `Head` do.
    /// The request is not kept.
    Request,
    /// As `Request`, and it takes the body without waiting for it: as [`Body`](crate::Body) and `Multipart` do. An `Option` of
    /// it waits until it is known whether the body is empty.
    Stream,
    /// Anything, and it may wait for it: as an `Option` of what is `Body` or `Stream` does. The request is kept.
    Waiting,
}

impl Reads {
    /// What arguments are made of together.
    pub(super) const fn together(early: &[Self], last: Self) -> Self {
        let mut reads = if matches!(last, Self::Stream) { Self::Request } else { last };
        let mut at = 0;
        while at < early.len() {
            reads = match (early[at], reads) {
                (Self::Head, reads) => reads,
                (Self::Request | Self::Stream, Self::Head | Self::Request) => Self::Request,
                _ => Self::Waiting,
            };
            at += 1;
        }
        reads
    }
}
