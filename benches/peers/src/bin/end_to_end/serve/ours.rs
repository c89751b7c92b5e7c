//! route-handlers.

use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderValue};
use peers::work::{HELLO, User};
use route_handlers::{Body, Json, Path, Request, Response, RouteHandlers};

use super::gibibyte;

pub fn table() -> RouteHandlers {
    RouteHandlers::new()
        .get("/api/hello", async || {
            let mut response = Response::new(HELLO.into());
            response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            response
        })
        .get("/users/{id}", async |Path(id): Path<String>| id)
        .post("/users", async |Json(user): Json<User>| (StatusCode::CREATED, Json(user)))
        .get("/stream", async || Body::from_stream(gibibyte()))
        .post("/echo", async |request: Request| request.into_parts().1)
}
