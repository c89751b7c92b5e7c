//! One table of routes, written once: on hyper, on Cloudflare's runtime, on AWS Lambda, on Vercel and under WASI.
//!
//! It knows no host. What a host may do better than memory, [`Store`] asks for.

mod notes;
mod preferences;
mod streams;
#[path = "../../../shared/users.rs"]
pub mod users;

use http::header::CONTENT_TYPE;
use route_handlers::{Body, Request, Response, Result, RouteHandlers, get};

pub use notes::{Memory, Store};

/// The routes, with the notes in memory.
pub fn api() -> RouteHandlers {
    api_with(Memory::default())
}

/// The routes, with the notes where the host keeps them.
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

/// The body as it came, chunk by chunk: the answer begins before the request has ended.
async fn echo(mut request: Request) -> Result<Response> {
    let mut response = Response::new(std::mem::take(request.body_mut()?));
    if let Some(content_type) = request.headers().get(CONTENT_TYPE) {
        response.headers_mut().insert(CONTENT_TYPE, content_type.clone());
    }
    Ok(response)
}

/// 500 where panics unwind. Elsewhere the program ends, or what the host calls an instance, and the host begins anew.
async fn panics() -> Body {
    panic!("a handler that panics, for the tests")
}
