//! The users API alone, to be weighed and timed beside JavaScript with the same routes.

use route_handlers::{RouteHandlers, hosts};
use worker::{Context, Env, event, web_sys};

thread_local! {
    static API: RouteHandlers = edge_app::users::api();
}

#[event(fetch)]
async fn fetch(request: web_sys::Request, env: Env, context: Context) -> worker::Result<web_sys::Response> {
    hosts::worker::fetch(API.with(Clone::clone), request, env, context).await
}
