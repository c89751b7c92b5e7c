//! A closure that moves a captured variable into the future of its first call.

use route_handlers::{Path, RouteHandlers};

fn main() {
    let greeting = String::from("hello");
    let _ = RouteHandlers::new().get("/{id}", move |Path(_): Path<u32>| async move { greeting });
    let greeting = String::from("hello");
    let _ = RouteHandlers::new().get("/{id}", async move |Path(_): Path<u32>| greeting);
}
