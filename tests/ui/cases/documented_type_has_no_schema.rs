use route_handlers::{Json, RouteHandlers, documented};
use serde::Deserialize;

#[derive(Deserialize)]
struct New {
    name: String,
}

fn main() {
    let _ = RouteHandlers::new().post("/", documented(async |Json(new): Json<New>| new.name));
}
