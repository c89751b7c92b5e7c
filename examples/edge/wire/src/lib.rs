//! The routes that the wire tests ask on every host, and answers that are hard for this one.

mod hard;
#[path = "../../../../tests/wire/table.rs"]
#[allow(dead_code, reason = "the cases are for who asks")]
mod table;

use route_handlers::{RouteHandlers, hosts};
use worker::{Context, Env, event, web_sys};

thread_local! {
    static API: RouteHandlers = RouteHandlers::new()
        .nest("/api", table::routes())
        .claim("/api")
        .nest("/hard", hard::routes());
}

#[event(fetch)]
async fn fetch(request: web_sys::Request, env: Env, context: Context) -> worker::Result<web_sys::Response> {
    hosts::worker::fetch(API.with(Clone::clone), request, env, context).await
}
