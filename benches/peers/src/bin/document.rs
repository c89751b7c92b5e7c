//! Measures the time to make the OpenAPI document of 1 000 routes. They have 20 copies of the types of an application.
//!
//! ```text
//! cargo run --release -p peers --no-default-features --features openapi --bin document
//! ```

use std::time::Instant;

use route_handlers::openapi::Info;
use route_handlers::{Created, Error, Json, NoContent, Path, Query, RouteHandlers, documented, get};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Deserialize, JsonSchema)]
#[allow(dead_code, reason = "only its shape is read")]
struct Page {
    #[serde(default)]
    offset: u32,
    limit: Option<u8>,
    search: Option<String>,
}

macro_rules! resources {
    ($($name:ident)*) => {$(
        mod $name {
            use super::*;

            #[derive(Clone, Deserialize, Serialize, JsonSchema)]
            #[serde(rename_all = "camelCase")]
            pub struct Item {
                id: u32,
                name: String,
                note: Option<String>,
                tags: Vec<String>,
                state: State,
                parts: Vec<Part>,
            }

            #[derive(Clone, Deserialize, Serialize, JsonSchema)]
            #[serde(tag = "kind")]
            pub enum State {
                Draft,
                Open { since: i64 },
                Closed { by: String },
            }

            #[derive(Clone, Deserialize, Serialize, JsonSchema)]
            pub struct Part {
                #[serde(default)]
                count: u32,
            }

            async fn list(_: Query<Page>) -> Result<Json<Vec<Item>>, Error> {
                Ok(Json(Vec::new()))
            }

            async fn add(Json(item): Json<Item>) -> Created<Item> {
                Created(item)
            }

            async fn show(_: Path<u32>) -> Option<Json<Item>> {
                None
            }

            async fn change(_: Path<u32>, Json(item): Json<Item>) -> Result<Json<Item>, Error> {
                Ok(Json(item))
            }

            async fn remove(_: Path<u32>) -> NoContent {
                NoContent
            }

            /// Registers 50 operations.
            pub fn register(mut api: RouteHandlers) -> RouteHandlers {
                for version in 1..=10 {
                    let tag = concat!(stringify!($name), "s");
                    api = api
                        .route(
                            &format!("/v{version}/{tag}"),
                            get(documented(list).summary("Lists").tag(tag)).post(documented(add).tag(tag)),
                        )
                        .route(
                            &format!("/v{version}/{tag}/{{id}}"),
                            get(documented(show).tag(tag)).put(documented(change)).delete(documented(remove)),
                        );
                }
                api
            }
        }
    )*};
}

macro_rules! all {
    ($($name:ident)*) => {
        resources! { $($name)* }

        fn table() -> RouteHandlers {
            let api = RouteHandlers::new();
            $(let api = $name::register(api);)*
            api
        }
    };
}

all! {
    account address answer article author badge basket bill book branch brand budget campaign card channel city client
    comment company contract
}

fn main() {
    let api = table();
    let operations: usize = api.routes().map(|route| route.methods().count()).sum();
    assert_eq!(operations, 1000);
    let mut times: Vec<_> = (0..20)
        .map(|_| {
            let start = Instant::now();
            let document = api.openapi(Info::new("Many", "1.0.0")).to_json();
            (start.elapsed(), document.len())
        })
        .collect();
    times.sort();
    let (median, bytes) = times[times.len() / 2];
    println!(
        "{operations} operations, {} KiB of JSON: {median:.1?} (median of 20), {:.1?} at most",
        bytes / 1024,
        times[19].0
    );
}
