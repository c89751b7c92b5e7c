//! The last word on every answer: failures go through `on_error`, and what HTTP does not allow is taken out.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;

use http::StatusCode;
use http::header::CONTENT_LENGTH;
use http_body::Body as _;

use crate::after::AfterJobs;
use crate::body::Body;
use crate::error::Error;
use crate::log;
use crate::on_error::Hooked;
use crate::request::Request;
use crate::response::{IntoResponse, Response};

/// What is done to the answer of a handler, or of a layer around it.
#[derive(Debug)]
pub(crate) struct Finish {
    head: HeadAnswer,
    hooked: Option<Arc<Hooked>>,
    after: Option<AfterJobs>,
}

/// How a HEAD is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HeadAnswer {
    /// It is another method, or somebody further out sees to it.
    No,
    /// By the handler of GET, which makes the content that GET would send.
    ByGet,
    /// By a handler that knows of HEAD, and need not make any content.
    Own,
}

/// Marks an answer whose failure was logged and shaped, so that no layer further out does it again.
#[derive(Clone, Copy)]
struct Settled;

impl Finish {
    /// For the answer to this request.
    pub(crate) fn of(request: &Request, head: HeadAnswer) -> Self {
        Self { head, hooked: request.on_error().cloned(), after: request.after_jobs().cloned() }
    }

    pub(crate) fn apply(self, response: Response) -> Response {
        let mut response = permitted(response);
        if let Some(error) = response.extensions().get::<Error>() {
            if response.extensions().get::<Settled>().is_none() {
                log::failure(error);
                if let Some(hooked) = &self.hooked {
                    response = permitted(hooked.answer(error.clone()));
                }
                response.extensions_mut().insert(Settled);
            }
        }
        match self.head {
            HeadAnswer::No => {}
            HeadAnswer::ByGet => drop_content(&mut response, true),
            HeadAnswer::Own => drop_content(&mut response, false),
        }
        match self.after {
            Some(after) => response.map(|body| after.after(body)),
            None => response,
        }
    }
}

/// An answer whose body has begun, or the failure that it began with. A handler's panic is caught further out, and so is
/// one of the stream that it returned.
pub(crate) async fn begun(mut response: Response) -> Response {
    match poll_fn(|cx| Poll::Ready(response.body_mut().begin(cx))).await {
        Ok(()) => response,
        Err(error) => Error::from_boxed(error).into_response(),
    }
}

/// What may be sent of an answer: a final status, and no content where the status has none.
///
/// 1xx is no final answer (RFC 9110 §15.2), but for the 101 that ends an upgrade. 204, 205 and 304 have no content
/// (§15.3.5, §15.3.6, §15.4.5), and the first two no length (§8.6). A length that is wrong is taken out.
pub(crate) fn permitted(mut response: Response) -> Response {
    match response.status() {
        StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT => {
            *response.body_mut() = Body::empty();
            response.headers_mut().remove(CONTENT_LENGTH);
        }
        StatusCode::NOT_MODIFIED => *response.body_mut() = Body::empty(),
        StatusCode::SWITCHING_PROTOCOLS => {}
        status if status.is_informational() => {
            let reason = format!("{status} is no final answer");
            return Error::from_source(StatusCode::INTERNAL_SERVER_ERROR, reason).into_response();
        }
        _ => drop_wrong_length(&mut response),
    }
    response
}

/// A length that is not that of the content breaks the connection's framing (RFC 9110 §8.6): the host writes the right
/// one. Where there is no content, it may be that of a HEAD.
fn drop_wrong_length(response: &mut Response) {
    let Some(said) = response.headers().get(CONTENT_LENGTH) else { return };
    let said: Option<u64> = said.to_str().ok().and_then(|said| said.parse().ok());
    let is_wrong = |actual: u64| actual > 0 && said != Some(actual);
    if response.body().size_hint().exact().is_some_and(is_wrong) {
        response.headers_mut().remove(CONTENT_LENGTH);
    }
}

/// The answer to HEAD: the head that GET has, with its length if that is known, and no content (RFC 9110 §9.3.2, §8.6).
///
/// Where the handler may have left the content out itself, no content says nothing of the length.
pub(crate) fn drop_content(response: &mut Response, content_is_that_of_get: bool) {
    if matches!(response.status().as_u16(), 101 | 204 | 205 | 304) {
        return;
    }
    let length = response.body().size_hint().exact();
    match length.filter(|length| content_is_that_of_get || *length > 0) {
        Some(length) => {
            response.headers_mut().entry(CONTENT_LENGTH).or_insert(length.into());
            *response.body_mut() = Body::empty();
        }
        None => *response.body_mut() = Body::without_length(),
    }
}
