//! The users API alone as a Cloudflare Worker. `cargo run -p edge -- size` and `-- bench` measure it.

use route_handlers::{RouteHandlers, hosts};
use wasm_bindgen::prelude::wasm_bindgen;
use worker::{Context, Env, wasm_bindgen_futures, web_sys, worker_sys};

/// An allocator that is smaller and faster than that of the standard library.
#[cfg(target_family = "wasm")]
#[global_allocator]
static TALC: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

thread_local! {
    static API: RouteHandlers = edge_app::users::api();
}

#[wasm_bindgen]
pub async fn fetch(request: web_sys::Request, env: Env, context: worker_sys::Context) -> web_sys::Response {
    hosts::worker::respond(API.with(Clone::clone), request, env, Context::new(context)).await
}
