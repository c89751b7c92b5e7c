//! A front end in TypeScript and its API on one origin, with SQLite or PostgreSQL.
//!
//! ```text
//! cargo run -p fullstack                              # then open http://localhost:3000, or /api/docs about the API
//! curl -i localhost:3000/api/users                    # 200 {"users":[{"id":1,"name":"Ada Lovelace",…
//! cargo run -p fullstack -- openapi                   # prints the OpenAPI document
//! DATABASE_URL=postgres://… cargo run -p fullstack    # with PostgreSQL
//! ```

#[path = "../../shared/port.rs"]
mod port;

use std::error::Error;

use fullstack::{Events, Store, api, app, document, front_end};
use route_handlers::hosts::hyper::{serve, shutdown_signal};
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    if std::env::args().nth(1).as_deref() == Some("openapi") {
        let api = api(Store::in_memory().await?, Events::new());
        println!("{}", serde_json::to_string_pretty(&document(&api))?);
        return Ok(());
    }
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("tower_http=debug"));
    tracing_subscriber::fmt().with_env_filter(filter).init();
    let store = Store::open(std::env::var("DATABASE_URL").ok()).await?;
    let events = Events::new();
    let service = app(api(store, events.clone()), front_end());
    let shutdown = async move {
        shutdown_signal().await;
        events.close(); // otherwise the open pages would keep their connections
    };
    serve(port::listen().await?, service).with_graceful_shutdown(shutdown).await;
    Ok(())
}
