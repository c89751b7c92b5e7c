//! `/api/r/{throw,return,mw}`: handlers that fail.

use http::StatusCode;
use route_handlers::{Error, IntoResponse, Query, Response, Result, RouteHandlers, get};

use super::web::{Case, no_such_case, text, thrown};

/// `throw`: an `Err`, which may contain a response here.
async fn throw(Query(Case { case }): Query<Case>) -> Result<Response, Response> {
    let error = match case.as_str() {
        "error" => thrown("Error: boom"),
        "string" => thrown("a string"),
        "null" => thrown("null"),
        "undefined" => thrown("undefined"),
        "response" => return Err((StatusCode::IM_A_TEAPOT, text("thrown response")).into_response()),
        "status" => Error::new(StatusCode::IM_A_TEAPOT).with_detail("teapot"),
        "typeError" => panic!("cannot read a property of undefined"),
        "digest" => Error::new(StatusCode::NOT_FOUND), // `notFound()` throws this
        _ => no_such_case(),
    };
    Err(error.into_response())
}

/// Returns something else than a `Response`. The compiler refuses that here, and Next responds as to an error.
async fn no_response() -> Result<Response> {
    Err(thrown("no response is returned from the route handler"))
}

/// `NextResponse.next()` and `.rewrite()` are for middleware.
async fn middleware_only() -> Result<Response> {
    Err(thrown("NextResponse.next() was used in a route handler"))
}

pub fn routes() -> RouteHandlers {
    RouteHandlers::new()
        .route("/api/r/throw", get(throw).post(throw))
        .get("/api/r/return", no_response)
        .get("/api/r/mw", middleware_only)
}
