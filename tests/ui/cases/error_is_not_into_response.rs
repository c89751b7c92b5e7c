//! A `Result` with an error that is not a response.

use route_handlers::RouteHandlers;

async fn show() -> Result<String, std::io::Error> {
    std::fs::read_to_string("hello.txt")
}

fn main() {
    let _ = RouteHandlers::new().get("/", show);
}
