//! A result that is not a response.

use route_handlers::{Json, RouteHandlers};

struct User;

async fn show() -> User {
    User
}

async fn show_json() -> Json<User> {
    Json(User)
}

fn main() {
    let _ = RouteHandlers::new().get("/function", show);
    let _ = RouteHandlers::new().get("/closure", async || User);
    let _ = RouteHandlers::new().get("/json", show_json);
}
