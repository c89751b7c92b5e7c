//! Notes, in whatever the host has: Cloudflare's KV, a database, a map.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use http::StatusCode;
use route_handlers::{After, BoxFuture, Path, Result, RouteHandlers, State, get};

/// Text by its key. On wasm32 the futures need not be `Send`: they may be JavaScript's.
pub trait Store: Send + Sync + 'static {
    /// The text of a key, if it has one.
    fn get(&self, key: String) -> BoxFuture<'_, Result<Option<String>>>;

    /// Keeps a text.
    fn put(&self, key: String, text: String) -> BoxFuture<'_, Result<()>>;
}

/// A map: what is kept is gone when the program ends.
#[derive(Default)]
pub struct Memory(Mutex<HashMap<String, String>>);

impl Store for Memory {
    fn get(&self, key: String) -> BoxFuture<'_, Result<Option<String>>> {
        let text = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        Box::pin(async { Ok(text) })
    }

    fn put(&self, key: String, text: String) -> BoxFuture<'_, Result<()>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(key, text);
        Box::pin(async { Ok(()) })
    }
}

struct Notes(Arc<dyn Store>);

pub(crate) fn api(store: impl Store) -> RouteHandlers {
    RouteHandlers::new()
        .with_state(Notes(Arc::new(store)))
        .route("/api/notes/{key}", get(show).put(keep))
        .post("/api/notes/{key}/later", keep_later)
}

async fn show(State(notes): State<Notes>, Path(key): Path<String>) -> Result<Option<String>> {
    notes.0.get(key).await
}

async fn keep(State(notes): State<Notes>, Path(key): Path<String>, text: String) -> Result<StatusCode> {
    notes.0.put(key, text).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Answers first, keeps it after: the host must wait for the work, by a hook that is the table's or the request's.
async fn keep_later(State(notes): State<Notes>, Path(key): Path<String>, after: After, text: String) -> StatusCode {
    let store = Arc::clone(&notes.0);
    after.run(async move {
        // The answer is gone: there is nobody left to tell of a failure.
        let _ = store.put(key, text).await;
    });
    StatusCode::ACCEPTED
}
