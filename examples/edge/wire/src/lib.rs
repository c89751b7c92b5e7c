//! The routes that the wire tests ask on every host, and answers that are hard for this one.

mod hard;
#[path = "../../../../tests/wire/table.rs"]
#[allow(dead_code, reason = "the cases are for who asks")]
mod table;

use route_handlers::{RouteHandlers, hosts};
use worker::{Context, Env, event, web_sys};

/// Smaller than the standard library's allocator, and faster.
#[cfg(target_family = "wasm")]
#[global_allocator]
static TALC: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

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
