//! The app as a Cloudflare Worker, with its notes in KV.

use std::cell::OnceCell;

use edge_app::Store;
use route_handlers::{BoxFuture, Extension, Result, RouteHandlers, hosts};
use worker::kv::KvStore;
use worker::{Context, Env, event, web_sys};

/// Smaller than the standard library's allocator, and faster.
#[cfg(target_family = "wasm")]
#[global_allocator]
static TALC: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

thread_local! {
    // Once for each instance of the program; a binding is the same for all requests.
    static API: OnceCell<RouteHandlers> = const { OnceCell::new() };
}

#[event(fetch)]
async fn fetch(request: web_sys::Request, env: Env, context: Context) -> worker::Result<web_sys::Response> {
    let notes = env.kv("NOTES")?;
    let api = API.with(|api| api.get_or_init(|| api_with(Kv(notes))).clone());
    hosts::worker::fetch(api, request, env, context).await
}

fn api_with(notes: Kv) -> RouteHandlers {
    edge_app::api_with(notes).get("/api/greeting", greeting)
}

/// What is set for the worker is in the request's extensions.
async fn greeting(Extension(env): Extension<Env>) -> Result<String> {
    Ok(env.var("GREETING")?.to_string())
}

struct Kv(KvStore);

/// The futures of KV are JavaScript's, and not `Send`.
impl Store for Kv {
    fn get(&self, key: String) -> BoxFuture<'_, Result<Option<String>>> {
        Box::pin(async move { Ok(self.0.get(&key).text().await?) })
    }

    fn put(&self, key: String, text: String) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move { Ok(self.0.put(&key, text)?.execute().await?) })
    }
}
