//! `req` and `res` are not the first arguments.

use route_handlers::pages::{PagesRequest, PagesResponse, pages_with};
use route_handlers::{Response, RouteHandlers, State};

async fn show(_: State<u32>, _: PagesRequest, res: PagesResponse) -> Response {
    res.send("hello")
}

fn main() {
    let _ = RouteHandlers::new().any("/", pages_with(show));
}
