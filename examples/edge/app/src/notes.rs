//! Notes in a store of the host: Cloudflare KV, a database, or a map.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use http::StatusCode;
use route_handlers::after::BoxFuture;
use route_handlers::{After, Path, Result, RouteHandlers, State, get};

/// Stores texts by key. On wasm32 the futures need not be `Send`, so that they can await JavaScript.
pub trait Store: Send + Sync + 'static {
    /// Returns the text of a key.
    fn get(&self, key: String) -> BoxFuture<'_, Result<Option<String>>>;

    /// Stores a text.
    fn put(&self, key: String, text: String) -> BoxFuture<'_, Result<()>>;
}

/// A store in memory. The texts are lost when the program ends.
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

/// Responds, and then stores the note. The host must provide a hook that waits for the work, for the table or the request.
async fn keep_later(State(notes): State<Notes>, Path(key): Path<String>, after: After, text: String) -> StatusCode {
    let store = Arc::clone(&notes.0);
    after.run(async move {
        // The response was sent, so a failure cannot be reported to the client.
        let _ = store.put(key, text).await;
    });
    StatusCode::ACCEPTED
}
