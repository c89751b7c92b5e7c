//! A closure of `pages_with` that does not name the types of `req` and `res`.

use route_handlers::pages::pages_with;
use route_handlers::{RouteHandlers, State};

fn main() {
    let _ = RouteHandlers::new().any("/", pages_with(async |req, res, _: State<u32>| res.json(req.query())));
}
