//! What arguments, and so handlers, are made of.

/// What an argument is made of, or a handler's arguments together: the less, the less is done for it.
///
/// | arguments | together |
/// |---|---|
/// | each `Head` | `Head` |
/// | the last `Body`, the others `Head` | `Body` |
/// | each `Head` or `Request` | `Request` |
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
    /// What of the request is there at once: as `HeaderMap`, [`Request`](crate::Request), [`Body`](crate::Body) and an `Option`
    /// of what is `Head` do. The request is not kept.
    Request,
    /// Anything, and it may wait for it: as an `Option` of what is `Body` does. The request is kept.
    Waiting,
}

impl Reads {
    /// What arguments are made of together.
    pub(super) const fn together(early: &[Self], last: Self) -> Self {
        let mut reads = last;
        let mut at = 0;
        while at < early.len() {
            reads = match (early[at], reads) {
                (Self::Head, reads) => reads,
                (Self::Request, Self::Head | Self::Request) => Self::Request,
                _ => Self::Waiting,
            };
            at += 1;
        }
        reads
    }
}
