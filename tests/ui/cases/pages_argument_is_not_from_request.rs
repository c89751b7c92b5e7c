//! An argument after `req` and `res` that is not made from a request.

use route_handlers::pages::{PagesRequest, PagesResponse, pages_with};
use route_handlers::{Response, RouteHandlers, State};

struct User;

async fn show(_: PagesRequest, res: PagesResponse, _: State<u32>, _: User) -> Response {
    res.send("hello")
}

fn main() {
    let _ = RouteHandlers::new().any("/", pages_with(show));
}
