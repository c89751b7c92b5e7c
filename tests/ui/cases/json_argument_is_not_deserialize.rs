//! `Json<T>` of a `T` that is not `Deserialize`.

use route_handlers::{Json, RouteHandlers};

struct User;

async fn create(_: Json<User>) -> &'static str {
    "created"
}

fn main() {
    let _ = RouteHandlers::new().post("/function", create);
    let _ = RouteHandlers::new().post("/closure", async |_: Json<User>| "created");
}
