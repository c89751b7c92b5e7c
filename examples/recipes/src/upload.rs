use std::sync::Arc;

use http::StatusCode;
use http::header::LOCATION;
use object_store::path::Path as Key;
use object_store::{ObjectStore, ObjectStoreExt, WriteMultipart};
use route_handlers::multipart::{Field, Multipart};
use route_handlers::response::not_found;
use route_handlers::{Body, Created, Download, Error, IntoResponse, Path, Result, RouteHandlers, State, get, post};
use uuid::Uuid;

type Store = Arc<dyn ObjectStore>;

/// Where a file is. The client chooses neither the folder nor the name.
fn key(id: Uuid) -> Key {
    Key::from(format!("uploads/{id}"))
}

/// Sends the chunks of a file to the store as they arrive. At most four parts are under way, so the memory is bounded.
async fn copy(file: &mut Field<'_>, upload: &mut WriteMultipart) -> Result<()> {
    while let Some(chunk) = file.chunk().await? {
        upload.wait_for_capacity(4).await?;
        upload.put(chunk);
    }
    Ok(())
}

async fn upload(State(store): State<Store>, mut form: Multipart) -> Result<impl IntoResponse> {
    while let Some(mut field) = form.next_field().await? {
        if field.file_name().is_none() {
            continue;
        }
        let id = Uuid::new_v4();
        let mut upload = WriteMultipart::new(store.put_multipart(&key(id)).await?);
        if let Err(error) = copy(&mut field, &mut upload).await {
            let _ = upload.abort().await; // otherwise the store keeps the parts, and charges for them
            return Err(error);
        }
        upload.finish().await?;
        return Ok(([(LOCATION, format!("/files/{id}"))], Created(id)));
    }
    Err(Error::new(StatusCode::UNPROCESSABLE_ENTITY).with_detail("the form has no file"))
}

async fn download(State(store): State<Store>, Path(id): Path<Uuid>) -> Result<Download> {
    match store.get(&key(id)).await {
        Ok(file) => Ok(Download::new(Body::from_stream(file.into_stream())).file_name("upload.bin")),
        Err(object_store::Error::NotFound { .. }) => Err(not_found()),
        Err(error) => Err(error.into()),
    }
}

pub fn api(store: Store) -> RouteHandlers {
    RouteHandlers::new()
        .with_state(store)
        .route("/files", post(upload).body_limit(100 << 20))
        .route("/files/{id}", get(download))
}
