//! The committed document is that of the routes, and follows their types.

use std::path::Path;

use fullstack::{Events, Store, api, document};
use route_handlers::openapi::Info;
use route_handlers::{Json, RouteHandlers, documented};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

#[tokio::test]
async fn the_front_end_was_built_from_the_document_of_the_routes() {
    let api = api(Store::in_memory().await.unwrap(), Events::new());
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("web/openapi.json");
    let committed: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    assert!(committed == document(&api).into_value(), "in examples/fullstack/web: npm run generate && npm run build");
}

mod before {
    use super::{JsonSchema, Serialize};

    #[derive(Serialize, JsonSchema)]
    pub struct User {
        pub id: u32,
    }
}

mod after {
    use super::{JsonSchema, Serialize};

    #[derive(Serialize, JsonSchema)]
    pub struct User {
        pub id: String,
    }
}

/// What that does to the front end, `web/test/client.test.mjs` shows.
#[test]
fn a_field_whose_type_changes_in_a_handler_changes_the_document() {
    let id_of = |api: RouteHandlers| {
        let document = api.openapi(Info::default()).into_value();
        document["components"]["schemas"]["User"]["properties"]["id"]["type"].clone()
    };
    let before = RouteHandlers::new().get("/user", documented(async || Json(before::User { id: 7 })));
    let after = RouteHandlers::new().get("/user", documented(async || Json(after::User { id: "7".into() })));
    assert_eq!((id_of(before), id_of(after)), ("integer".into(), "string".into()));
}
