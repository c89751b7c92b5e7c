//! A function with further arguments is given to `pages`.

use route_handlers::pages::{PagesRequest, PagesResponse, pages};
use route_handlers::{Response, RouteHandlers, State};

async fn show(_: PagesRequest, res: PagesResponse, _: State<u32>) -> Response {
    res.send("hello")
}

fn main() {
    let _ = RouteHandlers::new().any("/", pages(show));
}
