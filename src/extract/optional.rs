//! Arguments that may be absent, or may fail.

use crate::error::{Error, Result};
use crate::extract::shortcut::Shortcut;
use crate::extract::{FromRequest, RouteCheck};
use crate::platform::MaybeSend;
use crate::request::{Head, Incoming, Request};

impl<A: FromRequest + MaybeSend> FromRequest for Option<A> {
    const SHORTCUT: Option<Shortcut<Self>> = match A::SHORTCUT {
        Some(Shortcut::Head { .. }) => Some(Shortcut::Head { make: option_from_head::<A>, is_present: |_| true }),
        Some(Shortcut::Take(_)) | None => None,
    };

    async fn from_request(request: &mut Request) -> Result<Self> {
        // A chunked body may turn out to be empty.
        let is_there = A::is_present(request) && (!is_body::<A>(request) || request.has_content().await?);
        if is_there { A::from_request(request).await.map(Some) } else { Ok(None) }
    }

    fn check(route: &mut RouteCheck<'_>) {
        route.optional(A::check);
    }
}

impl<A: FromRequest + MaybeSend> FromRequest for Result<A, Error> {
    const SHORTCUT: Option<Shortcut<Self>> = match A::SHORTCUT {
        Some(Shortcut::Head { is_present, .. }) => Some(Shortcut::Head { make: result_from_head::<A>, is_present }),
        Some(Shortcut::Take(_)) => Some(Shortcut::Take(take_result::<A>)),
        None => None,
    };

    async fn from_request(request: &mut Request) -> Result<Self> {
        Ok(A::from_request(request).await)
    }

    fn is_present(request: &Request) -> bool {
        A::is_present(request)
    }

    fn check(route: &mut RouteCheck<'_>) {
        route.optional(A::check);
    }
}

/// Whether the argument is present only because the request has a body.
fn is_body<A: FromRequest>(request: &mut Request) -> bool {
    !request.with_empty_body(|request| A::is_present(request))
}

fn option_from_head<A: FromRequest>(head: &Head<'_>) -> Result<Option<A>> {
    match A::SHORTCUT {
        Some(Shortcut::Head { make, is_present }) if is_present(head) => make(head).map(Some),
        Some(Shortcut::Head { .. }) => Ok(None),
        _ => unreachable!("only used for an argument with this shortcut"),
    }
}

#[expect(clippy::unnecessary_wraps, reason = "`Shortcut` requires the outer `Result`")]
fn result_from_head<A: FromRequest>(head: &Head<'_>) -> Result<Result<A, Error>> {
    match A::SHORTCUT {
        Some(Shortcut::Head { make, .. }) => Ok(make(head)),
        _ => unreachable!("only used for an argument with this shortcut"),
    }
}

#[expect(clippy::unnecessary_wraps, reason = "`Shortcut` requires the outer `Result`")]
fn take_result<A: FromRequest>(incoming: &mut dyn Incoming) -> Result<Result<A, Error>> {
    match A::SHORTCUT {
        Some(Shortcut::Take(take)) => Ok(take(incoming)),
        _ => unreachable!("only used for an argument with this shortcut"),
    }
}
