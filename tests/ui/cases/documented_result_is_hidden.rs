use route_handlers::{IntoResponse, RouteHandlers, documented};

async fn hello() -> impl IntoResponse {
    "hello"
}

fn main() {
    let _ = RouteHandlers::new().get("/", documented(hello));
}
