//! Arguments that may be missing, or may fail.

use crate::error::{Error, Result};
use crate::extract::{FromRequest, Reads, Requirements};
use crate::platform::MaybeSend;
use crate::request::{Request, RequestHead};

impl<A: FromRequest + MaybeSend> FromRequest for Option<A> {
    const READS: Reads = match A::READS {
        Reads::Head | Reads::Request => Reads::Request,
        Reads::Body | Reads::Stream | Reads::Waiting => Reads::Waiting,
    };

    async fn from_request(request: &mut Request) -> Result<Self> {
        // A body in chunks may turn out to be empty.
        let reads_body = matches!(A::READS, Reads::Body | Reads::Stream);
        let is_there = A::is_present(request) && (!reads_body || request.has_content().await?);
        if is_there { A::from_request(request).await.map(Some) } else { Ok(None) }
    }

    fn requirements(requirements: &mut Requirements<'_>) {
        requirements.optional(A::requirements);
    }
}

impl<A: FromRequest + MaybeSend> FromRequest for Result<A, Error> {
    const READS: Reads = match A::READS {
        Reads::Body => Reads::Waiting, // for the handler to decide, once the body was read
        reads => reads,
    };

    fn from_head(head: &RequestHead<'_>) -> Result<Self> {
        Ok(A::from_head(head))
    }

    async fn from_request(request: &mut Request) -> Result<Self> {
        Ok(A::from_request(request).await)
    }

    fn requirements(requirements: &mut Requirements<'_>) {
        requirements.optional(A::requirements);
    }
}
