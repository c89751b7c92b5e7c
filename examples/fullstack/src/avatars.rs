//! Pictures of users: uploaded as a form with a file, and stored in the database.

use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use route_handlers::multipart::UploadedFile;
use route_handlers::openapi::{DocumentResponse, OperationBuilder};
use route_handlers::{
    Error, FormData, IntoResponse, Json, NoContent, Path, Response, RouteHandlers, State, documented, get,
};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::events::{Change, Events};
use crate::failure::{Missing, Refused};
use crate::session::Session;
use crate::store::{Avatar, Store};
use crate::users::User;

const LIMIT: usize = 1024 * 1024;

/// A form with a picture.
#[derive(Deserialize, JsonSchema)]
struct AvatarForm {
    /// A PNG, JPEG, GIF or WebP of at most 1 MiB.
    #[schemars(extend("contentMediaType" = "image/png, image/jpeg, image/gif, image/webp"))]
    avatar: UploadedFile,
}

pub fn register(api: RouteHandlers) -> RouteHandlers {
    let show = documented(show).summary("Shows a user's picture").tag("users").operation_id("showAvatar");
    let set = documented(set).summary("Sets a user's picture").tag("users").operation_id("setAvatar");
    api.route("/users/{id}/avatar", get(show).put(set).body_limit(LIMIT + 16 * 1024).etag())
}

async fn show(State(store): State<Store>, Path(id): Path<u32>) -> Result<Picture, Missing> {
    store.avatar(id).await?.map(Picture).ok_or(Missing::NoUser(id))
}

async fn set(
    _: Session,
    State(store): State<Store>,
    State(events): State<Events>,
    Path(id): Path<u32>,
    FormData(form): FormData<AvatarForm>,
) -> Result<Json<User>, Refused> {
    let content = form.avatar.bytes().await.map_err(Error::from)?.to_vec();
    let avatar = Avatar { media_type: media_type(&content)?.to_owned(), content };
    let user = store.set_avatar(id, &avatar).await?.ok_or(Refused::NoUser(id))?;
    events.send(Change::Changed(user.clone()));
    Ok(Json(user))
}

/// Finds the media type by the first bytes, as the client may send a wrong one.
fn media_type(content: &[u8]) -> Result<&'static str, Error> {
    match content {
        [0x89, b'P', b'N', b'G', ..] => Ok("image/png"),
        [0xFF, 0xD8, 0xFF, ..] => Ok("image/jpeg"),
        [b'G', b'I', b'F', b'8', ..] => Ok("image/gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Ok("image/webp"),
        _ => Err(unprocessable("the picture must be a PNG, JPEG, GIF or WebP")),
    }
}

fn unprocessable(detail: &'static str) -> Error {
    Error::new(StatusCode::UNPROCESSABLE_ENTITY).with_detail(detail)
}

/// A picture as a response. Without a picture it is 204.
struct Picture(Option<Avatar>);

impl IntoResponse for Picture {
    fn into_response(self) -> Response {
        let Some(Avatar { media_type, content }) = self.0 else { return NoContent.into_response() };
        let headers = [(CONTENT_TYPE, media_type), (CACHE_CONTROL, "private, max-age=31536000, immutable".to_owned())];
        (headers, content).into_response()
    }
}

/// The bytes of a file.
#[derive(JsonSchema)]
#[schemars(inline, extend("format" = "binary"))]
#[expect(dead_code, reason = "it is a schema")]
struct File(String);

impl DocumentResponse for Picture {
    fn document_response(operation: &mut OperationBuilder<'_>) {
        for media_type in ["image/gif", "image/jpeg", "image/png", "image/webp"] {
            operation.response::<File>(StatusCode::OK, media_type);
        }
        NoContent::document_response(operation);
    }
}
