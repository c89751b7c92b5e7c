//! One route table for every host: hyper, Cloudflare Workers, AWS Lambda, Vercel and WASI.
//!
//! The crate depends on no host. A host may provide its own storage through [`Store`].
//!
//! ```text
//! cargo test -p edge_app               # the routes without a host
//! cargo run -p vercel                  # a local server; then: curl -i localhost:3000/api/users
//! ```

mod notes;
mod preferences;
mod streams;
#[path = "../../../shared/users.rs"]
pub mod users;

use http::header::CONTENT_TYPE;
use route_handlers::{Body, Request, Response, Result, RouteHandlers, get};

pub use notes::{Memory, Store};

/// Returns the routes, with the notes in memory.
pub fn api() -> RouteHandlers {
    api_with(Memory::default())
}

/// Returns the routes, with the notes in a store of the host.
pub fn api_with(notes: impl Store) -> RouteHandlers {
    RouteHandlers::new()
        .merge(users::api())
        .merge(notes::api(notes))
        .merge(preferences::api())
        .get("/api/count/{n}", streams::count)
        .get("/api/ticks", streams::ticks)
        .route("/api/echo", get(async || "POST me something").post(echo).body_limit(64 << 20))
        .get("/api/panic", panics)
        .claim("/api")
}

/// Sends the body back chunk by chunk. The response begins before the end of the request.
async fn echo(mut request: Request) -> Result<Response> {
    let mut response = Response::new(std::mem::take(request.body_mut()?));
    if let Some(content_type) = request.headers().get(CONTENT_TYPE) {
        response.headers_mut().insert(CONTENT_TYPE, content_type.clone());
    }
    Ok(response)
}

/// Responds with 500 if panics unwind. On wasm32 the program aborts, and the host makes a new instance.
async fn panics() -> Body {
    panic!("on purpose, for the tests")
}
