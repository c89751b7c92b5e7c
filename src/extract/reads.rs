//! What arguments, and so handlers, are made of.

/// What an argument is made of, or a handler's arguments together: the less, the less is done for it.
///
/// | arguments | together |
/// |---|---|
/// | all of the head | `Head` |
/// | the last of the body, all others of the head | `Body` |
/// | none of the body, and none that waits | `Request` |
/// | any others | `Waiting` |
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reads {
    /// The head, of which nothing is taken. The request is not put together.
    Head,
    /// The head, and then the whole body. While that is read, nothing else is left of the request.
    Body,
    /// What of the request is there at once. The request is not kept.
    Request,
    /// Anything, and it may wait for it. The request is kept.
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
