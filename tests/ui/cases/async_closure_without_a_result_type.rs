//! A `?` in an `async` closure without a return type.

use route_handlers::RouteHandlers;

fn main() {
    let _ = RouteHandlers::new().get("/", async |text: String| {
        let number: u32 = text.parse()?;
        Ok(number.to_string())
    });
}
