//! The content type of a QUERY (RFC 10008).

use std::future::ready;
use std::sync::Arc;

use http::{HeaderValue, Method, StatusCode};

use crate::error::Error;
use crate::extract::RouteCheck;
use crate::finalize::BoxedResponse;
use crate::handler::{Erased, Run};
use crate::request::{Incoming, media_type};
use crate::response::IntoResponse;
use crate::state::States;

/// Refuses a QUERY without a content type (§2.1), whatever the arguments of the handler.
pub(super) fn with_content_type(handler: Erased) -> Erased {
    let states = States::default();
    let mut arguments = RouteCheck::new(&states);
    handler.check(&mut arguments);
    let accepted = arguments.media_type();
    handler.wrap(|handler| Query { handler, accepted })
}

struct Query {
    handler: Erased,
    /// The media type that the arguments of the handler accept.
    accepted: Option<&'static str>,
}

impl Run for Query {
    fn run(self: Arc<Self>, incoming: &mut dyn Incoming) -> BoxedResponse {
        if media_type::essence(incoming.head().headers).is_empty() {
            return Box::pin(ready(self.refusal().into_response()));
        }
        self.handler.start(incoming)
    }
}

impl Query {
    fn refusal(&self) -> Error {
        let error = Error::new(StatusCode::BAD_REQUEST).with_detail("a QUERY must have a `content-type`");
        match self.accepted {
            Some(accepted) => error.with_header(media_type::accept(&Method::QUERY), HeaderValue::from_static(accepted)),
            None => error,
        }
    }
}
