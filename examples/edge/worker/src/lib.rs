//! The app as a Cloudflare Worker, with its notes in KV.
//!
//! ```text
//! cargo run -p edge -- build    # target/workers/app: main.js and index_bg.wasm, to be deployed
//! cargo run -p edge -- test     # runs it in workerd
//! ```

use std::cell::OnceCell;

use edge_app::Store;
use route_handlers::after::BoxFuture;
use route_handlers::{Extension, Result, RouteHandlers, hosts};
use worker::kv::KvStore;
use worker::{Context, Env, event, web_sys};

/// An allocator that is smaller and faster than that of the standard library.
#[cfg(target_family = "wasm")]
#[global_allocator]
static TALC: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

thread_local! {
    // One table for each instance of the program, as all requests have the same binding.
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

/// Reads a variable of the worker: its `Env` is in the extensions of the request.
async fn greeting(Extension(env): Extension<Env>) -> Result<String> {
    Ok(env.var("GREETING")?.to_string())
}

struct Kv(KvStore);

/// The futures await JavaScript, and are not `Send`.
impl Store for Kv {
    fn get(&self, key: String) -> BoxFuture<'_, Result<Option<String>>> {
        Box::pin(async move { Ok(self.0.get(&key).text().await?) })
    }

    fn put(&self, key: String, text: String) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move { Ok(self.0.put(&key, text)?.execute().await?) })
    }
}
