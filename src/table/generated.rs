//! The responses of the table itself: 405 with `Allow`, automatic OPTIONS, 404 and 400.

use std::sync::Arc;

use http::header::{ALLOW, HeaderValue};
use http::{Method, StatusCode};

use crate::error::Error;
use crate::finalize::{drop_content, permit};
use crate::on_error::{ErrorContext, ErrorHook};
use crate::request::media_type;
use crate::response::{IntoResponse, Response, render};
use crate::routing::{BadPath, LeafId};
use crate::table::Table;

/// A response of the table. Most are made when the future is polled, because every future of the service stores one, and
/// must stay small.
#[derive(Debug)]
pub(crate) enum GeneratedResponse {
    Pending(Arc<Table>, Generated),
    Made(Box<Response>),
}

/// The kind of a response, and the data to make it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Generated {
    pub(super) kind: Kind,
    pub(super) is_head: bool,
    /// The pattern that matched, if one did.
    pub(super) leaf: Option<LeafId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    NotFound,
    MethodNotAllowed,
    Options,
    BadTarget,
    BadPath(BadPath),
}

impl GeneratedResponse {
    #[cold] // inlined into the future of every route, it would cost a move of the response
    pub(crate) fn into_response(self) -> Response {
        match self {
            Self::Pending(table, generated) => table.respond(generated),
            Self::Made(response) => *response,
        }
    }
}

impl Table {
    /// Returns the response for `generated`. It is made now only if it needs a hook or several patterns.
    pub(super) fn generate(
        self: &Arc<Self>,
        generated: Generated,
        others: &[LeafId],
        hook: Option<&ErrorHook>,
        context: ErrorContext<'_>,
    ) -> GeneratedResponse {
        let hooked = hook.zip(generated.kind.error());
        if others.is_empty() && hooked.is_none() {
            return GeneratedResponse::Pending(Arc::clone(self), generated);
        }
        let response = match hooked {
            Some((hook, error)) => {
                let matched_route = generated.leaf.map(|leaf| self.routes.leaf(leaf).pattern().as_str());
                let allow = self.allow(generated, others);
                hook.respond(error, &ErrorContext { matched_route, allow: allow.as_ref(), ..context })
            }
            None => generated.kind.response(),
        };
        GeneratedResponse::Made(Box::new(self.complete(response, generated, others)))
    }

    /// Makes a response that needs no more data from the request.
    fn respond(&self, generated: Generated) -> Response {
        let refused = generated.leaf.filter(|_| generated.kind == Kind::MethodNotAllowed && !generated.is_head);
        let Some(leaf) = refused else { return self.complete(generated.kind.response(), generated, &[]) };
        let head = self.refusals[self.routes.allow_position(leaf)].clone();
        let content = Error::new(head.status).to_json();
        Response::from_parts(head, content.into())
    }

    /// Adds the headers that the response must have, and removes content and headers that HTTP does not allow in it.
    fn complete(&self, mut response: Response, generated: Generated, others: &[LeafId]) -> Response {
        permit(&mut response, generated.is_head, false);
        if let Some(allow) = self.allow(generated, others) {
            response.headers_mut().insert(ALLOW, allow);
        }
        for method in [&Method::PATCH, &Method::QUERY] {
            if let Some(accepted) = self.accepted(method, generated, others) {
                response.headers_mut().insert(media_type::accept(method), accepted);
            }
        }
        if generated.is_head {
            drop_content(&mut response, true);
        }
        response
    }

    /// The value of `Allow` for a 405 or an automatic OPTIONS (RFC 9110 §15.5.6, §9.3.7).
    fn allow(&self, generated: Generated, others: &[LeafId]) -> Option<HeaderValue> {
        match generated.kind {
            Kind::MethodNotAllowed | Kind::Options => generated.leaf.map(|leaf| self.routes.allow(leaf, others)),
            Kind::NotFound | Kind::BadTarget | Kind::BadPath(_) => None,
        }
    }

    /// The media type that a method accepts, for an automatic OPTIONS (RFC 5789 §3.1, RFC 10008 §3).
    fn accepted(&self, method: &Method, generated: Generated, others: &[LeafId]) -> Option<HeaderValue> {
        let first = generated.leaf.filter(|_| generated.kind == Kind::Options)?;
        let leaves = [first].into_iter().chain(others.iter().copied());
        let media_type = |leaf| self.routes.leaf(leaf).methods().get(Some(method))?.media_type();
        leaves.into_iter().find_map(media_type).map(HeaderValue::from_static)
    }
}

impl Kind {
    /// The error of the response. An automatic OPTIONS has none.
    fn error(self) -> Option<Error> {
        Some(match self {
            Self::Options => return None,
            Self::NotFound => Error::new(StatusCode::NOT_FOUND),
            Self::MethodNotAllowed => Error::new(StatusCode::METHOD_NOT_ALLOWED),
            Self::BadTarget => Error::new(StatusCode::BAD_REQUEST).with_detail("`*` is a target for OPTIONS only"),
            Self::BadPath(reason) => Error::new(StatusCode::BAD_REQUEST).with_detail(reason.as_str()),
        })
    }

    pub(super) fn response(self) -> Response {
        self.error().map_or_else(|| StatusCode::NO_CONTENT.into_response(), |error| render(&error))
    }
}
